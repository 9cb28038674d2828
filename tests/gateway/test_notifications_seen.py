"""Seen marks: kept per note, seeded from the backend's marker, carried back when all older ones are seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.errors import Unavailable
from tests import shapes
from tests.gateway_harness import Ground, gateway_on

SEEN = "friendica/notifications/seen"


async def marks(ground: Ground, **given: Any) -> dict[int, int]:
    """Whether each note was seen, the newest first."""
    found = (await ground.get("friendica/notifications", **given)).json
    return {note["id"]: note["seen"] for note in sorted(found, key=lambda note: -note["id"])}


async def mentions(ground: Ground, count: int) -> list[int]:
    """Ids of fresh notes, the newest first."""
    for number in range(count):
        ground.world.post("bob" if number % 2 else "carol", f"@alice {number}")
    return list(await marks(ground))[:count]


def marker(ground: Ground) -> str | None:
    return ground.world.markers.get("p:alice")


def natives(ground: Ground) -> list[str]:
    """Of alice's notices, the newest first."""
    return [notice.native for notice in reversed(ground.world.notices) if notice.to == "p:alice"]


@pytest.mark.anyio
@pytest.mark.parametrize("path", [SEEN, "friendica/notification/seen"])
async def test_the_post_comes_back_in_an_array(ground: Ground, path: str) -> None:
    (id,) = await mentions(ground, 1)
    answer = await ground.post(path, id=id)
    assert answer.texts == ["@alice 0"]
    xml = await ground.post(path, id=id, format="xml")
    shapes.same(SEEN, answer.body, xml.body)
    assert await marks(ground) == {id: 1}


@pytest.mark.anyio
async def test_without_a_post_the_word_comes_back(ground: Ground) -> None:
    ground.world.follow("dave", "alice")
    (id,) = await marks(ground)
    answer, xml = await ground.post(SEEN, id=id), await ground.post(SEEN, id=id, format="xml")
    assert answer.json == "success"
    shapes.same(SEEN, answer.body, xml.body)
    native = ground.world.post("bob", "@alice gone soon")
    newest = next(iter(await marks(ground)))
    ground.world.delete(native)
    assert (await ground.post(SEEN, id=newest)).json == "success"


@pytest.mark.anyio
async def test_unknown_ids_and_those_of_others_are_refused(ground: Ground) -> None:
    (mine,) = await mentions(ground, 1)
    ground.world.post("alice", "@bob hi")
    theirs = [id for id in await marks(ground, user="bob") if id != mine]
    for id in ("", "0", "-1", "abc", "99999999", str(theirs[0]), "9" * 30):
        answer = await ground.post(SEEN, id=id)
        assert (answer.status, answer.error) == (400, "Invalid argument"), id
    assert (await ground.post(SEEN)).status == 400
    assert await marks(ground, user="bob") == {theirs[0]: 0}


@pytest.mark.anyio
async def test_notes_of_the_same_place_are_seen_together(ground: Ground) -> None:
    world = ground.world
    mine = world.post("alice", "my post")
    for text in ("@alice one", "@alice two"):
        world.post("bob", text, reply_to=mine)
    other = world.post("carol", "@alice elsewhere")
    world.notice("p:alice", "status", "p:carol", other)
    world.follow("dave", "alice")
    world.request("dave", "alice")
    world.follow("erik@far.test", "alice")
    erik, *dave, status, mention, two, one = await marks(ground)
    await ground.post(SEEN, id=one)
    assert {id for id, seen in (await marks(ground)).items() if seen} == {one, two}, "one thread"
    await ground.post(SEEN, id=mention)
    assert {id for id, seen in (await marks(ground)).items() if seen} == {one, two, mention, status}, "one post"
    await ground.post(SEEN, id=dave[0])
    assert {id for id, seen in (await marks(ground)).items() if not seen} == {erik}, "one person"


@pytest.mark.anyio
async def test_marks_survive_a_restart(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        world = ground.world
        newest, middle, oldest = await mentions(ground, 3)
        await ground.post(SEEN, id=middle)
        assert await marks(ground) == {newest: 0, middle: 1, oldest: 0}
        assert marker(ground) is None
    async with gateway_on(tmp_path, world=world) as ground:
        assert (await ground.post(SEEN, id=newest)).status == 200, "known before anything was listed"
        assert await marks(ground) == {newest: 1, middle: 1, oldest: 0}


@pytest.mark.anyio
async def test_the_marker_of_the_backend_seeds_what_was_seen(ground: Ground) -> None:
    for number in range(4):
        ground.world.post("bob", f"@alice {number}")
    ground.world.markers["p:alice"] = natives(ground)[2]
    assert list((await marks(ground)).values()) == [0, 0, 1, 1]
    ground.world.markers["p:alice"] = natives(ground)[1]
    assert list((await marks(ground)).values()) == [0, 1, 1, 1]
    del ground.world.markers["p:alice"]
    assert list((await marks(ground)).values()) == [0, 1, 1, 1], "what was seen once stays seen"


@pytest.mark.anyio
async def test_the_marker_moves_only_when_everything_older_is_seen(ground: Ground) -> None:
    newest, middle, oldest = await mentions(ground, 3)
    ids = natives(ground)
    await ground.post(SEEN, id=middle)
    assert marker(ground) is None
    await ground.post(SEEN, id=oldest)
    assert marker(ground) == ids[1], "up to the newest of the seen ones"
    await ground.post(SEEN, id=newest)
    assert marker(ground) == ids[0]


@pytest.mark.anyio
async def test_the_marker_never_goes_back(ground: Ground) -> None:
    newest, oldest = await mentions(ground, 2)
    ground.world.markers["p:alice"] = "999999"
    await ground.post(SEEN, id=oldest)
    assert marker(ground) == "999999"
    assert await marks(ground) == {newest: 1, oldest: 1}


@pytest.mark.anyio
async def test_a_backend_that_fails_keeps_no_mark_from_being_kept(ground: Ground) -> None:
    newest, oldest = await mentions(ground, 2)
    ground.wire.fail(Unavailable("down"), "mark_notifications")
    assert (await ground.post(SEEN, id=oldest)).status == 200
    assert (await marks(ground), marker(ground)) == ({newest: 0, oldest: 1}, None)
    await ground.post(SEEN, id=newest)
    assert marker(ground) == natives(ground)[0], "the next one carries it on"


@pytest.mark.anyio
async def test_a_deleted_unseen_note_does_not_hold_the_marker_back(ground: Ground) -> None:
    native = ground.world.post("bob", "@alice deleted later")
    newest, _ = [*await mentions(ground, 1), 0]
    ground.world.delete(native)
    await marks(ground)
    await ground.post(SEEN, id=newest)
    assert marker(ground) == natives(ground)[0]


@pytest.mark.anyio
async def test_seeing_costs_the_post_and_the_marker(ground: Ground) -> None:
    (id,) = await mentions(ground, 1)
    await ground.get("statuses/home_timeline")  # the contacts are known from here on
    ground.wire.clear()
    await ground.post(SEEN, id=id)
    assert sorted(ground.wire.names) == ["mark_notifications", "notification_marker", "status"]


@pytest.mark.anyio
async def test_a_login_that_may_only_read_marks_nothing(ground: Ground) -> None:
    (id,) = await mentions(ground, 1)
    password = await ground.login("alice", read_only=True)
    answer = await ground.request("POST", SEEN, password=password, data={"id": id})
    assert answer.status == 403
    viewed = await ground.request("GET", f"/notification/view/{id}", password=password)
    assert viewed.status == 302
    assert await marks(ground) == {id: 0}
