"""statuses/oembed."""

from __future__ import annotations

import re
from contextlib import suppress

from msgspec.structs import replace

from adapters.errors import BackendError
from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.found import entry_of, record_of
from gateway.narrow import STATUS
from gateway.render import variant_of
from gateway.replies import Reply, Tree
from mappings import hub
from mappings.hub import Visibility
from mappings.oembed import oembed_tree
from mappings.statuses import body_of
from mappings.users import screen_name

PUBLIC = {Visibility.PUBLIC, Visibility.UNLISTED}
"""What is embedded stands on pages that anybody reads."""
LOST = "Sorry, that page does not exist."
NOT_PUBLIC = "Sorry, you are not authorized to see this status."

_OWN = re.compile(r"/(?:notice|statuses/show|(?:[^/]+/)?status(?:es)?)/(\d{1,18})(?:\.[a-z]+)?/?")


async def show(ask: Ask) -> Reply:
    """A public post, named by `id` or by its address at its server or here. One call; a second where it is a boost
    that the server does not show."""
    entry = await _named(ask)
    status, session = entry.status.original, ask.session
    seen = await ask.gateway.cards.read(session.backend, [entry])
    if status.visibility not in PUBLIC or not all(one.card.listed for one in seen):
        raise ApiError(403, NOT_PUBLIC)
    status = ask.shown(status)
    body = body_of(replace(status, media=()) if ask.flag("hide_media") else status)
    tree = oembed_tree(
        status,
        body.friendica_html,
        nick=screen_name(status.account, variant_of(ask)),
        provider=session.scope,
        max_width=ask.params.get("maxwidth") or 0,
    )
    return Tree(json=tree)


async def _named(ask: Ask) -> hub.Entry:
    """Raises ApiError 400 where nothing is named, 404; BackendError."""
    url = ask.text("url").strip()
    if ask.has("id"):
        return await _by_id(ask)
    if not url:
        raise ApiError(400, "id or url parameter is required.")
    here = _OWN.fullmatch(url.removeprefix(ask.base_url)) if url.startswith(ask.base_url + "/") else None
    if here:
        return await _by_id(ask.other(id=await ask.gateway.narrow.wide(ask.session, STATUS, int(here[1]))))
    return await _by_url(ask, url)


async def _by_id(ask: Ask) -> hub.Entry:
    return await entry_of(ask, await record_of(ask, LOST, 404), LOST, 404)


async def _by_url(ask: Ask, url: str) -> hub.Entry:
    """The own server's posts have their id at the end of the address. For others the server looks, and may fetch them:
    the gateway itself asks nobody. Two calls at most."""
    backend = ask.session.backend
    if url.startswith(f"{ask.session.scope}/"):
        with suppress(BackendError):
            entry = await backend.status(url.rstrip("/").rpartition("/")[2])
            if url in {entry.status.url, entry.status.uri}:
                return entry
    found = await backend.search_statuses(url, 1, 0) if url.startswith(("https://", "http://")) else ()
    for entry in found:
        if url in {entry.status.url, entry.status.uri}:
            return entry
    raise ApiError(404, LOST, NO_STATUS)
