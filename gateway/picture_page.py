"""`/pictures/<token>/<kind>_<size>.<ext>`: avatars, banners and media for devices that cannot load the originals.

Whoever has the address sees the picture: old clients hand addresses to viewers that send no password. What is shown is
what the server hands to everybody, fetched without any login, and written anew as JPEG or PNG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from adapters.errors import Missing
from gateway.imaging import nobody
from gateway.picture_replies import in_time, shown
from mappings.old_pictures import Kind

if TYPE_CHECKING:
    from gateway.services import Gateway

KEPT = "public, max-age=86400"
"""Servers give a new picture a new address, nearly all of them."""
KEPT_SHORTLY = "public, max-age=3600"
NOT_FOUND = "There is no such picture."


async def picture(request: Request) -> Response:
    """One picture in one size; 404 for an address that was not made here, and for what is no picture. A person whose
    avatar is a drawing (SVG), or gone, gets that of nobody."""
    gateway: Gateway = request.app.state.gateway
    return await in_time(_reply(gateway, request), gateway.settings.request_seconds, NOT_FOUND)


async def _reply(gateway: Gateway, request: Request) -> Response:
    parts = request.path_params
    size = parts.get("size", "") or request.query_params.get("name", "")
    wanted = gateway.picture_addresses.wanted(parts["token"], parts["name"], size)
    if wanted is None:
        raise Missing(NOT_FOUND)
    try:
        made = await gateway.photo_files.picture(gateway.connections.files, wanted.url, wanted.fit)
    except Missing:
        if not parts["name"].startswith(Kind.AVATAR):
            raise
        return shown(request, await nobody(wanted.fit), KEPT_SHORTLY)
    return shown(request, made, KEPT)
