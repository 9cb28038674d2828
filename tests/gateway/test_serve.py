"""Starting, stopping, and the addresses to listen on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn

from gateway.listeners import address, is_answered, listener, main_listener
from gateway.problems import Problem
from gateway.server import Server, configured
from gateway.settings import Settings
from tests.secrets_used import header_of, heard, register

OLDBIRD = [sys.executable, "-c", "from gateway.cli import main; raise SystemExit(main())"]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a gateway process of its own."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OLDBIRD_")}
    given = {f"OLDBIRD_{name.upper()}": value for name, value in settings.items()}
    return {**own, "OLDBIRD_DATA_DIR": str(folder / "data"), "OLDBIRD_PORT": "0", **given}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen([*OLDBIRD, "serve"], env=environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = iter(process.stderr.readline, "")
        url = next(line for line in said if "Listening at" in line)
        url = json.loads(url)["message"].removeprefix("Listening at ")
        with httpx.Client(base_url=url, trust_env=False) as client:
            answer = client.get("/api/help/test.json")
            assert (answer.status_code, answer.json()) == (200, "ok")
            assert "server" not in answer.headers
            register(header_of("alice", "guess-by-test-1"), "guess-by-test-1")
            guess = ("alice", "guess-by-test-1")
            for asked in ("/api/statuses/home_timeline.json", "/api/no/call.json", "/?password=guess-by-test-1"):
                assert client.get(asked, auth=guess).status_code in {200, 401, 501}
            assert client.get("/api/statuses/home_timeline.json").status_code == 401
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait(20) == 0
    assert "Traceback" not in rest
    heard("oldbird serve", rest)
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["oldbird.sqlite", "server.key"]  # no journal


def test_a_store_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    given = environment(tmp_path, store="mysql://x")
    done = subprocess.run([*OLDBIRD, "serve"], env=given, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("oldbird: The store URL must begin with")
    assert done.stderr.count("\n") == 1


class App:
    """Answers with the scheme it was asked by, when told to."""

    def __init__(self) -> None:
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        self.reached.set()
        await self.go.wait()
        body = scope["scheme"].encode()
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})


class Told(Server):
    """Says when a signal has arrived."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal."""
        super().handle_exit(sig, frame)
        self.told.set()


@pytest.mark.anyio
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_what_is_under_way_is_finished(number: signal.Signals) -> None:
    app = App()
    with listener("127.0.0.1", 0) as bound:
        running = Told(configured(app, Settings()))
        server = asyncio.create_task(running.serve(sockets=[bound]))
        async with httpx.AsyncClient(base_url=address(bound), trust_env=False) as client:
            request = asyncio.create_task(client.get("/"))
            await app.reached.wait()
            signal.raise_signal(number)
            await running.told.wait()
            app.go.set()
            assert (await request).text == "http"
        await server


@pytest.mark.anyio
@pytest.mark.parametrize(("proxies", "scheme"), [((), "http"), (("127.0.0.0/8",), "https"), (("10.0.0.1",), "http")])
async def test_only_named_proxies_are_believed(proxies: tuple[str, ...], scheme: str) -> None:
    app = App()
    app.go.set()
    with listener("127.0.0.1", 0) as bound:
        running = Server(configured(app, Settings(trusted_proxies=proxies)))
        server = asyncio.create_task(running.serve(sockets=[bound]))
        async with httpx.AsyncClient(base_url=address(bound), trust_env=False) as client:
            assert (await client.get("/", headers={"X-Forwarded-Proto": "https"})).text == scheme
        running.should_exit = True
        await server


def test_a_taken_port_and_an_unknown_address_are_clear_problems() -> None:
    with listener("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        with pytest.raises(Problem, match=f"Cannot listen on 127.0.0.1 port {port}: .*in use"):
            listener("127.0.0.1", port)
    with pytest.raises(Problem, match="settings host and port"):
        listener("256.1.1.1.1", 0)


def test_addresses_are_written_as_urls() -> None:
    with listener("127.0.0.1", 0) as bound:
        assert address(bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"
    if socket.has_dualstack_ipv6():
        with listener("::1", 0) as bound:
            assert address(bound) == f"http://[::1]:{bound.getsockname()[1]}"


def test_a_socket_takes_the_place_of_a_dead_one_only(tmp_path: Path) -> None:
    path = tmp_path / "sock"
    settings = Settings(host=f"unix:{path}")
    with main_listener(settings) as bound:
        assert address(bound) == f"unix:{path}"
        with pytest.raises(Problem, match="in use"), main_listener(settings):
            pass
        assert path.is_socket()
    assert not path.exists()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with main_listener(settings):
        assert is_answered(path)
    path.write_text("a file of somebody")
    with pytest.raises(Problem, match="setting host"), main_listener(settings):
        pass
    assert path.read_text() == "a file of somebody"
    with pytest.raises(Problem), main_listener(Settings(host=f"unix:{tmp_path}/no/such/folder")):
        pass
