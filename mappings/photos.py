"""Photos and albums: what the gateway knows of one, and the objects clients are shown (wire-friendica.md section 8).

An album is a name on photos; it exists while a photo carries it.
"""

from __future__ import annotations

from enum import StrEnum

from mappings.hub import Struct

WALL, PROFILE = "Wall Photos", "Profile Photos"
"""Albums of the pictures of ordinary posts, and of avatar and header."""


class Kind(StrEnum):
    """Where a photo comes from: a status that only carries it, an ordinary post, the profile."""

    CARRIER = "carrier"
    WALL = "wall"
    PROFILE = "profile"


class Rights(Struct, frozen=True, kw_only=True):
    """Four ACL strings, `<1><2>` of contact and group ids; all empty: everybody (section 2.4)."""

    allow_cid: str = ""
    allow_gid: str = ""
    deny_cid: str = ""
    deny_gid: str = ""

    @property
    def private(self) -> bool:
        """Any right is set."""
        return bool(self.allow_cid or self.allow_gid or self.deny_cid or self.deny_gid)


class Photo(Struct, frozen=True, kw_only=True):
    """One photo. `id` is 32 lower-case hex digits; `created` and `edited` ISO 8601; `url` the backend's file, full
    size; `width` and `height` pixels, 0 when the backend does not say; `status` and `media` native ids ("" on profile
    photos, and `media` where the backend has none)."""

    id: str
    kind: Kind = Kind.WALL
    album: str = WALL
    filename: str = ""
    mime: str = ""
    desc: str = ""
    created: str = ""
    edited: str = ""
    url: str = ""
    preview_url: str = ""
    width: int = 0
    height: int = 0
    rights: Rights = Rights()
    status: str = ""
    media: str = ""

    @property
    def private(self) -> bool:
        """Only served with a signature, or to its owner."""
        return self.rights.private


class PhotoPlace(Struct, frozen=True, kw_only=True):
    """What the picture route needs, asked by nobody in particular: whose photo, where its file lies. `rights` are the
    photo's own: the signature in its address holds only as long as they stay the same."""

    account: str
    url: str
    mime: str = ""
    private: bool = False
    kind: Kind = Kind.WALL
    rights: Rights = Rights()
