"""Rendered pieces with holes for what depends on the reader (DESIGN section 12).

A fragment is what can be cached under the upstream bytes; `following`, `cid`, `self` and the thread's number are
filled in when a reply is put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Format = Literal["json", "xml"]


class Hole(msgspec.Struct, frozen=True, gc=False):
    """A gap. `kind` "contact": the reader's fields of the user object of account `native` with wire id `number`
    (`full`: with uid and self). `kind` "thread": the integer of the thread of the status with canonical key `native`
    and wire id `number`, which is also the filling when no older ancestor is known. `kind` "own": the reader's own user
    object, for lists of people; nothing where it is not known. `native` is the screen name it goes by, "" the usual."""

    kind: Literal["contact", "thread", "own"]
    native: str
    number: int
    full: bool = False


class Fragment(msgspec.Struct, frozen=True, gc=False):
    """Bytes and holes in the order they stand in. Pieces are shared: a user object is in memory once."""

    pieces: tuple[bytes | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The gaps alone."""
        return tuple([piece for piece in self.pieces if isinstance(piece, Hole)])

    def filled(self, fillings: Mapping[Hole, bytes]) -> list[bytes]:
        """The finished pieces."""
        return [piece if isinstance(piece, bytes) else fillings[piece] for piece in self.pieces]

    def fill(self, fillings: Mapping[Hole, bytes]) -> bytes:
        """The finished bytes."""
        return b"".join(self.filled(fillings))


LABEL = "ActivityPub"
"""The network, as it is shown where a place would be."""


class Variant(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """Everything beside the upstream bytes that a fragment depends on. Part of every cache key.

    `scope` is the backend's base URL. `self_native`/`self_name` are set only when the reader's screen name differs
    from the backend user name. `extended`: JSON with `full_text`. `trim`: of people only ids.
    `escape`: `&amp; &lt; &gt;` in text (Twitter mounts). `source_link`: `source` as an HTML anchor (Twitter mounts).
    `pictures`: they are at the gateway. `narrow`: the account whose narrow ids are in it, "" for wide ones.
    `addresses`: people of other servers are named with their host.
    """

    format: Format
    scope: str
    base_url: str
    entities: bool = False
    extended: bool = False
    trim: bool = False
    escape: bool = False
    source_link: bool = False
    self_native: str = ""
    self_name: str = ""
    label: str = LABEL
    pictures: bool = False
    narrow: str = ""
    addresses: bool = False


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The integers of one reply: native status id -> id, native account id -> id."""

    statuses: Mapping[str, int]
    accounts: Mapping[str, int]
