"""What stands around every endpoint of the pages: the visit is made, errors become pages."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies import Gone
from gateway.web.notices import shown
from gateway.web.sessions import WebSession
from gateway.web.visits import Visit, redirect, visit_of

Endpoint = Callable[[Request], Awaitable[Response]]
SignedIn = Callable[[Request, WebSession], Awaitable[Response]]

CLIENT_GONE = 499


def visited(endpoint: Endpoint) -> Endpoint:
    """An endpoint of the pages: `visit_of(request)` works in it, and its errors become pages."""

    @functools.wraps(endpoint)
    async def wrapped(request: Request) -> Response:
        visit = request.state.visit = Visit(request)
        try:
            async with asyncio.timeout(visit.gateway.settings.request_seconds):
                await visit.recognise()
                response = await endpoint(request)
        except Gone:
            return Response(status_code=CLIENT_GONE)
        except Exception as error:  # noqa: BLE001  the one place where errors become pages
            response = shown(request, error)
        return visit.dress(response)

    return wrapped


def signed_in(endpoint: SignedIn) -> Endpoint:
    """An endpoint for somebody signed in. Others are sent to `/connect`, and from there back to where they were."""

    @visited
    @functools.wraps(endpoint)
    async def wrapped(request: Request) -> Response:
        visit = visit_of(request)
        if visit.session is None:
            back = f"{visit.path}?{request.url.query}" if request.method == "GET" else visit.path
            return redirect(request, f"/connect?next={quote(back, safe='/')}")
        return await endpoint(request, visit.session)

    return wrapped
