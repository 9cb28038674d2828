"""Recording what the clients of one person ask and get, for whoever mends this gateway (`oldbird record`).

Each process looks every other second whether an order stands (`gateway.recorder_orders`); while none does, a request
costs nothing but a look at an empty dictionary. While one does, the exchanges of that account are redacted
(`gateway.recorder_redaction`) beside the requests and put into the store, wrapped under the server key, for the command
to take: so several processes and machines are recorded alike. They are bounded in number and size, and gone after a
minute if nobody takes them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec
from cachetools import LRUCache

from gateway.auth import read_basic
from gateway.background import Background, ended
from gateway.bodies import EMPTY
from gateway.exchange import Exchange
from gateway.recorder_orders import PURPOSE, Order, Orders
from gateway.stores.store import Store, StoreDown
from gateway.vault import Unsealable, Vault

log = logging.getLogger("oldbird.recorder")

LOOK_SECONDS = 2.0
MOST = 1000
"""Exchanges of one recording."""
PACKED_BYTES = 256 * 1024
"""The most that one takes in the store; of a longer one the bodies are left out."""
KEPT_SECONDS = 60
AT_ONCE, AHEAD = 4, 4


class Recorder:
    """One per process. `orders`: those that stand, by account; empty is nearly always."""

    def __init__(self, store: Store, vault: Vault, *, clock: Callable[[], float] = time.time) -> None:
        self._store, self._vault, self._clock = store, vault, clock
        self.standing = Orders(store, vault, clock=clock)
        self.orders: dict[str, Order] = {}
        self._reached: LRUCache[str, int] = LRUCache(64)
        self._background = Background()
        self._turn, self._at_once = asyncio.Lock(), asyncio.Semaphore(AT_ONCE)
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._loop = asyncio.create_task(self._run(), name="recorder")

    async def close(self) -> None:
        """Look no more; what is being written may be finished."""
        if self._loop is not None:
            await ended(self._loop)
        await self._background.close()

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """See which orders stand. While the store does not say, none does."""
        before, found = self.orders, dict[str, Order]()
        with suppress(StoreDown):
            found = await self.standing.standing()
        self.orders = found
        for account in self.orders.keys() - before.keys():
            log.warning("What the clients of account %s ask and get is recorded now", account)
        for account in before.keys() - self.orders.keys():
            log.warning("What the clients of account %s ask and get is recorded no more", account)

    def order_of(self, exchange: Exchange) -> Order | None:
        """The order for whoever asks: the person signed in, or, where nobody is, the one who is named."""
        if exchange.session is not None:
            found = self.orders.get(exchange.session.account.id)
        else:
            scheme, _, rest = exchange.header(b"authorization").strip().partition(" ")
            basic = read_basic(rest) if scheme.lower() == "basic" else None
            name = basic.name.lower() if basic else ""
            found = next((order for order in self.orders.values() if name in order.names), None)
        return found if found is not None and self._clock() < found.stands else None

    def saw(self, exchange: Exchange, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """A request was answered. Call it only while there are `orders`."""
        order = self.order_of(exchange)
        if order is not None:
            answer = (status, list(headers), body)
            work = self._keep(order, exchange, answer, (self._clock(), exchange.milliseconds))
            self._background.start(work, "Recording an exchange")

    async def _keep(
        self, order: Order, exchange: Exchange, answer: tuple[int, list[tuple[str, str]], bytes],
        times: tuple[float, float],
    ) -> None:  # fmt: skip
        with suppress(StoreDown):
            async with self._turn:  # in the order in which they were answered
                number = await self._number(order)
            if number:
                async with self._at_once:
                    kept = await asyncio.to_thread(written, order, exchange, answer, times)
                await self._store.keep(key_of(order, number), self._vault.wrap(kept, PURPOSE), KEPT_SECONDS)

    async def _number(self, order: Order) -> int:
        """The next one that no process has; 0 when there are enough."""
        last = self._reached.get(order.id, 0) or int(await self._store.kept(top_of(order)) or 0)
        for number in range(last + 1, MOST + 1):
            if await self._store.claim(key_of(order, number), max(order.until - int(self._clock()), 1) + KEPT_SECONDS):
                self._reached[order.id] = number
                await self._store.keep(top_of(order), b"%d" % number, KEPT_SECONDS)
                return number
        self._reached[order.id] = MOST
        return 0


def written(
    order: Order, exchange: Exchange, answer: tuple[int, list[tuple[str, str]], bytes], times: tuple[float, float]
) -> bytes:
    """An exchange, redacted and packed. `times`: when it was answered, and how long it took."""
    from gateway.recorder_files import Recorded, packed  # noqa: PLC0415 - only those who record need it

    recorded = Recorded.of(order, exchange, getattr(exchange, "body", EMPTY), answer)
    return packed(msgspec.structs.replace(recorded, at=times[0], ms=times[1]), PACKED_BYTES)


class Taken:
    """What was recorded for an order, taken out of the store as it comes."""

    def __init__(self, store: Store, vault: Vault, order: Order) -> None:
        self._store, self._vault, self._order = store, vault, order
        self._highest = 0
        self._missing: dict[int, int] = {}

    async def new(self) -> list[tuple[int, bytes]]:
        """(number, packed) of what has come since. Raises StoreDown."""
        top = int(await self._store.kept(top_of(self._order)) or 0)
        self._reach(top)
        found = []
        # Numbers are given before they are told: some may be there already.
        for number in (*list(self._missing), *range(self._highest + 1, self._highest + 1 + AHEAD)):
            if (value := await self._store.take(key_of(self._order, number))) is not None:
                self._reach(number)
                del self._missing[number]
                with suppress(Unsealable):
                    found.append((number, self._vault.unwrap(value, PURPOSE)))
            elif number in self._missing:
                self._wait(number)
        return found

    def _reach(self, number: int) -> None:
        self._missing.update(dict.fromkeys(range(self._highest + 1, number + 1), KEPT_SECONDS))
        self._highest = max(self._highest, number)

    def _wait(self, number: int) -> None:
        """A process has the number and is still writing, or was killed."""
        self._missing[number] -= 1
        if not self._missing[number]:
            del self._missing[number]


def key_of(order: Order, number: int) -> str:
    """Where an exchange is put."""
    return f"recording {order.id} {number}"


def top_of(order: Order) -> str:
    """Where the highest number stands, as far as anybody knows."""
    return f"recording {order.id} top"
