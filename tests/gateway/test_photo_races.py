"""A list of photos that is being read while one of them is changed: what was changed counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.backend import Capabilities
from mappings import hub
from tests.gateway.photo_ground import EDITING, PLAIN, create, ids_of
from tests.gateway_harness import Ground, gateway_on


@pytest.fixture(params=[EDITING, PLAIN], ids=["editing", "anew"])
async def yard(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    capabilities: Capabilities = request.param
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        yield ground


@asynccontextmanager
async def reading(ground: Ground) -> AsyncIterator[None]:
    """Meanwhile a list of photos is on its way from the backend, as it was before."""
    backend = ground.connections.of("alice")
    own_media, reached, go = backend.own_media, asyncio.Event(), asyncio.Event()

    async def slow(cursor: str | None) -> hub.Page[hub.Entry]:
        page = await own_media(cursor)
        reached.set()
        await go.wait()
        return page

    backend.own_media = slow  # type: ignore[method-assign]
    listing = asyncio.create_task(ground.get("friendica/photos/list", twin=False))
    await reached.wait()
    backend.own_media = own_media  # type: ignore[method-assign]
    yield
    go.set()
    await listing


def make_smaller_picture(ground: Ground) -> None:
    """The server has made another small picture, so that the list changes the record."""
    for native, media in ground.world.uploads.items():
        ground.world.uploads[native] = replace(media, preview_url=f"{media.url}?smaller")


@pytest.mark.anyio
async def test_narrowed_rights_stay_narrow(yard: Ground) -> None:
    bob = (await yard.get("users/show", screen_name="bob", twin=False)).json["id"]
    made = await create(yard)
    assert await ids_of(yard, twin=False) > {made["id"]}
    make_smaller_picture(yard)
    async with reading(yard):
        form = {"photo_id": made["id"], "album": "Holiday", "allow_cid": f"<{bob}>"}
        assert (await yard.post("friendica/photo/update", **form)).json["result"] == "updated"
    place = await yard.gateway.photos.public_record(made["id"])
    assert place is not None
    assert place.private


@pytest.mark.anyio
async def test_a_changed_photo_is_not_taken_for_a_deleted_one(yard: Ground) -> None:
    first, second = await create(yard), await create(yard, number=1)
    assert len(await ids_of(yard, twin=False)) == 3
    yard.world.delete(next(post for post, it in yard.world.posts.items() if it.media == ["m2"]))
    async with reading(yard):
        form = {"photo_id": first["id"], "album": "Holiday", "desc": "changed"}
        assert (await yard.post("friendica/photo/update", **form)).json["result"] == "updated"
    assert await yard.gateway.photos.public_record(first["id"]) is not None
    assert await yard.gateway.photos.public_record(second["id"]) is None


@pytest.mark.anyio
async def test_a_deleted_photo_does_not_come_back(yard: Ground) -> None:
    made = await create(yard)
    await ids_of(yard, twin=False)
    make_smaller_picture(yard)
    async with reading(yard):
        assert (await yard.post("friendica/photo/delete", photo_id=made["id"])).json["result"] == "deleted"
    assert await yard.gateway.photos.public_record(made["id"]) is None
