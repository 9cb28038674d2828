"""A good request for each call around statuses and messages that the specification does not name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from tests.gateway_harness import Ground

GOOD: Mapping[str, Mapping[str, Any]] = {"statusnet/tags/timeline": {"tag": "status"}}
WITH_STATUS = {
    "statuses/lookup", "statuses/retweets", "statuses/retweeted_by", "statuses/retweeted_by/ids",
    "statuses/retweeters/ids", "statuses/unretweet", "statuses/oembed",
}  # fmt: skip
WITHOUT_BACKEND = {"direct_messages/mark_read"}


async def _event(ground: Ground) -> dict[str, Any]:
    """New every time, as an equal one is not sent again."""
    recipient = (await ground.request("GET", "users/show", params={"screen_name": "bob"})).json["id"]
    data = {"text": f"message {ground.world.seq}"}
    create = {"target": {"recipient_id": recipient}, "message_data": data}
    return {"event": msgspec.json.encode({"type": "message_create", "message_create": create}).decode()}


async def message(ground: Ground) -> dict[str, Any]:
    """One that bob wrote to alice."""
    ground.world.post("bob", "@alice a message", visibility="direct")
    listed = (await ground.request("GET", "direct_messages")).json
    return {"id": listed[0]["id"]}


async def _sent(ground: Ground) -> dict[str, Any]:
    form = {"screen_name": "bob", "text": f"event {ground.world.seq}"}
    return {"id": (await ground.request("POST", "direct_messages/new", data=form)).json["id"]}


async def _read(ground: Ground) -> dict[str, Any]:
    id = (await message(ground))["id"]
    shown = await ground.request("GET", "direct_messages/show", params={"id": id})
    return {"last_read_event_id": id, "recipient_id": shown.json["sender_id"]}


THINGS: Mapping[str, Callable[[Ground], Awaitable[dict[str, Any]]]] = {
    "direct_messages/show": message,
    "direct_messages/events/show": message,
    "direct_messages/events/destroy": _sent,
    "direct_messages/events/new": _event,
    "direct_messages/mark_read": _read,
}
