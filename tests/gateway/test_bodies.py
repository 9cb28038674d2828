"""Bodies as old clients write them, and damaged ones."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ask import Upload
from gateway.bodies import (
    EMPTY,
    MAX_FIELDS,
    Body,
    Gone,
    Incoming,
    base_name,
    from_base64,
    parse,
    parse_form,
    read_body,
)
from gateway.call_rows import TABLE
from gateway.errors import ApiError
from gateway.multipart import MAX_PARTS, MEMORY_BYTES
from gateway.params import read

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
BIG = PNG + b"\xff\x00\r\n--" * 400_000
LIMIT = 8 * 1024 * 1024
FORM = "application/x-www-form-urlencoded"


async def body_of(pieces: Iterable[bytes], kind: str = "", *, limit: int = LIMIT, **headers: str) -> Body:
    queue = [*pieces, b""]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": queue.pop(0), "more_body": bool(queue)}

    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    if kind:
        named[b"content-type"] = kind.encode()
    return await read_body(Incoming(receive, 5), named, limit=limit)


def part(head: str, data: bytes) -> bytes:
    return b"--XX\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"


def multipart(*parts: bytes, end: bytes = b"--XX--\r\n") -> bytes:
    return b"".join(parts) + end


async def parts_of(raw: bytes, size: int = 65536) -> Body:
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    return await body_of(pieces, "multipart/form-data; boundary=XX")


async def refused(pieces: Iterable[bytes], kind: str = "", **options: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await body_of(pieces, kind, **options)
    return caught.value


JSON = "application/json"
KINDS = [FORM, FORM + "; charset=UTF-8", "text/plain", "application/octet-stream", JSON, "", "nonsense", ";;="]


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS)
async def test_form_whatever_its_type(kind: str) -> None:
    assert (await body_of([b"status=a+", b"b&id=3"], kind)).fields == {"status": [b"a b"], "id": [b"3"]}


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [*KINDS, "multipart/form-data", "multipart/form-data; boundary=XX"])
async def test_nothing_is_no_error(kind: str) -> None:
    assert await body_of([b""], kind) == EMPTY


@pytest.mark.anyio
@pytest.mark.parametrize("kind", KINDS)
async def test_json_whatever_its_type(kind: str) -> None:
    raw = (
        b'{"status": "gr\\u00fc\\u00dfe", "id": 12345678901234567890, "on": true, "no": null, "lat": 1.5,'
        b' "ids[]": [1, "2", null], "alt": {"text": "x"}}'
    )
    fields = (await body_of([raw], kind)).fields
    assert fields.pop("json") == [raw]
    assert fields == {
        "status": ["grüße".encode()],
        "id": [b"12345678901234567890"],
        "on": [b"true"],
        "no": [],
        "lat": [b"1.5"],
        "ids": [b"1", b"2"],
        "alt": [b'{"text": "x"}'],
    }


def test_json_list_is_kept_as_a_document() -> None:
    assert parse(b"[1, 2]", b"application/json").fields == {"json": [b"[1, 2]"]}
    assert parse(b'\xef\xbb\xbf {"a": "b"} ', b"application/json").fields["a"] == [b"b"]
    assert parse(b'{"json": "{}", "name": "n"}').fields["json"][0] == b"{}"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"a": 1',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b'{"a": ' * 50_000,
        b"just words",
        b"{]",
        b'{"a": [1, }',
        b'{"' + b'","' * 30_000,
        b"[" + b"1," * 30_000 + b"1]",
    ],
)
async def test_damaged_json_is_refused(raw: bytes) -> None:
    error = await refused([raw], "application/json")
    assert error.status == 400
    assert "JSON" in error.text


def test_other_bytes_are_ignored() -> None:
    assert parse(PNG, b"image/png") == EMPTY
    assert parse(b"just words", b"text/plain") == EMPTY
    assert parse(b"{broken", b"text/plain").fields == {"json": [b"{broken"]}, "only a call that takes JSON sees it"


def test_form_parsing() -> None:
    assert parse_form(b"a=1&a=2&b&c=&=x&&d=%26%3d+") == {"a": [b"1", b"2"], "b": [b""], "c": [b""], "d": [b"&= "]}
    assert parse_form(b"") == {}
    with pytest.raises(ApiError, match="Too many parameters"):
        parse_form(b"a=1&" * MAX_FIELDS)


def test_names_lose_their_brackets() -> None:
    assert [base_name(name) for name in (b"a", b"a[]", b"a[12]", b"a[x][y]", b"[]", b" a ")] == [
        "a",
        "a",
        "a",
        "a[x]",
        "",
        "a",
    ]


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(PNG),
        base64.b64encode(PNG).rstrip(b"="),
        base64.urlsafe_b64encode(PNG),
        base64.b64encode(PNG).replace(b"+", b" "),
        base64.encodebytes(PNG),
        base64.encodebytes(PNG).replace(b"\n", b"\r\n"),
        b"data:image/png;base64," + base64.b64encode(PNG),
        b"DATA:image/png;charset=x;BASE64," + base64.b64encode(PNG),
        b" " + base64.b64encode(PNG) + b"\n",
    ],
)
def test_base64_in_all_its_spellings(text: bytes) -> None:
    assert from_base64(text) == PNG


@pytest.mark.parametrize("text", [PNG, b"a!b", b"A", b"====A", b"AAA=AAA"])
def test_not_base64(text: bytes) -> None:
    assert from_base64(text) is None


def test_data_url_without_base64() -> None:
    assert from_base64(b"data:text/plain,a%20b") == b"a b"


@given(st.binary(max_size=300))
def test_base64_comes_back(data: bytes) -> None:
    assert from_base64(base64.b64encode(data)) == data
    assert from_base64(base64.urlsafe_b64encode(data).rstrip(b"=")) == data


@pytest.mark.anyio
@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_multipart_in_any_pieces(size: int) -> None:
    raw = multipart(
        part('Content-Disposition: form-data; name="status"', "schön\r\n--X".encode()),
        part('content-disposition: form-data; name="media[]"; filename="p.png"\r\nContent-Type: image/png', PNG),
        part('Content-Disposition: form-data; name="media[]"; filename="q.png"', b""),
    )
    body = await parts_of(raw, size)
    assert body.fields == {"status": ["schön\r\n--X".encode()]}
    assert body.files == {"media": [Upload(data=PNG, name="p.png"), Upload(data=b"", name="q.png")]}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('Content-Disposition: file; name="media"; filename="x.png"', "x.png"),
        ('Content-Disposition: form-data; name="media"; filename="a \\"b\\" c.png"', 'a "b" c.png'),
        ('Content-Disposition: form-data; name="media"; filename="a "b" c.png"', 'a "b" c.png'),
        ("Content-Disposition: form-data; name=media; filename=plain.png", "plain.png"),
        ('Content-Disposition: form-data; name="media"; filename="C:\\dir\\f.png"', "f.png"),
        ('Content-Disposition: form-data; name="media"; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: form-data; name="media"; filename=""', ""),
        ('Content-Disposition: form-data; name="media"; filename="grün.png"', "grün.png"),
        ('Content-Disposition: form-data; name="media"; filename="' + "n" * 400 + '"', "n" * 255),
    ],
)
async def test_file_names(head: str, name: str) -> None:
    assert (await parts_of(multipart(part(head, PNG)))).files == {"media": [Upload(data=PNG, name=name)]}


@pytest.mark.anyio
@pytest.mark.parametrize("end", [b"--XX--", b"--XX--\r\n", b"--XX--\r\nepilogue", b"--XX--  "])
async def test_ends_of_a_multipart(end: bytes) -> None:
    raw = multipart(part('Content-Disposition: form-data; name="a"', b"1"), end=end)
    assert (await parts_of(raw)).fields == {"a": [b"1"]}


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["media", "media[]", "image", "media_data", "image_data"])
@pytest.mark.parametrize("kind", ["application/octet-stream", "image/png", "text/plain", ""])
async def test_part_without_a_file_name_keeps_its_bytes(name: str, kind: str) -> None:
    head = f'Content-Disposition: form-data; name="{name}"' + (f"\r\nContent-Type: {kind}" if kind else "")
    body = await parts_of(multipart(part(head, PNG)))
    update = TABLE.find("statuses/update")
    assert update is not None
    assert read(update, {}, body)["media"] == (Upload(data=PNG),)


@pytest.mark.anyio
@pytest.mark.parametrize("encoding", ["base64", "BASE64 "])
async def test_transfer_encoding(encoding: str) -> None:
    head = f'Content-Disposition: form-data; name="media[]"; filename="p.png"\r\nContent-Transfer-Encoding: {encoding}'
    body = await parts_of(multipart(part(head, base64.encodebytes(PNG))))
    assert body.files == {"media": [Upload(data=PNG, name="p.png")]}
    assert (await refused([multipart(part(head, PNG))], "multipart/form-data; boundary=XX")).status == 400


@pytest.mark.anyio
async def test_base64_of_several_megabytes() -> None:
    upload = TABLE.find("media/upload")
    assert upload is not None
    text = base64.b64encode(BIG)
    form = await body_of([b"media_data=", text.replace(b"+", b"%2B")], FORM)
    field = await parts_of(multipart(part('Content-Disposition: form-data; name="media"', text)))
    link = await body_of([b"media=data:image/png;base64," + text], FORM)
    for body in (form, field, link):
        assert read(upload, {}, body)["media"] == (Upload(data=BIG),)


@pytest.mark.anyio
async def test_large_part_waits_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    rolled: list[int] = []
    original = __import__("tempfile").SpooledTemporaryFile.rollover

    def rollover(self: Any) -> None:
        rolled.append(self.tell())
        original(self)

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", rollover)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    data = os.urandom(3 * MEMORY_BYTES)
    head = 'Content-Disposition: form-data; name="media"; filename="big.png"'
    assert (await parts_of(multipart(part(head, data)))).files["media"][0].data == data
    assert len(rolled) == 1
    assert rolled[0] <= MEMORY_BYTES + 65536
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


WHOLE = multipart(
    part('Content-Disposition: form-data; name="status"', b"hello"),
    part('Content-Disposition: form-data; name="media"; filename="p.png"', PNG),
    end=b"--XX--",
)


@pytest.mark.anyio
async def test_multipart_cut_anywhere_is_refused() -> None:
    for length in range(1, len(WHOLE)):
        error = await refused([WHOLE[:length]], "multipart/form-data; boundary=XX")
        assert (error.status, error.text) == (400, "The multipart body is damaged or cut off.")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (WHOLE, "multipart/form-data"),
        (WHOLE, "multipart/form-data; boundary=YY"),
        (WHOLE, "multipart/form-data; boundary=" + "x" * 5000),
        (b"status=x", "multipart/form-data; boundary=XX"),
        (b"--XX\r\nbad header\r\n\r\nx\r\n--XX--", "multipart/form-data; boundary=XX"),
        (b"--XX\r\n" + b"A: b\r\n" * 5000 + b"\r\nx\r\n--XX--", "multipart/form-data; boundary=XX"),
        (part("Content-Disposition: x; name=a", b"1") * (MAX_PARTS + 1) + b"--XX--", "multipart/x; boundary=XX"),
    ],
)
async def test_damaged_multipart_is_refused(raw: bytes, kind: str) -> None:
    assert (await refused([raw], kind)).status == 400


@pytest.mark.anyio
async def test_parts_without_name_are_left_out() -> None:
    assert await parts_of(multipart(part("Content-Type: text/plain", b"x"), part("X: y", b""))) == Body()
    assert await parts_of(b"--XX--") == Body()


@pytest.mark.anyio
async def test_too_large_is_refused_before_it_is_read() -> None:
    async def never() -> dict[str, Any]:
        raise AssertionError("nothing is read")

    with pytest.raises(ApiError) as caught:
        await read_body(Incoming(never, 5), {b"content-length": b"52428800"}, limit=LIMIT)
    assert (caught.value.status, caught.value.text) == (413, f"The request is too large: at most {LIMIT} bytes.")


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data; boundary=XX"])
async def test_too_large_without_length_stops_at_the_limit(kind: str) -> None:
    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        head = b"--XX\r\n\r\n" if asked == 1 else b""
        return {"type": "http.request", "body": head + b"x" * 100_000, "more_body": True}

    headers = {b"content-type": kind.encode(), b"content-length": b"abc"}
    with pytest.raises(ApiError) as caught:
        await read_body(Incoming(receive, 5), headers, limit=450_000)
    assert caught.value.status == 413
    assert asked == 5


@pytest.mark.anyio
async def test_client_that_leaves() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    incoming = Incoming(receive, 5)
    with pytest.raises(Gone):
        await read_body(incoming, {}, limit=LIMIT)
    assert incoming.complete
    await incoming.discard()


@pytest.mark.anyio
async def test_client_that_stalls() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    with pytest.raises(ApiError) as caught:
        await read_body(Incoming(receive, 0.01), {}, limit=LIMIT)
    assert (caught.value.status, caught.value.text) == (408, "The request did not arrive in time.")
    await Incoming(receive, 0.01).discard()


@pytest.mark.anyio
@pytest.mark.parametrize(("pieces", "taken"), [(3, 3), (10_000, 128)])
async def test_rest_of_a_refused_body_is_taken_within_bounds(pieces: int, taken: int) -> None:
    asked = 0
    piece = bytes(1024 * 1024)

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": piece, "more_body": asked < pieces}

    await Incoming(receive, 5).discard()
    assert asked == taken


def attempt(step: Callable[[], Body]) -> Body | ApiError:
    try:
        return step()
    except ApiError as error:
        return error


@given(st.binary(max_size=400), st.sampled_from([*(kind.encode() for kind in KINDS)]))
def test_any_bytes_are_parsed_or_refused(raw: bytes, kind: bytes) -> None:
    got = attempt(lambda: parse(raw, kind))
    assert isinstance(got, Body) or got.status == 400
