"""The captured requests and replies of Friendica 2021.01, and which issue serves them.

`index.json` has every captured row; the bodies lie beside it for the rows that are served. Rows of later issues are
marked here by their call, so that none is lost: a mark that no longer holds fails the test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent / "friendica-2021.01"

TOTAL = 546
"""Rows of the capture."""

LATER: dict[str, int] = {"oauth/authorize": 4, "notimpl": 6}
"""Call, or first parts of its path, to the issue that serves it."""


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """What a captured request had beside the usual: another password, headers, a body of its own."""

    pw: str = ""
    headers: dict[str, str] = {}
    body: str = ""
    ctype: str = ""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One captured request. `files`: part name -> (file name, type, size)."""

    file: str
    call: str
    case: str
    method: str
    path: str
    status: int
    user: str | None = None
    form: tuple[tuple[str, str], ...] | None = None
    files: dict[str, tuple[str, str, int]] | None = None
    extra: Extra = Extra()
    note: str = ""

    @property
    def issue(self) -> int:
        """The later issue whose work answers this row; 0: served."""
        parts = self.call.split("/")
        names = ("/".join(parts[:size]) for size in range(len(parts), 0, -1))
        return next((LATER[name] for name in names if name in LATER), 0)

    @property
    def body(self) -> bytes:
        """The captured body."""
        return (FOLDER / self.file).read_bytes()

    @property
    def kind(self) -> str:
        """json, xml, feed (RSS and Atom: not well-formed as captured) or txt."""
        if self.file.endswith((".rss.xml", ".atom.xml")):
            return "feed"
        return self.file.rpartition(".")[2]


def load() -> tuple[Row, ...]:
    """All rows, in the order they were captured."""
    return msgspec.json.decode((FOLDER / "index.json").read_bytes(), type=tuple[Row, ...])


def ours(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Those that are served."""
    return tuple(row for row in rows if not row.issue)


def parse(body: bytes) -> Any:
    """A JSON body."""
    return msgspec.json.decode(body)
