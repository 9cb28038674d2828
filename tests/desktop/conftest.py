"""One demo, one screen, one Choqok for all steps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from tests.clients.conftest import alice, carol, demo, far, picture, running
from tests.clients.gear import ALL, Demo
from tests.clients.needs import device, signed_in
from tests.desktop import choqok as program
from tests.desktop.choqok import Choqok
from tests.desktop.screen import screen

__all__ = ["alice", "carol", "demo", "far", "picture", "running"]

ME = "alice"


LAST = "test_the_calls_of_choqok_are_those_that_are_recorded"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was asked for is looked at when all is done."""
    items.sort(key=lambda item: item.name == LAST)


@pytest.fixture(scope="session")
def bob(demo: Demo) -> Iterator[httpx.Client]:
    """The gateway as somebody else sees it."""
    with signed_in(demo, "bob") as web:
        yield web


@pytest.fixture(scope="session")
def choqok(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Choqok]:
    """Choqok with alice's account, and a password that is for it."""
    home = tmp_path_factory.mktemp("home")
    program.configure(home, demo.base_url, ME, asyncio.run(device(demo, ME, ALL["choqok"].dialect)))
    with screen(home) as shown, program.running(shown, home / "choqok.log") as running:
        yield running
