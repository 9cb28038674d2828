"""P8: from the bytes of a page to the bytes of a reply, with the network taken out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2 as httpx
import orjson

from adapters.backend import Window
from adapters.mastodon.backend import MastodonBackend
from adapters.transport import Answer
from gateway.ask import Ask
from gateway.call_rows import TABLE
from gateway.replies import Statuses
from gateway.services import Gateway
from gateway.session import Session
from tests.bench.stub import SCENARIOS, Timeline

HOME_ROW = next(row for row in TABLE if row.path == "statuses/home_timeline")
HEADERS = httpx.Headers({"content-type": "application/json"})
WINDOW = Window(limit=20)


class Translation:
    """Split, decode, number, map and render 20 statuses of a scenario, as home_timeline does."""

    def __init__(self, gateway: Gateway, session: Session, scenario: str) -> None:
        self._gateway = gateway
        self._session = session
        self._timeline = Timeline(SCENARIOS[scenario], 20)
        self._page = self._timeline.next()

    @classmethod
    async def of(cls, gateway: Gateway, authorization: str, scenario: str) -> Translation:
        """With the session of a login."""
        session = await gateway.auth.session(authorization, "api")
        assert session is not None
        return cls(gateway, session, scenario)

    def turn(self) -> None:
        """The next page."""
        self._page = self._timeline.next()

    async def parse(self) -> None:
        """The unit U: the same body, parsed and thrown away."""
        orjson.loads(self._page)

    def work(self, format: str) -> Callable[[], Awaitable[bytes]]:
        """One translation of the page as `format`."""
        ask = Ask(
            call=HOME_ROW,
            params={},
            format=format,
            gateway=self._gateway,
            session=self._session,
            base_url="http://gateway.example",
        )
        backend = self._session.backend
        assert isinstance(backend, MastodonBackend)

        async def once() -> bytes:
            page = backend.instance.page(Answer(200, HEADERS, self._page), WINDOW)
            seen = await self._gateway.cards.read(backend, page.items)
            return await self._gateway.renderer.render(ask, Statuses(entries=tuple([s.entry for s in seen])))

        return once
