"""Every preset, on a device that has it: what its client gets otherwise than everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2 as httpx
import pytest
from lxml import etree

from gateway.client_presets import PRESETS
from tests import shapes
from tests.clients.needs import person, read, stream_id
from tests.clients.test_friendica_needs_ids import SINGLE

MadeFor = Callable[[str, str], httpx.Client]


class Otherwise(NamedTuple):
    """What a client gets on `path` in place of what everybody gets there; `error`: the reply is one."""

    path: str
    holds: Callable[[httpx.Response, httpx.Response], bool]


def as_twitter(answer: httpx.Response, usual: httpx.Response) -> bool:
    """The envelope, which /api gives to nobody who does not ask for it."""
    return {"ids": usual.json()} == {"ids": answer.json()["ids"]} and answer.json()["next_cursor"] == 0


def hash_of(answer: httpx.Response, usual: httpx.Response) -> bool:
    """`<hash>` in place of `<status>`, with the same in it."""
    found, known = (etree.fromstring(one.content) for one in (answer, usual))
    told = [[(etree.QName(child).localname, child.text) for child in tree] for tree in (found, known)]
    names = [etree.QName(tree).localname for tree in (found, known)]
    return names == ["hash", "status"] and told[0] == told[1] and told[0][0][0] == "error"


TWITTERS = [name for name, preset in PRESETS.items() if preset.base == "twitter"]
OTHERWISE: dict[str, Otherwise] = {
    **dict.fromkeys(TWITTERS, Otherwise("friends/ids.json", as_twitter)),
    "bitlbee": Otherwise("friends/ids.json", as_twitter),
    "twittering-mode": Otherwise("users/show/nobody-of-that-name.xml", hash_of),
}
"""The others are in `tests.clients.test_friendica_needs_ids`, or want nothing."""
BY_HAND = {"choqok", "andstatus"}
"""Tried below."""
SINGLE_ONES = {preset for row in SINGLE for preset in row.presets}


def test_every_preset_is_tried() -> None:
    changed = {name for name, preset in PRESETS.items() if preset.changes or preset.base == "twitter"}
    assert changed == {*OTHERWISE, *BY_HAND, *SINGLE_ONES}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_client_gets_it_otherwise(made_for: MadeFor, carol: httpx.Client, name: str) -> None:
    row = OTHERWISE[name]
    answers = [web.get(f"/api/{row.path}") for web in (made_for("carol", name), carol)]
    assert answers[0].status_code == answers[1].status_code
    assert row.holds(*answers)


def test_choqok_sees_the_post_itself_in_its_conversation(made_for: MadeFor, carol: httpx.Client) -> None:
    path = f"/statusnet/conversation/{stream_id(carol, 7)}.json"
    found, usual = (read(web.get(path)) for web in (made_for("carol", "choqok"), carol))
    assert [one["id"] for one in found] == [*(one["id"] for one in usual), stream_id(carol, 7)]


def test_andstatus_gets_bare_ids_on_twitters_path_too(made_for: MadeFor, carol: httpx.Client) -> None:
    found = made_for("carol", "andstatus").get("/1.1/friends/ids.json").json()
    assert found == carol.get("/1.1/friends/ids.json").json()["ids"]


def test_python_twitter_finds_no_key_self_whatever_the_path(made_for: MadeFor, carol: httpx.Client) -> None:
    found, usual = (web.get("/api/friends/list.json").json()["users"] for web in (made_for("carol", "tweepy"), carol))
    assert [one.keys() - other.keys() for one, other in zip(found, usual, strict=True)] == [set()] * len(usual)
    assert all({"uid", "self"} <= one.keys() for one in usual)
    assert not any({"uid", "self"} & one.keys() for one in found)


AGENTS = {
    "Emacs/27.1 Twittering-mode/3.1.0": ("users/show/nobody-of-that-name.xml", hash_of),
    "BitlBee 3.6 Linux/x86_64": ("friends/ids.json", as_twitter),
    "TwitterRubyGem/7.0.0": ("friends/ids.json", as_twitter),
    "Twython v3.9.1": ("friends/ids.json", as_twitter),
    "Python/3.11.2 Requests/2.32.3 Tweepy/4.17.0": ("friends/ids.json", as_twitter),
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_device_of_nobody_in_particular_follows_its_agent(carol: httpx.Client, agent: str) -> None:
    path, holds = AGENTS[agent]
    found, usual = (carol.get(f"/api/{path}", headers=headers) for headers in ({"User-Agent": agent}, {}))
    assert holds(found, usual)


def test_a_device_of_a_client_does_not_follow_its_agent(made_for: MadeFor, carol: httpx.Client) -> None:
    found = made_for("carol", "friendica").get("/api/friends/ids.json", headers={"User-Agent": "Tweepy/4"})
    assert found.json() == carol.get("/api/friends/ids.json").json()


def test_an_agent_changes_no_id(carol: httpx.Client) -> None:
    answers: list[Any] = [
        carol.get("/api/statuses/home_timeline.json?count=5", headers={"User-Agent": agent}).json()
        for agent in ("", *AGENTS)
    ]
    assert len({tuple(one["id"] for one in answer) for answer in answers}) == 1


def test_errors_follow_the_agent_of_who_is_not_signed_in(carol: httpx.Client) -> None:
    answer = carol.get("/api/statuses/home_timeline.xml", auth=None, headers={"User-Agent": "Twittering-mode/3"})
    assert (answer.status_code, etree.QName(etree.fromstring(answer.content)).localname) == (401, "hash")
    usual = carol.get("/api/statuses/home_timeline.xml", auth=None)
    shapes.validate_error(401, "xml", usual.content, dict(usual.headers))


def test_bitlbee_tells_people_of_other_servers_apart_by_their_address(made_for: MadeFor, carol: httpx.Client) -> None:
    own = person(made_for("carol", "bitlbee"), "bob")
    assert own["screen_name"] == person(carol, "bob")["screen_name"], "people of the own server have no host"
