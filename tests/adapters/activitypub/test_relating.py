"""Follows, blocks and mutes of actors, on both dialects. Mutes outlive the process and hold in others."""

from __future__ import annotations

import time
from typing import Any

import pytest

from adapters.activitypub import collections
from adapters.activitypub.client import Ways
from adapters.activitypub.policy import Policy
from adapters.backend import Window
from adapters.errors import Missing, Rejected, Unsupported
from mappings import activitypub_activities as acts
from mappings.hub import Visibility
from tests.adapters.activitypub.sides import Side, Two, side
from tests.c2s.bovine import eventually

pytestmark = pytest.mark.anyio


async def again(both: Two, one: Side) -> Side:
    """The same person in another process, on the same shelf."""
    return await side(one.party, Ways(one.backend.link.client.ways.transport, time.time), one.shelf)


async def outbox(both: Two, kind: str) -> int:
    """How many activities of a kind alice's server keeps of her, as her mirror knows it."""
    return sum(row.verb == kind for row in both.alice.backend.link.mirror.log.rows.values())


async def test_a_follow_is_sent_once(both: Two) -> None:
    bob = both.bob.party.actor
    for _ in range(2):
        found = await both.alice.backend.follow(bob)
        assert found.following or found.requested
        assert (found.showing_reblogs, found.notifying) == (True, False)
    assert await outbox(both, "Follow") == 1
    asked = await both.alice.backend.requests_sent(None)
    assert [one.native for one in asked.items] == ([bob] if found.requested else [])
    with pytest.raises(Missing):
        await both.alice.backend.follow(f"{bob}/nobody")


async def arrived(one: Side, count: int) -> None:
    """So much is in somebody's inbox, which the adapter has not read."""
    link = one.backend.link
    await eventually(lambda: collections.items(link.client, link.facts.inbox, 3), lambda found: len(found) >= count)


async def let_in(one: Side, asking: str) -> None:
    """They agree, when the Follow has come."""
    one.backend.link.policy = Policy(accept_follows=True)

    async def has_agreed() -> bool:
        await one.home()
        return asking in one.backend.link.mirror.accepted()

    await eventually(has_agreed)


@pytest.mark.parametrize("order", ["after", "together", "backwards", "before"])
async def test_the_first_posts_of_the_newly_followed_are_in_the_home_timeline(both: Two, order: str) -> None:
    """Also where whom alice follows was read a moment ago, for another one. `backwards`: the post is delivered first,
    and its author's agreement after it; `before`: alice reads the one before the other comes."""
    if order in ("backwards", "before") and both.bare:
        return  # nothing holds deliveries back there
    server: Any = both.server
    alice, link = both.alice, both.alice.backend.link
    for count, who in enumerate((both.bob, await side(both.herd.carol, link.client.ways)), start=1):
        assert not (await alice.backend.follow(who.backend.me_id)).following
        await alice.home()
        assert (await alice.backend.me()).account.following_count == count - 1
        await link.mirror.read_following()
        before = len(await collections.items(link.client, link.facts.inbox, 3))
        if order in ("backwards", "before"):
            server.hold()
        await let_in(who, alice.backend.me_id)
        if order == "before":
            late, server.site.post.held, server.site.post.holding = server.site.post.held, [], False
        if order == "after":
            await arrived(alice, before + 1)
            await alice.home()
        posted = await who.post("My first")
        if order == "backwards":
            server.release(backwards=True)
        await arrived(alice, before + (1 if order == "before" else 2))
        assert posted.native in [status.native for status in await alice.home()]
        if order == "before":
            server.site.post.held = late
            server.release()
            await alice.home()
        assert (await alice.backend.related(who.backend.me_id)).following
        assert (await alice.backend.me()).account.following_count == count


async def test_who_refused_can_be_asked_again(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.backend
    await alice.follow(bob.me_id)
    native = await alice.standing(bob.me_id, "Follow")
    follow = {"id": native, "type": "Follow", "actor": alice.me_id, "object": bob.me_id}
    assert await eventually(lambda: bob.exists(native), bool)
    await bob.perform(acts.respond(bob.me_id, follow, bob.now(), accept=False))

    async def refused() -> bool:
        await alice.home(Window())
        return not (await alice.related(bob.me_id)).requested

    assert await eventually(refused, bool)
    assert (await alice.requests_sent(None)).items == ()
    assert (await alice.follow(bob.me_id)).requested
    assert await outbox(both, "Follow") == 2


async def test_a_block_takes_the_follow_back_and_hides(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.party.actor
    posted = await both.bob.post(f"@{both.alice.party.name} hello")
    await both.alice.sees(posted.native)
    await alice.follow(bob)
    found = await alice.block(bob)
    assert (found.blocking, found.requested, found.following) == (True, False, False)
    assert not await alice.standing(bob, "Follow")
    assert (await alice.block(bob)).blocking
    assert await outbox(both, "Block") == 1
    assert [one.native for one in (await alice.blocks(None)).items] == [bob]
    assert [status.native for status in await both.alice.home()] == []
    assert (await alice.notifications(None)).items == ()
    assert (await alice.unblock(bob)).blocking is False
    assert (await alice.unblock(bob)).blocking is False
    assert [status.native for status in await both.alice.home()] == [posted.native]


async def test_a_block_that_cannot_be_found_is_not_taken_back(both: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, bob = both.alice.backend, both.bob.party.actor

    async def held(native: str) -> bool:
        return native == bob

    monkeypatch.setattr(alice, "is_blocked", held)
    with pytest.raises(Rejected, match="too long ago"):
        await alice.unblock(bob)


async def test_the_muted_are_in_no_list_and_their_messages_stay(both: Two) -> None:
    alice, bob, name = both.alice.backend, both.bob.party.actor, both.alice.party.name
    public = await both.bob.post(f"@{name} #cats hello")
    message = await both.bob.post(f"@{name} psst", Visibility.DIRECT)
    for native in (public.native, message.native):
        await eventually(lambda native=native: alice.statuses([native]), bool)  # type: ignore[misc]
        await both.alice.sees(native)
    shared = (await alice.reblog(public.native)).status
    await alice.mute(bob)
    assert await both.alice.home() == []
    assert (await alice.tagged("cats", Window())).items == ()
    assert (await alice.public(Window(), local=True)).items == ()
    assert await alice.search_statuses("hello", 5, 0) == ()
    assert (await alice.mentions(None)).items == ()
    found = await alice.statuses([public.native, message.native, shared.native])
    assert [found[one].status.hidden for one in (public.native, message.native, shared.native)] == [True, False, True]
    assert not (await alice.status(public.native)).status.hidden
    talks = (await alice.conversations(None)).items
    assert [talk.last.status.native for talk in talks if talk.last] == [message.native]
    user = await alice.user(bob, Window(), replies=True)
    assert public.native in [entry.status.native for entry in user.items]


async def test_mutes_hold_in_other_processes(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.party.actor
    other = await again(both, both.alice)
    posted = await both.bob.post(f"@{both.alice.party.name} hello")
    await both.alice.sees(posted.native)
    await other.sees(posted.native)
    await alice.mute(bob)
    assert await other.home() == []
    assert (await other.backend.related(bob)).muting
    await other.backend.mute(alice.me_id)
    assert [one.native for one in (await alice.mutes(None)).items] == [alice.me_id, bob]
    later = await again(both, both.alice)
    assert [one.native for one in (await later.backend.mutes(None)).items] == [alice.me_id, bob]
    for native in (bob, alice.me_id):
        assert not (await later.backend.unmute(native)).muting
    assert posted.native in [status.native for status in await other.home()]


async def test_mutes_cost_no_request_and_no_trip(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.party.actor
    await alice.account(bob)
    await both.alice.home()
    before = both.alice.shelf.trips
    await both.alice.home()
    usual = both.alice.shelf.trips - before
    _, asked = await both.counted(lambda: alice.mutes(None))
    assert asked == []
    await alice.mute(bob)
    await both.alice.home()
    before = both.alice.shelf.trips
    await both.alice.home()
    assert both.alice.shelf.trips - before == usual


async def test_many_mutes_come_in_pages(both: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.activitypub.relating.MUTES_PAGE", 1)
    alice = both.alice.backend
    for native in (both.bob.party.actor, alice.me_id):
        await alice.mute(native)
    first = await alice.mutes(None)
    last = await alice.mutes(first.older)
    assert {one.native for one in (*first.items, *last.items)} == {both.bob.party.actor, alice.me_id}
    assert last.older is None


async def test_what_no_server_of_this_kind_has(both: Two) -> None:
    with pytest.raises(Unsupported, match="keeps no choices"):
        await both.alice.backend.follow(both.bob.party.actor, notify=True)
    with pytest.raises(Unsupported, match="takes no reports"):
        await both.alice.backend.report(both.bob.party.actor)
    with pytest.raises(Unsupported, match="proposes nobody"):
        await both.alice.backend.suggestions()
