"""Request bodies, whatever their content type says (reference/clients.md sections 2 and 8).

    multipart/*                    parsed while it arrives; parts above a bound wait on disk
    looks like a JSON document     its top-level keys are the fields
    looks like name=value          a form
    anything else                  ignored; 400 when it claims to be JSON

Names lose a trailing `[]` or `[n]`. Values stay bytes until `gateway.params` knows what they are.
"""

from __future__ import annotations

import asyncio
import binascii
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from urllib.parse import unquote_to_bytes

import msgspec
from python_multipart.multipart import parse_options_header
from starlette.types import Receive

from gateway.ask import Upload
from gateway.errors import ApiError
from gateway.multipart import MultipartReader

Fields = dict[str, list[bytes]]
"""Values by name, in the order they came."""

MAX_FIELDS = 1000
MAX_MARKS = 20_000
"""A JSON document with more quotation marks and commas than this is not one of ours."""
PIECE_BYTES = 64 * 1024
"""So much of a value is decoded at a time."""
THREAD_BYTES = 1024 * 1024
"""Bodies above this are parsed in a thread."""
ANYBODYS_BYTES = 1024 * 1024
"""More is taken only for calls that need a login, and from those who seem to have one."""
MAX_DISCARDED = 128 * 1024 * 1024
"""Of a refused body this much is still taken, unread, so that its sender comes to reading the answer."""
DOCUMENT = "json"
"""The field that also holds a JSON document as a whole: the group calls take it either way."""

FORM_TYPE = b"application/x-www-form-urlencoded"

_PAIR = re.compile(rb"\s*[A-Za-z0-9_.\-%\[\]]{1,128}=")
_INDEX = re.compile(r"\[[^\[\]]*\]$")
_URL_SAFE = bytes.maketrans(b"-_ ", b"+/+")
_DATA_URL = re.compile(rb"\s*data:([^,]{0,256}),", re.IGNORECASE)


class Gone(Exception):
    """The client went away before its request was complete; nobody is left to answer."""


class Body(msgspec.Struct, frozen=True):
    """What a body held. `document`: the fields are the top-level keys of a JSON document. `form`: the bytes of a body
    that is called form-encoded, as signatures cover them."""

    fields: Fields = {}
    files: dict[str, list[Upload]] = {}
    document: bool = False
    form: bytes = b""


EMPTY = Body()


class Incoming:
    """A body on its way; each piece of it must come within `seconds`."""

    __slots__ = ("_receive", "_seconds", "complete")

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self.complete = False

    async def pieces(self, limit: int) -> AsyncIterator[bytes]:
        """The body. Raises ApiError 408 (stalled), 413 (more than `limit` bytes), and Gone."""
        total = 0
        while not self.complete:
            piece = await self._next()
            total += len(piece)
            if total > limit:
                raise too_large(limit)
            if piece:
                yield piece

    async def discard(self) -> None:
        """Take the rest and forget it: a client still busy sending would lose the answer with the connection."""
        total = 0
        with suppress(Gone, ApiError, TimeoutError):
            async with asyncio.timeout(self._seconds):
                while not self.complete and total < MAX_DISCARDED:
                    total += len(await self._next())

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._receive()
        except TimeoutError:
            raise ApiError(408, "The request did not arrive in time.") from None
        if message["type"] == "http.disconnect":
            self.complete = True
            raise Gone
        self.complete = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece


async def read_body(
    incoming: Incoming, headers: dict[bytes, bytes], *, limit: int, takes_document: bool = False
) -> Body:
    """Read and parse a whole body of at most `limit` bytes. `takes_document`: the call judges a JSON body itself.

    Raises ApiError 400 (damaged), 408 (stalled), 413 (too large, before it is read), and Gone.
    """
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length[:19]) > limit:
        raise too_large(limit)
    pieces = incoming.pieces(limit)
    kind, options = parse_options_header(headers.get(b"content-type", b"").decode("latin-1"))
    if kind.startswith(b"multipart/"):
        return await _multipart(pieces, options.get(b"boundary", b""))
    raw = bytearray()
    async for piece in pieces:
        raw += piece
    if not raw:
        return EMPTY
    if len(raw) > THREAD_BYTES:
        return await asyncio.to_thread(parse, bytes(raw), kind, takes_document=takes_document)
    return parse(bytes(raw), kind, takes_document=takes_document)


def is_form(headers: dict[bytes, bytes]) -> bool:
    """The body is called form-encoded: a signature may be in it."""
    kind, _ = parse_options_header(headers.get(b"content-type", b"").decode("latin-1"))
    return kind == FORM_TYPE


def parse(raw: bytes, kind: bytes = b"", *, takes_document: bool = False) -> Body:
    """A body that is not multipart. `kind` is the content type without parameters."""
    text = raw.removeprefix(b"\xef\xbb\xbf").strip()
    is_json, form = kind.endswith(b"json"), raw if kind == FORM_TYPE else b""
    if text[:1] in {b"{", b"["}:
        return Body(_json(text, complain=is_json and not takes_document), document=True, form=form)
    if form or _PAIR.match(text):
        return Body(parse_form(raw), form=form)
    if is_json and text and takes_document:
        return Body({DOCUMENT: [text]}, document=True)
    if is_json and text:
        raise ApiError(400, "The body is not valid JSON.")
    return EMPTY


def parse_form(raw: bytes) -> Fields:
    """`a=1&b=2`, the form of query strings and urlencoded bodies. Raises ApiError 400 for too many pairs."""
    fields: Fields = {}
    if not raw:
        return fields
    if raw.count(b"&") >= MAX_FIELDS:
        raise ApiError(400, f"Too many parameters: at most {MAX_FIELDS}.")
    for pair in raw.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name:
            fields.setdefault(base_name(from_urlencoded(name)), []).append(from_urlencoded(value))
    return fields


def from_urlencoded(raw: bytes) -> bytes:
    """A name or value of a form: `+` is a space, `%41` an A."""
    return from_percents(raw.replace(b"+", b" "))


def from_percents(raw: bytes) -> bytes:
    """`%41` is an A. In pieces: decoded as a whole, each escape would be an object in memory at once."""
    return b"".join([unquote_to_bytes(piece) for piece in _uncut(raw)]) if b"%" in raw else raw


def _uncut(raw: bytes) -> Iterator[bytes]:
    """`raw` in pieces, no `%41` cut in two."""
    at = 0
    while at < len(raw):
        end = at + PIECE_BYTES
        sign = raw.rfind(b"%", end - 2, end) if end < len(raw) else -1
        end = end if sign < 0 else sign
        yield raw[at:end]
        at = end


def base_name(name: bytes) -> str:
    """`media[]`, `media[0]` -> `media`."""
    return _INDEX.sub("", name.decode("utf-8", "replace").strip())


def from_base64(raw: bytes) -> bytes | None:
    """The bytes behind base64 text as clients send it; None when it is none.

    Taken: line breaks, no padding, the URL-safe alphabet, spaces where an unescaped `+` was, data: URLs.
    """
    head = _DATA_URL.match(raw[:300])
    if head is not None:
        raw = raw[head.end() :]
        if b"base64" not in head[1].lower():
            return from_percents(raw)
    text = raw.strip().translate(_URL_SAFE, b"\r\n\t").rstrip(b"=")
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4), strict_mode=True)
    except binascii.Error:
        return None


def too_large(limit: int) -> ApiError:
    """The 413 of bodies above the limit."""
    return ApiError(413, f"The request is too large: at most {limit} bytes.")


async def _multipart(pieces: AsyncIterator[bytes], boundary: bytes) -> Body:
    reader = MultipartReader(boundary)
    try:
        async for piece in pieces:
            reader.feed(piece)
        return _sorted_parts(reader)
    finally:
        reader.close()


def _sorted_parts(reader: MultipartReader) -> Body:
    fields: Fields = {}
    files: dict[str, list[Upload]] = {}
    for part in reader.finish():
        name = base_name(part.name)
        data = _decoded(part.read(), part.encoding)
        if part.filename is None:
            fields.setdefault(name, []).append(data)
        else:
            files.setdefault(name, []).append(Upload(data=data, name=part.filename))
    return Body(fields, files)


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding != "base64":
        return data
    decoded = from_base64(data)
    if decoded is None:
        raise ApiError(400, "A part of the multipart body is no valid base64.")
    return decoded


def _json(text: bytes, *, complain: bool) -> Fields:
    if text.count(b'"') + text.count(b",") > MAX_MARKS:
        raise ApiError(400, "The JSON body has too many values.")
    fields: Fields = {}
    try:
        if text[:1] == b"{":
            for name, value in msgspec.json.decode(text, type=dict[str, msgspec.Raw]).items():
                fields[base_name(name.encode())] = _json_values(bytes(value))
        else:
            msgspec.json.decode(text, type=list[msgspec.Raw])
    except (ValueError, RecursionError):
        if complain:
            raise ApiError(400, "The body is not valid JSON.") from None
        return {DOCUMENT: [text]}  # a call that takes a document shall not mistake it for none
    fields.setdefault(DOCUMENT, []).append(text)
    return fields


def _json_values(value: bytes) -> list[bytes]:
    """A string as it is, numbers and words as written, a list as repeated values, an object as its text."""
    if value[:1] == b'"':
        return [msgspec.json.decode(value, type=str).encode()]
    if value[:1] == b"[":
        return [one for item in msgspec.json.decode(value, type=list[msgspec.Raw]) for one in _scalar(bytes(item))]
    return _scalar(value)


def _scalar(value: bytes) -> list[bytes]:
    if value == b"null":
        return []
    return [msgspec.json.decode(value, type=str).encode()] if value[:1] == b'"' else [value]
