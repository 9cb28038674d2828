"""What the port of the setting `metrics` answers: `/metrics`, `/livez`, `/readyz`, and nothing else."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from gateway.health import Health
from gateway.metrics import Process, exposition

TEXT, EXPOSITION = b"text/plain; charset=utf-8", b"text/plain; version=0.0.4; charset=utf-8"


class MetricsPage:
    """ASGI. Here `/readyz` still answers while the main listener is closed for a stop."""

    def __init__(self, process: Process, health: Health) -> None:
        self._process, self._health = process, health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI
        """One request."""
        status, type, body = await self._answer(scope["method"], scope["path"])
        headers = [(b"content-type", type), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, method: str, path: str) -> tuple[int, bytes, bytes]:
        if method not in {"GET", "HEAD"}:
            return 405, TEXT, b"Method Not Allowed\n"
        if path == "/metrics":
            return 200, EXPOSITION, exposition(self._process)
        if path == "/livez":
            return 200, TEXT, b"ok\n"
        if path == "/readyz":
            trouble = await self._health.trouble()
            return 503 if trouble else 200, TEXT, f"{trouble or 'ok'}\n".encode()
        return 404, TEXT, b"Not Found\n"
