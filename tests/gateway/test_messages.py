"""Boxes of direct messages: who sees what, in which order, at which cost (wire-friendica.md section 3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from tests.gateway_harness import Ground, gateway_on

BOXES = ("direct_messages", "direct_messages/all", "direct_messages/sent")


def direct(ground: Ground, who: str, text: str, **fields: Any) -> str:
    """A message made on another client of the backend."""
    return ground.world.post(who, text, visibility="direct", **fields)


def plain(reply: Any) -> list[str]:
    return [one["text"] for one in reply.json]


async def box(ground: Ground, path: str = "direct_messages/all", **params: Any) -> Any:
    return (await ground.get(path, **({"getText": "plain"} | params))).json


@pytest.mark.anyio
async def test_received_sent_and_both(ground: Ground) -> None:
    first = direct(ground, "alice", "@bob Hi Bob, are you there?", title="A question")
    direct(ground, "bob", "@alice Yes Alice, I am here.", reply_to=first)
    direct(ground, "carol", "@alice Message without a title from Carol")
    received = await ground.get("direct_messages")
    assert plain(received) == [
        "Message wi...\nMessage without a title from Carol",
        "A question\nYes Alice, I am here.",
    ]
    sent = await ground.get("direct_messages/sent")
    assert plain(sent) == ["A question\nHi Bob, are you there?"]
    both = await ground.get("direct_messages/all")
    assert both.json == [*received.json, *sent.json]
    carol, bob, mine = both.json
    assert (carol["sender_screen_name"], carol["recipient_screen_name"]) == ("carol", "alice")
    assert (mine["sender_screen_name"], mine["recipient_screen_name"]) == ("alice", "bob")
    assert [one["friendica_seen"] for one in both.json] == [0, 0, 1]
    assert [one["title"] for one in both.json] == ["", "", ""]
    assert bob["friendica_parent_uri"] == mine["friendica_parent_uri"] != carol["friendica_parent_uri"]
    thread = await ground.get("direct_messages/conversation", uri=bob["friendica_parent_uri"])
    assert thread.json == [bob, mine]
    assert (await ground.get("direct_messages/conversations", uri=bob["friendica_parent_uri"])).json == [bob, mine]
    assert (await ground.get("direct_messages/conversation")).json == []
    assert (await ground.get("direct_messages/conversation", uri="x")).json == []


@pytest.mark.anyio
async def test_a_poll_costs_two_calls_however_much_there_is(ground: Ground) -> None:
    async def cost() -> list[str]:
        await ground.get("direct_messages/all", twin=False)
        ground.wire.clear()
        ids = (await ground.get("direct_messages/all", count=1, twin=False)).ids
        assert (await ground.get("direct_messages/all", since_id=ids[0], twin=False)).json == []
        return sorted(ground.wire.names)

    parent = direct(ground, "bob", "@alice first")
    few = await cost()
    assert few == ["conversations", "conversations", "mentions", "mentions"]
    for number in range(30):
        parent = direct(ground, ("alice", "bob")[number % 2], f"@{('bob', 'alice')[number % 2]} {number}", reply_to=parent)
        direct(ground, "carol", f"@alice {number}")
    assert await cost() == few
