"""Real clients, unmodified, that send name and password: each step, and the calls that it took."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.clients.checks import CHECKS, WAYS
from tests.clients.gear import CLIENTS, EVERYTHING, Far
from tests.clients.journeys import BY_PASSWORD, SEEN, Journey, Trip
from tests.clients.table import RECORDED


@pytest.mark.parametrize(("name", "step"), [(name, step) for name in BY_PASSWORD for step in CLIENTS[name].steps])
def test_step(
    name: str, step: str, journey: Callable[[str], Journey], far: Far, web: httpx.Client, picture: Path
) -> None:
    CHECKS[step](Trip(name, journey(name).steps, far, web, picture))


@pytest.mark.parametrize("name", BY_PASSWORD)
def test_a_client_takes_exactly_the_steps_it_has_calls_for(name: str, journey: Callable[[str], Journey]) -> None:
    assert set(journey(name).steps) - SEEN == set(CLIENTS[name].steps)


@pytest.mark.parametrize("name", BY_PASSWORD)
def test_the_calls_of_a_client_are_those_that_are_recorded(name: str, journey: Callable[[str], Journey]) -> None:
    assert sorted(journey(name).calls) == RECORDED[name], f"calls.toml, {name}"


def test_every_step_has_a_check() -> None:
    assert set(CHECKS) == {*EVERYTHING, *WAYS}
