"""What an instance is taken for, and what is remembered of it."""

from __future__ import annotations

import asyncio

import pytest

from adapters.connect import REMEMBER_SECONDS, Connections
from adapters.errors import BackendError, BadAnswer, Slow, Unavailable
from adapters.mastodon.backend import MastodonBackend
from adapters.mastodon.capabilities import ROWS, numbers
from mappings.hub import Order
from mappings.order import IdForm
from tests.adapters.conftest import Clock
from tests.adapters.far_server import CUT, HANG, FarServer, Reply, Scripted
from tests.adapters.samples import IDS, play

pytestmark = pytest.mark.anyio
HTML = Reply(200, b"<html>", kind="text/html")


async def backend(connections: Connections, far: FarServer, token: str | None = "t") -> MastodonBackend:
    found = await connections.backend(far.url, token)
    assert isinstance(found, MastodonBackend)
    return found


@pytest.mark.parametrize(
    ("software", "version", "order", "form", "by_id"),
    [
        ("mastodon", "4.7.3", Order.TIMED, IdForm.SNOWFLAKE, True),
        ("mastodon", "4.2.10+glitch", Order.TIMED, IdForm.SNOWFLAKE, False),
        ("mastodon_mock", "4.6.0", Order.ORDERED, IdForm.COUNTER, True),
        ("gotosocial", "0.20.0-rc1+git", Order.TIMED, IdForm.ULID, False),
        ("pleroma", "2.9.1", Order.TIMED, IdForm.FLAKE, True),
        ("akkoma", "3.15.2-0-gabc", Order.TIMED, IdForm.FLAKE, True),
        ("takahe", "0.11.0", Order.TIMED, IdForm.TAKAHE, False),
        ("snac", "2.94", Order.UNORDERED, IdForm.SNAC, False),
        ("Iceshrimp.NET", "2026.1", Order.UNORDERED, IdForm.COUNTER, False),
    ],
)
async def test_software_is_known_by_nodeinfo(
    far: FarServer, connections: Connections, software: str, version: str, order: Order, form: IdForm, *, by_id: bool
) -> None:
    play(far, software, version)
    found = await backend(connections, far)
    told = found.capabilities
    assert (told.software, told.version, told.order) == (software.lower(), version, order)
    assert (found.form, told.statuses_by_id) == (form, by_id)
    assert told.page_size == 40
    assert not [asked for asked in far.asked if "authorization" in asked.headers]
    assert "elsewhere.example" not in "".join(asked.headers["host"] for asked in far.asked)


async def test_the_rows_differ_where_the_servers_do() -> None:
    rows = {row.name: row for row in ROWS}
    assert {name for name, row in rows.items() if not row.favourites_list} == {"snac"}
    assert {name for name, row in rows.items() if not row.lists or not row.boosts_by_id} == {"takahe"}
    assert {name for name, row in rows.items() if not row.conversations} == {"takahe", "snac"}
    assert {name for name, row in rows.items() if row.list_addressing} == {"pleroma"}
    assert {name for name, row in rows.items() if row.reacting} == {"pleroma", "akkoma"}
    assert {name for name, row in rows.items() if not row.markers or not row.searches_statuses} == {"takahe"}
    assert {name for name, row in rows.items() if row.own_from_home or not row.blocks_list} == {"takahe", "snac"}
    assert {name for name, row in rows.items() if not row.renames_lists or not row.federated} == {"snac"}
    assert {name for name, row in rows.items() if row.connections < 32} == {"snac", "takahe"}
    assert rows["snac"].connections == 4


@pytest.mark.parametrize(("version", "told"), [("0.15.0", False), ("0.16.0", True), ("0.20.0-rc1+57cb4fe", True)])
async def test_gotosocial_takes_a_header_away_since_0_16(
    far: FarServer, connections: Connections, version: str, *, told: bool
) -> None:
    play(far, "gotosocial", version)
    assert (await backend(connections, far)).capabilities.removes_header is told


@pytest.mark.parametrize(
    ("more", "chars", "files"),
    [
        ({"configuration": {"statuses": {"max_characters": 5000, "max_media_attachments": 6}}}, 5000, 6),
        ({"max_toot_chars": 700}, 700, 4),
        ({"configuration": {"statuses": {"max_characters": "many"}}}, 500, 4),
        ({"configuration": None}, 500, 4),
        ({}, 500, 4),
    ],
)
async def test_limits_are_the_instance_s_own(
    far: FarServer, connections: Connections, more: dict[str, object], chars: int, files: int
) -> None:
    play(far, "mastodon", more=more)
    told = (await backend(connections, far)).capabilities
    assert (told.max_chars, told.max_media) == (chars, files)


async def test_v1_is_asked_where_v2_is_missing_or_broken(far: FarServer, connections: Connections) -> None:
    for software, asked in (("snac", 0), ("takahe", 1)):
        play(far, software)
        connections.known.clear()
        far.asked.clear()
        await backend(connections, far)
        assert far.paths().count("GET /api/v2/instance") == asked
        assert far.paths()[-1] == "GET /api/v1/instance"


@pytest.mark.parametrize(
    "reply", [Reply(404), Reply(403, b"", kind=""), Reply(body=b'{"links":[]}'), Reply(body=b"{}")]
)
async def test_a_server_without_nodeinfo_is_unknown(far: FarServer, connections: Connections, reply: Reply) -> None:
    play(far, "mastodon")
    far.on("GET", "/.well-known/nodeinfo", reply)
    told = (await backend(connections, far)).capabilities
    assert (told.software, told.label, told.order) == ("unknown", "ActivityPub", Order.UNORDERED)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(503, b"<html>", kind="text/html"), Unavailable),
        (Reply(500), BadAnswer),
        (HTML, BadAnswer),
        (Reply(body=b'{"links":'), BadAnswer),
        (CUT, Unavailable),
        (HANG, Slow),
    ],
)
@pytest.mark.hasty
async def test_a_failed_look_is_not_remembered(
    far: FarServer, connections: Connections, reply: Scripted, error: type[BackendError]
) -> None:
    play(far, "mastodon")
    far.once("GET", "/.well-known/nodeinfo", reply)
    far.once("GET", "/.well-known/nodeinfo", reply)
    with pytest.raises(error):
        await backend(connections, far)
    far.first.clear()
    assert (await backend(connections, far)).capabilities.software == "mastodon"


@pytest.mark.parametrize("href", ["", "x", "//evil.example/x", "http://[", "https://evil.example/nodeinfo/2.0"])
async def test_the_link_cannot_lead_away(far: FarServer, connections: Connections, href: str) -> None:
    play(far, "mastodon")
    link = {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}
    far.on("GET", "/.well-known/nodeinfo", json={"links": [link]})
    await backend(connections, far)
    assert {asked.headers["host"] for asked in far.asked} == {far.pair}


async def test_an_instance_is_looked_at_once_however_many_ask(far: FarServer, connections: Connections) -> None:
    play(far, "mastodon")
    await asyncio.gather(*(backend(connections, far, str(n)) for n in range(8)))
    await connections.backend(f"{far.url}/", None)
    assert len(far.asked) == 3


async def test_an_old_view_is_renewed_and_kept_while_the_server_is_down(
    far: FarServer, connections: Connections, clock: Clock
) -> None:
    play(far, "mastodon", "4.1.0")
    await backend(connections, far)
    clock.now += REMEMBER_SECONDS + 1
    far.once("GET", "/.well-known/nodeinfo", Reply(503))
    assert (await backend(connections, far)).capabilities.version == "4.1.0"
    play(far, "mastodon", "4.7.3")
    assert (await backend(connections, far)).capabilities.version == "4.7.3"


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org", "https://", "https://example.org/mastodon", "http://["]
)
async def test_only_plain_web_addresses_are_instances(connections: Connections, url: str) -> None:
    with pytest.raises(Unavailable):
        await connections.backend(url, None)


async def test_closing_ends_a_look(far: FarServer) -> None:
    far.on("GET", "/.well-known/nodeinfo", HANG)
    connections = Connections("agent", [far.pair], 30)
    look = asyncio.create_task(connections.backend(far.url, None))
    for _ in range(500):
        await asyncio.sleep(0)
    await connections.close()
    with pytest.raises(asyncio.CancelledError):
        await look


async def test_v2_and_v1_describe_the_same_site(far: FarServer, connections: Connections) -> None:
    more = {
        "contact": {"email": "a@far.example", "account": None},
        "thumbnail": {"url": "https://far.example/t.png"},
        "registrations": {"enabled": False},
        "languages": ["de", "en"],
    }
    play(far, "mastodon", more=more)
    new = await (await backend(connections, far)).site()
    connections.known.clear()
    play(far, "snac")
    old = {"uri": "x", "title": "Far", "email": "a@far.example",
           "languages": ["de", "en"]}  # fmt: skip
    far.on("GET", "/api/v1/instance", json=old | {"thumbnail": "https://far.example/t.png", "registrations": False})
    assert new == await (await backend(connections, far)).site()
    assert (new.title, new.email) == ("Far", "a@far.example")
    assert (new.language, new.logo, new.closed) == ("de", "https://far.example/t.png", True)


def test_version_numbers() -> None:
    assert numbers("4.7.3+glitch") == (4, 7, 3)
    assert numbers("2.9.1-0-gabc") == (2, 9, 1)
    assert numbers("nightly") == ()
    assert set(IDS) - {"somethingelse"} <= {row.name for row in ROWS}
