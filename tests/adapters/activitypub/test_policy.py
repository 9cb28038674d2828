"""What the operator may want of accounts: letting in who asks to follow, and public timelines from a server's feed."""

from __future__ import annotations

import pytest

from adapters.activitypub.feed import Feed
from adapters.activitypub.policy import Policy
from adapters.backend import Window
from mappings.hub import Visibility
from tests.adapters.activitypub.sides import Side, Two
from tests.c2s.bovine import eventually

pytestmark = pytest.mark.anyio


def accepts(one: Side) -> int:
    """How often that person agreed to a follow."""
    return sum(row.verb == "Accept" for row in one.backend.link.mirror.log.rows.values())


async def asked(both: Two) -> None:
    """Alice asks to follow bob, who has seen it."""
    alice, bob = both.alice.backend, both.bob.backend
    await alice.follow(bob.me_id)

    async def arrived() -> bool:
        await bob.notifications(None)
        return bool(bob._requests()) or accepts(both.bob) > 0

    assert await eventually(arrived, bool)


async def test_who_asks_is_let_in_where_that_is_wanted(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.backend
    bob.link.policy = Policy(accept_follows=True)
    await asked(both)

    async def follows() -> bool:
        await bob.home(Window())
        await alice.home(Window())
        return (await alice.related(bob.me_id)).following

    assert await eventually(follows, bool)
    for _ in range(3):
        await bob.home(Window())
        await bob.refresh(pages=2)
    assert accepts(both.bob) == 1
    bob.link.answered.clear()  # another process
    await bob.home(Window())
    assert accepts(both.bob) == 1


async def test_nobody_is_let_in_unasked_and_never_the_blocked(both: Two) -> None:
    bob = both.bob.backend
    await asked(both)
    await bob.home(Window())
    assert accepts(both.bob) == 0
    await bob.block(both.alice.party.actor)
    bob.link.policy = Policy(accept_follows=True)
    await bob.home(Window())
    assert accepts(both.bob) == 0


async def test_a_public_timeline_is_what_the_feed_of_the_server_lists(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.backend
    for text, visibility in (("one", Visibility.PUBLIC), ("two", Visibility.PRIVATE), ("three", Visibility.PUBLIC)):
        await both.bob.post(text, visibility)
    assert [entry.status for entry in (await alice.public(Window(), local=False)).items] == []
    alice.link.policy = Policy(public_feeds=("https://elsewhere.test/inbox", bob.link.facts.outbox))

    async def public() -> list[str]:
        alice.link.feeds.clear()
        page = await alice.public(Window(), local=False)
        return [entry.status.content for entry in page.items]

    found = await eventually(public, lambda texts: len(texts) == 2)
    assert ["three" in found[0], "one" in found[1]] == [True, True]
    alice.link.feeds.clear()
    first = await alice.public(Window(limit=1), local=True)
    assert first.older == first.items[0].status.native
    (second,) = (await alice.public(Window(older_than=first.older), local=True)).items
    assert "one" in second.status.content
    await alice.mute(bob.me_id)
    assert (await alice.public(Window(), local=False)).items == ()


async def test_the_feed_of_another_server_is_not_read() -> None:
    policy = Policy(public_feeds=("https://a.test/inbox", "https://b.test:8443/inbox"))
    assert policy.feed_of("https://a.test/alice") == "https://a.test/inbox"
    assert policy.feed_of("https://b.test/bob") == ""
    assert Policy().feed_of("https://a.test/alice") == ""


async def test_nobody_speaks_for_others_in_a_feed(both: Two) -> None:
    feed = Feed("https://a.test/inbox", both.alice.backend.link.library, everybody=True)
    note = {"id": "https://b.test/1", "type": "Note", "attributedTo": "https://b.test/bob", "content": "x"}
    told = {"id": "https://b.test/2", "type": "Create", "actor": "https://b.test/bob", "object": note}
    assert feed._post(told, {}) is not None
    for wrong in ({"actor": "https://c.test/carol"}, {"actor": "https://b.test/carol"}, {"actor": None}):
        assert feed._post(told | wrong, {}) is None
