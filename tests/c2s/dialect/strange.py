"""What servers do wrong, on purpose. `Strange` is the state of one server; the builders below it make bad content."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from tests.c2s.dialect.wire import problem

Change = Callable[[Any], Any]


class Fault(NamedTuple):
    """An answer instead of the right one. `times` is how often, None for ever."""

    method: str
    path: re.Pattern[str]
    answer: Callable[[], Response]
    times: list[int]


@dataclass
class Strange:
    """What this server does wrong just now.

    `missing` are features it lacks: metadata, registration, webfinger, proxyUrl, uploadMedia, or a name of the actor
    document such as liked. `swallows` are activity types answered with 200 and `[]`, without any effect. With
    `pleroma` files are uploaded in that dialect.
    """

    missing: set[str] = field(default_factory=set)
    swallows: set[str] = field(default_factory=set)
    changed: dict[str, Change] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    slow: list[tuple[re.Pattern[str], float]] = field(default_factory=list)
    pleroma: bool = False

    def clear(self) -> None:
        """Behave again."""
        self.pleroma = False
        for one in (self.missing, self.swallows, self.changed, self.faults, self.slow):
            one.clear()

    def change(self, id_: str, change: Change | object) -> None:
        """GET of that id answers something else: a document, or what a function makes of the right one."""
        self.changed[id_] = change if callable(change) else lambda _: change

    def fail(
        self, path: str = "", status: int = 500, *, method: str = "", times: int = 1_000_000, detail: str = "Broken"
    ) -> None:
        """Problem bodies for requests whose path matches (a regular expression, searched)."""
        self.instead(lambda: problem(status, detail), path, method=method, times=times)

    def limit(self, path: str = "", *, seconds: int = 30, times: int = 1) -> None:
        """429 with Retry-After."""
        headers = {"retry-after": str(seconds)}
        self.instead(lambda: problem(429, "Too many requests", headers), path, times=times)

    def say(self, body: bytes, kind: str, path: str = "", *, status: int = 200, times: int = 1_000_000) -> None:
        """Any bytes, such as a page of HTML where JSON is expected."""
        self.instead(lambda: Response(body, status, media_type=kind), path, times=times)

    def instead(
        self, answer: Callable[[], Response], path: str = "", *, method: str = "", times: int = 1_000_000
    ) -> None:
        """Any answer."""
        self.faults.append(Fault(method, re.compile(path), answer, [times]))

    def delay(self, seconds: float, path: str = "") -> None:
        """Answer late."""
        self.slow.append((re.compile(path), seconds))

    async def before(self, request: Request) -> Response | None:
        """The wrong answer to a request, if any."""
        for pattern, seconds in self.slow:
            if pattern.search(request.url.path):
                await asyncio.sleep(seconds)
        for fault in self.faults:
            fits = not fault.method or fault.method == request.method
            if fits and fault.times[0] > 0 and fault.path.search(request.url.path):
                fault.times[0] -= 1
                return fault.answer()
        return None

    def shown(self, id_: str, document: Any) -> Any:
        """A document as this server shows it."""
        for name in self.missing & set(document if isinstance(document, dict) else ()):
            document.pop(name)
        if isinstance(document, dict) and isinstance(document.get("endpoints"), dict):
            for name in self.missing & set(document["endpoints"]):
                document["endpoints"].pop(name)
        return self.changed[id_](document) if id_ in self.changed else document
