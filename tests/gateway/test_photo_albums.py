"""Albums renamed and deleted: all photos or none, also when the far side gives up half-way."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.backend import Capabilities, RateState
from adapters.errors import OutcomeUnknown, Rejected, Slow, Unavailable
from mappings.photos import WALL
from tests.fake_notices import picture
from tests.gateway.photo_ground import EDITING, PLAIN, albums_of, carriers, create, ids_of, message
from tests.gateway_harness import Ground, gateway_on

NAMES = ["3.png", "2.png", "1.png", "0.png"]
RENAMING_FAILED = "unknown error - updating in database failed"
DELETING_FAILED = "unknown error - deleting from database failed"


@pytest.fixture(params=[EDITING, PLAIN], ids=["editing", "anew"])
async def yard(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Ground]:
    """Four photos in one album, one in another."""
    monkeypatch.setattr("gateway.photo_carriers.CONFIRM_SECONDS", 0.0)
    capabilities: Capabilities = request.param
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        for number in range(4):
            await create(ground, "Work", number=number, name=f"{number}.png", desc=f"number {number}")
        await create(ground, "Holiday", number=9)
        ground.wire.clear()
        yield ground


async def lose_the_store(ground: Ground) -> None:
    """Forget all that is known of photos."""
    account = (await ground.gateway.store.accounts())[0].id
    for owner, kind in ((account, "photo"), ("", "photo"), (account, "photo-walk")):
        kept = await ground.gateway.store.records(owner, kind)
        await ground.gateway.store.drop_records(owner, kind, tuple(kept))


@pytest.mark.anyio
@pytest.mark.parametrize("new", ["Work2", 'Été / "2" 😀', "Holiday"])
async def test_all_photos_move(yard: Ground, new: str) -> None:
    ids = await ids_of(yard)
    reply = await yard.post("friendica/photoalbum/update", album="Work", album_new=new)
    assert message(reply) == ("updated", f"album `Work` with all containing photos has been renamed to `{new}`.")
    albums = await albums_of(yard)
    assert sorted(albums[new])[:4] == sorted(NAMES)
    assert "Work" not in albums
    assert await ids_of(yard) == ids
    await lose_the_store(yard)
    assert await albums_of(yard) == albums
    assert await ids_of(yard) == ids
    assert len(carriers(yard)) == 5


@pytest.mark.anyio
async def test_an_album_deleted_is_gone_with_all_photos(yard: Ground) -> None:
    reply = await yard.post("friendica/photoalbum/delete", album="Work")
    assert message(reply) == ("deleted", "album `Work` with all containing photos has been deleted.")
    assert set(await albums_of(yard)) == {"Holiday", "Profile Photos"}
    assert len(carriers(yard)) == 1
    reply = await yard.post("friendica/photoalbum/delete", album="Work")
    assert (reply.status, reply.error) == (400, "album not available")


@pytest.mark.anyio
async def test_errors_come_in_the_documented_order(yard: Ground) -> None:
    async def error(path: str, **form: str) -> str:
        reply = await yard.post(f"friendica/photoalbum/{path}", format="xml", **form)
        assert reply.status == 400
        return reply.error

    assert await error("delete") == "no albumname specified"
    assert await error("delete", album="zzz") == "album not available"
    assert await error("update", album_new="x") == "no albumname specified"
    assert await error("update", album="zzz") == "no new albumname specified"
    assert await error("update", album="zzz", album_new="x") == "album not available"
    assert set(yard.wire.names) <= {"own_media"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("failure", "after"),
    [(Unavailable("down"), False), (Rejected("no"), False), (OutcomeUnknown("?"), False), (OutcomeUnknown("?"), True),
     (Slow("late"), True)],
)  # fmt: skip
async def test_a_rename_that_fails_is_taken_back(
    yard: Ground, failure: Exception, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.photo_albums.AT_ONCE", 1)
    before, ids = await albums_of(yard), await ids_of(yard)
    step = "edit" if yard.connections.of("alice").capabilities.editing else "upload"
    fail_at(yard, step, 3, failure, after=after, monkeypatch=monkeypatch)
    reply = await yard.post("friendica/photoalbum/update", album="Work", album_new="Moved")
    assert (reply.status, reply.error) == (500, RENAMING_FAILED)
    assert await albums_of(yard) == before
    assert await ids_of(yard) == ids
    await lose_the_store(yard)
    assert await albums_of(yard) == before
    assert await ids_of(yard) == ids


def fail_at(
    ground: Ground, name: str, call: int, failure: Exception, *, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call of that number (from 1) fails, `after` it did its work or before."""
    backend, calls = ground.connections.of("alice"), [0]
    whole = getattr(backend, name)

    async def failing(*args: object) -> object:
        calls[0] += 1
        if calls[0] != call:
            return await whole(*args)
        if after:
            await whole(*args)
        raise failure

    monkeypatch.setattr(backend, name, failing)


@pytest.mark.anyio
@pytest.mark.parametrize("failure", [Unavailable("down"), Rejected("no")])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("keeps_files", [True, False])
async def test_a_deletion_that_fails_is_taken_back(
    yard: Ground, failure: Exception, after: bool, keeps_files: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the far side keeps the files of what was deleted, or not."""
    monkeypatch.setattr("gateway.photo_albums.AT_ONCE", 1)
    before, ids = await albums_of(yard), await ids_of(yard)
    files, lost = {post.native: post.media for post in carriers(yard)}, set[str]()
    delete = yard.world.delete

    def and_its_files(native: str) -> None:
        delete(native)
        for media in files.get(native, ()):
            lost.add(media)
            yard.world.files.pop(yard.world.uploads[media].url)

    if not keeps_files:
        monkeypatch.setattr(yard.world, "delete", and_its_files)
        post = yard.connections.of("alice").post

        async def strict(draft: object) -> object:
            if lost & set(draft.media):  # type: ignore[attr-defined]
                raise Rejected("no such file")
            return await post(draft)  # type: ignore[arg-type]

        monkeypatch.setattr(yard.connections.of("alice"), "post", strict)
    fail_at(yard, "remove", 3, failure, after=after, monkeypatch=monkeypatch)
    reply = await yard.post("friendica/photoalbum/delete", album="Work")
    assert (reply.status, reply.error) == (500, DELETING_FAILED)
    assert {name: sorted(files) for name, files in (await albums_of(yard)).items()} == {
        name: sorted(files) for name, files in before.items()
    }
    assert await ids_of(yard) == ids
    await lose_the_store(yard)
    assert await ids_of(yard) == ids
    for photo in (await yard.get("friendica/photos/list")).json:
        if photo["album"] == "Work":
            shown = (await yard.get("friendica/photo", photo_id=photo["id"], scale=0)).json
            number = int(photo["filename"][0])
            assert shown["data"] == base64.b64encode(picture(32, 16 + number)).decode()
            assert shown["desc"] == f"number {number}"


@pytest.mark.anyio
async def test_nothing_begun_is_told_as_it_is(yard: Ground) -> None:
    yard.wire.fail(Unavailable("down"), "edit", "upload", times=6)
    reply = await yard.post("friendica/photoalbum/update", album="Work", album_new="Moved")
    yard.wire.faults.clear()
    assert (reply.status, reply.headers["retry-after"]) == (503, "30")
    yard.connections.of("alice").rate = RateState(limit=30, remaining=3, reset=4_000_000_000)
    for path in ("update", "delete"):
        yard.wire.clear()
        reply = await yard.post(f"friendica/photoalbum/{path}", album="Work", album_new="Moved")
        assert reply.status == 429
        assert yard.wire.names == ["own_media"]


@pytest.mark.anyio
async def test_what_the_backend_keeps_is_not_said_to_be_gone(yard: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yard.world, "delete", lambda native: None)
    reply = await yard.post("friendica/photoalbum/delete", album="Work")
    assert (reply.status, reply.error) == (500, DELETING_FAILED)
    assert (await albums_of(yard))["Work"] == NAMES


@pytest.mark.anyio
async def test_pictures_of_posts_and_of_the_profile_are_not_ours_to_move(yard: Ground) -> None:
    yard.world.post("alice", "look", media=[yard.world.attach()])
    await create(yard, WALL, number=12)
    count = len(yard.world.posts)
    for album in (WALL, "Profile Photos"):
        for path in ("update", "delete"):
            reply = await yard.post(f"friendica/photoalbum/{path}", album=album, album_new="Mine")
            assert (reply.status, reply.error.startswith("Fake cannot")) == (501, True)
    for photo in (await yard.get("friendica/photos/list")).json:
        if photo["album"] == "Profile Photos" or photo["filename"] == "picture.png":
            form = {"photo_id": photo["id"], "album": photo["album"], "desc": "mine"}
            for path in ("friendica/photo/update", "friendica/photo/delete"):
                assert (await yard.post(path, **form)).status == 501
    assert len(yard.world.posts) == count


@pytest.mark.anyio
async def test_lists_of_albums_and_of_one(yard: Ground) -> None:
    found = (await yard.get("friendica/photoalbums")).json
    assert [(row["name"], row["count"]) for row in found] == [("Holiday", 1), ("Profile Photos", 1), ("Work", 4)]

    async def names(**params: object) -> list[str]:
        return [row["filename"] for row in (await yard.get("friendica/photoalbum", album="Work", **params)).json]

    assert await names() == NAMES[::-1]
    assert await names(latest_first=True, limit=3) == NAMES[:3]
    assert await names(limit=2, offset=1) == ["1.png", "2.png"]
    assert await names(offset=9) == []
    assert (await yard.get("friendica/photoalbum", album="zzz")).json == []
    reply = await yard.get("friendica/photoalbum")
    assert (reply.status, reply.error) == (400, "No album name specified.")


@pytest.mark.anyio
async def test_calls_of_a_change(yard: Ground) -> None:
    editing = yard.connections.of("alice").capabilities.editing
    await yard.get("friendica/photos/list")
    yard.wire.clear()
    await yard.post("friendica/photoalbum/update", album="Work", album_new="Moved")
    each = {"edit": 4} if editing else dict.fromkeys(("fetch", "upload", "post", "remove", "status"), 4)
    assert {name: yard.wire.count(name) for name in yard.wire.names} == {"own_media": 1} | each
    yard.wire.clear()
    await yard.post("friendica/photoalbum/delete", album="Moved")
    assert {name: yard.wire.count(name) for name in yard.wire.names} == {
        "own_media": 1, "fetch": 4, "remove": 4, "statuses": 1,
    }  # fmt: skip
