"""What clients that cannot run here ask when they start, byte for byte, each with the device that is for it
(reference/clients.md section 9)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from gateway.dialects import dialect_of
from tests import shapes
from tests.clients.gear import Demo
from tests.clients.needs import device
from tests.clients.raw import basic, say
from tests.shapes_statuses import forms, twitters

PERSON = "bob"


class Program(NamedTuple):
    """A program as it comes over the wire. `lines`: what its requests say beside the login and where they go."""

    demo: Demo
    preset: str
    mount: str
    password: str
    lines: tuple[str, ...]
    padded: bool = True
    port: bool = True

    def ask(self, call: str, form: dict[str, Any] | None = None, *, login: bool = True, **query: Any) -> Any:
        """The reply to GET, or to POST with a form; it has the shape that its call declares."""
        host, port = self.demo.address
        target = f"{self.mount}/{call}.json" + (f"?{urlencode(query)}" if query else "")
        body = urlencode(form).encode() if form else b""
        sent = [
            f"{'POST' if form else 'GET'} {target} HTTP/1.1",
            f"Host: {host}:{port}" if self.port else f"Host: {host}",
        ]
        sent += [*self.lines, "Connection: close"]
        if login:
            sent.append(f"Authorization: {basic(PERSON, self.password, padded=self.padded)}")
        if form:
            sent += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        answer = say(self.demo, "\r\n".join([*sent, "", ""]).encode() + body)
        assert answer.code == 200, (call, answer.body)
        self._check(call, answer.body, extended="tweet_mode" in query)
        return json.loads(answer.body)

    def _check(self, call: str, body: bytes, *, extended: bool) -> None:
        path = shapes.call_of(f"{self.mount}/{call}.json")
        plain = body.replace(self.demo.base_url.encode() + b"/", b"https://gateway.test/")
        dialect = dialect_of(self.preset, self.mount.strip("/"))
        with nullcontext() if dialect.marks_self else twitters(), forms(extended=extended):
            shapes.validate(path, "json", plain)


Start = Callable[..., Program]


@pytest.fixture(scope="module")
def start(demo: Demo) -> Start:
    """(preset, mount, header lines) -> the program with a device of its own."""

    @cache
    def password(preset: str) -> str:
        return asyncio.run(device(demo, PERSON, preset))

    return lambda preset, mount, *lines, **how: Program(demo, preset, mount, password(preset), lines, **how)


def ints(found: list[Any]) -> bool:
    """Integers and no text that looks like one."""
    return bool(found) and {type(one) for one in found} == {int}


@pytest.mark.parametrize("mount", ["/api", "/1.1"])
def test_bitlbee(start: Start, mount: str) -> None:
    program = start("bitlbee", mount, "User-Agent: BitlBee 3.6 Linux/x86_64", port=False)
    friends = program.ask("friends/ids", cursor="-1")
    assert ints(friends["ids"])
    assert friends["next_cursor"] == program.ask("mutes/users/ids", cursor="-1")["next_cursor"] == 0
    assert program.ask("friendships/no_retweets/ids", cursor="-1") == []
    people = program.ask("users/lookup", {"user_id": ",".join(map(str, friends["ids"]))})
    assert sorted(one["id"] for one in people) == sorted(friends["ids"])
    wanted = {"include_entities": "true", "tweet_mode": "extended", "count": "20"}
    home = program.ask("statuses/home_timeline", cursor="-1", **wanted)
    assert ints([one["id"] for one in home])
    assert all(one["full_text"] and one["text"] for one in home)
    assert program.ask("statuses/home_timeline", since_id=home[0]["id"], **wanted) == []
    assert program.ask("statuses/mentions_timeline", cursor="-1", **wanted)


def test_andstatus(start: Start) -> None:
    program = start("andstatus", "/api", padded=False)
    assert int(program.ask("statusnet/config", login=False)["site"]["textlimit"]) > 0
    me = program.ask("account/verify_credentials")
    home = program.ask("statuses/home_timeline", count=20)
    older = program.ask("statuses/home_timeline", count=20, max_id=home[-1]["id"] - 1)
    assert older[0]["id"] < home[-1]["id"]
    assert program.ask("statuses/mentions", count=20, since_id=0)
    for call in ("followers/ids", "friends/ids"):
        assert ints(program.ask(call, user_id=me["id"])), "a bare list"
    assert int(program.ask("account/rate_limit_status")["remaining_hits"]) > 0


def test_andstatus_with_an_account_of_twitter(start: Start) -> None:
    program = start("twitter", "/1.1", padded=False)
    me = program.ask("account/verify_credentials")
    assert program.ask("statuses/home_timeline", count=20, tweet_mode="extended")
    assert program.ask("statuses/mentions_timeline", count=20, tweet_mode="extended")
    for call in ("followers/ids", "friends/ids"):
        assert ints(program.ask(call, user_id=me["id"])["ids"]), "it takes the first list inside the object"


def test_oysttyer(start: Start) -> None:
    program = start("oysttyer", "/1.1", "User-Agent: oysttyer/2.10.0", "Accept: */*")
    home = program.ask("statuses/home_timeline", count=50, include_entities=1)
    assert all(one["id_str"] == str(one["id"]) for one in home)
    assert program.ask("statuses/home_timeline", count=50, since_id=home[0]["id_str"]) == []
    assert program.ask("statuses/mentions_timeline", count=50)
    program.ask("direct_messages", count=50)
    assert program.ask("users/show", screen_name="carol")["screen_name"] == "carol"
    for source, target in ((PERSON, "carol"), ("carol", PERSON)):
        between = program.ask("friendships/show", source_screen_name=source, target_screen_name=target)
        assert between["relationship"]["source"]["following"] is True
    assert program.ask("users/lookup", {"screen_name": "alice,carol"})
    assert program.ask("lists/list") == []


def test_choqok(start: Start) -> None:
    """Also run for real (tests/desktop), where its requests cannot be told apart."""
    program = start("choqok", "/api")
    assert {one["screen_name"] for one in program.ask("statuses/friends")} == {"alice", "carol"}
    newest = {}
    for call in (
        "statuses/home_timeline", "statuses/replies", "direct_messages", "direct_messages/sent", "favorites/list",
        "statuses/retweets_of_me", "statuses/public_timeline",
    ):  # fmt: skip
        found = program.ask(call, count=20, page=1)
        newest[call] = found[0]["id"] if found else 1
    for call in ("statuses/home_timeline", "statuses/replies", "direct_messages"):
        assert program.ask(call, count=200, page=1, since_id=newest[call]) == [], "it asks for more once it knows one"
