"""Where the pages are. Further pages add their routes here."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from gateway.web import connect, front
from gateway.web.assets import static


def routes() -> list[BaseRoute]:
    """All pages."""
    return [
        Route("/", front.front_page, methods=["GET"]),
        Route("/connect", connect.connect, methods=["GET", "POST"]),
        Route("/connect/return/{tag}", connect.returned, methods=["GET"]),
        Route("/connect/done", connect.done, methods=["GET"]),
        Route("/sign-out", front.sign_out, methods=["POST"]),
        Route("/static/{name}", static, methods=["GET"]),
    ]
