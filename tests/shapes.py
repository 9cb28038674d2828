"""Replies against their declared shapes (`mappings.fields`), and JSON against XML of one request (DESIGN 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from lxml import etree

from gateway.paths import resolve
from tests import (
    shapes_events,
    shapes_groups,
    shapes_messages,
    shapes_notes,
    shapes_photos,
    shapes_relations,
    shapes_site,
    shapes_twins,
)
from tests.shapes_statuses import DATE, check_activities, check_status, check_statuses, check_user

SPACES = {
    None: "http://api.twitter.com",
    "statusnet": "http://status.net/schema/api/1/",
    "friendica": "http://friendi.ca/schema/api/1/",
    "georss": "http://www.georss.org/georss",
}
BARE = {"ok", "hash", "config", "version", "ids"} | shapes_notes.BARE | shapes_photos.BARE | shapes_relations.BARE
BARE |= shapes_events.BARE
"""Roots without namespaces (wire reference section 4.1)."""
TYPES = {
    "json": "application/json", "xml": "text/xml", "rss": "application/rss+xml", "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
}  # fmt: skip

KINDS = {
    "account/verify_credentials": "user", "users/show": "user", "externalprofile/show": "user",
    "account/update_profile": "user", "account/update_profile_image": "user", "media/metadata/create": "empty",
    "account/rate_limit_status": "hash", "help/test": "ok",
    "statusnet/config": "config", "statusnet/version": "version",
    "friends/ids": "ids", "followers/ids": "ids", "media/upload": "media",
    "statuses/friends": "users", "statuses/followers": "users", "users/search": "users",
    "statuses/show": "status", "statuses/destroy": "status", "statuses/retweet": "status", "statuses/update": "status",
    "favorites/create": "status", "favorites/destroy": "status",
    "statuses/home_timeline": "statuses", "statuses/public_timeline": "statuses", "statuses/mentions": "statuses",
    "statuses/user_timeline": "statuses", "conversation/show": "statuses", "favorites": "statuses",
    "statuses/networkpublic_timeline": "statuses", "search": "statuses", "search/tweets": "statuses",
    "statuses/lookup": "statuses", "statuses/retweets": "statuses", "statuses/retweets_of_me": "statuses",
    "statuses/retweeted_by_me": "statuses", "statuses/retweeted_to_me": "statuses", "statuses/unretweet": "status",
    "statuses/retweeted_by": "users", "statuses/retweeted_by/ids": "ids", "statuses/retweeters/ids": "ids",
    "statusnet/tags/timeline": "statuses",
    "{user}/rss": "statuses", "{user}/replies/rss": "statuses", "group/{group}/rss": "statuses",
    "users/lookup": "users", "blocks/list": "users", "followers/list": "users_list", "friends/list": "users_list",
}  # fmt: skip
KINDS |= shapes_groups.KINDS | shapes_notes.KINDS | shapes_photos.KINDS | shapes_site.KINDS | shapes_relations.KINDS
KINDS |= shapes_events.KINDS
"""Call -> name of its shape, which is its XML root."""
OTHER_ROOTS = {
    "statuses/show": "statuses", "statuses/friends": "users_list", "statuses/followers": "users_list",
    "blocks/list": "users_list", "search/tweets": "search", **shapes_site.OTHER_ROOTS, **shapes_groups.OTHER_ROOTS,
    **shapes_relations.OTHER_ROOTS,
}  # fmt: skip
"""With `conversation`; with `cursor`; on Twitter's mounts."""
FULL_USERS = {"users/search", "users/lookup", "followers/list", "friends/list"} | shapes_groups.FULL_USERS
"""Users with uid and self."""
ITEMS = {"statuses": "status", "users": "user", "ids": "id"}
ITEMS |= shapes_groups.ITEMS | shapes_notes.ITEMS | shapes_photos.ITEMS | shapes_relations.ITEMS


def call_of(path: str) -> str:
    """The call behind a path below /api, or a whole path."""
    target = resolve(path if path.startswith("/") else f"/api/{path}")
    return target.call.path if target else ""


def validate(call: str, format: str, body: bytes) -> None:
    """A body of a 200."""
    if call in shapes_messages.ROOTS:
        if format != "json" and body:
            parse_xml(body)
        shapes_messages.validate(call, format, body, check_user)
        return
    if KINDS[call] == "empty":
        assert not body
        return
    if format == "json":
        document = msgspec.json.decode(body)
        assert not (isinstance(document, dict) and "error" in document)
        KIND_CHECKS[_kind(call, document)](document, call)
        return
    root = parse_xml(body)
    name = etree.QName(root).localname
    if format == "xml":
        assert name in {KINDS[call], OTHER_ROOTS.get(call, KINDS[call])}, name
        assert all(etree.QName(child).localname == ITEMS[name] for child in root if name in ITEMS)
    elif KINDS[call] in {"statuses", "status"}:
        assert name == {"rss": "rss", "atom": "feed", "rdf": "RDF"}[format]


def _kind(call: str, document: Any) -> str:
    if call == "search/tweets" and isinstance(document, dict):
        return "search"
    if call == "friendships/destroy" and "friends_count" in document and "nick" not in document:
        return "user"
    if call == "friendica/notifications/seen":
        return "seen"
    return "statuses" if call == "statuses/show" and isinstance(document, list) else KINDS[call]


def parse_xml(body: bytes) -> etree._Element:
    """The root of a well-formed document with the bytes that DESIGN section 9 asks for."""
    assert body.startswith(b"<?xml ")
    assert b"utf-8" in body.partition(b"\n")[0].lower()
    assert body.endswith(b">\n")
    root = etree.fromstring(body)
    name = etree.QName(root).localname
    if name not in {"rss", "feed", "RDF"}:
        assert root.nsmap == ({} if name in BARE else SPACES), (name, root.nsmap)
    return root


def validate_error(status: int, format: str, body: bytes, headers: dict[str, str]) -> None:
    """The documented error in the asked format; all three readings of JSON say the same."""
    documented = shows_documented_500(body) if status == 500 else False
    assert documented or status in {400, 401, 403, 404, 405, 413, 429, 501, 502, 503, 504}, (status, body)
    assert headers["content-type"].split(";")[0] == TYPES[format], headers["content-type"]
    if format != "json":
        root = parse_xml(body)
        found = {etree.QName(child).localname: child.text or "" for child in root}
        assert etree.QName(root).localname == "status"
    else:
        found = msgspec.json.decode(body)
        assert found["status"] == {key: found[key] for key in ("error", "request", "code")}
        assert found["errors"][0]["message"] == found["error"]
        assert isinstance(found["errors"][0]["code"], int)
    assert found["error"]
    assert found["code"].startswith(f"{status} ")
    assert set(found) - {"status", "errors"} == {"error", "request", "code"}
    if status == 401:
        assert headers["www-authenticate"] == 'Basic realm="Friendica"'


DOCUMENTED_500 = (
    b"image size exceeds ",
    b"unable to process image data",
    b"image upload failed",
    b"Unsupported filetype",
    b"unknown error ",
    b"problem with deleting items occurred",
)
"""What the photo calls say with a 500, as specified; any other 500 is our own fault."""


def shows_documented_500(body: bytes) -> bool:
    """The body carries one of those texts."""
    return any(text in body for text in DOCUMENTED_500)


def error_text(body: bytes, format: str) -> str:
    """The text of an error body."""
    if format == "json":
        text: str = msgspec.json.decode(body)["error"]
        return text
    return next(child.text or "" for child in etree.fromstring(body) if etree.QName(child).localname == "error")


def _users(document: Any, call: str) -> None:
    for user in document if isinstance(document, list) else document["users"]:
        check_user(user, call, full=call in FULL_USERS)
    if isinstance(document, dict):
        _cursors(document, document["users"])


def _ids(document: Any, call: str) -> None:
    ids = document if isinstance(document, list) else document["ids"]
    assert all(type(id) is int or id.isdecimal() for id in ids), call
    if isinstance(document, dict):
        _cursors(document, ids)


def _cursors(document: dict[str, Any], page: list[Any]) -> None:
    """Of an envelope. The total counts the page and what comes before it."""
    for name in ("next_cursor", "previous_cursor"):
        assert document[f"{name}_str"] == str(document[name])
    assert type(document["total_count"]) is int
    assert document["total_count"] >= len(page) + (document["previous_cursor"] != 0 and bool(page))


def _search(document: Any, call: str) -> None:
    check_statuses(document["statuses"], call)
    _search_metadata(document["search_metadata"], document["statuses"])


def _search_metadata(found: Any, statuses: list[Any]) -> None:
    """What stands beside the statuses of search/tweets."""
    newest = max((status["id"] for status in statuses), default=0)
    assert (found["max_id"], found["max_id_str"]) == (newest, str(newest))
    assert found["since_id_str"] == str(found["since_id"])
    assert set(found) - {"next_results"} == {
        "max_id", "max_id_str", "since_id", "since_id_str", "query", "count", "refresh_url"
    }  # fmt: skip


def _hash(document: Any, call: str) -> None:
    assert set(document) == {"reset_time_in_seconds", "remaining_hits", "hourly_limit", "reset_time"}, call
    assert document["remaining_hits"].isdecimal()
    assert document["hourly_limit"].isdecimal()
    assert DATE.fullmatch(document["reset_time"])


def _media(document: Any, call: str) -> None:
    assert document["media_id_string"] == str(document["media_id"]), call
    if "image" not in document:  # a file in parts that is not complete
        assert set(document) == {"media_id", "media_id_string", "expires_after_secs"}
        return
    assert {"w", "h", "image_type", "friendica_preview_url"} == set(document["image"])


def _config(document: Any, call: str) -> None:
    assert {"name", "server", "textlimit", "ssl", "friendica"} <= set(document["site"]), call


KIND_CHECKS: dict[str, Callable[[Any, str], None]] = {
    "status": check_status,
    "statuses": check_statuses,
    "user": check_user,
    "users": _users,
    "users_list": _users,
    "search": _search,
    "friendships-destroy": shapes_relations.contact_row,
    **shapes_site.CHECKS,
    "ids": _ids,
    "hash": _hash,
    "media": _media,
    "config": _config,
    "ok": lambda document, _: _equal(document, "ok"),
    "version": lambda document, _: _equal(document, "0.9.7"),
    **shapes_groups.checks(check_user),
    **shapes_notes.checks(check_user, check_statuses),
    **shapes_photos.checks(check_activities, check_status),
    **shapes_events.checks(check_statuses),
    **shapes_relations.checks(check_user),
}


def _equal(found: Any, wanted: Any) -> None:
    assert found == wanted


def same(call: str, json: bytes, xml: bytes) -> None:
    """Both bodies carry equal data, element by element."""
    shapes_twins.same(call, KINDS.get(call, ""), json, parse_xml(xml))
