"""Pictures for devices that cannot load today's: addresses of the gateway take the place of the servers' own.

Twitter's clients make the address of one size from that of another (reference/clients.md): in addresses of avatars they
replace `_normal` or take it out, to those of media they append `:thumb` or `?name=thumb`, to those of banners `/web`.
`SIZES` is all they can ask for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from html import escape, unescape
from typing import Any, NamedTuple

from msgspec.structs import replace

from mappings import hub
from mappings.account_calls import BANNERS
from mappings.attachments import MIME_TYPES
from mappings.text import address

LONGEST = 2000
"""Characters of an address that is taken over; longer ones stay as they are."""
WHOLE = 4096
"""Longest side of the largest picture."""


class Kind(StrEnum):
    """What a picture is for. The value stands in its address."""

    AVATAR = "a"
    BANNER = "b"
    MEDIA = "m"


class Fit(NamedTuple):
    """Pixels that a picture has at most. `cut`: it gets this shape, losing what stands over; else it keeps its own."""

    width: int
    height: int
    cut: bool = False


def _square(side: int, *, cut: bool = False) -> Fit:
    return Fit(side, side, cut)


SIZES: dict[Kind, dict[str, Fit]] = {
    Kind.AVATAR: {
        "": _square(WHOLE),
        "mini": _square(24, cut=True),
        "normal": _square(48, cut=True),
        "bigger": _square(73, cut=True),
        "reasonably_small": _square(128, cut=True),
        "200x200": _square(200, cut=True),
        "400x400": _square(400, cut=True),
    },
    Kind.BANNER: {
        "": _square(1500),
        **{name: Fit(*shape, cut=True) for name, shape in BANNERS.items()},
    },
    Kind.MEDIA: {
        "": _square(1200),
        "thumb": _square(150, cut=True),
        "small": _square(680),
        "medium": _square(1200),
        "large": _square(2048),
        "orig": _square(WHOLE),
    },
}
"""By the name in an address; "" for an address without one."""

KEYS: dict[str, tuple[Kind, str]] = {
    "profile_image_url": (Kind.AVATAR, "normal"),
    "profile_image_url_https": (Kind.AVATAR, "normal"),
    "profile_image_url_profile_size": (Kind.AVATAR, "bigger"),
    "profile_image_url_large": (Kind.AVATAR, "400x400"),
    "profile_image_url_original": (Kind.AVATAR, ""),
    "avatar": (Kind.AVATAR, "200x200"),
    "photo": (Kind.AVATAR, "200x200"),
    "thumb": (Kind.AVATAR, "bigger"),
    "micro": (Kind.AVATAR, "normal"),
    "profile_photo": (Kind.AVATAR, "200x200"),
    "profile_thumb": (Kind.AVATAR, "bigger"),
    "original_logo": (Kind.AVATAR, ""),
    "homepage_logo": (Kind.AVATAR, "200x200"),
    "stream_logo": (Kind.AVATAR, "normal"),
    "mini_logo": (Kind.AVATAR, "mini"),
    "logo": (Kind.MEDIA, "small"),
    "profile_banner_url": (Kind.BANNER, ""),
    "profile_background_image_url": (Kind.BANNER, ""),
    "profile_background_image_url_https": (Kind.BANNER, ""),
    "cover_photo": (Kind.BANNER, ""),
    "background_image": (Kind.BANNER, ""),
    "media_url": (Kind.MEDIA, ""),
    "media_url_https": (Kind.MEDIA, ""),
    "thumb_url": (Kind.MEDIA, "small"),
    "thumbnail_url": (Kind.MEDIA, "small"),
    "preview_url": (Kind.MEDIA, "small"),
    "friendica_preview_url": (Kind.MEDIA, "small"),
}
"""Keys of replies whose values are addresses of pictures, and which size belongs there."""

_WEB = ("https://", "http://")
_IMAGE = re.compile(r"""(<img\b[^<>]{0,2000}?\ssrc=)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
"""No `<` before the address: a text of nothing but beginnings would be read anew from each of them."""
_END = r"""(?=["'<\s]|$)"""


def extension(url: str) -> str:
    """`png` for what will be one for sure, else `jpg`; old clients go by it before they have the picture."""
    return "png" if _ending(url) in {"png", "gif"} else "jpg"


def is_film(url: str) -> bool:
    """By its name the file is a film or a sound."""
    return MIME_TYPES.get(_ending(url), "").startswith(("video/", "audio/"))


def _ending(url: str) -> str:
    name = url.partition("?")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower()


class OldPictures(NamedTuple):
    """The pictures of replies to one device. `base_url` is the gateway as the device sees it; `token` seals a kind and
    the address of a picture into a path segment."""

    base_url: str
    token: Callable[[Kind, str], str]

    def address(self, url: str, kind: Kind, size: str = "") -> str:
        """Where the gateway shows the picture at `url`. What is no web address, or the gateway's own, stays."""
        own = (f"{self.base_url}/pictures/", f"{self.base_url}/photo/")
        if not url.startswith(_WEB) or url.startswith(own) or len(url) > LONGEST:
            return url
        name = f"{kind}_{size}" if size else kind
        return f"{self.base_url}/pictures/{self.token(kind, url)}/{name}.{extension(url)}"

    def account(self, account: hub.Account) -> hub.Account:
        """The same person, in pictures that can be loaded."""
        avatar = account.avatar or account.avatar_static
        small, middle, large = (self.address(avatar, Kind.AVATAR, size) for size in ("normal", "bigger", "400x400"))
        return replace(
            account, avatar=small, avatar_static=small, avatar_sizes=(middle, large),
            header=self.address(account.header, Kind.BANNER), note=self.html(account.note),
        )  # fmt: skip

    def activities(self, activities: hub.Activities) -> hub.Activities:
        """Everybody in it."""
        lists = {verb: tuple(map(self.account, getattr(activities, verb))) for verb in hub.ACTIVITIES}
        return hub.Activities(**lists)

    def status(self, status: hub.Status) -> hub.Status:
        """The same post with those in it."""
        media = tuple(map(self.media, status.media))
        return replace(
            status,
            account=self.account(status.account),
            media=media,
            content=self.html(_moved(status.content, dict(zip(map(address, status.media), media, strict=True)))),
            reblog_of=self.status(status.reblog_of) if status.reblog_of else None,
            quote_of=self.status(status.quote_of) if status.quote_of else None,
        )

    def media(self, media: hub.Media) -> hub.Media:
        """A picture moved with its preview; of anything else the preview only, because nobody here makes films."""
        source = address(media)
        if media.type != "image" or not source.startswith(_WEB):
            preview = self.address(media.preview_url, Kind.MEDIA, "small")
            return replace(media, preview_url=preview, own=preview != media.preview_url)
        preview = self.address(media.preview_url or source, Kind.MEDIA, "small")
        moved = self.address(source, Kind.MEDIA)
        mime = "image/png" if extension(source) == "png" else "image/jpeg"
        return replace(media, url=moved, remote_url=moved, preview_url=preview, mime=mime, size=0, own=True)

    def html(self, html: str) -> str:
        """With the pictures in it moved."""
        return _IMAGE.sub(self._image, html) if "<img" in html.lower() else html

    def _image(self, found: re.Match[str]) -> str:
        url = self.address(unescape(found[2] or found[3] or found[4] or ""), Kind.MEDIA)
        return f'{found[1]}"{escape(url)}"'

    def tree(self, tree: Any) -> Any:
        """A reply with all moved that stands under one of `KEYS`."""
        if isinstance(tree, Mapping):
            return {name: self._value(name, value) for name, value in tree.items()}
        if isinstance(tree, (list, tuple)):
            inner = [self.tree(value) for value in tree]
            return type(tree)(*inner) if hasattr(tree, "_fields") else inner
        return tree

    def _value(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return self.tree(value)
        if name not in KEYS or is_film(value):
            return value
        return self.address(value, *KEYS[name])


def _moved(content: str, files: Mapping[str, hub.Media]) -> str:
    """The text of a post whose links to its own files follow them."""
    for url, media in files.items():
        if url and media.own and (url in content or escape(url) in content):
            either = f"(?:{re.escape(url)}|{re.escape(escape(url))})"
            content = re.sub(either + _END, escape(address(media)).replace("\\", r"\\"), content)
    return content
