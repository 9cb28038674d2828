"""The backend of the bench: a Mastodon-API server that costs next to nothing.

`python -m tests.bench.stub` opens one port per scenario and prints them as one JSON line. A scenario says what is new
in the home timeline each time it is asked for; ids stay the same unless it says otherwise. `GET /_bench/counts` tells
which calls came since the last time it was asked.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qs

import msgspec

from tests.bench import data

IN_STATUSES = re.compile(rb'(?:"favourites_count":(?=\d{7})|(?=%b))(\d{7})' % data.TEXT.encode())
IN_PEOPLE = re.compile(rb'(?:"followers_count":(?=\d{7})|(?=%b))(\d{7})' % data.NOTE.encode())
FIRST = 3_000_000


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """`statuses`: how many statuses, from the top, have another text and counter each time. `authors`: their authors
    another note and counter, too. `ids`: new ids as well. `delay`: seconds before any answer to a timeline."""

    statuses: int = 0
    authors: bool = False
    ids: bool = False
    delay: float = 0.0


SCENARIOS: dict[str, Scenario] = {
    "seen": Scenario(),
    "cold": Scenario(statuses=100, authors=True),
    "authors": Scenario(statuses=100),
    "tenth": Scenario(statuses=2),
    "new": Scenario(statuses=2, ids=True),
    "slow": Scenario(delay=0.1),
}


class Timeline:
    """The home timeline of a scenario; `next()` is the page as it stands now."""

    def __init__(self, scenario: Scenario, count: int) -> None:
        statuses = data.statuses(count)
        self._page = bytearray(b"[%b]" % b",".join(statuses))
        self._end = sum(len(status) + 1 for status in statuses[: scenario.statuses])
        self._number = 0
        self._counters = self._slots(IN_STATUSES) + (self._slots(IN_PEOPLE) if scenario.authors else [])
        top = [data.status(i)["id"] for i in range(scenario.statuses)] if scenario.ids else []
        self._ids = [(int(id), self._slots(re.compile(b"(%b)" % id.encode()))) for id in top]

    def _slots(self, pattern: re.Pattern[bytes]) -> list[slice]:
        return [slice(*match.span(1)) for match in pattern.finditer(self._page, 0, self._end)]

    def next(self) -> bytes:
        """The page, with whatever is new in it."""
        self._number += 1
        page, digits = self._page, b"%d" % (FIRST + self._number % 1_000_000)
        for slot in self._counters:
            page[slot] = digits
        for first, slots in self._ids:
            digits = b"%d" % (first + (self._number << 22))
            for slot in slots:
                page[slot] = digits
        return bytes(page)


class Request(msgspec.Struct, frozen=True):
    """One request, as far as the stub looks at it."""

    method: str
    path: str
    query: str
    body: bytes

    def sent(self, name: str) -> str:
        """A field of a JSON or form body, "" when absent."""
        if self.body.startswith(b"{"):
            return str(json.loads(self.body).get(name) or "")
        return parse_qs(self.body.decode()).get(name, [""])[0]


class Server:
    """One instance of the stub: a scenario, its answers and what was asked of it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.base = ""
        self.counts: Counter[str] = Counter()
        self._pages = {size: Timeline(scenario, size) for size in (20, 40)}
        self._posts = 0

    def answer(self, request: Request) -> tuple[float, bytes]:
        """(seconds to wait, the whole reply)."""
        if request.path == "/_bench/counts":
            counts, self.counts = self.counts, Counter()
            return 0, reply(data.dump(counts))
        self.counts[f"{request.method} {request.path}"] += 1
        if request.path == "/api/v1/timelines/home":
            size = 40 if "limit=40" in request.query else 20
            return self.scenario.delay, reply(self._pages[size].next())
        if request.method == "POST" and request.path == "/api/v1/statuses":
            self._posts += 1
            visibility = request.sent("visibility") or "public"
            return 0, reply(data.posted(request.sent("status"), visibility, self._posts))
        return 0, fixed(self.base, request.path, request.query)


def reply(body: bytes, status: str = "200 OK") -> bytes:
    """A whole HTTP reply."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@cache
def fixed(base: str, path: str, query: str) -> bytes:
    """Everything that never changes; what is not known is a 404."""
    made = FIXED.get(path) or FIXED.get(re.sub(r"/\d{9,}", "/:id", path))
    if made is None:
        return reply(b'{"error":"Record not found"}', "404 Not Found")
    return reply(data.dump(made(base, query)))


def relationships(base: str, query: str) -> list[dict[str, object]]:
    """The owner of the token follows everybody."""
    asked = parse_qs(query)
    flags = ("showing_reblogs", "notifying", "followed_by", "blocking", "muting", "requested", "domain_blocking")
    natives = asked.get("id[]", []) + asked.get("id", [])
    return [{"id": native, "following": True, **dict.fromkeys(flags, False)} for native in natives]


def notifications(base: str, query: str) -> list[dict[str, object]]:
    """Two answers to the owner's posts."""
    if "max_id" in query:
        return []
    statuses = [data.status(i) for i in (6, 9)]
    return [
        {"id": str(90 - i), "type": "mention", "created_at": s["created_at"], "account": s["account"], "status": s}
        for i, s in enumerate(statuses)
    ]


OWNER = {"source": {"privacy": "public", "sensitive": False, "language": "en", "follow_requests_count": 0}}
LIMITS = {"statuses": {"max_characters": 500, "max_media_attachments": 4}}
FIXED: dict[str, Callable[[str, str], object]] = {
    "/.well-known/nodeinfo": lambda base, query: {
        "links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": f"{base}/nodeinfo/2.0"}]
    },
    "/nodeinfo/2.0": lambda base, query: {"version": "2.0", "software": {"name": "mastodon", "version": "4.6.4"}},
    "/api/v1/instance": lambda base, query: {
        "uri": data.HOST,
        "title": "Social",
        "version": "4.6.4",
        "email": "admin@social.example",
        "configuration": LIMITS,
    },
    "/api/v2/instance": lambda base, query: {
        "domain": data.HOST,
        "title": "Social",
        "version": "4.6.4",
        "languages": ["en"],
        "configuration": LIMITS,
        "contact": {"email": "admin@social.example"},
    },
    "/api/v1/accounts/verify_credentials": lambda base, query: data.account(0) | OWNER,
    "/api/v1/accounts/relationships": relationships,
    "/api/v1/accounts/:id/following": lambda base, query: [data.account(i) for i in range(1, data.AUTHORS)],
    "/api/v1/accounts/:id/followers": lambda base, query: [data.account(i) for i in range(1, data.AUTHORS, 2)],
    "/api/v1/accounts/:id/statuses": lambda base, query: [data.status(0)],
    "/api/v1/accounts/:id": lambda base, query: data.account(1),
    "/api/v1/statuses/:id": lambda base, query: data.status(0),
    "/api/v1/timelines/public": lambda base, query: [data.status(i) for i in range(20)],
    "/api/v1/favourites": lambda base, query: [] if "max_id" in query else [data.status(i) for i in (0, 5, 10)],
    "/api/v1/notifications": notifications,
    "/api/v1/lists": lambda base, query: [],
    "/api/v1/preferences": lambda base, query: {"posting:default:visibility": "public"},
}


class Connection(asyncio.Protocol):
    """A kept connection. Requests of one connection are answered in turn, as HTTP/1.1 wants it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, start = self._buffer[:end], end + 4
            length = content_length(head)
            if len(self._buffer) < start + length:
                return
            body, self._buffer = self._buffer[start : start + length], self._buffer[start + length :]
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            path, _, query = target.partition("?")
            delay, answer = self._server.answer(Request(method, path, query, body))
            if delay:
                asyncio.get_running_loop().call_later(delay, self._transport.write, answer)
            else:
                self._transport.write(answer)


def content_length(head: bytes) -> int:
    """Length of the body that follows, 0 when the head does not say."""
    match = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(match[1]) if match else 0


async def serve() -> None:
    """All scenarios, until the process is ended."""
    loop = asyncio.get_running_loop()
    ports: dict[str, int] = {}
    for name, scenario in SCENARIOS.items():
        server = Server(scenario)
        listener = await loop.create_server(lambda server=server: Connection(server), "127.0.0.1", 0, backlog=512)
        ports[name] = port = listener.sockets[0].getsockname()[1]
        server.base = f"http://127.0.0.1:{port}"
    print(json.dumps(ports), flush=True)
    await loop.create_future()


if __name__ == "__main__":
    asyncio.run(serve())
