"""The files of photos that are being deleted are written to their own file and to no other."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.photo_albums import Keepsakes
from mappings.photos import Photo

pytestmark = pytest.mark.anyio
FILE = b"x" * 1000


async def _fetch(url: str) -> tuple[bytes, str]:
    return FILE + url.encode(), "image/png"


ASK: Any = SimpleNamespace(session=SimpleNamespace(backend=SimpleNamespace(fetch=_fetch)))
PHOTOS = [Photo(id=f"{number:032x}", url=f"https://a.example/{number}") for number in range(3)]


async def test_each_comes_back_as_it_was() -> None:
    with Keepsakes() as files:
        await asyncio.gather(*(files.keep(ASK, photo) for photo in PHOTOS[:2]))
        assert [await files.data(photo) for photo in PHOTOS] == [*(FILE + one.url.encode() for one in PHOTOS[:2]), None]


async def test_a_write_that_comes_after_the_end_goes_nowhere() -> None:
    goes_on = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        asyncio.get_running_loop().set_default_executor(threads)
        threads.submit(goes_on.wait)
        with Keepsakes() as files:
            keeping = asyncio.create_task(files.keep(ASK, PHOTOS[0]))
            await asyncio.sleep(0)
            assert threads._work_queue.qsize() == 1
        with tempfile.TemporaryFile() as other:  # has the number that the closed file had
            goes_on.set()
            with pytest.raises(ValueError, match="closed"):
                await keeping
            assert other.read() == b""
