"""`/photo/<id>-<scale>.<ext>`: the pictures that the photo calls name (reference/wire-friendica.md section 8).

Anybody gets a public photo. A private one takes the signature out of its address, or its owner's login; without, it is
as if it did not exist.
"""

from __future__ import annotations

import asyncio
from hashlib import blake2b
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adapters.errors import BackendError, Missing
from gateway import plain_http
from gateway.dispatch import EXCHANGE
from gateway.errors import ApiError, reply_to
from gateway.imaging import Picture
from gateway.logins import ACTIVITYPUB
from gateway.photo_addresses import SIGNATURE, Asked, asked
from gateway.stores.store import StoreDown

if TYPE_CHECKING:
    from gateway.exchange import Exchange
    from gateway.services import Gateway
    from mappings.photos import PhotoPlace

PUBLIC = "public, max-age=3600"
"""A photo may be changed, deleted or made private: nobody else shows it for longer than an hour after that."""
PRIVATE = "private, no-cache"
"""Kept by the client itself only, and asked for again each time: rights that were narrowed hold at once."""
NO_STORE = {"Cache-Control": "no-store"}

NOT_FOUND = "There is no such photo."
INERT = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin"}
TAG_BYTES = 16


async def photo(request: Request) -> Response:
    """One picture. 304 when the client has it already, 404 for whatever this caller may not see."""
    gateway: Gateway = request.app.state.gateway
    try:
        async with asyncio.timeout(gateway.settings.request_seconds):
            return await _reply(gateway, request)
    except TimeoutError:
        return _failure(ApiError(504, "This took too long."))
    except (ApiError, BackendError, StoreDown) as error:
        return _failure(reply_to(error))


async def _reply(gateway: Gateway, request: Request) -> Response:
    wanted = asked(request.path_params["name"])
    place = await gateway.photos.public_record(wanted.photo) if wanted else None
    if wanted is None or place is None or not await _may_see(gateway, request, wanted, place):
        raise Missing(NOT_FOUND)
    picture = await _picture(gateway, place, wanted.scale)
    headers = {"Cache-Control": PRIVATE if place.private else PUBLIC, "ETag": tag(picture), **INERT}
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(picture.data))
    body = b"" if request.method == "HEAD" else picture.data
    return Response(body, headers=headers, media_type=picture.mime)


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
        session = await gateway.auth.session(
            header, "", address=exchange.address, host=request.headers.get("host", "")
        )
        plain_http.admit(session, plain=exchange.plain_http)
    except (ApiError, BackendError):
        return False
    return session is not None and session.account.id == place.account


async def _picture(gateway: Gateway, place: PhotoPlace, scale: int) -> Picture:
    """Read without a login: the backend hands its files to everybody who knows their address."""
    held = gateway.photo_files.held(place.url, scale)
    if held is not None:
        return held
    account = await gateway.store.account(place.account)
    if account is None:
        raise Missing(NOT_FOUND)
    if account.software == ACTIVITYPUB:  # nobody can ask such a server without being somebody
        return await gateway.photo_files.picture(gateway.connections.files, place.url, scale)
    backend = await gateway.connections.backend(account.backend, None)
    return await gateway.photo_files.picture(backend, place.url, scale)


def tag(picture: Picture) -> str:
    """The ETag: equal for equal bytes."""
    return f'"{blake2b(picture.data, digest_size=TAG_BYTES).hexdigest()}"'


def _is_known(header: str, tag: str) -> bool:
    return tag in {one.strip().removeprefix("W/") for one in header.split(",")} or header.strip() == "*"


def _failure(error: ApiError) -> Response:
    text = NOT_FOUND if error.status == 404 else error.text
    return PlainTextResponse(f"{text}\n", error.status, {**NO_STORE, **error.headers})
