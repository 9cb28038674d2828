"""The running demo, the server behind it, and the clients that are let loose on it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
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
    "unfavourite", "boost", "picture", "upload", "search", "followers", "follower_ids", "delete", "gone", "extras",
)  # fmt: skip
"""The steps of `scripts/journey.py`."""


class Client(NamedTuple):
    """A client: what it is called, its script, its virtual environment ("" for ours), the steps it has no call for.

    `number`: the stream post it acts on, beside the next one.
    """

    title: str
    version: str
    script: str
    number: int
    venv: str = ""
    lacks: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    """How it is let in, where it signs with OAuth 1.0a, over TLS; without any it sends name and password."""
    mount: str = "/api"

    @property
    def steps(self) -> tuple[str, ...]:
        """What it does, in order."""
        return (*self.ways, *(step for step in EVERYTHING if step not in self.lacks))

    @property
    def python(self) -> Path:
        """The interpreter its library is installed for."""
        return ROOT / ".venvs" / self.venv / "bin" / "python" if self.venv else Path(sys.executable)


CLIENTS = {
    name: Client(**{**row, "lacks": tuple(row.get("lacks", ()))})
    for name, row in tomllib.loads(Path(__file__).with_name("clients.toml").read_text("utf-8")).items()
}


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


@contextmanager
def running_demo() -> Iterator[tuple[Demo, subprocess.Popen[str]]]:
    """`oldbird demo` as a process of its own; ended by SIGTERM unless it has ended. Its log is searched for secrets."""
    command = [Path(sys.executable).with_name("oldbird"), "demo", "--json", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile("w+", errors="replace") as logged,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=logged, env={**clean_environment(), "TMPDIR": folder}, cwd=ROOT,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            logged.seek(0)
            assert line, logged.read()
            _register(json.loads(line))
            (data_dir,) = Path(folder).glob("oldbird-demo-*/gateway")
            yield Demo(**json.loads(line), data_dir=data_dir), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)
            logged.seek(0)
            heard("oldbird demo", logged.read())


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


def native(status: dict[str, Any]) -> str:
    """The server's id of a status the gateway showed: the last part of its address there."""
    url: str = status["external_url"]
    return url.rpartition("/")[2]


def travelled(name: str, demo: Demo, picture: Path, home: Path) -> dict[str, Any]:
    """Let a client take all its steps; step -> what the client made of the answer."""
    client = CLIENTS[name]
    assert client.python.exists(), f"{client.python} is missing: make test installs it"
    facts = {
        "base_url": demo.base_url, "user": "alice", "password": demo.users["alice"], "name": name,
        "number": client.number, "picture": str(picture),
    }  # fmt: skip
    done = subprocess.run(
        [client.python, "-W", "error", "-X", "utf8", SCRIPTS / client.script], input=json.dumps(facts), text=True,
        capture_output=True, timeout=TRIP_SECONDS, check=False, env={**clean_environment(), "HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["step"]: line["value"] for line in lines}
