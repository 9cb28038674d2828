"""Log lines: one JSON object each, or plain text, with everything secret taken out whoever wrote it."""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

HIDDEN = "[hidden]"

SECRET_NAMES = (
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "password",
    "passwd",
    "secret",
    "token",
    "access_token",
    "refresh_token",
    "client_secret",
    "consumer_secret",
    "oauth_token",
    "oauth_token_secret",
    "oauth_verifier",
    "oauth_signature",
    "x_auth_password",
    "server_key",
)

_NAMES = "|".join(re.sub("[_-]", "[_-]?", name) for name in sorted(SECRET_NAMES, key=len, reverse=True))
_VALUE = r"""b?\\?"[^"]*"|b?\\?'[^']*'|(?:(?:basic|bearer)\s+)?[^\s"'&,;)}\]]+"""

PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # an OAuth header, to the end of its line
    (re.compile(r"\bOAuth\s+[a-z_]+=[^\r\n]*", re.IGNORECASE), f"OAuth {HIDDEN}"),
    # name=value, name: value, "name": "value"; and the code of an OAuth 2 redirect
    (re.compile(rf"""(?<![A-Za-z0-9])({_NAMES})(\\?["']?\s*[=:]\s*)(?:{_VALUE})""", re.IGNORECASE), rf"\1\2{HIDDEN}"),
    (re.compile(r"([?&]code=)[^&\s\"']+"), rf"\1{HIDDEN}"),
    # credentials without their header's name; a digit or capital tells them from words
    (re.compile(r"\b([Bb]asic|BASIC|[Bb]earer|BEARER)\s+(?=\S*[A-Z0-9=])[A-Za-z0-9+/=._~-]{6,}"), rf"\1 {HIDDEN}"),
    # redis://user:password@host
    (re.compile(r"((?<=[a-z0-9+.-])://)[^\s/@]+@", re.IGNORECASE), rf"\1{HIDDEN}@"),
    # app passwords
    (re.compile(r"(?<![a-z2-7])(?:[a-z2-7]{4}-){6}[a-z2-7]{4}(?![a-z2-7])"), HIDDEN),
)


def redact(text: str) -> str:
    """`text` without credentials, tokens and app passwords."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


def without(struct: msgspec.Struct, *hidden: str) -> str:
    """The `repr` of a struct that shows neither the named fields nor what looks like a secret in the others."""
    values = ((name, getattr(struct, name)) for name in struct.__struct_fields__)
    shown = (f"{name}={HIDDEN if name in hidden and value else redact(repr(value))}" for name, value in values)
    return f"{type(struct).__name__}({', '.join(shown)})"


_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    """What a caller passed as `extra`, made safe."""
    return {name: _safe(name, value) for name, value in vars(record).items() if name not in _OWN}


def _safe(name: str, value: Any) -> Any:
    if name.lower().replace("-", "_") in {secret.replace("-", "_") for secret in SECRET_NAMES}:
        return HIDDEN
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return redact(str(value))


class JsonFormatter(logging.Formatter):
    """`time` (ISO 8601, UTC), `level`, `logger`, `message`, the extras, and `error` with the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": time, "level": record.levelname.lower(), "logger": record.name}
        line["message"] = redact(record.getMessage())
        line.update(_extras(record))
        if record.exc_info:
            line["error"] = redact(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


class TextFormatter(logging.Formatter):
    """The same for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """A line, with the traceback below it."""
        extras = " ".join(f"{name}={value}" for name, value in _extras(record).items())
        return redact(super().format(record)) + (f" [{extras}]" if extras else "")


QUIET = ("httpx", "httpx2", "httpcore", "asyncio")
"""Libraries that are heard from warnings on: one line a request is ours to write."""


def configure(level: str = "info", *, json: bool = True, stream: TextIO | None = None) -> None:
    """Send everything to `stream` (standard error), replacing what was set up before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if json else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
