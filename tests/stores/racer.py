"""A process that assigns ids and numbers as fast as it can, to race against another: started by test_two_processes.

Reads one JSON line {"url", "seed", "batches"} when told to begin; prints what it was given as one JSON line.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

from gateway.stores.redis_store import RedisStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import Store
from mappings.order import position
from tests.stores.conftest import NOW
from tests.stores.samples import DAY, SCOPE, counted, flake, loose

BASE = NOW - 10**9
WIDE = position(BASE)
STATUSES = [
    *(flake(BASE, low) for low in range(150)),
    *(counted(10**12 + n, BASE - 10**8) for n in range(150)),
    *(loose(f"post{n}", BASE - 10**6 * n) for n in range(60)),
]


def store_at(url: str) -> Store:
    return RedisStore(url) if url.startswith("redis") else SqliteStore(Path(url))


async def race(url: str, seed: int, batches: int) -> dict[str, object]:
    store, chance = store_at(url), random.Random(seed)
    statuses: dict[str, int] = {}
    people: dict[str, int] = {}
    numbers: dict[str, int] = {}
    narrow: dict[str, int] = {}
    won: list[str] = []
    claimed: list[str] = []
    taken: list[str] = []
    await store.open()
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        for _ in range(batches):
            start = chance.randrange(len(STATUSES))
            natives = [str(chance.randrange(80)) for _ in range(9)]
            assigned = await store.assign(SCOPE, STATUSES[start : start + 20], natives, DAY)
            numbered = await store.number("", "photo", natives)
            wides = [WIDE + (chance.randrange(200) << 18) for _ in range(9)]
            few = {str(wide): id for wide, id in (await store.narrow("1", "status", wides)).items()}
            kinds = ((statuses, assigned.statuses), (people, assigned.accounts), (numbers, numbered), (narrow, few))
            for known, new in kinds:
                assert all(known.setdefault(key, id) == id for key, id in new.items()), "an id changed"
            if await store.reserve(f"key{start}", 60) is None:
                won.append(f"key{start}")
            if await store.claim(f"nonce{start}", 60):
                claimed.append(f"nonce{start}")
            if await store.take(f"token{start}") is not None:
                taken.append(f"token{start}")
    finally:
        await store.close()
    given = {"statuses": statuses, "people": people, "numbers": numbers, "narrow": narrow}
    return {**given, "won": won, "claimed": claimed, "taken": taken}


if __name__ == "__main__":
    url, seed, batches = json.loads(sys.stdin.readline())
    print(json.dumps(asyncio.run(race(url, seed, batches))))
