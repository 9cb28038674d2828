"""Where a photo is looked at: `<base>/photo/<id>-<scale>.<ext>` (reference/wire-friendica.md section 8).

The address of a private photo is signed: old clients hand it to a picture viewer that sends no password. A signature
has no end, because such clients keep addresses in their lists for as long as they keep the list; it is revoked by what
it is made over: the photo's rights. Whoever narrows them makes every address handed out before worthless, and so do
deleting the photo and another server key. It covers all scales: clients make the address of one from that of another.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from typing import NamedTuple

from mappings.photos import Photo, PhotoPlace, Rights

SIGNATURE = "sig"
"""The parameter that carries it."""
SIGNATURE_BYTES = 18

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif"}
SCALED_EXTENSIONS = {"image/png": "png", "image/gif": "png"}
"""Of what `gateway.imaging` writes; the others become JPEG, or PNG when parts of them are transparent."""

_NAME = re.compile(r"([0-9a-f]{32})(?:-([0-6]))?(?:\.[a-z]{1,5})?", re.ASCII)


class Asked(NamedTuple):
    """What an address names."""

    photo: str
    scale: int


def asked(name: str) -> Asked | None:
    """The last part of a path, read. The extension does not matter, and without a scale the photo itself is meant."""
    found = _NAME.fullmatch(name)
    return Asked(found[1], int(found[2] or 0)) if found else None


class PhotoAddresses:
    """Makes and checks addresses with one secret key."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, base_url: str, account: str, photo: Photo, scale: int) -> str:
        """The address of one scale (0 to 6) of a photo of the local account `account`, signed when it is private."""
        extensions = SCALED_EXTENSIONS if scale else EXTENSIONS
        plain = f"{base_url}/photo/{photo.id}-{scale}.{extensions.get(photo.mime, 'jpg')}"
        return f"{plain}?{SIGNATURE}={self._signature(photo.id, account, photo.rights)}" if photo.private else plain

    def opens(self, signature: str, id: str, place: PhotoPlace) -> bool:
        """Whether a signature was given out for this photo under the rights it has now."""
        expected = self._signature(id, place.account, place.rights)
        return hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode())

    def _signature(self, id: str, account: str, rights: Rights) -> str:
        parts = (id, account, rights.allow_cid, rights.allow_gid, rights.deny_cid, rights.deny_gid)
        mark = hmac.digest(self._secret, "\0".join(parts).encode(), "sha256")
        return urlsafe_b64encode(mark[:SIGNATURE_BYTES]).decode()
