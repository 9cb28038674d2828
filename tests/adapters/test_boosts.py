"""Who boosted a status, its boosts, and own boosted statuses, as servers tell them."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.backend import Window
from adapters.errors import Missing
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer
from tests.adapters.samples import IDS, person, post

pytestmark = pytest.mark.anyio
BOOSTED_BY = "/api/v1/statuses/5/reblogged_by"
ME, MINE = "/api/v1/accounts/verify_credentials", "/api/v1/accounts/7/statuses"
ROWS = {"link": '<http://far.example/x?max_id=55&limit=80>; rel="next"'}


async def test_people_go_on_by_rows(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.once("GET", BOOSTED_BY, json=[person("9"), None, person("8")], headers=ROWS)
    far.on("GET", BOOSTED_BY, json=[])
    page = await backend.reblogged_by("5", None)
    assert ([one.native for one in page.items], page.older) == (["9", "8"], "55")
    assert await backend.reblogged_by("5", "55") == hub.Page(items=())
    far.on("GET", BOOSTED_BY, status=404)
    with pytest.raises(Missing):
        await backend.reblogged_by("5", None)


@pytest.mark.parametrize("software", ["mastodon", "gotosocial", "snac", "takahe", "pleroma"])
async def test_boosts_are_made_of_the_people_and_stay_the_same(
    far: FarServer, open_backend: Open, software: str
) -> None:
    backend, native = await open_backend(software), IDS[software][0]
    status, people = (f"/api/v1/statuses/{native}", f"/api/v1/statuses/{native}/reblogged_by")
    far.on("GET", status, json=post(native, created_at="2022-01-01T10:00:00.000Z"))
    far.once("GET", people, json=[person("9"), person("8")])
    first = await backend.reblogs(native)
    assert [entry.status.account.native for entry in first] == ["9", "8"]
    assert {entry.status.original.native for entry in first} == {native}
    assert [entry.status.created_at for entry in first] == ["2022-01-01T10:00:00.002Z", "2022-01-01T10:00:00.001Z"]
    sightings = [backend.sighting(entry.status) for entry in first]
    assert [(one.boosted, one.booster) for one in sightings] == [(native, "9"), (native, "8")]
    far.once("GET", people, json=[person("10"), person("9"), person("8")])
    again = [backend.sighting(entry.status).key for entry in await backend.reblogs(native)]
    assert again[1:] == [one.key for one in sightings]
    assert len({*again}) == 3


async def test_snac_shows_the_boost_of_what_was_asked_for(far: FarServer, open_backend: Open) -> None:
    """Whoever boosts a post takes its place there, in every answer: the boost has the same id in upper case."""
    backend, (native, answer, _) = await open_backend("snac"), IDS["snac"]
    status = f"/api/v1/statuses/{native}"

    def boosted(id: str) -> dict[str, Any]:
        return post(id.upper(), account=person("9"), content="", reblog=post(id))

    for path in (status, f"/api/v1/statuses/{native.upper()}"):
        far.on("GET", path, json=boosted(native))
    far.on("GET", f"{status}/context", json={"ancestors": [], "descendants": [boosted(answer)]})
    far.on("GET", f"{status}/reblogged_by", json=[person("9")])
    for path in ("favourite", "unfavourite"):
        far.on("POST", f"{status}/{path}", json=boosted(native))
    thread = await backend.thread(native)
    plain = [
        await backend.status(native), (await backend.statuses([native]))[native], thread.status, *thread.descendants,
        await backend.favourite(native), await backend.unfavourite(native),
    ]  # fmt: skip
    assert [entry.status.reblog_of for entry in plain] == [None] * 6
    assert [entry.status.native for entry in plain] == [native, native, native, answer, native, native]
    assert [entry.status.original.native for entry in await backend.reblogs(native)] == [native]
    boost = (await backend.status(native.upper())).status
    assert (boost.native, boost.original.native, boost.account.native) == (native.upper(), native, "9")


async def test_snac_lists_boosts_by_others_in_place_of_posts(far: FarServer, open_backend: Open) -> None:
    """In somebody's timeline, in that of the reader and among what is found; boosts by the author stay."""
    backend, (first, second, third) = await open_backend("snac"), IDS["snac"]
    mine, foreign = person("7"), person("9", "eve")
    rows = [
        post(first.upper(), account=foreign, content="", reblog=post(first, account=mine, reblogs_count=1)),
        post(second.upper(), account=mine, content="", reblog=post(second, account=foreign)),
        post(third.upper(), account=mine, content="", reblog=post(third, account=mine)),
    ]
    far.on("GET", ME, json=mine)
    for path in (MINE, "/api/v1/timelines/home"):
        far.on("GET", path, json=rows)
    listed = [entry.status for entry in (await backend.user("7", Window(), replies=True)).items]
    assert [one.native for one in listed] == [first, second.upper(), third.upper()]
    assert [one.reblog_of is None for one in listed] == [True, False, False]
    assert [entry.status.native for entry in (await backend.own_boosted(Window())).items] == [first]
    far.on("GET", "/api/v2/search", json={"accounts": [], "statuses": rows[:1], "hashtags": []})
    assert [entry.status.native for entry in await backend.search_statuses("x", 5, 0)] == [first]


async def test_own_posts_that_others_boosted(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", ME, json=person("7"))
    rows = [
        post("14", reblogs_count=2), post("13", reblogs_count=0), post("12", reblogs_count=1, reblogged=True),
        post("11", reblogs_count=2, reblogged=True),
    ]  # fmt: skip
    far.on("GET", MINE, json=rows)
    page = await backend.own_boosted(Window(limit=3))
    assert [entry.status.native for entry in page.items] == ["14", "11"]
    assert page.older == "11"
    assert far.asked[-1].query == [("limit", "40"), ("exclude_reblogs", "true")]
    polled = await backend.own_boosted(Window(limit=3, newer_than="10"))
    assert ([entry.status.native for entry in polled.items], polled.older) == (["14", "11"], None)
    assert ("since_id", "10") in far.asked[-1].query
