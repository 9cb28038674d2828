"""The activities of one account in the order of their arrival, and the indexes over them, in memory.

One row an activity; what an activity shows, and to which lists that belongs, is told by its marks. Everything but the
rows is derived, so nothing can contradict them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

import msgspec

from adapters.shelf import Placed

HOME, DIRECT, SENT, NOTE, MENTION, FILES, GROUP, DONE = "h", "d", "s", "n", "m", "f", "g", "r"
"""Marks of rows: in the home timeline, of these direct ones, own statuses, notifications, of these those that are
mentions, own statuses with files, own collections, own activities that can be undone. A row without any marks stays, so
that its activity is not read again."""

INBOX, OUTBOX, WRITTEN = "i", "o", "w"
"""Where a row was seen: in the inbox, in the outbox; or it was written here."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One activity. `native` is the status it shows ("": none), `object` what it is about, `parent` what the status
    answers."""

    pos: int
    id: str
    verb: str
    actor: str
    object: str = ""
    native: str = ""
    parent: str = ""
    marks: str = ""
    seen: str = ""

    def has(self, mark: str) -> bool:
        """It belongs to that list."""
        return mark in self.marks

    def placed(self) -> Placed:
        """As the shelf keeps it."""
        rest = [self.verb, self.actor, self.object, self.parent, self.marks, self.seen]
        return Placed(id=self.pos, key=self.id, native=self.native, row=msgspec.json.encode(rest).decode())


def row_of(placed: Placed) -> Row | None:
    """From the shelf; None for what this release does not read."""
    try:
        verb, actor, object, parent, marks, seen = msgspec.json.decode(placed.row, type=list[str])
    except (msgspec.MsgspecError, ValueError):
        return None
    return Row(
        pos=placed.id, id=placed.key, native=placed.native, verb=verb, actor=actor, object=object, parent=parent,
        marks=marks, seen=seen,
    )  # fmt: skip


class Log:
    """All rows. `me` is the account's actor."""

    def __init__(self, me: str, rows: Iterable[Row] = ()) -> None:
        self.me = me
        self.rows: dict[str, Row] = {}
        self.order: list[tuple[int, str]] = []
        self.shown: dict[str, str] = {}
        self.done: dict[tuple[str, str], str] = {}
        self.children: dict[str, dict[str, None]] = {}
        self.own: set[str] = set()
        self.liked: set[str] = set()
        self.shared: set[str] = set()
        self.blocked: set[str] = set()
        self.deleted: set[str] = set()
        self.undone: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: row.pos):
            self.put(row)

    def put(self, row: Row) -> None:
        """Add or replace."""
        old = self.rows.get(row.id)
        if old is not None:
            self._take_out(old)
        self.rows[row.id] = row
        insort(self.order, (row.pos, row.id))
        if row.native and row.marks:
            self.shown[row.native] = row.id
        if row.parent and row.marks:
            self.children.setdefault(row.parent, {})[row.native] = None
        if row.has(DONE):
            self.done[row.verb, row.object] = row.id
            if (kept := self._kept(row.verb)) is not None:
                kept.add(row.object)
        if row.has(SENT):
            self.own.add(row.native)
        if row.verb == "Delete" and row.seen:
            self.deleted.add(row.object)
        elif row.verb == "Undo" and row.object:
            self.undone[row.object] = row.actor

    def drop(self, ids: Iterable[str]) -> None:
        """Take rows out altogether."""
        for id in ids:
            if old := self.rows.pop(id, None):
                self._take_out(old)

    def _take_out(self, row: Row) -> None:
        at = bisect_left(self.order, (row.pos, row.id))
        if self.order[at : at + 1] == [(row.pos, row.id)]:
            del self.order[at]
        if self.shown.get(row.native) == row.id:
            del self.shown[row.native]
        self.children.get(row.parent, {}).pop(row.native, None)
        if self.done.get((row.verb, row.object)) == row.id:
            del self.done[row.verb, row.object]
            if (kept := self._kept(row.verb)) is not None:
                kept.discard(row.object)
        if row.has(SENT):
            self.own.discard(row.native)

    def _kept(self, verb: str) -> set[str] | None:
        return {"Like": self.liked, "Announce": self.shared, "Block": self.blocked}.get(verb)

    # reading
    @property
    def head(self) -> int:
        """The highest position, 0 when there is nothing."""
        return self.order[-1][0] if self.order else 0

    @property
    def lowest(self) -> int:
        """The lowest position, 0 when there is nothing."""
        return self.order[0][0] if self.order else 0

    def newest(self, mark: str, *, below: int | None = None, above: int = 0) -> Iterator[Row]:
        """Rows with a mark, newest first, strictly between two positions."""
        at = len(self.order) if below is None else bisect_left(self.order, (below, ""))
        while at:
            at -= 1
            pos, id = self.order[at]
            if pos <= above:
                return
            row = self.rows[id]
            if row.has(mark):
                yield row

    def positions(self, low: int, high: int) -> list[int]:
        """Those of rows strictly between two."""
        first, last = bisect_left(self.order, (low + 1, "")), bisect_left(self.order, (high, ""))
        return [pos for pos, _ in self.order[first:last]]

    def position(self, native: str) -> int | None:
        """Where a status stands."""
        row = self.rows.get(self.shown.get(native, ""))
        return row.pos if row else None

    def of(self, native: str) -> Row | None:
        """The row that shows a status."""
        return self.rows.get(self.shown.get(native, ""))

    def is_gone(self, native: str) -> bool:
        """Deleted, or a boost that who boosted took back."""
        row = self.rows.get(native)
        return native in self.deleted or (row is not None and self.undone.get(native) == row.actor)

    def about(self, object: str) -> list[Row]:
        """Rows whose object it is, or that show it."""
        return [row for row in self.rows.values() if object in (row.object, row.native)]

    def find(self, verb: str, actor: str, object: str) -> Row | None:
        """The newest activity of somebody on an object."""
        for _, id in reversed(self.order):
            row = self.rows[id]
            if (row.verb, row.actor, row.object) == (verb, actor, object) and row.marks:
                return row
        return None
