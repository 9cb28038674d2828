"""A device that gets its pictures from the gateway: in every call, and only that device."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from gateway.call_rows import CALLS
from gateway.logins import Device, Logins
from gateway.vault import open_vault
from mappings import hub
from tests.fake_world import World
from tests.gateway import drawn
from tests.gateway.drawn import seen
from tests.gateway_harness import BASE, TOKEN, Answer, Ground, gateway_on, village

pytestmark = pytest.mark.anyio

THERE = re.compile(r"https?:\\?/\\?/(?:fedi|far)\.test\\?/(?:a|h|media)\\?/[\w./?-]*")
"""Addresses of pictures at the servers."""
HERE = re.compile(BASE + r"/pictures/[\w./-]+")
GIVEN = {"screen_name": "bob", "q": "radio", "user": "bob", "nick": "bob", "include_entities": "true"}
READ = [call for call in CALLS if call.handler and not call.write and call.formats[0] != "form"]


def furnished() -> World:
    """People with pictures everywhere, and posts with pictures of every kind."""
    world = village()
    for native, person in world.people.items():
        header = f"https://fedi.test/h/{person.username}.png"
        world.people[native] = hub.Account(**{**fields(person), "header": header})
    still = world.attach("still.png", description="A radio")
    film = world.attach("film.mp4", "video/mp4")
    world.uploads[film] = hub.Media(
        native=film, type="video", url="https://fedi.test/films/1.mp4", preview_url="https://fedi.test/media/film.png"
    )
    world.files["https://fedi.test/media/film.png"] = (drawn.drawn(format="AVIF"), "image/avif")
    url = world.uploads[still].url
    world.files[url] = (drawn.drawn(format="WEBP"), "image/webp")
    first = world.post("bob", "radio", media=[still, film], title="Tubes")
    world.post("carol", "@alice a radio", media=[still], quote=first)
    world.post("bob", html=f'<p><img src="{url}" alt="radio"> <a href="{url}">{url}</a></p>', media=[still])
    world.boost("carol", first)
    world.favour("alice", first)
    world.post("bob", "@alice a letter", visibility="direct", media=[still], to=("alice",))
    world.post("alice", "mine, a radio", media=[still])
    world.notice("p:alice", "follow", "p:dave")
    return world


def fields(person: hub.Account) -> dict[str, Any]:
    return {name: getattr(person, name) for name in person.__struct_fields__}


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with gateway_on(tmp_path, world=furnished()) as made:
        yield made


async def logins_of(ground: Ground) -> Logins:
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    return Logins(ground.gateway.store, vault, ground.connections)


async def old_phone(ground: Ground) -> str:
    """The password of a device of alice's that gets its pictures from here."""
    device = Device(name="old phone", pictures=True)
    linked = await (await logins_of(ground)).link(ground.world.base_url, TOKEN + "alice", device=device)
    return linked.password


async def shown(ground: Ground, url: str) -> Answer:
    return await ground.request("GET", unescape(url).removeprefix(BASE), user=None)


async def asked(ground: Ground, path: str, password: str = "", format: str = "json", **params: Any) -> Answer:
    return await ground.request("GET", path, password=password, format=format, params=params)


@pytest.mark.parametrize("format", ["json", "xml", "rss", "atom"])
async def test_every_picture_of_every_call_is_here_and_can_be_loaded(ground: Ground, format: str) -> None:
    password, moved, loaded = await old_phone(ground), set[str](), set[str]()
    id = (await asked(ground, "statuses/user_timeline", screen_name="bob")).json[-1]["id"]
    for call in READ:
        if format not in call.formats:
            continue
        for given in ({}, {**GIVEN, "id": id, "conversation_id": id}):
            answer = await asked(ground, call.path, password, format, **given)
            assert answer.status in {200, 302, 400, 403, 404, 501}, (call.path, answer.body)
            body = answer.body.decode()
            assert not THERE.findall(body), call.path
            if HERE.search(body):
                moved.add(call.path)
                loaded |= set(HERE.findall(body))
    assert {"statuses/home_timeline", "favorites"} <= moved
    for url in loaded:
        answer = await shown(ground, url)
        assert (answer.status, answer.headers["content-type"]) in {(200, "image/jpeg"), (200, "image/png")}, url


async def test_calls_that_are_known_to_show_pictures_do(ground: Ground) -> None:
    password = await old_phone(ground)
    for path in ("account/verify_credentials", "users/show", "statuses/friends", "friendica/notifications", "ping",
                 "friendica/profile/show", "direct_messages/all", "friends/list", "users/search"):  # fmt: skip
        for format in ("json", "xml"):
            given = {"q": "bob"} if path == "users/search" else {"user": "bob"} if path == "users/show" else {}
            answer = await asked(ground, path, password, format, **given)
            assert HERE.search(answer.body.decode()), (path, answer.body)


async def test_replies_to_what_is_written_too(ground: Ground) -> None:
    password = await old_phone(ground)
    id = (await asked(ground, "statuses/user_timeline", screen_name="bob")).json[-1]["id"]
    posts: list[tuple[str, dict[str, Any]]] = [
        ("statuses/update", {"data": {"status": "look"}, "files": {"media": ("a.png", drawn.drawn(format="PNG"))}}),
        ("favorites/create", {"data": {"id": id}}),
        ("statuses/retweet", {"data": {"id": id}}),
        ("direct_messages/new", {"data": {"text": "hello", "screen_name": "bob"}}),
        ("media/upload", {"files": {"media": ("a.png", drawn.drawn(format="PNG"))}}),
        ("account/update_profile_image", {"files": {"image": ("a.png", drawn.drawn(format="PNG"))}}),
    ]
    for path, given in posts:
        answer = await ground.request("POST", path, password=password, **given)
        assert answer.status == 200, (path, answer.body)
        body = answer.body.decode()
        assert not THERE.findall(body), path
        assert "/pictures/" in body or "/photo/" in body, path


async def test_other_devices_get_the_addresses_of_the_servers(ground: Ground) -> None:
    password = await old_phone(ground)
    before = await asked(ground, "statuses/home_timeline", include_entities="true")
    await asked(ground, "statuses/home_timeline", password, include_entities="true")
    after = await asked(ground, "statuses/home_timeline", include_entities="true")
    assert before.body == after.body
    assert not HERE.search(after.body.decode())
    assert after.json[-1]["user"]["profile_image_url"] == "https://fedi.test/a/bob.png"
    assert after.json[-1]["attachments"][0]["url"] == ground.world.uploads["m1"].url


async def test_the_same_reply_again_is_the_same(ground: Ground) -> None:
    password = await old_phone(ground)
    replies = [await asked(ground, "statuses/home_timeline", password) for _ in range(4)]
    assert len({reply.body for reply in replies}) == 1


async def test_a_client_makes_its_own_sizes(ground: Ground) -> None:
    password = await old_phone(ground)
    post = (await asked(ground, "statuses/home_timeline", password, include_entities="true")).json[-1]
    avatar, media = post["user"]["profile_image_url"], post["entities"]["media"][0]
    ground.world.files["https://fedi.test/a/bob.png"] = (drawn.drawn(500, 500, "PNG"), "image/png")
    for size, side in {"_mini": 24, "_normal": 48, "_bigger": 73, "_400x400": 400, "": 500}.items():
        assert seen((await shown(ground, avatar.replace("_normal", size))).body).width == side
    for size, side in {"thumb": 150, "small": 680, "large": 800}.items():
        assert seen((await shown(ground, f"{media['media_url']}:{size}")).body).width == side
    assert media["media_url"] == media["media_url_https"]
    assert media["ext_alt_text"] == "A radio"
    assert post["text"].startswith("Tubes\n\nradio\n\n")
    assert post["text"][slice(*media["indices"])] == media["url"]


async def test_a_device_is_told_later(ground: Ground) -> None:
    logins, answers = await logins_of(ground), []
    (login,) = await logins.list("alice")
    for wanted in (True, False):
        assert (await logins.let_pictures("alice", login.id, wanted=wanted)).pictures is wanted
        answers.append((await asked(ground, "account/verify_credentials")).json["profile_image_url"])
    assert answers[0].startswith(f"{BASE}/pictures/")
    assert answers[1] == "https://fedi.test/a/alice.png"
