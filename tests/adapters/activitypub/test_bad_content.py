"""Everything that strangers can put into an inbox is shown as far as it can be, and what is forged changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.backend import Window
from adapters.errors import BackendError, Missing
from adapters.transport import Transport
from mappings import hub
from tests.adapters.activitypub.sides import Two, two
from tests.c2s.bad_content import BAD, FORGED, GOOD, good
from tests.c2s.bovine import Herd
from tests.c2s.embedded import EmbeddedServer
from tests.c2s.talk import PUBLIC

pytestmark = pytest.mark.anyio


@pytest.fixture
async def people(embedded_server: EmbeddedServer, embedded: Herd) -> AsyncIterator[Two]:
    """Alice and bob on our server."""
    transport = Transport("oldbird/test", allow_hosts=[embedded_server.pair])
    yield await two(embedded_server, embedded, transport)
    await transport.close()


async def contents(people: Two) -> list[str]:
    """What alice's timeline says."""
    return [status.original.content for status in await people.alice.home()]


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("first", [True, False])
async def test_the_good_is_shown_beside_the_bad(people: Two, name: str, first: bool) -> None:
    good(people.server, people.herd)
    if first:
        assert await contents(people) == [GOOD]
    BAD[name](people.server, people.herd)
    assert GOOD in await contents(people)
    assert GOOD in await contents(people)
    alice = people.alice.backend
    for call in (alice.notifications, alice.mentions, alice.conversations, alice.favourites, alice.follow_requests):
        assert (await call(None)).items is not None
    for entry in (await alice.home(Window(limit=40))).items:
        assert alice.entry(entry.raw) == entry
        assert isinstance(await alice.thread(entry.status.native), hub.Thread)
        assert isinstance(await alice.activities(entry.status.native), hub.Activities)
    try:
        await alice.user(people.herd.bob.actor, Window(), replies=True)
        await alice.account(people.herd.bob.actor)
    except BackendError:
        assert name.startswith("actor")


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("first", [True, False])
async def test_what_is_forged_changes_nothing(people: Two, name: str, first: bool) -> None:
    if not first:
        await people.alice.home()
    target = FORGED[name](people.server, people.herd)
    home = await people.alice.home()
    assert target in [status.native for status in home]
    found = [status for status in home if target in {status.native, status.original.native}]
    assert {status.original.content for status in found} == {GOOD}
    assert not [status for status in home if "forged" in status.original.content]
    assert (await people.alice.backend.status(target)).status.original.content == GOOD


async def test_what_its_owner_changes_is_changed(people: Two) -> None:
    target = good(people.server, people.herd)
    to = {"to": [PUBLIC, people.herd.alice.actor]}
    boost = people.server.act(people.herd.bob, {"type": "Announce", "object": target} | to)
    assert await contents(people) == [GOOD, GOOD]
    people.server.act(people.herd.bob, {"type": "Update", "object": {"id": target, "content": "<p>New</p>"}} | to)
    assert await contents(people) == ["<p>New</p>", "<p>New</p>"]
    people.server.act(people.herd.bob, {"type": "Undo", "object": boost["id"]} | to)
    assert await contents(people) == ["<p>New</p>"]
    people.server.act(people.herd.bob, {"type": "Delete", "object": target} | to)
    assert await contents(people) == []
    with pytest.raises(Missing):
        await people.alice.backend.status(target)
    assert await people.alice.backend.statuses([target]) == {}
