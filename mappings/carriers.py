"""The text of a status that carries a photo, written and read back (DESIGN section 4).

    Oldbird photo
    Album: Holiday 2020
    File: cat.jpg
    Description: our cat, asleep
    Allowed contacts: 109302 109303

Values are percent-encoded where a server could take a character for markup, a name, a tag, an emoji or a link, so the
text names nobody and comes back whatever the server makes of it. A colon stands behind labels only, so the lines are
found again when a server has joined them.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from mappings.html import read
from mappings.hub import Struct

HEAD = "Oldbird photo"

ALBUM, FILE, DESCRIPTION = "Album", "File", "Description"
ALLOWED_CONTACTS, ALLOWED_GROUPS = "Allowed contacts", "Allowed groups"
DENIED_CONTACTS, DENIED_GROUPS = "Denied contacts", "Denied groups"
FIRST, CREATED = "First stored as", "Created"

LABELS = (
    ALBUM, FILE, DESCRIPTION, ALLOWED_CONTACTS, ALLOWED_GROUPS, DENIED_CONTACTS, DENIED_GROUPS, FIRST, CREATED,
)  # fmt: skip
_LABEL = re.compile(rf"(?:^|(?<=\s))({'|'.join(LABELS)}):")
_SPACES = re.compile(r"\s+")

PLAIN = frozenset(" '\"!,.?()+=;-")
"""What may stand as it is beside letters, digits and everything beyond ASCII that shows."""
SIGNS = frozenset("＠＃：")
"""Wide forms that servers read as the narrow ones."""


class Carrier(Struct, frozen=True, kw_only=True):
    """What the text says. Rights are native ids of accounts and lists of the backend. `desc` None: not in the text, but
    beside the file. `first`: native id of the file that gave the photo its id, where it was stored anew since;
    `created`: its first date then, ISO 8601."""

    album: str
    filename: str = ""
    desc: str | None = ""
    allow_contacts: tuple[str, ...] = ()
    allow_groups: tuple[str, ...] = ()
    deny_contacts: tuple[str, ...] = ()
    deny_groups: tuple[str, ...] = ()
    first: str = ""
    created: str = ""


def written(carrier: Carrier) -> str:
    """The text to post."""
    rights = (
        (ALLOWED_CONTACTS, carrier.allow_contacts),
        (ALLOWED_GROUPS, carrier.allow_groups),
        (DENIED_CONTACTS, carrier.deny_contacts),
        (DENIED_GROUPS, carrier.deny_groups),
    )
    rows = [
        (ALBUM, encoded(carrier.album)),
        (FILE, encoded(carrier.filename)),
        *([] if carrier.desc is None else [(DESCRIPTION, encoded(carrier.desc))]),
        *((label, " ".join(map(encoded, natives))) for label, natives in rights if natives),
        *((label, encoded(value)) for label, value in ((FIRST, carrier.first), (CREATED, carrier.created)) if value),
    ]
    return "\n".join([HEAD, *(f"{label}: {value}".rstrip() for label, value in rows)])


def encoded(text: str) -> str:
    """`text` with everything that could be taken for something else as %XX of its UTF-8 bytes."""
    out: list[str] = []
    before, last = "", len(text) - 1
    for at, sign in enumerate(text):
        lonely = sign == " " and at in {0, last}
        again = sign in PLAIN and sign == before  # runs of spaces shrink, runs of dots and dashes become other signs
        out.append(sign if _plain(sign) and not (lonely or again) else _escaped(sign))
        before = sign
    return "".join(out)


def _escaped(sign: str) -> str:
    return "".join([f"%{byte:02X}" for byte in sign.encode("utf-8", "ignore")])


def _plain(sign: str) -> bool:
    if sign.isascii():
        return sign.isalnum() or sign in PLAIN
    return sign.isprintable() and sign not in SIGNS


def carrier_of(html: str) -> Carrier | None:
    """What a status of this content carries; None when it is no carrier."""
    text = "".join([piece if isinstance(piece, str) else piece.shown for piece in read(html).pieces])
    head, *parts = _LABEL.split(text)
    if _SPACES.sub(" ", head).strip() != HEAD:
        return None
    found = dict(zip(parts[::2], map(_value, parts[1::2]), strict=True))
    if ALBUM not in found:
        return None
    return Carrier(
        album=_decoded(found[ALBUM]),
        filename=_decoded(found.get(FILE, "")),
        desc=_decoded(found[DESCRIPTION]) if DESCRIPTION in found else None,
        allow_contacts=_natives(found.get(ALLOWED_CONTACTS, "")),
        allow_groups=_natives(found.get(ALLOWED_GROUPS, "")),
        deny_contacts=_natives(found.get(DENIED_CONTACTS, "")),
        deny_groups=_natives(found.get(DENIED_GROUPS, "")),
        first=_decoded(found.get(FIRST, "")),
        created=_decoded(found.get(CREATED, "")),
    )


def _value(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _decoded(text: str) -> str:
    return unquote(text, errors="replace")


def _natives(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_decoded, text.split())))
