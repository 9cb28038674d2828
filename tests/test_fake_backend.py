"""The fake far side keeps the promises that the other tests rest on."""

from __future__ import annotations

import asyncio

import pytest

from adapters.backend import Backend, Draft, Window
from adapters.errors import BadAnswer, Missing, OutcomeUnknown, Refused, Slow
from mappings.hub import Order, Visibility
from tests.fake_backend import FakeBackend
from tests.fake_wire import Wire
from tests.fake_world import World


def village() -> World:
    world = World()
    for acct in ("alice", "bob", "carol", "dora@far.test"):
        world.person(acct)
    world.befriend("alice", "bob")
    return world


@pytest.mark.anyio
async def test_equal_content_gives_equal_bytes_to_two_viewers() -> None:
    world = village()
    world.post("bob", "hello")
    backends: list[Backend] = [FakeBackend(world, "alice"), FakeBackend(world, "carol")]
    first, second = [(await backend.public(Window(), local=True)).items[0] for backend in backends]
    assert first.raw == second.raw
    assert first.status.content == "<p>hello</p>"


@pytest.mark.anyio
async def test_who_may_read_what() -> None:
    world = village()
    direct = world.post("bob", "psst @dora@far.test", visibility=Visibility.DIRECT)
    private = world.post("bob", "friends", visibility=Visibility.PRIVATE)
    assert (await FakeBackend(world, "dora@far.test").status(direct)).status.native == direct
    assert (await FakeBackend(world, "alice").status(private)).status.native == private
    for acct, native in (("alice", direct), ("carol", private)):
        with pytest.raises(Missing):
            await FakeBackend(world, acct).status(native)
    with pytest.raises(Refused):
        await FakeBackend(world, "alice").reblog(private)


@pytest.mark.anyio
async def test_windows_are_exclusive_on_both_sides() -> None:
    for order in (Order.TIMED, Order.ORDERED, Order.UNORDERED):
        world = village()
        world.order = order
        posts = [world.post("bob", str(number)) for number in range(6)]
        window = Window(older_than=posts[4], newer_than=posts[1])
        page = await FakeBackend(world, "alice").home(window)
        assert [entry.status.native for entry in page.items] == [posts[3], posts[2]]


@pytest.mark.anyio
async def test_rows_walk_from_the_newest_to_the_oldest() -> None:
    world = village()
    world.favour("alice", *(world.post("bob", str(number)) for number in range(45)))
    backend = FakeBackend(world, "alice")
    first = await backend.favourites(None)
    second = await backend.favourites(first.older)
    assert (len(first.items), len(second.items), second.older) == (40, 5, None)
    assert second.items[-1].status.content == "<p>0</p>"


@pytest.mark.anyio
async def test_faults_meet_the_named_call_before_or_after_its_work() -> None:
    world, wire = village(), Wire()
    backend = FakeBackend(world, "alice", wire)
    draft = Draft(text="once", visibility=Visibility.PUBLIC)
    wire.fail(Slow("late"), "post")
    wire.fail(OutcomeUnknown("lost"), "post", after=True)
    await backend.me()
    with pytest.raises(Slow, match="late"):
        await backend.post(draft)
    assert not world.posts
    with pytest.raises(OutcomeUnknown, match="lost"):
        await backend.post(draft)
    assert [post.text for post in world.posts.values()] == ["once"]
    assert (wire.count("post"), wire.names) == (2, ["me", "post", "post"])


@pytest.mark.anyio
async def test_a_gate_holds_one_call_and_garbling_spoils_entries() -> None:
    world, wire = village(), Wire()
    world.post("bob", "x")
    backend = FakeBackend(world, "alice", wire)
    gate = wire.hold("home")
    waiting = asyncio.ensure_future(backend.home(Window()))
    await gate.reached.wait()
    assert not waiting.done()
    gate.go.set()
    assert len((await waiting).items) == 1
    wire.garble(b"<html>", "home")
    with pytest.raises(BadAnswer):
        _ = (await backend.home(Window())).items[0].status
