"""A new server key: everything sealed opens as before, wherever it was interrupted and whatever ran beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

import gateway
from gateway.key_file import KeyFile, Keys, first_keys
from gateway.oauth import consumers
from gateway.rotation import PASSES, WRAPPED, Rotated, Rotation, RotationProblem, locked
from gateway.stores.store import LoginRecord, Store, StoreDown
from gateway.vault import Unsealable, Vault
from gateway.web import apps
from tests.stores.conftest import Place, place, redis_cluster, redis_server, redis_url
from tests.stores.test_logins_contract import ALICE

__all__ = ["place", "redis_cluster", "redis_server", "redis_url"]

pytestmark = pytest.mark.anyio

PHONE, TABLET, OAUTH = "abcd-phone", "abcd-tablet", "oauth token"
APP = b"client id and secret at a server"
TOKEN, CLIENT_SECRET, TOKEN_SECRET = b"backend token", b"secret of a consumer", b"secret of an OAuth token"
SHORT_LIVED = {"parts", "recorder", "recorder_orders"}
"""Modules whose wrapped things end with the old key."""


async def no_pause(_: float) -> None:
    """Nothing is under way in these tests."""


class Site:
    """A store with logins and a consumer, and the key file beside it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.file = KeyFile(folder)
        self.running = Vault.on(self.file)

    async def fill(self) -> None:
        """Two app passwords, an OAuth token (two secrets), a consumer, and an app at a server."""
        await self.store.put_account(ALICE)
        for secret in (PHONE, TABLET, OAUTH):
            await self.give(secret)
        wrapped = {"name": "ü", "secret": self.running.wrap(CLIENT_SECRET, "consumer key"), "callback": None}
        await self.store.put_records("", "consumer", {"key": msgspec.msgpack.encode(wrapped)})
        await self.store.put_records("", "app", {"https://fedi.test": self.running.wrap(APP, "app")})

    async def give(self, secret: str, vault: Vault | None = None, token: bytes = TOKEN) -> LoginRecord:
        """A login with this secret."""
        vault = vault or self.running
        public = vault.public(secret)
        login = LoginRecord(
            hash=vault.hash(secret), id=secret, account="1", name=secret, public=public,
            sealed=vault.seal(token, public), secret=vault.seal(TOKEN_SECRET, public) if secret == OAUTH else b"",
        )  # fmt: skip
        await self.store.put_login(login)
        return login

    def rotation(self, pause: Callable[[float], Awaitable[object]] = no_pause) -> Rotation:
        """One run."""
        return Rotation(self.store, self.file, pause)

    async def opens(self, vault: Vault) -> bool:
        """Whether everything opens. All or nothing."""
        results = [await self._opened(vault, secret) for secret in (PHONE, TABLET, OAUTH)]
        record = msgspec.msgpack.decode((await self.store.records("", "consumer"))["key"])
        assert (record["name"], record["callback"]) == ("ü", None)
        app = (await self.store.records("", "app"))["https://fedi.test"]
        results.append(_opens(lambda: vault.unwrap(record["secret"], "consumer key") == CLIENT_SECRET))
        results.append(_opens(lambda: vault.unwrap(app, "app") == APP))
        assert len(set(results)) == 1
        return results[0]

    async def _opened(self, vault: Vault, secret: str) -> bool:
        found = await self.store.login(vault.hash(secret))
        assert found, "it is found by the same hash as ever"
        login, _ = found
        if login.secret:
            assert _opens(lambda: vault.open(login.secret, secret) == TOKEN_SECRET) == _opens(
                lambda: vault.open(login.sealed, secret) == TOKEN
            )
        return _opens(lambda: vault.open(login.sealed, secret) == TOKEN)


def _opens(ask: Callable[[], bool]) -> bool:
    try:
        assert ask()
    except Unsealable:
        return False
    return True


@asynccontextmanager
async def opened(place: Place, folder: Path) -> AsyncIterator[Site]:
    async with place.opened() as store:
        site = Site(store, folder)
        await site.fill()
        yield site


@pytest.fixture
async def site(place: Place, tmp_path: Path) -> AsyncIterator[Site]:
    """On every kind of store."""
    async with opened(place, tmp_path / "data") as site:
        yield site


async def test_everything_opens_under_the_new_key_and_nothing_under_the_old(site: Site) -> None:
    old = Vault(site.file.read())
    assert await site.opens(old)
    assert await site.rotation().run() == Rotated(renewed=6, unreadable=0)
    assert await site.opens(Vault.on(site.file))
    assert await site.opens(site.running), "a running process takes the new key up"
    assert not await site.opens(old)
    assert len(site.file.read().ring) == 1
    before = site.file.read()
    assert (await site.rotation().run()).renewed == 6
    assert site.file.read().ring != before.ring
    assert await site.opens(site.running)


async def test_logins_given_and_revoked_after_it_work_as_before(site: Site) -> None:
    await site.rotation().run()
    await site.give("new")
    assert Vault.on(site.file).open((await site.store.login(site.running.hash("new")))[0].sealed, "new") == TOKEN
    assert await site.store.remove_login("1", PHONE)


class Stop(Exception):
    """The process ended here."""


class Ending:
    """A store that ends the process at its nth call that writes; `after`: once that is done."""

    def __init__(self, store: Store, last: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, last, after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if not name.startswith("swap"):
            return real

        async def call(*args: Any) -> Any:
            self._left -= 1
            if self._left < 0 and not self._after:
                raise Stop
            result = await real(*args)
            if self._left < 0:
                raise Stop
            return result

        return call


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("last", range(5))
async def test_a_rotation_interrupted_anywhere_loses_nothing_and_goes_on(site: Site, last: int, after: bool) -> None:
    ending: Any = Ending(site.store, last, after=after)
    with pytest.raises(Stop):
        await Rotation(ending, site.file, no_pause).run()
    halfway = site.file.read()
    assert len(halfway.ring) == 2
    assert await site.opens(Vault.on(site.file)), "mixed"
    assert await site.opens(site.running)
    done = await site.rotation().run()
    assert 0 < done.renewed <= 6 or (last, after) == (4, True)
    assert site.file.read() == Keys(halfway.hash, halfway.ring[:1]), "it went on with the key it had begun with"
    assert await site.opens(Vault.on(site.file))


async def test_a_rotation_that_ends_before_its_last_step_has_only_that_left(site: Site) -> None:
    async def stop(_: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        await site.rotation(stop).run()
    assert len(site.file.read().ring) == 2
    assert await site.rotation().run() == Rotated(renewed=0, unreadable=0)
    assert len(site.file.read().ring) == 1
    assert await site.opens(site.running)


async def test_what_was_begun_under_the_old_key_is_found_after_the_pause(site: Site) -> None:
    slow = Vault(site.file.read())  # sealed before the rotation, and writes only now

    async def pause(_: float) -> None:
        await site.give(PHONE, slow)
        await site.give("late", slow)

    await site.rotation(pause).run()
    assert await site.opens(Vault.on(site.file))
    assert site.running.open((await site.store.login(slow.hash("late")))[0].sealed, "late") == TOKEN


class Meddling:
    """A store in which `change` happens between the reading of a login and its being written."""

    def __init__(self, store: Store, change: Callable[[], Awaitable[object]]) -> None:
        self._store, self._change, self._done = store, change, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def swap_login(self, before: LoginRecord, after: LoginRecord) -> bool:
        if before.id == PHONE and not self._done:
            self._done = True
            await self._change()
        return await self._store.swap_login(before, after)


async def test_a_token_renewed_meanwhile_is_not_put_back(site: Site) -> None:
    store: Any = Meddling(site.store, lambda: site.give(PHONE, token=b"newer token"))
    await Rotation(store, site.file, no_pause).run()
    assert site.running.open((await site.store.login(site.running.hash(PHONE)))[0].sealed, PHONE) == b"newer token"


async def test_a_login_revoked_meanwhile_does_not_come_back(site: Site) -> None:
    store: Any = Meddling(site.store, lambda: site.store.remove_login("1", PHONE))
    await Rotation(store, site.file, no_pause).run()
    assert await site.store.login(site.running.hash(PHONE)) is None


async def test_a_process_that_keeps_to_the_old_key_is_noticed(site: Site) -> None:
    stuck = Vault(site.file.read())

    class Stubborn(Meddling):
        async def swap_login(self, before: LoginRecord, after: LoginRecord) -> bool:
            done = await self._store.swap_login(before, after)
            await site.give(TABLET, stuck)
            return done

    store: Any = Stubborn(site.store, no_pause)
    with pytest.raises(RotationProblem, match="restart all"):
        await Rotation(store, site.file, no_pause).run()
    assert PASSES > 2
    assert await site.opens(Vault.on(site.file)), "both keys are still there"


@pytest.fixture
async def file_site(tmp_path: Path) -> AsyncIterator[Site]:
    """On SQLite alone, for what has nothing to do with the store."""
    async with opened(Place(tmp_path / "store.sqlite"), tmp_path / "data") as site:
        yield site


async def test_the_key_of_another_store_rotates_nothing(file_site: Site) -> None:
    right = file_site.file.read()
    wrong = Keys(right.hash, (b"w" * 32,))
    file_site.file.replace(wrong)
    with pytest.raises(RotationProblem, match=r"^6 secrets .* nothing was changed"):
        await file_site.rotation().run()
    assert file_site.file.read() == wrong
    file_site.file.replace(right)
    assert await file_site.opens(Vault.on(file_site.file))


async def test_what_nobody_can_open_may_be_left_behind(file_site: Site) -> None:
    lost = await file_site.give("lost", Vault(b"?" * 32))
    await file_site.store.put_records("", "app", {"a": b"nonsense"})
    odd = {"a": b"nonsense", "b": msgspec.msgpack.encode({"secret": 5}), "c": msgspec.msgpack.encode({"name": "none"})}
    await file_site.store.put_records("", "consumer", odd)
    with pytest.raises(RotationProblem, match=r"^4 secrets"):
        await file_site.rotation().run()
    assert await file_site.rotation().run(leave_unreadable=True) == Rotated(renewed=6, unreadable=4)
    assert await file_site.opens(Vault.on(file_site.file))
    assert lost in await file_site.store.logins("1")


async def test_prepared_on_one_machine_it_is_carried_to_the_others_first(file_site: Site, tmp_path: Path) -> None:
    file_site.rotation().prepare()
    prepared = file_site.file.read()
    file_site.rotation().prepare()
    assert file_site.file.read() == prepared
    other = KeyFile(tmp_path / "other machine")
    other.replace(prepared)
    elsewhere = Vault.on(other)
    assert await file_site.opens(elsewhere)
    await file_site.rotation().run()
    assert file_site.file.read().ring == prepared.ring[:1]
    assert await file_site.opens(elsewhere)


async def test_there_is_one_rotation_at_a_time(file_site: Site) -> None:
    before = file_site.file.read()
    with locked(file_site.file):
        with pytest.raises(RotationProblem, match="already"):
            await file_site.rotation().run()
        with pytest.raises(RotationProblem, match="already"):
            file_site.rotation().prepare()
    assert file_site.file.read() == before


def test_everything_that_wraps_is_known_to_rotation() -> None:
    """A further module that wraps something for the store must be named in `rotation.WRAPPED`. What shelves wrap is
    found by its prefix (`test_shelves`)."""
    wrapping = {
        path.stem
        for path in Path(gateway.__file__).parent.rglob("*.py")
        if ".wrap(" in path.read_text("utf-8") and path.stem != "rotation"
    }
    assert wrapping - SHORT_LIVED == {"consumers", "apps", "shelves"}
    assert {consumers.KIND, apps.KIND} == set(WRAPPED)


async def test_without_a_key_or_a_store_nothing_is_made(file_site: Site) -> None:
    kept = file_site.file.path.read_bytes()
    file_site.file.path.unlink()
    with pytest.raises(RotationProblem, match="no server key"):
        await file_site.rotation().run()
    file_site.file.path.write_bytes(kept)
    file_site.file.path.chmod(0o600)
    await file_site.store.close()
    with pytest.raises(StoreDown):
        await file_site.rotation().run()
    assert file_site.file.read() == first_keys(kept)
