"""Pictures the way old clients send them. Whatever the form, the server behind must hold the very same bytes."""

from __future__ import annotations

import base64
import os
import struct
import zlib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx2 as httpx
import pytest

from tests.clients.gear import Far

FORM = "multipart/form-data; boundary=edge"


class Part(NamedTuple):
    """One part of a hand-written form: its header lines, its data."""

    lines: tuple[str, ...]
    data: bytes


def field(name: str, value: str) -> Part:
    """A text field."""
    return Part((f'Content-Disposition: form-data; name="{name}"',), value.encode())


def form(*parts: Part, ending: bytes = b"\r\n") -> bytes:
    """A multipart body; `ending` follows the closing boundary."""
    body = b""
    for part in parts:
        body += b"--edge\r\n" + "\r\n".join([*part.lines, "", ""]).encode() + part.data + b"\r\n"
    return body + b"--edge--" + ending


def file_part(name: str, disposition: str = "form-data", filename: str = "", *further: str) -> tuple[str, ...]:
    """Header lines of a file part."""
    named = f'; filename="{filename}"' if filename else ""
    return (f'Content-Disposition: {disposition}; name="{name}"{named}', *further)


def noisy_png(side: int) -> bytes:
    """A PNG that does not shrink: three bytes a pixel of noise."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + os.urandom(3 * side) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(rows, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def several_mib() -> bytes:
    """More than 3 MiB, more than 4 MiB as base64."""
    return noisy_png(1024)


def check(far: Far, status: dict[str, Any], *pictures: bytes) -> None:
    """The status carries exactly these pictures, there (in an order of its own) and in the gateway's reply."""
    there = [far.web.get(media["url"]).content for media in far.status(status)["media_attachments"]]
    assert sorted(there) == sorted(pictures)
    assert len(status["attachments"]) == len(pictures)


STREAM = "Content-Type: application/octet-stream"
ENCODED = "Content-Transfer-Encoding: base64"

SHAPES = {
    "with a file name": file_part("media", "form-data", "a.png", "Content-Type: image/png"),
    "without file name": file_part("media", "form-data", "", STREAM),
    "without file name and type": file_part("media"),
    "as text/plain": file_part("media", "form-data", "", "Content-Type: text/plain;charset=utf-8"),
    "media[]": file_part("media[]", "form-data", "a.png"),
    "wrong type": file_part("media", "form-data", "a.png", "Content-Type: image/jpeg"),
    "disposition file": file_part("media", "file", "a.png", "Content-Type: image/png"),
    "quoted file name": file_part("media", "form-data", r"a \"b\" c.png"),
}


@pytest.mark.parametrize("call", ["statuses/update", "statuses/update_with_media"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_in_one_part(web: httpx.Client, far: Far, picture: Path, shape: str, call: str) -> None:
    data = picture.read_bytes()
    body = form(Part(SHAPES[shape], data), field("status", f"{call} {shape}"), ending=b"")
    answer = web.post(f"/api/{call}.json", content=body, headers={"Content-Type": FORM})
    assert answer.status_code == 200
    check(far, answer.json(), data)


@pytest.mark.parametrize("further", [(STREAM, ENCODED), (STREAM,), ()])
@pytest.mark.parametrize("name", ["media", "media[]", "media_data"])
def test_base64_inside_a_part(web: httpx.Client, far: Far, picture: Path, name: str, further: tuple[str, ...]) -> None:
    data = picture.read_bytes()
    part = Part(file_part(name, "form-data", "", *further), base64.b64encode(data))
    body = form(part, field("status", f"base64 {name} {len(further)}"))
    answer = web.post("/api/statuses/update_with_media.json", content=body, headers={"Content-Type": FORM})
    assert answer.status_code == 200
    check(far, answer.json(), data)


def test_base64_of_several_mib_in_a_urlencoded_field(web: httpx.Client, far: Far, several_mib: bytes) -> None:
    body = urlencode({"media_data": base64.b64encode(several_mib).decode()})
    assert len(body) > 4 * 1024 * 1024
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = web.post("/1.1/media/upload.json", content=body.encode(), headers=kind)
    assert answer.status_code == 200
    media = answer.json()
    fields = {"status": "several MiB, urlencoded", "media_ids": media["media_id_string"]}
    check(far, web.post("/1.1/statuses/update.json", data=fields).json(), several_mib)


def test_base64_of_several_mib_in_a_part(web: httpx.Client, far: Far, several_mib: bytes) -> None:
    body = form(Part(file_part("media_data"), base64.b64encode(several_mib)), field("status", "several MiB in a part"))
    answer = web.post("/api/statuses/update.json", content=body, headers={"Content-Type": FORM})
    assert answer.status_code == 200
    check(far, answer.json(), several_mib)


def test_media_upload_says_what_was_stored(web: httpx.Client, picture: Path) -> None:
    data = picture.read_bytes()
    media = web.post("/api/media/upload.json", files={"media": ("g.png", data, "image/png")}).json()
    assert type(media["media_id"]) is int
    assert 0 < media["media_id"] < 2**53
    assert media["media_id_string"] == str(media["media_id"])
    assert media["size"] == len(data)
    assert (media["image"]["w"], media["image"]["h"], media["image"]["image_type"]) == (40, 30, "image/png")


@pytest.mark.parametrize("form_of_ids", ["comma", "repeated", "twice", "brackets"])
def test_several_pictures_by_id(web: httpx.Client, far: Far, picture: Path, form_of_ids: str) -> None:
    pictures = [picture.read_bytes(), noisy_png(8)]
    uploads = [web.post("/api/media/upload.json", files={"media": ("g.png", data)}).json() for data in pictures]
    ids = [media["media_id_string"] for media in uploads]
    fields = {"status": f"by id {form_of_ids}"}
    query, data = {
        "comma": ({}, {"media_ids": ",".join(ids)}),
        "repeated": ({}, {"media_ids": ids}),
        "twice": ({"media_ids": ",".join(ids)}, {"media_ids": ",".join(ids)}),
        "brackets": ({}, {"media_ids[]": ids}),
    }[form_of_ids]
    answer = web.post("/api/statuses/update.json", params=query, data={**fields, **data})
    assert answer.status_code == 200
    check(far, answer.json(), *pictures)


def test_several_pictures_in_one_form(web: httpx.Client, far: Far, picture: Path) -> None:
    pictures = [picture.read_bytes(), noisy_png(8)]
    parts = [Part(file_part("media[]", "form-data", "", STREAM), data) for data in pictures]
    answer = web.post(
        "/api/statuses/update.json",
        content=form(*parts, field("status", "two at once")),
        headers={"Content-Type": FORM},
    )
    assert answer.status_code == 200
    check(far, answer.json(), *pictures)


@pytest.mark.parametrize("call", ["media/upload", "statuses/update_with_media"])
def test_what_is_no_picture_is_refused(web: httpx.Client, call: str) -> None:
    answer = web.post(f"/api/{call}.json", data={"status": "no picture"}, files={"media": ("a.png", b"not an image")})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == 324
