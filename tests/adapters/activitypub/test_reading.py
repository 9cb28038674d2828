"""Every way to read, on bovine-herd and on the embedded server."""

from __future__ import annotations

import pytest

from adapters.activitypub.collections import first_page
from adapters.activitypub.credentials import Credential
from adapters.activitypub.policy import NOTHING_WANTED, Policy
from adapters.backend import Window
from adapters.errors import Missing, TokenGone
from mappings import hub
from mappings.hub import Visibility
from tests.adapters.activitypub.sides import Side, Two
from tests.c2s.bovine import eventually

pytestmark = pytest.mark.anyio


def natives(page: hub.Page[hub.Entry] | tuple[hub.Entry, ...]) -> list[str]:
    """Ids of statuses."""
    return [entry.status.native for entry in (page.items if isinstance(page, hub.Page) else page)]


async def follow(who: Side, whom: Side) -> None:
    """Ask, let in, wait until both know."""
    await who.backend.follow(whom.party.actor)
    whom.backend.link.policy = Policy(accept_follows=True)

    async def both_know() -> bool:
        await whom.home()
        await who.home()
        return (await who.backend.related(whom.party.actor)).following

    await eventually(both_know)
    whom.backend.link.policy = NOTHING_WANTED


async def test_who_is_who(both: Two) -> None:
    alice, bob = both.alice.backend, both.herd.bob
    me = await alice.me()
    assert (me.account.native, me.account.acct) == (both.herd.alice.actor, both.herd.alice.name)
    found = await alice.account(bob.actor)
    assert (found.native, found.acct, found.username, found.host) == (bob.actor, bob.name, bob.name, "")
    for name in (bob.name, f"@{bob.handle}", bob.handle, f"acct:{bob.handle}"):
        assert (await alice.lookup(name)).native == bob.actor
    assert (await alice.lookup_url(bob.actor)).native == bob.actor
    assert list(await alice.accounts([bob.actor, f"{alice.base_url}/nobody"])) == [bob.actor]
    for query in (bob.name, bob.handle, bob.actor):
        assert bob.actor in [one.native for one in await alice.search_accounts(query, 5)]
    assert await alice.search_accounts("nobody at all", 5) == ()
    for missing in (alice.lookup("nobody"), alice.lookup("nobody@nowhere.invalid"), alice.lookup_url(f"{bob.actor}x")):
        with pytest.raises(Missing):
            await missing
    with pytest.raises(Missing):
        await alice.account(f"{alice.base_url}/nobody")


async def test_the_site_is_named_by_its_host(both: Two) -> None:
    site, told = await both.alice.backend.site(), both.alice.backend.capabilities
    assert (site.title, site.max_chars, told.software) == (both.server.pair, told.max_chars, "activitypub")
    assert told.label == ("bovine" if both.bare else "ActivityPub")


async def test_who_follows_whom(both: Two) -> None:
    alice, bob = both.alice.backend, both.bob.backend
    assert await alice.relationships([both.herd.bob.actor]) == (hub.Relationship(native=both.herd.bob.actor),)
    await follow(both.alice, both.bob)
    assert [one.native for one in (await alice.following(None)).items] == [both.herd.bob.actor]
    assert [one.native for one in (await bob.followers(None)).items] == [both.herd.alice.actor]
    (mine,) = await alice.relationships([both.herd.bob.actor])
    (theirs,) = await bob.relationships([both.herd.alice.actor])
    assert (mine.following, mine.requested, theirs.followed_by, theirs.following) == (True, False, True, False)
    assert (await bob.follow_requests(None)).items == ()
    assert await both.alice.types(1) == ["follow_accepted"]
    assert await both.bob.types(1) == ["follow"]
    assert (await alice.blocks(None)).items == ()


async def test_home_has_whom_one_follows_and_what_is_addressed_to_one(both: Two) -> None:
    own = await both.alice.post("mine")
    addressed = await both.bob.post(f"@{both.herd.alice.name} to you")
    await both.alice.sees(addressed.native)
    assert [one.native for one in await both.alice.home()] == [addressed.native, own.native]
    await follow(both.alice, both.bob)
    public, private = await both.bob.post("to all"), await both.bob.post("to followers", Visibility.PRIVATE)
    received = await both.alice.sees(private.native)
    assert received.visibility == ("list" if both.bare else "private")  # bovine hides whose followers these are
    home = await both.alice.home()
    assert [one.native for one in home] == [private.native, public.native, addressed.native, own.native]
    alice = both.alice.backend
    assert natives(await alice.public(Window(), local=True)) == [public.native, addressed.native, own.native]
    assert natives(await alice.tagged("none", Window())) == []
    assert natives(await alice.search_statuses("FOLLOWERS to", 5, 0)) == [private.native]
    assert natives(await alice.search_statuses(public.native, 5, 0)) == [public.native]


async def test_parts_of_the_timeline(both: Two) -> None:
    ids = [(await both.alice.post(str(number))).native for number in range(6)][::-1]
    backend = both.alice.backend
    assert natives(await backend.home(Window(limit=2))) == ids[:2]
    assert natives(await backend.home(Window(older_than=ids[1]))) == ids[2:]
    assert natives(await backend.home(Window(newer_than=ids[2]))) == ids[:2]
    assert natives(await backend.home(Window(newer_than=ids[4], older_than=ids[1]))) == ids[2:4]
    seen = {native: backend.sighting((await backend.status(native)).status) for native in ids}
    assert [seen[native].sort for native in ids] == sorted((one.sort for one in seen.values()), reverse=True)
    before = await backend.home(Window(before_ms=seen[ids[2]].ms))
    assert set(ids[2:]) <= set(natives(before))
    assert set(ids[:3]) <= set(natives(await backend.home(Window(after_ms=seen[ids[2]].ms))))
    for call in (backend.home, lambda window: backend.user(backend.me_id, window, replies=True)):
        met, page = list[str](), await call(Window(limit=4))
        while page.older and len(met) < 20:
            met += natives(page)
            page = await call(Window(limit=4, older_than=page.older))
        assert [*met, *natives(page)] == ids


async def test_posts_of_one_person(both: Two) -> None:
    first = await both.bob.post("one")
    answer = await both.bob.post("@nobody.else two", in_reply_to=(await both.alice.post("asked")).native)
    boost = (await both.bob.backend.reblog(first.native)).status
    hidden = await both.bob.post(f"@{both.herd.carol.name} secret", Visibility.DIRECT)
    shown = [boost.native, answer.native, first.native]
    bob = both.herd.bob.actor
    assert natives(await both.alice.backend.user(bob, Window(), replies=True)) == shown
    assert natives(await both.alice.backend.user(bob, Window(), replies=False)) == [boost.native, first.native]
    assert natives(await both.alice.backend.user(bob, Window(newer_than=first.native), replies=True)) == shown[:2]
    below = Window(older_than=boost.native, limit=1)
    assert natives(await both.alice.backend.user(bob, below, replies=True)) == shown[1:2]
    assert natives(await both.bob.backend.own_newest()) == [hidden.native, *shown]
    with pytest.raises(Missing):
        await both.alice.backend.status(hidden.native)
    with pytest.raises(Missing):
        await both.alice.backend.user(f"{both.alice.backend.base_url}/nobody", Window(), replies=True)


async def test_threads(both: Two) -> None:
    first = await both.alice.post("first")
    second = await both.bob.post("second", in_reply_to=first.native)
    await both.alice.sees(second.native)
    third = await both.alice.post("third", in_reply_to=second.native)
    for side in (both.alice, both.bob):
        thread = await eventually(lambda side=side: side.backend.thread(second.native), lambda found: found.descendants)
        assert natives(thread.ancestors) == [first.native]
        assert natives(thread.descendants) == [third.native]
    whole = await both.alice.backend.thread(first.native)
    assert natives(whole.descendants) == [second.native, third.native]
    child = both.alice.backend.sighting(third)
    assert child.parent == both.alice.backend.parent_sighting(second.native, child).key == second.native
    for native in ("no such thing", f"{both.alice.backend.base_url}/note/none"):
        with pytest.raises(Missing):
            await both.alice.backend.thread(native)


async def test_messages_are_exchanges(both: Two) -> None:
    first = await both.bob.post(f"@{both.herd.alice.name} psst", Visibility.DIRECT)
    await both.alice.sees(first.native)
    answer = await both.alice.post(f"@{both.herd.bob.name} what", Visibility.DIRECT, in_reply_to=first.native)
    other = await both.alice.post(f"@{both.herd.carol.name} you too", Visibility.DIRECT)
    page = await both.alice.backend.conversations(None)
    assert [talk.last.status.native for talk in page.items if talk.last] == [other.native, answer.native]
    assert page.older is None
    mentions = (await both.alice.backend.mentions(None)).items
    assert [(one.type, one.account.native, one.status.status.native) for one in mentions if one.status] == [
        ("mention", both.herd.bob.actor, first.native)
    ]
    assert await both.alice.backend.notification_marker() is None


async def test_a_post_for_followers_that_names_one_is_no_message(both: Two) -> None:
    post = await both.bob.post(f"@{both.herd.alice.name} to us", Visibility.PRIVATE)
    received = await both.alice.sees(post.native)
    assert received.visibility == ("list" if both.bare else "private")
    assert (await both.alice.backend.conversations(None)).items == ()
    assert [one.type for one in (await both.alice.backend.mentions(None)).items] == ["mention"]


async def test_likes_are_listed_and_counted(both: Two) -> None:
    status = await both.bob.post(f"@{both.herd.alice.name} nice")
    await both.alice.sees(status.native)
    assert (await both.alice.backend.favourites(None)).items == ()
    await both.alice.backend.favourite(status.native)
    assert natives(await both.alice.backend.favourites(None)) == [status.native]
    assert (await both.alice.backend.status(status.native)).status.favourited
    people = await eventually(lambda: both.bob.backend.activities(status.native), lambda found: found.like)
    assert [one.native for one in people.like] == [both.herd.alice.actor]
    assert await both.bob.backend.reactions(status.native) == ()


async def test_a_wrong_token_is_gone(both: Two) -> None:
    await both.alice.home()
    status = await both.bob.post(f"@{both.herd.alice.name} hello")
    link = both.alice.backend.link
    await eventually(lambda: first_page(link.client, link.facts.inbox), lambda page: page.items)
    both.alice.backend.link.client.credential = Credential(token="nonsense")
    for call in (both.alice.backend.me, both.alice.home):
        with pytest.raises(TokenGone):
            await call()
    both.alice.backend.link.client.credential = Credential(token=both.herd.alice.token)
    await both.alice.sees(status.native)


async def test_a_new_process_reads_no_activity_again(both: Two) -> None:
    for number in range(3):
        await both.alice.sees((await both.bob.post(f"@{both.herd.alice.name} {number}")).native)
    home = await both.alice.home()
    both.alice.shelf.claimed.clear()
    link = both.alice.backend.link
    again = type(both.alice.backend)(type(link)(link.facts, link.client, link.shelf))
    found, asked = await both.counted(lambda: again.home(Window()))
    assert [entry.status for entry in found.items] == home
    assert len(asked) <= 2
