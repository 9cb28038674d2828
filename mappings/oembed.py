"""statuses/oembed: a public post as a piece of HTML for other pages (oEmbed 1.0, type rich). No script goes with it."""

from __future__ import annotations

from html import escape
from typing import Any

from mappings import hub
from mappings.characters import clean
from mappings.dates import wire

WIDTH, NARROWEST = 550, 220
CACHE_SECONDS = "3600"
"""Posts are changed and deleted."""
_WEB = ("https://", "http://")


def oembed_tree(status: hub.Status, html: str, *, nick: str, provider: str, max_width: int) -> dict[str, Any]:
    """The document. `html` is the post's, sanitised already; `provider` the address of its server; `max_width` in
    pixels, 0: not asked for."""
    author, url = status.account, status.url or status.uri
    byline = f"{escape(clean(author.display))} (@{escape(clean(nick))})"
    date = _anchor(url, escape(wire(status.created_at)))
    return {
        "cache_age": CACHE_SECONDS,
        "url": url,
        "provider_url": provider,
        "provider_name": provider.partition("://")[2],
        "author_name": author.display,
        "author_url": author.url,
        "version": "1.0",
        "type": "rich",
        "html": f'<blockquote class="twitter-tweet">{html}<p>&mdash; {byline} {date}</p></blockquote>',
        "height": None,
        "width": min(max(max_width, NARROWEST), WIDTH) if max_width else WIDTH,
    }


def _anchor(url: str, html: str) -> str:
    return f'<a href="{escape(clean(url))}" rel="nofollow noopener">{html}</a>' if url.startswith(_WEB) else html
