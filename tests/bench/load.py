"""The load: a closed loop of kept connections on raw sockets, so that it costs little beside what it measures.

Counting starts when the loop has run for a while and ends before it stops, so requests under way cancel out.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Callable
from contextlib import closing

import msgspec

Make = Callable[[], bytes]

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
STUCK_SECONDS = 15.0


class Failed(Exception):
    """A server answered something else than 200, or nothing."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement: finished requests, wall and CPU seconds, and seconds per request in order of length."""

    requests: int
    wall: float
    cpu: float
    latencies: list[float]

    @property
    def cost(self) -> float:
        """CPU seconds per request."""
        return self.cpu / self.requests

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.wall

    def quantile(self, part: float) -> float:
        """Latency in seconds below which `part` of the requests stayed."""
        return self.latencies[min(int(len(self.latencies) * part), len(self.latencies) - 1)]


class Caller:
    """One kept connection with one request under way."""

    def __init__(self, port: int, body: Callable[[bytes], None] | None = None) -> None:
        self._body = body
        self._taken: list[bytes] = []
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=STUCK_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self._head = b""
        self._left = -1

    def send(self, request: bytes) -> None:
        """Ask."""
        self.began = time.perf_counter()
        self._left, self._head = -1, b""
        self.socket.sendall(request)

    def receive(self, into: bytearray) -> bool:
        """Take what has come; True when the answer is complete. Raises Failed."""
        size = self.socket.recv_into(into)
        if not size:
            raise Failed("the server closed the connection")
        if self._body:
            self._taken.append(bytes(into[:size]))
        done = self._count(size, into)
        if done and self._body:
            self._body(b"".join(self._taken).partition(b"\r\n\r\n")[2])
            self._taken.clear()
        return done

    def _count(self, size: int, into: bytearray) -> bool:
        if self._left >= 0:
            self._left -= size
            return self._left == 0
        self._head += into[: min(size, 4096)]
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        found = LENGTH.search(self._head, 0, end + 2)
        if found is None or b" 200 " not in self._head[:16]:
            raise Failed(self._head[:600].decode("latin-1"))
        self._left = int(found[1]) + end + 4 - size
        return self._left == 0


class Loop:
    """`connections` callers that each send the next request as soon as the last answer is in."""

    def __init__(self, port: int, make: Make, connections: int, body: Callable[[bytes], None] | None = None) -> None:
        self._make = make
        self._buffer = bytearray(1 << 20)
        self._poll = select.epoll()
        self._callers: dict[int, Caller] = {}
        for _ in range(connections):
            caller = Caller(port, body)
            self._callers[caller.socket.fileno()] = caller
            self._poll.register(caller.socket, select.EPOLLIN)

    def begin(self) -> None:
        """All callers ask at once."""
        for caller in self._callers.values():
            caller.send(self._make())

    def run(self, seconds: float) -> list[float]:
        """Go on for `seconds`; the latencies of what was finished."""
        latencies: list[float] = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for caller in self._arrivals(latencies):
                caller.send(self._make())
        return latencies

    def drain(self) -> list[float]:
        """Take the answers that are still under way."""
        latencies: list[float] = []
        while len(latencies) < len(self._callers):
            self._arrivals(latencies)
        return latencies

    def close(self) -> None:
        """Close all connections."""
        for caller in self._callers.values():
            caller.socket.close()
        self._poll.close()

    def _arrivals(self, latencies: list[float]) -> list[Caller]:
        events = self._poll.poll(STUCK_SECONDS)
        if not events:
            raise Failed("no answer")
        done = [caller for file, _ in events if (caller := self._callers[file]).receive(self._buffer)]
        now = time.perf_counter()
        latencies.extend(now - caller.began for caller in done)
        return done


def measure(
    port: int, make: Make, cpu: Callable[[], float], *, connections: int, warm: float, seconds: float
) -> Sample:
    """Load a server for `warm` + `seconds` and count in the second part. Raises Failed."""
    with closing(Loop(port, make, connections)) as loop:
        loop.begin()
        loop.run(warm)
        used, began = cpu(), time.perf_counter()
        latencies = loop.run(seconds)
        used, wall = cpu() - used, time.perf_counter() - began
        loop.drain()
    return Sample(requests=len(latencies), wall=wall, cpu=used, latencies=sorted(latencies))


def together(port: int, make: Make, connections: int, body: Callable[[bytes], None] | None = None) -> list[float]:
    """`connections` requests sent at once, and their latencies. `body` gets the body of each answer. Raises Failed."""
    with closing(Loop(port, make, connections, body)) as loop:
        loop.begin()
        return loop.drain()


def request(
    path: str, authorization: str = "", *, method: str = "GET", form: bytes = b"", host: str = "gateway.example"
) -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: */*"]
    lines += [f"Authorization: {authorization}"] if authorization else []
    if form:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
    return "\r\n".join([*lines, "", ""]).encode() + form
