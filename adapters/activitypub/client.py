"""Requests of one account: own documents with its credential, those of other servers by `proxyUrl`, else without any.

What answers mean, pauses and limits are those of `adapters.upstream`. Ids are URLs of strangers: each document must
come from the server its id names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from cachetools import LRUCache

from adapters.activitypub.credentials import Credential
from adapters.backend import RateState
from adapters.errors import (
    BadAnswer,
    Missing,
    OutcomeUnknown,
    Refused,
    Slow,
    TokenGone,
    Unsupported,
)
from adapters.files import UNTOLD
from adapters.transport import Answer, Ask, Headers, Transport
from adapters.upstream import TEXTS, Upstream, known_as
from adapters.webfinger import origin
from mappings import activitypub as ap

ACCEPT = ("Accept", 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"')
JSON = ("Content-Type", "application/activity+json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
LARGEST = 4 << 20
"""Bytes of one document or page."""
CONNECTIONS, SERVERS = 8, 4096
CHECK_SECONDS = 60
NOT_MODIFIED = 304
MEANINGS = {("POST", 501): Unsupported}
"""What (method, status) means on these servers beside the usual (activitypub-c2s section 9)."""

Renew = Callable[[Credential], Awaitable[Credential]]


class Ways:
    """The servers of the process: pauses that one asks for hold for all accounts."""

    def __init__(self, transport: Transport, clock: Callable[[], float]) -> None:
        self.transport, self.clock = transport, clock
        self._upstreams: LRUCache[str, Upstream] = LRUCache(SERVERS)

    def to(self, url: str) -> Upstream:
        """The server of an address. Raises Missing for what is none."""
        where = origin(url)
        if not where:
            raise Missing("This is no address.")
        found = self._upstreams.get(where)
        if found is None:
            found = self._upstreams[where] = Upstream(
                self.transport, where, connections=CONNECTIONS, per_token=True, errors=MEANINGS, clock=self.clock
            )
        return found


class Fetched(NamedTuple):
    """A document, or None where it is as it was; `tag` tells that the next time."""

    document: ap.Document | None
    tag: str


class Sent(NamedTuple):
    """A posted activity: its id, and the document where the answer brought it along."""

    id: str
    document: ap.Document | None


class Client:
    """One account's requests. `actor` is its id; `proxy` and `outbox` are set once they are known (`Facts`).

    `renew` gives a new credential for one the server no longer takes, where that is possible.
    """

    def __init__(self, ways: Ways, actor: str, credential: Credential | None, renew: Renew | None = None) -> None:
        self.ways, self.actor, self.credential, self.renew = ways, actor, credential, renew
        self.base_url = origin(actor)
        self.proxy = self.outbox = ""
        self._checked = float("-inf")
        self._who = known_as(credential.header if credential else None)

    def rate_state(self) -> RateState:
        """The limit as last seen."""
        return self.ways.to(self.actor).rates.get(self._who, RateState())

    def is_own(self, url: str) -> bool:
        """On the account's own server: the credential goes there and nowhere else."""
        return origin(url) == self.base_url

    async def own(self, url: str, tag: str = "") -> Fetched:
        """A document of the own server; None where it is as `tag` says. Raises BackendError, TokenGone among them."""
        if not self.is_own(url):
            return Fetched(await self.document(url), "")
        etag = tag if tag.startswith(('"', "W/")) else ""
        headers = [ACCEPT, ("If-None-Match", etag)] if etag else [ACCEPT]
        answer = await self._signed(Ask("GET", url, headers, most=LARGEST))
        if answer.status == NOT_MODIFIED:
            return Fetched(None, tag)
        found = answer.headers.get("etag", "") or blake2b(answer.body, digest_size=12).hexdigest()
        return Fetched(None if found == tag else decoded(answer), found)

    async def document(self, id: str) -> ap.Document:
        """A document by its id, wherever it is. Raises Missing, Refused, BadAnswer and other BackendErrors."""
        if not ap.web(id):
            raise Missing("There is nothing with such an id.")
        try:
            found = decoded(await self._fetched(id))
        except TokenGone as error:  # servers say that of anything they do not show
            await self.check()
            raise Refused(TEXTS[Refused]) from error
        native = ap.id_of(found)
        if native and not ap.same_host(native, id):
            raise BadAnswer("The document is not of the server it came from.")
        return found

    async def check(self) -> None:
        """Raises TokenGone unless the credential still opens the own actor; asks at most once a minute."""
        if self.ways.clock() - self._checked >= CHECK_SECONDS:
            await self._signed(Ask("GET", self.actor, [ACCEPT], most=LARGEST))
            self._checked = self.ways.clock()

    async def _fetched(self, id: str) -> Answer:
        if self.is_own(id):
            return await self._signed(Ask("GET", id, [ACCEPT], most=LARGEST))
        if self.proxy and self.credential:
            return await self._proxied(id)
        return await self._sent(self.ways.to(id), Ask("GET", id, [ACCEPT], most=LARGEST), known_as(None))

    async def _proxied(self, id: str) -> Answer:
        """Through the own server, which signs. It is a read, whatever its method."""
        form = urlencode([("id", id)]).encode()
        try:
            return await self._signed(Ask("POST", self.proxy, [ACCEPT, FORM], form, most=LARGEST), reads=True)
        except OutcomeUnknown as error:
            raise Slow(TEXTS[Slow]) from error

    async def plain(self, url: str) -> Any:
        """JSON that is for everybody, such as WebFinger. Raises BackendError."""
        ask = Ask("GET", url, [], most=LARGEST)
        return parsed(await self._sent(self.ways.to(url), ask, known_as(None)))

    async def send(self, activity: ap.Document) -> Sent:
        """Post to the own outbox. Raises Unsupported for what the server ignored, and other BackendErrors."""
        body = msgspec.json.encode(activity)
        answer = await self._signed(Ask("POST", self.outbox, [ACCEPT, JSON], body, most=LARGEST))
        document = told(answer)
        id = ap.web(answer.headers.get("location", "")) or ap.web(ap.id_of(document))
        if not id:
            raise Unsupported("The server took the request and did nothing: it does not support this.")
        whole = document is not None and ap.id_of(document) == id and ap.types_of(document)
        return Sent(id, document if whole else None)

    async def posted(self, url: str, content: bytes, headers: Headers) -> Answer:
        """Anything posted to an endpoint of the own server, such as an upload. Raises BackendError."""
        return await self._signed(Ask("POST", url, [ACCEPT, *headers], content, most=LARGEST))

    async def file(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type) of a file of the own server that is not for everybody. Raises BackendError."""
        try:
            answer = await self._signed(Ask("GET", url, [], any_type=True))
        except TokenGone as error:
            raise Missing(TEXTS[Missing]) from error
        return answer.body, answer.headers.get("content-type", "").partition(";")[0].strip().lower() or UNTOLD

    async def _signed(self, ask: Ask, *, reads: bool = False) -> Answer:
        """With the credential, once more with a new one where it can be renewed."""
        if not self.is_own(ask.url):
            raise BadAnswer("The server names an address of another server.")
        used = self.credential
        try:
            return await self._sent(self.ways.to(ask.url), self._with(ask, used), self._who, reads=reads)
        except TokenGone:
            if used is None or self.renew is None or not used.renewable:
                raise
            self.credential = await self.renew(used)
            return await self._sent(self.ways.to(ask.url), self._with(ask, self.credential), self._who, reads=reads)

    @staticmethod
    def _with(ask: Ask, credential: Credential | None) -> Ask:
        if credential is None:
            return ask
        return ask._replace(headers=[("Authorization", credential.header), *ask.headers], secret=True)

    @staticmethod
    async def _sent(upstream: Upstream, ask: Ask, who: str, *, reads: bool = False) -> Answer:
        upstream.check_pause(who)
        answer = await upstream.in_turn(ask)
        if answer.status == NOT_MODIFIED and ask.reads:
            return answer
        upstream.note_rate(who, answer)
        if answer.status >= 300:
            raise upstream.error(ask._replace(method="GET") if reads else ask, who, answer)
        return answer


def parsed(answer: Answer) -> Any:
    """JSON. Raises BadAnswer."""
    if "json" not in answer.headers.get("content-type", "").lower():
        raise BadAnswer("The server answered something that is not JSON.")
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadAnswer("The server's answer cannot be read.") from error


def decoded(answer: Answer) -> ap.Document:
    """A document with plain terms. Raises BadAnswer."""
    try:
        return ap.normal(parsed(answer))
    except ap.Unreadable as error:
        raise BadAnswer("The server's answer is no document.") from error


def told(answer: Answer) -> ap.Document | None:
    """The document in the answer to a change, if there is one."""
    try:
        return decoded(answer)
    except BadAnswer:
        return None
