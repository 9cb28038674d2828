"""Rights of photos, and what others did with the pictures of posts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fake_notices import picture
from tests.gateway.photo_ground import EDITING, carriers, create, lose_store
from tests.gateway_harness import Ground, gateway_on, village

ALL = ("allow_cid", "deny_cid", "allow_gid", "deny_gid")


async def gid_of(ground: Ground, name: str = "Family") -> int:
    ground.world.lists[f"list-{name}"] = (name, ["p:bob"])
    groups = (await ground.get("friendica/group_show", twin=False)).json
    found: int = next(group["gid"] for group in groups if group["name"] == name)
    return found


async def stored(ground: Ground, **rights: str) -> Any:
    """What the call answers, whatever that is."""
    media = {"media": ("a.png", picture(16, 16), "image/png")}
    return await ground.post("friendica/photo/create", album="A", files=media, **rights)


@pytest.mark.anyio
async def test_rights_are_kept_and_make_addresses_signed(ground: Ground) -> None:
    bob, carol, family = await ground.number("bob"), await ground.number("carol"), await gid_of(ground)
    rights = {"allow_cid": f"<{bob}><{carol}>", "allow_gid": f"<{family}>", "deny_cid": f"<{carol}>", "deny_gid": ""}
    made = await create(ground, **rights)
    assert {name: made[name] for name in ALL} == rights
    assert all("?sig=" in link for link in made["link"])
    (post,) = carriers(ground)
    assert (post.visibility, post.to) == ("direct", [])
    assert "@" not in post.text
    place = await ground.gateway.photos.public_record(made["id"])
    assert place is not None
    assert place.private
    assert place.rights.allow_gid == f"<{family}>"


@pytest.mark.anyio
async def test_every_id_must_be_a_contact_or_a_group_of_mine(ground: Ground) -> None:
    bob, dave, family = await ground.number("bob"), await ground.number("dave"), await gid_of(ground)
    wrong = (
        {"allow_cid": f"<{dave}>"}, {"deny_cid": f"<{bob}><{dave}>"}, {"allow_gid": "<99999>"}, {"allow_cid": "<0>"},
        {"allow_cid": f"<{bob}"}, {"allow_cid": str(bob)}, {"deny_cid": f"<{bob}> and <{bob}>"}, {"deny_gid": "<-1>"},
        {"allow_cid": "<99999999999999>"}, {"allow_cid": f"<{bob}>" * 501}, {"allow_cid": f"<{bob}>", "deny_gid": "x"},
    )  # fmt: skip
    for rights in wrong:
        reply = await stored(ground, **rights)
        assert (reply.status, reply.error) == (400, "acl data invalid"), rights
    assert ground.wire.count("upload", "post") == 0
    me = await ground.number("alice")
    assert (await stored(ground, allow_cid=f"<{me}><{bob}>", deny_gid=f"<{family}>")).status == 200
    ground.world.lists.clear()
    reply = await stored(ground, allow_gid=f"<{family}>")
    assert (reply.status, reply.error) == (400, "acl data invalid")


@pytest.mark.anyio
async def test_only_rights_that_are_named_change(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=EDITING) as ground:
        bob, carol = await ground.number("bob"), await ground.number("carol")
        made = await create(ground, allow_cid=f"<{bob}>", deny_cid=f"<{carol}>")
        form = {"photo_id": made["id"], "album": "Holiday"}
        for change, left in (
            ({"desc": "x"}, {"allow_cid": f"<{bob}>", "deny_cid": f"<{carol}>"}),
            ({"allow_cid": f"<{carol}>"}, {"allow_cid": f"<{carol}>", "deny_cid": f"<{carol}>"}),
            ({"deny_cid": ""}, {"allow_cid": f"<{carol}>", "deny_cid": ""}),
            ({"allow_cid": "", "deny_gid": ""}, {"allow_cid": "", "deny_cid": ""}),
        ):
            assert (await ground.post("friendica/photo/update", **form, **change)).json["result"] == "updated"
            shown = (await ground.get("friendica/photo", photo_id=made["id"])).json
            assert {name: shown[name] for name in ("allow_cid", "deny_cid")} == left
        assert all("?sig=" not in link for link in shown["link"])
        reply = await ground.post("friendica/photo/update", **form, allow_cid="<77777>")
        assert (reply.status, reply.error) == (400, "acl data invalid")


@pytest.mark.anyio
async def test_rights_stay_with_somebody_who_is_no_contact_any_more(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=EDITING, contact_seconds=1) as ground:
        bob = await ground.number("bob")
        made = await create(ground, allow_cid=f"<{bob}>")
        ground.world.follows.clear()
        ground.gateway.contacts.forget((await ground.gateway.store.accounts())[0].id)
        reply = await ground.post("friendica/photo/update", photo_id=made["id"], album="Holiday", desc="new")
        assert reply.json["result"] == "updated"
        shown = (await ground.get("friendica/photo", photo_id=made["id"])).json
        assert (shown["desc"], shown["allow_cid"]) == ("new", f"<{bob}>")


@pytest.mark.anyio
async def test_a_lost_store_makes_no_private_photo_public(tmp_path: Path) -> None:
    world = village()
    async with gateway_on(tmp_path, world=world) as ground:
        bob, family = await ground.number("bob"), await gid_of(ground)
        first = await create(ground, number=1, allow_cid=f"<{bob}>")
        second = await create(ground, number=2, deny_gid=f"<{family}>")
    lose_store(tmp_path)
    async with gateway_on(tmp_path, world=world) as ground:
        assert await ground.number("carol")  # numbers are given anew, in another order
        shown = (await ground.get("friendica/photo", photo_id=first["id"])).json
        assert shown["allow_cid"] == f"<{await ground.number('bob')}>"
        shown = (await ground.get("friendica/photo", photo_id=second["id"])).json
        assert shown["deny_gid"] == f"<{await gid_of(ground)}>"
        assert "?sig=" in shown["link"][0]


@pytest.mark.anyio
async def test_what_others_did_with_a_picture_of_a_post_is_shown(ground: Ground) -> None:
    world = ground.world
    native = world.post("alice", "look", media=[world.attach("a.png")])
    world.post("bob", "nice", reply_to=native)
    world.favour("carol", native)
    (photo,) = [row for row in (await ground.get("friendica/photos/list")).json if row["filename"] == "a.png"]
    ground.wire.clear()
    shown = (await ground.get("friendica/photo", photo_id=photo["id"])).json
    assert ground.wire.count("activities") == ground.wire.count("thread") == 1
    assert ground.wire.count("status", "statuses", "fetch", "own_media", "account") == 0
    assert [user["screen_name"] for user in shown["friendica_activities"]["like"]] == ["carol"]
    assert [status["text"].split("\n")[0] for status in shown["friendica_comments"]] == ["look", "nice"]
    world.delete(native)
    reply = await ground.get("friendica/photo", photo_id=photo["id"])
    assert (reply.status, reply.error) == (404, "Not Found")


@pytest.mark.anyio
async def test_roots_are_those_of_the_calls(ground: Ground) -> None:
    media = {"media": ("a.png", picture(16, 16), "image/png")}
    made = await ground.post("friendica/photo/create", format="xml", album="A", files=media)
    assert b"<photo_create " in made.body
    photo = (await ground.get("friendica/photos/list")).json[0]
    form = {"photo_id": photo["id"], "album": "A"}
    assert b"<photo_update " in (await ground.post("friendica/photo/update", format="xml", **form)).body
    assert b"<photo " in (await ground.get("friendica/photo", format="xml", photo_id=photo["id"])).body
    listed = (await ground.get("friendica/photos/list", format="xml")).body
    assert b'<photos type="array"><photo id="' in listed
    assert b"<photo_delete " in (await ground.post("friendica/photo/delete", format="xml", **form)).body
