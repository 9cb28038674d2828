"""Watches the whole run: no secret that the suite used may stand in what the gateway wrote. A pytest plugin.

What is a secret: whatever a vault hashes, seals or wraps (app passwords, backend tokens, OAuth tokens and secrets,
cookies), every random text that is made for an address or a header, every Basic header that is read, and what a test
hands to `register` because another process made it.

What is searched: every log line of this process as the gateway formats it, bodies of error replies, what a test hands
to `heard` (standard error of gateway processes), and what tests left on standard output and error. At the end the run
fails when one is found. What is short or made of letters only is a word like others and is not looked for.
"""

from __future__ import annotations

import base64
import logging
import os
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from gateway import access_log, auth, logs
from gateway.answers import Answer
from gateway.vault import Vault

SHORTEST = 8
MOST = 40
"""So many leaks are told."""
NO_SECRETS = frozenset({"post-once", "photo addresses", "photo ids"})
"""What the gateway hashes that everybody may know."""


class Heard(NamedTuple):
    """A piece of output: the test, what wrote it, and the text."""

    test: str
    source: str
    text: str


class Watch:
    """The secrets and the output of one run."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.output: dict[tuple[str, str], str] = {}

    def register(self, *found: str | bytes) -> None:
        """These may never be seen."""
        for secret in found:
            text = secret if isinstance(secret, str) else secret.decode("utf-8", "replace")
            text = text.strip()
            if is_telling(text) and text not in NO_SECRETS:
                self.secrets.add(text)

    def heard(self, source: str, text: str) -> None:
        """The gateway wrote this. Equal pieces are kept once, with the first test that had them."""
        for line in text.splitlines():
            if len(line) >= SHORTEST:
                self.output.setdefault((source, line), os.environ.get("PYTEST_CURRENT_TEST", "between tests"))

    def leaks(self) -> Iterator[tuple[Heard, str]]:
        """Each piece of output with a secret in it, and that secret."""
        starting = defaultdict(list)
        for secret in self.secrets:
            starting[secret[:SHORTEST]].append(secret)
        for (source, text), test in self.output.items():
            for at in range(len(text) - SHORTEST + 1):
                for secret in starting.get(text[at : at + SHORTEST], ()):
                    if text.startswith(secret, at) and secret not in published():
                        yield Heard(test, source, text), secret


@cache
def published() -> str:
    """The gateway's code, which everybody may read."""
    root = Path(__file__).parent.parent
    return "\n".join(
        source.read_text("utf-8")
        for part in ("gateway", "adapters", "mappings")
        for source in root.glob(f"{part}/**/*.py")
    )


def is_telling(text: str) -> bool:
    """Long and odd enough that it does not turn up by chance."""
    if text.startswith("/"):  # a path, sealed with other things
        return False
    plain = text.isascii() and text.isprintable() and " " not in text
    return plain and len(text) >= SHORTEST and not text.isalpha() and not text.isdigit() and len(set(text)) > 4


WATCH = Watch()
register, heard = WATCH.register, WATCH.heard


def header_of(name: str, password: str) -> str:
    """What a Basic header holds."""
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def _noted(function: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
    def noting(*args: Any, **kwargs: Any) -> Any:
        note(*args)
        return function(*args, **kwargs)

    return noting


def _token_urlsafe(*args: Any) -> str:
    made = _make_token(*args)
    register(made)
    return made


def _formatted(_: logging.Logger, record: logging.LogRecord) -> None:
    """A log line as the gateway would write it, whoever set up logging here; without what only numbers it."""
    if isinstance(record.msg, access_log.Line):
        text = str(msgspec.structs.replace(record.msg, request="", ms=0.0, bytes=0))
    else:
        text = logs.JsonFormatter().format(record).partition('"level":')[2]
    heard(f"log {record.name}", text)


def _header(rest: str) -> None:
    basic = _read_basic(rest)
    if basic is not None and is_telling(basic.password):
        register(rest.strip(), basic.password)


def _body(answer: Answer, *_: Any) -> None:
    if answer.status >= 400:
        heard(f"reply {answer.status}", answer.body.decode("utf-8", "replace"))


_read_basic, _make_token = auth.read_basic, secrets.token_urlsafe


def pytest_configure() -> None:
    """From now on everything is noted."""
    Vault.hash = _noted(Vault.hash, lambda _, secret, *__: register(secret))  # type: ignore[method-assign]
    Vault.public = _noted(Vault.public, lambda _, secret, *__: register(secret))  # type: ignore[method-assign]
    Vault.seal = _noted(Vault.seal, lambda _, token, *__: register(token))  # type: ignore[method-assign]
    Vault.wrap = _noted(Vault.wrap, lambda _, data, *__: register(data))  # type: ignore[method-assign]
    secrets.token_urlsafe = _token_urlsafe
    auth.read_basic = _noted(_read_basic, _header)
    Answer.send = _noted(Answer.send, _body)  # type: ignore[method-assign]
    logging.getLogger(access_log.log.name).setLevel(logging.INFO)  # one line a request, in every test
    logging.Logger.callHandlers = _noted(logging.Logger.callHandlers, _formatted)  # type: ignore[method-assign]


def pytest_runtest_setup() -> None:
    """No test writes access lines to the stream that another one set up and closed."""
    access_log.log.handlers.clear()
    access_log.log.propagate = True


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What the test left on its standard streams. Its log was looked at as the gateway would write it."""
    for name, text in report.sections:
        if "log" not in name:
            heard(name, text)


TOLD = "secrets in output"
"""Under this name a process of the run (pytest-xdist) tells the first one what it found."""
_TOLD: list[tuple[list[tuple[str, str, str]], int, int]] = []


def _found() -> tuple[list[tuple[str, str, str]], int, int]:
    """Where secrets were seen in this process, without repeating them; how many, in how many lines."""
    found = {(one.test, one.source, one.text.replace(secret, "<SECRET>")) for one, secret in WATCH.leaks()}
    return sorted(found), len(WATCH.secrets), len(WATCH.output)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Another process of the run is done."""
    _TOLD.append(node.workeroutput.get(TOLD, ([], 0, 0)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A leak fails the run."""
    own = _found()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[TOLD] = own
        return
    _TOLD.append(own)
    if any(found for found, _, _ in _TOLD) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was found, and that it was looked for at all."""
    found = [leak for leaks, _, _ in _TOLD for leak in leaks]
    looked, lines = (sum(told[at] for told in _TOLD) for at in (1, 2))
    terminalreporter.write_line(f"{looked} secrets were looked for in {lines} lines of output")
    if found:
        terminalreporter.section("secrets in output", red=True, bold=True)
    for test, source, text in found[:MOST]:
        terminalreporter.write_line(f"{test}: {source}: {text[:300]}")
