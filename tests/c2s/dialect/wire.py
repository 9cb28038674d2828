"""Answers and who asks: problem bodies, weak ETags, bearer tokens."""

from __future__ import annotations

import base64
import hashlib
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tests.c2s.dialect.delivery import PEER, speaker
from tests.c2s.dialect.tokens import BadToken, claims
from tests.c2s.dialect.world import Json, World

ACTIVITY = "application/activity+json; charset=utf-8"
CHALLENGE = 'Bearer error="invalid_token", error_description="Not a valid access token"'


def reply(
    request: Request, body: Any, status: int = 200, kind: str = ACTIVITY, headers: dict[str, str] | None = None
) -> Response:
    """JSON with a weak ETag; 304 without a body where the client has it."""
    data = msgspec.json.encode(body)
    tag = f'W/"{len(data):x}-{hashlib.sha1(data).hexdigest()[:27]}"'
    headers = {"etag": tag} | (headers or {})
    if request.method == "GET" and status == 200 and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, status, headers, media_type=kind)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """RFC 9457."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(msgspec.json.encode(body), status, headers, media_type="application/problem+json; charset=utf-8")


def caller(world: World, request: Request) -> Json:
    """The claims of a bearer token, `subject` alone for another server, nothing for nobody. Raises BadToken."""
    if remote := speaker(request.headers.get(PEER)):
        return {"subject": remote, "scope": "read"}
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic" and world.basic:
        return by_password(world, token)
    if scheme.lower() != "bearer":
        return {}
    found = claims(world, token.strip())
    if found["type"] != "access":
        raise BadToken("Not an access token")
    return found


def by_password(world: World, token: str) -> Json:
    """The claims of a name and password."""
    name, _, password = base64.b64decode(token).decode().partition(":")
    person = world.people.get(name)
    if person is None or person.password != password:
        raise BadToken("Wrong name or password")
    return {"subject": person.actor, "scope": "read write"}


def required(world: World, request: Request) -> Json:
    """The same; nobody is turned away."""
    found = caller(world, request)
    if not found:
        raise BadToken("No authorization token was found")
    return found
