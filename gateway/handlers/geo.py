"""geo/*: no server knows places by name, so none is ever found. No upstream call."""

from __future__ import annotations

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.replies import Reply, Tree

ASKED = ("lat", "long", "ip", "query", "name", "granularity", "accuracy", "contained_within")


async def search(ask: Ask) -> Reply:
    """Nothing found, with the question."""
    if not any(ask.has(name) for name in ("lat", "long", "ip", "query", "name")):
        raise ApiError(400, "You must provide a location, an address, a name or words to look for.")
    asked = {name: ask.text(name) for name in ASKED if ask.has(name)}
    path = ask.request_path.partition("?")[0].partition(".")[0]
    query = {"url": f"{ask.base_url}/{path}", "type": path.rpartition("/")[2], "params": asked}
    return Tree(json={"result": {"places": []}, "query": query})


async def place(ask: Ask) -> Reply:  # noqa: ARG001  one signature for all
    """No place has a number here."""
    raise ApiError(404, "There is no such place.")
