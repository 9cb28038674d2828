"""From what a person types to the server meant: a server's name, its address, a profile's, or a handle.

social.example   https://social.example/@alice   @alice@social.example   acct:alice@social.example
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from adapters.guard import is_public, pair
from gateway.web.notices import Notice

FIELD = "server"
PORTS = {"https": 443, "http": 80}
NAME = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?")
PROFILE = re.compile(r"/@([^/@]+)(?:@([^/@]+))?/?")
MAX_NAME = 253
INVISIBLE = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})
"""Categories of characters that come along when a handle is copied from a page."""


class Wanted(NamedTuple):
    """What was meant: `host` in ASCII, lower-case, with its port where one was typed; `user` is "" where none was."""

    host: str
    user: str = ""
    scheme: str = ""

    @property
    def handle(self) -> str:
        """`user@host`, "" without a user."""
        return f"{self.user}@{self.host}" if self.user else ""


def wanted(text: str) -> Wanted:
    """The server and perhaps the person meant. Raises Notice."""
    clean = "".join(char for char in text if unicodedata.category(char) not in INVISIBLE)
    clean = clean.removeprefix("acct:")
    if "://" in clean or "/" in clean:
        return _of_address(clean if "://" in clean else f"https://{clean}", typed="://" in clean)
    user, at, host = clean.removeprefix("@").rpartition("@")
    if not host or "@" in user or (at and not user) or (clean.startswith("@") and not user):
        raise Notice("connect.no_server", field=FIELD)
    return Wanted(_host(host), user)


def _of_address(url: str, *, typed: bool) -> Wanted:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Notice("connect.no_server", field=FIELD) from error
    if parts.scheme not in PORTS or not parts.netloc or "@" in parts.netloc:
        raise Notice("connect.no_server", field=FIELD)
    profile = PROFILE.fullmatch(unquote(parts.path))
    if profile and profile[2]:
        return Wanted(_host(profile[2]), profile[1])
    return Wanted(_host(parts.netloc), profile[1] if profile else "", parts.scheme if typed else "")


def _host(text: str) -> str:
    """Host and port as DNS and the web write them. Raises Notice."""
    try:
        parts = urlsplit(f"//{text}")
        name, port = parts.hostname or "", parts.port
        name = str(ipaddress.IPv6Address(name)) if ":" in name else name.encode("idna").decode().lower().rstrip(".")
    except (ValueError, UnicodeError) as error:
        raise Notice("connect.no_server", field=FIELD) from error
    is_literal = ":" in name
    if not is_literal and not (len(name) <= MAX_NAME and NAME.fullmatch(name)):
        raise Notice("connect.no_server", field=FIELD)
    host = f"[{name}]" if is_literal else name
    return host if port is None else f"{host}:{port}"


def base_urls(meant: Wanted, allow_hosts: Iterable[str]) -> list[str]:
    """Where to look for it, best first. Raises Notice for private addresses, and for a mere word.

    Without TLS only what the operator lists; with its port typed that is tried first, because a server without TLS may
    leave a greeting in TLS unanswered. Names are checked again when they are looked up (`adapters.guard`).
    """
    allowed = {pair(text) for text in allow_hosts}
    name, port = _split(meant.host)
    secure, plain = (name, port or PORTS["https"]), (name, port or PORTS["http"])
    if not ({secure, plain} & allowed) and not _may_be_public(name):
        raise Notice("connect.no_server" if _is_a_word(meant) else "connect.private", field=FIELD)
    found = [_url("https", meant.host, port)]
    if plain in allowed and meant.scheme != "https":
        found.insert(0 if port or meant.scheme == "http" else 1, _url("http", meant.host, port))
    return found


def _url(scheme: str, host: str, port: int | None) -> str:
    usual = port == PORTS[scheme]
    return f"{scheme}://{host.rpartition(':')[0] if usual else host}"


def _split(host: str) -> tuple[str, int | None]:
    parts = urlsplit(f"//{host}")
    return parts.hostname or "", parts.port


def _is_a_word(meant: Wanted) -> bool:
    """Nothing says that a server is meant: mostly somebody's user name alone."""
    return not meant.user and not meant.scheme and not set(meant.host) & set(".:") and meant.host != "localhost"


def _may_be_public(name: str) -> bool:
    """Literal addresses on the public network, and names with a dot."""
    try:
        return is_public(name)
    except ValueError:
        return "." in name and not name.endswith((".localhost", ".local", ".internal"))
