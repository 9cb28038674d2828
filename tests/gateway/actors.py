"""A whole gateway before a real server of actors, with alice and bob linked: the legacy API is all that is used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

from adapters.activitypub.backend import ActivityPubBackend
from adapters.activitypub.outbox import Outbox
from gateway.app import create_app
from gateway.auth import Authenticator
from gateway.logins import Logins
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from tests import shapes
from tests.c2s.bovine import BovineServer, Herd, Party, eventually
from tests.c2s.embedded import EmbeddedServer
from tests.gateway.test_auth import basic
from tests.gateway_harness import BASE, Answer

Server = BovineServer | EmbeddedServer


class Gate:
    """The gateway and its people, by their first letters: `a` and `b`."""

    def __init__(self, gateway: Gateway, server: Server, herd: Herd) -> None:
        self.gateway, self.server, self.herd = gateway, server, herd
        self.parties: dict[str, Party] = {"a": herd.alice, "b": herd.bob}
        self.passwords: dict[str, str] = {}
        app: Any = create_app(gateway)
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url=BASE, trust_env=False, timeout=60)

    async def link(self) -> None:
        """Both."""
        logins = Logins(self.gateway.store, self.gateway.vault, self.gateway.connections)
        for key, party in self.parties.items():
            linked = await logins.link(self.herd.base_url, party.token, actor=party.actor)
            self.passwords[key] = linked.password

    def auth(self, who: str) -> tuple[str, str]:
        """Name and app password."""
        return self.parties[who].name, self.passwords[who]

    async def backend(self, who: str) -> Outbox:
        """What the session of somebody works with."""
        authenticator: Authenticator = self.gateway.auth
        session = await authenticator.session(basic(*self.auth(who)), "api")
        assert session is not None
        assert isinstance(session.backend, ActivityPubBackend)
        return session.backend

    async def get(self, who: str, path: str, **params: Any) -> Any:
        """A checked GET; JSON and XML hold the same."""
        found = {}
        for format in ("json", "xml"):
            answer = await self.answer("GET", who, path, format, params=params)
            assert answer.status == 200, answer.body
            shapes.validate(shapes.call_of(path), format, answer.body)
            found[format] = answer
        return found["json"].json

    async def post(self, who: str, path: str, **form: Any) -> Any:
        """A checked POST."""
        given = {"files": form.pop("files")} if "files" in form else {}
        answer = await self.answer("POST", who, path, "json", data=form, **given)
        assert answer.status == 200, answer.body
        shapes.validate(shapes.call_of(path), "json", answer.body)
        return answer.json

    async def refused(self, who: str, path: str, **form: Any) -> tuple[int, str]:
        """Status and text of an error."""
        answer = await self.answer("POST", who, path, "json", data=form)
        shapes.validate_error(answer.status, "json", answer.body, answer.headers)
        return answer.status, answer.error

    async def answer(self, method: str, who: str, path: str, format: str, **given: Any) -> Answer:
        """One request, nothing checked."""
        reply = await self.client.request(method, f"/api/{path}.{format}", auth=self.auth(who), **given)
        return Answer(status=reply.status_code, headers=dict(reply.headers), body=reply.content, format=format)

    async def until(self, who: str, path: str, good: Callable[[Any], object], **params: Any) -> Any:
        """A GET, again and again until it is good: deliveries take their time."""
        return await eventually(lambda: self.get(who, path, **params), good)

    async def befriend(self, who: str) -> None:
        """The first follows the second, who lets them: no call of the old API does either."""
        alice, bob = [await self.backend(one) for one in who]
        done = await alice.perform(acts.follow(alice.me_id, bob.me_id, alice.now()))
        follow = {**done, "type": "Follow", "actor": alice.me_id, "object": bob.me_id}

        async def asked() -> bool:
            return await bob.exists(ap.id_of(follow))

        await eventually(asked)
        await bob.perform(acts.respond(bob.me_id, follow, bob.now(), accept=True))

        async def follows() -> bool:
            alice.link.sets.clear()
            (row,) = await alice.relationships([bob.me_id])
            return row.following

        await eventually(follows)


@asynccontextmanager
async def gate_on(folder: Path, server: Server, herd: Herd, **settings: Any) -> AsyncIterator[Gate]:
    """A gateway that may reach the server, with alice and bob linked."""
    made = Settings(data_dir=folder, base_url=BASE, allow_hosts=(server.pair,), **settings)
    async with open_gateway(made) as gateway:
        gate = Gate(gateway, server, herd)
        await gate.link()
        yield gate
        await gate.client.aclose()
