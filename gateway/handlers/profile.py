"""friendica/profile/show, friendica/events, friendica/remoteauth."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from gateway.ask import Ask
from gateway.errors import ApiError, Redirect
from gateway.replies import Reply, Tree, User
from mappings.profile import PROFILE_ID, profile_tree

UNKNOWN_PROFILE = "profile_id not available"
WRONG, NO_CONTACT = "Wrong parameters.", "Unknown contact"

_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:[/?#][!-\[\]-~]*)?", re.IGNORECASE)
"""No user name, no backslash, no space, nothing that a browser could read as another host than we do."""


async def show(ask: Ask) -> Reply:
    """The signed-in person and their one profile."""
    if ask.has("profile_id") and ask.id("profile_id") != PROFILE_ID:
        raise ApiError(400, UNKNOWN_PROFILE)
    account = (await ask.session.backend.me()).account
    return Tree(
        json={
            "multi_profiles": False,
            "global_dir": "",
            "friendica_owner": User(account, full=True),
            "profiles": [profile_tree(account)],
        }
    )


async def events(ask: Ask) -> Reply:  # noqa: ARG001  every handler takes the request
    """None: these backends keep no calendar."""
    return Tree(json=[])


async def remoteauth(ask: Ask) -> Reply:
    """On to a page of a contact's own site; nowhere else, so that nobody is led astray from here."""
    page, url = ask.text("c_url"), ask.text("url")
    if not (page and url):
        raise ApiError(400, WRONG)
    contact = (await ask.gateway.contacts.exact(ask.session)).at(page)
    if contact is None:
        raise ApiError(400, NO_CONTACT)
    if not _PLAIN_URL.fullmatch(url) or _host(url) != _host(contact.url):
        raise ApiError(400, WRONG)
    raise Redirect(url)


def _host(url: str) -> str:
    """Host and port; "" for what is no address."""
    try:
        parts = urlsplit(url.lower())
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}"
