"""Replies against their declared shapes (`mappings.fields`), and JSON against XML of one request (DESIGN 11)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec
from lxml import etree

from gateway.paths import resolve
from mappings.fields import ACTIVITIES, ATTACHMENT_FIELDS, STATUS_FIELDS, USER_FIELDS, Field, element, inner
from tests import (
    shapes_beyond,
    shapes_further,
    shapes_groups,
    shapes_messages,
    shapes_notes,
    shapes_photos,
    shapes_relations,
    shapes_site,
)

MARKED = ContextVar("marked", default=True)
"""Whether people may have `uid` and `self`: not in Twitter's dialect."""
DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}")
SPACES = {
    None: "http://api.twitter.com",
    "statusnet": "http://status.net/schema/api/1/",
    "friendica": "http://friendi.ca/schema/api/1/",
    "georss": "http://www.georss.org/georss",
}
BARE = {"ok", "hash", "config", "version", "ids"} | shapes_notes.BARE | shapes_photos.BARE | shapes_relations.BARE
BARE |= shapes_beyond.BARE
"""Roots without namespaces (wire reference section 4.1)."""
ENTITIES = {"hashtags", "symbols", "urls", "user_mentions", "media"}
TYPES = {"json": "application/json", "xml": "text/xml", "rss": "application/rss+xml", "atom": "application/atom+xml"}
TYPES["rdf"] = "application/rdf+xml"

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
    "users/lookup": "users", "blocks/list": "users", "followers/list": "users_list", "friends/list": "users_list",
}  # fmt: skip
KINDS |= shapes_groups.KINDS | shapes_notes.KINDS | shapes_photos.KINDS | shapes_site.KINDS | shapes_relations.KINDS
KINDS |= shapes_beyond.KINDS
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


@contextmanager
def twitters() -> Iterator[None]:
    """What is validated in here came in Twitter's dialect."""
    token = MARKED.set(False)
    try:
        yield
    finally:
        MARKED.reset(token)


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


# JSON by its declared fields


def check_status(status: Any, call: str = "", fields: tuple[Field, ...] = STATUS_FIELDS, *, user: bool = True) -> None:
    """One status object; `user` False: inside a user."""
    wanted = tuple(field for field in fields if user or field.name != "user")
    _object(shapes_beyond.without_more(status), wanted, where=f"{call} status")
    for key in ("retweeted_status", "quoted_status"):
        if key in status:
            check_status(status[key], call, inner(STATUS_FIELDS))


def check_user(user: Any, call: str = "", *, full: bool | None = None) -> None:
    """One user object; `full`: with uid and self, None: either way."""
    if shapes_beyond.is_trimmed(user):
        return
    without = {"verified"} if call.startswith("account/") else set()
    kept = MARKED.get() and (full if full is not None else "uid" in user)
    fields = tuple(f for f in USER_FIELDS if f.name not in without and (kept or not f.full))
    _object(user, fields, where=f"{call} user")
    if "verified" not in without:
        assert "verified" in user


def _object(found: Any, fields: Iterable[Field], where: str) -> None:
    fields = tuple(fields)
    assert isinstance(found, dict), where
    assert set(found) <= {field.name for field in fields}, (where, set(found) - {field.name for field in fields})
    for field in fields:
        assert field.optional or field.name in found, (where, field.name)
        if field.name in found:
            assert _fits(found[field.name], field), (where, field.name, found[field.name])


def _fits(value: Any, field: Field) -> bool:
    kind = field.type.removesuffix("?")
    if value is None:
        return field.type.endswith("?") or kind == "geo"
    if kind in TYPE_CHECKS:
        return TYPE_CHECKS[kind](value)
    if kind == "user":
        check_user(value, full=field.name != "user" if field.name.startswith("friendica") else None)
    elif kind == "status" and field.name == "status":
        check_status(value, user="user" in value)
    return True


def _activities(value: Any) -> bool:
    for people in value.values():
        for user in people:
            check_user(user, full=True)
    return tuple(value) == ACTIVITIES


def _attachments(value: Any) -> bool:
    for item in value:
        _object(item, ATTACHMENT_FIELDS, "attachment")
    return bool(value)


def _entities(value: Any) -> bool:
    lists_only = all(isinstance(items, list) for items in value.values())
    return lists_only and ENTITIES - {"media"} <= set(value) <= ENTITIES


TYPE_CHECKS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "date": lambda value: isinstance(value, str) and bool(DATE.fullmatch(value)),
    "digits": lambda value: isinstance(value, str) and value.isdecimal(),
    "int": lambda value: type(value) is int and value >= 0,
    "bool": lambda value: isinstance(value, bool),
    "geo": lambda value: value["type"] == "Point" and len(value["coordinates"]) == 2,
    "activities": _activities,
    "attachments": _attachments,
    "entities": _entities,
}


def _statuses(document: Any, call: str) -> None:
    assert isinstance(document, list)
    for status in document:
        check_status(status, call)
    ids = [status["id"] for status in document]
    assert ids == sorted(set(ids), reverse=True), "newest first, nothing twice"


def _users(document: Any, call: str) -> None:
    for user in document if isinstance(document, list) else document["users"]:
        check_user(user, call, full=call in FULL_USERS)


def _ids(document: Any, call: str) -> None:
    ids = document if isinstance(document, list) else document["ids"]
    assert all(type(id) is int or id.isdecimal() for id in ids), call
    if isinstance(document, dict):
        for name in ("next_cursor", "previous_cursor"):
            assert document[f"{name}_str"] == str(document[name])


def _search(document: Any, call: str) -> None:
    _statuses(document["statuses"], call)
    shapes_further.search_metadata(document["search_metadata"], document["statuses"])


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
    "statuses": _statuses,
    "user": check_user,
    "users": _users,
    "users_list": _users,
    "search": _search,
    "friendships-destroy": shapes_further.contact_row,
    **shapes_site.CHECKS,
    "ids": _ids,
    "hash": _hash,
    "media": _media,
    "config": _config,
    "ok": lambda document, _: _equal(document, "ok"),
    "version": lambda document, _: _equal(document, "0.9.7"),
    **shapes_groups.checks(check_user),
    **shapes_notes.checks(check_user, _statuses),
    **shapes_photos.checks(_activities, check_status),
    **shapes_beyond.checks(_statuses),
    **shapes_relations.checks(check_user),
}


def _equal(found: Any, wanted: Any) -> None:
    assert found == wanted


# JSON against XML


def same(call: str, json: bytes, xml: bytes) -> None:
    """Both bodies carry equal data, element by element."""
    document, root = shapes_site.twin(call, msgspec.json.decode(json)), parse_xml(xml)
    if shapes_notes.same(call, json, root, lambda status, node: _same(status, node, f"{call}[]")):
        return
    if call.startswith("friendica/photo"):
        document = shapes_photos.without_links(call, document, root)
    if document is None:
        return
    if call == "help/test":
        assert (document, root.text) == ("ok", "true")
    elif call == "account/rate_limit_status":
        found = {etree.QName(child).localname.replace("-", "_"): child.text for child in root}
        assert set(found) == set(document)
        assert found["remaining_hits"] == document["remaining_hits"]
    elif KINDS.get(call) == "ids":
        ids = document if isinstance(document, list) else document["ids"]
        assert [str(id) for id in ids] == [node.text for node in root.iter("{*}id")]
    else:
        _same(shapes_relations.inner(call, document), root, call)


def _same(value: Any, node: etree._Element, path: str) -> None:
    if isinstance(value, dict) and value.get("type") == "Point":
        assert node.text == " ".join(str(number) for number in value["coordinates"]), path
    elif isinstance(value, dict):
        _same_object(value, node, path)
    elif isinstance(value, list):
        assert len(value) == len(node), (path, len(value), [child.tag for child in node])
        for item, child in zip(value, node, strict=True):
            _same(item, child, f"{path}[]")
    else:
        assert _words(value) == _stripped(node.text or ""), (path, value, node.text)
        assert not len(node), path


def _same_object(value: dict[str, Any], node: etree._Element, path: str) -> None:
    children = {_prefixed(child): child for child in node}
    names = {_name(key, path): key for key in value}
    assert list(children) == list(names), (path, set(children) ^ set(names))
    assert len(children) == len(node), path
    for name, key in names.items():
        _same(value[key], children[name], f"{path}.{key}")


def _name(key: str, path: str) -> str:
    """XML name of a key; the lists of activities are Friendica's own (wire reference section 4.1 rule 9)."""
    other = shapes_groups.xml_name(key, path)
    return f"friendica:{key}" if path.endswith(".friendica_activities") else other or element(key)


def _prefixed(node: etree._Element) -> str:
    name = etree.QName(node).localname
    return f"{node.prefix}:{name}" if node.prefix else name


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _stripped(str(value))


def _stripped(text: str) -> str:
    """As XML can carry it: no control characters, no space at the ends, one kind of line end."""
    kept = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return kept.replace("\r\n", "\n").replace("\r", "\n").strip()
