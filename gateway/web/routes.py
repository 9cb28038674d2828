"""Where the pages are. Further pages add their routes here."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from gateway.paths import API_MOUNTS
from gateway.web import connect, consent, devices, front, leaving, programs, recording, refreshing
from gateway.web.assets import static


def routes() -> list[BaseRoute]:
    """All pages."""
    return [
        Route("/", front.front_page, methods=["GET"]),
        Route("/connect", connect.connect, methods=["GET", "POST"]),
        Route("/connect/return/{tag}", connect.returned, methods=["GET"]),
        Route("/connect/return/{tag}/client", connect.described, methods=["GET"]),
        Route("/connect/done", connect.done, methods=["GET"]),
        Route("/settings", devices.settings, methods=["GET", "POST"]),
        Route("/settings/password", devices.password, methods=["GET"]),
        Route("/settings/devices/{id}", devices.device, methods=["POST"]),
        Route(programs.HERE, programs.programs, methods=["GET", "POST"]),
        Route(programs.HERE + "/consumers/{key}", programs.consumer, methods=["POST"]),
        Route(programs.HERE + "/tokens/{id}", programs.token, methods=["POST"]),
        Route("/settings/refresh", refreshing.refreshing, methods=["POST"]),
        Route("/settings/recording", recording.recording, methods=["POST"]),
        Route("/settings/export", leaving.exported, methods=["POST"]),
        Route("/settings/leave", leaving.leave, methods=["GET", "POST"]),
        Route("/left", leaving.left, methods=["GET"]),
        *_consent(),
        Route("/sign-out", front.sign_out, methods=["POST"]),
        Route("/static/{name}", static, methods=["GET"]),
    ]


def _consent() -> list[BaseRoute]:
    """Under every mount, by both names that clients know it by."""
    places = [f"{prefix}/oauth/{name}" for prefix in ("", *(f"/{mount}" for mount in API_MOUNTS)) for name in _NAMES]
    return [Route(place, consent.authorize, methods=["GET", "POST"]) for place in places]


_NAMES = ("authorize", "authenticate")
