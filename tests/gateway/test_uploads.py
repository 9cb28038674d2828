"""media/upload in parts: INIT, APPEND, FINALIZE, STATUS (reference/clients.md section 8)."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import OutcomeUnknown, Slow
from gateway.errors import ApiError
from gateway.parts import SECONDS, SEGMENT_BYTES, Parts
from gateway.stores.sqlite import SqliteStore
from gateway.vault import Vault
from tests.gateway import drawn
from tests.gateway_harness import Answer, Ground, gateway_on

pytestmark = pytest.mark.anyio
PATH = "media/upload"
PNG = drawn.drawn(60, 40, "PNG")


async def init(ground: Ground, total: int = len(PNG), user: str = "alice", **more: Any) -> int:
    answer = await ground.post(PATH, user=user, command="INIT", total_bytes=total, media_type="image/png", **more)
    assert answer.json["expires_after_secs"] == SECONDS
    id: int = answer.json["media_id"]
    return id


async def append(ground: Ground, id: int, segment: Any, data: bytes, user: str = "alice") -> Answer:
    """As python-twitter and TwitterAPI send it."""
    return await ground.request(
        "POST", PATH, user=user, data={"command": "APPEND", "media_id": id, "segment_index": segment},
        files={"media": ("blob", data, "application/octet-stream")},
    )  # fmt: skip


async def finalize(ground: Ground, id: int, **more: Any) -> Answer:
    return await ground.post(PATH, command="FINALIZE", media_id=id, **more)


def stored(ground: Ground) -> list[bytes]:
    return [ground.world.files[media.url][0] for media in ground.world.uploads.values()]


async def test_parts_in_any_order_and_twice_make_the_file(ground: Ground) -> None:
    id, third = await init(ground), len(PNG) // 3
    assert id < 2**53
    pieces = [PNG[:third], PNG[third : 2 * third], PNG[2 * third :]]
    for number in (2, 0, 0, 1):
        answer = await append(ground, id, number, pieces[number])
        assert (answer.status, answer.body) == (200, b"")
        assert "content-type" not in answer.headers
    ground.wire.clear()
    done = await finalize(ground, id, description="A drawing")
    assert ground.wire.names == ["upload"]
    assert (done.json["media_id"], done.json["size"]) == (id, len(PNG))
    assert (done.json["image"]["w"], done.json["image"]["h"]) == (640, 480)
    assert "processing_info" not in done.json
    assert stored(ground) == [PNG]
    assert [media.description for media in ground.world.uploads.values()] == ["A drawing"]
    post = await ground.post("statuses/update", status="look", media_ids=str(id))
    assert len(post.json["attachments"]) == 1


async def test_base64_in_a_form_is_a_part_too(ground: Ground) -> None:
    """twit sends it so; the parameters of others stand in the address."""
    id = await init(ground)
    for number, piece in enumerate((PNG[:50], PNG[50:])):
        sent = {"command": "APPEND", "media_id": id, "segment_index": number, "media": base64.b64encode(piece).decode()}
        assert (await ground.request("POST", PATH, data=sent)).status == 200
    await ground.request("POST", PATH, params={"command": "FINALIZE", "media_id": id})
    assert stored(ground) == [PNG]


async def test_asked_again_the_answer_is_the_same_and_nothing_is_stored_twice(ground: Ground) -> None:
    id = await init(ground)
    await append(ground, id, 0, PNG)
    both = await asyncio.gather(finalize(ground, id), finalize(ground, id))
    again = await finalize(ground, id)
    asked = await ground.get(PATH, command="STATUS", media_id=id)
    assert {answer.body for answer in both} == {again.body, asked.body}
    assert len(stored(ground)) == 1
    late = await append(ground, id, 0, PNG)
    assert (late.status, late.error) == (400, "This upload is finished.")


async def test_the_state_of_an_upload_in_both_formats(ground: Ground) -> None:
    id = await init(ground)
    found = await ground.request("GET", PATH, params={"command": "STATUS", "media_id": id})
    assert found.json["media_id_string"] == str(id)
    assert 0 < found.json["expires_after_secs"] <= SECONDS
    xml = await ground.post(PATH, format="xml", command="STATUS", media_id=id)
    assert f"<media_id>{id}</media_id>".encode() in xml.body
    begun = await ground.post(PATH, format="xml", command="INIT", total_bytes=9, media_type="image/png")
    assert b"<expires_after_secs>3600<" in begun.body


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"command": "INIT"}, 400, "total_bytes: the size of the file in bytes."),
    ({"command": "INIT", "total_bytes": "many"}, 400, "total_bytes: the size of the file in bytes."),
    ({"command": "INIT", "total_bytes": 5, "media_type": "text/plain"}, 400,
     "media_type: only pictures and videos are taken."),
    ({"command": "INIT", "total_bytes": 10**9}, 413, "The file is too large: at most 25165824 bytes."),
    ({"command": "APPEND", "media_id": 7, "segment_index": 0}, 400, "media: one segment of the file."),
    ({"command": "APPEND", "media_id": 7, "segment_index": -1, "media": "QUJD"}, 400,
     "segment_index: a number from 0 to 999."),
    ({"command": "APPEND", "media_id": 7, "segment_index": "0", "media": "QUJD"}, 400,
     "media_id: there is no such upload, or it took too long."),
    ({"command": "FINALIZE", "media_id": 7}, 400, "media_id: there is no such upload, or it took too long."),
    ({"command": "FINALIZE"}, 400, "media_id: there is no such upload, or it took too long."),
    ({"command": "STATUS", "media_id": "x"}, 400, "media_id: there is no such upload, or it took too long."),
    ({"command": "REMOVE"}, 400, "command: INIT, APPEND, FINALIZE, STATUS are known."),
]  # fmt: skip


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_what_is_wrong_is_said(ground: Ground, format: str) -> None:
    for sent, status, text in BAD:
        answer = await ground.post(PATH, format=format, **sent)
        assert (answer.status, answer.error) == (status, text), sent
    assert (await ground.request("GET", PATH, params={"media_data": "QUJD"})).status == 405
    for method in ("GET", "HEAD"):
        for params in ({"command": "FINALIZE"}, {"command": "INIT", "total_bytes": 5},
                       {"media": base64.b64encode(PNG).decode()}):  # fmt: skip
            assert (await ground.request(method, PATH, params=params)).status == 405
    assert not ground.world.uploads


async def test_an_upload_belongs_to_its_account(ground: Ground) -> None:
    id = await init(ground)
    assert (await append(ground, id, 0, PNG, user="bob")).status == 400
    await append(ground, id, 0, PNG)
    stolen = await ground.post(PATH, user="bob", command="FINALIZE", media_id=id)
    assert stolen.status == 400
    early = await ground.post("statuses/update", status="early", media_ids=str(id))
    assert (early.status, stored(ground)) == (400, [])


async def test_what_does_not_fit_together_is_no_file(ground: Ground) -> None:
    id = await init(ground)
    await append(ground, id, 0, PNG[:-5])
    short = await finalize(ground, id)
    assert short.error == f"{len(PNG) - 5} of the announced {len(PNG)} bytes have come."
    much = await append(ground, id, 1, b"123456")
    assert (much.status, much.error) == (400, f"More than the announced {len(PNG)} bytes.")
    await append(ground, id, 1, PNG[-5:])
    assert (await finalize(ground, id)).status == 200
    text = await init(ground, 5)
    await append(ground, text, 0, b"hello")
    assert (await finalize(ground, text)).error == "Unable to process image."
    assert (await finalize(ground, text)).error.startswith("media_id:")
    film = (await ground.post(PATH, command="INIT", total_bytes=len(PNG), media_type="video/mp4")).json["media_id"]
    await append(ground, film, 0, PNG)
    assert (await finalize(ground, film)).error == "The file is image/png, not video/mp4."
    large = await append(ground, await init(ground, 9_000_000), 0, bytes(SEGMENT_BYTES + 1))
    assert large.status == 413


async def test_a_server_that_fails_can_be_asked_again(ground: Ground) -> None:
    id = await init(ground)
    await append(ground, id, 0, PNG)
    for error in (Slow("late"), OutcomeUnknown("?")):
        ground.wire.fail(error, "upload")
        assert (await finalize(ground, id)).status == 504
    assert (await finalize(ground, id)).json["media_id"] == id
    assert stored(ground) == [PNG]


async def test_a_server_without_files_takes_no_parts(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=Capabilities(software="bovine", uploads=False)) as ground:
        answer = await ground.post(PATH, command="INIT", total_bytes=5)
        assert answer.status == 501


async def test_what_is_open_is_bounded_and_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, upload_bytes=4096, max_body=1_000_000) as ground:
        first = await init(ground, 900)
        full = await ground.post(PATH, command="INIT", total_bytes=4000)
        assert (full.status, full.error) == (413, "Unfinished uploads may hold 4096 bytes; finish one first.")
        await append(ground, first, 0, b"secret words" * 10)
        others = await ground.post(PATH, user="bob", command="INIT", total_bytes=4000)
        assert (others.status, others.headers["retry-after"]) == (503, "60")
        bob = await init(ground, len(PNG), user="bob")
        await append(ground, bob, 0, PNG, user="bob")
        await ground.post(PATH, user="bob", command="FINALIZE", media_id=bob)
        await init(ground, 3100, user="bob")  # what is finished holds nothing
    assert b"secret words" not in bytes_in(tmp_path)


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("oldbird.sqlite*"))


class Clock:
    """Seconds that the test passes."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_what_is_not_finished_makes_room_after_its_time(tmp_path: Path) -> None:
    store, clock = SqliteStore(tmp_path / "store.sqlite"), Clock()
    await store.open()
    parts = [Parts(store, Vault(bytes(32)), most_file=100, most_open=100, clock=clock) for _ in range(2)]
    await parts[0].begin("alice", 80, "")
    with pytest.raises(ApiError, match="finish one first"):
        await parts[1].begin("alice", 80, "")  # another worker counts the same
    clock.now += SECONDS + 1
    id = await parts[1].begin("alice", 80, "")
    opened = await parts[0].find("alice", id)
    assert opened.total == 80
    await store.close()


async def test_workers_at_the_same_file_lose_no_part(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    workers = [Parts(store, Vault(bytes(32)), most_file=1000, most_open=1000) for _ in range(2)]
    id = await workers[0].begin("alice", 40, "image/png")
    await asyncio.gather(*(workers[n % 2].add("alice", id, n, b"%d!" % n) for n in range(20) if n < 10),
                         *(workers[n % 2].add("alice", id, n + 10, b"+") for n in range(20)))  # fmt: skip
    opened = await workers[1].find("alice", id)
    assert await workers[0].whole("alice", id, opened) == b"".join(b"%d!" % n for n in range(10)) + b"+" * 20
    await store.keep(workers[0]._part(f"alice:{id}", 3), b"", 60)
    with pytest.raises(ApiError, match="Segment 3 was lost"):
        await workers[0].whole("alice", id, opened)
    await store.close()


async def test_metadata_follows_an_upload_in_parts(ground: Ground) -> None:
    id = await init(ground)
    body = msgspec.json.encode({"media_id": str(id), "alt_text": {"text": "Late"}})
    assert (await ground.request("POST", "media/metadata/create", content=body)).status == 400
    await append(ground, id, 0, PNG)
    await finalize(ground, id)
    assert (await ground.request("POST", "media/metadata/create", content=body)).status == 200
    assert [media.description for media in ground.world.uploads.values()] == ["Late"]
