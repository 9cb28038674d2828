"""Where the id map puts statuses of each software."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mappings.hub import Order
from tests.adapters.conftest import Open
from tests.adapters.samples import IDS, NOW, person, post

pytestmark = pytest.mark.anyio
CREATED = 1_794_997_600_000
"""The date of `post()`, milliseconds since 1970."""
MINTED = 1_794_999_000_000
"""The time inside the sample ids of GoToSocial and Takahe."""


def raw(native: str, **fields: Any) -> bytes:
    return msgspec.json.encode(post(native, **fields))


@pytest.mark.parametrize(
    ("software", "order", "ms"),
    [
        ("mastodon", Order.TIMED, 117440831307448422 >> 16),
        ("gotosocial", Order.TIMED, MINTED),
        ("takahe", Order.TIMED, MINTED),
        ("mastodon_mock", Order.ORDERED, CREATED),
        ("snac", Order.UNORDERED, CREATED),
        ("somethingelse", Order.UNORDERED, CREATED),
    ],
)
async def test_the_form_of_the_ids_decides(open_backend: Open, software: str, order: Order, ms: int) -> None:
    backend = await open_backend(software)
    newest, middle, oldest = (backend.sighting(backend.entry(raw(native)).status) for native in IDS[software])
    assert {newest.order, middle.order, oldest.order} == {order}
    assert newest.native == IDS[software][0]
    assert newest.ms == ms
    if order is not Order.UNORDERED:
        assert newest.sort > middle.sort > oldest.sort


async def test_links_between_statuses_are_told_by_key(open_backend: Open) -> None:
    backend, (native, parent, _) = await open_backend("snac"), IDS["snac"]
    reply = backend.sighting(backend.entry(raw(native, in_reply_to_id=parent)).status)
    assert (reply.key, reply.parent, reply.boosted, reply.booster) == (native[10:], parent[10:], "", "")
    above = backend.parent_sighting(parent, reply)
    assert (above.key, above.native, above.ms, above.order) == (parent[10:], parent, 0, Order.UNORDERED)
    boost = backend.entry(raw(native.upper(), account=person("8"), reblog=post(native))).status
    seen = backend.sighting(boost)
    assert (seen.key, seen.boosted, seen.booster) == (native[10:].upper(), native, "8")


async def test_a_parent_known_only_by_id_has_the_time_of_its_id(open_backend: Open) -> None:
    backend, (native, parent, _) = await open_backend("mastodon"), IDS["mastodon"]
    above = backend.parent_sighting(parent, backend.sighting(backend.entry(raw(native)).status))
    assert (above.ms, above.order) == (int(parent) >> 16, Order.TIMED)


async def test_a_date_in_the_future_is_not_believed(open_backend: Open) -> None:
    backend = await open_backend("snac")
    status = backend.entry(raw(IDS["snac"][0], created_at="2030-01-01T00:00:00.000Z")).status
    assert backend.sighting(status).ms == int(NOW * 1000)
