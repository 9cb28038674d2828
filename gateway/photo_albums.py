"""Albums renamed and deleted: all their photos or none (wire-friendica.md section 8.5).

What was done before a failure is taken back. The work goes on to its end when the client has left.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from threading import Lock
from typing import Self, TypeVar

from msgspec.structs import replace

from adapters.errors import BackendError, RateLimited, Slow
from gateway import photo_carriers as carriers
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.stores.store import StoreDown
from mappings.photos import Kind, Photo

log = logging.getLogger("oldbird")

T = TypeVar("T")

AT_ONCE = 6
"""Photos of one album that are worked on at the same time."""
KEPT_BYTES = 256 * 1024 * 1024
"""Files of deleted photos that are kept until the whole album is gone."""

NOT_RENAMED = "unknown error - updating in database failed"
NOT_DELETED = "unknown error - deleting from database failed"


def refuse_foreign(ask: Ask, photos: Sequence[Photo], what: str) -> None:
    """Pictures of posts and of the profile are the backend's. Raises ApiError 501."""
    label, kinds = ask.session.backend.capabilities.label or "The server", {photo.kind for photo in photos}
    if Kind.WALL in kinds:
        raise ApiError(501, f"{label} cannot {what} a picture of a post apart from its post.")
    if Kind.PROFILE in kinds:
        raise ApiError(501, f"{label} cannot {what} a picture of the profile here: send another one instead.")


async def rename(ask: Ask, photos: Sequence[Photo], name: str) -> None:
    """Move all `photos` to album `name`. Raises ApiError 500, BackendError; then all are where they were."""
    await carriers.to_the_end(ask, _rename(ask, photos, name), "Renaming an album")


async def delete(ask: Ask, photos: Sequence[Photo]) -> None:
    """Delete all `photos`. Raises ApiError 500, BackendError; then all are there as before."""
    await carriers.to_the_end(ask, _delete(ask, photos), "Deleting an album")


async def _rename(ask: Ask, photos: Sequence[Photo], name: str) -> None:
    _check_limit(ask, len(photos))
    for photo in photos:
        await carriers.text_of(ask, replace(photo, album=name), beside=True)
    done, failed = await _each(photos, lambda photo: carriers.change(ask, photo, replace(photo, album=name)))
    if not failed:
        await ask.gateway.photos.keep(ask.session, done.values())
        return
    before = {photo.id: photo for photo in photos}
    moved = done | {id: before[id] for id, error in failed.items() if isinstance(error, Slow)}
    if not moved:
        raise next(iter(failed.values()))
    back, _ = await _each(
        tuple(moved.values()), lambda now: carriers.change(ask, now, replace(now, album=before[now.id].album))
    )
    await ask.gateway.photos.keep(ask.session, (moved | back).values())
    _tell_lost(len(moved) - len(back))
    raise ApiError(500, NOT_RENAMED)


async def _delete(ask: Ask, photos: Sequence[Photo]) -> None:
    _check_limit(ask, len(photos))
    with Keepsakes() as files:

        async def take(photo: Photo) -> None:
            await files.keep(ask, photo)
            await carriers.start_removing(ask, photo)

        done, failed = await _each(photos, take)
        left = await _left(ask, photos, looks=1 if failed else carriers.CONFIRM_LOOKS)
        gone = [photo for photo in photos if (photo.id in done if left is None else photo.status not in left)]
        if len(gone) == len(photos) and left is not None:
            await ask.gateway.photos.drop(ask.session, [photo.id for photo in photos])
            return
        if not gone and failed:
            raise next(iter(failed.values()))
        back, _ = await _each(gone, lambda photo: _back(ask, photo, files))
    await ask.gateway.photos.keep(ask.session, back.values())
    await ask.gateway.photos.drop(ask.session, [photo.id for photo in gone if photo.id not in back])
    _tell_lost(len(gone) - len(back))
    raise ApiError(500, NOT_DELETED)


async def _back(ask: Ask, photo: Photo, files: Keepsakes) -> Photo:
    return await carriers.restored(ask, photo, await files.data(photo))


async def _left(ask: Ask, photos: Sequence[Photo], *, looks: int) -> set[str] | None:
    """Native ids of the statuses that are still there; None when the backend does not tell."""
    natives, found = [photo.status for photo in photos], None
    for look in range(looks):
        if look:
            await asyncio.sleep(carriers.CONFIRM_SECONDS)
        try:
            found = set(await ask.session.backend.statuses(natives))
        except BackendError:
            continue
        if not found:
            break
    return found


async def _each(
    photos: Sequence[Photo], step: Callable[[Photo], Awaitable[T]]
) -> tuple[dict[str, T], dict[str, Exception]]:
    """Do `step` to all, a few at a time, none more after a failure. By id: what was done, what failed."""
    done: dict[str, T] = {}
    failed: dict[str, Exception] = {}
    waiting = list(reversed(photos))

    async def work() -> None:
        while waiting and not failed:
            photo = waiting.pop()
            try:
                done[photo.id] = await step(photo)
            except (ApiError, BackendError, StoreDown) as error:
                failed[photo.id] = error

    await asyncio.gather(*(work() for _ in range(min(AT_ONCE, len(photos)))))
    return done, failed


def _check_limit(ask: Ask, calls: int) -> None:
    """Begin nothing that the backend's own limit would end half-way. Raises RateLimited."""
    state = ask.session.backend.rate_state()
    if state.limit and state.reset > time.time() and state.remaining < calls:
        raise RateLimited("The server does not take so many changes now.", max(1, int(state.reset - time.time())))


def _tell_lost(number: int) -> None:
    if number:
        log.warning("%d photos of an album could not be put back as they were.", number)


class Keepsakes:
    """Files of photos about to be deleted, on disk and within a bound, in case they must be put back."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by __exit__
        self._lock = Lock()  # closed in the middle of a write, another file could have its number
        self._at: dict[str, tuple[int, int]] = {}
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._file.close()

    async def keep(self, ask: Ask, photo: Photo) -> None:
        """Fetch and hold the file; without it, or beyond the bound, the photo is deleted all the same."""
        if self._end >= self._most:
            return
        try:
            data, _ = await ask.session.backend.fetch(photo.url)
        except BackendError:
            return
        start, self._end = self._end, self._end + len(data)
        self._at[photo.id] = start, len(data)
        await asyncio.to_thread(self._write, data, start)

    async def data(self, photo: Photo) -> bytes | None:
        """The file, when it was kept."""
        if photo.id not in self._at:
            return None
        start, size = self._at[photo.id]
        return await asyncio.to_thread(self._read, start, size)

    def _write(self, data: bytes, start: int) -> None:
        with self._lock:
            self._file.seek(start)
            self._file.write(data)

    def _read(self, start: int, size: int) -> bytes:
        with self._lock:
            self._file.seek(start)
            return self._file.read(size)
