"""Addresses of pictures moved to the gateway: which, which not, and the sizes clients make of them."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from mappings import hub
from mappings.old_pictures import KEYS, LONGEST, SIZES, Kind, OldPictures
from mappings.trees import Element
from tests.mappings.samples import account, as_json, picture, status

BASE = "http://gate.example"
MOVED = re.compile(r"http://gate\.example/pictures/([abm])-([0-9a-f]+)/\1(?:_([a-z0-9_]+))?\.(jpg|png)")


def token(kind: Kind, url: str) -> str:
    return f"{kind}-{url.encode().hex()}"


OLD = OldPictures(BASE, token)


def origin(url: str) -> tuple[str, str, str]:
    """(the address behind it, kind, size)."""
    found = MOVED.fullmatch(url)
    assert found is not None, url
    assert (found[3] or "") in SIZES[Kind(found[1])]
    return bytes.fromhex(found[2]).decode(), found[1], found[3] or ""


def test_a_person_is_shown_in_three_sizes() -> None:
    bob = account(header="https://there.example/h.webp")
    user = as_json(status(account=bob, reblog_of=None), pictures=True)["user"]
    assert user["profile_image_url"] == bob.avatar, "nothing is moved by the flag alone"
    user = as_json(OLD.status(status(account=bob)))["user"]
    sizes = {name: origin(user[name]) for name in user if name.startswith("profile_image")}
    assert {url for url, _, _ in sizes.values()} == {bob.avatar}
    assert {name: size for name, (_, _, size) in sizes.items()} == {
        "profile_image_url": "normal", "profile_image_url_https": "normal",
        "profile_image_url_profile_size": "bigger", "profile_image_url_large": "400x400",
    }  # fmt: skip
    assert origin(OLD.account(bob).header) == (bob.header, "b", "")


def test_an_avatar_that_is_only_still_counts_and_none_stays_none() -> None:
    assert origin(OLD.account(account(avatar="", avatar_static="https://x.example/s.png")).avatar)[0].endswith("s.png")
    nobody = OLD.account(account(avatar="", avatar_static=""))
    assert (nobody.avatar, nobody.header, nobody.avatar_sizes) == ("", "", ("", ""))


def test_everything_of_a_post_is_moved_and_its_boosts_and_quotes_too() -> None:
    inner = status("90", account=account("9", "ann"), media=(picture("9"),))
    post = status("200", reblog_of=status(media=(picture(url="https://f.example/7.webp"),), quote_of=inner))
    found = as_json(OLD.status(post), entities=True)
    assert "files.example" not in str(found)
    assert "there.example/bob.png" not in str(found)
    (file,), (media,) = found["attachments"], found["entities"]["media"]
    assert origin(file["url"]) == ("https://f.example/7.webp", "m", "")
    assert origin(file["thumb_url"]) == ("https://files.example/small/7.png", "m", "small")
    assert (file["mimetype"], file["size"]) == ("image/jpeg", 0)
    assert media["media_url"] == media["media_url_https"] == media["expanded_url"] == file["url"]
    assert found["text"][slice(*media["indices"])] == media["url"] == file["url"]
    assert media["sizes"]["thumb"] == {"w": 150, "h": 150, "resize": "crop"}
    assert media["sizes"]["small"] == {"w": 680, "h": 510, "resize": "fit"}
    assert origin(found["retweeted_status"]["quoted_status"]["attachments"][0]["url"])[0].endswith("/9.png")


@pytest.mark.parametrize("kind", ["video", "gifv"])
def test_a_film_stays_where_it_is_and_its_still_is_moved(kind: str) -> None:
    film = picture(type=kind, url="https://f.example/7.mp4", mime="video/mp4")
    found = as_json(OLD.status(status(media=(film,))), entities=True)
    (file,), (media,) = found["attachments"], found["entities"]["media"]
    assert (file["url"], file["mimetype"], file["size"]) == (film.url, "video/mp4", film.size)
    assert origin(file["thumb_url"])[0] == film.preview_url
    assert media["media_url"] == media["media_url_https"] == file["thumb_url"]
    assert media["expanded_url"] == media["url"] == film.url
    assert f'<img src="{file["thumb_url"]}"' in found["friendica_html"]


def test_sounds_and_files_without_a_picture_stay() -> None:
    sound = picture(type="audio", url="https://f.example/7.mp3", preview_url="")
    assert OLD.media(sound) == sound
    assert OLD.media(picture(type="unknown", url="", preview_url="", remote_url="https://f.example/7")).own is False


def test_links_in_the_body_to_own_files_follow_them() -> None:
    url = "https://files.example/7.png?a=1&b=2"
    body = f'<p><a href="{url.replace("&", "&amp;")}">{url.replace("&", "&amp;")}</a> and {url[:-1]}0</p>'
    found = as_json(OLD.status(status(content=body, media=(picture(url=url, description=""),))), entities=True)
    (media,) = found["entities"]["media"]
    assert origin(media["url"])[0] == url
    assert found["text"] == f"{media['url']} and {url[:-1]}0", "the file is named once, a longer address stays"


@pytest.mark.parametrize(
    "tag",
    ['<img src="{}">', "<img alt='a' src='{}' />", "<IMG class=x SRC={}>", '<img\nsrc="{}" alt="b">'],
)
def test_pictures_in_html_are_moved(tag: str) -> None:
    html = tag.format("https://x.example/a.avif?b=1&amp;c=2")
    moved = re.search(r'(?i)src="([^"]*)"', OLD.html(html))
    assert moved is not None
    assert origin(moved[1]) == ("https://x.example/a.avif?b=1&c=2", "m", "")
    found = as_json(OLD.status(status(content=f"<p>{html}</p>")))
    assert moved[1] in found["statusnet_html"]


@pytest.mark.parametrize(
    "url",
    ["", "data:image/png;base64,AA", "/relative.png", "javascript:x", "ftp://x.example/a.png",
     "https://x.example/" + "a" * LONGEST, f"{BASE}/photo/{'0' * 32}-0.jpg", f"{BASE}/pictures/x/a.jpg"],
)  # fmt: skip
def test_what_stays(url: str) -> None:
    assert OLD.address(url, Kind.AVATAR) == url


@pytest.mark.parametrize("start", ["<img ", "<img src", "<img a='", '<img src="', "<IMG\n"])
def test_a_text_of_nothing_but_beginnings_costs_little(start: str) -> None:
    """A megabyte of it, as a post of another server may be, took a quarter of a minute in which nobody was served."""
    began = time.process_time()
    OLD.html(start * (1_000_000 // len(start)))
    assert time.process_time() - began < 3


def test_trees_are_moved_by_their_keys() -> None:
    url = "https://x.example/a.webp"
    tree = {"list": [dict.fromkeys(KEYS, url)], "note": Element({"photo": url, "url": url}, "words"), "n": 1}
    found: Any = OLD.tree(tree)
    for name, (kind, size) in KEYS.items():
        assert origin(found["list"][0][name]) == (url, kind, size)
    assert isinstance(found["note"], Element)
    assert origin(found["note"].attributes["photo"])[0] == url
    assert (found["note"].attributes["url"], found["note"].content, found["n"]) == (url, "words", 1)
    assert OLD.tree(found) == found, "once is enough"
    film = {"media_url": "https://x.example/a.mp4?x=1", "photo": {"id": 1}}
    assert OLD.tree(film) == film


def test_every_size_is_bounded() -> None:
    for sizes in SIZES.values():
        assert all(0 < fit.width <= 4096 and 0 < fit.height <= 4096 for fit in sizes.values())
        assert all(re.fullmatch("[a-z0-9_]*", name) for name in sizes)


def test_people_behind_a_post() -> None:
    found = OLD.activities(hub.Activities(like=(account(),)))
    assert origin(found.like[0].avatar)[2] == "normal"
    assert found.announce == ()
