"""JSON Web Tokens of one world, signed with its secret. They say when they end and are taken after that: measured."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from tests.c2s.dialect.world import Json, World


class BadToken(Exception):
    """Why a token is none."""


def packed(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signature(world: World, text: str) -> str:
    return packed(hmac.digest(world.secret, text.encode(), hashlib.sha256))


def issue(world: World, kind: str, subject: str, scope: str = "read write", **claims: Any) -> str:
    """A token; `kind` is access, refresh or authz. The claim is `subject`, not `sub`: measured."""
    body = {"jwtid": secrets.token_urlsafe(9), "type": kind, "subject": subject, "scope": scope} | claims
    parts = ({"alg": "HS256", "typ": "JWT"}, body | {"issuer": f"{world.base_url}/"})
    text = ".".join(packed(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_signature(world, text)}"


def claims(world: World, token: str) -> Json:
    """What a token says."""
    text, _, signature = token.rpartition(".")
    if text.count(".") != 1:
        raise BadToken("jwt malformed")
    if not hmac.compare_digest(signature.encode(), _signature(world, text).encode()):
        raise BadToken("invalid signature")
    if token in world.expired:
        raise BadToken("jwt expired")
    body = text.partition(".")[2]
    found: Json = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found
