"""Counting wrong logins by name and by address."""

from __future__ import annotations

import pytest

from gateway import throttle
from gateway.throttle import COUNTERS, PER_ADDRESS, PER_NAME, Throttle, place
from tests.gateway.far_side import Clock

MINUTE, HOUR = PER_ADDRESS


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def slow(clock: Clock) -> Throttle:
    """Nothing counted yet."""
    return Throttle(clock)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
        ("x" * 500, "x" * 200),
    ],
)
def test_what_an_address_is_counted_as(address: str, counted: str) -> None:
    assert place(address) == counted


def test_a_name_is_counted_wherever_it_is_tried_from(slow: Throttle) -> None:
    (limit,) = PER_NAME
    assert {slow.failed("alice", f"192.0.2.{n}") for n in range(limit.failures)} == {0}
    assert slow.failed("ALICE", "198.51.100.1") == limit.seconds + 1
    assert slow.failed("bob", "198.51.100.1") == 0


def test_the_addresses_of_one_network_are_one(slow: Throttle) -> None:
    waits = [slow.failed(f"user{n}", f"2001:db8:0:1::{n:x}") for n in range(MINUTE.failures + 1)]
    assert waits == [0] * MINUTE.failures + [MINUTE.seconds + 1]
    assert slow.failed("user", "2001:db8:0:2::1") == 0


def test_patience_does_not_help_to_guess_over_many_names(slow: Throttle, clock: Clock) -> None:
    waits = []
    for n in range(HOUR.failures + 1):
        clock.now += 10  # far below what a minute allows
        waits.append(slow.failed(f"user{n}", "192.0.2.1"))
    assert waits[:-1] == [0] * HOUR.failures
    assert waits[-1] == HOUR.seconds - 10 * HOUR.failures + 1
    clock.now += waits[-1]
    assert slow.failed("user", "192.0.2.1") == 0


def test_a_window_ends(slow: Throttle, clock: Clock) -> None:
    for n in range(MINUTE.failures + 1):
        slow.failed(f"user{n}", "192.0.2.1")
    clock.now += MINUTE.seconds - 1
    assert slow.failed("user", "192.0.2.1") == 2
    clock.now += 1
    assert slow.failed("user", "192.0.2.1") == 0


def test_a_clock_that_is_set_back_starts_anew(slow: Throttle, clock: Clock) -> None:
    for n in range(MINUTE.failures + 1):
        slow.failed(f"user{n}", "192.0.2.1")
    clock.now -= 86_400
    assert slow.failed("user", "192.0.2.1") == 0


def test_what_is_not_known_is_not_counted(slow: Throttle) -> None:
    assert {slow.failed("", "") for _ in range(3 * MINUTE.failures)} == {0}


def test_counters_are_bounded_and_a_flood_of_names_frees_no_address(
    slow: Throttle, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(COUNTERS + 100):
        slow.failed(f"user{n}" + "x" * 1000, "192.0.2.1")
    assert len(slow._names) == COUNTERS
    assert max(map(len, slow._names)) == throttle.MAX_NAME
    assert slow.failed("alice", "192.0.2.1") > MINUTE.seconds
