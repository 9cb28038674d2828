"""A real redis-server on a private port, with the durability that the store asks for.

Fixtures (import them in a conftest): `redis_server` once per test session, `redis_url` emptied for each test, and the
same as a cluster of one node, where a script that leaves its hash slot fails.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

PATIENCE = 15.0
LAST_SLOT = 16383


def free_port() -> int:
    """A port nobody listens on, with the cluster bus port 10,000 above it in range."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 55_000:
            return port


class RedisServer:
    """`options` are added to the command line: name, value, name, value."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.scheme = "redis+cluster" if "--cluster-enabled" in options else "redis"

    @property
    def url(self) -> str:
        """As the settings want it."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def client(self) -> redis.Redis:
        """A plain client; close it."""
        return redis.Redis(port=self.port, socket_timeout=5)

    def start(self) -> None:
        """Returns when it answers."""
        durable = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", "")
        self.start_as(*durable, *self._options)

    def start_as(self, *options: str) -> None:
        """With these options alone, on the private port."""
        binary = shutil.which("redis-server")
        if binary is None:
            pytest.fail("redis-server is not installed: apt-get install redis-server")
        private = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder))
        command = (binary, *options, *private)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with self.client() as client:
            self._until(client.ping)
            if self.scheme == "redis+cluster":
                client.execute_command("CLUSTER ADDSLOTSRANGE", 0, LAST_SLOT)
                self._until(lambda: client.cluster("info")["cluster_state"] == "ok")

    @staticmethod
    def _until(ready: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if ready():
                    return
            except redis.RedisError:
                pass
            assert time.monotonic() < end, "redis-server did not become ready"
            time.sleep(0.01)  # nothing tells when a port opens

    def stop(self) -> None:
        """At once, keeping the files."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        """Drop everything but the server's settings."""
        with self.client() as client:
            client.flushall()


def running(folder: Path, *options: str) -> Iterator[RedisServer]:
    """A started server, stopped at the end."""
    server = RedisServer(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One server for the session."""
    yield from running(tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A cluster of one node for the session."""
    yield from running(tmp_path_factory.mktemp("cluster"), "--cluster-enabled", "yes")


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The session's server, emptied."""
    redis_server.empty()
    return redis_server.url
