"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.gateway_harness import Ground

pytest_plugins = ["tests.secrets_used", "tests.browser.fixtures"]

# No test measures time: a busy machine, or the first use of Hypothesis's tables, makes examples slow. CI tries the same
# examples every time, so that it tells about the change and not about luck; at a desk they are new in every run.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("suite"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "suite")

LONG = (
    "contract/test_leaks",
    "golden/test_golden",
    "gateway/test_leaks",
    "documents/",
    "deploy/",
    "clients/",
    "browser/",
    "contract/",
    "recorded_clients/",
)
"""Where files take long for the number of their tests: begun last, one of them would run while the others wait."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first; else the order stays as random as it is."""
    items.sort(key=lambda item: next((at for at, part in enumerate(LONG) if part in item.nodeid), len(LONG)))


@pytest.fixture
def anyio_backend() -> str:
    """All async tests run on asyncio."""
    return "asyncio"


@pytest.fixture
def patience(request: pytest.FixtureRequest) -> float:
    """How many seconds the far side has to answer: few where a test is `hasty`, as no answer comes."""
    return 0.5 if request.node.get_closest_marker("hasty") else 20.0


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A gateway over the fake far side, with alice, bob, carol and dave linked."""
    from tests.gateway_harness import gateway_on  # noqa: PLC0415  tests without a gateway need none of it

    async with gateway_on(tmp_path) as ground:
        yield ground
