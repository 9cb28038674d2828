"""People of messages where the backend names them without an id, as snac does (backend-facts.md section 7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import Missing
from gateway.correspondents import MOST_ASKED
from mappings import hub
from mappings.hub import Order
from tests.fake_world import World
from tests.gateway_harness import Ground, gateway_on, village


@pytest.fixture
async def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ground]:
    """A gateway before something like snac."""
    known = World._mention

    def nameless(world: World, native: str) -> hub.Mention:
        mention = known(world, native)
        return msgspec.structs.replace(mention, native="0", username=f"{mention.username}@{world.host}")

    monkeypatch.setattr(World, "_mention", nameless)
    capabilities = Capabilities(software="snac", order=Order.UNORDERED, conversations=False)
    async with gateway_on(tmp_path, world=village(Order.UNORDERED), capabilities=capabilities) as ground:
        yield ground


def names(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["sender_screen_name"], one["recipient_screen_name"]) for one in found]


@pytest.mark.anyio
async def test_both_sides_are_known(ground: Ground) -> None:
    ground.world.post("bob", "@alice one", visibility="direct")
    ground.world.post("alice", "@dora@far.test two", visibility="direct")
    ground.world.post("alice", "@dave three", visibility="direct")
    ground.world.post("alice", "@alice four", visibility="direct")
    for users in ("true", "false"):
        found = (await ground.get("direct_messages/all", getUserObjects=users)).json
        assert names(found) == [("alice", "alice"), ("alice", "dave"), ("alice", "dora"), ("bob", "alice")]
    people = {one["recipient_screen_name"]: one["recipient_id"] for one in found}
    for name in ("dave", "dora", "alice"):
        shown = (await ground.get("users/show", user_id=people[name], twin=False)).json
        assert shown["screen_name"] == name
    for params, expected in (
        ({"screen_name": "dora"}, 1), ({"user_id": people["dora"]}, 1), ({"screen_name": "dave"}, 1),
        ({"screen_name": "bob"}, 1), ({"screen_name": "alice"}, 1), ({"screen_name": "carol"}, 0),
    ):  # fmt: skip
        assert len((await ground.get("direct_messages/all", **params)).json) == expected, params


@pytest.mark.anyio
async def test_sending_and_answering(ground: Ground) -> None:
    made = (await ground.post("direct_messages/new", screen_name="bob", text="hello")).json
    assert names([made]) == [("alice", "bob")]
    (theirs,) = (await ground.get("direct_messages", user="bob")).json
    answer = await ground.post("direct_messages/new", user="bob", replyto=theirs["id"], text="hi yourself")
    assert names([answer.json]) == [("bob", "alice")]
    found = (await ground.get("direct_messages/all")).json
    assert names(found) == [("bob", "alice"), ("alice", "bob")]
    assert len({one["friendica_parent_uri"] for one in found}) == 1


@pytest.mark.anyio
async def test_strangers_are_looked_up_a_few_a_request(ground: Ground) -> None:
    """Names come with the messages; what else there is of people comes with the next requests."""
    accts = [f"p{number}@far.test" for number in range(MOST_ASKED + 3)]
    for acct in accts:
        ground.world.person(acct)
        ground.world.post("alice", f"@{acct} hello", visibility="direct")
    ground.wire.fail(Missing("gone"), "lookup", times=2)
    for most in (MOST_ASKED, 3, 0):
        ground.wire.clear()
        found = (await ground.get("direct_messages/sent", twin=False)).json
        assert {one["recipient"]["screen_name"] for one in found} == {acct.partition("@")[0] for acct in accts}
        assert ground.wire.count("lookup") == most
