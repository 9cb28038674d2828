"""The gateway's registrations at instances: one an instance, kept wrapped under the server key, renewed when forgotten.

Each instance has a return address of its own, so an answer of one can never be taken for that of another (RFC 9700
section 4.4).
"""

from __future__ import annotations

import msgspec

from adapters.activitypub.signing_in import ActorSigningIn
from adapters.mastodon.signing_in import REFUSALS, App, SigningIn
from gateway.stores.store import Store
from gateway.vault import Unsealable, Vault
from gateway.web.notices import Notice

KIND = "app"
PURPOSE = "app"
NAME = "Oldbird"
TAG_CHARS = 16


class Apps:
    """Registrations by instance and return address."""

    def __init__(self, store: Store, vault: Vault, base_url: str) -> None:
        self._store = store
        self._vault = vault
        self._base_url = base_url

    def tag(self, instance: str) -> str:
        """What stands for an instance in its return address."""
        return self._vault.hash(f"return {instance}")[:TAG_CHARS]

    async def of(self, instance: str, signing_in: SigningIn | ActorSigningIn) -> App:
        """A registration that holds. Raises Notice (the instance gives none), BackendError, StoreDown."""
        redirect_uri = f"{self._base_url}/connect/return/{self.tag(instance)}"
        if signing_in.own_app:
            return await self._new(redirect_uri, signing_in)
        key = f"{instance} {redirect_uri}"
        kept = self._opened((await self._store.records("", KIND, [key])).get(key))
        if kept is not None and await signing_in.knows(kept):
            return kept
        app = await self._new(redirect_uri, signing_in)
        await self._store.put_records("", KIND, {key: self.wrapped(app)})
        return app

    async def forget(self, instance: str, app: App) -> None:
        """The instance no longer knows it."""
        await self._store.drop_records("", KIND, [f"{instance} {app.redirect_uri}"])

    def wrapped(self, app: App) -> bytes:
        """A registration for the store."""
        return self._vault.wrap(msgspec.json.encode(app), purpose=PURPOSE)

    def opened(self, wrapped: bytes) -> App:
        """And back. Raises Unsealable."""
        return msgspec.json.decode(self._vault.unwrap(wrapped, purpose=PURPOSE), type=App)

    def _opened(self, wrapped: bytes | None) -> App | None:
        try:
            return self.opened(wrapped) if wrapped else None
        except Unsealable:
            return None

    async def _new(self, redirect_uri: str, signing_in: SigningIn | ActorSigningIn) -> App:
        try:
            return await signing_in.register(redirect_uri, name=NAME, website=self._base_url)
        except REFUSALS as error:
            raise Notice("connect.no_registration", 502, field="server") from error
