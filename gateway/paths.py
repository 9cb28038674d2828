"""From the path of a URL to the row of the table (DESIGN section 9: mounts, extension, id or name in the path)."""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.call_rows import TABLE
from gateway.calls import FORM, RDF, Call
from gateway.dialects import MOUNTS

FORMATS = {"xml": 0, "json": 1, "rss": 2, "atom": 3}
"""Extension -> rank: of several the one with the higher rank wins."""

DEFAULT_FORMAT = "json"
"""Of errors about what is no call. A row without extension has the first of its formats."""
ONE_FORM = (FORM, RDF)
"""Formats that calls have whatever the extension is."""
API_MOUNTS = tuple(sorted((mount for mount in MOUNTS if mount), key=len, reverse=True))
FRONT_PAGE = "index.php"
"""Servers without URL rewriting took the path from `?pagename=`."""

_EXTENSIONS = re.compile(r"\.(xml|json|rss|atom)(?![a-z0-9])", re.IGNORECASE)
_UNKNOWN_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


class Target(NamedTuple):
    """What a path means. `tail` is what followed the row's path, "" when nothing did."""

    call: Call
    mount: str
    format: str
    tail: str


def resolve(path: str) -> Target | None:
    """The call a path asks for, None when there is no such call."""
    mount, rest = split_mount(path)
    stem, format = _split_format(rest)
    call = TABLE.find(stem)
    if call is not None:
        return _target(call, mount, format)
    return (
        _with_tail(stem, mount, format)
        or _with_unknown_extension(stem, mount, format)
        or _with_parameter(stem, mount, format)
    )


def _target(call: Call, mount: str, format: str, tail: str = "") -> Target:
    return Target(call, mount, call.formats[0] if not format or call.formats in ONE_FORM else format, tail)


def split_mount(path: str) -> tuple[str, str]:
    """(mount, rest). Doubled, leading and trailing slashes do not count."""
    clean = "/".join([part for part in path.split("/") if part])
    for mount in API_MOUNTS:
        if clean.startswith(mount) and clean[len(mount) : len(mount) + 1] in {"", "/"}:
            return mount, clean[len(mount) + 1 :]
    return "", clean


def format_of(path: str) -> str:
    """The format an error about an unknown call is written in: an extension counts wherever it stands."""
    found = [ext.lower() for ext in _EXTENSIONS.findall(path)]
    return max(found, key=FORMATS.__getitem__, default=DEFAULT_FORMAT)


def _split_format(path: str) -> tuple[str, str]:
    """(path without extensions, format or "")."""
    best = ""
    while True:
        stem, _, extension = path.rpartition(".")
        extension = extension.lower()
        if not stem or extension not in FORMATS:
            return path.rstrip("/"), best
        if not best or FORMATS[extension] > FORMATS[best]:
            best = extension
        path = stem


def _with_tail(stem: str, mount: str, format: str) -> Target | None:
    head, _, tail = stem.rpartition("/")
    call = TABLE.find(head)
    if call is None:
        head, _, first = head.rpartition("/")
        call, tail = TABLE.find(head), f"{first}/{tail}"
        if call is None or "/" not in call.tail:
            return None
    if not call.tail:
        return None
    if call.tail == "id":
        tail = tail.partition(".")[0]
    return _target(call, mount, format, tail)


def _with_parameter(stem: str, mount: str, format: str) -> Target | None:
    found = TABLE.match(stem)
    return None if found is None else _target(found[0], mount, format, found[1])


def _with_unknown_extension(stem: str, mount: str, format: str) -> Target | None:
    call = TABLE.find(_UNKNOWN_EXTENSION.sub("", stem))
    return None if call is None else _target(call, mount, format)
