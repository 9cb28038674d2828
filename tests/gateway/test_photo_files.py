"""Files behind photos: fetched once, kept within a bound, errors handed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.errors import BadAnswer, Missing, Slow
from gateway import photo_files
from gateway.background import Background
from gateway.errors import ApiError
from gateway.imaging import Picture
from gateway.photo_files import KEEP_SECONDS, PhotoFiles
from tests.fake_backend import FakeBackend
from tests.fake_world import World
from tests.gateway import drawn

MEGABYTE = 1024 * 1024


class Shelf:
    """Files over a fake far side, with a clock of its own."""

    def __init__(self, most: int = MEGABYTE) -> None:
        self.world, self.now, self.background = World(), 0.0, Background()
        self.backend = FakeBackend(self.world)
        self.files = PhotoFiles(self.background, most, clock=lambda: self.now)

    def put(self, name: str, data: bytes, mime: str = "image/jpeg") -> str:
        url = f"https://fedi.test/{name}"
        self.world.files[url] = (data, mime)
        return url

    async def get(self, url: str, scale: int = 2) -> Picture:
        return await self.files.picture(self.backend, url, scale)

    @property
    def fetched(self) -> int:
        return self.backend.wire.count("fetch")


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    made = Shelf()
    yield made
    await made.background.close()


@pytest.mark.anyio
async def test_many_who_want_the_same_picture_cost_one_fetch(shelf: Shelf) -> None:
    url = shelf.put("a", drawn.drawn())
    gate = shelf.backend.wire.hold("fetch")
    work = [asyncio.create_task(shelf.get(url, scale)) for scale in (2, 2, 1, 0, 2, 6, 4)]
    await gate.reached.wait()
    gate.go.set()
    made = await asyncio.gather(*work)
    assert [one.width for one in made] == [320, 320, 640, 800, 320, 48, 175]
    assert made[0] is made[1] is made[4]
    assert shelf.fetched == 1


@pytest.mark.anyio
async def test_what_was_made_is_kept_for_a_while(shelf: Shelf) -> None:
    url = shelf.put("a", drawn.drawn())
    first = await shelf.get(url)
    shelf.put("a", drawn.drawn(600, 600))
    assert await shelf.get(url) is first
    assert shelf.files.held(url, 2) is first
    shelf.now = KEEP_SECONDS
    assert shelf.files.held(url, 2) is None
    assert (await shelf.get(url)).height == 320
    assert shelf.fetched == 2
    shelf.files.clear()
    await shelf.get(url)
    assert shelf.fetched == 3


@pytest.mark.anyio
async def test_no_more_is_kept_than_the_bound() -> None:
    shelf = Shelf(most=50_000)
    for number in range(200):
        await shelf.get(shelf.put(f"{number}", drawn.drawn()))
    shelves = (shelf.files._small, shelf.files._files)
    held = [held for one in shelves for part in (one.young, one.old) for held in part.values()]
    assert 0 < sum(len(one.picture.data) for one in held) <= 50_000
    large = shelf.put("large", drawn.drawn(2000, 2000, "PNG", "RGBA") + bytes(50_000))
    for _ in range(2):
        assert (await shelf.get(large, 0)).width == 2000
    assert shelf.files.held(large, 0) is None


@pytest.mark.anyio
@pytest.mark.parametrize("error", [Slow("late"), BadAnswer("what"), Missing("gone")])
async def test_errors_reach_everybody_who_waits_and_are_not_kept(shelf: Shelf, error: Exception) -> None:
    url = shelf.put("a", drawn.drawn())
    shelf.backend.wire.fail(error, "fetch")  # type: ignore[arg-type]
    outcomes = await asyncio.gather(*(shelf.get(url) for _ in range(5)), return_exceptions=True)
    assert outcomes == [error] * 5
    assert (await shelf.get(url)).width == 320


@pytest.mark.anyio
@pytest.mark.parametrize("data", [b"", b"<svg/>", b"<html>", drawn.png_bomb()])
async def test_what_is_no_picture_is_missing(shelf: Shelf, data: bytes) -> None:
    url = shelf.put("a", data, "image/svg+xml")
    for scale in (0, 3):
        with pytest.raises(Missing):
            await shelf.get(url, scale)


@pytest.mark.anyio
async def test_somebody_who_leaves_takes_nothing_from_the_others(shelf: Shelf) -> None:
    url = shelf.put("a", drawn.drawn())
    gate = shelf.backend.wire.hold("fetch")
    leaving, staying = asyncio.create_task(shelf.get(url)), asyncio.create_task(shelf.get(url))
    await gate.reached.wait()
    leaving.cancel()
    gate.go.set()
    assert (await staying).width == 320
    with pytest.raises(asyncio.CancelledError):
        await leaving


@pytest.mark.anyio
async def test_only_so_many_are_fetched_at_once_and_only_so_many_wait(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_files, "MOST_WAITING", 10)
    urls = [shelf.put(f"{number}", drawn.drawn()) for number in range(11)]
    gates = [shelf.backend.wire.hold("fetch") for _ in range(photo_files.AT_ONCE)]
    work = [asyncio.create_task(shelf.get(url, 0)) for url in urls[:10]]
    for gate in gates:
        await gate.reached.wait()
    assert shelf.fetched == photo_files.AT_ONCE
    with pytest.raises(ApiError) as caught:
        await shelf.get(urls[10], 0)
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})
    for gate in gates:
        gate.go.set()
    assert all(made.width == 800 for made in await asyncio.gather(*work))
    assert (await shelf.get(urls[10], 0)).width == 800


@pytest.mark.anyio
async def test_what_one_account_read_with_its_login_is_shown_to_no_other(shelf: Shelf) -> None:
    url, own = shelf.put("a", drawn.drawn()), {"whose": "alice"}
    for scale in (2, 0):
        await shelf.files.picture(shelf.backend, url, scale, **own)
    assert shelf.fetched == 1
    shelf.world.files.clear()
    for scale in (2, 0):
        for other in ("", "bob"):
            assert shelf.files.held(url, scale, whose=other) is None
            with pytest.raises(Missing):
                await shelf.files.picture(shelf.backend, url, scale, whose=other)
        assert shelf.files.held(url, scale, **own) is not None
