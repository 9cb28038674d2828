"""What every backend promises of following, blocking, muting and reporting people."""

from __future__ import annotations

import pytest

from adapters.backend import Window
from adapters.errors import Missing, Unsupported
from mappings import hub
from tests.contract.conftest import Pair, until
from tests.contract.contacts import agree, befriend, forget
from tests.contract.test_backend import natives, unique

pytestmark = pytest.mark.anyio


async def related(pair: Pair) -> hub.Relationship:
    """How the first stands to the second, read anew."""
    forget(pair.one)
    (found,) = await pair.one.backend.relationships([pair.two.me.account.native])
    return found


async def test_a_follow_is_asked_for_and_stands(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account.native
    await backend.unfollow(two) if (await related(pair)).following else None
    asked = await backend.follow(two)
    assert asked.native == two
    assert asked.following or asked.requested
    if asked.requested and backend.capabilities.requests_sent:
        assert [one.native for one in (await backend.requests_sent(None)).items] == [two]
    await agree(pair.one, pair.two)
    assert (await until(lambda: related(pair), lambda found: found.following)).requested is False
    again = await backend.follow(two)
    assert (again.following, again.requested) == (True, False)
    assert (await backend.unfollow(two)).following is False


async def test_who_was_asked_is_told_where_it_is_known(pair: Pair) -> None:
    backend = pair.one.backend
    if not backend.capabilities.requests_sent:
        with pytest.raises(Unsupported, match="asked to follow"):
            await backend.requests_sent(None)
        return
    two = pair.two.me.account.native
    await backend.follow(two)
    assert [one.native for one in (await backend.requests_sent(None)).items] == [two]
    await backend.unfollow(two)
    assert (await backend.requests_sent(None)).items == ()


async def test_options_of_a_follow(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account.native
    await befriend(pair.one, pair.two)
    assert (await related(pair)).showing_reblogs
    if not backend.capabilities.follow_options:
        with pytest.raises(Unsupported, match="keeps no choices"):
            await backend.follow(two, reblogs=False)
        return
    found = await backend.follow(two, reblogs=False, notify=True)
    assert found.showing_reblogs is False
    assert found.notifying or pair.one.quirk("never notifies")
    assert (await related(pair)).showing_reblogs is False
    kept = await backend.follow(two, notify=False)
    assert (kept.showing_reblogs, kept.notifying) == (False, False)
    assert (await backend.follow(two, reblogs=True)).showing_reblogs


async def test_a_block_ends_following_and_is_taken_back(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account.native
    await befriend(pair.one, pair.two)
    for _ in range(2):
        found = await backend.block(two)
        assert (found.blocking, found.following) == (True, False)
    assert (await related(pair)).blocking
    for _ in range(2):
        assert (await backend.unblock(two)).blocking is False
    found = await related(pair)
    assert (found.blocking, found.following) == (False, False)


async def nothing_new(pair: Pair) -> None:
    """What the second posts stays out of the home timeline of the first, where a later one of their own has come."""
    unheard = await pair.two.post(unique())
    own = await pair.one.post(unique())
    seen = await until(lambda: pair.one.backend.home(Window()), lambda page: own.native in natives(page))
    assert own.native in natives(seen)
    assert unheard.native not in natives(seen)


async def test_the_muted_are_not_shown(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account.native
    if not backend.capabilities.mutes:
        with pytest.raises(Unsupported, match="block them"):
            await backend.mute(two)
        return
    await befriend(pair.one, pair.two)
    sent = await pair.two.post(f"@{pair.one.me.account.acct} {unique()}")

    async def home() -> hub.Page[hub.Entry]:
        return await backend.home(Window())

    assert sent.native in natives(await until(home, lambda page: sent.native in natives(page)))
    for _ in range(2):
        assert (await backend.mute(two)).muting
    assert (await related(pair)).muting
    if backend.capabilities.mutes_list:
        assert [one.native for one in (await backend.mutes(None)).items] == [two]
    else:
        with pytest.raises(Unsupported):
            await backend.mutes(None)
    if not pair.one.quirk("mutes hide nothing"):
        assert sent.native not in natives(await home()) or pair.one.quirk("home keeps what was there before a mute")
        assert sent.native not in {
            note.status.status.native for note in (await backend.mentions(None)).items if note.status
        }
        await nothing_new(pair)
    for _ in range(2):
        assert (await backend.unmute(two)).muting is False
    assert sent.native in natives(await until(home, lambda page: sent.native in natives(page)))
    if backend.capabilities.mutes_list:
        assert (await backend.mutes(None)).items == ()


async def test_nobody_is_missing(pair: Pair) -> None:
    backend = pair.one.backend
    nobody = pair.two.me.account.native.rstrip("0123456789") + "999999"
    for change in (backend.follow, backend.mute if backend.capabilities.mutes else backend.block):
        with pytest.raises(Missing):
            await change(nobody)


async def test_reports_reach_the_server_or_are_refused(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account.native
    if backend.capabilities.reports:
        await backend.report(two, "Only a test.")
        return
    with pytest.raises(Unsupported, match="takes no reports"):
        await backend.report(two)


async def test_proposals_are_people(pair: Pair) -> None:
    backend = pair.one.backend
    if not backend.capabilities.suggestions:
        with pytest.raises(Unsupported, match="proposes nobody"):
            await backend.suggestions()
        return
    found = await backend.suggestions()
    assert all(one.account.native and one.account.username for one in found)
    assert pair.one.me.account.native not in {one.account.native for one in found}
