"""A tiny HTTP server on loopback whose answers a test scripts, and which remembers what it was asked.

    async with far_server() as far:
        far.on("GET", "/api/v1/timelines/home", json=[...])     # the answer from now on
        far.once("GET", "/x", CUT)                              # first cut the connection, then as usual
        far.asked[-1].headers["user-agent"]

A reply is `Reply(...)`, CUT (close without an answer), HANG (never answer), or raw bytes.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

CUT, HANG = "cut", "hang"


class Reply(NamedTuple):
    """Status, headers and body of an answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "application/json; charset=utf-8"

    def bytes(self) -> bytes:
        """As it goes over the wire."""
        lines = [f"HTTP/1.1 {self.status} Whatever", f"Content-Length: {len(self.body)}"]
        lines += [f"Content-Type: {self.kind}"] if self.kind else []
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Asked(NamedTuple):
    """A request as it arrived. `connection` counts connections from 1."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


Scripted = Reply | bytes | str
NOT_FOUND = Reply(404, b'{"error":"Record not found"}')


class FarServer:
    """What to answer and what was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[Asked] = []
        self.usual: dict[tuple[str, str], Scripted] = {}
        self.first: defaultdict[tuple[str, str], list[Scripted]] = defaultdict(list)
        self.connections = self.running = self.most_running = 0
        self.gate: asyncio.Event | None = None
        self.otherwise: Scripted = NOT_FOUND

    @property
    def url(self) -> str:
        """Base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pair(self) -> str:
        """As the allow list names it."""
        return f"127.0.0.1:{self.port}"

    def on(self, method: str, path: str, reply: Scripted | None = None, **fields: Any) -> None:
        """The answer to every such request."""
        self.usual[method, path] = reply if reply is not None else made(**fields)

    def once(self, method: str, path: str, reply: Scripted | None = None, **fields: Any) -> None:
        """The answer to the next such request; several queue up."""
        self.first[method, path].append(reply if reply is not None else made(**fields))

    def paths(self) -> list[str]:
        """Method and path of everything asked, in order."""
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        number = self.connections
        try:
            while (asked := await read(reader, number)) and await self.answer(asked, writer):
                pass
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        self.asked.append(asked)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        if self.gate:
            await self.gate.wait()
        self.running -= 1
        queue = self.first[asked.method, asked.path]
        reply = queue.pop(0) if queue else self.usual.get((asked.method, asked.path), self.otherwise)
        if reply == CUT:
            return False
        if reply == HANG:
            await asyncio.Event().wait()
        assert not isinstance(reply, str)
        writer.write(reply.bytes() if isinstance(reply, Reply) else reply)
        await writer.drain()
        return isinstance(reply, Reply)


def made(*, status: int = 200, json: Any = None, headers: dict[str, str] | None = None) -> Reply:
    """A JSON reply."""
    return Reply(status, msgspec.json.encode(json), tuple((headers or {}).items()))


async def read(reader: asyncio.StreamReader, connection: int) -> Asked | None:
    """One request; None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    return Asked(method, unquote(parts.path), parse_qsl(parts.query), headers, body, connection)


@asynccontextmanager
async def far_server() -> AsyncIterator[FarServer]:
    """A running one."""
    far = FarServer()
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(far.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    far.port = server.sockets[0].getsockname()[1]
    try:
        yield far
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
