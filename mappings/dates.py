"""Dates: ISO 8601 as backends send it, and the forms clients read. Never the locale, never an exception.

What cannot be read is the epoch, because clients crash on an empty date (reference/clients.md section 6.2).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ISO = "1970-01-01T00:00:00Z"

_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|\+00:00)", re.ASCII).fullmatch
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(4096)
def _day(iso: str) -> str:
    """`2007-05-23` to `Wed May 23`. Raises ValueError for no day of the calendar."""
    day = date.fromisoformat(iso)
    return f"{_DAYS[day.weekday()]} {_MONTHS[day.month - 1]} {iso[8:10]}"


def moment(iso: str) -> datetime:
    """`iso` in UTC; without an offset it is taken as UTC; the epoch when it cannot be read."""
    try:
        found = datetime.fromisoformat(iso.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return EPOCH


def day(iso: str) -> int | None:
    """The first millisecond since 1970 UTC of a day, `2010-12-31`; None for what is no day since."""
    try:
        return max(int((date.fromisoformat(iso.strip()) - EPOCH.date()).total_seconds()) * 1000, 0)
    except ValueError:
        return None


def wire(iso: str) -> str:
    """`Wed May 23 06:01:13 +0000 2007`."""
    if _PLAIN(iso):
        try:
            return f"{_day(iso[:10])} {iso[11:19]} +0000 {iso[:4]}"
        except ValueError:
            return wire(EPOCH_ISO)
    return wire(_iso(moment(iso)))


def _iso(when: datetime) -> str:
    return when.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def milliseconds(iso: str) -> int:
    """Whole milliseconds since 1970 UTC, 0 when unreadable, negative before."""
    return (moment(iso) - EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(ms: int) -> str:
    """ISO 8601 of milliseconds since 1970 UTC; what no calendar holds is the epoch."""
    try:
        return _iso(EPOCH + timedelta(milliseconds=ms))
    except OverflowError:
        return EPOCH_ISO


def wire_from_milliseconds(ms: int) -> str:
    """`Wed May 23 06:01:13 +0000 2007` of milliseconds since 1970 UTC."""
    return wire(from_milliseconds(ms))


def friendica(iso: str) -> str:
    """`2007-05-23 06:01:13`, the form of the friendica calls, UTC."""
    return _iso(moment(iso))[:19].replace("T", " ")


def rss(iso: str) -> str:
    """`Wed, 23 May 2007 06:01:13 +0000`, as RSS 2.0 wants it (RFC 822 with four digits of year)."""
    day, month, number, clock, offset, year = wire(iso).split(" ")
    return f"{day}, {number} {month} {year} {clock} {offset}"


def atom(iso: str) -> str:
    """`2007-05-23T06:01:13Z`, as Atom wants it (RFC 3339)."""
    return _iso(moment(iso))[:19] + "Z"
