"""How a client wants its replies, as data (DESIGN section 6). The mount gives the default."""

from __future__ import annotations

import msgspec


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """`escape`: `&amp; &lt; &gt;` in text. `source_link`: `source` as HTML anchor. `cursors`: id lists as an envelope
    even when no cursor is sent. `empty_dm_delete`: direct_messages/destroy answers nothing. `marks_self`: some people
    have `uid` and `self`; python-twitter cannot read an object with a key `self`. `id_bits`: 53, or 31 for clients that
    keep ids in 32-bit integers (DiCa, Friendica_mobile). `message_bits`: 0 as `id_bits`, or 16 for the one client that
    reads message ids as 16-bit integers (Friendica_mobile)."""

    name: str
    escape: bool = False
    source_link: bool = False
    cursors: bool = False
    empty_dm_delete: bool = True
    marks_self: bool = True
    id_bits: int = 53
    message_bits: int = 0


FRIENDICA = Dialect(name="friendica")
TWITTER = Dialect(
    name="twitter", escape=True, source_link=True, cursors=True, empty_dm_delete=False, marks_self=False
)

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (FRIENDICA, TWITTER)}
"""By name, as a device may have one of its own."""

MOUNTS: dict[str, Dialect] = {
    "api": FRIENDICA,
    "api/1": FRIENDICA,
    "api/1.1": FRIENDICA,
    "1": TWITTER,
    "1.1": TWITTER,
    "": FRIENDICA,
}
