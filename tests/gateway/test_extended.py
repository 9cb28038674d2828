"""`tweet_mode=extended` and `trim_user` on every call that gives statuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.call_rows import CALLS
from gateway.calls import RDF, Call
from mappings.extended import shown_until
from mappings.html import SPACE
from tests import shapes
from tests.gateway_harness import Answer, Ground
from tests.shapes_statuses import forms, twitters

pytestmark = pytest.mark.anyio
LINK = '<p>see <a href="https://example.org/a/long/page">example.org/a</a></p>'


async def extended(ground: Ground, path: str, mount: str = "/api", **params: Any) -> Answer:
    """A checked GET."""
    answer = await ground.request("GET", f"{mount}/{path}.json", params={"tweet_mode": "extended", **params})
    with forms(extended=True):
        shapes.validate(shapes.call_of(f"/{path}"), "json", answer.body)
    return answer


async def test_full_text_stands_beside_text(ground: Ground) -> None:
    ground.world.post("bob", "see", html=LINK)
    ground.world.boost("bob", ground.world.post("carol", "a & b"))
    newest, _, oldest = (await extended(ground, "statuses/home_timeline")).json
    assert newest["full_text"] == newest["text"] == "RT @carol: a & b"
    assert newest["retweeted_status"]["full_text"] == "a & b"
    assert newest["display_text_range"] == [0, len("RT @carol: a & b")]
    (url,) = oldest["entities"]["urls"]
    assert oldest["full_text"][slice(*url["indices"])] == url["url"] == "https://example.org/a/long/page"


async def test_pictures_are_extended_entities_and_outside_the_range(ground: Ground) -> None:
    world = ground.world
    media = [world.attach("one.png", description="first"), world.attach("two.png")]
    world.post("bob", "look", media=media)
    (status,) = (await extended(ground, "statuses/user_timeline", screen_name="bob")).json
    assert [one["ext_alt_text"] for one in status["extended_entities"]["media"]] == ["first", ""]
    assert status["extended_entities"]["media"] == status["entities"]["media"]
    assert status["full_text"][slice(*status["display_text_range"])] == "look"
    assert all(world.uploads[key].url in status["full_text"] for key in media)


async def test_a_video_has_its_file(ground: Ground) -> None:
    world = ground.world
    key = world.attach("film.mp4", "video/mp4")
    world.uploads[key] = replace(world.uploads[key], type="video")
    world.post("bob", "", media=[key])
    (status,) = (await extended(ground, "statuses/user_timeline", screen_name="bob")).json
    (video,) = status["extended_entities"]["media"]
    assert video["video_info"]["aspect_ratio"] == [4, 3]
    film = {"bitrate": 0, "content_type": "video/mp4", "url": world.uploads[key].url}
    assert video["video_info"]["variants"] == [film]
    assert status["display_text_range"] == [0, 0]


async def test_indices_fit_the_escaped_text(ground: Ground) -> None:
    ground.world.post("bob", "x", html='<p>a &lt;b&gt; &amp; <a href="https://example.org/?a&amp;b">x</a></p>')
    with twitters():
        (status,) = (await extended(ground, "statuses/user_timeline", "/1.1", screen_name="bob")).json
    (url,) = status["entities"]["urls"]
    assert status["full_text"].startswith("a &lt;b&gt; &amp; ")
    assert status["full_text"][slice(*url["indices"])] == url["url"]


async def test_who_does_not_ask_gets_what_he_always_got(ground: Ground) -> None:
    ground.world.post("bob", "see", html=LINK)
    before = (await ground.get("statuses/home_timeline")).body
    await extended(ground, "statuses/home_timeline")
    for mode in ("compat", "", "EXTENDED?"):
        assert (await ground.get("statuses/home_timeline", tweet_mode=mode, trim_user="False")).body == before
    xml = await ground.request("GET", "statuses/home_timeline", format="xml", params={"tweet_mode": "extended"})
    assert b"full_text" not in xml.body
    assert b"<entities>" not in xml.body


async def test_a_trimmed_user_is_its_ids(ground: Ground) -> None:
    ground.world.boost("bob", ground.world.post("carol", "apple"))
    whole = (await ground.get("statuses/home_timeline")).json
    with forms(trimmed=True):
        trimmed = (await ground.get("statuses/home_timeline", trim_user="t")).json
    assert [one["user"] for one in trimmed] == [{name: one["user"][name] for name in ("id", "id_str")} for one in whole]
    assert set(trimmed[0]["retweeted_status"]["user"]) == {"id", "id_str"}
    assert (await ground.get("statuses/home_timeline")).json == whole


async def test_a_new_post_is_one_whatever_form_its_answer_has(ground: Ground) -> None:
    first = (await ground.post("statuses/update", status="once")).json
    with forms(extended=True, trimmed=True):
        again = (await ground.post("statuses/update", status="once", tweet_mode="extended", trim_user="true")).json
    assert (again["id"], again["full_text"], len(ground.world.posts)) == (first["id"], "once", 1)


async def test_single_posts_and_searches(ground: Ground) -> None:
    native = ground.world.post("bob", "apple", tags=())
    (id,) = await ground.know(native)
    for path, params in (
        ("statuses/show", {"id": id}), ("statuses/lookup", {"id": id}), ("statuses/lookup", {"id": id, "map": "1"}),
        ("search", {"q": "apple"}), ("search/tweets", {"q": "apple"}),
    ):  # fmt: skip
        assert b'"full_text":"apple"' in (await extended(ground, path, **params)).body
    with twitters():
        found = (await extended(ground, "search/tweets", "/1.1", q="apple")).json
    assert found["statuses"][0]["full_text"] == "apple"


async def test_the_last_post_of_a_user(ground: Ground) -> None:
    ground.world.post("bob", "apple")
    shown = (await extended(ground, "users/show", screen_name="bob")).json
    assert shown["status"]["full_text"] == "apple"


FRIENDICAS_OWN = ("notifications.", "profile.")
"""Handlers of calls that no client of Twitter's makes, some of which lead to a page."""
GIVING = [
    call
    for call in CALLS
    if "status" in {call.item, call.root}
    and call.formats != RDF
    and not (call.handler or "").startswith(FRIENDICAS_OWN)
]


@pytest.mark.parametrize("call", GIVING, ids=lambda call: call.path)
def test_every_call_that_gives_statuses_takes_both(call: Call) -> None:
    assert {"tweet_mode", "trim_user", "include_entities"} <= {param.name for param in call.params}


@given(st.text(max_size=20), st.lists(st.text("ab]/.:", min_size=1), max_size=4))
def test_the_range_never_leaves_the_text(text: str, links: list[str]) -> None:
    media, whole = [], text
    for link in links:
        whole += "\n"
        media.append({"indices": [len(whole), len(whole) + len(link)], "ext_alt_text": link})
        whole += f"{link} [{link}]"
    end = shown_until(whole, media)
    assert 0 <= end <= len(whole)
    assert whole[:end] == whole[:end].rstrip(SPACE)
