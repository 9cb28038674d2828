"""Shapes of notifications, /ping and the profile (wire-friendica.md sections 7, 10 and 13)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from lxml import etree

KINDS = {
    "friendica/notifications": "notes", "friendica/notifications/seen": "status", "ping": "result",
    "friendica/profile/show": "friendica_profiles", "friendica/events": "events",
}  # fmt: skip
ITEMS = {"notes": "note"}
BARE = {"notes", "result"}

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
AGO = re.compile(r"never|less than a second ago|(in )?\d+ (second|minute|hour|day|week|month|year)s?( ago)?")
NOTE_KEYS = """
id hash type name url photo date msg uid link iid parent seen verb otype name_cache msg_cache timestamp date_rel
msg_html msg_plain uri-id parent-uri-id
"""
OTYPES = {1: "intro", 2: "intro", 8: "item", 128: "item", 1024: "item"}
PING_KEYS = """
intro mail net home all-events all-events-today events events-today birthdays birthdays-today notification
notifications sysmsgs
"""
PROFILE_KEYS = """
profile_id profile_name is_default hide_friends profile_photo profile_thumb publish net_publish description
date_of_birth address city region postal_code country hometown gender marital marital_with marital_since sexual politic
religion public_keywords private_keywords likes dislikes about music book tv film interest romance work education
social_networks homepage users custom_fields
"""
NOTE, PING, PROFILE = (tuple(keys.split()) for keys in (NOTE_KEYS, PING_KEYS, PROFILE_KEYS))
PING_NOTE = ("id", "href", "name", "url", "photo", "date", "message", "seen", "timestamp")
FLAGS = {"is_default", "hide_friends", "publish", "net_publish"}

CheckUser = Callable[..., None]
Check = Callable[[Any, str], None]


def checks(check_user: CheckUser, check_statuses: Check) -> dict[str, Check]:
    """By kind."""

    def seen(document: Any, call: str) -> None:
        if document != "success":
            assert len(document) == 1
            check_statuses(document, call)

    def profiles(document: Any, call: str) -> None:
        assert tuple(document) == ("multi_profiles", "global_dir", "friendica_owner", "profiles")
        assert document["multi_profiles"] is False
        assert isinstance(document["global_dir"], str)
        check_user(document["friendica_owner"], call, full=True)
        assert document["friendica_owner"]["self"] == 1
        (profile,) = document["profiles"]
        _profile(profile)

    def events(document: Any, call: str) -> None:
        assert document == [], call

    return {"notes": _notes, "seen": seen, "result": _ping, "friendica_profiles": profiles, "events": events}


def _notes(document: Any, call: str) -> None:
    assert len(document) <= 50, call
    for note in document:
        _note(note)
    order = [(note["seen"], -note["id"]) for note in document]
    assert order == sorted(order), "unseen first, then the newest"
    assert len({note["id"] for note in document}) == len(document)


def _note(note: Any) -> None:
    assert tuple(note) == NOTE
    assert all(type(note[name]) is int for name in ("id", "type", "uid", "timestamp", "seen"))
    assert 0 < note["id"] < 2**53
    assert note["seen"] in {0, 1}
    assert note["otype"] == OTYPES[note["type"]]
    assert (note["hash"], note["uri-id"], note["parent-uri-id"]) == (None, None, None)
    texts = set(NOTE) - {"id", "hash", "type", "uid", "iid", "parent", "seen", "timestamp", "uri-id", "parent-uri-id"}
    assert all(isinstance(note[name], str) for name in texts)
    assert DATE.fullmatch(note["date"])
    assert AGO.fullmatch(note["date_rel"])
    assert "\n" not in note["msg_plain"]
    assert note["msg_cache"].count("{0}") == 1
    for name in ("iid", "parent"):
        assert (type(note[name]) is int) if note["otype"] == "item" else note[name] is None


def _ping(document: Any, call: str) -> None:
    tree = document["result"]
    assert tuple(tree) == PING, call
    assert all(type(tree[name]) is int and tree[name] >= 0 for name in PING[:-2])
    assert tree["sysmsgs"] == {"notice": [], "info": []}
    for note in tree["notifications"]:
        assert tuple(note) == PING_NOTE
        assert AGO.fullmatch(note["date"])


def _profile(profile: Any) -> None:
    assert tuple(profile) == PROFILE
    assert all(type(profile[name]) is bool for name in FLAGS)
    assert profile["is_default"] is True
    assert profile["marital_since"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", profile["date_of_birth"])
    assert profile["users"] == []
    assert all(set(row) == {"label", "value"} for row in profile["custom_fields"])
    texts = set(PROFILE) - FLAGS - {"marital_since", "users", "custom_fields"}
    assert all(isinstance(profile[name], str) for name in texts)


# JSON against XML


def same_notes(document: Any, root: etree._Element) -> None:
    """Every field is an attribute; null is an empty one."""
    assert len(root) == len(document)
    for note, element in zip(document, root, strict=True):
        found = {name: str(value) for name, value in element.attrib.items()}
        assert found == {name: "" if value is None else str(value) for name, value in note.items()}
        assert (element.tag, element.text, len(element)) == ("note", None, 0)


def same_seen(document: Any, root: etree._Element, same_status: Callable[[Any, etree._Element], None]) -> None:
    """An array of one status is one element inside the root; the word is its text."""
    if document == "success":
        assert (root.text, len(root)) == ("success", 0)
    else:
        assert len(root) == 1
        same_status(document[0], root[0])


def same_ping(document: Any, root: etree._Element) -> None:
    """Unread notes begin with the sign that an old client looks for, in these letters."""
    tree, listed = document["result"], root.find("notif")
    assert listed is not None
    for name in PING[:-3]:
        assert root.findtext(name) == str(tree[name])
    assert listed.get("count") == str(tree["notification"] + tree["mail"])
    assert len(listed) == len(tree["notifications"])
    for note, element in zip(tree["notifications"], listed, strict=True):
        text = note.pop("message")
        assert dict(element.attrib) == {name: str(value) for name, value in note.items()}
        assert element.text == (text if note["seen"] else f"&rarr; {text}")


def same(call: str, json: bytes, root: etree._Element, same_status: Callable[[Any, etree._Element], None]) -> bool:
    """Whether the call is one of these; then both carry equal data."""
    document = msgspec.json.decode(json)
    if call == "friendica/notifications":
        same_notes(document, root)
    elif call == "friendica/notifications/seen":
        same_seen(document, root, same_status)
    elif call == "ping":
        same_ping(document, root)
    else:
        return False
    return True
