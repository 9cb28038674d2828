"""Timelines: cursors, bounds, repeated and missing items, on each software."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.backend import Window
from adapters.errors import BadAnswer, Missing, Unsupported
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer, Reply
from tests.adapters.samples import IDS, person, post

pytestmark = pytest.mark.anyio
HOME, PUBLIC = "/api/v1/timelines/home", "/api/v1/timelines/public"
STATUSES, FAVOURITES, NOTES = "/api/v1/accounts/7/statuses", "/api/v1/favourites", "/api/v1/notifications"
SOFTWARE = sorted(IDS)
MS = 1_791_990_000_000


def posts(ids: Sequence[str], **fields: Any) -> list[dict[str, Any]]:
    return [post(native, **fields) for native in ids]


def natives(page: hub.Page[hub.Entry]) -> list[str]:
    return [entry.status.native for entry in page.items]


@pytest.mark.parametrize("software", SOFTWARE)
async def test_a_page_goes_on_below_its_last_item(far: FarServer, open_backend: Open, software: str) -> None:
    backend, ids = await open_backend(software), IDS[software]
    far.on("GET", HOME, json=posts(ids))
    page = await backend.home(Window())
    assert natives(page) == ids
    assert page.older == ids[-1]
    far.on("GET", HOME, json=[])
    page = await backend.home(Window(older_than=ids[-1]))
    assert (page.items, page.older) == ((), None)
    assert [asked.query for asked in far.asked] == [[("limit", "20")], [("limit", "20"), ("max_id", ids[-1])]]


@pytest.mark.parametrize(("asked", "sent"), [(0, "1"), (-5, "1"), (1, "1"), (40, "40"), (200, "40")])
async def test_the_limit_is_always_sent_and_clamped(far: FarServer, open_backend: Open, asked: int, sent: str) -> None:
    far.on("GET", HOME, json=[])
    await (await open_backend()).home(Window(limit=asked))
    assert far.asked[0].query == [("limit", sent)]


@pytest.mark.parametrize("software", SOFTWARE)
async def test_repeated_items_come_once(far: FarServer, open_backend: Open, software: str) -> None:
    backend, ids = await open_backend(software), IDS[software]
    far.on("GET", HOME, json=posts([*ids, *ids]))
    assert natives(await backend.home(Window(newer_than="0"))) == ids


@pytest.mark.parametrize("software", ["gotosocial", "mastodon", "takahe", "mastodon_mock"])
async def test_repeated_items_are_put_in_order(far: FarServer, open_backend: Open, software: str) -> None:
    backend, ids = await open_backend(software), IDS[software]
    far.on("GET", HOME, json=posts([ids[1], ids[0], ids[1], ids[2]]))
    page = await backend.home(Window(newer_than="0"))
    assert natives(page) == ids
    assert page.older == ids[2]


@pytest.mark.parametrize("software", SOFTWARE)
async def test_bounds_hold_where_the_server_ignores_them(far: FarServer, open_backend: Open, software: str) -> None:
    backend, ids = await open_backend(software), IDS[software]
    far.on("GET", HOME, json=posts(ids))
    far.on("GET", STATUSES, json=posts(ids))
    window = Window(newer_than=ids[1])
    assert natives(await backend.home(window)) == ids[:1]
    page = await backend.user("7", window, replies=True)
    assert natives(page) == ids[:1]
    assert page.older == ids[-1]
    if backend.capabilities.order is not hub.Order.UNORDERED:
        assert natives(await backend.home(Window(older_than=ids[1]))) == ids[2:]


async def test_a_snac_bound_is_found_after_an_edit(far: FarServer, open_backend: Open) -> None:
    backend, ids = await open_backend("snac"), IDS["snac"]
    far.on("GET", HOME, json=posts(ids))
    assert natives(await backend.home(Window(newer_than="1899999999" + ids[1][10:]))) == ids[:1]
    assert natives(await backend.home(Window(newer_than="1899999999" + "f" * 32))) == ids


@pytest.mark.parametrize(
    ("software", "older", "newer"),
    [
        ("mastodon", str((MS + 1) << 16), str((MS << 16) - 1)),
        ("gotosocial", "01M4XETTC10000000000000000", "01M4XETTBZZZZZZZZZZZZZZZZZ"),
        ("takahe", str((MS + 1 - 1_641_020_400_000) << 22), str(((MS - 1_641_020_400_000) << 22) - 1)),
        ("mastodon_mock", None, None),
        ("snac", None, None),
        ("somethingelse", None, None),
    ],
)
async def test_a_time_becomes_a_cursor_where_ids_carry_one(
    far: FarServer, open_backend: Open, software: str, older: str | None, newer: str | None
) -> None:
    backend = await open_backend(software)
    far.on("GET", HOME, json=[])
    await backend.home(Window(before_ms=MS, after_ms=MS))
    asked = dict(far.asked[0].query)
    assert (asked.get("max_id"), asked.get("since_id")) == (older, newer)


async def test_a_known_id_goes_before_a_time(far: FarServer, open_backend: Open) -> None:
    far.on("GET", HOME, json=[])
    backend = await open_backend()
    await backend.home(Window(older_than="9", newer_than="3", before_ms=MS, after_ms=MS))
    assert far.asked[0].query == [("limit", "20"), ("max_id", "9"), ("since_id", "3")]


async def test_items_without_an_id_are_dropped_and_undecodable_ones_raise(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("GET", HOME, json=[post("3"), {"content": "?"}, None, 7, {"id": "2"}, post("1")])
    page = await backend.home(Window())
    assert len(page.items) == 3
    with pytest.raises(BadAnswer):
        _ = page.items[1].status
    assert page.older == "1"


@pytest.mark.parametrize("body", [b"{}", b'{"error":"x"}', b"[{", b"", b"null"])
async def test_what_is_no_list_is_a_bad_answer(far: FarServer, open_backend: Open, body: bytes) -> None:
    backend = await open_backend()
    far.on("GET", HOME, Reply(body=body))
    with pytest.raises(BadAnswer):
        await backend.home(Window())


async def test_public_timelines(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend(token=None)
    far.on("GET", PUBLIC, json=posts(IDS["mastodon"]))
    for local in (True, False):
        assert natives(await backend.public(Window(), local=local)) == IDS["mastodon"]
    assert [asked.query for asked in far.asked] == [[("limit", "20"), ("local", "true")], [("limit", "20")]]
    assert "authorization" not in far.asked[0].headers


async def test_answers_are_left_out_here_where_the_server_does_not(far: FarServer, open_backend: Open) -> None:
    ids = IDS["snac"]
    items = [
        post(ids[0], in_reply_to_id="x", in_reply_to_account_id="8"),
        post(ids[1], in_reply_to_id="x", in_reply_to_account_id="7"),
        post(ids[2]),
    ]
    far.on("GET", STATUSES, json=items)
    page = await (await open_backend("snac")).user("7", Window(), replies=False)
    assert natives(page) == ids[1:]
    assert far.asked[0].query[-1] == ("exclude_replies", "true")
    assert len((await (await open_backend("snac")).user("7", Window(), replies=True)).items) == 3


async def test_favourites_follow_the_link_header(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("gotosocial")
    link = f'<{far.url}/api/v1/favourites?limit=40&max_id=01ROW>; rel="next", <{far.url}/x?min_id=9>; rel="prev"'
    far.once("GET", FAVOURITES, json=posts(IDS["gotosocial"]), headers={"Link": link})
    page = await backend.favourites(None)
    assert (len(page.items), page.older) == (3, "01ROW")
    far.on("GET", FAVOURITES, json=[])
    page = await backend.favourites(page.older)
    assert (page.items, page.older) == ((), None)
    assert far.asked[1].query == [("limit", "40"), ("max_id", "01ROW")]


@pytest.mark.parametrize(
    ("link", "cursor"),
    [
        ('<https://evil.example/steal?max_id=5>; rel="next"', "5"),
        ('<https://a.example/x?min_id=9>; rel="prev", <https://a.example/x?limit=2&max_id=a%2Bb>; rel="next"', "a+b"),
        ("</x?max_id=5>; rel=next", "5"),
        ("<" * 8000 + '/x?max_id=5>; rel="next"', "5"),
        ('</x?max_id=5>; title="a"; rel="next"', "5"),
        ('</x?min_id=5>; rel="prev"', None),
        ('</x?limit=5>; rel="next"', None),
        ("nonsense", None),
        ("", None),
    ],
)
async def test_only_the_value_of_a_link_is_used(
    far: FarServer, open_backend: Open, link: str, cursor: str | None
) -> None:
    backend = await open_backend()
    far.on("GET", FAVOURITES, json=[post("1")], headers={"Link": link})
    page = await backend.favourites(None)
    assert page.older == cursor
    await backend.favourites(page.older)
    assert {asked.headers["host"] for asked in far.asked} == {far.pair}


async def test_snac_does_not_tell_favourites(far: FarServer, open_backend: Open) -> None:
    with pytest.raises(Unsupported, match="snac"):
        await (await open_backend("snac")).favourites(None)
    assert far.asked == []


async def test_mentions(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("gotosocial")
    note = {"type": "mention", "account": person("8", "carol"), "created_at": "2026-11-18T12:26:40.000Z"}
    notes = [
        note | {"id": "03", "status": post("5")},
        note | {"id": "02", "type": "follow"},
        note | {"id": "01", "status": None},
        {"id": "00"},
    ]
    far.on("GET", NOTES, json=notes)
    page = await backend.mentions(None)
    assert [(item.native, item.account.acct) for item in page.items] == [("03", "carol")]
    assert page.items[0].status
    assert page.items[0].status.status.native == "5"
    assert page.older == "00"
    await backend.mentions("00")
    assert far.asked[0].query == [("limit", "40"), ("types[]", "mention")]
    assert far.asked[1].query == [("limit", "40"), ("types[]", "mention"), ("max_id", "00")]


async def test_a_thread_is_two_calls_at_once(far: FarServer, open_backend: Open) -> None:
    backend, (top, middle, low) = await open_backend(), IDS["mastodon"]
    far.on("GET", f"/api/v1/statuses/{middle}", json=post(middle))
    far.on("GET", f"/api/v1/statuses/{middle}/context", json={"ancestors": posts([low]), "descendants": posts([top])})
    thread = await backend.thread(middle)
    found = [entry.status.native for entry in (*thread.ancestors, thread.status, *thread.descendants)]
    assert found == [low, middle, top]
    with pytest.raises(Missing):
        await backend.thread("1")


async def test_several_statuses_in_batches_of_twenty(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon", "4.6.4")
    wanted = [str(number) for number in range(45)]
    far.on("GET", "/api/v1/statuses", json=posts(["44", "3", "0"]))
    assert list(await backend.statuses(wanted)) == ["0", "3", "44"]
    assert [len(asked.query) for asked in far.asked] == [20, 20, 5]
    assert far.asked[0].query[0] == ("id[]", "0")


@pytest.mark.parametrize("software", ["gotosocial", "snac", "takahe"])
async def test_several_statuses_one_by_one(far: FarServer, open_backend: Open, software: str) -> None:
    backend, ids = await open_backend(software), IDS[software]
    for native in ids[:2]:
        far.on("GET", f"/api/v1/statuses/{native}", json=post(native))
    assert list(await backend.statuses([*ids, "no such id"])) == ids[:2]
    assert len(far.asked) == 3
    assert far.most_running <= 4
    far.on("GET", f"/api/v1/statuses/{ids[0]}", Reply(500))
    with pytest.raises(BadAnswer):
        await backend.statuses(ids)


@pytest.mark.parametrize("native", ["", "a/b", "../../oauth", "x y", "1?x=1", "1#", "%2e%2e"])
async def test_ids_cannot_leave_their_place(far: FarServer, open_backend: Open, native: str) -> None:
    backend = await open_backend("mastodon")
    with pytest.raises(Missing):
        await backend.status(native)
    assert far.asked == []


async def test_takahe_is_not_asked_for_ids_of_another_form(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("takahe")
    far.on("GET", "/api/v1/statuses/01ABC", Reply(500, b"<html>", kind="text/html"))
    with pytest.raises(Missing):
        await backend.status("01ABC")
    assert far.asked == []
