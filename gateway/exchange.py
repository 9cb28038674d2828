"""One request at the edge: its headers, its address, what may be said about it in replies and logs."""

from __future__ import annotations

import itertools
import os
import re
import time
from urllib.parse import quote

import msgspec
from starlette.types import Scope

from gateway.bodies import ANYBODYS_BYTES, Body, from_urlencoded
from gateway.calls import Call
from gateway.dialects import AGENT_BYTES, Dialect, by_agent, dialect_of
from gateway.errors import ApiError
from gateway.paths import Target, format_of
from gateway.plain_http import is_plain
from gateway.session import Session
from gateway.widths import kept

MAX_ECHO = 2000
SECRET_PARAMS = frozenset(
    {"password", "passwd", "pass", "pw", "secret", "token", "access_token", "api_key", "authenticity_token", "callback"}
)
SECRET_PREFIXES = ("oauth_", "x_auth_")
"""Parameters whose values never stand in a reply or a log."""

HOST = re.compile(r"[A-Za-z0-9.\-_]{1,255}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
"""What a Host header may be."""

_SAFE = "!$&'()*+,-./:;=?@_~%[]|"
_HARMLESS = re.compile(rb"[A-Za-z0-9!$&'()*+,\-./:;=?@_~|]*")
_PERHAPS_SECRET = re.compile(rb"pass|pw|secret|token|key|callback|auth", re.IGNORECASE)
"""Most queries can be repeated as they are; the others are looked at pair by pair."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_process = os.urandom(4).hex()
_numbers = itertools.count(1)
"""Together the name of a request."""


def _rename() -> None:
    """A worker's requests have names of their own."""
    global _process  # noqa: PLW0603  one per process, like the numbers
    _process = os.urandom(4).hex()


os.register_at_fork(after_in_child=_rename)


class Exchange:
    """`path` is decoded, `format` the asked one, also of errors; `call` is None where there is no row."""

    __slots__ = (
        "_scope", "body", "call", "format", "headers", "id", "method", "mount", "path", "session", "started", "tail",
    )  # fmt: skip

    def __init__(self, scope: Scope, path: str, target: Target | None = None) -> None:
        self._scope = scope
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.id = f"{_process}-{next(_numbers):x}"
        self.method: str = scope["method"]
        self.path = path
        self.call: Call | None
        self.call, self.mount, self.format, self.tail = target or (None, "", format_of(path), "")
        self.session: Session | None = None
        self.started = time.perf_counter()
        self.body: Body  # only while requests are recorded

    @property
    def query(self) -> bytes:
        """The query string."""
        query: bytes = self._scope["query_string"]
        return query

    @property
    def has_body(self) -> bool:
        """The headers announce a body."""
        return b"content-length" in self.headers or b"transfer-encoding" in self.headers

    @property
    def is_large(self) -> bool:
        """The body is more than is taken from just anybody, or nobody knows how much it is."""
        length = self.headers.get(b"content-length", b"")
        return self.has_body and not (length.isdigit() and int(length[:19]) <= ANYBODYS_BYTES)

    @property
    def is_sending(self) -> bool:
        """The client sends its body without waiting to be asked for it."""
        return self.has_body and self.header(b"expect").lower() != "100-continue"

    @property
    def address(self) -> str:
        """The peer, "" when unknown."""
        client = self._scope.get("client")
        return client[0] if client else ""

    @property
    def scheme(self) -> str:
        """ "https" or "http", as the client or a trusted proxy used it."""
        scheme: str = self._scope.get("scheme", "http")
        return scheme

    @property
    def raw_path(self) -> str:
        """The path as it was written, percent signs and all."""
        raw: bytes | None = self._scope.get("raw_path")
        return raw.decode("utf-8", "replace") if raw else quote(self._scope["path"], safe=_SAFE)

    @property
    def port(self) -> int | None:
        """The port that was connected to, None when unknown."""
        server = self._scope.get("server")
        return server[1] if server else None

    @property
    def host(self) -> str:
        """Host and port as the client named them, "localhost" when it named none that could be one."""
        host = self.header(b"host")
        return host if HOST.fullmatch(host) else "localhost"

    @property
    def milliseconds(self) -> float:
        """Time since the request began."""
        return round((time.perf_counter() - self.started) * 1000, 1)

    def header(self, name: bytes) -> str:
        """A header, "" when absent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def _by_agent(self) -> Dialect | None:
        return by_agent(self.headers.get(b"user-agent", b"")[:AGENT_BYTES], self.mount)

    @property
    def dialect(self) -> Dialect:
        """How the reply is wanted, also where nobody is signed in."""
        if self.session is not None:
            return self.session.dialect
        return self._by_agent or dialect_of("", self.mount)

    def followed(self, session: Session | None) -> Session | None:
        """The session as it is used here: a device without a preset follows the name its program gives itself. What is
        kept of sessions knows nothing of that."""
        if session is None or session.login.dialect or (dialect := self._by_agent) is None:
            return session
        return msgspec.structs.replace(session, dialect=kept(dialect, session.login))

    @property
    def plain_http(self) -> bool:
        """It came over the listener without TLS (`gateway.plain_http`)."""
        return is_plain(self._scope)

    def base_url(self, configured: str) -> str:
        """The configured address, else the one the client used; that one always where there is no TLS: whoever is there
        cannot reach the other."""
        if configured and not self.plain_http:
            return configured
        return f"{self._scope.get('scheme', 'http')}://{self.host}"

    def request(self) -> str:
        """Path without leading slash and query, as errors repeat it: without secrets, bounded."""
        path = _CONTROLS.sub("", self.path.lstrip("/"))
        query = public_query(self.query)
        return (f"{path}?{query}" if query else path)[:MAX_ECHO]

    def refuse_foreign(self, base_url: str) -> None:
        """Raises ApiError 403 when another web site's page makes the browser send this."""
        if self.header(b"sec-fetch-site").lower() == "cross-site":
            raise ApiError(403, "Calls from other web sites are refused.")
        origin = self.header(b"origin")
        if origin and not self._is_own(origin, base_url):
            raise ApiError(403, "Calls from other web sites are refused.")

    def _is_own(self, origin: str, base_url: str) -> bool:
        host = _netloc(origin)
        return bool(host) and host in {self.host.lower(), _netloc(base_url)}


def public_query(query: bytes) -> str:
    """A query string without the parameters that may be secret, in printable ASCII."""
    if len(query) < MAX_ECHO and _HARMLESS.fullmatch(query) and not _PERHAPS_SECRET.search(query):
        return query.decode("ascii")
    pairs = [pair for pair in query[: 4 * MAX_ECHO].split(b"&") if pair and not _is_secret(pair)]
    return quote(b"&".join(pairs), safe=_SAFE)


def _netloc(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()


def _is_secret(pair: bytes) -> bool:
    raw = from_urlencoded(pair.partition(b"=")[0])
    name = raw.decode("latin-1").strip().lower()
    return name in SECRET_PARAMS or name.startswith(SECRET_PREFIXES)
