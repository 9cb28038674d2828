"""`oldbird demo`: a gateway with made-up people, for trying clients and for tests (DESIGN section 10).

A Mastodon server in memory (`mastodon_mock`, in a virtual environment of its own) is started and seeded, the gateway is
linked to it for everybody, and both run until interrupted. Nothing is kept, nothing outside the machine is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec

from gateway.app import create_app
from gateway.demo_seed import PEOPLE, mock_config, seed
from gateway.listeners import address, listener
from gateway.logins import Logins
from gateway.logs import without
from gateway.problems import Problem
from gateway.server import SIGNALS, Server, configured
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


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints. `users`: login name -> app password. `consumer`: key and secret for OAuth 1.0a."""

    base_url: str
    backend_url: str
    users: dict[str, str]
    consumer: dict[str, str]

    def __repr__(self) -> str:
        """Without the passwords and the consumer's secret."""
        return without(self, "users", "consumer")


def run(args: argparse.Namespace) -> int:
    """`args.port` (0: any free one) and `args.json` (one line for programs). Returns when interrupted.

    Raises Problem.
    """
    with suppress(asyncio.CancelledError):
        asyncio.run(_demo(args.port, described if not args.json else _line))
    return 0


async def _demo(port: int, words: Callable[[Demo], str]) -> None:
    """Until the server runs, signals cancel this task, so that everything begun is ended."""
    task = asyncio.current_task()
    assert task is not None
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    tokens = {person: secrets.token_urlsafe(24) for person in PEOPLE}
    at = listener(HOST, port, "oldbird demo --port")
    with tempfile.TemporaryDirectory(prefix="oldbird-demo-") as name, at as bound:
        async with running_mock(Path(name, "mock"), tokens) as backend_url:
            await seed(backend_url, tokens)
            settings = Settings(
                data_dir=Path(name, "gateway"),
                base_url=address(bound),
                allow_hosts=(urlsplit(backend_url).netloc,),
            )
            async with open_gateway(settings) as gateway:
                ready = Demo(
                    base_url=settings.base_url,
                    backend_url=backend_url,
                    users=await _link(gateway, backend_url, tokens),
                    consumer=await _consumer(gateway),
                )
                server = Server(configured(create_app(gateway), settings))
                sys.stdout.write(words(ready))
                sys.stdout.flush()
                await server.serve(sockets=[bound])


async def _link(gateway: Gateway, backend_url: str, tokens: Mapping[str, str]) -> dict[str, str]:
    logins = Logins(gateway.store, await open_vault(gateway.settings.data_dir, gateway.store), gateway.connections)
    return {name: (await logins.link(backend_url, token)).password for name, token in tokens.items()}


async def _consumer(gateway: Gateway) -> dict[str, str]:
    made = await gateway.consumers.add("", "Demo")
    return {"key": made.key, "secret": made.secret}


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
    """In a session of its own: the terminal's Ctrl-C is for the demo, which then ends this and removes its files."""
    command = [str(mock_python()), "-m", "mastodon_mock", "serve", "--in-memory", "--config", "mock.toml"]
    command += ["--host", HOST, "--port", address.rpartition(":")[2], "--domain", address, "--log-level", "warning"]
    folder.mkdir(parents=True)
    (folder / "mock.toml").write_text(mock_config(tokens, str(folder / "media")), "utf-8")
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - the interpreter that was installed for it
            command, cwd=folder, env={**os.environ, "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


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


def _line(demo: Demo) -> str:
    return msgspec.json.encode(demo).decode() + "\n"


def described(demo: Demo) -> str:
    """What a person reads."""
    logins = "".join(f"    login  {name:<6} password  {demo.users[name]}\n" for name in SHOWN)
    user = f"{SHOWN[0]}:{demo.users[SHOWN[0]]}"
    return (
        "\nOldbird is running, with made-up people on a server in memory. Ctrl-C stops it, nothing is kept.\n\n"
        "In a client (type of account: Friendica, GNU social or StatusNet):\n\n"
        f"    server {demo.base_url}     (where the API's root is asked for: {demo.base_url}/api)\n{logins}"
        f"    OAuth  consumer key {demo.consumer['key']}  secret {demo.consumer['secret']}\n\n"
        "To see how an account is linked, in a browser:\n\n"
        f"    {demo.base_url}/connect    with the server {demo.backend_url.partition('://')[2]}\n\n"
        "Without a client:\n\n"
        f"    curl -u {user} '{demo.base_url}/api/statuses/home_timeline.json?count=3'\n"
        f"    curl -u {user} -d status='Hello from curl' {demo.base_url}/api/statuses/update.xml\n\n"
    )
