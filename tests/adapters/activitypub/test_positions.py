"""What is read late gets places of its own between its neighbours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.activitypub.positions import between
from mappings.order import SLOTS, position

LOW = position(1_790_000_000_000)
ROOM = 1000 * SLOTS
taken = st.sets(st.one_of(st.integers(1, 60), st.integers(ROOM * 3 // 4 - 60, ROOM - 1)), max_size=60)
dates = st.lists(st.integers(1_789_999_999_000, 1_790_000_002_000), max_size=40)


@given(dates, taken, st.booleans())
def test_between_two_posts_everything_has_its_own_place(published: list[int], taken: set[int], more: bool) -> None:
    others = sorted(LOW + one for one in taken)
    found = between(published, LOW, LOW + ROOM, more=more, taken=others)
    assert len(found) == len(published)
    assert found == sorted(set(found), reverse=True)
    assert all(LOW < one < LOW + ROOM for one in found)
    assert not {*found} & {*others}


def test_dates_are_kept_where_there_is_room() -> None:
    published = [1_790_000_000_700, 1_790_000_000_500, 1_790_000_000_100]
    assert between(published, LOW, LOW + ROOM) == [position(ms) for ms in published]
    assert between(published[:1], LOW, LOW + ROOM, taken=[position(published[0])]) == [position(published[0]) - 1]
