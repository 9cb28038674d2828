"""One demo, one screen, one Choqok for all steps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from gateway import demo_seed
from tests.clients.gear import ALL, Demo, Far, Running, logged_demo
from tests.clients.needs import device, signed_in
from tests.desktop import choqok as program
from tests.desktop.choqok import Choqok
from tests.desktop.screen import screen

ME = "alice"


LAST = "test_the_calls_of_choqok_are_those_that_are_recorded"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was asked for is looked at when all is done."""
    items.sort(key=lambda item: item.name == LAST)


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """A running `oldbird demo`, and what it writes."""
    with logged_demo() as running:
        yield running


@pytest.fixture(scope="session")
def demo(running: Running) -> Demo:
    """What it told about itself."""
    return running.demo


@pytest.fixture(scope="session")
def far(demo: Demo) -> Iterator[Far]:
    """The server behind the gateway."""
    with httpx.Client(base_url=demo.backend_url, trust_env=False, timeout=30) as web:
        yield Far(web)


@pytest.fixture(scope="session")
def alice(demo: Demo) -> Iterator[httpx.Client]:
    """The gateway as the person at the screen sees it elsewhere."""
    with signed_in(demo, ME) as web:
        yield web


@pytest.fixture(scope="session")
def bob(demo: Demo) -> Iterator[httpx.Client]:
    """The gateway as somebody else sees it."""
    with signed_in(demo, "bob") as web:
        yield web


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG file that the seed did not post."""
    path = tmp_path_factory.mktemp("pictures") / "green.png"
    path.write_bytes(demo_seed.picture((10, 200, 90), 40, 30))
    return path


@pytest.fixture(scope="session")
def choqok(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Choqok]:
    """Choqok with alice's account, and a password that is for it."""
    home = tmp_path_factory.mktemp("home")
    program.configure(home, demo.base_url, ME, asyncio.run(device(demo, ME, ALL["choqok"].dialect)))
    with screen(home) as shown, program.running(shown, home / "choqok.log") as running:
        yield running


@pytest.fixture(scope="session")
def carol(demo: Demo) -> Iterator[httpx.Client]:
    """The gateway as one more sees it."""
    with signed_in(demo, "carol") as web:
        yield web
