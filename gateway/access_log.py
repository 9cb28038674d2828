"""One line a request: what was asked and how it went, never query values, headers with credentials, or bodies.

The lines are cheap on purpose (a request may cost 40 us on top of its call): `configure` sends them past the formatter
that hides secrets in everybody else's lines, because there is nothing in them to hide.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

import msgspec

from gateway.logs import HIDDEN, redact

log = logging.getLogger("oldbird.access")

MAX_TEXT = 200
UNKNOWN_CALL = "-"
_PICTURE = re.compile(r"^(/+pictures/+)[^/]+", re.IGNORECASE)
"""Who has such an address sees the picture, and it holds the address of what somebody looked at."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`call` is the row's path, "-" when there is none (then `path` says what was asked). `ms` are milliseconds."""

    request: str
    method: str
    status: int
    ms: float
    bytes: int
    call: str = UNKNOWN_CALL
    path: str = ""
    mount: str = ""
    format: str = ""
    login: str = ""
    agent: str = ""

    def __str__(self) -> str:
        """The line as JSON."""
        return msgspec.json.encode(self).decode()


class JsonLines(logging.Formatter):
    """`time` (ISO 8601, UTC) and the fields of the line."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f'{{"time":"{time}","level":"info","logger":"oldbird.access",{str(record.msg)[1:]}'


def configure(*, stream: TextIO | None = None) -> None:
    """Send the lines to `stream` (standard error) as JSON, past the formatter of the root logger."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    log.handlers[:] = [handler]
    log.propagate = False


def wanted() -> bool:
    """Lines are written at all."""
    return log.isEnabledFor(logging.INFO)


def write(line: Line) -> None:
    """Past `Logger.info`, which would look for its caller."""
    log.handle(logging.LogRecord(log.name, logging.INFO, "", 0, line, None, None))


def short(text: str) -> str:
    """A text from outside, bounded."""
    return text[:MAX_TEXT]


def asked_path(path: str) -> str:
    """The path of a request that is no call: nothing is known about it, so what looks secret is hidden."""
    return redact(_PICTURE.sub(rf"\1{HIDDEN}", path)[:MAX_TEXT])
