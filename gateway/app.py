"""The ASGI application: the calls in front, web pages and 501 behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.dispatch import Dispatch, Handler, UnknownCall
from gateway.paths import API_MOUNTS
from gateway.photo_page import photo
from gateway.web.routes import routes as web_routes

if TYPE_CHECKING:
    from gateway.services import Gateway

def create_app(gateway: Gateway, handlers: Mapping[str, Handler] | None = None) -> Starlette:
    """The application around open services. `handlers` replaces the functions of the table, for tests."""
    unknown = UnknownCall()
    routes = [*web_routes(), Route("/livez", alive), Route("/photo/{name}", photo)]
    for mount in API_MOUNTS:
        routes += [Route(f"/{mount}", unknown), Route(f"/{mount}/{{rest:path}}", unknown)]
    app = Starlette(routes=routes, middleware=[Middleware(Dispatch, gateway=gateway, handlers=handlers)])
    app.state.gateway = gateway
    app.router.redirect_slashes = False
    return app


async def alive(_: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")
