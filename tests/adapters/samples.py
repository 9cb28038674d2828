"""Entities as servers send them, and a far server that plays one kind of software."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.adapters.far_server import FarServer, Reply

NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2."
NOW = 1_795_000_000.0
"""The clock of all backends under test, seconds since 1970: November 2026."""

IDS = {
    "mastodon": ["117440831307448422", "117440831307448421", "117440831307448420"],
    "mastodon_mock": ["1795000000003", "1795000000002", "1795000000001"],
    "gotosocial": ["01M7Q4E6Y0ZZZZZZZZZZZZZZZ3", "01M7Q4E6Y0ZZZZZZZZZZZZZZZ2", "01M7Q4E6Y0ZZZZZZZZZZZZZZZ1"],
    "pleroma": ["BAAAAAAAAAAAAAAAA3", "BAAAAAAAAAAAAAAAA2", "BAAAAAAAAAAAAAAAA1"],
    "takahe": ["645833057894400003", "645833057894400002", "645833057894400001"],
    "snac": [
        "179499990300112233445566778899aabbccddee0f",
        "179499990200112233445566778899aabbccddee0e",
        "179499990100112233445566778899aabbccddee0d",
    ],
    "somethingelse": ["a9k2-x", "a9k2-w", "a9k2-v"],
}
VERSIONS = {"mastodon": "4.6.4", "gotosocial": "0.20.0", "pleroma": "2.9.1", "takahe": "0.11.0", "snac": "2.94"}


def person(id: str = "7", acct: str = "bob", **fields: Any) -> dict[str, Any]:
    """An account."""
    name = acct.partition("@")[0]
    return {"id": id, "username": name, "acct": acct, "display_name": name.title(), "fields": [], **fields}


def post(id: str, **fields: Any) -> dict[str, Any]:
    """A status by bob."""
    return {
        "id": id,
        "created_at": "2026-11-18T10:26:40.000Z",
        "visibility": "public",
        "content": f"<p>{id}</p>",
        "account": person(),
        "reblog": None,
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        **fields,
    }


def instance(far: FarServer, **fields: Any) -> dict[str, Any]:
    """v2/instance."""
    return {"domain": far.pair, "title": "Far", "version": "0", "languages": ["en"], **fields}


def play(far: FarServer, software: str, version: str = "", more: Mapping[str, Any] | None = None) -> None:
    """Answer detection as `software` does."""
    told = {"mastodon_mock": "mastodon"}.get(software, software)
    version = version or VERSIONS.get(told, "1.0")
    links = [{"rel": f"{NODEINFO}{minor}", "href": f"https://elsewhere.example/nodeinfo/2.{minor}"} for minor in (1, 0)]
    far.on("GET", "/.well-known/nodeinfo", json={"links": links})
    far.on("GET", "/nodeinfo/2.1", json={"software": {"name": told, "version": version}})
    source = {"mastodon_mock": "https://github.com/someone/mastodon_mock"}.get(software, "")
    about = instance(far, source_url=source, **(more or {}))
    if software == "snac":
        far.on("GET", "/api/v2/instance", Reply(404, b"<h1>404 Not Found</h1>", kind="text/html"))
        far.on("GET", "/api/v1/instance", json={"uri": far.pair, "title": "Far", "max_toot_chars": 100000})
    elif software == "takahe":
        far.on("GET", "/api/v2/instance", Reply(500, b"<html>", kind="text/html"))
        far.on("GET", "/api/v1/instance", json={**about, "uri": far.pair})
    else:
        far.on("GET", "/api/v2/instance", json=about)
