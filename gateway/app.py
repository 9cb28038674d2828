"""The ASGI application: the calls in front, web pages and 501 behind them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.dispatch import Dispatch, Handler, UnknownCall
from gateway.echo import PATH, echo
from gateway.health import Health, alive, ready
from gateway.metrics import Counts
from gateway.paths import API_MOUNTS
from gateway.photo_page import photo
from gateway.picture_page import picture

if TYPE_CHECKING:
    from gateway.services import Gateway

PICTURES = ("/pictures/{token}/{name}", "/pictures/{token}/{name}/{size}")


def create_app(
    gateway: Gateway, handlers: Mapping[str, Handler] | None = None, counts: Counts | None = None
) -> Starlette:
    """The application around open services. `handlers` replaces the functions of the table, for tests; requests
    are counted in `counts`, where there is one."""
    routes = [Route("/livez", alive), Route("/readyz", ready), Route("/photo/{name}", photo)]
    routes.append(Route(PATH + "{question}", echo, methods=["GET", "POST"]))
    routes += [Route(path, picture) for path in PICTURES]
    app = Starlette(routes=routes, middleware=[Middleware(Dispatch, gateway=gateway, handlers=handlers, counts=counts)])
    app.state.gateway = gateway
    app.state.health = Health(gateway)
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
