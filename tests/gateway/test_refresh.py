"""When accounts are refreshed in the background, and when what opens them is let go of. The clock is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from adapters.errors import BadAnswer, RateLimited, TokenGone, Unavailable
from gateway import refresh as module
from gateway.logins import Device
from gateway.refresh import AT_ONCE, IDLE_SECONDS, LONGEST_WAIT, PAGES, WITHOUT_YES_SECONDS, Refresh, say
from gateway.services import open_gateway
from gateway.settings import Settings
from gateway.stores.store import AccountRecord, StoreDown
from gateway.unlinking import unlink
from mappings import hub
from tests.clients.gear import ROOT
from tests.gateway.far_side import HERE, Desk, Far, desk_on
from tests.gateway.test_auth import basic

pytestmark = pytest.mark.anyio

MINUTES = 10
SECONDS = MINUTES * 60
SERVER = "https://social.test"


class Account:
    """The backend of an actor: how often it was refreshed. `error` is raised then; `gate` holds it up."""

    def __init__(self) -> None:
        self.times = self.running = self.most = 0
        self.given: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Queue[int]()

    async def refresh(self, **given: Any) -> None:
        """As `adapters.activitypub.refreshing`."""
        self.running += 1
        self.most = max(self.most, self.running)
        self.begun.put_nowait(self.running)
        try:
            if self.gate:
                await self.gate.wait()
        finally:
            self.running -= 1
        if self.error:
            raise self.error
        self.times += 1
        self.given.append(given)


class Actors(Far):
    """Servers of actors, all of whose people are one backend."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()

    async def actor(self, actor: str, token: str, shelf: Any) -> Any:
        """Anybody's."""
        return self.account

    async def owner(self, actor: str, token: str) -> hub.Account:
        """Whose the token is."""
        return self.worlds[HERE].person(actor)


class Place(NamedTuple):
    """One process: its desk, its refresh, and what is refreshed."""

    desk: Desk
    refresh: Refresh
    account: Account

    async def linked(self, name: str = "alice", device: str = "phone", *, yes: bool = True) -> str:
        """Somebody with a login; their password."""
        made = await self.desk.logins.link(SERVER, f"tok-{name}-7", actor=name, device=Device(name=device))
        await say(self.desk.store, made.account.id, yes=yes)
        return made.password

    async def comes(self, password: str, name: str = "alice") -> AccountRecord:
        """A client asks for something."""
        session = await self.desk.auth.session(basic(name, password), "api")
        assert session is not None
        return session.account

    async def later(self, seconds: float = SECONDS) -> int:
        """So much time goes by; how often was refreshed."""
        before, self.desk.clock.now = self.account.times, self.desk.clock.now + seconds
        await asyncio.gather(*await self.refresh.tick())
        return self.account.times - before


def placed(desk: Desk, far: Actors, minutes: int = MINUTES) -> Place:
    """A process with a refresh."""
    refresh = Refresh(desk.store, desk.auth.mark_broken, minutes=minutes, clock=desk.clock, spread=lambda: 1.0)
    desk.auth.seen = refresh.seen
    return Place(desk, refresh, far.account)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Refreshed every ten minutes. The store's claims end by the same clock."""
    far = Actors()
    async with desk_on(tmp_path / "s", far) as desk:
        desk.store._store._clock = lambda: int(desk.clock.now * 1000)
        made = placed(desk, far)
        yield made
        await made.refresh.close()


async def test_a_seen_account_is_refreshed_again_and_again(place: Place) -> None:
    await place.comes(await place.linked())
    assert await place.later(SECONDS - 1) == 0
    assert [await place.later(1)] + [await place.later() for _ in range(3)] == [1] * 4
    assert place.account.given[0] == {"pages": PAGES, "seconds": SECONDS / 2}


async def test_nobody_is_refreshed_before_a_client_came(place: Place) -> None:
    await place.linked()
    assert await place.later() == 0
    assert len(place.refresh) == 0


async def test_it_is_off_unless_the_operator_turns_it_on(tmp_path: Path) -> None:
    assert Settings().refresh_minutes == 0
    far = Actors()
    async with desk_on(tmp_path / "s", far) as desk:
        off = placed(desk, far, Settings().refresh_minutes)
        await off.comes(await off.linked())
        assert (await off.later(), len(off.refresh)) == (0, 0)
        off.refresh.start()
        assert off.refresh._loop is None


async def test_nobody_is_refreshed_without_their_yes(place: Place) -> None:
    password = await place.linked(yes=False)
    account = await place.comes(password)
    assert await place.later() == 0
    assert len(place.refresh) == 1  # a yes is heard until the session ends
    await say(place.desk.store, account.id, yes=True)
    assert await place.later() == 1
    await say(place.desk.store, account.id, yes=False)
    assert await place.later(WITHOUT_YES_SECONDS) == 0
    assert len(place.refresh) == 0


async def test_who_did_not_say_yes_is_let_go_of_within_the_hour_however_rare_the_turns(place: Place) -> None:
    rare = placed(place.desk, Actors(), minutes=24 * 60)
    account = await rare.comes(await rare.linked(yes=False))
    assert (await rare.later(WITHOUT_YES_SECONDS), len(rare.refresh)) == (0, 1)
    assert (await rare.later(1), len(rare.refresh)) == (0, 0)
    await rare.comes(await rare.linked(device="pad"))
    assert (await rare.later(WITHOUT_YES_SECONDS + 1), len(rare.refresh)) == (0, 1)
    await say(rare.desk.store, account.id, yes=False)
    assert (await rare.later(WITHOUT_YES_SECONDS + 1), len(rare.refresh)) == (0, 0)


async def test_a_day_ends_it_also_while_the_store_is_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.comes(await place.linked())

    async def away(*_: Any) -> Any:
        raise StoreDown("away")

    monkeypatch.setattr(place.desk.store, "account", away)
    place.refresh._version = -1  # some login changed, and nobody can say which
    await place.later(IDLE_SECONDS + 1)
    assert len(place.refresh) == 0


async def test_the_operator_of_a_gateway_for_one_said_yes(place: Place) -> None:
    sole = Refresh(place.desk.store, place.desk.auth.mark_broken, minutes=MINUTES, consented=True)
    assert await sole.wanted("anybody")
    assert not await place.refresh.wanted("anybody")


async def test_accounts_of_the_mastodon_api_are_left_alone(place: Place) -> None:
    linked = await place.desk.alice()
    await say(place.desk.store, linked.account.id, yes=True)
    await place.comes(linked.password)
    assert len(place.refresh) == 0


async def test_the_last_login_that_brought_the_key_ends_it(place: Place) -> None:
    phone, desk = await place.linked(), place.desk
    pad = await place.linked(device="pad")
    account = await place.comes(phone)
    await place.comes(pad)
    logins = {login.name: login.id for login in await desk.logins.list("alice")}
    await desk.logins.revoke("alice", logins["pad"])
    assert await place.later() == 1
    unused = await place.linked(device="never seen")
    await desk.logins.revoke("alice", logins["phone"])
    assert (await place.later(0), len(place.refresh)) == (0, 0)
    assert await place.later() == 0
    await place.comes(unused)
    assert await place.later() == 1
    assert account.login == "alice"


async def unlinked(place: Place, account: AccountRecord) -> None:
    await unlink(place.desk.store, place.desk.vault, account)


async def broken(place: Place, account: AccountRecord) -> None:
    await place.desk.auth.mark_broken(account)


async def linked_anew(place: Place, account: AccountRecord) -> None:
    place.desk.clock.now += 1
    await place.linked(device="other")


@pytest.mark.parametrize("end", [unlinked, broken, linked_anew])
async def test_an_account_that_changed_is_let_go_of(place: Place, end: Callable[..., Any]) -> None:
    account = await place.comes(await place.linked())
    await end(place, account)
    assert (await place.later(0), len(place.refresh)) == (0, 0)
    assert await place.later() == 0


async def test_a_refused_token_breaks_the_link(place: Place) -> None:
    account = await place.comes(await place.linked())
    place.account.error = TokenGone("Gone.")
    await place.later()
    assert len(place.refresh) == 0
    current = await place.desk.store.account(account.id)
    assert current.broken


async def test_who_stays_away_for_a_day_is_let_go_of(place: Place) -> None:
    password = await place.linked()
    await place.comes(password)
    for _ in range(IDLE_SECONDS // SECONDS):
        assert await place.later() == 1
    assert (await place.later(), len(place.refresh)) == (0, 0)


async def test_who_uses_a_client_is_seen_again(place: Place) -> None:
    password = await place.linked()
    for _ in range(30):
        await place.comes(password)
        assert await place.later(3601) == 1


@pytest.mark.parametrize(
    ("error", "waits"),
    [(BadAnswer("?"), [2, 4, 8, 16]), (RateLimited("Wait.", 5 * SECONDS), [5, 5, 8]),
     (Unavailable("Wait.", 1), [2, 4]), (StoreDown("?"), [2])],
)  # fmt: skip
async def test_errors_make_it_wait_longer_and_longer(place: Place, error: Exception, waits: list[int]) -> None:
    await place.comes(await place.linked())
    place.account.error = error
    await place.later()
    for wait in waits:
        due = place.refresh._watched.values()
        assert [one.due - place.desk.clock.now for one in due] == [wait * SECONDS]
        await place.later(wait * SECONDS)
    place.account.error = None
    place.desk.clock.now += LONGEST_WAIT
    assert [await place.later() for _ in range(3)] == [1, 1, 1]


async def test_the_longest_wait_is_bounded(place: Place) -> None:
    await place.comes(await place.linked())
    place.account.error = BadAnswer("?")
    for _ in range(9):
        await place.later(LONGEST_WAIT / 4)
    assert all(one.due - place.desk.clock.now <= LONGEST_WAIT for one in place.refresh._watched.values())


async def test_waits_differ_a_little(place: Place) -> None:
    ordinary = Refresh(place.desk.store, place.desk.auth.mark_broken, minutes=MINUTES, clock=place.desk.clock)
    waits = {ordinary._next() - place.desk.clock.now for _ in range(50)}
    assert len(waits) > 10
    assert all(0.9 * SECONDS <= wait <= 1.1 * SECONDS for wait in waits)


async def test_a_few_at_a_time(place: Place) -> None:
    for number in range(AT_ONCE * 2):
        await place.comes(await place.linked(f"p{number}"), f"p{number}")
    place.account.gate = asyncio.Event()
    place.desk.clock.now += SECONDS
    turns = await place.refresh.tick()
    assert len(turns) == AT_ONCE * 2
    assert await place.refresh.tick() == []  # what is under way is not begun again
    for _ in range(AT_ONCE):
        await place.account.begun.get()
    place.account.gate.set()
    await asyncio.gather(*turns)
    assert (place.account.times, place.account.most) == (AT_ONCE * 2, AT_ONCE)


async def test_of_two_processes_one_does_it(place: Place, tmp_path: Path) -> None:
    password = await place.linked()
    far = Actors()
    async with desk_on(tmp_path / "s", far) as desk:
        desk.store._store._clock, desk.clock.now = lambda: int(desk.clock.now * 1000), place.desk.clock.now
        other = placed(desk, far)
        for one in (place, other):
            await one.comes(password)
        assert [await place.later(), await other.later()] == [1, 0]
        assert [await other.later(), await place.later()] == [1, 0]


async def test_while_the_store_is_away_nobody_is_refreshed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.comes(await place.linked())

    def down() -> int:
        raise StoreDown("Away.")

    with monkeypatch.context() as patch:
        patch.setattr(place.desk.store._store, "logins_version", down)
        assert await place.later() == 0
    assert await place.later() == 1


async def test_it_ends_with_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_SECONDS", 0.0)
    async with open_gateway(Settings(data_dir=tmp_path, refresh_minutes=1)) as gateway:
        assert gateway.refresh._loop is not None
        await asyncio.sleep(0)
    assert gateway.refresh._loop.cancelled()
    assert len(gateway.refresh) == 0


async def test_closing_waits_for_what_is_under_way(place: Place) -> None:
    await place.comes(await place.linked())
    place.account.gate = asyncio.Event()
    place.desk.clock.now += SECONDS
    await place.refresh.tick()
    await place.account.begun.get()
    asyncio.get_running_loop().call_soon(place.account.gate.set)
    await place.refresh.close()
    assert (place.account.times, len(place.refresh)) == (1, 0)


def test_the_page_on_security_has_these_numbers() -> None:
    words = " ".join((ROOT / "docs" / "security.md").read_text().split())
    assert module.TICK_SECONDS == 10
    assert "let go of within ten seconds when the last login" in words
    assert words.count(f"{IDLE_SECONDS // 3600} hours after a client was last seen") == 2


async def test_nothing_of_it_is_logged_that_is_secret(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    password = await place.linked()
    await place.comes(password)
    place.account.error = BadAnswer("tok-alice-7")
    await place.later()
    assert "could not be refreshed: BadAnswer" in caplog.text
    assert "tok-alice" not in caplog.text + repr(vars(place.refresh))
    assert password not in caplog.text
