"""Paging over lists that only know cursors: bounds, walks, and how many upstream calls they cost (DESIGN section 5)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.backend import Window
from gateway.cards import Card, Seen
from gateway.paging import HIGHEST, MOST_CALLS, Span, Walks
from mappings import hub
from tests.gateway_harness import Ground

HOME = "statuses/home_timeline"


def seen(id: int) -> Seen:
    card = Card(
        id=id, key=str(id), native=str(id), author="a", visibility="public", reply=False, boost=False, hidden=False
    )
    return Seen(hub.Entry(raw=str(id).encode(), read=lambda raw: hub.Status(native="", account=NOBODY)), card)


NOBODY = hub.Account(native="", username="", acct="")


@given(
    ids=st.lists(st.integers(1, 60), unique=True, max_size=40),
    above=st.integers(0, 60),
    below=st.integers(0, 60) | st.just(HIGHEST),
    count=st.integers(1, 20),
    page=st.integers(1, 5),
)
def test_a_cut_is_what_paging_through_the_whole_list_shows(
    ids: list[int], above: int, below: int, count: int, page: int
) -> None:
    span = Span(above=above, below=below, count=count, skip=(page - 1) * count, page=page)
    inside = sorted((id for id in ids if above < id <= below), reverse=True)
    expected = [str(id).encode() for id in inside][(page - 1) * count : page * count]
    assert [entry.raw for entry in span.cut(map(seen, ids))] == expected


def test_the_end_of_a_page_is_remembered_for_a_while_and_for_its_own_walk() -> None:
    clock = [0.0]
    walks = Walks(seconds=10, clock=lambda: clock[0])
    walks.end(("alice", "home"), 1, seen(7).card)
    assert walks.start(("alice", "home"), 1) is None
    assert walks.start(("bob", "home"), 2) is None
    mark = walks.start(("alice", "home"), 2)
    assert mark is not None
    assert (mark.id, mark.native) == (7, "7")
    clock[0] += 11
    assert walks.start(("alice", "home"), 2) is None


def posts(ground: Ground, count: int, who: str = "bob", **fields: Any) -> list[str]:
    return [ground.world.post(who, str(number), **fields) for number in range(count)]


async def calls(ground: Ground, call: str = HOME, **params: Any) -> int:
    """Upstream calls for one request."""
    ground.wire.clear()
    await ground.get(call, twin=False, **params)
    return ground.wire.count("home", "public", "user")


@pytest.mark.anyio
async def test_upstream_calls_are_as_few_as_can_be(ground: Ground) -> None:
    posts(ground, 120)
    ids = (await ground.get(HOME)).ids
    assert await calls(ground) == 1
    assert await calls(ground, count=40) == 1
    assert await calls(ground, count=41) == 2
    assert await calls(ground, count=100) == 3
    assert await calls(ground, page=2) == 1
    assert await calls(ground, since_id=ids[0]) == 1
    assert await calls(ground, since_id=ids[0] + 1) == 1
    assert await calls(ground, since_id=ids[3]) <= 2
    assert await calls(ground, max_id=ids[3]) == 1
    assert await calls(ground, max_id=1) <= 2


@pytest.mark.anyio
async def test_each_page_of_a_walk_costs_one_call(ground: Ground) -> None:
    posts(ground, 100)
    shown: list[str] = []
    for page in range(1, 6):
        ground.wire.clear()
        shown += (await ground.get(HOME, page=page, twin=False)).texts
        assert ground.wire.count("home") == 1, page
        ground.world.post("dave", "nothing to alice")
        ground.world.post("carol", f"arrived meanwhile {page}")
    assert shown == [str(number) for number in range(99, -1, -1)]


@pytest.mark.anyio
async def test_walks_with_other_filters_people_and_readers_do_not_meet(ground: Ground) -> None:
    first = ground.world.post("carol", "start")
    for number in range(8):
        ground.world.post("bob", f"b{number}")
        ground.world.post("carol", f"c{number}", reply_to=first)
    walks: list[tuple[str, dict[str, Any]]] = [
        (HOME, {}), (HOME, {"exclude_replies": "1"}), (HOME, {"user": "bob"}), ("statuses/public_timeline", {}),
        ("statuses/user_timeline", {"screen_name": "bob"}), ("statuses/user_timeline", {"screen_name": "carol"}),
    ]  # fmt: skip
    whole = {at: (await ground.get(call, **params)).ids for at, (call, params) in enumerate(walks)}
    for page in (1, 2, 3):
        for at, (call, params) in enumerate(walks):
            ids = (await ground.get(call, count=3, page=page, **params)).ids
            assert ids == whole[at][3 * page - 3 : 3 * page], (call, params, page)


@pytest.mark.anyio
async def test_messages_in_the_stream_do_not_shorten_a_page(ground: Ground) -> None:
    for number in range(30):
        ground.world.post("bob", str(number))
        ground.world.post("bob", f"psst {number} @alice", visibility="direct")
    assert (await ground.get(HOME, count=20)).texts == [str(number) for number in range(29, 9, -1)]
    assert (await ground.get(HOME, count=20, page=2)).texts == [str(number) for number in range(9, -1, -1)]


@pytest.mark.anyio
async def test_a_page_that_the_adapter_emptied_is_not_the_end(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """snac does not filter answers; its adapter does, and a page of answers alone comes out empty."""
    first = ground.world.post("bob", "start")
    posts(ground, 60, reply_to=first)
    backend = ground.connections.of("alice")
    user = backend.user

    async def filtered(native: str, window: Window, *, replies: bool) -> hub.Page[hub.Entry]:
        page = await user(native, window, replies=True)
        items = tuple(entry for entry in page.items if replies or not entry.status.in_reply_to)
        return hub.Page(items=items, older=page.older)

    monkeypatch.setattr(backend, "user", filtered)
    reply = await ground.get("statuses/user_timeline", screen_name="bob", exclude_replies="true")
    assert reply.texts == ["start"]


@pytest.mark.anyio
@pytest.mark.parametrize("older", ["same", "first"])
async def test_a_server_that_ignores_its_cursors_is_not_read_for_ever(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, older: str
) -> None:
    posts(ground, 5)
    backend, asked = ground.connections.of("alice"), []
    home = backend.home

    async def stuck(window: Window) -> hub.Page[hub.Entry]:
        asked.append(window.older_than)
        page = await home(Window(limit=5))
        return hub.Page(items=page.items, older="7" if older == "same" else f"{len(asked)}")

    monkeypatch.setattr(backend, "home", stuck)
    assert len((await ground.get(HOME, twin=False)).json) == 5
    assert len(asked) <= (2 if older == "same" else MOST_CALLS)


@pytest.mark.anyio
async def test_a_walk_through_everything_is_bounded(ground: Ground) -> None:
    first = ground.world.post("bob", "start")
    posts(ground, 60, reply_to=first)
    assert await calls(ground, page=1000, count=200) <= MOST_CALLS
    assert await calls(ground, exclude_replies="true") <= 3
