"""Width and height of photos on servers that do not tell them: clients lay pictures out by these numbers."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.gateway import drawn
from tests.gateway.photo_ground import create
from tests.gateway_harness import Ground

JPEG = drawn.drawn(format="JPEG")


@pytest.fixture
def silent(ground: Ground) -> Ground:
    """A server that says of no picture how large it is."""
    ground.world.size = (0, 0)
    return ground


def size(photo: Any) -> tuple[int, int]:
    """Width and height of a reply."""
    return photo["width"], photo["height"]


@pytest.mark.anyio
async def test_what_was_measured_when_it_came_stays(silent: Ground) -> None:
    made = await create(silent)
    assert size(made) == (32, 16)
    assert (await silent.get("friendica/photos/list")).status == 200
    silent.wire.clear()
    assert size((await silent.get("friendica/photo", photo_id=made["id"])).json) == (32, 16)
    assert silent.wire.names == []


@pytest.mark.anyio
async def test_the_file_tells_the_size_of_what_came_from_elsewhere(silent: Ground) -> None:
    native = silent.world.attach("a.jpg", "image/jpeg")
    silent.world.files[silent.world.uploads[native].url] = (JPEG, "image/jpeg")
    silent.world.post("alice", "from another program", media=[native])
    (row,) = [row for row in (await silent.get("friendica/photos/list")).json if row["filename"] == "a.jpg"]
    for calls in (["fetch"], []):
        silent.wire.clear()
        assert size((await silent.get("friendica/photo", photo_id=row["id"])).json) == (800, 600)
        assert [name for name in silent.wire.names if name == "fetch"] == calls


@pytest.mark.anyio
async def test_a_file_that_is_no_picture_does_not_hide_the_photo(silent: Ground) -> None:
    native = silent.world.attach("a.jpg", "image/jpeg")
    silent.world.files[silent.world.uploads[native].url] = (b"<html>", "text/html")
    silent.world.post("alice", "from another program", media=[native])
    (row,) = [row for row in (await silent.get("friendica/photos/list")).json if row["filename"] == "a.jpg"]
    reply = await silent.get("friendica/photo", photo_id=row["id"])
    assert (reply.status, *size(reply.json)) == (200, 0, 0)


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
async def test_an_upload_says_its_size(silent: Ground, format: str) -> None:
    data = drawn.drawn(format=format)
    image = (await silent.post("media/upload", files={"media": ("a", data)})).json["image"]
    assert (image["w"], image["h"]) == (800, 600)
    photo = image["friendica_preview_url"].rpartition("/")[2].partition("-")[0]
    silent.wire.clear()
    assert size((await silent.get("friendica/photo", photo_id=photo)).json) == (800, 600)
    assert silent.wire.names == []


@pytest.mark.anyio
async def test_drawings_are_no_photos(ground: Ground) -> None:
    ground.world.people["p:dave"] = replace(
        ground.world.people["p:dave"], avatar="https://fedi.test/avatars/dave.svg", header="https://fedi.test/h.svg?1"
    )
    assert (await ground.get("friendica/photos/list", user="dave")).json == []
