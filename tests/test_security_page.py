"""docs/security.md: every promise names a test, every named test exists, and the numbers are those of the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from adapters.upstream import DOCUMENT_BYTES
from gateway import settings
from gateway.cli import parser
from gateway.oauth import grants
from gateway.throttle import COUNTERS, PER_ADDRESS, PER_NAME
from gateway.web import linking, sessions
from tests.clients.gear import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
PROMISES = PAGE.partition("## Promises, and the tests")[2]
ROWS = [line for line in PROMISES.splitlines() if line.startswith("| ")][1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def names_in(path: Path) -> set[str]:
    """Names of the tests in a file."""
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in tree.body if isinstance(node, kinds) and node.name.startswith("test_")}


@pytest.mark.parametrize("row", ROWS)
def test_a_promise_has_its_test(row: str) -> None:
    promise, named = (cell.strip() for cell in row.strip("|").split("|"))
    found = NAMED.fullmatch(named)
    assert found, f"{promise}: no test is named"
    assert found[2] in names_in(ROOT / found[1]), f"{promise}: there is no {named}"


def test_no_promise_is_made_twice() -> None:
    promises = [row.split("|")[1] for row in ROWS]
    assert len(promises) == len(set(promises)) > 40


def test_the_numbers_are_those_of_the_code() -> None:
    (name,), (minute, hour) = PER_NAME, PER_ADDRESS
    assert (name.seconds, minute.seconds, hour.seconds) == (60, 60, 3600)
    words = " ".join(PAGE.split())
    assert f"One name: {name.failures} different wrong passwords a minute." in words
    assert f"One address: {minute.failures} a minute and {hour.failures} an hour" in words
    assert f"{COUNTERS:,} names and {COUNTERS:,} addresses" in words
    assert f"{DOCUMENT_BYTES >> 20} MiB for what a server says" in words
    assert {grants.LIFETIME, linking.STATE_SECONDS} == {600}
    assert words.count("| 10 minutes |") == 2
    hours, days = sessions.IDLE_SECONDS // 3600, sessions.LONGEST_SECONDS // 86_400
    assert f"{hours} hours unused, {days} days at most" in words


def test_settings_and_commands_it_names_exist() -> None:
    known = {row.name for row in settings.table()}
    for name in ("allow_hosts", "base_url", "consumers", "data_dir", "forget_days", "plain_http", "post_once_seconds",
                 "trusted_proxies", "upstream_bytes", "upstream_seconds"):  # fmt: skip
        assert name in known
        assert f"`{name}" in PAGE
    for words in (["config", "check"], ["rotate-key"], ["password", "revoke", "alice", "id"],
                  ["password", "plain-http", "alice", "id", "on"]):  # fmt: skip
        assert parser().parse_args(words).function
