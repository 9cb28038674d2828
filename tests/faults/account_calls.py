"""A good request for each call around account, lists, groups and site that the specification does not name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from mappings import hub
from tests.gateway_harness import Ground

WITHOUT_ANYTHING = {
    "lists/subscriptions", "trends/available", "trends/closest", "geo/search", "help/configuration", "help/languages",
}  # fmt: skip
"""As in `tests.faults.calls`; the two of help/ answer like statusnet/config."""
WITHOUT_BACKEND = {"saved_searches/list", "saved_searches/show", "saved_searches/create", "saved_searches/destroy"}

GOOD: Mapping[str, Mapping[str, Any]] = {
    "account/update_delivery_device": {"device": "none"},
    "application/rate_limit_status": {"resources": "help"},
    "trends/place": {"id": 1},
    "geo/search": {"lat": "52.5", "long": "13.4"},
    "saved_searches/create": {"query": "birds"},
    "lists/memberships": {"screen_name": "bob"},
}


async def _list(ground: Ground, *members: str) -> dict[str, Any]:
    made = await ground.request("POST", "friendica/group_create", data={"name": f"List {len(ground.world.lists)}"})
    (native,) = [key for key, (name, _) in ground.world.lists.items() if name == made.json["name"]]
    ground.world.lists[native][1].extend(f"p:{member}" for member in members)
    return {"list_id": made.json["gid"]}


async def _bare(ground: Ground) -> dict[str, Any]:
    return await _list(ground)


async def _with_bob(ground: Ground) -> dict[str, Any]:
    return {**await _list(ground, "bob"), "screen_name": "bob"}


async def _for_bob(ground: Ground) -> dict[str, Any]:
    return {**await _list(ground), "screen_name": "bob"}


async def _for_alice(ground: Ground) -> dict[str, Any]:
    return {**await _list(ground), "screen_name": "alice"}


async def _search(ground: Ground) -> dict[str, Any]:
    made = await ground.request("POST", "saved_searches/create", data={"query": "birds"})
    return {"id": made.json["id"]}


async def _papers(ground: Ground) -> dict[str, Any]:
    ground.world.papers = dict.fromkeys(hub.Paper, "<p>Words</p>")
    return {}


async def _banner(ground: Ground) -> dict[str, Any]:
    alice = ground.world.people["p:alice"]
    ground.world.people["p:alice"] = msgspec.structs.replace(alice, header="https://fedi.test/h.png")
    return {}


async def _group(ground: Ground) -> dict[str, Any]:
    """New every time, as nobody joins twice."""
    name = f"group{len(ground.world.people)}@groups.test"
    ground.world.person(name, group=True)
    return {"group_name": name}


async def _joined(ground: Ground) -> dict[str, Any]:
    found = await _group(ground)
    ground.world.follow("alice", found["group_name"])
    return found


THINGS: Mapping[str, Callable[[Ground], Awaitable[dict[str, Any]]]] = {
    "lists/show": _bare,
    "lists/members": _bare,
    "lists/members/show": _with_bob,
    "lists/members/create": _for_bob,
    "lists/members/create_all": _for_bob,
    "lists/members/destroy": _with_bob,
    "lists/members/destroy_all": _with_bob,
    "lists/subscribers": _bare,
    "lists/subscribers/show": _for_alice,
    "saved_searches/show": _search,
    "saved_searches/destroy": _search,
    "help/tos": _papers,
    "help/privacy": _papers,
    "users/profile_banner": _banner,
    "statusnet/groups/show": _group,
    "statusnet/groups/timeline": _group,
    "group/{group}/rss": _group,
    "statusnet/groups/is_member": _group,
    "statusnet/groups/join": _group,
    "statusnet/groups/leave": _joined,
}
