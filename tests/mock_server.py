"""A real `mastodon_mock` on a free port, started once per test session from its own virtual environment.

Fixtures (import them in a conftest): `mock_server` for the session, `mock` with the seed restored and no faults.
The interpreter is OLDBIRD_MOCK_PYTHON, else `.venvs/mock/bin/python` in the checkout (`make` puts it there).
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
TOKENS = {"alice": "token-of-alice", "bob": "token-of-bob", "carol": "token-of-carol"}

SEED = """
domain = "127.0.0.1:{port}"
url_scheme = "http"
title = "Mock"
email = "admin@mock.example"
description = "For tests."
privacy_policy = "<p>We keep nothing</p>"

[seed]
accounts = [
    {{username = "alice", display_name = "Alice", access_token = "token-of-alice"}},
    {{username = "bob", display_name = "Bob", access_token = "token-of-bob"}},
    {{username = "carol", display_name = "Carol", access_token = "token-of-carol"}},
    {{username = "dora", domain = "remote.example", display_name = "Dora"}},
]
follows = [
    {{follower = "alice", following = "bob"}},
    {{follower = "bob", following = "alice"}},
    {{follower = "alice", following = "carol"}},
]
statuses = [
    {{account = "bob", text = "First of all", ref = "first"}},
    {{account = "alice", text = "@bob an answer", reply_to = "first"}},
    {{account = "bob", text = "Look at this", quotes = "first"}},
    {{account = "carol", text = "@alice hello", visibility = "unlisted"}},
]
"""


def interpreter() -> str:
    """The Python that has mastodon_mock."""
    return os.environ.get("OLDBIRD_MOCK_PYTHON") or str(ROOT / ".venvs" / "mock" / "bin" / "python")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class MockServer:
    """The process. `folder` holds its configuration."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = folder / "mock.toml"
        config.write_text(SEED.format(port=self.port))
        command = [interpreter(), "-m", "mastodon_mock", "serve", "--in-memory", "--config", str(config)]
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=10)

    @property
    def pair(self) -> str:
        """As the allow list names it."""
        return f"127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Returns when it answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                pytest.fail(f"mastodon_mock ended with {self.process.returncode}; is it in {interpreter()}?")
            try:
                self.client.get("/api/v1/instance")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        pytest.fail("mastodon_mock did not start")

    def reset(self) -> None:
        """As freshly seeded, without faults."""
        self.client.post("/api/v1/_mock/reset").raise_for_status()

    def fault(self, effect: dict[str, Any], *, path: str | None = None, count: int | None = None) -> None:
        """Break something: `effect` as `type` (status, ratelimit, latency, malformed, timeout) with its fields."""
        rule = {"match": {"path": path}, "effect": effect, "count": count}
        self.client.post("/api/v1/_mock/faults", json=rule).raise_for_status()

    def stop(self) -> None:
        """End the process."""
        self.client.close()
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def mock_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    """A running one."""
    server = MockServer(tmp_path_factory.mktemp("mock"))
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@pytest.fixture
def mock(mock_server: MockServer) -> MockServer:
    """The same, with the seed restored."""
    mock_server.reset()
    return mock_server
