"""Two small servers with people and their tokens, and a store that counts its trips, for the tests of logins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.backend import Backend
from adapters.errors import BackendError, TokenGone
from gateway.auth import Authenticator
from gateway.logins import Device, Linked, Logins
from gateway.settings import Settings
from gateway.stores.sqlite import SqliteStore
from gateway.vault import Vault
from tests.fake_backend import FakeBackend
from tests.fake_world import World

HERE, THERE = "https://fedi.test", "https://other.test:8443"
ALICE, ALICE_THERE, BOB = "tok-alice-3f9c", "tok-alice-there-77", "tok-bob-1b2d"
KEY = b"k" * 32
START = 1_700_000_000


class Far:
    """Where backends come from. `tokens`: (server, token) -> user name; a test changes it at will."""

    def __init__(self) -> None:
        self.tokens: dict[tuple[str, str | None], str] = {
            (HERE, ALICE): "alice",
            (HERE, BOB): "bob",
            (THERE, ALICE_THERE): "alice",
            (HERE, None): "",
        }
        self.worlds = {HERE: World(base_url=HERE), THERE: World(base_url=THERE)}
        for world in self.worlds.values():
            world.person("alice")
            world.person("bob")
        self.asked = 0
        self.error: BackendError | None = None

    async def backend(self, base_url: str, token: str | None) -> Backend:
        """As `adapters.connect.Connections.backend`."""
        self.asked += 1
        if self.error:
            raise self.error
        if (base_url, token) not in self.tokens:
            raise TokenGone("The server does not know the token.")
        return FakeBackend(self.worlds[base_url], self.tokens[base_url, token])

    async def close(self) -> None:
        """Nothing is open."""


class Clock:
    """Seconds since 1970, moved by the test."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now


class Counted:
    """A store that notes the name of every call that costs a trip."""

    FREE = ("open", "close", "logins_version")

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.trips: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name not in self.FREE:
            self.trips.append(name)
        return getattr(self._store, name)


class Desk:
    """A store with logins and an authenticator on it, all of one process."""

    def __init__(self, store: SqliteStore, far: Far, clock: Clock, **settings: Any) -> None:
        self.store: Any = Counted(store)
        self.far, self.clock = far, clock
        self.vault = Vault(KEY)
        self.logins = Logins(self.store, self.vault, far, clock)
        self.auth = Authenticator(self.store, self.vault, far, Settings(**settings), clock)

    async def alice(self, device: str = "phone", *, read_only: bool = False) -> Linked:
        """Alice of the first server, linked (again)."""
        return await self.logins.link(HERE, ALICE, device=Device(name=device, read_only=read_only))


@asynccontextmanager
async def desk_on(file: Path, far: Far | None = None, **settings: Any) -> AsyncIterator[Desk]:
    """A desk on the SQLite file; several may share one file, as processes do."""
    store = SqliteStore(file)
    await store.open()
    desk = Desk(store, far or Far(), Clock(), **settings)
    try:
        yield desk
    finally:
        await desk.auth.close()
        await store.close()
