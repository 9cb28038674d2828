"""Properties of the placing algorithm, on a map in memory; `test_same_placement` holds the stores to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mappings.hub import Sighting
from mappings.order import EPOCH_MS, SLOTS, position, time_of
from tests.stores.conftest import NOW
from tests.stores.samples import IdForm, MemorySlots, counted, flake, in_order, loose, seen

BASE = NOW - 10**9

distinct = st.lists(st.tuples(st.integers(0, 50), st.integers(0, SLOTS - 1)), min_size=1, max_size=40, unique=True)
cuts = st.lists(st.integers(1, 7), min_size=1, max_size=10)


def pages(items: list[Sighting], sizes: list[int]) -> list[list[Sighting]]:
    """`items` in pieces of the given sizes, in turn."""
    out, start, turn = [], 0, 0
    while start < len(items):
        out.append(items[start : start + sizes[turn % len(sizes)]])
        start, turn = start + len(out[-1]), turn + 1
    return out


def walk(batches: list[list[Sighting]]) -> dict[str, int]:
    slots = MemorySlots()
    for batch in batches:
        slots.assign(batch)
    return slots.ids


@given(distinct, cuts, st.randoms())
def test_timed_ids_are_their_own_position_in_any_interleaving(times, sizes, random):
    statuses = [flake(BASE + ms, sub << 4) for ms, sub in times]
    random.shuffle(statuses)
    ids = walk(pages(statuses, sizes))
    assert ids == {s.key: position(s.ms, s.sub) for s in statuses}
    assert in_order(ids, statuses)


@given(st.integers(2, 60), cuts, st.booleans())
def test_colliding_timed_ids_keep_order_read_from_either_end(number, sizes, newest_first):
    statuses = [flake(BASE, low) for low in range(number)]
    if newest_first:
        statuses.reverse()
    assert in_order(walk(pages(statuses, sizes)), statuses)


@given(st.integers(2, 60), cuts, st.integers(0, 59), st.randoms())
def test_colliding_timed_ids_keep_order_read_from_the_middle_outwards(number, sizes, middle, random):
    statuses = [flake(BASE, low) for low in range(number)]
    down, up = pages(statuses[:middle][::-1], sizes), pages(statuses[middle:], sizes)
    batches = []
    while down or up:
        source = down if not up or (down and random.random() < 0.5) else up
        batches.append(source.pop(0))
    assert in_order(walk(batches), statuses)


def test_five_thousand_in_one_millisecond_spill_into_those_beside_it():
    statuses = [flake(BASE, low) for low in range(5000)]
    ids = walk(pages(statuses[::-1], [200]))
    assert in_order(ids, statuses)
    assert all(abs(time_of(id) - BASE) <= 2 for id in ids.values())


def test_a_slot_without_a_neighbour_free_goes_up():
    ids = walk([[flake(BASE, 1), flake(BASE, 3)], [flake(BASE, 2)]])
    first, third, second = ids.values()
    assert (third, second) == (first + 1, first + 2)


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 20)), min_size=1, max_size=40, unique_by=lambda t: t[0]),
    cuts,
)
def test_counters_keep_native_order_whatever_their_dates_and_the_order_of_reading(items, sizes):
    statuses = [counted(10**12 + number, BASE + ms) for number, ms in items]
    assert in_order(walk(pages(statuses, sizes)), statuses)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30, unique=True), cuts)
def test_counters_with_growing_dates_stand_at_their_dates(seconds, sizes):
    statuses = [counted(10**12 + s, BASE + 1000 * s) for s in seconds]
    ids = walk(pages(statuses, sizes))
    assert all(time_of(ids[s.key]) == s.ms for s in statuses)


def test_a_backdated_counter_goes_just_above_its_lower_neighbour():
    ids = walk([[counted(10, BASE), counted(20, BASE + 1000)], [counted(15, BASE - 10**8)]])
    assert ids["15"] == ids["10"] + 5


def test_counters_without_room_share_what_is_left_evenly():
    slots = MemorySlots()
    slots.put(counted(100, BASE), position(BASE))
    slots.put(counted(200, BASE), position(BASE) + 4)
    assert slots.assign([counted(150, BASE)]) == {"150": position(BASE) + 2}


def test_counters_between_two_adjacent_ids_take_the_next_free_ones():
    slots = MemorySlots()
    slots.put(counted(100, BASE), position(BASE))
    slots.put(counted(200, BASE), position(BASE) + 1)
    assert slots.assign([counted(150, BASE), counted(160, BASE)]) == {
        "150": position(BASE) + 2,
        "160": position(BASE) + 3,
    }


def test_a_parent_known_only_by_its_id_goes_a_millisecond_below_its_answer():
    ids = walk([[counted(500, BASE, parent="200"), counted(200)]])
    assert ids["200"] == position(BASE - 1)


def test_a_bare_parent_stays_between_its_neighbours():
    answer = counted(500, BASE, parent="200")
    ids = walk([[counted(100, BASE - 5000), counted(300, BASE - 4000)], [answer, counted(200)]])
    assert ids["100"] < ids["200"] < ids["300"]


def test_a_bare_parent_whose_answer_was_known_before():
    child = counted(500, BASE, parent="200")
    slots = MemorySlots()
    slots.assign([child])
    assert slots.assign([child, counted(200)])["200"] == position(BASE - 1)


def test_a_bare_status_nobody_answers_is_dated_now():
    assert walk([[counted(200)]]) == {"200": position(NOW)}


def test_an_id_dated_in_the_future_stays_in_order_at_most_now():
    future, present = flake(NOW + 10**9), flake(NOW - 1000)
    ids = walk([[future], [present]])
    assert ids[present.key] < ids[future.key] <= position(NOW)


def test_a_misplaced_neighbour_does_not_hold_back_new_statuses():
    slots = MemorySlots()
    slots.assign([flake(NOW + 10**9)])  # placed at this moment, which later is the past
    later = flake(NOW + 5000)
    assert slots.assign([later], NOW + 5000) == {later.key: position(NOW + 5000)}


def test_an_old_counter_with_a_late_date_does_not_push_timed_statuses_up():
    late, timed = seen(IdForm.SNOWFLAKE, "4711", NOW - 1000), flake(BASE)
    assert walk([[late], [timed]])[timed.key] == position(BASE)


def test_old_counters_sort_below_snowflakes_on_one_server():
    statuses = [flake(BASE), seen(IdForm.SNOWFLAKE, "4711", BASE - 10**9), seen(IdForm.SNOWFLAKE, "4712", BASE - 10**9)]
    assert in_order(walk([[s] for s in statuses]), statuses)


def test_unordered_backfill_is_placed_by_date_newest_first():
    page = [loose("a", BASE), loose("b", BASE), loose("c", BASE - 5000)]
    ids = walk([page])
    assert ids == {"a": position(BASE), "b": position(BASE - 1), "c": position(BASE - 5000)}


def test_unordered_heads_are_placed_oldest_first_above_everything_known():
    ids = walk([[loose("old", BASE)], [loose("y", BASE, newest=True), loose("x", BASE - 9000, newest=True)]])
    assert ids["old"] == position(BASE)
    assert (ids["x"], ids["y"]) == (position(BASE + 1), position(BASE + 2))


def test_unordered_heads_are_not_dated_in_the_future():
    ids = walk([[loose("now", NOW)], [loose("next", NOW, newest=True)]])
    assert ids["next"] == ids["now"] + 1


def test_an_unordered_status_between_known_ones_takes_its_date_or_the_next_free_slot():
    ends = [loose("new", BASE), loose("old", BASE - 5000)]
    ids = walk([ends, [loose("mid", BASE - 2000)], [loose("two", BASE - 2000)]])
    assert ids["mid"] == position(BASE - 2000)
    assert ids["two"] == ids["mid"] + 1


def test_an_unordered_parent_without_a_date_goes_below_its_answer():
    child = seen(IdForm.SNAC, "child", BASE, parent="parent")
    assert walk([[child, loose("parent", 0)]])["parent"] == position(BASE - 1)


@given(st.lists(st.integers(EPOCH_MS - 10**6, NOW), min_size=1, max_size=40), cuts, st.booleans())
def test_unordered_ids_are_unique_and_positive(dates, sizes, newest):
    statuses = [loose(str(n), ms, newest=newest) for n, ms in enumerate(dates)]
    ids = walk(pages(statuses, sizes))
    assert len(set(ids.values())) == len(statuses)
    assert min(ids.values()) >= 1


def test_the_richer_of_two_sightings_of_one_status_counts():
    bare, full = counted(200), counted(200, BASE, parent="100")
    child = counted(300, BASE + 1, parent="200")
    assert walk([[bare, child, full]])["200"] == walk([[full, child, bare]])["200"] == position(BASE)
