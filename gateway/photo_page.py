"""`/photo/<id>-<scale>.<ext>`: the pictures that the photo calls name (reference/wire-friendica.md section 8).

Anybody gets a public photo. A private one takes the signature out of its address, or its owner's login; without, it is
as if it did not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from adapters.errors import BackendError, Missing
from gateway import plain_http
from gateway.dispatch import EXCHANGE
from gateway.errors import ApiError
from gateway.imaging import Picture
from gateway.logins import ACTIVITYPUB
from gateway.photo_addresses import SIGNATURE, Asked, asked
from gateway.picture_replies import in_time, shown

if TYPE_CHECKING:
    from gateway.exchange import Exchange
    from gateway.services import Gateway
    from mappings.photos import PhotoPlace

PUBLIC = "public, max-age=3600"
"""A photo may be changed, deleted or made private: nobody else shows it for longer than an hour after that."""
PRIVATE = "private, no-cache"
"""Kept by the client itself only, and asked for again each time: rights that were narrowed hold at once."""
NOT_FOUND = "There is no such photo."


async def photo(request: Request) -> Response:
    """One picture. 304 when the client has it already, 404 for whatever this caller may not see."""
    gateway: Gateway = request.app.state.gateway
    return await in_time(_reply(gateway, request), gateway.settings.request_seconds, NOT_FOUND)


async def _reply(gateway: Gateway, request: Request) -> Response:
    wanted = asked(request.path_params["name"])
    place = await gateway.photos.public_record(wanted.photo) if wanted else None
    if wanted is None or place is None or not await _may_see(gateway, request, wanted, place):
        raise Missing(NOT_FOUND)
    picture = await _picture(gateway, place, wanted.scale)
    return shown(request, picture, PRIVATE if place.private else PUBLIC)


async def _may_see(gateway: Gateway, request: Request, wanted: Asked, place: PhotoPlace) -> bool:
    if not place.private:
        return True
    signature = request.query_params.get(SIGNATURE, "")
    if signature and gateway.photo_addresses.opens(signature, wanted.photo, place):
        return True
    return await _is_owner(gateway, request, place)


async def _is_owner(gateway: Gateway, request: Request, place: PhotoPlace) -> bool:
    """The request carries a login of the photo's account. Wrong ones count as failed logins and are not told apart."""
    header = request.headers.get("authorization")
    if header is None:
        return False
    exchange: Exchange = request.scope[EXCHANGE]
    try:
        exchange.refuse_foreign(gateway.settings.base_url)
        session = await gateway.auth.session(header, "", address=exchange.address, host=request.headers.get("host", ""))
        plain_http.admit(session, plain=exchange.plain_http)
    except (ApiError, BackendError):
        return False
    return session is not None and session.account.id == place.account


async def _picture(gateway: Gateway, place: PhotoPlace, scale: int) -> Picture:
    """Read without a login: the backend hands its files to everybody who knows their address."""
    held = gateway.photo_files.held(place.url, scale, whose=place.account)
    if held is not None:
        return held
    account = await gateway.store.account(place.account)
    if account is None:
        raise Missing(NOT_FOUND)
    if account.software == ACTIVITYPUB:  # nobody can ask such a server without being somebody
        return await gateway.photo_files.picture(gateway.connections.files, place.url, scale)
    backend = await gateway.connections.backend(account.backend, None)
    return await gateway.photo_files.picture(backend, place.url, scale)
