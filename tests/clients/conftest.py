"""One demo for all clients, and each client's journey once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from gateway import demo_seed
from tests.clients import signed
from tests.clients.gear import CLIENTS, Demo, Far, running_demo, travelled
from tests.clients.needs import device, signed_in


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """A running `oldbird demo`."""
    with running_demo() as (demo, _):
        yield demo


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
def journey(
    request: pytest.FixtureRequest, picture: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, Any]]:
    """name of a client -> its steps, taken when first asked for; those that sign take them over TLS.

    What failed once has failed for all who ask.
    """

    @cache
    def taken(name: str) -> dict[str, Any] | AssertionError:
        home, ask = tmp_path_factory.mktemp("home"), request.getfixturevalue
        try:
            if CLIENTS[name].ways:
                return signed.travelled(name, ask("gate"), ask("chromium"), picture, home)
            return travelled(name, ask("demo"), picture, home)
        except AssertionError as error:
            return error

    def journey(name: str) -> dict[str, Any]:
        steps = taken(name)
        if isinstance(steps, AssertionError):
            raise steps
        return steps

    return journey


@pytest.fixture(scope="session")
def far_of(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Far]]:
    """name of a client -> the server behind the gateway that it used."""
    with ExitStack() as opened:

        def signed_far() -> Far:
            url = request.getfixturevalue("gate").far
            return Far(opened.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=30)))

        ours = cache(signed_far)
        yield lambda name: ours() if CLIENTS[name].ways else request.getfixturevalue("far")
