"""Positions, native id forms, cursors and the layout of a run."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.hub import Order
from mappings.order import (
    CLOSE,
    EPOCH_MS,
    LIMIT,
    SKEW_MS,
    IdForm,
    account_number,
    cursor_after,
    cursor_before,
    lay,
    position,
    room,
    sighting_for,
    time_of,
)

NOW = 1_790_000_000_000
times = st.integers(EPOCH_MS, NOW)
TIMED = [IdForm.SNOWFLAKE, IdForm.ULID, IdForm.FLAKE, IdForm.TAKAHE]
FLOORS = dict.fromkeys(TIMED, EPOCH_MS) | {IdForm.TAKAHE: 1_641_020_400_000}
ages = st.integers(10, 10**11)
"""Milliseconds since a form's floor: its own epoch, or ours."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def in_base(value: int, chars: str, width: int) -> str:
    return (in_base(value // len(chars), chars, width - 1) if value or width > 0 else "") + (
        chars[value % len(chars)] if value or width > 0 else ""
    )


def native(form: IdForm, ms: int, rest: int) -> str:
    """An id as the server makes it; `rest` in 0..1 of what is below the millisecond, as 0..9999."""
    if form is IdForm.SNOWFLAKE:
        return str(ms << 16 | (rest << 16) // 10_000)
    if form is IdForm.TAKAHE:
        return str((ms - 1_641_020_400_000) << 22 | (rest << 22) // 10_000)
    if form is IdForm.ULID:
        return in_base(ms << 80 | (rest << 80) // 10_000, CROCKFORD, 26)
    return in_base(ms << 64 | (rest << 64) // 10_000, BASE62, 18)


def compared(form: IdForm, text: str) -> int:
    """The number the server compares by."""
    chars = {IdForm.ULID: CROCKFORD, IdForm.FLAKE: BASE62}.get(form, "0123456789")
    value = 0
    for char in text:
        value = value * len(chars) + chars.index(char)
    return value


def test_the_epoch_is_the_first_of_january_2010():
    assert position(EPOCH_MS + 1) == 4096
    assert time_of(4096) == 1_262_304_000_001


@given(times, st.integers(0, 4095))
def test_positions_carry_their_time_and_fit_javascript(ms, sub):
    id = position(ms, sub)
    assert 1 <= id < 2**53
    assert time_of(id) == ms
    assert id & 4095 == sub or (ms, sub) == (EPOCH_MS, 0)


@given(st.integers(-(2**62), 2**62))
def test_no_time_and_no_id_leaves_the_range(value):
    assert 1 <= position(value) < 2**53
    assert EPOCH_MS <= time_of(value) <= EPOCH_MS + 2**41


@pytest.mark.parametrize("form", TIMED)
@given(ages, st.integers(0, 9999))
def test_ids_with_time_in_them_are_read(form, age, rest):
    ms = FLOORS[form] + age
    order, read, sub, _ = sighting_for(form, native(form, ms, rest), 0, NOW)
    assert (order, read) == (Order.TIMED, ms)
    assert sub == (rest << 12) // 10_000


@pytest.mark.parametrize("form", TIMED)
@given(ages, st.integers(0, 9999), st.integers(-3, 3), st.integers(0, 9999))
def test_sort_and_position_grow_as_the_server_compares(form, age, rest, step, other):
    ms = FLOORS[form] + age
    one, two = native(form, ms, rest), native(form, ms + step, other)
    a, b = (sighting_for(form, text, 0, NOW + 10) for text in (one, two))
    assert (a.sort < b.sort) == (compared(form, one) < compared(form, two))
    if a.sort < b.sort:
        assert position(a.ms, a.sub) <= position(b.ms, b.sub)


KNOWN = [
    (IdForm.SNOWFLAKE, "103254962155278888", 1_575_545_687_183),  # Mastodon's documentation: created 13 ms later
    (IdForm.ULID, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 1_469_922_850_259),  # the ULID specification
    (IdForm.FLAKE, "9n2ciuz1wdesFnrGJU", 0x16D437CFB7D),  # flake_id's documentation
]


@pytest.mark.parametrize(("form", "text", "ms"), KNOWN)
def test_real_ids(form, text, ms):
    assert sighting_for(form, text, 0, NOW).ms == ms


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (IdForm.SNOWFLAKE, "interaction-12"),
        (IdForm.SNOWFLAKE, ""),
        (IdForm.SNOWFLAKE, "-5"),
        (IdForm.SNOWFLAKE, "١٢٣"),
        (IdForm.SNOWFLAKE, "1" * 21),
        (IdForm.TAKAHE, "12e5"),
        (IdForm.ULID, "01arz3ndektsv4rrffq69g5fav"),
        (IdForm.ULID, "01ARZ3NDEKTSV4RRFFQ69G5FA"),
        (IdForm.ULID, "Z" * 26),
        (IdForm.FLAKE, "9n2ciuz1-desFnrGJU"),
        (IdForm.FLAKE, "z" * 22),
        (IdForm.FLAKE, ""),
        (IdForm.COUNTER, "12a"),
        (IdForm.SNAC, "1700000000" + "0f" * 16),
    ],
)
def test_what_is_not_written_in_the_form_goes_by_its_date(form, text):
    assert sighting_for(form, text, 1_700_000_000_000, NOW) == (Order.UNORDERED, 1_700_000_000_000, 0, "")
    assert sighting_for(form, text, 0, NOW).ms == 0


@pytest.mark.parametrize("text", ["4711", "1758000000123"])
def test_counters_on_a_snowflake_server_keep_their_order_and_take_their_date(text):
    placed = sighting_for(IdForm.SNOWFLAKE, text, 1_700_000_000_000, NOW)
    assert placed == (Order.ORDERED, 1_700_000_000_000, 0, text.zfill(20))
    assert placed.sort < sighting_for(IdForm.SNOWFLAKE, "103254962155278888", 0, NOW).sort
    assert sighting_for(IdForm.COUNTER, text, 1_700_000_000_000, NOW) == placed


def test_dates_are_at_most_now_and_a_date_before_1970_is_still_a_date():
    assert sighting_for(IdForm.COUNTER, "5", NOW + 1, NOW).ms == NOW
    assert sighting_for(IdForm.COUNTER, "5", -5, NOW).ms == 1
    assert sighting_for(IdForm.COUNTER, "5", 0, NOW).ms == 0


@pytest.mark.parametrize("form", TIMED)
def test_ids_from_the_future_are_dated_now_and_keep_their_order(form):
    late = NOW + SKEW_MS + 1
    placed = sighting_for(form, native(form, late, 7), late, NOW)
    assert placed[:3] == (Order.ORDERED, NOW, 0)
    assert placed.sort > sighting_for(form, native(form, NOW, 7), NOW, NOW).sort


def test_a_clock_a_little_ahead_is_believed():
    assert sighting_for(IdForm.SNOWFLAKE, str(NOW + SKEW_MS << 16), 0, NOW).order is Order.TIMED


@pytest.mark.parametrize("form", TIMED)
@given(ages, st.integers(0, 9999))
def test_cursors_include_exactly_the_milliseconds_they_name(form, age, rest):
    ms = FLOORS[form] + age
    for at, included in ((ms - 1, True), (ms, True), (ms + 1, False)):
        number = compared(form, native(form, at, rest))
        assert (number < compared(form, cursor_before(form, ms))) is included
        assert (number > compared(form, cursor_after(form, ms + 1))) is not included


def test_cursors_have_the_form_of_the_server():
    assert len(cursor_before(IdForm.ULID, NOW)) == len(cursor_after(IdForm.ULID, NOW)) == 26
    assert cursor_after(IdForm.SNOWFLAKE, NOW) == str((NOW << 16) - 1)
    assert cursor_before(IdForm.FLAKE, NOW).isalnum()


@pytest.mark.parametrize("form", [IdForm.COUNTER, IdForm.SNAC])
def test_forms_without_time_have_no_cursors(form):
    assert cursor_before(form, NOW) is None
    assert cursor_after(form, NOW) is None


def test_cursors_before_the_servers_own_time():
    assert cursor_after(IdForm.TAKAHE, EPOCH_MS) is None
    assert cursor_before(IdForm.TAKAHE, EPOCH_MS) == "1"


def test_account_numbers_are_stable_31_bit_and_depend_on_the_backend():
    numbers = {account_number("https://a.example", str(n)) for n in range(1000)}
    assert all(1 <= number < 2**31 for number in numbers)
    assert len(numbers) == 1000
    assert account_number("https://a.example", "1") == 1_244_610_342
    assert account_number("https://b.example", "1") not in numbers


@pytest.mark.parametrize(
    ("below", "above", "slots"),
    [
        ("0010", "0013", 3),
        ("0010", "0010", 1),
        ("", "0010", 1),
        ("01ABC", "01ABD", 1),
        ("09999999999999999999", "10000000000000000000", 1),
        ("00000000000000000000", "90000000000000000000", CLOSE),
    ],
)
def test_room_is_kept_for_every_counter_between(below, above, slots):
    assert room(below, above) == slots


wishes = st.lists(st.integers(1, 200), min_size=1, max_size=12)


@given(wishes, st.integers(0, 200), st.integers(1, 250), st.data())
def test_a_layout_is_ascending_and_strictly_between(wanted, low, gap, data):
    steps = data.draw(st.lists(st.integers(1, 9), min_size=len(wanted) + 1, max_size=len(wanted) + 1))
    placed = lay(wanted, steps, low, low + gap)
    if placed is None:
        assert gap <= len(wanted)
    else:
        assert [low, *placed, low + gap] == sorted({low, *placed, low + gap})
        assert len(placed) == len(wanted)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12, unique=True))
def test_what_is_wanted_is_given_where_nothing_is_in_the_way(wanted):
    wanted.sort()
    assert lay(wanted, [1] * (len(wanted) + 1), 0, LIMIT) == wanted


@given(wishes, st.integers(0, 200), st.data())
def test_steps_are_kept_where_there_is_room(wanted, low, data):
    steps = data.draw(st.lists(st.integers(1, 9), min_size=len(wanted) + 1, max_size=len(wanted) + 1))
    placed = [low, *lay(wanted, steps, low, low + sum(steps)), low + sum(steps)]
    assert [b - a for a, b in pairwise(placed)] == steps
