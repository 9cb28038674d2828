"""What the gateway is compared with: R1, a static answer; R2, a pass-through proxy on the stock client; one bare route.

All are Starlette under uvicorn as anybody would write them. They read where their backend is from the environment.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2 as httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.bench import data

UPSTREAM = "BENCH_UPSTREAM"
USER = "BENCH_USER"
PASSWORD = "BENCH_PASSWORD"
TOKEN = "BENCH_TOKEN"

HOME = "/api/v1/timelines/home?limit=20"
ME = "/api/v1/accounts/verify_credentials"
POSTS = "/api/v1/statuses"


def basic(request: Request) -> bool:
    """The request carries the right name and password."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return False
    wanted = f"{os.environ[USER]}:{os.environ[PASSWORD]}"
    return hmac.compare_digest(b64decode(rest), wanted.encode())


def challenge() -> Response:
    """401."""
    return PlainTextResponse("login", 401, {"WWW-Authenticate": 'Basic realm="bench"'})


@asynccontextmanager
async def stock_client(app: Starlette) -> AsyncIterator[None]:
    """One stock httpx2 client for the process, with room for 256 requests in flight."""
    limits = httpx.Limits(max_connections=256, max_keepalive_connections=256)
    headers = {"Authorization": f"Bearer {os.environ[TOKEN]}"}
    async with httpx.AsyncClient(base_url=os.environ[UPSTREAM], limits=limits, headers=headers) as client:
        app.state.client = client
        yield


def static() -> Starlette:
    """R1: the upstream bytes from memory."""
    page = data.timeline()

    async def home(_: Request) -> Response:
        return Response(page, media_type="application/json")

    return Starlette(routes=[Route("/api/statuses/home_timeline.json", home)])


def one_route() -> Starlette:
    """Bare uvicorn and Starlette: what start, memory and routing are compared with."""

    async def test(_: Request) -> Response:
        return Response(b'"ok"', media_type="application/json")

    return Starlette(routes=[Route("/api/help/test.json", test)])


def passthrough() -> Starlette:
    """R2: the upstream bytes, asked for each time, behind the same Basic check."""

    async def get(request: Request, path: str) -> Response:
        if not basic(request):
            return challenge()
        answer = await request.app.state.client.get(path)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def home(request: Request) -> Response:
        return await get(request, HOME)

    async def me(request: Request) -> Response:
        return await get(request, ME)

    async def update(request: Request) -> Response:
        if not basic(request):
            return challenge()
        async with request.form() as form:
            body = {"status": str(form["status"]), "visibility": "public"}
        answer = await request.app.state.client.post(POSTS, json=body)
        return Response(answer.content, answer.status_code, media_type="application/json")

    routes = [
        Route("/api/statuses/home_timeline.json", home),
        Route("/api/account/verify_credentials.json", me),
        Route("/api/statuses/update.json", update, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=stock_client)
