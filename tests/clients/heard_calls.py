"""Which calls were answered while a client was on its way, from the gateway's own access log."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx

from gateway import access_log

LAST = "/livez"
"""Asked when a client is done: once that is answered, what the client was answered stands in the log."""


class Calls(logging.Handler):
    """Gathers the calls that gave what they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """A line of a gateway in this process."""
        if isinstance(record.msg, access_log.Line):
            self.take(record.msg.call, record.msg.status)

    def take(self, call: str, status: int) -> None:
        """A line of any gateway."""
        if status == httpx.codes.OK and call != access_log.UNKNOWN_CALL:
            self.found.add(call)


@contextmanager
def here(base_url: str, trust: ssl.SSLContext | None = None) -> Iterator[set[str]]:
    """Of gateways in this process."""
    _wait(base_url, trust)  # no line of whoever came before is late
    calls = Calls()
    access_log.log.addHandler(calls)
    try:
        yield calls.found
        _wait(base_url, trust)
    finally:
        access_log.log.removeHandler(calls)


@contextmanager
def there(base_url: str, log: Path) -> Iterator[set[str]]:
    """Of a gateway that writes its lines there."""
    found, before = set[str](), log.stat().st_size
    yield found
    found |= written(base_url, log, before)


def written(base_url: str, log: Path, begin: int = 0, *, agent: str = "") -> set[str]:
    """Of a gateway that writes its lines there, from a place on; only those of programs that say so of themselves."""
    calls = Calls()
    _wait(base_url)
    with log.open() as lines:
        lines.seek(begin)
        for line in filter(lambda line: '"oldbird.access"' in line, lines):
            told = json.loads(line)
            if agent in told.get("agent", ""):
                calls.take(told.get("call", access_log.UNKNOWN_CALL), told["status"])
    return calls.found


def _wait(base_url: str, trust: ssl.SSLContext | None = None) -> None:
    with httpx.Client(base_url=base_url, trust_env=False, timeout=30, verify=trust or True) as web:
        web.get(LAST).raise_for_status()
