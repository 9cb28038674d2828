"""Dates of every year, offset and locale, and what is none."""

from __future__ import annotations

import locale
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import dates

EPOCH = "Thu Jan 01 00:00:00 +0000 1970"
MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30))  # noqa: DTZ001  hypothesis wants naive bounds
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("iso", "wire"),
    [
        ("2007-05-23T06:01:13Z", "Wed May 23 06:01:13 +0000 2007"),
        ("2007-05-23T06:01:13.999Z", "Wed May 23 06:01:13 +0000 2007"),
        ("2026-11-22T01:50:17.123456+00:00", "Sun Nov 22 01:50:17 +0000 2026"),
        ("2026-11-22T01:50:17+02:00", "Sat Nov 21 23:50:17 +0000 2026"),
        ("2026-11-22T01:50:17", "Sun Nov 22 01:50:17 +0000 2026"),
        ("2026-11-22", "Sun Nov 22 00:00:00 +0000 2026"),
        ("2024-02-29T23:59:59.000Z", "Thu Feb 29 23:59:59 +0000 2024"),
        ("0001-01-01T00:00:00Z", "Mon Jan 01 00:00:00 +0000 0001"),
        ("9999-12-31T23:59:59Z", "Fri Dec 31 23:59:59 +0000 9999"),
    ],
)
def test_the_form_clients_read(iso: str, wire: str) -> None:
    assert dates.wire(iso) == wire


@pytest.mark.parametrize(
    "garbage",
    ["", " ", "yesterday", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T25:00:00Z", "null",
     "0001-01-01T00:00:00+10:00", "٢٠٢٦-11-22T01:50:17Z", "2026-11-22T01:50:17Zx", "\x00"],
)  # fmt: skip
def test_garbage_is_the_epoch(garbage: str) -> None:
    assert dates.wire(garbage) == EPOCH
    assert dates.milliseconds(garbage) == 0
    assert dates.friendica(garbage) == "1970-01-01 00:00:00"


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert len(dates.wire(text)) == len(EPOCH)
    assert dates.rss(text)
    assert dates.atom(text)


@given(MOMENTS, OFFSETS)
def test_every_moment_is_read_and_written_back(naive: datetime, offset: timezone) -> None:
    when = naive.replace(tzinfo=offset)
    utc = when.astimezone(UTC).replace(microsecond=0)
    assert datetime.strptime(dates.wire(when.isoformat()), "%a %b %d %H:%M:%S %z %Y") == utc
    assert datetime.fromisoformat(dates.atom(when.isoformat())) == utc
    assert parsedate_to_datetime(dates.rss(when.isoformat())) == utc
    assert dates.friendica(when.isoformat()) == utc.replace(tzinfo=None).isoformat(" ")


@given(st.integers(-(10**13), 10**14))
def test_milliseconds_there_and_back(ms: int) -> None:
    assert dates.milliseconds(dates.from_milliseconds(ms)) == ms
    assert dates.wire_from_milliseconds(ms) == dates.wire(dates.from_milliseconds(ms))


def test_milliseconds_outside_the_calendar_are_the_epoch() -> None:
    assert dates.wire_from_milliseconds(10**20) == EPOCH


def test_no_locale_changes_a_date() -> None:
    before = locale.setlocale(locale.LC_TIME)
    names = [name for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8", "C") if _set(name)]
    try:
        for name in names:
            locale.setlocale(locale.LC_TIME, name)
            assert dates.wire("2007-05-23T06:01:13Z") == "Wed May 23 06:01:13 +0000 2007"
            assert dates.rss("2007-05-23T06:01:13Z") == "Wed, 23 May 2007 06:01:13 +0000"
    finally:
        locale.setlocale(locale.LC_TIME, before)
    assert "C" in names


def _set(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_TIME, name)
    except locale.Error:
        return False
    return True
