"""Lists of contacts: what is sent for each change, and how a refusal is told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.backend import Backend, Window
from adapters.errors import BadAnswer, Missing, Refused, Rejected, Unsupported
from mappings import hub
from tests.adapters.conftest import Open, Wait
from tests.adapters.far_server import FarServer, Reply
from tests.adapters.samples import IDS, person, post

pytestmark = pytest.mark.anyio
LISTS, LIST, MEMBERS = "/api/v1/lists", "/api/v1/lists/3", "/api/v1/lists/3/accounts"
RELATIONSHIPS, TIMELINE = "/api/v1/accounts/relationships", "/api/v1/timelines/list/3"


async def test_a_list_is_made_renamed_and_removed(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", LISTS, json={"id": "3", "title": "Friends"})
    far.on("PUT", LIST, json={"id": "3", "title": "Builders", "replies_policy": "list"})
    far.on("DELETE", LIST, json={})
    assert await backend.create_group("Friends") == hub.Group(native="3", name="Friends")
    assert await backend.rename_group("3", "Builders") == hub.Group(native="3", name="Builders")
    await backend.remove_group("3")
    assert far.paths() == [f"POST {LISTS}", f"PUT {LIST}", f"DELETE {LIST}"]
    assert [asked.json for asked in far.asked[:2]] == [{"title": "Friends"}, {"title": "Builders"}]


async def test_new_lists_of_snac_never_share_a_second(far: FarServer, open_backend: Open, wait: Wait) -> None:
    """snac names a list by the second it was made in; two of one second become one, with the members of both."""
    backend = await open_backend("snac")
    far.on("POST", LISTS, json={"id": "3", "title": "Friends"})
    await asyncio.gather(backend.create_group("Friends"), backend.create_group("Family"))
    assert wait.seconds == [1.1] * 4


async def test_a_list_without_a_title_keeps_the_name_it_was_given(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", LISTS, json={"id": 3, "title": None})
    assert await backend.create_group("Friends") == hub.Group(native="3", name="Friends")
    far.on("POST", LISTS, json={})
    with pytest.raises(BadAnswer):
        await backend.create_group("Friends")


async def test_the_timeline_of_a_list(far: FarServer, open_backend: Open) -> None:
    ids = IDS["mastodon"]
    backend = await open_backend("mastodon")
    far.on("GET", TIMELINE, json=[post(native) for native in ids])
    page = await backend.group_timeline("3", Window(limit=5, older_than=ids[0]))
    assert [entry.status.native for entry in page.items] == ids[1:]
    assert far.asked[0].query == [("limit", "5"), ("max_id", ids[0])]


async def test_people_are_put_on_a_list_with_one_call(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("gotosocial")
    far.on("POST", MEMBERS, json={})
    await backend.add_to_group("3", ["7", "8", "7"])
    await backend.add_to_group("3", [])
    [asked] = far.asked
    assert asked.json == {"account_ids": ["7", "8"]}
    assert asked.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [404, 422])
async def test_who_is_not_followed_is_refused(far: FarServer, open_backend: Open, status: int) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", MEMBERS, Reply(status))
    far.on("GET", RELATIONSHIPS, json=[{"id": "7", "following": True}, {"id": "8", "following": False}])
    with pytest.raises(Refused):
        await backend.add_to_group("3", ["7", "8"])
    assert far.paths() == [f"POST {MEMBERS}", f"GET {RELATIONSHIPS}"]


async def test_who_is_on_the_list_already_stays_and_the_rest_is_added(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.once("POST", MEMBERS, Reply(422))
    far.on("POST", MEMBERS, json={})
    far.on("GET", RELATIONSHIPS, json=[{"id": "7", "following": True}, {"id": "8", "requested": True}])
    far.on("GET", MEMBERS, json=[person("7")])
    await backend.add_to_group("3", ["7", "8"])
    assert far.paths() == [f"POST {MEMBERS}", f"GET {RELATIONSHIPS}", f"GET {MEMBERS}", f"POST {MEMBERS}"]
    assert far.asked[-1].json == {"account_ids": ["8"]}
    far.asked.clear()
    far.once("POST", MEMBERS, Reply(422))
    await backend.add_to_group("3", ["7"])
    assert far.paths()[-1] == f"GET {MEMBERS}"


@pytest.mark.parametrize(("status", "error"), [(404, Missing), (422, Rejected)])
async def test_other_refusals_stay_what_they_are(
    far: FarServer, open_backend: Open, status: int, error: type[Exception]
) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", MEMBERS, Reply(status))
    far.on("GET", RELATIONSHIPS, json=[{"id": "7", "following": True}])
    far.on("GET", MEMBERS, json=[])
    with pytest.raises(error):
        await backend.add_to_group("3", ["7"])
    far.on("GET", MEMBERS, Reply(404))
    with pytest.raises(Missing):
        await backend.add_to_group("3", ["7"])


async def test_people_are_taken_off_in_the_address_and_in_the_body(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("snac")
    far.on("DELETE", MEMBERS, Reply(200, b"", kind=""))
    await backend.remove_from_group("3", ["7", "8"])
    await backend.remove_from_group("3", [])
    [asked] = far.asked
    assert asked.query == [("account_ids[]", "7"), ("account_ids[]", "8")]
    assert asked.json == {"account_ids": ["7", "8"]}


CHANGES: list[Callable[[Backend], Awaitable[Any]]] = [
    lambda backend: backend.group_timeline("3", Window()),
    lambda backend: backend.create_group("x"),
    lambda backend: backend.rename_group("3", "x"),
    lambda backend: backend.remove_group("3"),
    lambda backend: backend.add_to_group("3", ["7"]),
    lambda backend: backend.remove_from_group("3", ["7"]),
]


@pytest.mark.parametrize("change", CHANGES)
async def test_takahe_has_no_lists(
    far: FarServer, open_backend: Open, change: Callable[[Backend], Awaitable[Any]]
) -> None:
    backend = await open_backend("takahe")
    with pytest.raises(Unsupported, match="Takahe has no lists"):
        await change(backend)
    assert far.asked == []


async def test_snac_cannot_rename(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("snac")
    with pytest.raises(Unsupported, match="snac cannot rename"):
        await backend.rename_group("3", "x")
    assert far.asked == []


async def test_ids_that_cannot_be_ids_are_missing(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    for change in (backend.add_to_group("3", ["../7"]), backend.remove_from_group("3", ["x&y=1"]),
                   backend.remove_group("3/accounts"), backend.rename_group("?", "x")):  # fmt: skip
        with pytest.raises(Missing):
            await change
    assert far.asked == []
