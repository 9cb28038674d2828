"""How far a list of the backend was read: from its head down to what is known, and further back on demand.

Kept in the state of an index under three names: `older`, the cursor behind what is known ("": nothing is behind it);
where more came than one request reads, `gap` is set, `older` is the cursor into the gap and `tail` what `older` was.
"""

from __future__ import annotations

from collections.abc import Mapping

OLDER, GAP, TAIL = "older", "gap", "tail"


class Trail:
    """The trail of one list in `state`. `prefix` tells several lists of one index apart."""

    __slots__ = ("_prefix", "_state")

    def __init__(self, state: Mapping[str, str], prefix: str = "") -> None:
        self._state = state
        self._prefix = prefix

    def _get(self, name: str) -> str:
        return self._state.get(self._prefix + name, "")

    @property
    def begun(self) -> bool:
        """The head was read before."""
        return self._prefix + OLDER in self._state

    @property
    def cursor(self) -> str:
        """Where to read on, "" at the end."""
        return self._get(OLDER)

    @property
    def has_gap(self) -> bool:
        """Between the head and what was known before something may be missing."""
        return bool(self._get(GAP))

    def opened(self, cursor: str | None) -> dict[str, str]:
        """The new state after a head that did not join what is known; it goes on at `cursor`."""
        if cursor is None or not self.begun:
            return self._named(cursor or "")
        return self._named(cursor, gap="1", tail=self._get(TAIL) if self.has_gap else self.cursor)

    def reached(self, older: str | None, *, joins: bool) -> dict[str, str]:
        """The new state after the page at `cursor`, which goes on at `older`; `joins`: it holds something known."""
        older = older if older and older != self.cursor else ""
        if self.has_gap and older and joins:
            return self._named(self._get(TAIL))
        return self._named(older, gap=self._get(GAP) if older else "", tail=self._get(TAIL))

    def _named(self, older: str, *, gap: str = "", tail: str = "") -> dict[str, str]:
        return {self._prefix + OLDER: older, self._prefix + GAP: gap, self._prefix + TAIL: tail}
