"""A scripted server at which people sign in, good or bad."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from tests.adapters.far_server import FarServer
from tests.adapters.samples import person, play
from tests.web.browser import query_of

TOKEN = "far-token-5c1e77aa90"
ME = "/api/v1/accounts/verify_credentials"


def willing(far: FarServer, username: str = "alice", software: str = "mastodon", **fields: Any) -> None:
    """Registers whoever asks and gives `username`'s token for any code."""
    play(far, software)
    far.on("POST", "/api/v1/apps", json={"client_id": "far-id-1", "client_secret": "far-secret-27fe01"})
    far.on("POST", "/oauth/token", json={"access_token": TOKEN, "token_type": "Bearer"})
    far.on("POST", "/oauth/revoke", json={})
    far.on("GET", ME, json=person("41", username, **fields))


def answered(departure: str, **changes: str) -> str:
    """The way back with a code, as the server would write it; `changes` replace parts of its query, "" drops one."""
    asked = query_of(departure)
    query = {"code": "far-code-1", "state": asked["state"], **changes}
    return f"{asked['redirect_uri']}?{urlencode({name: value for name, value in query.items() if value})}"


def forms(far: FarServer, path: str) -> list[dict[str, str]]:
    """What was posted there."""
    return [dict(parse_qsl(asked.body.decode())) for asked in far.asked if (asked.method, asked.path) == ("POST", path)]
