"""The linked servers: whether they answer, what they are, which calls they refuse and in which words; and the clock,
which is laid beside theirs."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx2 as httpx

from adapters.activitypub.client import Client
from adapters.activitypub.discovery import discover
from adapters.backend import Capabilities
from adapters.connect import Connections
from adapters.dial import Dialer, origin
from adapters.errors import BackendError, Missing, Refused, TokenGone
from adapters.lacks import refusal
from adapters.wire import Wire
from gateway import __version__
from gateway.call_rows import TABLE
from gateway.calls import Need
from gateway.doctor.findings import Finding, fail, ok, warn, within
from gateway.logins import ACTIVITYPUB
from gateway.needs import State, lacking, state
from gateway.settings import Settings
from gateway.stores.store import AccountRecord

AT_ONCE, MOST = 8, 200
"""Servers asked at a time, and at all."""
NOTICEABLE = 30.0
"""Seconds: clocks that are kept by the network differ by less, and signed requests may be off by the rest."""
HEAD = "HEAD /.well-known/nodeinfo HTTP/1.1\r\nHost: {}\r\nUser-Agent: oldbird\r\nConnection: close\r\n\r\n"


class Server(NamedTuple):
    """One that accounts are on. `actor`: one of an account on an ActivityPub server, "" on others. `seconds`: how far
    its clock is ahead of ours, None where it does not say."""

    url: str
    actor: str = ""
    seconds: float | None = None


class Dated(Wire):
    """A connection whose answer's date is wanted."""

    date = ""

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if name.lower() == b"date":
            self.date = value.decode("latin-1")
        super().on_header(name, value)


def servers_of(accounts: Iterable[AccountRecord], settings: Settings) -> list[Server]:
    """Each once: an instance, or the server of an actor; and the one for reading without a login."""
    found = {settings.anonymous.rstrip("/"): ""} if settings.anonymous else {}
    for account in accounts:
        found.setdefault(account.backend, account.native if account.software == ACTIVITYPUB else "")
    return [Server(url, actor) for url, actor in found.items()]


async def servers(wanted: Iterable[Server], settings: Settings) -> tuple[list[Server], list[Finding]]:
    """The servers with their clocks, and what is to be said about each."""
    turns, asked = asyncio.Semaphore(AT_ONCE), list(wanted)
    async with AsyncExitStack() as closing:
        connections = Connections(
            user_agent=f"oldbird/{__version__}", allow_hosts=settings.allow_hosts,
            upstream_seconds=settings.upstream_seconds, upstream_bytes=settings.upstream_bytes,
        )  # fmt: skip
        closing.push_async_callback(connections.close)

        async def one(server: Server) -> tuple[Server, list[Finding]]:
            async with turns:
                found = await within(f"server {_name(server.url)}", _server(server, connections))
                answered = all(finding.state != "FAIL" for finding in found)
                seconds = await clock_of(server.url, connections) if answered else None
                return server._replace(seconds=seconds), found

        looked = await asyncio.gather(*(one(server) for server in asked[:MOST]))
    left = [warn("servers", f"Only {MOST} of {len(asked)} servers were asked.", "Nothing.")] if asked[MOST:] else []
    return [server for server, _ in looked], [*(finding for _, found in looked for finding in found), *left]


def _name(url: str) -> str:
    return url.partition("://")[2]


async def _server(server: Server, connections: Connections) -> list[Finding]:
    check = f"server {_name(server.url)}"
    try:
        capabilities = await _capabilities(server, connections)
    except (Missing, Refused, TokenGone):
        return [ok(check, "It answers. What it can do is not seen without a login.")]
    except BackendError as error:
        allowed = "" if server.url.startswith("https:") else " Without TLS it must stand in allow_hosts."
        advice = f"Look whether {server.url} answers, and whether this machine may reach it.{allowed}"
        return [fail(check, f"{error} ({type(error).__name__})", advice)]
    label = f"{capabilities.label or capabilities.software} {capabilities.version}".strip()
    refused, partly = refusals(capabilities)
    told = (f"{counted(refused)} calls are refused", f"{counted(partly)} work in part or in another way")
    return [ok(check, f"{label}; {', '.join(told)}.", *lines_of(refused), *lines_of(partly))]


async def _capabilities(server: Server, connections: Connections) -> Capabilities:
    """Raises BackendError."""
    if server.actor:
        return (await discover(Client(connections.actors.ways, server.actor, None))).capabilities
    return (await connections.look(server.url)).capabilities


Reasons = dict[str, list[str]]
"""What a client is told, or what is done instead -> the calls it is about."""


def refusals(capabilities: Capabilities) -> tuple[Reasons, Reasons]:
    """Why calls are refused, and why others work in part only, in the words that clients get."""
    refused, partly = Reasons(), Reasons()
    for call in TABLE:
        if call.handler is not None:
            reasons = refused if state(call, capabilities) is State.REFUSED else partly
            for need in lacking(call, capabilities):
                reasons.setdefault(reason(need, capabilities), []).append(call.path)
    return refused, partly


def reason(need: Need, capabilities: Capabilities) -> str:
    """What is said where this is needed and not there."""
    if need.instead:
        return need.instead
    said = f'501 "{refusal(capabilities, need.capability)}"'
    return f"{said} for {need.use}" if need.use else said


def counted(reasons: Reasons) -> int:
    """How many calls they are about."""
    return len({call for calls in reasons.values() for call in calls})


def lines_of(reasons: Reasons) -> list[str]:
    """A line for each."""
    return [f"{text}: {', '.join(calls)}" for text, calls in reasons.items()]


async def clock_of(url: str, connections: Connections) -> float | None:
    """How many seconds a server's clock is ahead of ours, by the Date of an answer."""
    to = origin(httpx.URL(url))
    dialer = Dialer(connections.transport.guard, connections.transport.seconds / 2)
    try:
        opened = await dialer.open(to, lambda: Dated(memoryview(bytearray(1 << 16)), 1 << 16))
        assert isinstance(opened, Dated)
        before = time.time()
        head = HEAD.format(httpx.URL(url).netloc.decode("ascii"))
        await opened.exchange(head.encode("ascii"), keep=False)
        return ahead(opened.date, before, time.time())
    except (httpx.HTTPError, BackendError):
        return None
    finally:
        await dialer.aclose()


def ahead(date: str, before: float, after: float) -> float | None:
    """How many seconds a clock that said `date` between these moments is ahead; 0 while it may be right: dates have no
    parts of seconds. None for what is no date."""
    try:
        told = parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        return None
    if before - 1 <= told <= after:
        return 0.0
    return told - after if told > after else told + 1 - before


def clock(differences: Mapping[str, float | None], window: float) -> list[Finding]:
    """Our clock beside others. `differences`: who -> seconds ahead of us; `window`: how far a signed request may be."""
    told = {who: seconds for who, seconds in differences.items() if seconds is not None}
    if not told:
        return [ok("clock", "There is no other clock to compare it with.")]
    off = statistics.median(told.values())
    others = sorted(who for who, seconds in told.items() if abs(seconds - off) > NOTICEABLE)
    strange = tuple(f"the clock of {who} differs from the others" for who in others)
    if abs(off) <= min(NOTICEABLE, window):
        return [ok("clock", f"It agrees with that of {len(told) - len(others)} of {len(told)} servers.", *strange)]
    text = f"It is {abs(off):,.0f} seconds {'behind' if off > 0 else 'ahead'}, going by {', '.join(sorted(told))}."
    said = fail if abs(off) > window else warn
    advice = f"Let this machine keep its time by NTP; requests signed more than {window:g} seconds off are refused."
    return [said("clock", text, advice, *strange)]
