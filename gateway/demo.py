"""`oldbird demo`: a gateway with made-up people, for trying clients and for tests (DESIGN section 10).

A Mastodon server in memory (`mastodon_mock`, in a virtual environment of its own) is started and seeded, the gateway is
linked to it for everybody, and both run until interrupted. Nothing is kept, nothing outside the machine is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import msgspec
import uvicorn

from gateway.app import create_app
from gateway.demo_seed import PEOPLE, mock_config, seed
from gateway.logins import Logins
from gateway.problems import Problem
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from gateway.vault import open_vault

HOST = "127.0.0.1"
MOCK_VARIABLE = "OLDBIRD_MOCK_PYTHON"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
SHOWN = ("alice", "bob")


class DemoProblem(Problem):
    """The demo cannot start, for the reason in the text."""


def run(args: argparse.Namespace) -> int:
    """`args.port` (0: any free one) and `args.json` (one line for programs). Returns the exit status.

    Raises DemoProblem.
    """
    try:
        asyncio.run(_until_interrupted(args.port, as_json=args.json))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return 0
    return 0


async def _until_interrupted(port: int, *, as_json: bool) -> None:
    """Signals cancel this task, so that every context below ends the way it began."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with running(port) as demo:
        sys.stdout.write(msgspec.json.encode(demo).decode() + "\n" if as_json else described(demo))
        sys.stdout.flush()
        await asyncio.Event().wait()


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints. `users`: login name -> app password. (A consumer for OAuth 1.0a will stand beside it.)"""

    base_url: str
    backend_url: str
    users: dict[str, str]


@asynccontextmanager
async def running(port: int = 0) -> AsyncIterator[Demo]:
    """Everything started and seeded; stopped and removed at the end. Raises DemoProblem."""
    with tempfile.TemporaryDirectory(prefix="oldbird-demo-") as name, _listener(port) as listener:
        folder = Path(name)
        tokens = {person: secrets.token_urlsafe(24) for person in PEOPLE}
        base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        async with running_mock(folder / "mock", tokens) as backend_url:
            await seed(backend_url, tokens)
            settings = Settings(
                data_dir=folder / "gateway", base_url=base_url, allow_hosts=(backend_url.removeprefix("http://"),)
            )
            async with open_gateway(settings) as gateway:
                users = await _link(gateway, backend_url, tokens)
                async with _serving(gateway, listener):
                    yield Demo(base_url=base_url, backend_url=backend_url, users=users)


def _listener(port: int) -> socket.socket:
    """A bound socket, so that the address is known before anything starts. Raises DemoProblem."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise DemoProblem(f"Port {port} cannot be used, `oldbird demo --port 0` takes a free one: {error}.") from error
    return listener


async def _link(gateway: Gateway, backend_url: str, tokens: Mapping[str, str]) -> dict[str, str]:
    logins = Logins(gateway.store, await open_vault(gateway.settings.data_dir, gateway.store), gateway.connections)
    return {name: (await logins.link(backend_url, token)).password for name, token in tokens.items()}


class _Server(uvicorn.Server):
    """Leaves the signals to the demo, which has more than a server to stop, and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def _serving(gateway: Gateway, listener: socket.socket) -> AsyncIterator[None]:
    app: Any = create_app(gateway)
    server = _Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    task.add_done_callback(lambda _: server.ready.set())
    try:
        await server.ready.wait()
        if not task.done():
            yield
    finally:
        server.should_exit = True
        await task


def mock_python() -> Path:
    """The interpreter `mastodon_mock` is installed for. Raises DemoProblem."""
    given = os.environ.get(MOCK_VARIABLE)
    path = Path(given) if given else Path(__file__).parent.parent / ".venvs" / "mock" / "bin" / "python"
    if not path.exists():
        raise DemoProblem(f"mastodon_mock is not installed: run `make demo`, or set {MOCK_VARIABLE} to its Python.")
    return path


@asynccontextmanager
async def running_mock(folder: Path, tokens: Mapping[str, str]) -> AsyncIterator[str]:
    """The Mastodon server with `PEOPLE` and their `tokens`, without posts; its base URL. Raises DemoProblem."""
    address = f"{HOST}:{_free_port()}"
    process = _start_mock(folder, tokens, address)
    try:
        await _answering(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        await asyncio.to_thread(_stop, process)


def _start_mock(folder: Path, tokens: Mapping[str, str], address: str) -> subprocess.Popen[bytes]:
    """In a session of its own: the terminal's Ctrl-C is for the demo, which then ends this."""
    command = [str(mock_python()), "-m", "mastodon_mock", "serve", "--in-memory", "--config", "mock.toml"]
    command += ["--host", HOST, "--port", address.rpartition(":")[2], "--domain", address, "--log-level", "warning"]
    folder.mkdir(parents=True)
    (folder / "mock.toml").write_text(mock_config(tokens, str(folder / "media")), "utf-8")
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - the interpreter that was installed for it
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


async def _answering(url: str, process: subprocess.Popen[bytes]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False) as client:
        while process.poll() is None and loop.time() < deadline:
            try:
                await client.get(f"{url}/api/v1/instance")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
    raise DemoProblem(f"mastodon_mock ({mock_python()}) did not start.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def described(demo: Demo) -> str:
    """What a person reads."""
    logins = "".join(f"    login  {name:<6} password  {demo.users[name]}\n" for name in SHOWN)
    user = f"{SHOWN[0]}:{demo.users[SHOWN[0]]}"
    return (
        "\nOldbird is running, with made-up people on a server in memory. Ctrl-C stops it, nothing is kept.\n\n"
        "In a client (type of account: Friendica, GNU social or StatusNet):\n\n"
        f"    server {demo.base_url}     (where the API's root is asked for: {demo.base_url}/api)\n{logins}\n"
        "Without a client:\n\n"
        f"    curl -u {user} '{demo.base_url}/api/statuses/home_timeline.json?count=3'\n"
        f"    curl -u {user} -d status='Hello from curl' {demo.base_url}/api/statuses/update.xml\n\n"
    )
