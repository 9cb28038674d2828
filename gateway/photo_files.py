"""The files behind photos: fetched from the backend once, made smaller, kept for a while within a bound of bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from adapters.errors import Missing
from adapters.files import Fetching
from gateway.background import Background
from gateway.errors import ApiError
from gateway.imaging import NotAPicture, Picture, fitted, scaled
from gateway.kept import Kept
from mappings.old_pictures import Fit

KEEP_SECONDS = 600.0
"""After this a file is fetched again: some servers show a new picture under the old address."""
AT_ONCE, MOST_WAITING = 4, 64
"""Pictures fetched and made smaller at the same time, and how many may be asked for before the others are sent away."""

Outcome = Picture | Exception


class Wish(NamedTuple):
    """Which file, in which scale or size. `whose`: the account that read it with a login, "": what everybody is shown.
    What one account may see is never kept for another."""

    url: str
    scale: int | Fit
    whose: str = ""


class Held(NamedTuple):
    """A picture in memory and until when it is used (seconds of the clock)."""

    picture: Picture
    until: float


class PhotoFiles:
    """One per process. Whether somebody may see a picture is not decided here."""

    def __init__(self, background: Background, most_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._background = background
        self._clock = clock
        self._files: Kept[Wish, Held] = Kept(most_bytes // 2, _weight)
        self._small: Kept[Wish, Held] = Kept(most_bytes // 2, _weight)
        self._going: dict[Wish, asyncio.Task[Outcome]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def picture(self, backend: Fetching, url: str, scale: int | Fit, *, whose: str = "") -> Picture:
        """The file at `url` in a scale from 0 to 6 (`gateway.imaging.scaled`), or written anew in a size. `whose`: the
        account whose login `backend` may read it with; "" where it has none.

        Equal wishes are one piece of work. At most one upstream call.
        Raises Missing (also for what is no picture), BackendError, ApiError 503.
        """
        wish = Wish(url, scale, whose)
        if len(self._going) >= MOST_WAITING and wish not in self._going and self._held(wish) is None:
            raise ApiError(503, "Too many pictures are asked for, try again.", headers={"Retry-After": "5"})
        return await self._shared(backend, wish)

    async def _shared(self, backend: Fetching, wish: Wish) -> Picture:
        """From memory, else by whoever is at it already."""
        held = self._held(wish)
        if held is not None:
            return held
        outcome = await asyncio.shield(self._going.get(wish) or self._start(backend, wish))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def held(self, url: str, scale: int | Fit, *, whose: str = "") -> Picture | None:
        """The same, only when it is at hand: as everybody is shown it, else as `whose` account read it."""
        return self._held(Wish(url, scale)) or (self._held(Wish(url, scale, whose)) if whose else None)

    def _held(self, wish: Wish) -> Picture | None:
        found = self._shelf(wish).get(wish)
        return found.picture if found is not None and self._clock() < found.until else None

    def clear(self) -> None:
        """Drop what is kept."""
        self._files.clear()
        self._small.clear()

    def _shelf(self, wish: Wish) -> Kept[Wish, Held]:
        """Files and small pictures apart: a few large files would drive out all small ones."""
        return self._small if wish.scale else self._files

    def _start(self, backend: Fetching, wish: Wish) -> asyncio.Task[Outcome]:
        going = self._going[wish] = self._background.start(self._outcome(backend, wish), "Making a picture")
        going.add_done_callback(lambda _: self._going.pop(wish))
        return going

    async def _outcome(self, backend: Fetching, wish: Wish) -> Outcome:
        """An error as a value: whoever asked tells it, not the background."""
        try:
            made = await self._made(backend, wish)
        except NotAPicture:
            return Missing("The file is no picture.")
        except Exception as error:  # noqa: BLE001  handed on
            return error
        self._shelf(wish)[wish] = Held(made, self._clock() + KEEP_SECONDS)
        return made

    async def _made(self, backend: Fetching, wish: Wish) -> Picture:
        if wish.scale:
            file = await self._shared(backend, wish._replace(scale=0))  # counted as the size that needs it
            async with self._turns:
                return await (
                    fitted(file.data, wish.scale) if isinstance(wish.scale, Fit) else scaled(file.data, wish.scale)
                )
        async with self._turns:
            data, _ = await backend.fetch(wish.url)
            return await scaled(data, 0)


def _weight(held: Held) -> int:
    return len(held.picture.data)
