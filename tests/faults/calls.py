"""Every implemented call with one good request for it: what the matrices vary. From the endpoint table alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.call_rows import TABLE
from gateway.calls import Call
from tests.gateway_harness import Answer, Ground

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
CALLS = tuple(call for call in TABLE if call.handler)
FORMATS = ("json", "xml")
WITHOUT_BACKEND = {"help/test", "statusnet/version", "statusnet/config"}
"""Calls that answer whatever the far side does."""

GOOD: Mapping[str, Mapping[str, Any]] = {
    "users/search": {"q": "bob"},
    "externalprofile/show": {"profileurl": "https://fedi.test/@bob"},
    "statuses/update": {"status": "a post"},
}
WITH_ID = {"statuses/show", "statuses/destroy", "statuses/retweet", "conversation/show", "favorites/create",
           "favorites/destroy"}  # fmt: skip


class Request(NamedTuple):
    """What to send."""

    method: str
    params: dict[str, Any]
    files: dict[str, Any] | None = None


def name(value: Any) -> str:
    """For test ids."""
    return value.path if isinstance(value, Call) else str(value)


async def good(ground: Ground, call: Call) -> Request:
    """A request that succeeds when nothing is wrong."""
    params = dict(GOOD.get(call.path, {}))
    if call.path in WITH_ID:
        author = "alice" if call.path == "statuses/destroy" else "bob"
        (params["id"],) = await ground.know(ground.world.post(author, "a status to act on"))
    files = {"media": ("a.png", PICTURE)} if call.path == "media/upload" else None
    return Request("GET" if "GET" in call.methods else "POST", params, files)


async def send(ground: Ground, call: Call, request: Request, format: str, **changed: Any) -> Answer:
    """The request with `changed` parameters, nothing checked."""
    params = request.params | changed
    if request.method == "GET":
        return await ground.request("GET", call.path, format=format, params=params)
    return await ground.request("POST", call.path, format=format, data=params, files=request.files)
