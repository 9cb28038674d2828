"""Photos and albums: what the gateway knows of one, and the objects clients are shown (wire-friendica.md section 8).

An album is a name on photos; it exists while a photo carries it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from mappings import dates, hub
from mappings.hub import Struct
from mappings.trees import Element

WALL, PROFILE = "Wall Photos", "Profile Photos"
"""Albums of the pictures of ordinary posts, and of avatar and header."""

MIMES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif",
}  # fmt: skip
"""Media type by the ending of a file's name."""


class Kind(StrEnum):
    """Where a photo comes from: a status that only carries it, an ordinary post, the profile."""

    CARRIER = "carrier"
    WALL = "wall"
    PROFILE = "profile"


SCALES = {Kind.CARRIER: (0, 1, 2, 3), Kind.WALL: (0, 1, 2, 3), Kind.PROFILE: (4, 5, 6)}
"""Sizes a photo has: specification of friendica/photo."""
THUMB = {Kind.CARRIER: 2, Kind.WALL: 2, Kind.PROFILE: 6}
"""The size shown in lists."""


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


RIGHTS = ("allow_cid", "deny_cid", "allow_gid", "deny_gid")
"""In wire order."""
NUMBERS = ("height", "width", "profile")
"""What is a number in a photo, and text for one client (section 16.1)."""


class Photo(Struct, frozen=True, kw_only=True):
    """One photo. `id` is 32 lower-case hex digits; `created` and `edited` ISO 8601; `url` the backend's file, full
    size; `width` and `height` pixels, 0 when the backend does not say; `status` and `media` native ids ("" on profile
    photos, and `media` where the backend has none). `limited`: the post it belongs to is not for everybody; `first`:
    what its id was made of, where that is no longer `media`."""

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
    limited: bool = False
    status: str = ""
    media: str = ""
    first: str = ""

    @property
    def private(self) -> bool:
        """Only served with a signature, or to its owner."""
        return self.limited or self.rights.private

    @property
    def awaiting(self) -> bool:
        """Stored for a post that has not been seen yet."""
        return self.kind is Kind.WALL and not self.status


class PhotoPlace(Struct, frozen=True, kw_only=True):
    """What the picture route needs, asked by nobody in particular: whose photo, where its file lies. `rights` are the
    photo's own: the signature in its address holds only as long as they stay the same."""

    account: str
    url: str
    private: bool = False
    rights: Rights = Rights()


def place(photo: Photo, account: str) -> PhotoPlace:
    """Of a photo of that account."""
    return PhotoPlace(account=account, url=photo.url, private=photo.private, rights=photo.rights)


def mime_of(*names: str) -> str:
    """Media type by the first file name or address that ends in a known way; JPEG when none does."""
    found = (MIMES.get(re.split(r"[?#]", name)[0].rpartition(".")[2].lower()) for name in names)
    return next((mime for mime in found if mime), "image/jpeg")


def file_name(url: str) -> str:
    """The last part of an address."""
    return re.split(r"[?#]", url)[0].rpartition("/")[2]


def is_picture(media: hub.Media) -> bool:
    """It can be looked at as a still picture."""
    return bool(media.url) and (media.type == "image" or media.mime.startswith("image/"))


class Album(NamedTuple):
    """`created`: ISO 8601 of its latest photo."""

    name: str
    created: str
    photos: int


def albums(photos: Iterable[Photo]) -> list[Album]:
    """All albums of `photos`, by name."""
    grouped = groupby(sorted(photos, key=attrgetter("album")), attrgetter("album"))
    found = [(name, list(inside)) for name, inside in grouped]
    return [Album(name, max(photo.created for photo in inside), len(inside)) for name, inside in found]


def album_tree(album: Album) -> dict[str, Any]:
    """One row of friendica/photoalbums (section 15)."""
    return {"name": album.name, "created": dates.friendica(album.created), "count": album.photos}


def row(photo: Photo, thumb: str) -> dict[str, Any]:
    """One photo of a list (section 8.1)."""
    return {
        "id": photo.id,
        "album": photo.album,
        "filename": photo.filename,
        "type": photo.mime,
        "created": dates.friendica(photo.created),
        "edited": dates.friendica(photo.edited or photo.created),
        "desc": photo.desc,
        "thumb": thumb,
    }


def listed(rows: Iterable[Mapping[str, Any]]) -> Element:
    """The same rows as XML: attributes, and the thumb as text."""
    items = [Element({name: it[name] for name in it if name != "thumb"}, it["thumb"]) for it in rows]
    return Element({"type": "array"}, items)


class Sized(NamedTuple):
    """A picture of one scale, as friendica/photo sends it: `data` is base64, `size` bytes before that."""

    data: str
    size: int
    width: int
    height: int
    mime: str


class People(NamedTuple):
    """What others did with a photo, as leaves of a reply tree: users by verb, statuses."""

    activities: Mapping[str, Sequence[Any]]
    comments: Sequence[Any]


def detail(photo: Photo, links: Mapping[int, str], people: People, sized: Sized | None = None) -> dict[str, Any]:
    """The photo object (section 8.2). `links` are addresses by scale."""
    fields = _fields(photo, sized)
    return {
        **fields,
        "link": [links[scale] for scale in sorted(links)],
        "friendica_activities": {verb: list(people.activities.get(verb, ())) for verb in hub.ACTIVITIES},
        "friendica_comments": list(people.comments),
        "rights_mismatch": False,
    }


def detail_xml(photo: Photo, links: Mapping[int, str], people: People, sized: Sized | None = None) -> dict[str, Any]:
    """The same for XML: `links` as elements of their own, the verbs in Friendica's namespace."""
    mime = sized.mime if sized else photo.mime
    items = [Element({"type": mime, "scale": scale, "href": links[scale]}) for scale in sorted(links)]
    return {
        **_fields(photo, sized),
        "links": Element({"type": "array"}, items),
        "friendica_activities": {f"friendica_{verb}": list(people.activities.get(verb, ())) for verb in hub.ACTIVITIES},
        "friendica_comments": list(people.comments),
        "rights_mismatch": False,
    }


def _fields(photo: Photo, sized: Sized | None) -> dict[str, Any]:
    data = {"data": sized.data} if sized else {}
    size = {"datasize": sized.size} if sized else {}
    return {
        **data,
        "created": dates.friendica(photo.created),
        "edited": dates.friendica(photo.edited or photo.created),
        "title": "",
        "desc": photo.desc,
        "album": photo.album,
        "filename": photo.filename,
        "type": sized.mime if sized else photo.mime,
        "height": sized.height if sized else photo.height,
        "width": sized.width if sized else photo.width,
        **size,
        "profile": int(photo.kind is Kind.PROFILE),
        **{name: getattr(photo.rights, name) for name in RIGHTS},
        "id": photo.id,
    }
