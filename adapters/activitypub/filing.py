"""From activities to rows: what each says, and what it changes about those before it (activitypub-c2s section 8).

In memory; what it needs was read before, and `adapters.activitypub.mirror` writes down what comes of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

import msgspec
from msgspec.structs import replace

from adapters.activitypub.log import Log, Row
from adapters.activitypub.sorting import CHANGES, Arrival, is_trusted, noted, sorted_in, whole
from mappings import activitypub as ap

ANSWERS = frozenset({"Accept", "Reject", "TentativeAccept", "Join", "Leave"})
KEPT_WHOLE = frozenset({"Announce", "Follow", "EmojiReact", "Invite", "Update"})
"""Whose activity says more than its row."""


class Change(msgspec.Struct):
    """What filing some activities changes."""

    rows: dict[str, Row] = {}
    documents: dict[str, ap.Document] = {}
    activities: dict[str, ap.Document] = {}
    gone: list[str] = []


class Filing:
    """Files activities one by one. The log sees each at once, so that the next ones find it; the shelf gets all of
    `change` together."""

    def __init__(self, log: Log, known: ap.Known, following: Container[str] | None) -> None:
        self.change = Change()
        self._log = log
        self._known = known
        self._following = following

    def file(self, arrival: Arrival, pos: int) -> None:
        """One more, at its place."""
        if arrival.verb in CHANGES and is_trusted(arrival):
            row = self._changing(arrival, pos)
        else:
            row = self._showing(arrival, pos)
            if row.marks and row.verb in ANSWERS:
                row = self._answered(row)
        self.change.rows[row.id] = row
        self._log.put(row)  # so that what follows sees it; the shelf gets all of it at once

    def _showing(self, arrival: Arrival, pos: int) -> Row:
        found = sorted_in(arrival, self._log, self._known, self._following)
        if found.marks and arrival.object is not None and arrival.verb in {"Create", "Announce"}:
            self.change.documents[ap.id_of(arrival.object)] = arrival.object
        if found.marks and arrival.verb in KEPT_WHOLE:
            self.change.activities[arrival.id] = arrival.activity
        return _row(arrival, pos, marks=found.marks, native=found.native, parent=found.parent)

    def _answered(self, row: Row) -> Row:
        """Of several answers of a person to one event the last one counts: nobody undoes a Join, they leave."""
        others = [one for one in self._log.about(row.object) if one.verb in ANSWERS and one.actor == row.actor]
        earlier = [one for one in others if one.pos < row.pos and one.marks and one.id != row.id]
        self._clear(earlier)
        is_last = not any(one.marks and one.pos > row.pos for one in others)
        return row if is_last else replace(row, marks="")

    def _changing(self, arrival: Arrival, pos: int) -> Row:
        """Update, Delete, Undo: by the owner alone; anything else is only remembered as read."""
        if arrival.verb == "Undo":
            return self._undo(arrival, pos)
        target = arrival.target
        before = self.change.documents.get(target) or self._known.document(target)
        if not target or not ap.applies({**arrival.activity, "object": target}, arrival.object, before):
            return _row(arrival, pos, verb="")
        if arrival.verb == "Delete":
            self._delete(target, arrival.actor)
            return _row(arrival, pos)
        if arrival.object is not None and target in self._log.shown:
            self.change.documents[target] = whole(arrival, arrival.object, self._known.now, before)
        marks = noted(arrival, self._known)
        if marks:
            self.change.activities[arrival.id] = arrival.activity
        return _row(arrival, pos, marks=marks)

    def _delete(self, target: str, actor: str) -> None:
        rows = self._log.about(target)
        if target == actor:
            rows += [row for row in self._log.rows.values() if row.actor == actor]
        self.change.gone += [target, *(row.native for row in rows if row.native)]
        self._clear(row for row in rows if row.actor != self._known.me or row.native)

    def _undo(self, arrival: Arrival, pos: int) -> Row:
        inner = next(iter(ap.as_list(arrival.activity.get("object"))), None)
        row = self._log.rows.get(arrival.target)
        if row is None and isinstance(inner, dict) and not arrival.target:
            verb = next(iter(ap.types_of(inner)), "")
            row = self._log.find(verb, arrival.actor, ap.id_of(inner.get("object")))
        if row is None:
            is_ours = ap.same_host(arrival.actor, arrival.target)
            return _row(arrival, pos, object=arrival.target if is_ours else "")
        if row.actor != arrival.actor:
            return _row(arrival, pos, verb="")
        self._clear([row])
        if row.native and row.verb == "Announce":
            self.change.gone.append(row.native)
        return _row(arrival, pos, object=row.id)

    def _clear(self, rows: Iterable[Row]) -> None:
        for row in rows:
            cleared = replace(row, marks="")
            self.change.rows[row.id] = cleared
            self._log.put(cleared)


def _row(arrival: Arrival, pos: int, **fields: str) -> Row:
    made = {"verb": arrival.verb, "object": arrival.target, **fields}
    return Row(pos=pos, id=arrival.id, actor=arrival.actor, seen=arrival.seen, **made)
