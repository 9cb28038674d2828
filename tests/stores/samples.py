"""Sightings as the adapters make them, and a map in plain memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from gateway.stores.placement import Neighbour, Placement, arranged, merged
from mappings.hub import Order, Sighting
from mappings.order import IdForm, sighting_for
from tests.stores.conftest import NOW

SCOPE = "https://backend.example"
DAY = 20_000


def seen(
    form: IdForm, native: str, ms: int = 0, *, parent: str = "", newest: bool = False, boosted: str = ""
) -> Sighting:
    """A status with this native id and date."""
    order, at, sub, sort = sighting_for(form, native, ms, NOW)
    booster = "7" if boosted else ""
    return Sighting(
        key=native, native=native, order=order, ms=at, sub=sub, sort=sort, parent=parent, newest=newest,
        boosted=boosted, booster=booster,
    )  # fmt: skip


def flake(ms: int, low: int = 0) -> Sighting:
    """A Mastodon status: 48 bits of milliseconds, 16 more bits."""
    return seen(IdForm.SNOWFLAKE, str(ms << 16 | low), ms)


def counted(number: int, ms: int = 0, *, parent: str = "") -> Sighting:
    """A status of a server that counts."""
    return seen(IdForm.COUNTER, str(number), ms, parent=parent)


def loose(name: str, ms: int, *, newest: bool = False) -> Sighting:
    """A status of a server whose ids have no order."""
    return seen(IdForm.SNAC, name, ms, newest=newest)


def in_order(ids: dict[str, int], sightings: list[Sighting]) -> bool:
    """The integers grow as the native order does, and none is given twice."""
    given = [ids[s.key] for s in sorted(sightings, key=lambda s: s.sort)]
    return given == sorted(set(given))


class MemorySlots:
    """`placement.Slots` in sorted lists: what the stores must agree with."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self._taken: list[int] = []
        self._sorts: list[tuple[str, int]] = []

    def below(self, sort: str) -> Neighbour | None:
        at = bisect_left(self._sorts, (sort, 0))
        return Neighbour(self._sorts[at - 1][1], self._sorts[at - 1][0]) if at else None

    def above(self, sort: str) -> Neighbour | None:
        at = bisect_right(self._sorts, (sort, 1 << 60))
        return Neighbour(self._sorts[at][1], self._sorts[at][0]) if at < len(self._sorts) else None

    def free(self, id: int) -> int:
        at = bisect_left(self._taken, id)
        while at < len(self._taken) and self._taken[at] == id:
            id, at = id + 1, at + 1
        return id

    def ends(self) -> tuple[int, int] | None:
        return (self._taken[0], self._taken[-1]) if self._taken else None

    def put(self, sighting: Sighting, id: int) -> None:
        insort(self._taken, id)
        if sighting.sort:
            insort(self._sorts, (sighting.sort, id))
        self.ids[sighting.key] = id

    def assign(self, batch: list[Sighting], now: int = NOW) -> dict[str, int]:
        """One reply."""
        chosen = arranged(merged(batch))
        known = {s.key: self.ids[s.key] for s in chosen if s.key in self.ids}
        Placement(self, chosen, known, now).run()
        return known


__all__ = ["DAY", "SCOPE", "IdForm", "MemorySlots", "Order", "counted", "flake", "in_order", "loose", "seen"]
