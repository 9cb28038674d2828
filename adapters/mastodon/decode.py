"""Reading answers: bodies of lists are split into raw items first; an item is decoded when somebody reads it.

Equal bytes always read to equal statuses.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from adapters.errors import BadAnswer
from adapters.mastodon import entities, tolerant, wire
from adapters.mastodon.capabilities import Software
from adapters.mastodon.wire import BROKEN, put
from mappings import hub

T = TypeVar("T")
P = TypeVar("P", bound=hub.Account | hub.Mention)

LIST = msgspec.json.Decoder(list[msgspec.Raw])
ID_FIRST, LONGEST_ID = b'{"id":"', 64
HEAD = msgspec.json.Decoder(entities.Head)


def one(raw: bytes, kind: type[T]) -> T:
    """An entity, repaired where needed. Raises BadAnswer."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except BROKEN:
        found: T = tolerant.decode(raw, kind)
        return found


def split(body: bytes) -> list[bytes]:
    """The items of a list, undecoded. Raises BadAnswer."""
    try:
        return [bytes(item) for item in LIST.decode(body)]
    except BROKEN:
        return [bytes(item) for item in tolerant.decode(body, list[msgspec.Raw])]


def id_of(raw: bytes) -> str:
    """The id of an undecoded item; empty when it has none. Nearly all servers write it first."""
    if raw.startswith(ID_FIRST):
        text, quote, _ = raw[len(ID_FIRST) : len(ID_FIRST) + LONGEST_ID].partition(b'"')
        if quote and text.isalnum():
            return text.decode("ascii")
    try:
        return HEAD.decode(raw).id
    except BROKEN:
        pass
    try:
        return one(raw, entities.Head).id
    except BadAnswer:
        return ""


class Reader:
    """Reads the entities of one instance. `hosts`: the names it goes by, as they stand behind the @."""

    def __init__(self, software: Software, hosts: frozenset[str]) -> None:
        self.software, self.hosts = software, hosts
        self.exact = software.local_acct_bare

    def entry(self, raw: bytes) -> hub.Entry:
        """An undecoded status."""
        return hub.Entry(raw=raw, read=self.read)

    def original(self, raw: bytes) -> hub.Entry:
        """A status that is no boost. snac shows what somebody boosted as that boost, wherever it stands."""
        if not self.software.wrapper_by_case:
            return self.entry(raw)
        inner = bytes(one(raw, entities.Boost).reblog)
        return self.entry(raw if inner == b"null" else inner)

    def read(self, raw: bytes) -> hub.Status:
        """A decoded status. Raises BadAnswer."""
        try:
            found = wire.STATUS.decode(raw)
        except BROKEN:
            found = tolerant.decode(raw, wire.Status)
        if not self.exact:
            self.localise(found)
        return found

    def account(self, raw: bytes) -> hub.Account:
        """A decoded account. Raises BadAnswer."""
        return self.named(one(raw, wire.Account))

    def found(self, raw: bytes) -> wire.Found:
        """A decoded search result. Raises BadAnswer."""
        return self.named(one(raw, wire.Found))

    def acct(self, acct: str) -> str:
        """`acct` without the instance's own host, and without a leading @."""
        name, _, host = acct.removeprefix("@").partition("@")
        return name if not host or host.lower() in self.hosts else f"{name}@{host}"

    def key(self, native: str) -> str:
        """The canonical key of a status id: on snac the first ten characters change with every edit."""
        return native[-32:] if self.software.wrapper_by_case else native

    def localise(self, status: hub.Status) -> None:
        """Give a fresh status the names this instance's own people and posts go by."""
        put(status, "key", self.key(status.native))
        self.named(status.account)
        for mention in status.mentions:
            self.named(mention)
        for inner in (status.reblog_of, status.quote_of):
            if inner:
                self.localise(inner)

    def named(self, person: P) -> P:
        """The same fresh object with a plain name; snac writes user@host into a mention's user name, too."""
        put(person, "acct", self.acct(person.acct or person.username))
        put(person, "username", person.username.partition("@")[0] or person.acct.partition("@")[0])
        return person

    def notification(self, raw: bytes) -> hub.Notification:
        """Something that happened. Raises BadAnswer."""
        it = one(raw, entities.Notification)
        status = bytes(it.status)
        return hub.Notification(
            native=it.id,
            type=it.type,
            created_at=wire.utc(it.created_at),
            account=self.named(it.account),
            status=None if status == b"null" else self.original(status),
        )
