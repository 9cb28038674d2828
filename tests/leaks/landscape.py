"""A gateway before a real server with two or three people on it, who make secrets and ask for them.

The first is the author and follows both others, the second is the friend and follows the author, the third follows
nobody if the server lets us see to that. What was posted is deleted at the end, follows are put back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2 as httpx

from adapters.backend import Backend
from gateway.app import create_app
from gateway.logins import Logins
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from gateway.vault import open_vault
from tests.contract.conftest import tidy, until
from tests.leaks.matrix import NOBODY, Reply, Secret, Target
from tests.leaks.secrets import Village

BASE = "http://gateway.test"
SECONDS = 60
PAUSES, OPEN_BOOSTS = {"snac": 1.2}, {"mastodon_mock"}
"""Servers that need time between two lists, and those that show boosts of restricted posts to everybody."""


class Person(NamedTuple):
    """Somebody on the server, and their login at the gateway."""

    name: str
    password: str
    native: str
    backend: Backend
    token: str


class Landscape:
    """The gateway, and who is who. `nobody` reads the server without a login."""

    def __init__(self, gateway: Gateway, client: httpx.AsyncClient, people: Sequence[Person], nobody: Backend) -> None:
        self.gateway, self.client, self.people, self.nobody = gateway, client, people, nobody
        self.followed: list[tuple[Person, Person]] = []
        self.by_name = {person.name: person for person in people}

    @property
    def author(self) -> Person:
        """Whose secrets they are."""
        return self.people[0]

    def backend(self, name: str) -> Backend:
        """Somebody's, or nobody's."""
        return self.by_name[name].backend if name else self.nobody

    async def ask(self, method: str, path: str, user: str, params: Mapping[str, Any]) -> Reply:
        """See `tests.leaks.matrix.Reader`."""
        url = path if path.startswith("/") else f"/api/{path}"
        auth = (user, self.by_name[user].password) if user else None
        query, form = (params or None, None) if method == "GET" else (None, params)
        got = await self.client.request(method, url, auth=auth, params=query, data=form)
        return Reply(got.status_code, got.headers.get("location", ""), got.content)

    async def send(
        self, path: str, user: str, form: Mapping[str, Any], files: Mapping[str, Any] | None = None
    ) -> tuple[int, Any]:
        """See `tests.leaks.secrets.Sender`."""
        method, auth = "POST" if form or files else "GET", (user, self.by_name[user].password)
        got = await self.client.request(method, f"/api/{path}.json", auth=auth, data=form or None, files=files)
        return got.status_code, got.json()

    async def village(self) -> Village:
        """The people, known to the author."""
        await self._acquaint()
        friend, third = (*(person.name for person in self.people[1:3]), "")[:2]
        followers = [one.name for one in self.people[1:] if self.author.native in await self.followed_by(one)]
        software = self.author.backend.capabilities.software
        return Village(
            self.send, self.backend, self.author.name, friend, third,
            followers=frozenset(followers), pause=PAUSES.get(software, 0.0), boosts=software not in OPEN_BOOSTS,
            cids={one.name: (await self.target(self.author.name, one.name)).number for one in self.people[1:]},
        )  # fmt: skip

    async def _acquaint(self) -> None:
        """The author follows everybody, the friend the author."""
        for who, whom in [*((self.author, one) for one in self.people[1:]), (self.people[1], self.author)]:
            following = partial(self.followed_by, who)
            if whom.native in await following():
                continue
            self.followed.append((who, whom))
            await follow(who, whom)
            there = await until(following, partial(contains, whom.native))
            assert whom.native in there, (who.name, whom.name)

    async def followed_by(self, who: Person) -> set[str]:
        """Natives of those whom somebody follows."""
        return {one.native for one in (await who.backend.following(None)).items}

    async def part(self, groups: set[str]) -> None:
        """Take the follows back, and the author's groups but these."""
        for who, whom in self.followed:
            await who.backend.unfollow(whom.native)
        for group in await self.author.backend.groups():
            if group.native not in groups:
                await self.author.backend.remove_group(group.native)

    async def target(self, user: str, whom: str) -> Target:
        """A person as somebody names them."""
        reply = await self.client.get(
            "/api/users/show.json", params={"screen_name": whom}, auth=(user, self.by_name[user].password)
        )
        shown = reply.json()
        assert reply.status_code == 200, shown
        return Target(whom, str(shown["id"]), shown["url"])

    async def targets(self) -> dict[str, Target]:
        """The author, as everybody names them."""
        known = {one.name: await self.target(one.name, self.author.name) for one in self.people}
        return {**known, NOBODY: known[self.people[-1].name]}

    async def arrived(self, secrets: Sequence[Secret]) -> None:
        """Servers file posts in the background: everything that can be there is."""
        for secret in secrets:
            for name in secret.readers & self.by_name.keys():
                backend = self.backend(name)
                for native in secret.natives:

                    async def there(backend: Backend = backend, native: str = native) -> bool:
                        return bool(await backend.statuses([native]))

                    assert await until(there, bool), (secret.name, name)


def contains(native: str, natives: set[str]) -> bool:
    """One of these."""
    return native in natives


async def follow(who: Person, whom: Person) -> None:
    """Over the server's own API, asked for and let: the gateway has no call for it."""
    for one, path in ((who, f"accounts/{whom.native}/follow"), (whom, f"follow_requests/{who.native}/authorize")):
        headers = {"Authorization": f"Bearer {one.token}"}
        async with httpx.AsyncClient(base_url=one.backend.base_url, headers=headers, trust_env=False) as client:
            await client.post(f"/api/v1/{path}")


@asynccontextmanager
async def landscape(folder: Path, url: str, tokens: Sequence[str]) -> AsyncIterator[Landscape]:
    """A gateway on a store in `folder`, everybody linked."""
    settings = Settings(data_dir=folder, base_url=BASE, allow_hosts=(urlsplit(url).netloc,), anonymous=url)
    async with open_gateway(settings) as gateway:
        logins, people = Logins(gateway.store, await open_vault(folder, gateway.store), gateway.connections), []
        for token in tokens:
            backend = await gateway.connections.backend(url, token)
            linked, me = await logins.link(url, token), await backend.me()
            people.append(Person(linked.account.login, linked.password, me.account.native, backend, token))
        app: Any = create_app(gateway)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, trust_env=False, timeout=SECONDS) as client:
            found = Landscape(gateway, client, people, await gateway.connections.backend(url, None))
            before = [{entry.status.native for entry in await one.backend.own_newest()} for one in people]
            groups = {group.native for group in await found.author.backend.groups()}
            try:
                yield found
            finally:
                await found.part(groups)
                for one, known in zip(people, before, strict=True):
                    await tidy(one.backend, known)
