"""The OAuth parameters of a request, from its query, its form body and its Authorization header.

Authlib's own reading is not used: it stumbles over unescaped characters, bodies given as bytes, Basic and malformed
headers and lower-case header names, and it refuses what some clients send twice on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from gateway.bodies import from_urlencoded
from gateway.logs import without

SCHEME = "oauth"
SIGNATURE = b"oauth_signature"
MAX_HEADER = 4096
MAX_PAIRS = 1000

_PAIR = re.compile(r'\s*([^\s=",]+)\s*=\s*(?:"([^"]*)"|([^\s",]*))\s*(?:,\s*|$)')

Pair = tuple[str, str]


class Unverified(Exception):
    """A request that is not signed as it should be.

    `status` is that of the token calls (RFC 5849 section 3.2); ordinary calls always say 401. `guess`: it may be an
    attempt to get at somebody's login, and ordinary calls do not tell how it failed. `again`: the very same was wrong
    before, so nothing was tried out by it.
    """

    def __init__(
        self, text: str, status: int = 401, *, code: int | None = None, guess: bool = False, again: bool = False
    ) -> None:
        super().__init__(text)
        self.text, self.status, self.code = text, status, code
        self.guess, self.again = guess, again


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A request as far as a signature covers it.

    `urls`: where the client may have sent it, the likeliest first, without query; `form`: the body, if it is
    form-encoded; `secure`: over TLS, or from this very machine; `plain_http`: over the listener without TLS.
    """

    method: str
    urls: tuple[str, ...]
    header: str = ""
    query: bytes = b""
    form: bytes = b""
    secure: bool = False
    plain_http: bool = False
    address: str = ""
    host: str = ""

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "header", "query", "form")


class Parameters(msgspec.Struct, frozen=True):
    """`protocol` are those that begin with oauth_, once each; `signed` all that a signature covers."""

    protocol: dict[str, str]
    signed: list[Pair]

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "protocol", "signed")

    def other(self, name: str) -> str:
        """A parameter that is not of the protocol itself (x_auth_...), "" when absent."""
        return next((value for known, value in self.signed if known == name), "")


def is_signed(header: str | None, query: bytes, form: bytes) -> bool:
    """The request asks to be judged by OAuth. Credentials of another scheme go before parameters."""
    if header is not None:
        return header.lstrip()[: len(SCHEME) + 1].lower().rstrip() == SCHEME
    return SIGNATURE in query or SIGNATURE in form


def read(sent: Sent) -> Parameters:
    """All of `sent`. A protocol parameter may come twice, with one value (python-oauth sends header and body).

    Raises Unverified.
    """
    protocol: dict[str, str] = {}
    signed: list[Pair] = []
    for name, value in (*from_form(sent.query), *from_form(sent.form), *from_header(sent.header)):
        if name.startswith("oauth_"):
            if name in protocol:
                if protocol[name] != value:
                    raise Unverified(f"{name[:40]} was sent twice, with different values", 400)
                continue
            protocol[name] = value
        signed.append((name, value))
    return Parameters(protocol, signed)


def from_form(raw: bytes) -> Iterator[Pair]:
    """`a=1&b=2`, whatever is in it."""
    if raw.count(b"&") > MAX_PAIRS:
        raise Unverified("Too many parameters", 400)
    for pair in raw.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield _text(name), _text(value)


def from_header(header: str) -> Iterator[Pair]:
    """The parameters of an Authorization header, without the realm; none in one of another scheme."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != SCHEME:
        return
    at, rest = 0, rest.strip().strip(",")
    if len(rest) > MAX_HEADER:
        raise Unverified("The Authorization header is too long", 400)
    while at < len(rest):
        found = _PAIR.match(rest, at)
        if found is None:
            raise Unverified("The Authorization header cannot be read", 400)
        name, quoted, bare = found.groups()
        if name.lower() != "realm":
            yield unquote(name), unquote(quoted if bare is None else bare)
        at = found.end()


def _text(raw: bytes) -> str:
    return from_urlencoded(raw).decode("utf-8", "replace")
