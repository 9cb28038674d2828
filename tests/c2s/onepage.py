"""A running onepage.pub in place of our own server, for the tests of the dialect: they must hold there too.

    OLDBIRD_ONEPAGE_URL=http://127.0.0.1:18770 pytest tests/c2s

It is written to: three new accounts a test.
"""

from __future__ import annotations

import os
import re
import secrets
from urllib.parse import urlsplit

import httpx2 as httpx

from tests.c2s.bovine import Herd, Party

URL = os.environ.get("OLDBIRD_ONEPAGE_URL", "").rstrip("/")


def registered(name: str) -> Party:
    """A new account, by the form that people use."""
    with httpx.Client(base_url=URL, trust_env=False, timeout=30) as web:
        token = re.search(r'name="csrf_token" value="([^"]+)"', web.get("/register").text)
        form = {"username": name, "password": "secret", "confirmation": "secret"}
        page = web.post("/register", data=form | {"csrf_token": token.group(1) if token else ""}).text
        shown = re.search(r'class="token">([^<]+)<', page)
        assert shown, page
        handle = f"{name}@{urlsplit(URL).netloc}"
        links = web.get("/.well-known/webfinger", params={"resource": f"acct:{handle}"}).json()["links"]
    return Party(name, links[0]["href"], shown.group(1), handle)


def people() -> Herd:
    """Three new ones."""
    mark = secrets.token_hex(4)
    return Herd(URL, *(registered(f"{name}{mark}") for name in ("alice", "bob", "carol")))
