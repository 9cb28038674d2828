"""Positions by order of arrival (activitypub-c2s section 7). Pure.

A position is a wire id (`mappings.order`). New heads go above all known ones, older pages below them, what was read
late between its neighbours; the published date decides only where it can.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from mappings.order import SLOTS, position

GAP_MS = 3_600_000
"""At most so much room is kept for what was not read yet between new and known ones."""


def heads(published: Sequence[int], head: int, now_ms: int, *, gap: bool = False) -> list[int]:
    """Positions of new arrivals, oldest first, above `head` (0: nothing is known). Dates are milliseconds since 1970.

    A millisecond apart and never beyond now, unless more arrive than there is time since the head: then as close as
    they have to be. `gap`: not everything down to the head was read, room is left for it.
    """
    now, placed, last = position(now_ms), [], head
    if gap and head:
        last = head + max(min((now - head) // 2, GAP_MS * SLOTS), SLOTS)
    for ms in published:
        wanted = min(position(ms), now)
        last = max(wanted, min(last + SLOTS, now), last + 1) if last else wanted
        placed.append(last)
    return placed


def tails(published: Sequence[int], lowest: int, now_ms: int) -> list[int]:
    """Positions of older ones, newest first, below `lowest` (0: nothing is known)."""
    now, placed, last = position(now_ms), [], lowest
    for ms in published:
        wanted = min(position(ms), now)
        last = max(min(wanted, last - SLOTS), 1) if last else wanted
        placed.append(last)
    return placed


def between(
    published: Sequence[int], low: int, high: int, *, more: bool = False, taken: Sequence[int] = ()
) -> list[int]:
    """Positions of some, newest first, strictly between two others: near their dates where that is possible. `more`:
    there are older ones still to come, which keep three quarters of the room. `taken`: positions between the two, the
    lowest first, that others have; it is counted without them."""
    count, placed, last = len(published), [], high - len(taken)
    bottom = last - (last - low) // 4 if more else low
    for index, ms in enumerate(published):
        floor, wanted = min(bottom + count - index, last - 1), position(ms)
        last = max(min(wanted - bisect_right(taken, wanted), max(last - SLOTS, floor)), floor)
        placed.append(_among(taken, last))
    return placed


def _among(taken: Sequence[int], free: int) -> int:
    """The position of what would have `free` if nothing was taken."""
    for one in taken:
        if one > free:
            break
        free += 1
    return free
