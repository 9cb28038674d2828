"""The post-once guard: one write however often it is asked for."""

from __future__ import annotations

import asyncio

import pytest

from adapters.errors import OutcomeUnknown, Rejected
from gateway.errors import ApiError
from gateway.once import DONE, LOST, Once


class Reservations:
    """The three store methods the guard uses, in memory. `slow`: writing waits until it is set."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.slow = asyncio.Event()
        self.slow.set()

    async def reserve(self, key: str, seconds: int) -> bytes | None:
        if key in self.kept:
            return self.kept[key]
        self.kept[key] = b""
        return None

    async def finish(self, key: str, reply: bytes, seconds: int) -> None:
        await self.slow.wait()
        self.kept[key] = reply

    async def release(self, key: str) -> None:
        self.kept.pop(key, None)


class Sender:
    """A write that counts, waits for `go` and fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent = 0
        self.error = error
        self.found: bytes | None = None
        self.go = asyncio.Event()
        self.go.set()

    async def write(self) -> bytes:
        self.sent += 1
        await self.go.wait()
        if self.error:
            raise self.error
        return b'{"id":"%d"}' % self.sent

    async def look(self) -> bytes | None:
        return self.found


@pytest.fixture
def once() -> Once:
    return Once(Reservations(), secret=b"k" * 32, seconds=60, patience=5)  # type: ignore[arg-type]


@pytest.mark.anyio
async def test_the_same_request_later_gets_the_same_reply(once: Once) -> None:
    sender = Sender()
    key = once.key("a", "statuses/update", [b"status='x'"])
    first = await once.run(key, sender.write, sender.look)
    assert await once.run(key, sender.write, sender.look) == first == b'{"id":"1"}'
    assert sender.sent == 1


@pytest.mark.anyio
async def test_the_same_request_meanwhile_waits(once: Once) -> None:
    sender = Sender()
    sender.go.clear()
    key = once.key("a", "statuses/update", [b"status='x'"])
    tasks = [asyncio.create_task(once.run(key, sender.write, sender.look)) for _ in range(5)]
    while not sender.sent:  # noqa: ASYNC110  steps of the loop, not time
        await asyncio.sleep(0)
    sender.go.set()
    assert set(await asyncio.gather(*tasks)) == {b'{"id":"1"}'}
    assert sender.sent == 1


@pytest.mark.anyio
async def test_a_definite_failure_frees_the_key(once: Once) -> None:
    sender = Sender(Rejected("no"))
    key = once.key("a", "statuses/update", [])
    with pytest.raises(Rejected):
        await once.run(key, sender.write, sender.look)
    sender.error = None
    assert await once.run(key, sender.write, sender.look) == b'{"id":"2"}'


@pytest.mark.anyio
async def test_a_lost_answer_is_looked_for_and_never_resent(once: Once) -> None:
    sender = Sender(OutcomeUnknown("lost"))
    key = once.key("a", "statuses/update", [])
    for _ in range(2):
        with pytest.raises(ApiError) as caught:
            await once.run(key, sender.write, sender.look)
        assert caught.value.status == 504
    sender.found = b'{"id":"7"}'
    assert await once.run(key, sender.write, sender.look) == b'{"id":"7"}'
    sender.found = None
    assert await once.run(key, sender.write, sender.look) == b'{"id":"7"}'
    assert sender.sent == 1


def test_keys_tell_accounts_calls_and_parts_apart(once: Once) -> None:
    keys = {
        once.key("a", "statuses/update", [b"x", b"y"]),
        once.key("b", "statuses/update", [b"x", b"y"]),
        once.key("a", "statuses/retweet", [b"x", b"y"]),
        once.key("a", "statuses/update", [b"xy"]),
        once.key("a", "statuses/update", [b"x", b"", b"y"]),
    }
    assert len(keys) == 5


@pytest.mark.anyio
@pytest.mark.parametrize("answered", [False, True])
async def test_a_stop_loses_nothing_however_slow_the_store(answered: bool) -> None:
    """A post on its way, and one that was made, are known to whoever asks after the restart."""
    store, sender = Reservations(), Sender()
    once = Once(store, secret=b"k" * 32, seconds=60, patience=5)  # type: ignore[arg-type]
    store.slow.clear()
    if not answered:
        sender.go.clear()
    task = asyncio.create_task(once.run("key", sender.write, sender.look))
    for _ in range(5):
        await asyncio.sleep(0)
    assert sender.sent == 1
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    store.slow.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.kept == {"key": DONE + b'{"id":"1"}' if answered else LOST}
