"""What the doctor finds, a line each, and how checks are run: side by side, none longer than its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from enum import StrEnum

import msgspec

from gateway.logs import redact

SECONDS = 20.0
"""One check. Everything together takes little more: nearly all run at once."""


class State(StrEnum):
    """FAIL: clients cannot work, or something is lost or open to others. WARN: they work, but not as they should."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`check` names what was looked at, `text` is a plain sentence about it, `advice` says what to do, "" for nothing.
    `details`: further lines."""

    check: str
    state: State
    text: str
    advice: str = ""
    details: tuple[str, ...] = ()


def ok(check: str, text: str, *details: str) -> Finding:
    """All is well."""
    return _found(check, State.OK, text, "", details)


def warn(check: str, text: str, advice: str, *details: str) -> Finding:
    """It works, but."""
    return _found(check, State.WARN, text, advice, details)


def fail(check: str, text: str, advice: str, *details: str) -> Finding:
    """It does not work."""
    return _found(check, State.FAIL, text, advice, details)


def _found(check: str, state: State, text: str, advice: str, details: Iterable[str]) -> Finding:
    """Whatever a server or an error wrote: on one line, and without what looks secret."""
    lines = tuple(_line(detail) for detail in details)
    return Finding(check=check, state=state, text=_line(text), advice=_line(advice), details=lines)


def _line(text: str) -> str:
    return redact(" ".join("".join(letter if letter.isprintable() else " " for letter in text).split()))


async def within(check: str, work: Awaitable[Sequence[Finding]], seconds: float = SECONDS) -> list[Finding]:
    """What a check finds; that it took too long or broke is a finding too: a doctor does not fall ill."""
    try:
        async with asyncio.timeout(seconds):
            return [*await work]
    except TimeoutError:
        return [fail(check, f"There was no end within {seconds:g} seconds.", "See whether that machine answers.")]
    except Exception as error:  # noqa: BLE001  one check less, and it is said
        name = type(error).__name__
        return [fail(check, f"This could not be checked: {name}: {error}.", "This is a fault of oldbird doctor.")]


def worst(findings: Iterable[Finding]) -> State:
    """The state of all together."""
    order = list(State)
    return max((finding.state for finding in findings), key=order.index, default=State.OK)
