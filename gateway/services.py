"""The gateway's services, made once per process and handed to every request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from adapters.connect import Connections
    from gateway.auth import Authenticator
    from gateway.contacts import Contacts
    from gateway.ids import Ids
    from gateway.indexes import Indexes
    from gateway.once import Once
    from gateway.paging import Walks
    from gateway.render import Renderer
    from gateway.settings import Settings
    from gateway.stores.store import Store


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """What handlers use. `gateway.app.create_app(gateway)` makes the ASGI app around it."""

    settings: Settings
    store: Store
    connections: Connections
    auth: Authenticator
    ids: Ids
    contacts: Contacts
    indexes: Indexes
    once: Once
    walks: Walks
    renderer: Renderer


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """All services, opened; closed at the end."""
    raise RuntimeError("not assembled yet")
    yield
