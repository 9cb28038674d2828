"""What the gateway knows of one account's messages: who wrote them to whom, their threads, what was seen and hidden.

One record a message in the store, under the canonical key of its status; the text stays with the backend. The marks are
records of their own, so that a process which writes what it knew a while ago takes none away. The state of the index
"messages" holds how far the backend's lists were read. The version changes with every write: so another process sees
that it must read all of it again.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec
from msgspec.structs import replace

from adapters.backend import Backend
from gateway.cards import Seen
from gateway.paging import HIGHEST, Span
from gateway.stores.store import AccountRecord, Store
from mappings import hub
from mappings.messages import default_title, letter

INDEX, KIND = "messages", "message"
SEEN, HIDDEN = "message-seen", "message-hidden"
VERSIONS, VERSION = "message-version", "version"

MOST_ABOVE = 5000
"""So deep may a conversation be."""

UNNAMED = "@"
"""How a person begins whom the backend names without an id (snac): `@acct`."""


class Letter(msgspec.Struct, frozen=True, array_like=True):
    """One message. `to` are native ids of its recipients (or `@acct`), `parent` the key of the answered status, `root`
    the `friendica_parent_uri` of the thread, `title` the thread's. `open`: the answered message may be unknown; `told`:
    a client was shown it so. The marks `seen` and `hidden` never go back; they are no part of the record."""

    key: str
    id: int
    native: str
    author: str
    to: tuple[str, ...] = ()
    parent: str = ""
    root: str = ""
    title: str = ""
    seen: bool = False
    hidden: bool = False
    open: bool = False
    told: bool = False

    def recipient(self, me: str) -> str:
        """Who it is for: me, or of my own message the first person it names."""
        others = (one for one in self.to if one != me) if self.author == me else ()
        return next(iter(others), me)

    def exchanged_with(self, people: Collection[str], me: str) -> bool:
        """One of `people` (native ids, `@acct`) is on the other side; for `me`: a note to myself."""
        if self.author != me:
            return self.author in people
        return any(one in people for one in self.to if one != me) or (me in people and self.recipient(me) == me)


Keep = Callable[[Letter], bool]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A status of one of the backend's lists. `read`: the backend says that its conversation was read."""

    seen: Seen
    read: bool = False


class Mailbox:
    """All letters of one account in memory; every change is written through to the store.

    `unlisted` are those a filter hides, or that turned out to be no messages; `fresh` those that came with the request
    at hand, so that no client knows their thread yet.
    """

    def __init__(self, account: AccountRecord, backend: Backend, store: Store) -> None:
        self.backend = backend
        self.me = account.native
        self._name = account.username.casefold()
        self.letters: dict[str, Letter] = {}
        self.state: dict[str, str] = {}
        self.unlisted: set[str] = set()
        self.fresh: set[str] = set()
        self._keys: dict[int, str] = {}
        self._account = account.id
        self._store = store
        self._version = b""

    async def load(self) -> None:
        """What is in the store, where it changed since. Raises StoreDown."""
        versions = await self._store.records(self._account, VERSIONS, [VERSION])
        version = versions.get(VERSION, b"")
        if version and version == self._version:
            return
        state, _ = await self._store.index_state(self._account, INDEX)
        kinds = (self._store.records(self._account, kind) for kind in (KIND, SEEN, HIDDEN))
        kept, seen, hidden = await asyncio.gather(*kinds)
        letters = (msgspec.msgpack.decode(raw, type=Letter) for raw in kept.values())
        self.state.clear()
        self.state.update(state)
        self.letters = {
            one.key: replace(one, seen=one.author == self.me or one.key in seen, hidden=one.key in hidden)
            for one in letters
        }
        self._keys = {one.id: key for key, one in self.letters.items()}
        self._version = version

    async def save(self, letters: Iterable[Letter], state: dict[str, str] | None = None) -> None:
        """Add or replace. Raises StoreDown."""
        changed = {one.key: one for one in letters if self.letters.get(one.key) != one}
        moved = {name: value for name, value in (state or {}).items() if self.state.get(name) != value}
        if not changed and not moved:
            return
        before = self._begin()
        for kind, records in self._records(changed).items():
            if records:
                await self._store.put_records(self._account, kind, records)
        if moved:
            await self._store.index_add(self._account, INDEX, (), moved)
        await self._end(before)
        self.fresh |= changed.keys() - self.letters.keys()
        self.letters.update(changed)
        self._keys.update((one.id, key) for key, one in changed.items())
        self.state.update(moved)

    def _records(self, changed: Mapping[str, Letter]) -> dict[str, dict[str, bytes]]:
        """By kind, what is new in `changed`."""
        facts, seen, hidden = dict[str, bytes](), dict[str, bytes](), dict[str, bytes]()
        for key, one in changed.items():
            known, raw = self.letters.get(key), _facts(one)
            if known is None or _facts(known) != raw:
                facts[key] = raw
            if one.seen and one.author != self.me:
                seen[key] = b"1"
            if one.hidden:
                hidden[key] = b"1"
        return {KIND: facts, SEEN: seen, HIDDEN: hidden}

    def _begin(self) -> bytes:
        """Before writing: should that fail half-way, all is read again with the next `load`."""
        before, self._version = self._version, b""
        return before

    async def _end(self, before: bytes) -> None:
        """A new version. Where another process wrote since `before`, all is read again with the next `load`."""
        after = secrets.token_bytes(8)
        if await self._store.swap_record(self._account, VERSIONS, VERSION, before, after):
            self._version = after
        else:
            await self._store.put_records(self._account, VERSIONS, {VERSION: after})

    async def drop(self, keys: Collection[str]) -> None:
        """They are gone at the backend. Raises StoreDown."""
        known = [self.letters[key] for key in keys if key in self.letters]
        if not known:
            return
        before = self._begin()
        for kind in (KIND, SEEN, HIDDEN):
            await self._store.drop_records(self._account, kind, [one.key for one in known])
        await self._end(before)
        for one in known:
            del self.letters[one.key]
            self._keys.pop(one.id, None)

    def by_id(self, id: int) -> Letter | None:
        """A message that is there for the client."""
        found = self.letters.get(self._keys.get(id, ""))
        return None if found is None or found.hidden else found

    def select(self, span: Span, keep: Keep) -> list[Letter]:
        """The asked part, newest first."""
        inside = [one for one in self._shown(span) if keep(one)]
        return inside[span.skip : span.skip + span.count]

    def _shown(self, span: Span) -> list[Letter]:
        letters = self.letters.values()
        shown = (one for one in letters if span.holds(one.id) and not one.hidden and one.key not in self.unlisted)
        return sorted(shown, key=lambda one: one.id, reverse=True)

    def holes(self, span: Span, lowest: int) -> list[Letter]:
        """Open letters whose unknown neighbours may belong into the span from `lowest` on, newest first."""
        least = max(span.above + 1, lowest)
        found = [one for one in self.letters.values() if one.open and one.id >= least]
        return sorted(found, key=lambda one: one.id, reverse=True)

    def top(self, one: Letter) -> Letter:
        """The first known message above: what answers it, in any branch, is the whole conversation."""
        for _ in range(MOST_ABOVE):
            above = self.letters.get(one.parent)
            if above is None:
                break
            one = above
        return one

    # new letters
    def arrivals(self, found: Iterable[Found], *, all_own: bool = False) -> list[Letter]:
        """The letters that are new in `found`, and known ones that were read or answered elsewhere.

        A thread that comes with its first answers stays open: more may belong to it. So does one that I answered
        elsewhere, unless the lists hold `all_own` messages.
        """
        ordered = sorted(found, key=lambda one: one.seen.card.id)
        new: dict[str, Letter] = {}
        known = ChainMap(new, self.letters)
        for one in ordered:
            card = one.seen.card
            self.sight(one.seen)
            if card.kind == hub.Kind.MESSAGE and card.key not in known:
                made = self._letter(one.seen, known)
                is_first = made.parent in new or made.parent in self.fresh
                elsewhere = made.author == self.me and not all_own
                new[card.key] = replace(made, open=bool(made.parent) and (made.open or is_first or elsewhere))
        ends = [known[one.seen.card.key] for one in ordered if one.read and one.seen.card.key in known]
        until = _until([*ends, *(one for one in new.values() if one.author == self.me)])
        return [*{**new, **_seen(known.values(), until)}.values()]

    def sight(self, seen: Seen) -> None:
        """A body came: whether it may be shown."""
        if seen.card.kind == hub.Kind.MESSAGE and not seen.card.hidden:
            self.unlisted.discard(seen.card.key)
        else:
            self.unlisted.add(seen.card.key)

    def _letter(self, seen: Seen, known: Mapping[str, Letter]) -> Letter:
        status, card = seen.entry.status, seen.card
        parent = self.backend.sighting(status).parent if status.in_reply_to else ""
        above = known.get(parent)
        return Letter(
            key=card.key,
            id=card.id,
            native=card.native,
            author=card.author,
            to=tuple(self._address(mention) for mention in status.mentions),
            parent=parent,
            root=above.root if above else status.uri or card.key,
            title=status.title or (above.title if above else default_title(letter(status).text)),
            seen=card.author == self.me,
            open=above is None and bool(parent),
        )

    def _address(self, mention: hub.Mention) -> str:
        named = address(mention)
        return self.me if named.casefold() == UNNAMED + self._name else named

    def joined(self, thread: Iterable[Seen]) -> list[Letter]:
        """All letters of a thread that was read, answered ones before their answers. Its conversations (answers to a
        public post are several) get one root each; one that was handed out before stays."""
        made: dict[str, Letter] = {}
        known = ChainMap(made, self.letters)
        for one in thread:
            if one.card.kind == hub.Kind.MESSAGE:
                self.sight(one)
                made[one.card.key] = self._letter(one, known)
        roots = self._roots(made)
        joined = {
            key: replace(self.letters.get(key, one), root=roots[key], title=one.title, open=False)
            for key, one in made.items()
        }
        new = (one for key, one in joined.items() if key in self.fresh or key not in self.letters)
        return [*{**joined, **_seen(new, _until(one for one in joined.values() if one.seen))}.values()]

    def _roots(self, made: dict[str, Letter]) -> dict[str, str]:
        """The root of each letter: that of one a client was told, of the oldest known one, else of the first of all."""
        top: dict[str, str] = {}
        chosen: dict[str, tuple[bool, int, str]] = {}
        for key, one in made.items():
            first = top[key] = top.get(one.parent, key)
            known = None if key in self.fresh else self.letters.get(key)
            if known is None or (known.open and not known.told):
                rank = (True, HIGHEST, made[first].root)
            else:
                rank = (not known.told, known.id, known.root)
            chosen[first] = min(chosen.get(first, rank), rank)
        return {key: chosen[first][2] for key, first in top.items()}


def _facts(one: Letter) -> bytes:
    """The record: what a letter says, without marks."""
    return msgspec.msgpack.encode(replace(one, seen=False, hidden=False))


def address(mention: hub.Mention) -> str:
    """How a letter names a mentioned person."""
    return UNNAMED + mention.acct if mention.native in {"", "0"} else mention.native


def _until(letters: Iterable[Letter]) -> dict[str, int]:
    """By thread, the newest of `letters`."""
    until: dict[str, int] = {}
    for one in letters:
        until[one.root] = max(until.get(one.root, 0), one.id)
    return until


def _seen(letters: Iterable[Letter], until: Mapping[str, int]) -> dict[str, Letter]:
    """Those of `letters` that become seen because the thread was read or answered up to there."""
    unseen = (one for one in letters if not one.seen and one.id <= until.get(one.root, 0))
    return {one.key: replace(one, seen=True) for one in unseen}
