"""A real bovine-herd on a free loopback port, started once per test session from its own virtual environment.

Fixtures (import them in a conftest): `bovine_server` for the session, `herd` with alice, bob and carol made anew for
each test, so that no test sees another's posts. The interpreter is OLDBIRD_C2S_PYTHON, else `.venvs/c2s/bin/python` in
the checkout (`make test` puts it there).

Deliveries between people are signed requests of the server to itself, made after the answer to the sender: wait for
them with `eventually`. Measured on two busy cores: a POST takes 0.05-0.2 s; the first delivery between two people is
there 0.4-0.5 s after the answer to it, later ones after 0.05-0.25 s. Documents that it stores wrongly are found out
later still: a failure while it takes a delivery in is tried again once, 3 to 33 s on.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

import httpx2 as httpx
import pytest

from tests.mock_server import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0
DELIVERY, BETWEEN = 40.0, 0.03
T = TypeVar("T")


class Party(NamedTuple):
    """Somebody on a server. `actor` is the id (a URL), `handle` name@host:port, `token` a bearer token."""

    name: str
    actor: str
    token: str
    handle: str

    @property
    def auth(self) -> dict[str, str]:
        """The header that proves it."""
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/activity+json"}


class Herd(NamedTuple):
    """A server and three people on it who do not know each other."""

    base_url: str
    alice: Party
    bob: Party
    carol: Party


def interpreter() -> str:
    """The Python that has bovine-herd."""
    return os.environ.get("OLDBIRD_C2S_PYTHON") or str(ROOT / ".venvs" / "c2s" / "bin" / "python")


class BovineServer:
    """The process, in `folder`, where it keeps its database and `log.txt`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log.txt"
        # -P: or `import bovine` would find this very file beside the launcher.
        command = [interpreter(), "-P", "-W", "ignore", str(Path(__file__).with_name("herd.py")), str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self.client = httpx.Client(base_url=self.base_url, trust_env=False, timeout=30)

    @property
    def pair(self) -> str:
        """As the allow list names it."""
        return f"127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Returns when it answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                pytest.fail(f"bovine-herd ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            try:
                self.client.get("/.well-known/nodeinfo").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)  # nothing tells when a port opens
            else:
                return
        pytest.fail("bovine-herd did not start")

    def person(self, name: str) -> Party:
        """Somebody new. WebFinger finds the first of that name."""
        made = self.client.post("/_test/people", json={"name": name}).raise_for_status().json()
        return Party(name, **made)

    def people(self) -> Herd:
        """Three new ones."""
        return Herd(self.base_url, *(self.person(f"{name}{time.monotonic_ns()}") for name in ("alice", "bob", "carol")))

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of what people asked since the last call, without server-to-server requests."""
        return [(method, path) for method, path in self.client.post("/_test/requests").raise_for_status().json()]

    def stop(self) -> None:
        """End the process."""
        self.client.close()
        pipe: IO[bytes] | None = self.process.stdin
        assert pipe is not None
        pipe.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE)


async def eventually(read: Callable[[], Awaitable[T]], good: Callable[[T], object] = bool) -> T:
    """What `read` gives once it is `good` (by default: not empty). Fails the test with the last answer after 15 s.

    Asks again every 30 ms: nothing tells a client when a server has delivered.
    """
    end = time.monotonic() + DELIVERY
    while True:
        found = await read()
        if good(found):
            return found
        if time.monotonic() > end:
            pytest.fail(f"never came, last seen: {found!r:.500}")
        await asyncio.sleep(BETWEEN)


@pytest.fixture(scope="session")
def bovine_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BovineServer]:
    """A running one."""
    server = BovineServer(tmp_path_factory.mktemp("herd"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture
def herd(bovine_server: BovineServer) -> Herd:
    """Three people nobody has written to yet."""
    return bovine_server.people()
