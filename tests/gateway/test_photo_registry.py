"""Which photos there are: kept at hand, true to the backend, whole again after a lost store, cheap at any number."""

from __future__ import annotations

import re
import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from adapters.errors import Unavailable
from gateway import photos as registry
from mappings.carriers import Carrier, written
from mappings.photos import WALL, PhotoPlace
from tests.fake_notices import picture
from tests.fake_world import World
from tests.gateway.photo_ground import EDITING, albums_of, create, ids_of, lose_store
from tests.gateway_harness import Ground, gateway_on, village


def carry(world: World, number: int, album: str = "Big", *, acct: str = "alice") -> str:
    """A carrier as another gateway would have left it."""
    carrier = Carrier(album=album, filename=f"{number}.png", desc=f"number {number}")
    return world.post(acct, written(carrier), visibility="direct", media=[world.attach(f"{number}.png")])


@pytest.mark.anyio
async def test_what_the_backend_holds_is_the_list(ground: Ground) -> None:
    world = ground.world
    world.post("alice", "two pictures", media=[world.attach("one.png"), world.attach("two.jpg", "image/jpeg", "a dog")])
    world.post("alice", "for followers", visibility="private", media=[world.attach("three.png")])
    world.post("alice", "hello @bob", visibility="direct", media=[world.attach("secret.png")])
    world.post("bob", "not mine", media=[world.attach("four.png")])
    carry(world, 1, acct="bob")
    film = world.attach("film.mp4", "video/mp4")
    world.uploads[film] = replace(world.uploads[film], type="video")
    world.post("alice", "moving", media=[film])
    carry(world, 2, "Été")
    rows = (await ground.get("friendica/photos/list")).json
    found = [(row["album"], row["filename"], row["type"], row["desc"]) for row in rows]
    assert found == [
        ("Été", "2.png", "image/png", "number 2"),
        (WALL, "three.png", "image/png", ""),
        *sorted(found[2:4], key=lambda row: rows[[r["filename"] for r in rows].index(row[1])]["id"], reverse=True),
        ("Profile Photos", "alice.png", "image/png", ""),
    ]
    assert {row[1:] for row in found[2:4]} == {("one.png", "image/png", ""), ("two.jpg", "image/jpeg", "a dog")}
    assert {row["filename"]: "?sig=" in row["thumb"] for row in rows} == {
        "2.png": False, "three.png": True, "one.png": False, "two.jpg": False, "alice.png": False,
    }  # fmt: skip
    assert {row["filename"]: row["thumb"].split("?")[0][-6:] for row in rows}["alice.png"] == "-6.png"


@pytest.mark.anyio
async def test_who_never_posted_a_picture_has_those_of_the_profile(ground: Ground) -> None:
    ground.world.people["p:dave"] = replace(
        ground.world.people["p:dave"], avatar="https://fedi.test/avatars/original/missing.png", header=""
    )
    assert (await ground.get("friendica/photos/list", user="dave")).json == []
    assert ground.wire.names == ["own_media", "me"]
    bob = ground.world.people["p:bob"]
    assert await albums_of(ground, user="bob") == {"Profile Photos": ["bob.png"]}
    ground.world.people["p:bob"] = replace(bob, avatar="https://fedi.test/a/new.png", header="https://fedi.test/h.jpg")
    assert {name: sorted(files) for name, files in (await albums_of(ground, user="bob")).items()} == {
        "Profile Photos": ["h.jpg", "new.png"]
    }
    photo = (await ground.get("friendica/photos/list", user="bob")).json[0]
    shown = (await ground.get("friendica/photo", user="bob", photo_id=photo["id"])).json
    assert (shown["profile"], [link.split("-")[1][0] for link in shown["link"]]) == (1, ["4", "5", "6"])
    assert (await ground.get("friendica/photo", user="bob", photo_id=photo["id"], scale=5)).json["datasize"] > 0
    assert (await ground.get("friendica/photo", user="bob", photo_id=photo["id"], scale=0)).status == 404


@pytest.mark.anyio
async def test_a_list_costs_one_call_at_any_number(ground: Ground) -> None:
    for number in range(1000):
        carry(ground.world, number)
    assert len((await ground.get("friendica/photos/list", twin=False)).json) == 1001
    assert ground.wire.count() == ground.wire.count("own_media") == 26
    for number in range(1000, 1003):
        ground.wire.clear()
        ground.store.trips.clear()
        carry(ground.world, number)
        assert len((await ground.get("friendica/photos/list", twin=False)).json) == 2 + number
        assert ground.wire.names == ["own_media"]
        assert len(ground.store.trips) <= 6
    ground.wire.clear()
    ground.store.trips.clear()
    big = (await ground.get("friendica/photoalbums")).json[0]
    assert (big["name"], big["count"]) == ("Big", 1003)
    assert ground.wire.names == ["own_media"]
    assert ground.store.trips == ["records", "records"]


@pytest.mark.anyio
async def test_what_lies_further_back_follows(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "FIRST_PAGES", 2)
    monkeypatch.setattr(registry, "OLDER_PAGES", 1)
    monkeypatch.setattr(registry, "HEAD_PAGES", 2)
    for number in range(150):
        carry(ground.world, number)
    seen = [len(await ids_of(ground, twin=False)) - 1 for _ in range(4)]
    assert seen == [80, 120, 150, 150]
    for number in range(150, 350):  # more than one look at the head reaches
        carry(ground.world, number)
    seen = [len(await ids_of(ground, twin=False)) - 1 for _ in range(8)]
    assert seen[0] == 230
    assert seen[-1] == 350


@pytest.mark.anyio
async def test_a_failure_in_the_middle_keeps_what_came(ground: Ground) -> None:
    for number in range(100):
        carry(ground.world, number)
    backend, whole = ground.connections.of("alice"), ground.connections.of("alice").own_media
    cursors: list[str | None] = []

    async def failing(cursor: str | None) -> object:
        cursors.append(cursor)
        if len(cursors) == 2:
            raise Unavailable("down")
        return await whole(cursor)

    backend.own_media = failing  # type: ignore[method-assign,assignment]
    assert len(await ids_of(ground, twin=False)) == 41
    assert len(await ids_of(ground, twin=False)) == 101
    ground.wire.fail(Unavailable("down"), "own_media")
    assert (await ground.get("friendica/photos/list")).status == 503


@pytest.mark.anyio
async def test_what_is_deleted_elsewhere_disappears(ground: Ground) -> None:
    kept, gone = carry(ground.world, 1), carry(ground.world, 2)
    newest = carry(ground.world, 3)
    wall = ground.world.post("alice", "two", media=[ground.world.attach("a.png"), ground.world.attach("b.png")])
    assert sorted((await albums_of(ground))["Big"]) == ["1.png", "2.png", "3.png"]
    ids = await ids_of(ground)
    ground.world.delete(gone)
    ground.world.posts[wall].media.pop()
    assert sorted((await albums_of(ground))["Big"]) == ["1.png", "3.png"]
    assert (await albums_of(ground))[WALL] == ["a.png"]
    for id in ids - await ids_of(ground):
        assert (await ground.get("friendica/photo", photo_id=id)).status == 404
        assert await ground.gateway.photos.public_record(id) is None
    for native in (kept, newest):
        ground.world.delete(native)
    assert set(await albums_of(ground)) == {WALL, "Profile Photos"}


@pytest.mark.anyio
async def test_a_carrier_changed_elsewhere_is_read_again(ground: Ground) -> None:
    native = carry(ground.world, 1)
    (photo,) = [row for row in (await ground.get("friendica/photos/list")).json if row["album"] == "Big"]
    ground.world.edit(native, written(Carrier(album="Other", filename="new.png", desc="changed")))
    shown = [row for row in (await ground.get("friendica/photos/list")).json if row["id"] == photo["id"]]
    assert [(row["album"], row["filename"], row["desc"]) for row in shown] == [("Other", "new.png", "changed")]


@pytest.mark.anyio
async def test_ids_and_photos_survive_a_restart_and_a_lost_store(tmp_path: Path) -> None:
    world = village()
    world.post("alice", "wall", media=[world.attach("wall.png")])
    async with gateway_on(tmp_path, world=world, capabilities=EDITING) as ground:
        made = [await create(ground, 'A / "b"', number=number, desc=f"d {number}") for number in range(3)]
        await ground.post("friendica/photo/update", photo_id=made[0]["id"], album=made[0]["album"], desc="changed")
        before = (await ground.get("friendica/photos/list")).json
        shown = (await ground.get("friendica/photo", photo_id=made[0]["id"])).json
    async with gateway_on(tmp_path, world=world, capabilities=EDITING) as ground:
        assert (await ground.get("friendica/photo", photo_id=made[0]["id"])).json == shown
        assert ground.wire.names == []
        assert (await ground.get("friendica/photos/list")).json == before
    lose_store(tmp_path)
    async with gateway_on(tmp_path, world=world, capabilities=EDITING) as ground:
        assert (await ground.get("friendica/photos/list")).json == before
        assert (await ground.get("friendica/photo", photo_id=made[0]["id"])).json == shown


@pytest.mark.anyio
async def test_places_are_found_by_id_alone(ground: Ground) -> None:
    made = await create(ground)
    place = await ground.gateway.photos.public_record(made["id"])
    assert place is not None
    account = await ground.gateway.store.account_by_login("alice")
    assert account is not None
    assert (place.account, place.private) == (account.id, False)
    assert place.url in {media.url for media in ground.world.uploads.values()}
    assert await ground.gateway.photos.public_record("0" * 32) is None


def test_places_that_were_stored_with_more_fields_are_still_read() -> None:
    raw = b'{"account":"1","url":"https://a.example/c.jpg","mime":"image/png","private":true,"kind":"wall"}'
    found = msgspec.json.decode(raw, type=PhotoPlace)
    assert found == PhotoPlace(account="1", url="https://a.example/c.jpg", private=True)


@pytest.mark.anyio
async def test_an_uploaded_picture_is_a_photo_before_and_after_it_is_posted(ground: Ground) -> None:
    """As DiCa does: the id out of the preview's address, a look at the photo, rights, and then the post."""
    bob = (await ground.get("users/show", screen_name="bob", twin=False)).json["id"]
    sent = await ground.post("media/upload", files={"media": ("a.png", picture(700, 16), "image/png")})
    preview = sent.json["image"]["friendica_preview_url"]
    found = re.search(r"/photo/([a-z0-9]+)-([0-6])\.png\?sig=", preview)
    assert found
    id = found[1]
    shown = (await ground.get("friendica/photo", photo_id=id)).json
    assert (shown["album"], shown["type"], shown["filename"]) == (WALL, "image/png", "a.png")
    form = {"photo_id": id, "album": WALL, "allow_cid": f"<{bob}>", "allow_gid": "", "deny_cid": "", "deny_gid": ""}
    assert (await ground.post("friendica/photo/update", **form)).json["result"] == "updated"
    assert (await ground.post("friendica/photo/update", **form, desc="a cat")).json["result"] == "updated"
    assert (await ground.post("friendica/photo/update", **form, album_new="Mine")).status == 501
    assert (await ground.post("friendica/photo/delete", photo_id=id)).status == 501
    assert id in await ids_of(ground)
    posted = await ground.post("statuses/update", status="look", media_ids=sent.json["media_id"], contact_allow=bob)
    assert posted.status == 200
    rows = [row for row in (await ground.get("friendica/photos/list")).json if row["album"] == WALL]
    assert [(row["id"], row["desc"]) for row in rows] == [(id, "a cat")]
    shown = (await ground.get("friendica/photo", photo_id=id)).json
    assert (shown["allow_cid"], "?sig=" in shown["link"][0]) == (f"<{bob}>", True)
    assert (await ground.post("friendica/photo/update", **form, desc="new")).status == 501


@pytest.mark.anyio
async def test_a_picture_that_is_never_posted_goes_again(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    await ground.post("media/upload", files={"media": ("a.png", picture(20, 16), "image/png")})
    assert WALL in await albums_of(ground)
    assert await ids_of(ground, user="bob") & await ids_of(ground) == set()
    now = time.time()
    monkeypatch.setattr(ground.gateway.photos, "_clock", lambda: now + registry.WAIT_SECONDS + 1)
    assert WALL not in await albums_of(ground)
