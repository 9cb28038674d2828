"""Rendered pieces with holes for what depends on the reader (DESIGN section 12).

A fragment is what can be cached under the upstream bytes; `following`, `cid`, `self` and the thread's number are
filled in when a reply is put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

Format = Literal["json", "xml"]


class Hole(NamedTuple):
    """A gap. `kind` "contact": the reader's fields of the user object of account `native` with wire id `number`
    (`full`: with uid and self). `kind` "thread": the integer of the thread of the status with canonical key `native`
    and wire id `number`, which is also the filling when no older ancestor is known."""

    kind: Literal["contact", "thread"]
    native: str
    number: int
    full: bool = False


class Fragment(NamedTuple):
    """`parts` has one element more than `holes`."""

    parts: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    def fill(self, fillings: Mapping[Hole, bytes]) -> bytes:
        """The finished bytes."""
        if not self.holes:
            return self.parts[0]
        out = [self.parts[0]]
        for hole, part in zip(self.holes, self.parts[1:], strict=True):
            out.append(fillings[hole])
            out.append(part)
        return b"".join(out)


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """Everything beside the upstream bytes that a fragment depends on. Part of every cache key.

    `scope` is the backend's base URL, `host` its host. `self_native`/`self_name` are set only when the reader's
    screen name differs from the backend user name. `escape`: `&amp; &lt; &gt;` in text (Twitter mounts).
    `source_link`: `source` as an HTML anchor (Twitter mounts).
    """

    format: Format
    scope: str
    host: str
    base_url: str
    entities: bool = False
    escape: bool = False
    source_link: bool = False
    self_native: str = ""
    self_name: str = ""
    label: str = "ActivityPub"


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The integers of one reply: native status id -> id, native account id -> id."""

    statuses: Mapping[str, int]
    accounts: Mapping[str, int]
