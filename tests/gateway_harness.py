"""A whole gateway over the fake far side, with ready logins and a client (DESIGN section 11).

    async with gateway_on(tmp_path) as ground:
        post = ground.world.post("bob", "hello")
        reply = await ground.get("statuses/home_timeline", count=5)      # as alice, JSON
        reply.json[0]["text"]; reply.status; reply.headers

Everything is real but the far side: store, ids, edge, handlers, rendering. Every 200 is checked against the declared
shapes, and every 200 of a GET is fetched in the other format too and compared for equal data.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import msgspec

from adapters.backend import Backend, Capabilities
from adapters.errors import TokenGone
from gateway.app import create_app
from gateway.calls import RDF
from gateway.logins import Device, Logins
from gateway.paths import resolve
from gateway.services import Gateway, assemble
from gateway.settings import Settings
from gateway.stores.open import open_store
from gateway.stores.store import Store, StoreDown
from gateway.vault import open_vault
from mappings.hub import Order
from tests import shapes
from tests.fake_backend import FakeBackend
from tests.fake_wire import Wire
from tests.fake_world import World

BASE = "https://gateway.test"
PEOPLE = ("alice", "bob", "carol", "dave")
TOKEN = "token-of-"
"""The backend token of a person is this and their acct; nothing of it may ever be seen."""


class FakeConnections:
    """Hands out one `FakeBackend` a person. Tokens that nobody has are gone."""

    def __init__(self, world: World, wire: Wire, capabilities: Capabilities | None = None) -> None:
        self.world, self.wire = world, wire
        self._capabilities = capabilities
        self._made: dict[str, FakeBackend] = {}

    async def backend(self, base_url: str, token: str | None) -> Backend:
        """As `adapters.connect.Connections.backend`."""
        acct = (token or "").removeprefix(TOKEN)
        if acct and self.world.find(acct) is None:
            raise TokenGone("The token is not known.")
        return self.of(acct)

    @property
    def files(self) -> FakeBackend:
        """Files that are for everybody."""
        return self.of("")

    def of(self, acct: str) -> FakeBackend:
        """The backend of one person, always the same one."""
        return self._made.setdefault(acct, FakeBackend(self.world, acct, self.wire, self._capabilities))

    async def close(self) -> None:
        """Nothing is open."""


class CountingStore:
    """Passes everything on and notes the name of every call that costs a trip. While `away`, none arrives."""

    FREE = ("open", "close", "logins_version")

    def __init__(self, store: Store) -> None:
        self._store = store
        self.trips: list[str] = []
        self.away = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name in self.FREE:
            return found

        async def counted(*args: Any, **kwargs: Any) -> Any:
            self.trips.append(name)
            if self.away:
                raise StoreDown("The store is away.")
            return await found(*args, **kwargs)

        return counted


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a client got."""

    status: int
    headers: dict[str, str]
    body: bytes
    format: str = "json"

    @property
    def json(self) -> Any:
        """The decoded JSON body."""
        return msgspec.json.decode(self.body)

    @property
    def error(self) -> str:
        """The error text, out of either format."""
        return shapes.error_text(self.body, self.format)

    @property
    def texts(self) -> list[str]:
        """`text` of every status of a list."""
        assert self.status == 200, self.body
        return [status["text"] for status in self.json]

    @property
    def ids(self) -> list[int]:
        """`id` of every item of a list."""
        assert self.status == 200, self.body
        return [item["id"] for item in self.json]


class Ground:
    """The gateway, what is behind it, and a client before it."""

    def __init__(self, gateway: Gateway, world: World, connections: FakeConnections, store: CountingStore) -> None:
        self.gateway, self.world, self.connections, self.store = gateway, world, connections, store
        self.wire = connections.wire
        self.passwords: dict[str, str] = {}
        self.app: Any = create_app(gateway)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url=BASE, trust_env=False, timeout=60
        )

    async def login(self, acct: str, *, read_only: bool = False) -> str:
        """Link the person (once) and return a new app password."""
        vault = await open_vault(self.gateway.settings.data_dir, self.gateway.store)
        logins = Logins(self.gateway.store, vault, self.connections)
        device = Device(name=f"device {len(self.passwords)}", read_only=read_only)
        linked = await logins.link(self.world.base_url, TOKEN + acct, device=device)
        return linked.password

    async def request(
        self,
        method: str,
        path: str,
        *,
        user: str | None = "alice",
        password: str = "",
        format: str = "json",
        **given: Any,
    ) -> Answer:
        """One request, nothing checked. `path` is below `/api` and has no extension, or starts with a slash."""
        url = path if path.startswith("/") else f"/api/{path}.{format}"
        auth = (user, password or self.passwords.get(user, "wrong")) if user else None
        reply = await self.client.request(method, url, auth=auth, **given)
        told = "rdf" if _is_rdf(url) else format
        return Answer(status=reply.status_code, headers=dict(reply.headers), body=reply.content, format=told)

    async def get(
        self, path: str, *, user: str | None = "alice", format: str = "json", twin: bool = True, **params: Any
    ) -> Answer:
        """A checked GET. `twin`: fetched in the other format too, unseen by the record of calls."""
        answer = await self.request("GET", path, user=user, format=format, params=params)
        self._check(path, answer)
        if twin and answer.status == 200 and format in {"json", "xml"} and not path.startswith("/"):
            await self._compare(path, user, answer, params)
        return answer

    async def _compare(self, path: str, user: str | None, answer: Answer, params: dict[str, Any]) -> None:
        sent, trips = list(self.wire.sent), list(self.store.trips)
        other = "xml" if answer.format == "json" else "json"
        twin = await self.request("GET", path, user=user, format=other, params=params)
        self._check(path, twin)
        self.wire.sent[:], self.store.trips[:] = sent, trips
        by_format = {answer.format: answer.body, other: twin.body}
        shapes.same(self._call(path), by_format["json"], by_format["xml"])

    async def post(self, path: str, *, user: str | None = "alice", format: str = "json", **form: Any) -> Answer:
        """A checked POST of form fields; `files` and `headers` are handed on."""
        given = {name: form.pop(name) for name in ("files", "headers") if name in form}
        answer = await self.request("POST", path, user=user, format=format, data=form, **given)
        self._check(path, answer)
        return answer

    def _check(self, path: str, answer: Answer) -> None:
        if answer.status == 200:
            shapes.validate(self._call(path), answer.format, answer.body)
        else:
            shapes.validate_error(answer.status, answer.format, answer.body, answer.headers)

    @staticmethod
    def _call(path: str) -> str:
        return shapes.call_of(path)

    async def id_of(self, native: str) -> int:
        """The gateway's integer of a post that a reply has shown."""
        record = await self.gateway.store.status_by_key(self.world.base_url, self.world.key(native))
        assert record is not None, f"{native} was never handed out"
        return record.id

    async def number(self, name: str) -> int:
        """The user id of somebody, which is their cid too."""
        id: int = (await self.get("users/show", screen_name=name, twin=False)).json["id"]
        return id

    async def know(self, *natives: str, user: str = "alice") -> list[int]:
        """Integers of posts, handed out as if a timeline had shown them."""
        backend = self.connections.of(user)
        statuses = [self.world.status(backend.viewer, native) for native in natives]
        numbers = await self.gateway.ids.number(backend, statuses)
        return [numbers.statuses[native] for native in natives]


def _is_rdf(url: str) -> bool:
    """These rows have one format, whatever is asked for."""
    target = resolve(url)
    return target is not None and target.call.formats == RDF


def village(order: Order = Order.TIMED) -> World:
    """Alice, bob and carol are friends, dave knows nobody; dora and erik live elsewhere."""
    world = World(order=order)
    for acct in (*PEOPLE, "dora@far.test", "erik@far.test"):
        world.person(acct)
    world.befriend("alice", "bob", "carol")
    world.follow("alice", "dora@far.test")
    return world


@asynccontextmanager
async def gateway_on(
    folder: Path,
    *,
    world: World | None = None,
    capabilities: Capabilities | None = None,
    people: tuple[str, ...] = PEOPLE,
    **settings: Any,
) -> AsyncIterator[Ground]:
    """A gateway on a store in `folder` (or `store=` a URL), everybody in `people` linked."""
    world = world or village()
    made = Settings(**{"data_dir": folder, "base_url": BASE, **settings})
    opened = open_store(made)
    await opened.open()
    store: Any = CountingStore(opened)
    connections: Any = FakeConnections(world, Wire(), capabilities)
    gateway = assemble(made, store, connections, await open_vault(folder, store))
    ground = Ground(gateway, world, connections, store)
    try:
        for acct in people:
            ground.passwords[acct] = await ground.login(acct)
        ground.wire.clear()
        store.trips.clear()
        yield ground
    finally:
        await ground.client.aclose()
        await gateway.background.close()
        await gateway.auth.close()
        await opened.close()
