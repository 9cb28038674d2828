"""How many requests to a server of actors each legacy call takes, counted there.

Warm: everything was read once and nothing is new since. News and first looks cost more, within the bounds of
`adapters.activitypub`; what the adapter's own methods take is in `tests/adapters/activitypub/test_requests.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.c2s.bovine import Herd, bovine_server, herd
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.gateway.actors import Gate, gate_on

pytestmark = pytest.mark.anyio
__all__ = ["bovine_server", "embedded", "embedded_server", "herd"]


class Row(NamedTuple):
    """A call: requests on the embedded dialect, and on the bare one. Names in braces are filled in."""

    call: str
    embedded: int
    bare: int
    fields: tuple[tuple[str, str], ...] = ()


READING = (
    Row("statuses/home_timeline", 1, 1),
    Row("statuses/friends_timeline", 1, 1),
    Row("statuses/home_timeline", 1, 1, (("since_id", "{post}"),)),
    Row("statuses/home_timeline", 0, 0, (("max_id", "{post}"),)),
    Row("statuses/public_timeline", 1, 1),
    Row("statuses/mentions", 1, 1),
    Row("statuses/user_timeline", 1, 1),
    Row("statuses/user_timeline", 0, 0, (("user_id", "{bob}"),)),
    Row("statuses/show", 4, 2, (("id", "{post}"),)),
    Row("conversation/show", 2, 1, (("id", "{post}"),)),
    Row("favorites", 2, 1),
    Row("account/verify_credentials", 2, 2),
    Row("users/show", 0, 0, (("user_id", "{bob}"),)),
    Row("users/search", 1, 1, (("q", "bob"),)),
    Row("statuses/friends", 0, 0),
    Row("statuses/followers", 0, 0),
    Row("friends/ids", 0, 0),
    Row("followers/ids", 0, 0),
    Row("direct_messages", 2, 2),
    Row("direct_messages/sent", 2, 2),
    Row("direct_messages/all", 2, 2),
    Row("friendica/notifications", 1, 1),
    Row("friendica/photos/list", 2, 2),
    Row("friendica/group_show", 1, 0),
    Row("statusnet/config", 0, 0),
    Row("help/test", 0, 0),
)
"""Again with nothing new. Of a single status likes and shares are read: collections with pages, or in one piece."""
WRITING = (
    Row("statuses/update", 2, 4, (("status", "Counted"),)),
    Row("statuses/update", 4, 6, (("status", "@{name} Counted"), ("in_reply_to_status_id", "{post}"))),
    Row("favorites/create", 1, 2, (("id", "{post}"),)),
    Row("favorites/destroy", 1, 2, (("id", "{post}"),)),
    Row("statuses/retweet", 1, 2, (("id", "{post}"),)),
    Row("friendica/activity/dislike", 1, 2, (("id", "{post}"),)),
    Row("friendica/activity/undislike", 5, 4, (("id", "{post}"),)),
    Row("direct_messages/new", 2, 4, (("screen_name", "{name}"), ("text", "Counted"))),
    Row("statuses/destroy", 3, 3, (("id", "{own}"),)),
)
"""One after the other. The bare dialect answers with an address only: the activity is read, and a new object. Who is
named is looked up, what is answered or deleted is read before, and what was deleted once more."""


class Counted(NamedTuple):
    """A gateway with a friend's post read, and what stands for the names in braces."""

    gate: Gate
    names: dict[str, Any]
    bare: bool

    async def count(self, method: str, row: Row) -> list[tuple[str, str]]:
        """The requests of one call."""
        given = {name: text.format(**self.names) for name, text in row.fields}
        self.gate.server.requests()
        sent = {"params" if method == "GET" else "data": given}
        answer = await self.gate.answer(method, "a", row.call, "json", **sent)
        assert answer.status == 200, answer.body
        return self.gate.server.requests()

    def expected(self, row: Row) -> int:
        """On this server."""
        return row.bare if self.bare else row.embedded


@pytest.fixture(params=["embedded", "herd"])
async def counted(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Counted]:
    """On either server; alice has read bob's post that names her."""
    people = request.getfixturevalue(request.param)
    server = request.getfixturevalue(f"{request.param}_server" if request.param == "embedded" else "bovine_server")
    async with gate_on(tmp_path / "data", server, people) as gate:
        await gate.befriend("ab")
        await gate.post("b", "statuses/update", status=f"@{people.alice.name} Read this")
        [post] = await gate.until("a", "statuses/mentions", bool)
        own = await gate.post("a", "statuses/update", status="An own one")
        names = {"post": post["id"], "bob": post["user"]["id"], "name": people.bob.name, "own": own["id"]}
        yield Counted(gate, names, request.param == "herd")


async def test_reading_again_what_is_unchanged(counted: Counted) -> None:
    found = {}
    for row in READING:
        await counted.count("GET", row)
        found[row] = len(await counted.count("GET", row))
    assert found == {row: counted.expected(row) for row in READING}


async def test_writing(counted: Counted) -> None:
    found = {row: await counted.count("POST", row) for row in WRITING}
    assert {row: len(asked) for row, asked in found.items()} == {row: counted.expected(row) for row in WRITING}
    assert all([method for method, _ in asked].count("POST") == 1 for asked in found.values())


async def test_a_poll_of_an_unchanged_home_is_one_conditional_request(
    tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    async with gate_on(tmp_path / "data", embedded_server, embedded) as gate:
        await gate.befriend("ab")
        await gate.post("b", "statuses/update", status="Read this")
        [post] = await gate.until("a", "statuses/home_timeline", bool)
        since = {"since_id": post["id"]}
        for given in ({}, since, since):
            embedded_server.requests()
            assert (await gate.answer("GET", "a", "statuses/home_timeline", "json", params=given)).status == 200
            [(method, path, status)] = embedded_server.site.asked
            assert (method, status) == ("GET", 304)
            assert path.startswith("/orderedcollection")
