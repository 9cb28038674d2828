"""Where the commands of the documents are run: a folder with a gateway of its own, and the demo.

`oldbird ...` runs in this process, `oldbird serve` and everything else as processes. What the documents have for
names, addresses and secrets, of which everybody has others, is replaced by those of `Desk.text`.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree
from PIL import Image

from gateway import cli
from tests.clients.gear import CLIENTS, ROOT, clean_environment
from tests.deploy.gateways import OLDBIRD, Running
from tests.documents.commands import Block, Command
from tests.mock_server import TOKENS, MockServer
from tests.secrets_used import register

PASSWORD = re.compile(r"(?:[a-z2-7]{4}-){6}[a-z2-7]{4}")
IDS = re.compile(r"^(\S+)  read", re.MULTILINE)
ANSWERED = re.compile(r"\b(PASSWORD|LOGIN '|https://gateway\.example|http://127\.0\.0\.1:8090)")
LINKED = re.compile(r"\boldbird (password|export|consumer)\b")
CURL = '#!/bin/sh\nexec /usr/bin/curl --fail-with-body --silent --show-error "$@"\n'
SECONDS = 60


class Place(NamedTuple):
    """A store, and the server that may be private for it."""

    data_dir: Path
    allowed: str

    @property
    def settings(self) -> dict[str, str]:
        """As the environment has them."""
        given = {"data_dir": str(self.data_dir), "port": "0", "metrics": "127.0.0.1:0", "allow_hosts": self.allowed}
        return {f"OLDBIRD_{name.upper()}": value for name, value in given.items()}


class Desk:
    """`ask`: a fixture by its name, so that only what a document needs is started."""

    def __init__(self, folder: Path, mock: MockServer, ask: Callable[[str], Any], patch: pytest.MonkeyPatch) -> None:
        self.folder, self.mock, self.ask, self.patch = folder, mock, ask, patch
        self.own, self.places = Place(folder / "var", mock.pair), 0
        self.address, self.password = "", ""
        self.gateway: Running | None = None
        (folder / "bin").mkdir()
        (folder / "bin" / "curl").write_text(CURL)
        (folder / "bin" / "curl").chmod(0o755)
        Image.new("RGB", (64, 48), (200, 120, 20)).save(folder / "cat.jpg")
        (folder / "token.txt").write_text(TOKENS["alice"])
        patch.chdir(folder)

    def run(self, command: Command) -> str:
        """One command; what it printed."""
        text = command.text
        if text.startswith("make "):
            return self.make(text)
        if re.search(r"\boldbird serve$", text):
            return self.serve()
        if "--actor" in text:
            return self.link_actor(text)
        if LINKED.search(text) and not self.password:
            self.link()
        if ANSWERED.search(text):
            self.reach()
        text = self.text(text)
        if not text.startswith("oldbird "):
            return self.shell(text)
        said = self.oldbird(text, self.elsewhere(self.mock.pair) if " import " in text else self.own)
        if " link " in text:
            self.password = PASSWORD.findall(said)[0]
        return said

    def text(self, text: str) -> str:
        """A command or program as it is here: what the documents have -> what there is."""
        holes = {
            ".venv/bin/oldbird ": "oldbird ",
            "https://social.example": self.mock.url,
            "https://gateway.example": self.address,
            "http://127.0.0.1:8090": self.address,
            "-u LOGIN": f"-u alice:{self.password}",
            "LOGIN": "alice",
            "PASSWORD": self.password,
            "erin@other.example": "dora@remote.example",
        }
        for hole, ours in holes.items():
            text = text.replace(hole, ours)
        return re.sub(r"\bID\b", lambda _: IDS.findall(self.oldbird("oldbird password list alice", self.own))[-1], text)

    def oldbird(self, text: str, place: Place) -> str:
        """Of our own command line; an existing app password is on its standard input."""
        return oldbird(self.patch, shlex.split(text)[1:], place.settings, self.password)

    def shell(self, text: str) -> str:
        """Of everything else. What curl got is what its address says."""
        said = self.process(["/bin/sh", "-euc", text])
        if found := re.search(r"\.(json|xml)\b", text):
            read: Callable[[bytes], Any] = json.loads if found[1] == "json" else etree.fromstring
            assert read(said.encode()) is not None
        return said

    def python(self, block: Block) -> str:
        """A program that asks for the app password; what it printed."""
        self.reach()
        program = self.text("\n".join(block.lines))
        python = CLIENTS["requests-oauthlib"].python
        return self.process([str(python), "-W", "ignore", "-c", program], f"{self.password}\n")

    def process(
        self, command: list[str], given: str = "", *, environ: Mapping[str, str] | None = None, cwd: Path = Path()
    ) -> str:
        """What it printed. It has no terminal."""
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        environ = {**clean_environment(), "PATH": path, **(environ or {})}
        done = subprocess.run(
            command, input=given, env=environ, cwd=cwd, capture_output=True, text=True, check=False, timeout=SECONDS,
            start_new_session=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def make(self, text: str) -> str:
        """The steps of a target; those of `make demo` are carried out."""
        if text == "make demo":
            demo = self.ask("demo")
            self.address, self.password = demo.base_url, demo.users["alice"]
        return self.process([*shlex.split(text), "-n"], environ={"MAKEFLAGS": "", "MFLAGS": ""}, cwd=ROOT)

    def link(self) -> None:
        """Alice of the Mastodon server."""
        said = self.oldbird(f"oldbird link alice --server {self.mock.url} --token-file token.txt", self.own)
        self.password = PASSWORD.findall(said)[0]

    def link_actor(self, text: str) -> str:
        """Somebody of a server of actors, in a store of its own."""
        server = self.ask("embedded_server")
        alice, place = server.people().alice, self.elsewhere(server.pair)
        server.world.basic = True
        (place.data_dir / "token.txt").write_text(alice.token)
        (place.data_dir / "password.txt").write_text(f"{alice.name}:secret")
        text = self.text(text).replace("alice@social.example", alice.handle)
        text = text.replace("https://blog.example/author/alice", alice.actor)
        return self.oldbird(re.sub(r"\b(\w+\.txt)", rf"{place.data_dir}/\1", text), place)

    def elsewhere(self, allowed: str) -> Place:
        """A store without anybody."""
        self.places += 1
        place = Place(self.folder / f"var{self.places}", allowed)
        place.data_dir.mkdir(mode=0o700)
        return place

    def reach(self) -> None:
        """A gateway runs, the demo or that of this folder."""
        if not self.address:
            if not self.password:
                self.link()
            password = self.password
            self.serve()
            self.password = password

    def serve(self) -> str:
        """From now on that of this folder is asked; whoever is linked there is, later."""
        self.gateway = Running({**clean_environment(), **self.own.settings}, command=[*OLDBIRD, "serve"])
        self.address, self.password = self.gateway.url, ""
        return self.gateway.said[-1]

    def close(self) -> None:
        """Nothing runs any more."""
        if self.gateway is not None:
            self.gateway.stop()


def oldbird(patch: pytest.MonkeyPatch, words: Sequence[str], settings: Mapping[str, str], given: str = "") -> str:
    """What a command of ours prints, in this process; a line is on its standard input. A doctor may warn."""
    out, err = io.StringIO(), io.StringIO()
    with patch.context() as here, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        here.setattr(sys, "stdin", io.StringIO(f"{given}\n"))
        for name in {name for name in os.environ if name.startswith("OLDBIRD_")} - settings.keys():
            here.delenv(name)
        for name, value in settings.items():
            here.setenv(name, value)
        with logging_as_it_was():
            try:
                status = cli.main(words)
            except SystemExit as done:
                status = int(done.code or 0)
    well = status == 0 or (status == 2 and "doctor" in words)
    assert well, f"oldbird {shlex.join(words)}\n{out.getvalue()}{err.getvalue()}"
    register(*PASSWORD.findall(out.getvalue()))
    return out.getvalue()


@contextlib.contextmanager
def logging_as_it_was() -> Iterator[None]:
    """Commands set up logging."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
