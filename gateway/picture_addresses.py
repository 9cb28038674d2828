"""Addresses of pictures for old devices: `<base>/pictures/<token>/<kind>_<size>.<ext>` (`mappings.old_pictures`).

The token holds the address of the picture itself under a keyed signature: every process with the server key makes and
reads the same one, nothing is stored, and nobody can have anything fetched that no reply has shown. The size is not
signed, because clients make the address of one from that of another. There is no end to a token: clients keep
addresses for as long as they keep their lists. Another server key ends all of them.
"""

from __future__ import annotations

import hmac
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import NamedTuple

from cachetools import LRUCache

from mappings.old_pictures import LONGEST, SIZES, Fit, Kind, OldPictures

KEPT = 4096
"""Tokens in memory: people stand in many replies."""
SIGNATURE_BYTES = 12
PLAIN, PACKED = b"\0", b"\1"
"""How the address stands in the token."""
COMMON = (
    b"https://http://www.social.media.mastodon.cdn.static.s3.amazonaws.com/storage/files/uploads/proxy/custom_emojis"
    b"/fileserver//attachment//avatar//header//system/cache/preview_cards/images/accounts/headers/000/000/"
    b"/cache/accounts/avatars/000/000/000/original/missing.webp.avif.gif.jpeg/accounts/avatars/10/11"
    b"/cache/media_attachments/files/media/0/small/original/.png.jpghttps://files.mastodon.social/"
)
"""What addresses of pictures are made of. Another text would be another way of packing, with a mark of its own."""

_NAME = re.compile(r"([abm])(?:_([a-z0-9_]+))?\.(?:jpe?g|png|gif)(?::([a-z0-9_]+))?", re.ASCII)


class Wanted(NamedTuple):
    """What an address asks for."""

    url: str
    fit: Fit


class PictureAddresses:
    """Makes and reads addresses with one secret key."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._made: LRUCache[tuple[Kind, str], str] = LRUCache(KEPT)

    def at(self, base_url: str) -> OldPictures:
        """The pictures of replies to a device that knows the gateway as `base_url`."""
        return OldPictures(base_url, self.token)

    def token(self, kind: Kind, url: str) -> str:
        """The path segment for a picture."""
        made = self._made.get((kind, url))
        if made is None:
            made = self._made[kind, url] = self._token(kind, url)
        return made

    def _token(self, kind: Kind, url: str) -> str:
        raw = url.encode("utf-8", "ignore")
        packed = _packed(raw)
        body = PACKED + packed if len(packed) < len(raw) else PLAIN + raw
        return urlsafe_b64encode(self._signature(kind, body) + body).decode().rstrip("=")

    def wanted(self, token: str, name: str, size: str = "") -> Wanted | None:
        """What the last two segments of an address ask for; `size` where it is given beside them, which counts then.

        None for anything that was not made here, and for sizes that there are none of.
        """
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        kind = Kind(found[1])
        fit = SIZES[kind].get(size or found[3] or found[2] or "")
        url = self._opened(kind, token) if fit is not None else ""
        return Wanted(url, fit) if fit is not None and url else None

    def _opened(self, kind: Kind, token: str) -> str:
        """The address in a token, "" for none of ours. Nothing is unpacked before the signature is right."""
        try:
            data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (Error, ValueError):
            return ""
        signature, body = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(kind, body)):
            return ""
        if urlsafe_b64encode(data).decode().rstrip("=") != token:
            return ""  # the same bytes in other letters: an address has one form
        raw = body[1:]
        return (raw if body[:1] == PLAIN else _unpacked(raw)).decode("utf-8", "ignore")

    def _signature(self, kind: Kind, body: bytes) -> bytes:
        return hmac.digest(self._secret, kind.encode() + body, "sha256")[:SIGNATURE_BYTES]


def _packed(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, COMMON)
    return packer.compress(raw) + packer.flush()


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(-15, COMMON).decompress(packed, 4 * LONGEST)
    except zlib.error:
        return b""
