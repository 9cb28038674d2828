"""One backend instance on the shared transport: what its answers mean, its pauses and its limits.

Errors come from the status number and the content type alone; a backend's error text may be HTML, localised or empty
and is never looked at (reference/backend-facts.md section 5).
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

import msgspec
from cachetools import LRUCache

from adapters.backend import RateState
from adapters.errors import (
    BackendError,
    BadAnswer,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    Slow,
    TokenGone,
    Unavailable,
    Unsupported,
)
from adapters.transport import Answer, Ask, Headers, Transport

log = logging.getLogger("oldbird.upstream")

Query = Sequence[tuple[str, str]]
Key = tuple[str, int]

TEXTS: dict[type[BackendError], str] = {
    BadAnswer: "The server answered something that cannot be read.",
    Missing: "The server does not have it, or does not show it to this account.",
    OutcomeUnknown: "The server lost track of a change; whether it was done is not known.",
    Refused: "The server does not let this account do that.",
    Rejected: "The server does not accept this content.",
    Slow: "The server did not answer in time.",
    TokenGone: "The server no longer accepts the stored login; link the account again.",
    Unsupported: "The server does not know this call.",
}

READ_ERRORS: dict[int, type[BackendError]] = {
    401: TokenGone,
    403: Refused,
    404: Missing,
    405: Unsupported,
    410: Missing,
    504: Slow,
}
WRITE_ERRORS = READ_ERRORS | {502: OutcomeUnknown, 504: OutcomeUnknown}
"""A proxy that lost its server cannot know whether a change was done."""

VERIFY = "/api/v1/accounts/verify_credentials"
DEFAULT_WAIT, LONGEST_WAIT = 60, 3600
PAUSES, TOKENS = 4096, 4096
DOCUMENT_BYTES = 1 << 20
"""Largest document about a server, a registration or a person that is read."""


class Upstream:
    """Where one instance is and how it may be used.

    `per_token`: limits are counted per account (Mastodon), else for all accounts together (GoToSocial counts per
    client address, and that is the gateway's). `errors` overrides what (method, status) means on this software. `most`
    bounds its answers, in bytes; 0: as the transport does.
    """

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        *,
        connections: int = 32,
        keep: bool = True,
        per_token: bool = False,
        errors: Mapping[Key, type[BackendError]] | None = None,
        most: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.transport, self.base_url, self.most, self.clock = transport, base_url, most, clock
        self.keep, self.per_token, self.errors = keep, per_token, errors or {}
        self.slots = asyncio.Semaphore(connections)
        self.pauses: LRUCache[str, float] = LRUCache(PAUSES)
        self.rates: LRUCache[str, RateState] = LRUCache(TOKENS)

    async def get(self, path: str, token: str | None = None, query: Query = ()) -> Answer:
        """A JSON answer to a read. Raises BackendError."""
        return json_only(await self.call("GET", path, token, query=query))

    async def write(
        self, method: str, path: str, token: str | None, *, json: Any = None, headers: Headers | None = None
    ) -> Answer:
        """A JSON answer to a change. Raises BackendError."""
        content = b"" if json is None else msgspec.json.encode(json)
        more = [("Content-Type", "application/json"), *(headers or [])] if content else headers
        return written(await self.call(method, path, token, content=content, headers=more))

    async def call(
        self,
        method: str,
        path: str,
        token: str | None,
        *,
        query: Query = (),
        content: bytes = b"",
        headers: Headers | None = None,
    ) -> Answer:
        """Any answer below 300. Raises BackendError."""
        who = known_as(token)
        self.check_pause(who)
        ask = Ask(
            method=method,
            url=f"{self.base_url}{path}?{urlencode(query)}" if query else self.base_url + path,
            headers=[("Authorization", f"Bearer {token}"), *(headers or [])] if token else headers or [],
            content=content,
            secret=token is not None,
            keep=self.keep,
            most=self.most,
        )
        answer = await self.in_turn(ask)
        if method == "GET":
            self.note_rate(who, answer)
        if answer.status >= 300:
            error = self.error(ask, who, answer)
            if token and isinstance(error, Rejected):
                await self.doubt(ask, answer.status, token)
            raise error
        return answer

    async def doubt(self, ask: Ask, status: int, token: str) -> None:
        """A change was rejected with what this software says of a bad token too: a read tells them apart.

        Raises TokenGone.
        """
        if ask.reads or self.errors.get(("GET", status)) is not TokenGone:
            return
        try:
            await self.call("GET", VERIFY, token)
        except TokenGone:
            raise
        except BackendError as error:
            log.info("Whether the token still holds is not known: %s", error)

    async def in_turn(self, ask: Ask) -> Answer:
        """Send within the connection limit; a turn is waited for half as long as an answer."""
        try:
            async with asyncio.timeout(self.transport.seconds / 2):
                await self.slots.acquire()
        except TimeoutError as error:
            raise Slow("The server is busy with earlier calls.") from error
        try:
            return await self.transport.send(ask)
        finally:
            self.slots.release()

    def error(self, ask: Ask, who: str, answer: Answer) -> BackendError:
        """The error for an answer that is none."""
        status, wait = answer.status, wait_of(answer.headers, self.clock())
        if status == 429:
            self.pause(ask, who, answer, wait)
            return RateLimited("The server asks for a pause.", wait)
        if status == 503:
            return Unavailable("The server is not ready.", wait if "retry-after" in answer.headers else 30)
        table = READ_ERRORS if ask.reads else WRITE_ERRORS
        usual = Rejected if 400 <= status < 500 else BadAnswer
        kind = self.errors.get((ask.method, status)) or table.get(status, usual)
        if kind is TokenGone and not ask.secret:  # no token was sent: it is not for everybody
            kind = Refused
        return kind(TEXTS[kind])

    def pause(self, ask: Ask, who: str, answer: Answer, wait: int) -> None:
        """Remember a 429. One with Retry-After means the whole server; where limits are per account, changes have
        small limits of their own (uploads, deletions) that say nothing about reading."""
        until = self.clock() + wait
        if "retry-after" in answer.headers or not self.per_token:
            self.pauses[""] = until
        elif ask.reads:
            self.pauses[who] = until

    def check_pause(self, who: str) -> None:
        """Raises RateLimited while the server wants to be left alone."""
        if not self.pauses:
            return
        left = max(self.pauses.get("", 0.0), self.pauses.get(who, 0.0)) - self.clock()
        if left > 0:
            raise RateLimited("The server asked for a pause.", max(1, round(left)))

    def note_rate(self, who: str, answer: Answer) -> None:
        """Remember X-RateLimit-* of reads, which all servers count together."""
        headers = answer.headers
        limit, remaining = number(headers.get("x-ratelimit-limit")), number(headers.get("x-ratelimit-remaining"))
        if limit is None or remaining is None:
            return
        reset = moment(headers.get("x-ratelimit-reset", ""), self.clock())
        self.rates[who] = RateState(limit=limit, remaining=remaining, reset=round(reset or 0))

    def rate_state(self, token: str | None) -> RateState:
        """The limit as last seen; zeros when the server does not say."""
        return self.rates.get(known_as(token), RateState())


def known_as(token: str | None) -> str:
    """What stands for a token in tables, so that tables hold no tokens."""
    return blake2b(token.encode(), digest_size=16).hexdigest() if token else "-"


def json_only(answer: Answer) -> Answer:
    """The answer if it says it is JSON. Raises BadAnswer."""
    if "json" not in answer.headers.get("content-type", "").lower():
        raise BadAnswer("The server answered something that is not JSON.")
    return answer


def document(answer: Answer) -> bytes:
    """The body of what a server says about itself: small, whoever wrote it. Raises BadAnswer."""
    if len(answer.body) > DOCUMENT_BYTES:
        raise BadAnswer("The server's answer is too large.")
    return answer.body


def written(answer: Answer) -> Answer:
    """The answer to a change. Raises OutcomeUnknown when it says it was done in a way that cannot be read."""
    try:
        return json_only(answer)
    except BadAnswer as error:
        raise OutcomeUnknown(TEXTS[OutcomeUnknown]) from error


def number(text: str | None) -> int | None:
    """A count from a header, None when it is none."""
    return int(text) if text and text.isascii() and text.isdigit() else None


def moment(text: str, now: float) -> float | None:
    """Seconds since 1970 of a date in a header: ISO 8601, RFC 5322, seconds since 1970, or seconds from now."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) > 9 else now + float(text)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(text)
        except (ValueError, TypeError):
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None


def wait_of(headers: Mapping[str, str], now: float) -> int:
    """Seconds to wait after a 429 or 503: Retry-After (the first of several), else X-RateLimit-Reset."""
    given = headers.get("retry-after", "")
    first = re.match(r"\s*(\d+)\s*(?:,|$)", given)
    until = moment(first[1] if first else given, now) or moment(headers.get("x-ratelimit-reset", ""), now)
    return DEFAULT_WAIT if until is None else min(max(1, round(until - now)), LONGEST_WAIT)
