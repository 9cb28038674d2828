"""Our own client-to-server ActivityPub server of the embedded dialect, served by uvicorn in a thread on loopback.

Fixtures (import them in a conftest): `embedded_server` and `second_server` for the session, `embedded` with alice, bob
and carol made anew for each test and the server behaving (`second` the same on the other instance).

    server.strange.change(actor, {...}); server.strange.limit("/orderedcollection"); server.strange.swallows.add("Like")
    server.put(party, activity)        # on top of an inbox, whoever it claims to be from
    server.hold(); ...; server.release(backwards=True)
    server.world.basic = True          # name and password `secret` are a credential too
    server.requests()                  # what clients asked since the last call
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from tests.c2s.bovine import Herd, Party
from tests.c2s.dialect.delivery import Post
from tests.c2s.dialect.routes import Site
from tests.c2s.dialect.tokens import issue
from tests.c2s.dialect.world import Json, World
from tests.mock_server import free_port

PATIENCE = 15.0


class EmbeddedServer:
    """A running server."""

    def __init__(self) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.world = World(self.base_url)
        self.site = Site(self.world, Post(self.world))
        self.strange = self.site.strange
        config = uvicorn.Config(
            self.site.app(), "127.0.0.1", self.port, log_config=None, lifespan="off", ws="none", access_log=False
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def pair(self) -> str:
        """As the allow list names it."""
        return f"127.0.0.1:{self.port}"

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._server.serve())
        finally:
            self._loop.close()

    def start(self) -> None:
        """Returns when it answers."""
        self._thread.start()
        end = time.monotonic() + PATIENCE
        while not self._server.started:
            assert time.monotonic() < end, "the embedded server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(PATIENCE)

    def person(self, name: str) -> Party:
        """Somebody new; the password for the browser is `secret`."""
        person = self.world.register(name)
        return Party(name, person.actor, self.token(person.actor), f"{name}@{self.pair}")

    def token(self, actor: str, scope: str = "read write") -> str:
        """A further bearer token."""
        return issue(self.world, "access", actor, scope)

    def people(self) -> Herd:
        """Three new ones; the server behaves again."""
        self.strange.clear()
        self.world.basic = False
        self.site.post.holding = False
        self.site.post.held.clear()
        self.site.asked.clear()
        mark = secrets.token_hex(4)
        return Herd(self.base_url, *(self.person(f"{name}{mark}") for name in ("alice", "bob", "carol")))

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of what clients asked since the last call."""
        seen = [(method, path) for method, path, _ in self.site.asked]
        self.site.asked.clear()
        return seen

    def put(self, party: Party, document: Json, *, owner: str | None = None, part: str = "inbox") -> str:
        """A document on top of a collection of `party`, unchecked; its id."""
        kept: Json = dict(document)
        actor = owner or kept.get("actor") or kept.get("attributedTo") or party.actor
        id_ = self.world.save(kept, actor if isinstance(actor, str) else party.actor)
        self.world.audiences[id_].add(party.actor)
        self.world.prepend(self.world.part(party.actor, part), id_)
        return id_

    def hold(self) -> None:
        """Keep deliveries back from now on."""
        self.site.post.hold()

    def release(self, *, backwards: bool = False) -> None:
        """Deliver them, the newest first if `backwards`."""
        self._do(self.site.post.release(backwards=backwards))

    def act(self, party: Party, activity: Json) -> Json:
        """Do as `party` what posting the activity would do; the activity as answered."""
        done: Json = self._do(self.site.post.perform(party.actor, activity))
        return done

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)


def running() -> Iterator[EmbeddedServer]:
    """A started server, stopped at the end."""
    server = EmbeddedServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[EmbeddedServer]:
    """One server for the session."""
    yield from running()


@pytest.fixture(scope="session")
def second_server() -> Iterator[EmbeddedServer]:
    """Another instance of it."""
    yield from running()


@pytest.fixture
def embedded(embedded_server: EmbeddedServer) -> Herd:
    """Three people nobody has written to yet."""
    return embedded_server.people()


@pytest.fixture
def second(second_server: EmbeddedServer) -> Herd:
    """Three more on the other instance."""
    return second_server.people()
