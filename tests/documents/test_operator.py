"""The commands of the operator guide, run one after the other on a machine of their own: a folder in the place of /etc,
/opt, /var and /usr/lib, and stand-ins for what only a whole machine has (systemd, packages, containers)."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from gateway.cli import COMMANDS
from tests.clients.gear import ROOT
from tests.deploy.gateways import OLDBIRD, Running, samples
from tests.documents.commands import Command, blocks, commands, files, prose
from tests.documents.desk import PASSWORD, oldbird
from tests.mock_server import TOKENS, MockServer
from tests.redis_server import RedisServer, free_port

GUIDE = ROOT / "docs" / "operator.md"
FOLDERS = re.compile(r"(?<![\w.$/}-])/(etc|opt|var|usr/lib|usr/local/bin)/")
FIRST = "oldbird config check"
"""The command that shows what the command `oldbird` is."""
STAND_INS = {
    "apt-get": "exit 0",
    "systemd-sysusers": 'test -s "$SYSTEM/usr/lib/sysusers.d/oldbird.conf"',
    "runuser": 'test "$1 $2 $3" = "-u oldbird --"; shift 3; exec "$@"',
    "chown": 'for last; do :; done; test -e "$last"',
    "journalctl": 'test "$*" = "-u oldbird -o cat"; cat "$SYSTEM/journal"',
    "python3": 'test "$1 $2" = "-m venv"; mkdir -p "$3/bin"; cp "$SYSTEM/bin/made/"* "$3/bin/"',
    "install": 'exec {python} {system}/bin/install.py "$@"',
    "docker": 'test "$1 $2" = "compose -f"; test -s "$3"; case "$4" in up|exec) ;; *) exit 2 ;; esac',
    "kubectl": 'for f; do case "$f" in --from-file=*) test -s "${{f#*=}}" ;; *.yaml) test -s "$f" ;; esac; done',
}
INSTALL = """
import subprocess, sys
given, words = iter(sys.argv[1:]), []
for word in given:
    if word in ("-o", "-g"):
        next(given)  # users that only a whole machine has
    else:
        words.append(word)
raise SystemExit(subprocess.call(["/usr/bin/install", *words]))
"""
MADE = {
    "oldbird": 'exec {oldbird} "$@"',
    "python": 'test "$1 $2 $3" = "-m pip install"; for word; do case "$word" in *.txt) test -s "$word" ;; esac; done',
}
FOLDERS_THERE = (
    "bin/made", "usr/lib/sysusers.d", "usr/local/bin", "etc/systemd/system", "var/lib/redis", "var/backups"
)  # fmt: skip
ABOUT = (
    "Install", "Configure", "Proxy", "TLS", "workers", "Redis", "Metrics", "Logs", "Back", "Upgrade", "Rotate", "wrong"
)  # fmt: skip


class Machine:
    """Where the commands are run. `done`: those that were."""

    def __init__(self, folder: Path, mock: MockServer, patch: pytest.MonkeyPatch) -> None:
        self.root, self.work, self.mock, self.patch = folder / "machine", folder / "checkout", mock, patch
        self.port, self.metrics = free_port(), free_port()
        for name in FOLDERS_THERE:
            (self.root / name).mkdir(parents=True)
        self.work.mkdir()
        for name in ("deploy", "requirements", "pyproject.toml"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.work / name)
        wrapper = self.work / "deploy" / "oldbird"
        wrapper.write_text(FOLDERS.sub(self._folder, wrapper.read_text()))
        told = {"python": shlex.quote(sys.executable), "system": self.root, "oldbird": shlex.join(OLDBIRD)}
        for place, scripts in {"bin": STAND_INS, "bin/made": MADE}.items():
            for name, body in scripts.items():
                script = self.root / place / name
                script.write_text(f"#!/bin/bash\nset -eu\n{body.format(**told)}\n")
                script.chmod(0o755)
        (self.root / "bin" / "install.py").write_text(INSTALL)
        self.redis = RedisServer(self.root / "var/lib/redis")
        self.gateway: Running | None = None
        self.others: dict[str, bool] = {}
        self.done: list[str] = []

    def text(self, text: str) -> str:
        """A text of the guide as it is here."""
        text = FOLDERS.sub(self._folder, text)
        for port, ours in {8090: self.port, 9100: self.metrics}.items():
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{ours}")
        text = re.sub(r"\bredis-cli\b", f"redis-cli -p {self.redis.port}", text)
        text = re.sub(r"^redis-server\b", f"redis-server --port {self.redis.port} --bind 127.0.0.1", text)
        text = text.replace("https://gate.example", f"http://127.0.0.1:{self.port}")
        return text.replace("https://social.example", self.mock.url)

    def _folder(self, found: re.Match[str]) -> str:
        return f"{self.root}/{found[1]}/"

    def environment(self) -> dict[str, str]:
        """Of commands and of the gateway."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("OLDBIRD_")}
        path = f"{self.root}/bin:{self.root}/usr/local/bin:{os.environ['PATH']}:/usr/sbin:/sbin"
        return {**own, "SYSTEM": str(self.root), "PATH": path, **self.settings}

    @property
    def settings(self) -> dict[str, str]:
        """What is not as in the guide."""
        return {"OLDBIRD_ALLOW_HOSTS": self.mock.pair, "OLDBIRD_PORT": str(self.port)}

    def run(self, command: Command) -> str:
        """One command; what it printed."""
        if command.text.startswith("systemctl "):
            _, verb, *units = command.text.split()
            self.systemctl(verb, units)
            self.done.append(command.text)
            return ""
        if command.text.startswith("oldbird ") and self.done.count(FIRST):
            self.done.append(command.text)
            return self.here(command.text)
        if self.gateway is not None:
            (self.root / "journal").write_text("".join(self.gateway.said))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.text(command.text)], cwd=self.work, env=self.environment(),
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"line {command.line}: {command.text}\n{done.stdout}{done.stderr}"
        self.done.append(command.text)
        return done.stdout

    def here(self, text: str) -> str:
        """A command of ours in this process, which is faster, as the wrapper does it."""
        words, _, given = self.text(text).partition(" < ")
        settings = {**self.settings, "OLDBIRD_DATA_DIR": f"{self.root}/var/lib/oldbird"}
        config = f"{self.root}/etc/oldbird/oldbird.toml"
        secret = (self.work / given).read_text() if given else ""
        return oldbird(self.patch, ["--config", config, *shlex.split(words)[1:]], settings, secret)

    def systemctl(self, verb: str, units: list[str]) -> None:
        """What systemd would do. Of instances only their unit is looked at."""
        assert verb in {"start", "stop", "restart", "enable", "daemon-reload"}
        for unit in units:
            if unit == "redis-server":
                self.redis.start() if verb == "start" else self.redis.stop()
                continue
            assert (self.root / "etc/systemd/system" / f"{re.sub('@.*', '@', unit)}.service").is_file()
            if "@" not in unit:
                self.oldbird(verb)

    def oldbird(self, verb: str) -> None:
        """By the command line of the unit."""
        if verb in {"stop", "restart"} and self.gateway is not None:
            assert self.gateway.stop() == 0
            self.gateway = None
        if verb in {"start", "restart"}:
            unit = (self.root / "etc/systemd/system/oldbird.service").read_text()
            line = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
            assert line
            self.gateway = Running(self.environment(), command=self.text(line[1]).split())


@pytest.fixture
def machine(tmp_path: Path, mock: MockServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """An empty one, with a Redis."""
    found = Machine(tmp_path, mock, monkeypatch)
    found.redis.start()
    yield found
    if found.gateway is not None:
        found.gateway.stop()
    found.redis.stop()


def test_every_command_of_the_guide_works(machine: Machine) -> None:
    (machine.work / "token.txt").write_text(TOKENS["alice"])
    shown = files(GUIDE)
    said: dict[str, str] = {}
    mark = f"{machine.mock.url} was here"
    with machine.redis.client() as client:
        client.set("mark", mark)
    for command in commands(GUIDE):
        if command.heading == "Configure":
            for path, content in shown.items():
                Path(machine.text(path)).write_text(machine.text(content))
        said[command.text] = told = machine.run(command)
        if command.text.startswith("oldbird link "):
            (password,) = PASSWORD.findall(told)
            before = home(machine, password)
            assert before
        if command.heading == "Back up" and command.text == "systemctl start oldbird":
            assert home(machine, password) == before
    assert said[FIRST].endswith("The settings can be used.\n")
    assert said["curl -s http://127.0.0.1:8090/readyz"] == "ok\n"
    assert "It runs at " in said["oldbird doctor"]
    assert samples(said["curl -s http://127.0.0.1:9100/metrics"])["oldbird_requests_in_flight"] >= 0
    assert home(machine, password) == before  # the key was rotated meanwhile
    with machine.redis.client() as client:
        assert client.get("mark") == mark.encode()
        assert client.config_get("appendonly")["appendonly"] == "yes"
    assert (machine.work / "server.key").stat().st_size == 32
    assert machine.done == [command.text for command in commands(GUIDE)]


def home(machine: Machine, password: str) -> list[tuple[int, str]]:
    """Alice's timeline: ids and texts."""
    answer = httpx.get(
        f"http://127.0.0.1:{machine.port}/api/statuses/home_timeline.json", auth=("alice", password), trust_env=False,
        timeout=30,
    )  # fmt: skip
    assert answer.status_code == 200
    return [(post["id"], post["text"]) for post in answer.json()]


def test_commands_and_files_are_found(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text(
        "# One\n\n    make \\\n        test\n    # a remark\n    ls\n\n## Two\n```sh\na b\n\nc\n```\ntext `d`\n"
        "```toml\n# /etc/x.toml\ny = 1\n```\n```\njust text\n```\n"
    )
    assert [(found.line, found.heading, found.text) for found in commands(document)] == [
        (3, "One", "make test"), (6, "One", "ls"), (10, "Two", "a b"), (12, "Two", "c")
    ]  # fmt: skip
    assert files(document) == {"/etc/x.toml": "# /etc/x.toml\ny = 1\n"}
    assert [block.kind for block in blocks(document.read_text())] == ["sh", "sh", "toml", ""]


def test_the_guide_leaves_nothing_out() -> None:
    text = GUIDE.read_text()
    named = " ".join([*re.findall(r"`([^`]+)`", prose(text)), *(command.text for command in commands(GUIDE))])
    assert [" ".join(one.words) for one in COMMANDS if " ".join(one.words) not in named] == []
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    for about in ABOUT:
        assert any(about in heading for heading in headings)
    for path in sorted((ROOT / "deploy").rglob("*")):
        if path.is_file() and path.suffix not in {".md", ".example"}:
            name = path.name.partition("@")[0]
            assert name in text or path.parent.name in {"kubernetes", "systemd"} or name == "Dockerfile", path
