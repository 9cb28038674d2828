"""The user and status objects against every one a real Friendica 2021.01 sent: keys and types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree

from mappings import hub
from mappings.fields import STATUS_FIELDS, USER_FIELDS, element
from tests.mappings.samples import as_json, as_xml, picture, status

GOLDEN = Path(__file__).parent.parent / "golden" / "friendica-2021.01"
FILES = sorted(path for path in GOLDEN.glob("*.json") if path.name != "index.json")

OURS_ONLY = {"retweet_count", "favorite_count", "retweeted", "possibly_sensitive"}
"""Keys beyond the original, because clients show them (reference/clients.md section 6.3)."""

OTHER_TYPES = {
    "utc_offset": "the original sent text for contacts and a number for strangers: the number is sent",
    "statusnet_conversation_id": "the original lost it here and there: always a number",
    "friendica_title": "the original sent null here and there: always text, as its other replies have it",
}
"""Keys whose type is another one, with the reason."""

NOT_CAPTURED = {"quoted_status"}
"""Keys of replies that are not among the golden ones of these calls."""

BOOSTED = {
    "text", "truncated", "created_at", "in_reply_to_status_id", "in_reply_to_status_id_str", "source", "id", "id_str",
    "in_reply_to_user_id", "in_reply_to_user_id_str", "in_reply_to_screen_name", "geo", "favorited", "user",
    "statusnet_html", "external_url", "friendica_title", "friendica_html", "attachments",
}  # fmt: skip
"""Keys of a boosted status, as its search replied (reference/wire-statuses-users.md section 3.2)."""

BOOSTED_POST = status("90", media=(picture(),), place=hub.Place(lat=52.52, long=13.405))
FULL = status(in_reply_to="99", in_reply_to_account="2", media=(picture(),), reblog_of=BOOSTED_POST)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from objects(item)


def golden(sign: set[str], without: set[str]) -> list[dict[str, Any]]:
    found = []
    for path in FILES:
        try:
            document = msgspec.json.decode(path.read_bytes())
        except msgspec.DecodeError:
            continue
        found += [item for item in objects(document) if sign <= set(item) and not without & set(item)]
    assert found
    return found


USERS = golden({"screen_name", "id_str", "pid"}, {"derived"})
STATUSES = golden({"text", "statusnet_html"}, set())


def kind(value: Any) -> str:
    return type(value).__name__


def ours() -> dict[str, Any]:
    data = as_json(FULL, entities=True)
    nothing = as_json(status())
    for key in ("geo", "in_reply_to_status_id"):
        assert nothing[key] is None
    return data


def test_no_key_of_a_golden_user_is_missing() -> None:
    known = {field.name for field in USER_FIELDS}
    assert {key for user in USERS for key in user} == known


def test_no_key_of_a_golden_status_is_missing() -> None:
    known = {field.name for field in STATUS_FIELDS} - OURS_ONLY
    sent = {key for post in STATUSES for key in post}
    assert sent == known - NOT_CAPTURED


@pytest.mark.parametrize("full", [False, True])
def test_types_of_users(full: bool) -> None:
    data = ours()["friendica_author" if full else "user"]
    assert data.keys() <= {field.name for field in USER_FIELDS}
    for user in USERS:
        for key in data.keys() & user.keys() - OTHER_TYPES.keys():
            assert kind(data[key]) == kind(user[key]), key


def test_types_of_statuses() -> None:
    data, plain = ours(), as_json(status())
    for post in STATUSES:
        for key in data.keys() & post.keys() - OTHER_TYPES.keys():
            assert kind(post[key]) in {kind(data[key]), kind(plain.get(key))}, key


def test_keys_of_the_boosted_status() -> None:
    assert ours()["retweeted_status"].keys() - OURS_ONLY - {"entities"} == BOOSTED


def test_elements_of_golden_xml_are_ours() -> None:
    """The same names, each once; no client reads them by their place."""
    root = etree.fromstring((GOLDEN / "statuses-show.ok.xml").read_bytes())
    ours = [child.tag for child in as_xml(status())]
    theirs = [child.tag for child in root]
    extra = {f"{{http://api.twitter.com}}{name}" for name in OURS_ONLY} | {"{http://friendi.ca/schema/api/1/}comments"}
    assert sorted(tag for tag in ours if tag not in extra) == sorted(theirs)


def test_every_key_has_an_element_of_its_own() -> None:
    for fields in (USER_FIELDS, STATUS_FIELDS):
        assert len({element(field.name) for field in fields}) == len(fields)
