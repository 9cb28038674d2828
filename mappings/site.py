"""Small documents: site, version, limits, ids, uploads, errors.

reference/wire-statuses-users.md sections 3.5, 3.7 and 4.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_plus

from mappings import hub
from mappings.dates import atom, from_milliseconds, wire_from_milliseconds
from mappings.trees import Cursors, Typed, cursor_tree

VERSION = "0.9.7"
"""The StatusNet release that Friendica says it is."""

LINK_CHARS = "30"
UPLOAD_SECONDS = 86400


def config_tree(site: hub.Site, *, base_url: str) -> dict[str, Any]:
    """statusnet/config. Flags and numbers are text where Friendica sent text; `attachments` is for GNU social clients.

    Platform and version are those whose API this is: clients compare them with what they need.
    """
    scheme, _, host = base_url.partition("://")
    secure = scheme == "https"
    return {
        "site": {
            "name": site.title or host,
            "server": host,
            "theme": "default",
            "path": "",
            "logo": site.logo,
            "fancy": True,
            "language": site.language or "en",
            "email": site.email,
            "broughtby": "",
            "broughtbyurl": "",
            "timezone": "UTC",
            "closed": _word(site.closed),
            "inviteonly": False,
            "private": "false",
            "textlimit": str(site.max_chars),
            "sslserver": host if secure else "",
            "ssl": _word(secure),
            "shorturllength": LINK_CHARS,
            "friendica": {
                "FRIENDICA_PLATFORM": "Friendica",
                "FRIENDICA_VERSION": "2021.01",
                "DFRN_PROTOCOL_VERSION": "2.23",
                "DB_UPDATE_VERSION": 1384,
            },
        },
        "attachments": {"uploads": True, "file_quota": 0},
    }


def _word(value: bool) -> str:
    return "true" if value else "false"


def _utc(seconds: int) -> str:
    return atom(from_milliseconds(seconds * 1000))


def rate_limit_json(*, limit: int, remaining: int, reset: int) -> dict[str, Any]:
    """account/rate_limit_status; `reset` is seconds since 1970. The two numbers are text, as they were."""
    return {
        "reset_time_in_seconds": reset,
        "remaining_hits": str(remaining),
        "hourly_limit": str(limit),
        "reset_time": wire_from_milliseconds(reset * 1000),
    }


def rate_limit_xml(*, limit: int, remaining: int, reset: int) -> dict[str, Any]:
    """The same as the children of `hash`: dashes in all names but the last, types beside them."""
    return {
        "remaining-hits": Typed(remaining, "integer"),
        "hourly-limit": Typed(limit, "integer"),
        "reset-time": Typed(_utc(reset), "datetime"),
        "reset_time_in_seconds": Typed(reset, "integer"),
    }


def ids_tree(ids: Sequence[int], *, stringify: bool, cursors: Cursors | None) -> Any:
    """followers/ids, friends/ids: a bare list, or the envelope when there are cursors."""
    listed = [str(id) for id in ids] if stringify else list(ids)
    return listed if cursors is None else {"ids": listed, **cursor_tree(cursors)}


def search_metadata(ids: Sequence[int], *, query: str, count: int, since_id: int) -> dict[str, Any]:
    """What stands beside the statuses of search/tweets; `ids` newest first. `next_results` where more may follow."""
    asked, newest = f"q={quote_plus(query)}&count={count}&include_entities=1", max(ids, default=0)
    found: dict[str, Any] = {
        "max_id": newest,
        "max_id_str": str(newest),
        "since_id": since_id,
        "since_id_str": str(since_id),
        "query": quote_plus(query),
        "count": count,
        "refresh_url": f"?since_id={newest}&{asked}",
    }
    return {**found, "next_results": f"?max_id={min(ids) - 1}&{asked}"} if len(ids) >= count else found


def media_tree(*, id: int, size: int, width: int, height: int, mime: str, preview: str) -> dict[str, Any]:
    """media/upload. Sizes are pixels and bytes."""
    return {
        "media_id": id,
        "media_id_string": str(id),
        "size": size,
        "expires_after_secs": UPLOAD_SECONDS,
        "image": {"w": width, "h": height, "image_type": mime, "friendica_preview_url": preview},
    }


def upload_tree(id: int, seconds: int) -> dict[str, Any]:
    """media/upload, INIT and STATUS, of a file that comes in parts and is not complete."""
    return {"media_id": id, "media_id_string": str(id), "expires_after_secs": seconds}


def error_tree(text: str, request: str, line: str, code: int) -> dict[str, Any]:
    """One body for every reader: flat as specified, inside `status` as 2021.01 sent it, and Twitter's list.

    `line` is "400 Bad Request", `code` Twitter's number.
    """
    plain = error_xml(text, request, line)
    return {**plain, "status": plain, "errors": [{"code": code, "message": text}]}


def error_xml(text: str, request: str, line: str) -> dict[str, Any]:
    """The children of `<status>`."""
    return {"error": text, "request": request, "code": line}
