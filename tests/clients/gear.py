"""The running demo, the server behind it, and the clients that are let loose on it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx

from tests.secrets_used import header_of, heard, register

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = Path(__file__).parent / "scripts"
START_SECONDS, STOP_SECONDS, TRIP_SECONDS = 90, 20, 120

EVERYTHING = (
    "login", "post", "mentions", "reply", "home", "newer", "older", "below", "show", "favourite", "favourites",
    "unfavourite", "boost", "picture", "upload", "search", "find", "followers", "follower_ids", "follow", "unfollow",
    "message", "inbox", "delete", "gone", "extras",
)  # fmt: skip
"""The steps of `scripts/journey.py`."""


class Client(NamedTuple):
    """A client: what it is called, its script, its virtual environment ("" for ours), the steps it has no call for.

    `dialect`: the preset its devices have. `number`: the stream post it acts on, beside the next one.
    """

    title: str
    version: str
    dialect: str = ""
    remarks: str = ""
    script: str = ""
    number: int = 0
    venv: str = ""
    lacks: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    """How it is let in, where it signs with OAuth 1.0a, over TLS; without any it sends name and password."""
    mount: str = "/api"
    target: str = ""
    """Where it is driven, if not by `test_journeys.py`: a test module here, or a target of make; `done` are its steps
    there, asserted there."""
    done: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """What it does, in order."""
        return self.done or (*self.ways, *(step for step in EVERYTHING if step not in self.lacks))

    @property
    def python(self) -> Path:
        """The interpreter its library is installed for."""
        return ROOT / ".venvs" / self.venv / "bin" / "python" if self.venv else Path(sys.executable)


LISTS = ("lacks", "ways", "done")


def _client(row: dict[str, Any]) -> Client:
    return Client(**{key: tuple(value) if key in LISTS else value for key, value in row.items()})


ALL = {
    name: _client(row)
    for name, row in tomllib.loads(Path(__file__).with_name("clients.toml").read_text("utf-8")).items()
}
CLIENTS = {name: client for name, client in ALL.items() if not client.target}
"""Those that take the journey."""


class Demo(NamedTuple):
    """What `oldbird demo --json` printed."""

    base_url: str
    backend_url: str
    users: dict[str, str]
    consumer: dict[str, str]
    data_dir: Path = Path()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the gateway."""
        host, _, port = self.base_url.removeprefix("http://").partition(":")
        return host, int(port)


def clean_environment() -> dict[str, str]:
    """Ours, without settings of the gateway and without proxies."""
    unwanted = ("OLDBIRD_", "http_proxy", "https_proxy", "all_proxy")
    return {
        key: value for key, value in os.environ.items() if not key.lower().startswith(tuple(map(str.lower, unwanted)))
    }


class Running(NamedTuple):
    """A demo, its process, and the file its log goes to."""

    demo: Demo
    process: subprocess.Popen[str]
    logged: Path


NUMBERS = re.compile(r'"(?:time|request|ms|bytes)":(?:"[^"]*"|[\d.]+),?')
"""What tells one line of the access log from the next like it."""
DEMO = ("demo", "--json", "--port", "0")


@contextmanager
def running_demo() -> Iterator[tuple[Demo, subprocess.Popen[str]]]:
    """`oldbird demo` as a process of its own; ended by SIGTERM unless it has ended. Its log is searched for secrets."""
    with _running(Path(sys.executable).with_name("oldbird"), *DEMO) as running:
        yield running.demo, running.process


@contextmanager
def logged_demo() -> Iterator[Running]:
    """The same with a line for each request in its log."""
    with _running(sys.executable, "-m", "tests.clients.logged_demo", *DEMO) as running:
        yield running


@contextmanager
def _running(*command: str | Path) -> Iterator[Running]:
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        log = Path(folder, "log")
        with (
            log.open("w") as logged,
            subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=logged, env={**clean_environment(), "TMPDIR": folder}, cwd=ROOT,
                text=True,
            ) as process,
        ):  # fmt: skip
            assert process.stdout is not None
            try:
                line = process.stdout.readline()
                assert line, log.read_text(errors="replace")
                _register(json.loads(line))
                (data_dir,) = Path(folder).glob("oldbird-demo-*/gateway")
                yield Running(Demo(**json.loads(line), data_dir=data_dir), process, log)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(STOP_SECONDS)
                heard("oldbird demo", NUMBERS.sub("", log.read_text(errors="replace")))


def _register(told: dict[str, Any]) -> None:
    register(told.get("consumer", {}).get("secret", ""))
    for name, password in told["users"].items():
        register(password, header_of(name, password))


class Far(NamedTuple):
    """The server behind the gateway, asked over its own API by nobody in particular."""

    web: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        """The decoded answer; raises when the server refuses."""
        answer = self.web.get(f"/api/v1/{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    def code(self, path: str) -> int:
        """The HTTP status of an answer."""
        return self.web.get(f"/api/v1/{path}").status_code

    def status(self, status: dict[str, Any]) -> Any:
        """The server's own record of a status the gateway showed."""
        return self.get(f"statuses/{native(status)}")

    def names(self, status: dict[str, Any], what: str) -> set[str]:
        """Who did `what` (favourited_by, reblogged_by) with a status the gateway showed."""
        return {account["username"] for account in self.get(f"statuses/{native(status)}/{what}")}

    def followed(self, name: str) -> set[str]:
        """Whom somebody follows."""
        account = self.get("accounts/lookup", acct=name)
        return {one["username"] for one in self.get(f"accounts/{account['id']}/following")}


def native(status: dict[str, Any]) -> str:
    """The server's id of a status the gateway showed: the last part of its address there."""
    url: str = status["external_url"]
    return url.rpartition("/")[2]


class Answering(NamedTuple):
    """Who answers a client on its way: the person who is shown a `page`, and who looks at the far server."""

    look: Callable[[], Any]
    page: Callable[[str], str] = str


def travelled(name: str, facts: dict[str, Any], answering: Answering, home: Path, **env: str) -> dict[str, Any]:
    """Let a client take all its steps; step -> what the client made of the answer, or what was seen when it looked."""
    client = CLIENTS[name]
    assert client.python.exists(), f"{client.python} is missing: make test installs it"
    told = {"user": "alice", "name": name, "number": client.number, **facts}
    with (
        tempfile.TemporaryFile("w+", errors="replace") as complaints,
        subprocess.Popen(
            [client.python, "-W", "error", "-X", "utf8", SCRIPTS / client.script], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=complaints, env={**clean_environment(), "HOME": str(home), **env},
        ) as process,
    ):  # fmt: skip
        watch = threading.Timer(TRIP_SECONDS, process.kill)
        watch.start()
        try:
            steps = _conversation(process, told, answering)
            process.wait(TRIP_SECONDS)
        finally:
            watch.cancel()
        complaints.seek(0)
        assert process.returncode == 0, complaints.read()
    return steps


def _conversation(process: subprocess.Popen[str], facts: dict[str, Any], answering: Answering) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    steps: dict[str, Any] = {}
    answer: str | None = json.dumps(facts)
    while True:
        if answer is not None:
            process.stdin.write(answer + "\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            return steps
        told, answer = json.loads(line), None
        if told["step"] == "look":
            steps[told["value"]], answer = answering.look(), ""
        else:
            steps[told["step"]] = told["value"]
            answer = answering.page(told["value"]) if told["step"] == "page" else None
