"""multipart/form-data as old clients write it, parsed while it arrives.

On top of python-multipart's parser, because the usual form layers damage pictures sent without a file name, ignore
`Content-Transfer-Encoding`, and bound text fields at 1 MiB (reference/clients.md section 8).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from gateway.errors import ApiError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_PARTS = 200
MEMORY_BYTES = 1024 * 1024
"""Parts above this wait on disk until the body is complete."""
MAX_NAME = 255

DAMAGED = "The multipart body is damaged or cut off."


class Part:
    """One part: its name, its file name (None without one), its transfer encoding, its data."""

    __slots__ = ("_data", "_headers", "encoding", "filename", "name")

    def __init__(self) -> None:
        self.name = b""
        self.filename: str | None = None
        self.encoding = ""
        self._headers: dict[bytes, bytes] = {}
        self._data: IO[bytes] = cast("IO[bytes]", SpooledTemporaryFile(max_size=MEMORY_BYTES))  # noqa: SIM115

    def header(self, name: bytes, value: bytes) -> None:
        """One header line."""
        self._headers[name.lower()] = value

    def begin(self) -> None:
        """All headers are known. Any disposition will do: one client writes `file`."""
        _, options = parse_options_header(self._headers.get(b"content-disposition", b"").decode("latin-1"))
        self.name = options.get(b"name", b"")
        self.encoding = self._headers.get(b"content-transfer-encoding", b"").decode("latin-1").strip().lower()
        if b"filename" in options:
            self.filename = _file_name(options[b"filename"])

    def write(self, data: bytes) -> None:
        """A piece of the data."""
        self._data.write(data)

    def read(self) -> bytes:
        """All the data."""
        self._data.seek(0)
        return self._data.read()

    def close(self) -> None:
        """Frees the data."""
        self._data.close()


class MultipartReader:
    """Takes pieces, gives parts. Raises ApiError 400 for bodies that are no proper multipart."""

    def __init__(self, boundary: bytes) -> None:
        self._parts: list[Part] = []
        self._name = b""
        self._value = b""
        self._fed = False
        self._ended = False
        self._has_boundary = bool(boundary)
        with _damaged_is_400():
            self._parser = MultipartParser(boundary, self._callbacks())

    def feed(self, piece: bytes) -> None:
        """The next piece of the body."""
        if not self._has_boundary:
            raise ApiError(400, "The multipart body has no boundary.")
        self._fed = True
        with _damaged_is_400():
            self._parser.write(piece)

    def finish(self) -> list[Part]:
        """The parts of a complete body."""
        if self._fed and not self._ended:
            raise ApiError(400, DAMAGED)
        return [part for part in self._parts if part.name]

    def close(self) -> None:
        """Frees all parts."""
        for part in self._parts:
            part.close()

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._part_begin,
            "on_header_begin": self._header_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        if len(self._parts) >= MAX_PARTS:
            raise ApiError(400, f"Too many parts: at most {MAX_PARTS}.")
        self._parts.append(Part())

    def _header_begin(self) -> None:
        self._name = self._value = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._parts[-1].header(self._name, self._value)

    def _headers_finished(self) -> None:
        self._parts[-1].begin()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._parts[-1].write(data[start:end])

    def _end(self) -> None:
        self._ended = True


@contextmanager
def _damaged_is_400() -> Iterator[None]:
    try:
        yield
    except FormParserError:
        raise ApiError(400, DAMAGED) from None


def _file_name(raw: bytes) -> str:
    name = raw.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in name if char.isprintable())[:MAX_NAME]
