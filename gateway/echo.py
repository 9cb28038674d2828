"""`/api/oldbird/echo/<question>`: what this gateway sees of a request, told to `oldbird doctor` and nobody else.

The doctor and the gateway have the server key in common, and nothing else needs to be: a question is signed with a key
made from it and holds for a minute; the answer is signed over the question, so the doctor knows that it came from this
gateway and not from another one, or from a page of the proxy. A question that somebody on the way repeats tells them
what they sent. It stands below `/api`, because what clients ask has to arrive there in the same way.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gateway import __version__
from gateway.bodies import Incoming
from gateway.dispatch import EXCHANGE
from gateway.errors import ApiError
from gateway.forwarded import TOLD, Told, peer_of
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.vault import Vault

PATH: Final = "/api/oldbird/echo/"
SECONDS: Final = 60
PURPOSE: Final = "doctor echo"
OTHER_HEADERS = frozenset({b"forwarded", b"x-real-ip"})
"""What proxies say of clients beside the headers of `gateway.forwarded`. It is not read."""

_QUESTION = re.compile(r"(\d{9,12})-([0-9a-f]{32})-([0-9a-f]{64})")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it arrived. `peer`: who made the connection. `told`: forwarding headers that came; `believed`: they
    came from a trusted proxy. `authorization`: the header's keyed hash, "" without one; `settings`: that of the
    settings in force; `proof`: that of the question. `size`: bytes of the body."""

    proof: str
    version: str
    settings: str
    scheme: str
    host: str
    client: str
    peer: str
    told: tuple[str, ...]
    believed: bool
    base_url: str
    method: str
    size: int
    authorization: str = ""


class Echo:
    """Makes and answers questions. `clock` gives seconds since 1970."""

    def __init__(self, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._key = vault.hash(PURPOSE).encode()
        self._clock = clock

    def question(self) -> str:
        """A new one."""
        until, nonce = f"{int(self._clock()) + SECONDS:d}", secrets.token_hex(16)
        return f"{until}-{nonce}-{self.mark(f'question {until} {nonce}')}"

    def trouble(self, question: str) -> str:
        """Why a question is not answered, in one word: `unreadable`, `key` or `time`; "" when it is."""
        found = _QUESTION.fullmatch(question)
        if found is None:
            return "unreadable"
        if not hmac.compare_digest(found[3], self.mark(f"question {found[1]} {found[2]}")):
            return "key"
        return "" if 0 <= int(found[1]) - self._clock() <= 2 * SECONDS else "time"

    def proof(self, question: str) -> str:
        """What only who has the server key can say to it."""
        return self.mark(f"answer {question}")

    def settings(self, settings: Settings) -> str:
        """Equal for equal settings, whoever reads them, but for how much is logged."""
        alike = msgspec.structs.replace(settings, log_level="info", log_json=True)
        return self.mark(f"settings {msgspec.json.encode(alike, enc_hook=str).decode()}")

    def mark(self, text: str) -> str:
        """The keyed hash of a text."""
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


async def echo(request: Request) -> Response:
    """The answer; 403 and one word for a question that is not the doctor's."""
    gateway = request.app.state.gateway
    asked, question = Echo(gateway.vault), request.path_params["question"]
    if trouble := asked.trouble(question):
        return Response(f"{trouble}\n", 403, {"Cache-Control": "no-store"}, "text/plain")
    settings: Settings = gateway.settings
    incoming = Incoming(request.receive, settings.request_seconds)
    try:
        size = sum([len(piece) async for piece in incoming.pieces(settings.max_body)])
    except ApiError as error:
        return Response(f"{error}\n", error.status, media_type="text/plain")
    answer = msgspec.json.encode(seen(request, asked, size))
    return Response(answer, 200, {"Cache-Control": "no-store"}, "application/json")


def seen(request: Request, asked: Echo, size: int) -> Seen:
    """What arrived of it."""
    scope, settings = request.scope, request.app.state.gateway.settings
    told: Told | None = scope.get(TOLD)
    exchange = scope[EXCHANGE]
    header = request.headers.get("authorization", "")
    others = tuple(name.decode() for name, _ in scope["headers"] if name in OTHER_HEADERS)
    return Seen(
        proof=asked.proof(request.path_params["question"]), version=__version__, settings=asked.settings(settings),
        scheme=exchange.scheme, host=exchange.header(b"host"), client=exchange.address,
        peer=told.peer if told else peer_of(scope), told=(*(told.names if told else ()), *others),
        believed=bool(told and told.believed), base_url=exchange.base_url(settings.base_url),
        method=exchange.method, size=size, authorization=asked.mark(f"header {header}") if header else "",
    )  # fmt: skip
