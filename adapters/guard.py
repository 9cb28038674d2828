"""Which addresses outgoing connections may reach (DESIGN section 8).

The check stands where the socket is made, so it sees the address that is really dialled: after name resolution, for
literal addresses too, and again for every redirect and every new connection. Without TLS only what the operator lists
is reached.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NEVER: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays, which would unwrap what is inside
        "64:ff9b:1::/48",  # NAT64 of one network (RFC 8215)
        "2001::/23",  # protocol assignments, Teredo among them
        "3fff::/20",  # documentation (RFC 9637)
        "fec0::/10",  # site-local
    )
)
"""Special ranges that the releases of Python do not agree about."""
PORTS = {"http": 80, "https": 443}

_trusted: ContextVar[bool] = ContextVar("trusted", default=False)


class Forbidden(OSError):
    """Not on the public network, or not over TLS."""


def unwrap(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped, NAT64 or 6to4 one, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def is_public(text: str) -> bool:
    """Whether a literal address is an ordinary one on the public internet."""
    address = unwrap(ipaddress.ip_address(text))
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in special for special in NEVER)


def pair(text: str) -> tuple[str, int]:
    """ "host:port" of the allow list as (host, port). Raises ValueError."""
    host, _, port = text.strip().lower().rpartition(":")
    if not host:
        raise ValueError(f"{text!r} is not host:port")
    return host.strip("[]"), int(port)


class Guard:
    """Refuses addresses that are not public, except for the operator's exact host:port pairs."""

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        self.allowed = frozenset(pair(text) for text in allow_hosts)

    def enter(self, scheme: str, host: str, port: int | None) -> None:
        """Say where the current task is about to connect to, before each connection. Raises Forbidden without TLS."""
        trusted = (host.lower(), port or PORTS.get(scheme, 0)) in self.allowed
        _trusted.set(trusted)
        if scheme != "https" and not trusted:
            raise Forbidden("no TLS")

    def secured(self, url: str) -> str:
        """The address over TLS of what would be refused without; every web server of today has one."""
        host, slash, rest = url.removeprefix("http://").partition("/")
        if not url.startswith("http://") or ":" in host or (host.lower(), PORTS["http"]) in self.allowed:
            return url
        return f"https://{host}{slash}{rest}"

    def socket(self, info: AddressInfo) -> socket.socket:
        """The socket factory of the connection pool. Raises Forbidden."""
        family, kind, protocol, _, address = info
        if not _trusted.get() and not is_public(str(address[0])):
            raise Forbidden("address is not public")
        return socket.socket(family=family, type=kind, proto=protocol)
