"""Every command of every document is run, or stands in a table with its reason. The operator guide has a machine of its
own (`test_operator`)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clients.gear import ROOT
from tests.documents.commands import Block, Command, blocks, commands
from tests.documents.desk import Desk
from tests.documents.test_operator import GUIDE

RUN = ("README.md", "docs/user-guide.md", "docs/activitypub.md", "docs/clients.md")
"""Documents whose commands are run here."""


class NotRun(NamedTuple):
    """Commands of a document that begin so are not run."""

    document: str
    begins: str
    reason: str


NOT_RUN = (
    NotRun("docs/benchmarks.md", "make bench", "it measures for minutes; test_bench_smoke runs every part of it"),
    NotRun("docs/benchmarks.md", ".venv/bin/python -m tests.bench", "the same"),
)
TEXT = {
    ("docs/operator.md", "toml"): "test_operator puts the file where the guide says",
    ("docs/operator.md", ""): "lines of redis.conf: what tests/stores says of Redis",
}
"""(document, word behind the fence) -> why such blocks are no commands."""

SAYS = {
    "make demo": r"oldbird demo",
    "make test": r"pytest",
    "home_timeline.xml": r"<status>",
    "home_timeline.json?count=5": r'"text":"',
    "status='Hello'": r'"text":"Hello"',
    "direct_messages/new": r'"recipient_screen_name":"bob"',
    "photo/create": r'"album":"Holiday"',
    "friendships/create": r'"follow(ing|_request_sent)":true',
    "mutes/users/create": r'"screen_name":"dora"',
    "blocks/create": r'"statusnet_blocking":true',
    "blocks/destroy": r'"statusnet_blocking":false',
    "users/search": r'"screen_name":"bob"',
    "search.json": r"^\[",
    "oldbird serve": r"Listening at http",
    "oldbird link": r"^Linked alice\w* at http.*\n(.*\n)+  password  \w{4}-",
    "oldbird clients choqok": r"^choqok: Choqok",
    "oldbird clients": r"(?m)^dica: DiCa",
    "oldbird password add": r"  password  \w{4}-",
    "oldbird password list": r"read and write",
    "oldbird password revoke": r"^Revoked",
    "oldbird password client": r"is for dica",
    "oldbird password plain-http": r"may not be used without TLS",
    "oldbird password pictures": r"gets small pictures from here",
    "oldbird consumer add": r"(?i)secret",
    "oldbird export": r"^Exported 1 accounts",
    "oldbird import": r"^Imported .*\nalice was not linked here",
}
"""A part of a command -> what it must print. The first that is there counts."""


def documents() -> list[Path]:
    """Pages for people: all but those of the tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, check=True,
        capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in sorted(listed.split("\0")) if name and not name.startswith("tests/")]


def name(path: Path) -> str:
    """As the tables have it."""
    return str(path.relative_to(ROOT))


def loose(document: Path) -> Iterator[Block | Command]:
    """What is neither run nor in a table."""
    for block in blocks(document.read_text("utf-8")):
        if block.kind not in {"sh", "python"} and (name(document), block.kind) not in TEXT:
            yield block
        if block.kind == "python" and name(document) not in RUN:
            yield block
    if name(document) not in RUN and document != GUIDE:
        yield from (one for one in commands(document) if not any(
            row.document == name(document) and one.text.startswith(row.begins) for row in NOT_RUN
        ))  # fmt: skip


@pytest.mark.parametrize("document", documents(), ids=name)
def test_no_command_is_left_out(document: Path) -> None:
    assert list(loose(document)) == []


def test_no_exception_is_left_over() -> None:
    used = {(name(document), block.kind) for document in documents() for block in blocks(document.read_text("utf-8"))}
    assert set(TEXT) <= used
    for row in NOT_RUN:
        assert any(one.text.startswith(row.begins) for one in commands(ROOT / row.document)), row
    run = [command.text for document in RUN for command in commands(ROOT / document)]
    assert [part for part in SAYS if not any(expected(text) == SAYS[part] for text in run)] == []


def expected(text: str) -> str:
    """What a command must print."""
    found = [says for part, says in SAYS.items() if part in text]
    assert found, f"{text}: what it prints is not in the table"
    return found[0]


@pytest.mark.parametrize("document", RUN)
def test_every_command_works(desk: Desk, document: str) -> None:
    for command in commands(ROOT / document):
        said = desk.run(command)
        assert re.search(expected(command.text), said), f"{document}:{command.line}: {command.text}\n{said}"
    for block in blocks((ROOT / document).read_text("utf-8")):
        if block.kind == "python":
            assert "bob " in desk.python(block)
