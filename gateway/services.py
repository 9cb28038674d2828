"""The gateway's services, made once per process and handed to every request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from adapters.activitypub.policy import Policy
from adapters.connect import Connections
from gateway import __version__, single_user
from gateway.auth import Authenticator
from gateway.background import Background
from gateway.cards import Cards
from gateway.contacts import Contacts
from gateway.correspondents import Correspondents
from gateway.forgetting import forget_daily, today
from gateway.ids import Ids
from gateway.indexes import Indexes
from gateway.logins import Logins
from gateway.messages import Messages
from gateway.narrow import Narrow
from gateway.notifications import Notifications
from gateway.oauth.consumers import Consumers
from gateway.oauth.grants import Grants
from gateway.oauth.provider import Provider
from gateway.oauth.signatures import Signatures
from gateway.once import Once
from gateway.paging import Walks
from gateway.parts import Parts
from gateway.photo_addresses import PhotoAddresses
from gateway.photo_files import PhotoFiles
from gateway.photos import Photos
from gateway.picture_addresses import PictureAddresses
from gateway.recorder import Recorder
from gateway.refresh import Refresh
from gateway.render import Renderer
from gateway.settings import Settings
from gateway.stores.open import open_store
from gateway.stores.store import Store
from gateway.vault import Vault, open_vault

STATUS_BYTES = 5000
"""A status as Mastodon sends it: the bytes that are the key of a card."""


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """What handlers use. `gateway.app.create_app(gateway)` makes the ASGI app around it."""

    settings: Settings
    store: Store
    vault: Vault
    connections: Connections
    auth: Authenticator
    consumers: Consumers
    grants: Grants
    oauth: Provider
    ids: Ids
    narrow: Narrow
    cards: Cards
    contacts: Contacts
    indexes: Indexes
    messages: Messages
    correspondents: Correspondents
    notifications: Notifications
    once: Once
    walks: Walks
    renderer: Renderer
    background: Background
    refresh: Refresh
    recorder: Recorder
    photo_addresses: PhotoAddresses
    photo_files: PhotoFiles
    picture_addresses: PictureAddresses
    photos: Photos
    parts: Parts

    def clear(self) -> None:
        """Drop what is kept finished in memory; nothing is lost by it."""
        self.ids.clear()
        self.narrow.clear()
        self.cards.clear()
        self.messages.clear()
        self.notifications.clear()
        self.renderer.clear()
        self.photo_files.clear()


def assemble(settings: Settings, store: Store, connections: Connections, vault: Vault) -> Gateway:
    """All services around an open store."""
    background = Background()
    ids = Ids(store, entries=settings.id_entries, forget_days=settings.forget_days, today=today)
    narrow = Narrow(store, ids, entries=settings.id_entries)
    cards = Cards(store, ids, entries=max(settings.fragment_bytes // STATUS_BYTES, 64))
    contacts = Contacts(store, background, seconds=settings.contact_seconds)
    auth = Authenticator(store, vault, connections, settings)
    consented = bool(single_user.whose(settings))  # the operator is the person
    refresh = Refresh(store, auth.mark_broken, minutes=settings.refresh_minutes, consented=consented)
    auth.seen = refresh.seen
    consumers = Consumers(store, vault, settings.consumers)
    grants = Grants(store, vault, consumers)
    signatures = Signatures(store, vault, window=settings.oauth_window)
    return Gateway(
        settings=settings,
        store=store,
        vault=vault,
        connections=connections,
        auth=auth,
        consumers=consumers,
        grants=grants,
        oauth=Provider(store, consumers, grants, signatures, auth, today=today, xauth=settings.xauth),
        ids=ids,
        narrow=narrow,
        cards=cards,
        contacts=contacts,
        indexes=Indexes(store, cards),
        messages=Messages(store, cards),
        correspondents=Correspondents(contacts),
        notifications=Notifications(store, cards, ids),
        once=Once(
            store,
            secret=vault.hash("post-once").encode(),
            seconds=settings.post_once_seconds,
            patience=settings.request_seconds,
        ),
        walks=Walks(),
        renderer=Renderer(ids, narrow, contacts, fragment_bytes=settings.fragment_bytes),
        background=background,
        refresh=refresh,
        recorder=Recorder(store, vault),
        photo_addresses=PhotoAddresses(vault.hash("photo addresses").encode()),
        photos=Photos(store, ids, secret=vault.hash("photo ids").encode()),
        parts=Parts(store, vault, most_file=settings.max_body, most_open=settings.upload_bytes),
        photo_files=PhotoFiles(background, settings.picture_bytes),
        picture_addresses=PictureAddresses(vault.hash("picture addresses").encode()),
    )


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """All services, opened; closed at the end. Raises Problem, StoreDown, TooNew."""
    single_user.check(settings)
    settings.make_data_dir()
    async with AsyncExitStack() as closing:
        store = open_store(settings)
        await store.open()
        closing.push_async_callback(store.close)
        vault = await open_vault(settings.data_dir, store)
        connections = Connections(
            user_agent=f"oldbird/{__version__}",
            allow_hosts=settings.allow_hosts,
            upstream_seconds=settings.upstream_seconds,
            upstream_bytes=settings.upstream_bytes,
            policy=Policy(settings.auto_accept_follows, settings.public_feeds),
        )
        closing.push_async_callback(connections.close)
        gateway = assemble(settings, store, connections, vault)
        closing.push_async_callback(gateway.auth.close)
        closing.push_async_callback(gateway.background.close)
        if single_user.whose(settings):
            logins = Logins(store, vault, connections)
            if not await single_user.link(settings, logins):
                trying = asyncio.create_task(single_user.keep_trying(settings, logins))
                closing.callback(trying.cancel)
        if settings.forget_days:
            forgetting = asyncio.create_task(forget_daily(store, settings.forget_days, gateway.clear))
            closing.callback(forgetting.cancel)
        gateway.refresh.start()
        closing.push_async_callback(gateway.refresh.close)
        gateway.recorder.start()
        closing.push_async_callback(gateway.recorder.close)
        yield gateway
