"""The ASGI application: the calls in front, web pages and 501 behind them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.dispatch import Dispatch, Handler, UnknownCall
from gateway.paths import API_MOUNTS
from gateway.photo_page import photo

if TYPE_CHECKING:
    from gateway.services import Gateway

def create_app(gateway: Gateway, handlers: Mapping[str, Handler] | None = None) -> Starlette:
    """The application around open services. `handlers` replaces the functions of the table, for tests."""
    routes = [Route("/livez", alive), Route("/photo/{name}", photo)]
    app = Starlette(routes=routes, middleware=[Middleware(Dispatch, gateway=gateway, handlers=handlers)])
    app.state.gateway = gateway
    app.router.redirect_slashes = False
    app.router.default = Pages(app.router.default)
    return app


class Pages:
    """The web pages, and 501 below the mounts of the API. They are loaded when a browser first comes: a gateway whose
    people are all linked starts faster and is smaller without them."""

    def __init__(self, otherwise: ASGIApp) -> None:
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await self._router(scope, receive, send)

    @cached_property
    def _router(self) -> Router:
        from gateway.web.routes import routes  # noqa: PLC0415  see above

        found, unknown = routes(), UnknownCall()
        for mount in API_MOUNTS:
            found += [Route(f"/{mount}", unknown), Route(f"/{mount}/{{rest:path}}", unknown)]
        return Router(found, redirect_slashes=False, default=self._otherwise)


async def alive(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")
