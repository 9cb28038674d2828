"""One demo for all clients, and each client's journey once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import httpx2 as httpx
import pytest

from gateway import demo_seed
from tests.browser.gate import Gate
from tests.clients import heard_calls, signed
from tests.clients.gear import CLIENTS, Demo, Far, Running, logged_demo, travelled
from tests.clients.journeys import Journey, by_password, looking, once
from tests.clients.needs import device, signed_in


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
def web(demo: Demo) -> Iterator[httpx.Client]:
    """A plain HTTP client signed in as bob."""
    auth = ("bob", demo.users["bob"])
    with httpx.Client(base_url=demo.base_url, auth=auth, trust_env=False, timeout=30) as web:
        yield web


@pytest.fixture(scope="session")
def carol(demo: Demo) -> Iterator[httpx.Client]:
    """The same as carol, who follows alice and bob: groups, photos and messages of the tests are hers."""
    with signed_in(demo, "carol") as web:
        yield web


@pytest.fixture(scope="session")
def alice(demo: Demo) -> Iterator[httpx.Client]:
    """The same as alice, who has notifications and photos from the beginning."""
    with signed_in(demo, "alice") as web:
        yield web


@pytest.fixture(scope="session")
def made_for(demo: Demo) -> Iterator[Callable[[str, str], httpx.Client]]:
    """(person, preset) -> a client signed in as the person with a device that is for it, made when first asked for."""
    with ExitStack() as opened:

        @cache
        def made_for(name: str, preset: str) -> httpx.Client:
            password = asyncio.run(device(demo, name, preset))
            return opened.enter_context(signed_in(demo, name, auth=(name, password)))

        yield made_for


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG file that the seed did not post."""
    path = tmp_path_factory.mktemp("pictures") / "green.png"
    path.write_bytes(demo_seed.picture((10, 200, 90), 40, 30))
    return path


@pytest.fixture(scope="session")
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Journey]:
    """name of a client -> its journey, taken when first asked for; those that sign take it over TLS."""
    ask = request.getfixturevalue

    def taken(name: str) -> Journey:
        home, picture = tmp_path_factory.mktemp("home"), ask("picture")
        if CLIENTS[name].ways:
            gate = ask("gate")
            with heard_calls.here(gate.url, gate.trust) as calls:
                return Journey(signed.travelled(name, gate, ask("chromium"), ask("gate_far"), picture, home), calls)
        demo = ask("demo")
        facts = by_password(name, demo, picture)
        with heard_calls.there(demo.base_url, ask("running").logged) as calls:
            return Journey(travelled(name, facts, looking(ask("far")), home), calls)

    return once(taken)


@pytest.fixture(scope="session")
def gate_far(gate: Gate) -> Iterator[Far]:
    """The server behind the gateway over TLS."""
    with httpx.Client(base_url=gate.far, trust_env=False, timeout=30) as web:
        yield Far(web)


@pytest.fixture(scope="session")
def gate_bob(gate: Gate) -> Iterator[httpx.Client]:
    """The gateway over TLS as bob sees it."""
    with gate.client("bob", gate.password("bob", "inbox")) as web:
        yield web
