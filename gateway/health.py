"""`/livez` and `/readyz`: whether the process lives, and whether it should be sent requests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.key_file import KeyFile
from gateway.stores.store import StoreDown

if TYPE_CHECKING:
    from gateway.services import Gateway

PATIENCE: Final = 3.0
"""Seconds the store has to answer. Probes of Kubernetes are given longer."""


class Health:
    """Of one process. `stopping` is set once and stays."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._key = KeyFile(gateway.settings.data_dir)
        self.stopping = False

    def stop(self) -> None:
        """No further requests, please."""
        self.stopping = True

    async def trouble(self) -> str:
        """Why not to send requests, in one word: `stopping`, `key` or `store`; "" when all is well."""
        if self.stopping:
            return "stopping"
        if self._key.stamp() is None:
            return "key"
        try:
            async with asyncio.timeout(PATIENCE):
                await self._gateway.store.ping()
        except (StoreDown, TimeoutError):
            return "store"
        return "stopping" if self.stopping else ""


async def alive(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """200, or 503 and one word."""
    trouble = await request.app.state.health.trouble()
    return PlainTextResponse(f"{trouble or 'ok'}\n", 503 if trouble else 200, {"Cache-Control": "no-store"})
