"""`deploy/oldbird`: the command that operators type has the secrets of the service, read as systemd reads them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.clients.gear import ROOT

ODD = r"""
# OLDBIRD_HOST=remark
 ; OLDBIRD_HOST=another
no assignment
export OLDBIRD_HOST=a-shell
0=x
OLDBIRD_STORE=redis://user:pa$$w$(touch {marks}/run)`touch {marks}/run`&d@h
OLDBIRD_CONSUMERS=key=secret=My program; touch {marks}/run
  OLDBIRD_SINGLE_TOKEN = a#b;c'd"e=  
OLDBIRD_SINGLE_PASSWORD="two  words and 'more' * ~ | > x"
OLDBIRD_BASE_URL='https://gate.example'
OLDBIRD_METRICS=
SSL_CERT_FILE=/etc/ssl/own.pem
"""  # noqa: W291  blanks at an end fall away
READ = {
    "OLDBIRD_STORE": "redis://user:pa$$w$(touch {marks}/run)`touch {marks}/run`&d@h",
    "OLDBIRD_CONSUMERS": "key=secret=My program; touch {marks}/run",
    "OLDBIRD_SINGLE_TOKEN": "a#b;c'd\"e=",
    "OLDBIRD_SINGLE_PASSWORD": "two  words and 'more' * ~ | > x",
    "OLDBIRD_BASE_URL": "https://gate.example",
    "OLDBIRD_METRICS": "",
    "SSL_CERT_FILE": "/etc/ssl/own.pem",
    "OLDBIRD_DATA_DIR": "/var/lib/oldbird",
    "OLDBIRD_LAST": "no line ends here",
}


class Command:
    """The script in a folder, with a `runuser` that says what it was given. `marks`: nothing is ever made there."""

    def __init__(self, folder: Path) -> None:
        self.secrets, self.marks, self.script = folder / "secrets.env", folder / "marks", folder / "oldbird"
        self.marks.mkdir()
        text = (ROOT / "deploy" / "oldbird").read_text()
        assert "/etc/oldbird/secrets.env" in text
        self.script.write_text(text.replace("/etc/oldbird/secrets.env", str(self.secrets)))
        (folder / "bin").mkdir()
        runuser = folder / "bin" / "runuser"
        runuser.write_text('#!/bin/sh\nprintf "%s\\0" "$@"\nexec env -0\n')
        runuser.chmod(0o755)
        self.path = f"{folder}/bin:{os.environ['PATH']}"

    def given(self, shell: str, *words: str) -> tuple[list[str], Mapping[str, str], str]:
        """The command line, the environment, and what was said on standard error."""
        done = subprocess.run(
            [shell, self.script, *words], env={"PATH": self.path}, capture_output=True, text=True, check=True,
            timeout=60,
        )  # fmt: skip
        pieces = done.stdout.split("\0")[:-1]
        first = next(number for number, piece in enumerate(pieces) if re.match(r"[A-Za-z_]+=", piece))
        return pieces[:first], dict(piece.split("=", 1) for piece in pieces[first:]), done.stderr


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Without a file of secrets."""
    return Command(tmp_path)


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_secrets_are_taken_as_they_are_written(command: Command, shell: str, end: str) -> None:
    odd = f"{ODD}OLDBIRD_LAST=no line ends here".replace("{marks}", str(command.marks))
    command.secrets.write_bytes(odd.replace("\n", end).encode())
    _, environ, said = command.given(shell)
    expected = {name: value.replace("{marks}", str(command.marks)) for name, value in READ.items()}
    assert {name: value for name, value in environ.items() if name in expected or "OLDBIRD" in name} == expected
    assert list(command.marks.iterdir()) == [], "nothing in it is run"
    assert [line.partition(": ")[2] for line in said.splitlines()] == [
        "export OLDBIRD_HOST is no variable.", "0 is no variable."
    ]  # fmt: skip


def test_it_runs_as_the_user_of_the_service_with_its_settings(command: Command) -> None:
    words, environ, said = command.given("/bin/sh", "password", "add", "--device", "old telephone")
    assert words[:3] == ["-u", "oldbird", "--"]
    assert words[3:6] == ["/opt/oldbird/bin/oldbird", "--config", "/etc/oldbird/oldbird.toml"]
    assert words[6:] == ["password", "add", "--device", "old telephone"]
    assert (environ["OLDBIRD_DATA_DIR"], said) == ("/var/lib/oldbird", "")
