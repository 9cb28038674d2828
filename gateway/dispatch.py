"""From a request to its call and back: the way of DESIGN section 3, as plain ASGI in front of the router.

path -> row        a dict, not the router          no row: the router (web pages, 501 for unknown calls)
method             405                             before anybody is asked for a password
body, parameters   400, 408, 413
who                401, 403, 429
capabilities       501                             what the row needs as a whole
handler, renderer  any error                       mapped once, `gateway.errors`
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.errors import BackendError, TokenGone
from gateway import access_log, needs, plain_http
from gateway.answers import NOSNIFF, Answer, callback_of, content_type, rate_headers, success
from gateway.ask import Ask
from gateway.auth import CHALLENGE, login_required
from gateway.bodies import (
    ANYBODYS_BYTES,
    DOCUMENT,
    EMPTY,
    MAX_FIELDS,
    Body,
    Gone,
    Incoming,
    is_form,
    parse_form,
    read_body,
)
from gateway.call_rows import TABLE
from gateway.calls import FORM, Call
from gateway.error_bodies import error_body
from gateway.errors import CONNECT, ApiError, LinkAgain, Redirect, reply_to
from gateway.exchange import Exchange
from gateway.flights import Flights
from gateway.metrics import Counts
from gateway.narrow import is_narrow
from gateway.oauth import addresses
from gateway.oauth.parameters import Sent, is_signed
from gateway.params import read
from gateway.paths import FRONT_PAGE, resolve
from gateway.replies import Reply
from gateway.session import Session
from gateway.stores.store import StoreDown

if TYPE_CHECKING:
    from gateway.services import Gateway

Handler = Callable[[Ask], Awaitable[Reply]]

log = logging.getLogger("oldbird")

CLIENT_GONE = 499
"""What the access log writes when the client left before its request was complete."""
OWN_FAULT = 500
EXCHANGE = "oldbird.exchange"
"""Where the scope carries the exchange to the router's answers."""

AUTHORIZATION = b"authorization"
CHALLENGES = {FORM[0]: {"WWW-Authenticate": 'OAuth realm="Friendica"'}}
"""Of the token calls, which take no password by Basic."""

TOO_SLOW = "This took too long."
STILL_RUNNING = "This took too long; it may still be carried out."


def load_handlers() -> dict[str, Handler]:
    """The function of every row that has one, by "module.function"."""
    return {row.handler: _function(row.handler) for row in TABLE if row.handler}


def _function(name: str) -> Handler:
    module, _, function = name.rpartition(".")
    found: Handler = getattr(import_module(f"gateway.handlers.{module}"), function)
    return found


class Dispatch:
    """ASGI middleware: answers the calls of the table, passes everything else on. `counts` for the metrics."""

    def __init__(
        self,
        app: ASGIApp,
        gateway: Gateway,
        handlers: Mapping[str, Handler] | None = None,
        counts: Counts | None = None,
    ) -> None:
        self._app = app
        self._counts = counts
        self._gateway = gateway
        self._settings = gateway.settings
        self._handlers = load_handlers() if handlers is None else handlers
        self._flights = Flights()
        self._recorder = gateway.recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_of(scope)
        target = resolve(path)
        exchange = Exchange(scope, path, target)
        if target is None:
            if exchange.plain_http and (refused := plain_http.refusal(path)):
                await self._tell(exchange, failure(exchange, refused), send)
                return
            await self._pass_on(exchange, {**scope, "path": path, EXCHANGE: exchange}, receive, send)
            return
        try:
            answer = await self._answer(exchange, target.call, Incoming(receive, self._settings.request_seconds))
        except Gone:
            self._over(exchange, CLIENT_GONE, 0)
            return
        await self._tell(exchange, answer, send)

    async def _tell(self, exchange: Exchange, answer: Answer, send: Send) -> None:
        await answer.send(send, exchange.id, head=exchange.method == "HEAD")
        self._over(exchange, answer.status, len(answer.body))
        if self._recorder.orders:
            self._recorder.saw(exchange, answer.status, answer.headers.items(), answer.body)

    def _over(self, exchange: Exchange, status: int, size: int) -> None:
        """A request has ended."""
        if self._counts is not None:
            denied = exchange.session is None and AUTHORIZATION in exchange.headers
            self._counts.request(exchange.call, status, time.perf_counter() - exchange.started, denied=denied)
        _write_line(exchange, status, size)

    async def _answer(self, exchange: Exchange, call: Call, incoming: Incoming) -> Answer:
        try:
            return await self._reply(exchange, call, incoming)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001  the one place where errors become replies
            if isinstance(error, TokenGone) and exchange.session is not None:
                await self._mark_broken(exchange.session)
            if exchange.is_sending:
                await incoming.discard()
            return failure(exchange, self._told_where(exchange, error))

    def _told_where(self, exchange: Exchange, error: Exception) -> Exception:
        """An error that asks to link again, with the address of the page; it is not on the listener without TLS."""
        known = self._settings.base_url or ("" if exchange.plain_http else exchange.base_url(""))
        return LinkAgain(known + CONNECT) if known and isinstance(error, (TokenGone, LinkAgain)) else error

    async def _reply(self, exchange: Exchange, call: Call, incoming: Incoming) -> Answer:
        handler = self._handler(exchange, call)
        query = parse_form(exchange.query)
        body = await self._body(exchange, call, incoming)
        if self._recorder.orders:
            exchange.body = body
        callback = callback_of(query, exchange.format)
        params = read(call, query, body, exchange.tail)
        try:
            async with asyncio.timeout(self._settings.request_seconds):
                sent = self._sent(exchange, body)
                exchange.session = await self._session(exchange, call, sent)
                if exchange.session is not None:
                    needs.refuse(call, exchange.session.backend.capabilities)
                content = await self._run(exchange, handler, self._ask(exchange, call, params, sent))
        except TimeoutError:
            raise ApiError(504, STILL_RUNNING if call.write else TOO_SLOW) from None
        return success(content, exchange.format, callback, rate_headers(exchange.session))

    def _handler(self, exchange: Exchange, call: Call) -> Handler:
        if exchange.method not in call.methods:
            raise ApiError(405, "Method Not Allowed", headers={"Allow": ", ".join(call.methods)})
        if exchange.plain_http and call.path in plain_http.PAGES:
            raise ApiError(403, plain_http.NO_PAGES)
        if call.handler is None:
            raise ApiError(501, "This call is not implemented yet.")
        return self._handlers[call.handler]

    async def _body(self, exchange: Exchange, call: Call, incoming: Incoming) -> Body:
        if exchange.method in {"GET", "HEAD"} and not exchange.has_body:
            return EMPTY
        takes_document = any(param.name == DOCUMENT for param in call.params)
        limit = self._settings.max_body
        if not call.auth:
            limit = min(limit, ANYBODYS_BYTES)
        elif exchange.is_large:
            await self._admit(exchange, call)
        return await read_body(incoming, exchange.headers, limit=limit, takes_document=takes_document)

    async def _admit(self, exchange: Exchange, call: Call) -> None:
        """Before much is read: whoever sends it has a login, as far as it can be told. A form may be signed inside."""
        sent = self._sent(exchange, EMPTY)
        if sent is not None:
            await self._gateway.auth.foresee(sent)
        elif AUTHORIZATION in exchange.headers:
            await self._session(exchange, call, None)
        elif not is_form(exchange.headers):
            raise login_required()

    def _sent(self, exchange: Exchange, body: Body) -> Sent | None:
        """What a signature covers; None for a request that is not signed."""
        header = exchange.header(AUTHORIZATION) if AUTHORIZATION in exchange.headers else None
        if not is_signed(header, exchange.query, body.form):
            return None
        return addresses.sent(exchange, header or "", body.form, self._settings.base_url)

    async def _session(self, exchange: Exchange, call: Call, sent: Sent | None) -> Session | None:
        if call.formats == FORM:
            return None
        auth = self._gateway.auth
        header = exchange.headers.get(AUTHORIZATION)
        if header is None and sent is None:
            if call.auth:
                raise login_required()
            return await auth.anonymous(exchange.mount) if call.anonymous else None
        exchange.refuse_foreign(self._settings.base_url)
        try:
            session = await auth.session(
                exchange.header(AUTHORIZATION), exchange.mount, address=exchange.address,
                host=exchange.header(b"host"), sent=sent,
            )  # fmt: skip
        except (ApiError, BackendError, StoreDown):
            if call.auth or call.anonymous:
                raise
            return None
        plain_http.admit(session, plain=exchange.plain_http)
        session = exchange.followed(session)
        if session is not None and session.login.read_only and call.write:
            raise ApiError(403, "This login may only read.")
        return session

    def _ask(self, exchange: Exchange, call: Call, params: dict[str, Any], sent: Sent | None) -> Ask:
        request, base_url = exchange.request(), exchange.base_url(self._settings.base_url)
        return Ask(
            call=call,
            params=params,
            format=exchange.format if exchange.format in call.formats else "xml",
            gateway=self._gateway,
            session=exchange.session,
            method=exchange.method,
            request_path=request,
            url=f"{base_url}/{request}",
            base_url=base_url,
            sent=sent,
        )

    async def _run(self, exchange: Exchange, handler: Handler, ask: Ask) -> bytes:
        """The body of the reply. A write once begun goes on when its time is over or its client has left."""
        if not ask.call.write:
            return await self._read(exchange, handler, ask)
        work = self._gateway.background.start(_outcome(self._work(handler, ask)), f"Request {exchange.id}")
        try:
            outcome: bytes | Exception = await asyncio.shield(work)
        except asyncio.CancelledError:
            work.add_done_callback(lambda task: _write_late(exchange, task))
            raise
        finally:
            self._flights.wrote(ask.session.account.id)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _read(self, exchange: Exchange, handler: Handler, ask: Ask) -> bytes:
        session = exchange.session
        if session is None or exchange.method != "GET" or exchange.has_body:
            return await self._work(handler, ask)
        who = (session.login.hash, session.screen_name, session.dialect.name)
        asked = (*who, ask.base_url, exchange.path, exchange.query)
        return await self._flights.read(session.account.id, asked, lambda: self._work(handler, ask))

    async def _work(self, handler: Handler, ask: Ask) -> bytes:
        if not ask.anonymous and is_narrow(ask.session):
            await self._gateway.narrow.read(ask)
        reply = await handler(ask)
        return await self._gateway.renderer.render(ask, reply)

    async def _mark_broken(self, session: Session) -> None:
        with suppress(StoreDown):
            await self._gateway.auth.mark_broken(session.account)

    async def _pass_on(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        status, size = OWN_FAULT, 0

        async def watched(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                ours = (NOSNIFF, (b"x-request-id", exchange.id.encode()))
                headers = message["headers"]
                message = {**message, "headers": [*headers, *(pair for pair in ours if pair not in headers)]}
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._over(exchange, status, size)


class UnknownCall:
    """501 for what is below an API mount and no call: the router's last answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI
        """One request."""
        exchange: Exchange = scope[EXCHANGE]
        answer = failure(exchange, ApiError(501, "Not Implemented"))
        await answer.send(send, exchange.id, head=exchange.method == "HEAD")
        recorder = scope["app"].state.gateway.recorder
        if recorder.orders:
            recorder.saw(exchange, answer.status, answer.headers.items(), answer.body)


def path_of(scope: Scope) -> str:
    """The decoded path below the application's own, with `/index.php?pagename=` undone."""
    path: str = scope["path"]
    path = path.removeprefix(scope.get("root_path", ""))
    if path.strip("/") != FRONT_PAGE:
        return path
    for pair in scope["query_string"].split(b"&", MAX_FIELDS):
        name, _, value = pair.partition(b"=")
        if name == b"pagename":
            return "/" + unquote_to_bytes(value).decode("utf-8", "replace")
    return path


def failure(exchange: Exchange, error: Exception) -> Answer:
    """The reply for any exception; what nobody foresaw goes to the log with its traceback, and only there."""
    reply = reply_to(error)
    if isinstance(reply, Redirect):
        return Answer(reply.status, b"", {**reply.headers, **rate_headers(exchange.session)})
    if reply.status == OWN_FAULT and reply is not error:
        log.error("Request %s failed", exchange.id, exc_info=error)
    headers = dict(reply.headers)
    if reply.status == 401:
        headers = {**CHALLENGES.get(exchange.format, CHALLENGE), **headers}
    body = error_body(reply, exchange.format, exchange.request(), root=exchange.dialect.error_root)
    headers["Content-Type"] = content_type(exchange.format, body)
    return Answer(reply.status, body, {**headers, **rate_headers(exchange.session)})


async def _outcome(work: Coroutine[Any, Any, bytes]) -> bytes | Exception:
    """An error as a value: the request tells it, not the background."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001  handed on
        return error


def _write_late(exchange: Exchange, task: asyncio.Task[bytes | Exception]) -> None:
    outcome = "cancelled" if task.cancelled() else "failed" if isinstance(task.result(), Exception) else "done"
    log.warning("Request %s was over before its work: %s", exchange.id, outcome)


def _write_line(exchange: Exchange, status: int, size: int) -> None:
    if not access_log.wanted():
        return
    call, session = exchange.call, exchange.session
    access_log.write(
        access_log.Line(
            request=exchange.id,
            method=exchange.method,
            status=status,
            ms=exchange.milliseconds,
            bytes=size,
            call=call.path if call else access_log.UNKNOWN_CALL,
            path="" if call else access_log.asked_path(exchange.path),
            mount=exchange.mount,
            format=exchange.format,
            login=session.login.id if session else "",
            agent=access_log.short(exchange.header(b"user-agent")),
        )
    )
