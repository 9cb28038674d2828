"""Pictures as replies: kept by clients, asked for again by their tag, harmless in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from adapters.errors import BackendError
from gateway.errors import ApiError, reply_to
from gateway.imaging import Picture
from gateway.stores.store import StoreDown

NO_STORE = {"Cache-Control": "no-store"}
INERT = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin"}
TAG_BYTES = 16


async def in_time(work: Awaitable[Response], seconds: float, absent: str) -> Response:
    """The reply, or why there is none, in a line of plain text. `absent`: what a 404 says."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        return _failure(ApiError(504, "This took too long."), absent)
    except (ApiError, BackendError, StoreDown) as error:
        return _failure(reply_to(error), absent)


def shown(request: Request, picture: Picture, keeping: str) -> Response:
    """The file, or 304 for who has it already. `keeping`: how it may be kept."""
    headers = {"Cache-Control": keeping, "ETag": tag(picture), **INERT}
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(picture.data))
    body = b"" if request.method == "HEAD" else picture.data
    return Response(body, headers=headers, media_type=picture.mime)


def tag(picture: Picture) -> str:
    """The ETag: equal for equal bytes."""
    return f'"{blake2b(picture.data, digest_size=TAG_BYTES).hexdigest()}"'


def _is_known(header: str, tag: str) -> bool:
    return tag in {one.strip().removeprefix("W/") for one in header.split(",")} or header.strip() == "*"


def _failure(error: ApiError, absent: str) -> Response:
    text = absent if error.status == 404 else error.text
    return PlainTextResponse(f"{text}\n", error.status, {**NO_STORE, **error.headers})
