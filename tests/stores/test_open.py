"""Which store the settings mean, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.settings import Settings
from gateway.stores.open import open_store
from gateway.stores.redis_store import RedisStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import StoreDown


@pytest.mark.anyio
async def test_the_default_is_a_file_in_the_data_folder(tmp_path: Path):
    store = open_store(Settings(data_dir=tmp_path))
    assert isinstance(store, SqliteStore)
    await store.open()
    await store.close()
    assert [file.name for file in tmp_path.iterdir()] == ["oldbird.sqlite"]  # noqa: ASYNC240 - a look, once


@pytest.mark.parametrize(
    "url", ["redis://h:1/2", "rediss://h", "redis+sentinel://a:1,b:2/main/0", "redis+cluster://h:1"]
)
def test_redis_urls(url: str):
    assert isinstance(open_store(Settings(store=url)), RedisStore)


@pytest.mark.parametrize("url", ["mysql://h/db", "nothing", "file:///tmp/x"])
def test_anything_else_is_refused(url: str):
    with pytest.raises(StoreDown):
        open_store(Settings(store=url))


def test_redis_is_imported_only_when_used():
    code = (
        "import sys; from gateway.stores.open import open_store; from gateway.settings import Settings;"
        "open_store(Settings()); sys.exit('redis' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
