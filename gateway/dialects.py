"""How a client wants its replies, as data (DESIGN section 6).

The mount gives the default (`MOUNTS`), the preset that a device was given changes it (`gateway.client_presets`), and
where a device has none the forms, never the ids, may follow the program's own name (`by_agent`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

import msgspec

from gateway.client_presets import IDS, PRESETS

MOST = 1024
"""Dialects kept by name and mount, and by agent and mount."""
AGENT_BYTES = 200
"""So much of a User-Agent is looked at."""


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """Every field but the name is a question on which known clients contradict each other.

    Ids:
    `id_bits`: 53, or 31 for clients that keep ids in 32-bit integers (DiCa, Friendica_mobile).
    `message_bits`: 0 as `id_bits`, or 16 for the one client that reads message ids as 16-bit integers
    (Friendica_mobile).
    `message_ids`: `text` for the first generation of Friendica_mobile.

    Forms:
    `escape`: `&amp; &lt; &gt;` in text, `source_link`: `source` as HTML anchor (Twitter's clients; AndStatus and Choqok
    with GNU social expect neither).
    `cursors`: lists of ids as an envelope even when no cursor is sent (python-twitter, ruby-twitter, BitlBee; AndStatus
    with GNU social wants them bare).
    `screen_names`: people of other servers as `nick`, or as `address` (nick@host) for BitlBee, which knows its
    contacts by that name alone and would take two people for one.
    `seen`: of messages and notifications as 0 and 1, as `boolean` (Raccoon) or as `text` (Friendica_mobile, first
    generation).
    `photo_numbers`: width, height and profile of a photo, `text` for the first generation of Friendica_mobile.
    `wrong_users`: who could not be put into a group, as the posted `ids` or as `objects` (Friendica_mobile).
    `albums_in_object`: `{"albums": [..]}` and `{"photo": [..]}` (Larpnet).
    `deleted_message`: what direct_messages/destroy answers who did not ask for more: `nothing`, the `message`
    (Twitter's clients) or the `result` (Raccoon).
    `titled_messages`: the text of every message begins with its title, which is made of the text where there is none;
    Twitter's messages had no titles, so its clients see those that somebody wrote, and no text twice.
    `whole_conversation`: conversation/show holds the post itself too; Choqok shows nothing but the reply.
    `marks_self`: some people have `uid` and `self`; python-twitter cannot read an object with a key `self`.
    `error_root`: of errors in XML, `status` as specified or `hash` (twittering-mode).
    """

    name: str
    id_bits: Literal[53, 31] = 53
    message_bits: Literal[0, 16] = 0
    message_ids: Literal["number", "text"] = "number"
    escape: bool = False
    source_link: bool = False
    cursors: bool = False
    screen_names: Literal["nick", "address"] = "nick"
    seen: Literal["number", "boolean", "text"] = "number"
    photo_numbers: Literal["number", "text"] = "number"
    wrong_users: Literal["ids", "objects"] = "ids"
    albums_in_object: bool = False
    deleted_message: Literal["nothing", "message", "result"] = "nothing"
    titled_messages: bool = True
    whole_conversation: bool = False
    marks_self: bool = True
    error_root: Literal["status", "hash"] = "status"

    def mark(self, seen: bool) -> int | bool | str:
        """A seen mark as this client reads it."""
        return SEEN[self.seen](seen)

    def message_id(self, number: int) -> int | str:
        """The id of a message as this client reads it."""
        return str(number) if self.message_ids == "text" else number


SEEN: dict[str, Callable[[bool], int | bool | str]] = {
    "number": int, "boolean": bool, "text": lambda seen: "1" if seen else "0",
}  # fmt: skip

FRIENDICA = Dialect(name="friendica")
TWITTER = Dialect(
    name="twitter", escape=True, source_link=True, cursors=True, deleted_message="message", titled_messages=False,
    marks_self=False,
)  # fmt: skip

BASES: dict[str, Dialect] = {dialect.name: dialect for dialect in (FRIENDICA, TWITTER)}
"""What a preset may start from in place of the mount's dialect."""

MOUNTS: dict[str, Dialect] = {
    "api": FRIENDICA,
    "api/1": FRIENDICA,
    "api/1.1": FRIENDICA,
    "1": TWITTER,
    "1.1": TWITTER,
    "": FRIENDICA,
}

AGENTS: dict[bytes, str] = {
    b"Twittering-mode/": "twittering-mode",
    b"BitlBee ": "bitlbee",
    b"TwitterRubyGem/": "ruby-twitter",
    b"Twython v": "twython",
    b"Tweepy/": "tweepy",
}
"""Words of a User-Agent -> preset, where following it is safe: the program names itself, every version and every kind
of account in it reads the same forms, and no form takes anything away. Not here: AndStatus, Choqok and Twidere, which
read what the kind of account chosen in them reads; Friendica_mobile, which calls itself Internet Explorer; DiCa,
Raccoon and python-twitter, which name only their HTTP library."""


@lru_cache(MOST)
def dialect_of(name: str, mount: str) -> Dialect:
    """The dialect of a device that was given the preset `name` ("" or one that is gone: the mount's) on a mount."""
    base, preset = MOUNTS.get(mount, FRIENDICA), PRESETS.get(name)
    if preset is None:
        return base
    return _changed(BASES.get(preset.base, base), {**preset.changes, "name": name})


@lru_cache(MOST)
def by_agent(agent: bytes, mount: str) -> Dialect | None:
    """The forms that a program is known to read, by the first `AGENT_BYTES` of its User-Agent; None for all others.

    Ids stay the mount's: a program that updates itself or lies must not find other numbers on the same posts.
    """
    name = next((name for word, name in AGENTS.items() if word in agent), "")
    if not name:
        return None
    base = MOUNTS.get(mount, FRIENDICA)
    return _changed(dialect_of(name, mount), {field: getattr(base, field) for field in IDS})


def widths(name: str) -> tuple[int, int]:
    """How wide the ids and the message ids of a preset are; no mount changes that."""
    dialect = dialect_of(name, "api")
    return dialect.id_bits, dialect.message_bits


def _changed(dialect: Dialect, changes: dict[str, Any]) -> Dialect:
    return msgspec.structs.replace(dialect, **changes)
