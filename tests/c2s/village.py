"""The people and posts of `oldbird demo` on a server of actors, made through the adapter, and a gateway before it.

    with village(tmp_path) as demo: ...     # alice, bob, carol, dave and erin, on a server of the embedded dialect
    demo.base_url, demo.users["alice"]      # the gateway over HTTP, and an app password
    demo.server, demo.parties["alice"], demo.natives["first"]

Only who follows whom is done on the server itself: no call of the old API does that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from adapters.activitypub.backend import ActivityPubBackend
from adapters.backend import Draft, File, ProfileChange
from adapters.connect import Connections
from gateway import serve
from gateway.app import create_app
from gateway.demo_seed import ACTIONS, FRIENDS, LISTS, PEOPLE, POSTS, Post, picture
from gateway.logins import Logins
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from gateway.shelves import StoreShelf
from gateway.stores.sqlite import SqliteStore
from mappings.hub import Visibility
from tests.c2s.bovine import Party
from tests.c2s.embedded import EmbeddedServer, running
from tests.secrets_used import header_of, register

HOST = "127.0.0.1"
PATIENCE = 60.0


class Village(NamedTuple):
    """A running gateway and what is behind it. `natives`: the id of each seeded post by its name."""

    base_url: str
    backend_url: str
    users: dict[str, str]
    consumer: dict[str, str]
    server: EmbeddedServer
    parties: dict[str, Party]
    natives: dict[str, str]


class Seeding:
    """Everybody's adapter, and the posts so far."""

    def __init__(self, people: dict[str, ActivityPubBackend]) -> None:
        self.people = people
        self.natives: dict[str, str] = {}

    async def everything(self) -> None:
        """As the tables have it."""
        await asyncio.gather(*(self.people[who].update_profile(ProfileChange(name=PEOPLE[who])) for who in PEOPLE))
        alice = self.people["alice"]
        for title, members in LISTS.items():
            made = await alice.create_group(title)
            await alice.add_to_group(made.native, [self.people[member].me_id for member in members])
        for post in POSTS:
            await self.post(post)
            for who, action, name in ACTIONS.get(post.name, ()):
                await getattr(self.people[who], action)(self.natives[name])

    async def post(self, post: Post) -> None:
        """One status."""
        backend, media = self.people[post.author], ()
        if post.picture:
            file = File(data=picture(post.picture), name=f"{post.name}.png", mime="image/png")
            media = ((await backend.upload(file)).native,)
        draft = Draft(
            text=post.text, visibility=Visibility(post.visibility), title=post.title, media=media,
            in_reply_to=self.natives[post.answers] if post.answers else None,
        )  # fmt: skip
        self.natives[post.name] = (await backend.post(draft)).status.native


def befriend(server: EmbeddedServer, parties: dict[str, Party]) -> None:
    """The friends follow each other; erin asks alice, who has not answered."""
    for one in FRIENDS:
        for other in FRIENDS:
            if one != other:
                follow = ask(server, parties[one], parties[other])
                server.act(parties[other], {"type": "Accept", "object": follow["id"], "to": [parties[one].actor]})
    ask(server, parties["erin"], parties["alice"])


def ask(server: EmbeddedServer, one: Party, other: Party) -> Any:
    """The Follow."""
    return server.act(one, {"type": "Follow", "object": other.actor, "to": [other.actor]})


async def seed(folder: Path, server: EmbeddedServer, parties: dict[str, Party]) -> dict[str, str]:
    """Everything in the tables; ids by names."""
    connections, store = Connections("oldbird/0.0 (seed)", [server.pair]), SqliteStore(folder / "seed.sqlite")
    await store.open()
    try:
        made = {who: await connections.actor(one.actor, one.token, StoreShelf(store, who)) for who, one in parties.items()}
        people = {who: backend for who, backend in made.items() if isinstance(backend, ActivityPubBackend)}
        seeding = Seeding(people)
        await seeding.everything()
    finally:
        await connections.close()
        await store.close()
    return seeding.natives


async def link(gateway: Gateway, server: EmbeddedServer, parties: dict[str, Party]) -> dict[str, str]:
    """App passwords of all."""
    logins = Logins(gateway.store, gateway.vault, gateway.connections)
    found = {}
    for who, party in parties.items():
        linked = await logins.link(server.base_url, party.token, actor=party.actor)
        found[who] = linked.password
        register(linked.password, header_of(who, linked.password))
    return found


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


@asynccontextmanager
async def serving(folder: Path, server: EmbeddedServer, parties: dict[str, Party]) -> AsyncIterator[Any]:
    """A gateway over HTTP: its address, app passwords, consumer."""
    with serve.listener(HOST, 0) as bound:
        settings = Settings(data_dir=folder / "gateway", base_url=serve.address(bound), allow_hosts=(server.pair,))
        async with open_gateway(settings) as gateway:
            users = await link(gateway, server, parties)
            consumer = await gateway.consumers.add("", "Village")
            runs = uvicorn.Server(serve.configured(create_app(gateway), settings))
            task = asyncio.create_task(runs.serve(sockets=[bound]))
            try:
                yield settings.base_url, users, {"key": consumer.key, "secret": consumer.secret}
            finally:
                runs.should_exit = True
                await task


@contextmanager
def village(folder: Path) -> Iterator[Village]:
    """The whole of it, until the block ends."""
    for server in running():
        parties = {who: server.person(who) for who in PEOPLE}
        befriend(server, parties)
        loop = Loop()
        try:
            natives = loop.run(seed(folder, server, parties))
            gate = serving(folder, server, parties)
            base_url, users, consumer = loop.run(gate.__aenter__())
            try:
                yield Village(base_url, server.base_url, users, consumer, server, parties, natives)
            finally:
                loop.run(gate.__aexit__(None, None, None))
        finally:
            loop.stop()
