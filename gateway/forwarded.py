"""What a reverse proxy in front says about the client: X-Forwarded-For, -Proto and -Host.

Believed only from the peers that the setting `trusted_proxies` names; from anybody else these headers are taken away,
so that nothing behind this can read them by mistake. Of lists the last entry counts that is no trusted proxy's own
address: what stands before it, the client may have made up.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.exchange import HOST
from gateway.problems import Problem

log = logging.getLogger("oldbird.proxies")

UNIX = "unix"
"""In `trusted_proxies`: whoever comes over the Unix socket that `host` names."""
FOR, PROTO, HOST_HEADER = b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"
NAMES = frozenset({FOR, PROTO, HOST_HEADER})
TOLD = "oldbird.forwarded"
"""Where the scope says of a request with such headers what became of them, as `Told`."""
HINTS = 8
"""So many proxies that are not believed are named in the log, each once."""

_PORT = re.compile(r"^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Told(NamedTuple):
    """`peer`: who sent them. `names`: which came."""

    peer: str
    believed: bool
    names: tuple[str, ...]


def network(text: str) -> Network:
    """The network that an entry of `trusted_proxies` names. Raises Problem."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Problem(f"trusted_proxies: {text} is no address, no network and not {UNIX}.") from error


def address(text: str) -> str:
    """The address in an entry of X-Forwarded-For, with or without port, in its usual form; "" when there is none."""
    text = text.strip()
    found = _PORT.match(text)
    if found:
        text = found[1] or found[2] or ""
    try:
        read = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(read, "ipv4_mapped", None) or read)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address or name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Forwarded:
    """ASGI middleware: scheme, client and Host as a trusted proxy says them. Raises Problem for an unusable entry."""

    def __init__(self, app: ASGIApp, trusted: Iterable[str] = ()) -> None:
        entries = frozenset(trusted)
        self._app = app
        self._unix = UNIX in entries
        self._networks = tuple(network(entry) for entry in sorted(entries - {UNIX}))
        self._named: set[str] = set()
        self._is_trusted = lru_cache(4096)(self._among)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and any(name in NAMES for name, _ in scope["headers"]):
            scope = self._seen(scope)
        await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        headers = [pair for pair in scope["headers"] if pair[0] not in NAMES]
        peer = peer_of(scope)
        believed = self._unix if peer == UNIX else self._is_trusted(peer)
        names = tuple(name.decode() for name, _ in scope["headers"] if name in NAMES)
        seen = {**scope, "headers": headers, TOLD: Told(peer, believed, names)}
        if not believed:
            self._hint(peer)
            return seen
        told = {name: listed(scope, name) for name in NAMES}
        if client := self._client(told[FOR]):
            seen["client"] = (client, 0)
        if told[PROTO] and (scheme := told[PROTO][-1].lower()) in {"http", "https"}:
            seen["scheme"] = scheme
        if told[HOST_HEADER] and HOST.fullmatch(told[HOST_HEADER][-1]):
            kept = [pair for pair in headers if pair[0] != b"host"]
            seen["headers"] = [*kept, (b"host", told[HOST_HEADER][-1].encode("latin-1"))]
        return seen

    def _client(self, told: list[str]) -> str:
        """The last address that is no trusted proxy's, else the first one; nothing before an entry that is none."""
        found = ""
        for entry in reversed(told):
            read = address(entry)
            if not read:
                return found
            found = read
            if not self._is_trusted(read):
                return found
        return found

    def _among(self, peer: str) -> bool:
        try:
            read = ipaddress.ip_address(peer)
        except ValueError:
            return False
        read = getattr(read, "ipv4_mapped", None) or read
        return any(read in known for known in self._networks)

    def _hint(self, peer: str) -> None:
        if peer in self._named or len(self._named) >= HINTS:
            return
        self._named.add(peer)
        who = peer or "A peer"
        log.warning("%s forwards, but is not believed: if it is your proxy, add it to trusted_proxies", who)


def peer_of(scope: Scope) -> str:
    """The other end of the connection: its address, `UNIX` where the socket has none, "" when unknown."""
    if client := scope.get("client"):
        return str(client[0])
    server = scope.get("server")
    return UNIX if server and server[1] is None else ""


def listed(scope: Scope, name: bytes) -> list[str]:
    """The entries of a header that may come several times, in order."""
    lines = [value.decode("latin-1") for given, value in scope["headers"] if given == name]
    return [entry.strip() for entry in ",".join(lines).split(",") if entry.strip()]
