"""A thief has the bytes of the store: the SQLite file, or all of Redis. What opens, and what stands there in clear.

The store is filled as the gateway fills it: linked accounts with app passwords, a consumer, an OAuth token with its
secret, a registration at an instance, a web session, and something that was sealed before and is removed again.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from gateway.exports import export
from gateway.key_file import KeyFile, Keys
from gateway.logins import Device, Logins
from gateway.oauth.consumers import Consumers
from gateway.rotation import Rotation
from gateway.stores.store import LoginRecord, Store
from gateway.vault import Unsealable, Vault, new_password
from gateway.web.sessions import Sessions
from tests.gateway.far_side import ALICE, BOB, HERE, Far
from tests.gateway.test_rotation import no_pause
from tests.redis_server import RedisServer
from tests.stores.conftest import Place, place, redis_cluster, redis_server, redis_url

__all__ = ["place", "redis_cluster", "redis_server", "redis_url"]

pytestmark = pytest.mark.anyio


class Loot:
    """A filled store, what its people know, and the thief's copy."""

    def __init__(self, place: Place, store: Store, folder: Path) -> None:
        self.place, self.store = place, store
        self.file = KeyFile(folder)
        self.vault = Vault.on(self.file)
        self.passwords: list[str] = []
        self.oauth_token, self.token_secret = secrets.token_urlsafe(20), secrets.token_urlsafe(30)
        self.cookie = self.consumer_secret = ""
        self.app_secret = "client-secret-" + secrets.token_hex(12)

    async def fill(self) -> None:
        far: Any = Far()
        logins = Logins(self.store, self.vault, far)
        for token, device in ((ALICE, "phone"), (ALICE, "tablet"), (BOB, "phone")):
            linked = await logins.link(HERE, token, device=Device(name=device))
            self.passwords.append(linked.password)
        account = linked.account
        consumer = await Consumers(self.store, self.vault).add(account.id, "a program")
        self.consumer_secret = consumer.secret
        public = self.vault.public(self.oauth_token)
        await self.store.put_login(
            LoginRecord(
                hash=self.vault.hash(self.oauth_token), id="granted", account=account.id, name="a program",
                kind="oauth", consumer=consumer.key, public=public, sealed=self.vault.seal(BOB.encode(), public),
                secret=self.vault.seal(self.token_secret.encode(), public),
            )
        )  # fmt: skip
        await self.store.put_records("", "app", {HERE: self.vault.wrap(self.app_secret.encode(), "app")})
        self.cookie = await Sessions(self.store, self.vault).begin(account, BOB)

    def bytes(self) -> bytes:
        """Everything a thief of the store has, and nothing of the key file."""
        if self.place.url.startswith("redis"):
            return redis_bytes(self.place)
        file = Path(self.place.url)
        return b"".join(part.read_bytes() for part in file.parent.glob(file.name + "*"))

    async def logins(self) -> list[LoginRecord]:
        return [login for account in await self.store.accounts() for login in await self.store.logins(account.id)]

    @property
    def client_secrets(self) -> list[str]:
        """What only clients and browsers know."""
        return [*self.passwords, self.oauth_token, self.cookie]

    @property
    def secrets(self) -> list[str]:
        """All that must not stand in the store."""
        return [*self.client_secrets, self.token_secret, self.consumer_secret, self.app_secret, ALICE, BOB]


def redis_bytes(place: Place) -> bytes:
    """Every key with every value, as DUMP and as the commands tell them."""
    server = place._where
    assert isinstance(server, RedisServer)
    readers = {b"string": "get", b"hash": "hgetall", b"zset": "zrange", b"set": "smembers", b"list": "lrange"}
    found = []
    with closing(server.client()) as client:
        for key in client.scan_iter(count=1000):
            reader = readers[client.type(key)]
            span = (0, -1) if reader.endswith("range") else ()
            found += [key, client.dump(key), flat(getattr(client, reader)(key, *span))]
    return b"\n".join(found)


def flat(value: Any) -> bytes:
    """The bytes of an answer, one after the other."""
    if isinstance(value, bytes):
        return value
    items = [part for pair in value.items() for part in pair] if isinstance(value, dict) else list(value)
    return b"\n".join(flat(item) for item in items)


def forms(secret: str | bytes) -> set[bytes]:
    """How a secret may stand somewhere in clear."""
    raw = secret.encode() if isinstance(secret, str) else secret
    shifted = {base64.b64encode(bytes(shift) + raw)[4:-4] for shift in range(3)}
    return {raw, raw.hex().encode(), raw[::-1], quote(raw).encode(), raw.replace(b"-", b""), raw.upper(), *shifted}


@pytest.fixture
async def loot(place: Place, tmp_path: Path) -> AsyncIterator[Loot]:
    """On every kind of store; the key file lies in another folder."""
    async with place.opened() as store:
        loot = Loot(place, store, tmp_path / "keys")
        await loot.fill()
        yield loot


async def test_it_is_all_there_and_works_for_who_has_secret_and_key(loot: Loot):
    stolen = loot.bytes()
    for readable in (b"tablet", b"a program", HERE.encode(), b"alice"):
        assert readable in stolen, "these are the right bytes, and they can be read"
    opened = {
        loot.vault.open((await loot.store.login(loot.vault.hash(secret)))[0].sealed, secret)
        for secret in (*loot.passwords, loot.oauth_token)
    }
    assert opened == {ALICE.encode(), BOB.encode()}
    assert (await Sessions(loot.store, loot.vault).find(loot.cookie)).token == BOB


async def test_no_secret_stands_in_it_in_any_form(loot: Loot):
    stolen = loot.bytes()
    keys = loot.file.read()
    for secret in (*loot.secrets, keys.hash, *keys.ring):
        for form in forms(secret):
            assert form not in stolen, f"{secret!r} as {form!r}"


async def test_nor_in_an_export(loot: Loot):
    file = b"".join([piece async for piece in export(loot.store, loot.vault, *await loot.store.accounts())])
    for secret in loot.secrets:
        for form in forms(secret):
            assert form not in file
    for login in await loot.logins():
        for part in (login.hash.encode(), base64.b64encode(login.sealed), base64.b64encode(login.public)):
            assert part not in file


def every_try(login: LoginRecord, known: list[str]) -> list[tuple[bytes, str]]:
    """Each sealed thing with each secret the thief may think of: what stands beside it included."""
    guesses = [*known, login.hash, login.id, login.account, login.name, login.public.hex(), login.consumer, ""]
    return [(sealed, guess) for sealed in (login.sealed, login.secret) if sealed for guess in guesses]


async def test_with_the_server_key_but_no_clients_secret_nothing_opens(loot: Loot):
    thief = Vault(loot.file.read())
    others = [new_password(), "a program", loot.consumer_secret]
    for login in await loot.logins():
        for sealed, guess in every_try(login, others):
            with pytest.raises(Unsealable):
                thief.open(sealed, guess)
            outer, _ = thief._inner(sealed, login.public)
            for token in (ALICE, BOB, loot.token_secret):
                assert token.encode() not in outer, "one layer is off, the other still on"


async def test_with_every_clients_secret_but_no_server_key_nothing_opens(loot: Loot):
    wrong = (Vault(b"?" * 32), Vault(Keys(loot.file.read().hash, (b"?" * 32,))))
    for thief in wrong:
        for login in await loot.logins():
            for sealed, guess in every_try(login, loot.client_secrets):
                with pytest.raises(Unsealable):
                    thief.open(sealed, guess)
        assert await Sessions(loot.store, thief).find(loot.cookie) is None
        assert await Consumers(loot.store, thief).all() == ()
        with pytest.raises(Unsealable):
            thief.unwrap((await loot.store.records("", "app"))[HERE], "app")


async def test_a_stolen_device_opens_its_own_login_only(loot: Loot):
    thief = Vault(loot.file.read())
    logins = await loot.logins()
    for secret in (*loot.passwords, loot.oauth_token):
        own = [login for login in logins if login.hash == thief.hash(secret)]
        assert len(own) == 1
        for login in logins:
            if login not in own:
                for sealed, _ in every_try(login, []):
                    with pytest.raises(Unsealable):
                        thief.open(sealed, secret)


async def test_a_login_put_in_the_place_of_another_opens_nothing(loot: Loot):
    """Who can write to the store cannot hand one person's token to another's password."""
    logins = await loot.logins()
    mine, *others = [(secret, (await loot.store.login(loot.vault.hash(secret)))[0]) for secret in loot.passwords]
    for _, other in others:
        forged = msgspec.structs.replace(mine[1], sealed=other.sealed)
        await loot.store.put_login(forged)
        found, _ = await loot.store.login(loot.vault.hash(mine[0]))
        with pytest.raises(Unsealable):
            loot.vault.open(found.sealed, mine[0])
    assert len(await loot.logins()) == len(logins)


async def test_after_a_rotation_the_old_key_opens_no_outer_layer(loot: Loot):
    old = Vault(loot.file.read())
    before = [login.sealed for login in await loot.logins()]
    await Rotation(loot.store, loot.file, no_pause).run()
    for login in await loot.logins():
        assert login.sealed not in before
        with pytest.raises(Unsealable):
            old._inner(login.sealed, login.public)
    stolen = loot.bytes()
    keys = loot.file.read()
    for secret in (*loot.secrets, *keys.ring):
        for form in forms(secret):
            assert form not in stolen
    assert await Consumers(loot.store, old).all() == ()
    (made,) = await Consumers(loot.store, loot.vault).all()
    assert made.secret == loot.consumer_secret


async def test_what_was_removed_is_not_left_in_the_file(loot: Loot):
    for account in await loot.store.accounts():
        hashes = [login.hash.encode() for login in await loot.store.logins(account.id)]
        assert all(hash in loot.bytes() for hash in hashes)
        assert await loot.store.remove_account(account.id)
        stolen = loot.bytes()
        assert not [hash for hash in hashes if hash in stolen]
    assert b"tablet" not in stolen
