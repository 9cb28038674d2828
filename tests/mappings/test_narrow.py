"""Narrow ids: unique, stable, in order, near their second; positions there and back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.narrow import MOST, SHORT_MOST, SHORT_START, SPACES, Pair, boundary, lay, second
from mappings.order import EPOCH_MS, LIMIT, position
from tests.narrow_memory import NarrowMemory

NOW = 1_790_000_000_000
HOUR = 3600
STATUS, MESSAGE = SPACES["status"], SPACES["message"]


def at(seconds: float, sub: int = 0) -> int:
    """The wide id of a moment beside NOW."""
    return position(NOW + int(seconds * 1000), sub)


def is_ordered(ids: dict[int, int]) -> bool:
    """Narrow as wide, nothing twice."""
    given = [ids[wide] for wide in sorted(ids)]
    return given == sorted(set(given))


batches = st.lists(
    st.lists(st.integers(0, 400).map(lambda n: at(n, n % 7)), min_size=1, max_size=20), min_size=1, max_size=20
)


@settings(max_examples=40)
@given(batches=batches)
def test_any_arrivals_are_unique_and_never_change(batches: list[list[int]]):
    memory, known = NarrowMemory(), dict[int, int]()
    for batch in batches:
        new = memory.give(batch)
        assert new.keys() == set(batch)
        assert all(known.setdefault(wide, id) == id for wide, id in new.items())
    assert len(set(known.values())) == len(known)
    assert all(1 <= id <= MOST for id in known.values())


@settings(max_examples=40)
@given(batches=batches)
def test_one_a_second_keeps_its_second_and_the_order_however_they_arrive(batches: list[list[int]]):
    memory = NarrowMemory()
    for batch in batches:
        memory.give(batch)
    assert is_ordered(memory.ids)
    assert all(id == second(wide) for wide, id in memory.ids.items())


@given(batches=st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=30), min_size=1, max_size=10))
def test_late_ones_keep_the_order_for_as_long_as_a_number_is_free_between(batches: list[list[int]]):
    memory = NarrowMemory()
    for batch in batches:
        before = dict(memory.ids)
        wides = [at(n / 4, n) for n in batch]
        free = all(_room(before, wides, wide) for wide in wides)
        was_ordered = is_ordered(before)
        memory.give(wides)
        if free and was_ordered:
            assert is_ordered(memory.ids)


def _room(known: dict[int, int], wides: list[int], wide: int) -> bool:
    """Between the known neighbours of `wide` there is a number for everything new there."""
    low = max((w for w in known if w <= wide), default=0)
    high = min((w for w in known if w >= wide), default=LIMIT)
    new = {w for w in wides if low < w < high}
    return known.get(high, MOST + 1) - known.get(low, 0) - 1 >= len(new)


def test_a_burst_of_an_hours_numbers_in_one_second_stays_within_the_hour_in_order():
    memory = NarrowMemory()
    memory.give(position(NOW + n % 1000, n // 1000) for n in range(2 * HOUR))
    assert is_ordered(memory.ids)
    assert max(abs(id - second(wide)) for wide, id in memory.ids.items()) <= HOUR


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_a_burst_of_five_thousand_read_page_by_page_from_either_side_keeps_its_order(seed: int):
    chance, memory = random.Random(seed), NarrowMemory()
    wides = sorted(position(NOW + n % 1000, n // 1000) for n in range(5000))
    low = high = chance.randrange(5000)
    while low or high < 5000:  # newer ones come, older pages are read
        size = chance.randrange(1, 400)
        if chance.random() < 0.5:
            memory.give(wides[high : high + size])
            high = min(high + size, 5000)
        else:
            memory.give(wides[max(low - size, 0) : low])
            low = max(low - size, 0)
    assert len(memory.ids) == 5000
    assert is_ordered(memory.ids)


def test_without_a_number_between_the_next_free_one_below_is_taken():
    memory = NarrowMemory()
    first = memory.give([at(0), at(0, 9)])
    (late,) = memory.give([at(0, 5)]).values()
    assert late == min(first.values()) - 1


def test_without_any_below_the_next_free_one_above_is_taken():
    memory = NarrowMemory()
    first = memory.give([1, 3])
    assert list(first.values()) == [1, 2]
    assert memory.give([2]) == {2: 3}


@settings(max_examples=15, deadline=None)
@given(size=st.integers(1, 9), early=st.sets(st.integers(0, 99), max_size=5), rate=st.sampled_from([1, 3, 50]))
def test_pages_read_from_the_head_go_on_whatever_was_handed_out_early(size: int, early: set[int], rate: int):
    """They come to an end, show nothing twice, and leave nothing out but what was handed out early."""
    memory = NarrowMemory()
    wides = [at(n / rate, n) for n in range(100)]
    memory.give(wides[n] for n in early)
    last, found = MOST, list[int]()
    while True:
        asked = [w for w in wides if w <= wide_of(memory, last, upper=True) and memory.ids.get(w, 0) <= last]
        given = memory.give(asked[-size:])
        if not given:
            break
        shown = sorted(given, key=lambda wide: given[wide], reverse=True)
        assert all(given[wide] <= last for wide in shown)
        found += shown
        last = given[shown[-1]] - 1
    assert len(found) == len(set(found))
    assert set(wides) - set(found) <= {wides[n] for n in early}


def test_what_is_only_named_leaves_room_for_what_is_between():
    memory = NarrowMemory()
    wides = [at(n / 10) for n in range(300)]
    memory.give([wides[0], *wides[-5:]], named=wides[-5])
    assert second(wides[0]) - memory.ids[wides[0]] == 16 * 30
    for start in range(290, 0, -10):
        memory.give(wides[start : start + 10])
    assert is_ordered(memory.ids)


def test_what_is_only_named_stays_above_the_middle_to_what_is_known():
    memory = NarrowMemory()
    memory.give([at(0)])
    memory.give([at(100), at(200)], named=at(200))
    assert memory.ids[at(100)] == memory.ids[at(0)] + 50


@pytest.mark.parametrize(("wide", "expected"), [(1, 1), (position(EPOCH_MS + 1500), 1), (LIMIT - 1, MOST)])
def test_times_at_the_ends_are_within_the_space(wide: int, expected: int):
    assert second(wide) == expected
    assert NarrowMemory().give([wide]) == {wide: expected}


def test_laying_out_says_when_there_is_no_room():
    assert lay([5, 5, 5], 3, 7) == [4, 5, 6]
    assert lay([5, 5, 5], 3, 6) is None
    assert lay([9], 3, 7) == [6]
    assert lay([1], 3, 7) == [4]


# messages of 16 bits --------------------------------------------------------------------------------------------------


def test_short_numbers_grow_with_time_from_the_middle_to_both_sides():
    memory = NarrowMemory("message")
    middle = [at(n) for n in range(10)]
    assert list(memory.give(middle).values()) == list(range(SHORT_START, SHORT_START + 10))
    memory.give([at(100), at(101)])
    memory.give([at(-5), at(-4)])
    assert is_ordered(memory.ids)
    assert [memory.ids[at(-5)], memory.ids[at(101)]] == [SHORT_START - 2, SHORT_START + 11]


def test_short_numbers_are_all_given_and_none_twice():
    memory = NarrowMemory("message")
    assert len(memory.give(at(n) for n in range(SHORT_MOST + 7))) == SHORT_MOST
    assert set(memory.ids.values()) == set(range(1, SHORT_MOST + 1))
    assert memory.give([at(-1)]) == {}
    assert max(memory.ids.values()) < 2**15


# positions ------------------------------------------------------------------------------------------------------------


def wide_of(memory: NarrowMemory, id: int, *, upper: bool) -> int:
    return boundary(memory.space, id, *memory.beside(id), upper=upper).wide


@settings(max_examples=40)
@given(batches=batches)
def test_what_was_handed_out_is_cut_exactly_there_beside_and_between(batches: list[list[int]]):
    memory = NarrowMemory()
    for batch in batches:
        memory.give(batch)
    for id in memory.ids.values():
        for asked in (id - 1, id, id + 1, id + 3):
            for upper in (False, True):
                wide = wide_of(memory, asked, upper=upper)
                assert {w for w, n in memory.ids.items() if n <= asked} == {w for w in memory.ids if w <= wide}


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_what_was_not_handed_out_yet_is_on_the_side_where_it_will_be(step: int):
    """A crowded page lies beside its seconds; what is read next to it must not be lost."""
    memory = NarrowMemory()
    wides = [at(n / 10) for n in range(100, 200)]
    memory.give(wides)
    lowest, highest = memory.ids[wides[0]], memory.ids[wides[-1]]
    older = wide_of(memory, lowest - 1, upper=True)
    assert older == wides[0] - 1, "everything below the page"
    newer = wide_of(memory, highest + max(step, 0), upper=False)
    assert newer == wides[-1], "everything above it"


@given(seconds=st.integers(1, 10**9))
def test_without_a_map_a_position_is_its_second_and_takes_more_in(seconds: int):
    memory = NarrowMemory()
    start = position(EPOCH_MS + seconds * 1000)
    assert wide_of(memory, seconds, upper=False) == start - 1
    assert wide_of(memory, seconds, upper=True) == position(EPOCH_MS + seconds * 1000 + 999, 4095)
    assert not boundary(memory.space, seconds, None, None, upper=True).exact


@pytest.mark.parametrize("id", [0, MOST, 2**40, 2**53])
def test_positions_outside_the_space_are_at_its_ends(id: int):
    memory = NarrowMemory()
    memory.give([at(0)])
    for upper in (False, True):
        found = wide_of(memory, id, upper=upper)
        assert (found >= at(0)) == (id > 0)
        assert 0 <= found < LIMIT


def test_out_of_order_neighbours_take_more_in():
    below, above = Pair(5, at(9)), Pair(9, at(3))
    assert boundary(STATUS, 7, below, above, upper=True).wide == at(9)
    assert boundary(STATUS, 7, below, above, upper=False).wide == at(3) - 1


def test_a_position_in_the_sequence_of_messages_knows_no_time():
    assert boundary(MESSAGE, 5, None, None, upper=False) == (0, True)
    assert boundary(MESSAGE, 5, None, None, upper=True).wide == LIMIT - 1
