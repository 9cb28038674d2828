"""media/metadata/create: the description of an uploaded picture."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.errors import Slow
from tests.gateway import drawn
from tests.gateway_harness import Answer, Ground, gateway_on

PATH = "media/metadata/create"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with gateway_on(tmp_path) as made:
        yield made


async def uploaded(ground: Ground, user: str = "alice") -> int:
    """The id of a fresh upload."""
    media = base64.b64encode(drawn.drawn(60, 60, "PNG")).decode()
    answer = await ground.post("media/upload", user=user, media_data=media)
    ground.wire.clear()
    ground.store.trips.clear()
    id: int = answer.json["media_id"]
    return id


def described(ground: Ground) -> list[str]:
    return [media.description for media in ground.world.uploads.values()]


async def send(ground: Ground, body: bytes, format: str = "json", **headers: str) -> Answer:
    answer = await ground.request("POST", PATH, format=format, content=body, headers=JSON | headers)
    ground._check(PATH, answer)
    return answer


async def say(ground: Ground, id: Any, text: Any, format: str = "json") -> Answer:
    return await send(ground, msgspec.json.encode({"media_id": id, "alt_text": {"text": text}}), format)


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("kind", [int, str])
async def test_a_picture_is_described(ground: Ground, kind: type, format: str) -> None:
    answer = await say(ground, kind(await uploaded(ground)), 'a cat\n"Mütze" 🐈', format)
    assert (answer.status, answer.body) == (200, b"")
    assert described(ground) == ['a cat\n"Mütze" 🐈']
    assert (ground.wire.names, ground.store.trips) == (["describe"], ["media_by_ids"])


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])
async def test_whatever_the_content_type_says(ground: Ground, kind: str) -> None:
    body = b'{"media_id":"%d","alt_text":{"text":"x"}}' % await uploaded(ground)
    answer = await ground.request("POST", PATH, content=body, headers={"Content-Type": kind})
    assert (answer.status, described(ground)) == (200, ["x"])


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["plain words", '{"text":"plain words"}'])
async def test_fields_will_do_too(ground: Ground, text: str) -> None:
    answer = await ground.post(PATH, media_id=str(await uploaded(ground)), alt_text=text)
    assert (answer.status, described(ground)) == (200, ["plain words"])


NOT_THERE = "Metadata not found."
BAD: dict[bytes, str] = {
    b"": "No post data",
    b"{": "Invalid post data",
    b"nonsense": "Invalid post data",
    b"[]": "Invalid post data",
    b"{}": "Invalid post data",
    b'["media_id"]': "Invalid post data",
    b'{"media_id":"1","alt_text":{"text":"x"}': "Invalid post data",
    b'{"a":1}': "Missing post data values",
    b'{"media_id":"1"}': "Missing post data values",
    b'{"alt_text":{"text":"x"}}': "Missing post data values",
    b'{"media_id":"0","alt_text":{"text":"x"}}': "Missing post data values",
    b'{"media_id":null,"alt_text":{"text":"x"}}': "Missing post data values",
    b'{"media_id":"1","alt_text":{}}': "Missing post data values",
    b'{"media_id":"1","alt_text":null}': "Missing post data values",
    b'{"media_id":"1","alt_text":{"text":""}}': "No alt text.",
    b'{"media_id":"1","alt_text":{"text":" "}}': "No alt text.",
    b'{"media_id":"1","alt_text":{"text":5}}': "No alt text.",
    b'{"media_id":"1","alt_text":{"words":"x"}}': "No alt text.",
    b'{"media_id":"99","alt_text":{"text":"x"}}': NOT_THERE,
    b'{"media_id":"cat","alt_text":{"text":"x"}}': NOT_THERE,
    b'{"media_id":99999999999999999999999,"alt_text":{"text":"x"}}': NOT_THERE,
}


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("body", BAD)
async def test_errors_in_the_documented_words(ground: Ground, body: bytes, format: str) -> None:
    await uploaded(ground)
    answer = await send(ground, body, format)
    assert (answer.status, answer.error) == (400, BAD[body])
    assert ground.wire.names == []


@pytest.mark.anyio
async def test_pictures_of_others_and_pictures_in_posts_are_not_found(ground: Ground) -> None:
    theirs = await uploaded(ground, "bob")
    assert (await say(ground, theirs, "mine")).error == NOT_THERE
    own = await uploaded(ground)
    ground.world.post("alice", "with picture", media=["m2"])
    assert (await say(ground, own, "too late")).error == NOT_THERE
    assert described(ground) == ["", ""]


@pytest.mark.anyio
async def test_it_is_never_said_done_when_it_was_not(ground: Ground) -> None:
    id = await uploaded(ground)
    ground.wire.fail(Slow("The server did not answer in time."), "describe")
    assert (await say(ground, id, "x")).status == 504
    assert (await ground.request("GET", PATH)).status == 405
    assert (await ground.request("POST", PATH, user=None, content=b"{}", headers=JSON)).status == 401
    assert described(ground) == [""]
