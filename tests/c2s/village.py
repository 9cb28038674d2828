"""The people and posts of `oldbird demo` on a server of actors, made through the adapter, and a gateway before it.

with village(tmp_path, server) as demo: ...     # alice, bob, carol, dave and erin
demo.base_url, demo.users["alice"]      # the gateway over HTTP, and an app password
demo.server, demo.parties["alice"], demo.natives["first"]
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from adapters.activitypub.backend import ActivityPubBackend
from adapters.backend import Draft, File, ProfileChange, Window
from gateway import listeners
from gateway.app import create_app
from gateway.demo_seed import ACTIONS, FRIENDS, LISTS, PEOPLE, POSTS, Post, picture
from gateway.logins import Logins
from gateway.server import configured
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings.hub import Visibility
from tests.c2s.bovine import BovineServer, Party, eventually
from tests.c2s.embedded import EmbeddedServer
from tests.gateway.test_auth import basic
from tests.secrets_used import header_of, register

Server = BovineServer | EmbeddedServer
HOST = "127.0.0.1"
PATIENCE = 60.0


class Village(NamedTuple):
    """A running gateway and what is behind it. `natives`: the id of each seeded post by its name."""

    base_url: str
    backend_url: str
    users: dict[str, str]
    consumer: dict[str, str]
    server: Server
    parties: dict[str, Party]
    natives: dict[str, str]


class Seeding:
    """Everybody's adapter, and the posts so far."""

    def __init__(self, people: dict[str, ActivityPubBackend]) -> None:
        self.people = people
        self.natives: dict[str, str] = {}

    async def everything(self, posts: Sequence[Post]) -> None:
        """As the tables have it, without pictures where the server has none."""
        for who, name in PEOPLE.items():
            await self.people[who].update_profile(ProfileChange(name=name))
        alice = self.people["alice"]
        for title, members in LISTS.items():
            made = await alice.create_group(title)
            await alice.add_to_group(made.native, [self.people[one].me_id for one in members])
        for post in posts:
            if not post.picture or alice.capabilities.uploads:
                await self.post(post)
            for who, action, name in ACTIONS.get(post.name, ()):
                if name in self.natives:
                    await getattr(self.people[who], action)(self.natives[name])

    async def post(self, post: Post) -> None:
        """One status."""
        backend, media = self.people[post.author], ()
        if post.answers:
            await backend.home(Window())  # who answers has read: only then does what is answered lie below
        if post.picture:
            file = File(data=picture(post.picture), name=f"{post.name}.png", mime="image/png")
            media = ((await backend.upload(file)).native,)
        draft = Draft(
            text=post.text, visibility=Visibility(post.visibility), title=post.title, media=media,
            in_reply_to=self.natives[post.answers] if post.answers else None,
        )  # fmt: skip
        self.natives[post.name] = (await backend.post(draft)).status.native


async def befriend(people: dict[str, ActivityPubBackend]) -> None:
    """The friends follow each other; erin asks alice, who has not answered."""
    friends = [people[name] for name in FRIENDS]
    for one in friends:
        for other in friends:
            if one is not other:
                await agreed(one, other)
    await asked(people["erin"], people["alice"])


async def asked(one: ActivityPubBackend, other: ActivityPubBackend) -> Any:
    """The Follow, when it has arrived: no call of the old API makes one."""
    done = await one.perform(acts.follow(one.me_id, other.me_id, one.now()))
    await eventually(lambda: other.exists(ap.id_of(done)))
    return {**done, "type": "Follow", "actor": one.me_id, "object": other.me_id}


async def agreed(one: ActivityPubBackend, other: ActivityPubBackend) -> None:
    """And `other` let them."""
    follow = await asked(one, other)
    await other.perform(acts.respond(other.me_id, follow, other.now(), accept=True))

    async def follows() -> bool:
        return other.me_id in {person.native for person in (await one.following(None)).items}

    await eventually(follows)


async def seed(gateway: Gateway, users: dict[str, str], posts: Sequence[Post]) -> dict[str, str]:
    """Everything in the tables, by the sessions of the gateway; ids by names. Returns when the last has arrived."""
    people = {}
    for who, password in users.items():
        session = await gateway.auth.session(basic(who, password), "api")
        assert session is not None
        assert isinstance(session.backend, ActivityPubBackend)
        people[who] = session.backend
    await befriend(people)
    await people["alice"].home(Window())  # from now on what comes is above what is there
    seeding = Seeding(people)
    await seeding.everything(posts)
    newest = seeding.natives[posts[-1].name]

    async def arrived() -> bool:
        page = await people["alice"].home(Window(limit=1))
        return newest in {entry.status.native for entry in page.items}

    await eventually(arrived)
    return seeding.natives


async def link(gateway: Gateway, server: Server, parties: dict[str, Party]) -> dict[str, str]:
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
async def serving(folder: Path, server: Server, posts: Sequence[Post]) -> AsyncIterator[Village]:
    """A gateway over HTTP, and everybody."""
    parties = {who: server.person(who) for who in PEOPLE}
    with listeners.listener(HOST, 0) as bound:
        settings = Settings(data_dir=folder / "gateway", base_url=listeners.address(bound), allow_hosts=(server.pair,))
        async with open_gateway(settings) as gateway:
            users = await link(gateway, server, parties)
            natives = await seed(gateway, users, posts)
            consumer = await gateway.consumers.add("", "Village")
            runs = uvicorn.Server(configured(create_app(gateway), settings))
            task = asyncio.create_task(runs.serve(sockets=[bound]))
            try:
                told = {"key": consumer.key, "secret": consumer.secret}
                yield Village(settings.base_url, server.base_url, users, told, server, parties, natives)
            finally:
                runs.should_exit = True
                await task


@contextmanager
def village(folder: Path, server: Server, posts: Sequence[Post] = POSTS) -> Iterator[Village]:
    """The whole of it, until the block ends. Nobody of these names may be on the server yet."""
    loop = Loop()
    gate = serving(folder, server, posts)
    try:
        place = loop.run(gate.__aenter__())
        try:
            yield place
        finally:
            loop.run(gate.__aexit__(None, None, None))
    finally:
        loop.stop()
