"""trends/*: hashtags that are much used on the server, as Twitter's place of the whole world. One upstream call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.replies import Reply, Tree
from mappings import hub
from mappings.trends import WOEID, WORLD, current_tree, hours_tree, place_tree, weeks_tree

Shape = Callable[[Sequence[hub.Trend], int], tuple[Any, Any]]


async def place(ask: Ask) -> Reply:
    """Those of a place. Raises ApiError 404 for any other than the world."""
    id = ask.id("id")
    if id is None and not ask.has("id"):
        raise ApiError(400, "id: the number of a place.")
    if id != WOEID:
        raise ApiError(404, "There are no trends of this place.")
    return Tree(json=place_tree(*await _now(ask)))


async def now(ask: Ask) -> Reply:
    """Without a place."""
    if ask.has("id"):
        return await place(ask)
    return Tree(json=current_tree(*await _now(ask)), root="trends_now")


async def places(ask: Ask) -> Reply:  # noqa: ARG001  one signature for all
    """Where trends are known, and which place is the closest: the world."""
    return Tree(json=[WORLD])


async def hours(ask: Ask) -> Reply:
    """By the hour: only this one is known."""
    return await _timed(ask, hours_tree)


async def weeks(ask: Ask) -> Reply:
    """By the day, as far as the server tells."""
    return await _timed(ask, weeks_tree)


async def _timed(ask: Ask, shape: Shape) -> Reply:
    json, xml = shape(*await _now(ask))
    return Tree(json=json, xml=xml)


async def _now(ask: Ask) -> tuple[Sequence[hub.Trend], int]:
    trends = await ask.session.backend.trends()
    barred = ask.text("exclude").strip().lower() == "hashtags"
    return () if barred else trends, int(time.time())
