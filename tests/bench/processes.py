"""The processes of the bench: started together, each on its core, ended together.

Core 0 carries the stub and the load, core 1 the server that is measured. CPU time is read from the process's own CPU
clock, which is what /proc/<pid>/stat rounds to hundredths of a second.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

START_SECONDS = 20.0
ROOT = Path(__file__).resolve().parents[2]


class NotStarted(Exception):
    """A server of the bench did not come up; the text holds what it wrote."""


_USABLE = sorted(os.sched_getaffinity(0))
"""Read before the bench pins itself."""


def cores() -> tuple[int, int]:
    """(load and stub, server under test); the same core twice where there is only one."""
    return _USABLE[0], _USABLE[1 % len(_USABLE)]


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """This process, and what it starts, on one core for a while."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A running process and where it listens."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds of CPU used so far, all threads."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def ready(server: Server, path: str, headers: Mapping[str, str] = {}) -> None:
    """Wait for the first 200 of `path`. Raises NotStarted."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    asked = f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n{lines}\r\n".encode()
    deadline = time.monotonic() + START_SECONDS
    answer = b""
    while time.monotonic() < deadline and server.process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(asked)
            answer = connection.recv(64)
            if b" 200 " in answer:
                return
        time.sleep(0.001)
    raise NotStarted(f"{server.name}: {answer!r} {server.log.read_text()[-2000:]}")


class Processes:
    """Starts servers and ends them all on leaving."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def start(self, name: str, command: Sequence[str], port: int, core: int, env: Mapping[str, str] = {}) -> Server:
        """Start `command` on `core`; its output goes to a file."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as sink, pinned(core):  # a child is born where its parent may run
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        self._stack.callback(end, process)
        return Server(name=name, process=process, port=port, log=log)

    def uvicorn(self, name: str, factory: str, env: Mapping[str, str] = {}) -> Server:
        """One worker of the ASGI app that `module:function` makes, on the measured core."""
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            factory,
            "--factory",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--loop",
            "asyncio",
            "--http",
            "httptools",
            "--no-access-log",
            "--log-level",
            "warning",
            "--backlog",
            "1024",
        ]
        return self.start(name, command, port, cores()[1], env)

    def stub(self) -> tuple[Server, dict[str, int]]:
        """The backend and its port per scenario."""
        server = self.start("stub", [sys.executable, "-m", "tests.bench.stub"], 0, cores()[0])
        deadline = time.monotonic() + START_SECONDS
        while not (line := server.log.read_text()).endswith("\n"):
            if time.monotonic() > deadline or server.process.poll() is not None:
                raise NotStarted(f"stub: {line}")
            time.sleep(0.01)
        return server, json.loads(line)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait, insist."""
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
