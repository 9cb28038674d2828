"""Runs a real bovine-herd on a loopback port. Started by `bovine.py` with the Python that has bovine-herd.

    python herd.py PORT        in an empty folder of its own; ends when standard input is closed

Beside the server itself it serves, for the tests only:
POST /_test/people {name} -> 201 {actor, token, handle}; POST /_test/requests -> the requests of people since the last
call as [[method, path], ...], without server-to-server ones. Bearer tokens stand in for Moo-Auth-1: that is a hook of
bovine-herd's. (reference/activitypub-c2s.md section 3.)
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from functools import cache
from typing import Any

from bovine.crypto import generate_rsa_public_private_key, helper, types
from bovine.jsonld import jsonld_cache
from bovine_herd import BovineHerd
from bovine_herd.server.authorize import add_authorization
from bovine_store import BovineAdminStore
from bovine_store.actor import register
from quart import Quart, g, request

# Three contexts that bovine would otherwise load from the network; nothing the tests send needs their terms.
OFFLINE = (
    "https://w3id.org/security/v1",
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
)
TOKENS: dict[str, str] = {}
SEEN: list[tuple[str, str]] = []


def cheapen_keys() -> None:
    """One pair of keys for everybody, read once: making and checking them is nearly all of the time requests take."""
    keys = generate_rsa_public_private_key()
    register.generate_rsa_public_private_key = lambda: keys
    for module in (types, helper):
        module.load_pem_private_key = cache(module.load_pem_private_key)


def application(port: int) -> Any:
    """The Quart application. Opens `bovine_jsonld_cache.sqlite` and `herd.sqlite` in the current folder."""
    for url in OFFLINE:
        jsonld_cache.add(url, {})
    cheapen_keys()
    app = Quart("herd")
    store = BovineAdminStore(domain=f"http://127.0.0.1:{port}")

    async def authorize() -> None:
        if request.path.startswith("/_test/"):
            return
        if "signature" in request.headers:
            await add_authorization()
            return
        SEEN.append((request.method, request.path))
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        g.retriever = TOKENS.get(token) if scheme.lower() == "bearer" else None

    @app.post("/_test/people")
    async def people() -> tuple[dict[str, str], int]:
        name = (await request.get_json())["name"]
        actor = await store.actor_for_name(await store.register(name))
        token = secrets.token_urlsafe()
        TOKENS[token] = actor.actor_object.id
        return {"actor": actor.actor_object.id, "token": token, "handle": f"{name}@127.0.0.1:{port}"}, 201

    @app.post("/_test/requests")
    async def requests() -> list[tuple[str, str]]:
        seen = list(SEEN)
        SEEN.clear()
        return seen

    return BovineHerd(app, db_url="sqlite://herd.sqlite", authorization_adder=authorize)


def die_with_parent(loop: asyncio.AbstractEventLoop) -> None:
    """The parent holds the other end of standard input: it is closed however the parent ends."""
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(0, 1) or os._exit(0))


async def serve(port: int) -> None:
    """Until the parent is gone."""
    die_with_parent(asyncio.get_running_loop())
    await application(port).run_task(host="127.0.0.1", port=port)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
