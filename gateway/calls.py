"""The endpoint table: every call, its parameters, its reply and its handler (DESIGN section 3).

Routes, 405, 501, parameter errors, `docs/calls.md`, `oldbird calls` and the parametrised tests come from here alone.
The rows stand in `gateway.call_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec


class Type(StrEnum):
    """How a parameter is read. An empty value is an absent one, everywhere."""

    TEXT = "text"  # control characters but tab and line ends are dropped; longer than the cap (characters): 400
    COUNT = "count"  # positive integer; not a number or < 1: the default; above the cap: clamped
    ID = "id"  # positive integer below 2^63; 0, -1, empty: absent; anything else: unknown (Ask.id gives UNKNOWN)
    FLAG = "flag"  # true 1 t yes on / false 0 no off, any case; else the default (None: not said)
    LIST = "list"  # name=a,b  name[]=a&name[]=b  name=a&name=b
    NUMBER = "number"  # decimal
    FILES = "files"  # multipart parts name, name[]; base64 text in the field; data: URL


class Param(msgspec.Struct, frozen=True, kw_only=True):
    """One documented parameter. `aliases` are other names clients send. `clearable` (TEXT): sent empty it is "", which
    clears what it names, and only not sent it is absent. `space`: it holds ids of one (`mappings.narrow.SPACES`), which
    a device with narrow ids sends in its own numbers."""

    name: str
    type: Type = Type.TEXT
    default: str | int | bool | None = None
    cap: int = 0
    aliases: tuple[str, ...] = ()
    clearable: bool = False
    space: str = ""
    doc: str = ""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A capability (a field of `adapters.backend.Capabilities`) without which a call is not all it should be.

    `use`: the use of the call that needs it; "": every use, and dispatch refuses the call with 501. `instead`: what is
    done without it; "": that use answers 501. `given`: it only matters where this other capability is there.
    """

    capability: str
    use: str = ""
    instead: str = ""
    given: str = ""

    @property
    def whole(self) -> bool:
        """Without it the call is refused, however it is used."""
        return not self.use and not self.instead


ANY = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")
GET = ("GET", "HEAD")
POST = ("POST",)
POST_PUT = ("POST", "PUT")
POST_DELETE = ("POST", "DELETE")

JSON_XML = ("json", "xml")
FORM = ("form",)
"""The token calls of OAuth: form-encoded text under every extension; their handlers check signatures themselves."""
FEEDS = ("json", "xml", "rss", "atom")
RDF = ("rdf",)
"""RSS 1.0, whatever the extension: the feeds beside the API."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `handler` is "module.function" below `gateway.handlers`; None: planned, answers 501.

    A part of `path` or an alias in braces stands for the parameter that `tail` names (`{id}`: a number, else a text).
    `tail` names the parameter that may follow the path ("id": statuses/show/9.json; "user": users/show/bob.json), or
    two of them ("verb/id": friendica/activity/like/9.json).
    `root`/`item` are the XML names. `formats`: the first is meant without an extension. `write` calls are refused to
    read-only logins. `needs` are the capabilities in which backends differ. `spec`: named in the specification as
    implemented. `anonymous`: without credentials it is asked of the backend the operator named for that, else 401
    (only where `auth` is off; the other calls without `auth` never need anybody).
    """

    path: str
    aliases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ANY
    auth: bool = True
    anonymous: bool = False
    params: tuple[Param, ...] = ()
    ignored: tuple[str, ...] = ()
    tail: str = ""
    root: str = ""
    item: str = ""
    formats: tuple[str, ...] = FEEDS
    needs: tuple[Need, ...] = ()
    write: bool = False
    spec: bool = True
    handler: str | None = None
    doc: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The path and its aliases."""
        return (self.path, *self.aliases)


def _pattern(path: str) -> re.Pattern[str]:
    """Ids are numbers; a name is one part of a path."""
    head, _, rest = path.partition("{")
    name, _, end = rest.partition("}")
    return re.compile(re.escape(head) + (r"(\d+)" if name == "id" else "([^/]+)") + re.escape(end))


class Table:
    """All rows. Every path belongs to one row."""

    __slots__ = ("_patterns", "_rows", "_rows_by_path")

    def __init__(self, rows: Iterable[Call]) -> None:
        self._rows = tuple(rows)
        self._rows_by_path: dict[str, Call] = {}
        self._patterns: list[tuple[re.Pattern[str], Call]] = []
        for row in self._rows:
            for path in row.paths:
                if path in self._rows_by_path:
                    raise ValueError(f"two rows for {path}")
                self._rows_by_path[path] = row
                if "{" in path:
                    self._patterns.append((_pattern(path), row))

    def __iter__(self) -> Iterator[Call]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, path: str) -> Call | None:
        """The row of a path as it stands after the mount, without extension and tail."""
        return self._rows_by_path.get(path)

    def match(self, path: str) -> tuple[Call, str] | None:
        """The row of a path with a parameter inside, and that parameter."""
        for pattern, row in self._patterns:
            if found := pattern.fullmatch(path):
                return row, found[1]
        return None

    def planned(self) -> tuple[Call, ...]:
        """The rows that answer 501 because their handler is still to come."""
        return tuple(row for row in self._rows if row.handler is None)
