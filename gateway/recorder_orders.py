"""Orders to record: who, until when, and how. They stand in the store for a short time, so every process sees them.

All of them are one short-lived record, wrapped under the server key; whoever changes it takes a turn first. An order
ends by itself unless the command that gave it goes on asking for it, and at the latest when its time is over.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from math import inf

import msgspec

from gateway.logins import host_of
from gateway.logs import without
from gateway.stores.store import AccountRecord, Store
from gateway.turns import turn
from gateway.vault import Unsealable, Vault

ALL, TURN, PURPOSE = "recording orders", "recording turn", "recording"
STANDS_SECONDS = 30
"""Unless it is asked for again: a command that was killed records no longer than this."""
TURN_SECONDS = 5
SEED_BYTES = 32


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`account`: id; `names`: by which its login may be called. `until` (the end at the latest) and `stands` (unless
    renewed) are seconds since 1970. `secret`: the seed of the placeholders. `texts`: they stay as they are."""

    id: str
    account: str
    names: tuple[str, ...]
    until: int
    stands: int
    secret: bytes
    texts: bool = False

    def __repr__(self) -> str:
        """Without the seed."""
        return without(self, "secret")


def new_order(account: AccountRecord, seconds: int, *, texts: bool, clock: Callable[[], float] = time.time) -> Order:
    """An order for an account from now on."""
    now, nick, host = int(clock()), account.username.lower(), host_of(account.backend)
    return Order(
        id=secrets.token_hex(8), account=account.id, names=(account.login.lower(), nick, f"{nick}@{host}"),
        until=now + seconds, stands=min(now + STANDS_SECONDS, now + seconds), secret=secrets.token_bytes(SEED_BYTES),
        texts=texts,
    )  # fmt: skip


class Orders:
    """Those in the store. All methods raise StoreDown."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store, self._vault, self._clock, self._sleep = store, vault, clock, sleep

    async def standing(self) -> dict[str, Order]:
        """By account; one round trip."""
        kept = await self._store.kept(ALL)
        if kept is None:
            return {}
        try:
            found = msgspec.msgpack.decode(self._vault.unwrap(kept, PURPOSE), type=list[Order])
        except (Unsealable, msgspec.DecodeError):  # of another server key or release: it ends by itself
            return {}
        now = self._clock()
        return {order.account: order for order in found if now < order.stands}

    async def give(self, order: Order) -> bool:
        """Let it stand; False where another one for the account does."""

        def given(standing: dict[str, Order]) -> bool:
            return standing.setdefault(order.account, order) is order

        return await self._change(given)

    async def renew(self, order: Order) -> bool:
        """Let it stand on; False when it was ended, or its time is over."""
        now = int(self._clock())

        def renewed(standing: dict[str, Order]) -> bool:
            if now >= order.until or not _same(standing.get(order.account), order):
                return False
            stands = min(now + STANDS_SECONDS, order.until)
            standing[order.account] = msgspec.structs.replace(order, stands=stands)
            return True

        return await self._change(renewed)

    async def end(self, account: str) -> bool:
        """No more recording of this account; False when there was none."""
        return await self._change(lambda standing: standing.pop(account, None) is not None)

    async def _change(self, change: Callable[[dict[str, Order]], bool]) -> bool:
        async with turn(self._store, TURN, TURN_SECONDS, patience=inf, sleep=self._sleep):
            standing = await self.standing()
            if changed := change(standing):
                wrapped = self._vault.wrap(msgspec.msgpack.encode(list(standing.values())), PURPOSE)
                await self._store.keep(ALL, wrapped, STANDS_SECONDS)
        return changed


def _same(found: Order | None, order: Order) -> bool:
    return found is not None and found.id == order.id
