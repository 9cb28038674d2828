"""The edge with recording stubs behind it, and a client that can send anything, also what no proper client would."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import msgspec

from adapters.backend import Capabilities, RateState
from gateway.app import create_app
from gateway.ask import Ask
from gateway.auth import login_required
from gateway.background import Background
from gateway.call_rows import TABLE
from gateway.dialects import FRIENDICA
from gateway.replies import Empty, Reply, Tree
from gateway.session import Session
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.services import Gateway

JSON_TYPES = {"application/json", "application/json; charset=utf-8"}
XML_TYPE = "text/xml; charset=utf-8"


def basic(name: str = "alice", password: str = "good") -> tuple[str, str]:
    """An Authorization header."""
    return ("Authorization", "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode())


EVERYTHING = Capabilities(software="stub", requests_sent=True, trends=True, removes_header=True)
"""Nothing is refused for what the stub lacks."""


class Got(msgspec.Struct):
    """What came back. `unread`: pieces of the request that were not taken."""

    status: int
    headers: dict[str, str]
    body: bytes
    unread: int = 0

    @property
    def type(self) -> str:
        """The content type, "" without one."""
        return self.headers.get("content-type", "")

    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


class Edge:
    """An application over stubs. `answer` is what every handler does; `asked` are the requests that reached one."""

    def __init__(self, **settings: Any) -> None:
        self.asked: list[Ask] = []
        self.answer: Callable[[Ask], Awaitable[Reply]] = self._ok
        self.auth_error: Exception | None = None
        self.anonymous_session: Session | None = None
        self.rate = RateState()
        self.broken: list[Any] = []
        self.background = Background()
        self.settings = Settings(**settings)
        handlers = dict.fromkeys((row.handler for row in TABLE if row.handler), self._handle)
        self.app = create_app(cast("Gateway", self._gateway()), handlers)

    def session(self, *, read_only: bool = False, plain_http: bool = False) -> Session:
        """Somebody signed in."""
        login = SimpleNamespace(id="login-1", hash="hash-1", dialect="", read_only=read_only, plain_http=plain_http)
        backend = SimpleNamespace(rate_state=lambda: self.rate, capabilities=EVERYTHING)
        account = SimpleNamespace(id="alice")
        asks = {"account": account, "login": login, "backend": backend, "screen_name": "alice", "dialect": FRIENDICA}
        return cast("Session", SimpleNamespace(**asks))

    async def call(
        self,
        method: str,
        target: str | bytes,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | Iterable[bytes] = b"",
        login: bool = True,
        leave: bool = False,
    ) -> Got | None:
        """Send a request; None when nothing came back. `leave`: the client goes before the body is complete."""
        given = [*headers, *([basic()] if login else []), ("Host", "gw.example")]
        pieces = [body] if isinstance(body, bytes) else list(body)
        return await send(self.app, method, target, given, pieces, leave=leave)

    async def get(self, target: str | bytes, **options: Any) -> Got:
        """GET, signed in."""
        return await self.must("GET", target, **options)

    async def post(self, target: str | bytes, body: bytes | Iterable[bytes] = b"", **options: Any) -> Got:
        """POST, signed in."""
        return await self.must("POST", target, body=body, **options)

    async def must(self, method: str, target: str | bytes, **options: Any) -> Got:
        """A request that is answered."""
        reply = await self.call(method, target, **options)
        assert reply is not None
        return reply

    async def params(self, method: str, target: str, body: bytes = b"", kind: str = "") -> Any:
        """What the handler was given."""
        headers = [("Content-Type", kind)] if kind else []
        reply = await self.must(method, target, body=body, headers=headers)
        assert reply.status == 200, reply.body
        return self.asked[-1].params

    async def _handle(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        return await self.answer(ask)

    async def _ok(self, ask: Ask) -> Reply:
        return Tree(json={"call": ask.call.path})

    def _gateway(self) -> Any:
        return SimpleNamespace(
            settings=self.settings,
            background=self.background,
            recorder=SimpleNamespace(orders={}),
            auth=SimpleNamespace(session=self._session, anonymous=self._anonymous, mark_broken=self._mark_broken),
            renderer=SimpleNamespace(render=self._render),
        )

    async def _session(
        self, header: str | None, mount: str, *, address: str = "", host: str = "", sent: Any = None
    ) -> Session | None:
        if self.auth_error:
            raise self.auth_error
        if header == basic()[1]:
            return self.session()
        if header == basic("reader")[1]:
            return self.session(read_only=True)
        if header == basic("plain")[1]:
            return self.session(plain_http=True)
        raise login_required()

    async def _anonymous(self, mount: str) -> Session | None:
        return self.anonymous_session

    async def _mark_broken(self, account: Any) -> None:
        self.broken.append(account)

    async def _render(self, ask: Ask, reply: Reply) -> bytes:
        if isinstance(reply, Empty):
            return b""
        assert isinstance(reply, Tree)
        return msgspec.json.encode(reply.json) if ask.format == "json" else f"<{ask.format}/>\n".encode()


async def send(
    app: Any,
    method: str,
    target: str | bytes,
    headers: Sequence[tuple[str, str]],
    pieces: Sequence[bytes],
    *,
    leave: bool = False,
) -> Got | None:
    """One ASGI request, as uvicorn would hand it over."""
    raw = target.encode() if isinstance(target, str) else target
    path, _, query = raw.partition(b"?")
    sent = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    names = {name for name, _ in sent}
    if any(pieces) and not names & {b"content-length", b"transfer-encoding"}:
        sent.append((b"content-length", str(sum(map(len, pieces))).encode()))
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": decoded(path),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": sent,
        "client": ("192.0.2.1", 999),
        "http_version": "1.1",
    }
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"} if leave else {"type": "http.request", "body": b"", "more_body": False})
    return await _exchange(app, scope, messages)


def decoded(path: bytes) -> str:
    """The path as servers put it into the scope."""
    return unquote(path.decode("latin-1"))


async def _exchange(app: Any, scope: dict[str, Any], messages: list[dict[str, Any]]) -> Got | None:
    queue = iter(messages)
    out: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        message = next(queue, None)
        if message is None:
            await asyncio.Event().wait()
        return cast("dict[str, Any]", message)

    async def take(message: Any) -> None:
        out.append(dict(message))

    await app(scope, receive, take)
    if not out:
        return None
    headers = {name.decode(): value.decode("latin-1") for name, value in out[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in out[1:])
    return Got(out[0]["status"], headers, body, len(list(queue)))
