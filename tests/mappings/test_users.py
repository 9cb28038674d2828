"""The user object: values, the reader's fields, and JSON equal to XML."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from lxml import etree

from mappings import hub
from mappings.fields import USER_FIELDS
from mappings.fragments import Format, Hole
from mappings.statuses import status_fragment
from mappings.trees import xml_document
from mappings.users import LOCATIONS, Person, UserKey, contact_bytes, location, user_fragment
from tests.mappings.samples import NUMBERS, account, canonical, expected_xml, filled, status, variant


def render(person: hub.Account, format: Format, *, full: bool = False, **options: Any) -> bytes:
    names = {"self_native", "self_name", "label"} & options.keys()
    wanted = variant(format, **{name: options.pop(name) for name in names})
    return filled(user_fragment(person, wanted, int(person.native), full=full, **options), format)


def as_json(person: hub.Account, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(render(person, "json", **options))
    return found


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    "person",
    [
        account(),
        account("1", "me"),
        account("9", "x", name="", note="", url="", avatar="", created_at=""),
        account("9", name='a<b>&"c"\x00\x1f\ufffe\n\r\t é🦜', note="<p>&lt;&amp;&#1;</p>"),
        account("9", name="\ud800lone", username="u\udfff"),
        account("9", locked=True, fields=(hub.ProfileField(name="Ort:", value="<b>Berlin</b>"),)),
    ],
)
def test_json_and_xml_are_equal(person: hub.Account, full: bool) -> None:
    data = as_json(person, full=full)
    root = etree.fromstring(xml_document("user", render(person, "xml", full=full)))
    assert canonical(root) == canonical(expected_xml("user", data))
    wanted = [f.name for f in USER_FIELDS if f.name != "status" and (full or not f.full)]
    assert sorted(data) == sorted(wanted)


def test_values() -> None:
    data = as_json(account(), full=True)
    assert data | {
        "id": 2, "id_str": "2", "name": "Bob Builder", "screen_name": "bob", "location": "ActivityPub",
        "description": "Builds things & more", "url": "https://there.example/@bob", "protected": False,
        "followers_count": 12, "friends_count": 34, "statuses_count": 56, "listed_count": 0, "favourites_count": 0,
        "created_at": "Sun Mar 01 09:05:07 +0000 2020", "utc_offset": 0, "time_zone": "UTC", "lang": "", "pid": 2,
        "statusnet_profile_url": "https://there.example/@bob", "verified": True, "following": True, "uid": 1, "cid": 2,
        "self": 0, "network": "apub", "geo_enabled": False,
    } == data  # fmt: skip
    avatars = {value for key, value in data.items() if key.startswith("profile_image")}
    assert avatars == {"https://there.example/bob.png"}


def test_a_remote_person_has_no_host_in_the_screen_name() -> None:
    assert as_json(account(acct="bob@far.example"))["screen_name"] == "bob"


def test_the_reader_is_called_as_signed_in() -> None:
    assert (
        as_json(account("1", "me"), self_native="1", self_name="me@there.example")["screen_name"] == "me@there.example"
    )
    assert as_json(account("2"), self_native="1", self_name="me@there.example")["screen_name"] == "bob"


@pytest.mark.parametrize("name", ["Location", "ORT", "standort:", "Lieu", "場所"])
def test_location_from_the_profile(name: str) -> None:
    person = account(fields=(hub.ProfileField(name="Web", value="x"), hub.ProfileField(name=name, value="<p>Köln</p>")))
    assert location(person, "ActivityPub") == "Köln"


@pytest.mark.parametrize("value", ["", "<p></p>"])
def test_location_is_never_empty(value: str) -> None:
    assert location(account(fields=(hub.ProfileField(name="Location", value=value),)), "ActivityPub") == "ActivityPub"


def test_location_names_are_casefolded() -> None:
    assert {name.casefold() for name in LOCATIONS} == LOCATIONS


FLAGS = {"verified", "following", "follow_request_sent", "statusnet_blocking", "notifications"}


def contact(**options: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"number": 42, "relationship": None, "is_self": False, "is_contact": False, "full": True}
    found: dict[str, Any] = msgspec.json.decode(
        b"{%b}" % contact_bytes("json", **(base | {"viewer_number": 7} | options))
    )
    return found


def test_a_stranger() -> None:
    assert contact() == dict.fromkeys(FLAGS, False) | {"uid": 0, "cid": 0, "self": 0, "network": "apub"}
    assert set(contact(full=False)) == FLAGS | {"cid", "network"}


def test_a_contact() -> None:
    found = contact(is_contact=True)
    assert {k for k in FLAGS if found[k]} == {"verified", "following"}
    assert (found["uid"], found["cid"], found["self"]) == (7, 42, 0)


def test_the_reader() -> None:
    found = contact(is_self=True, is_contact=True, number=7)
    assert {k for k in FLAGS if found[k]} == {"verified"}
    assert (found["uid"], found["cid"], found["self"]) == (7, 7, 1)


def test_a_relationship_is_told_flag_by_flag() -> None:
    pairs = {
        "following": "following", "requested": "follow_request_sent", "blocking": "statusnet_blocking",
        "notifying": "notifications",
    }  # fmt: skip
    for flag, key in pairs.items():
        found = contact(relationship=hub.Relationship(native="2", **{flag: True}))
        assert {k for k in FLAGS if found[k]} == {key}


def test_their_following_is_not_ours() -> None:
    assert contact(relationship=hub.Relationship(native="2", followed_by=True))["following"] is False


@pytest.mark.parametrize("format", ["json", "xml"])
def test_verify_credentials_has_no_verified(format: Format) -> None:
    last = status_fragment(status(account=account("1", "me")), variant(format), NUMBERS, users={}, comments=False)
    fragment = user_fragment(account("1", "me"), variant(format), 1, full=False, status=last, verified=False)
    data = filled(fragment, format)
    top, _, inside = data.partition(b"status>" if format == "xml" else b'"status":')
    assert b"verified" not in top
    assert b"verified" in inside
    if format == "json":
        assert list(msgspec.json.decode(data))[-2:] == ["network", "status"]


def test_the_cache_keeps_one_rendering_for_both_kinds() -> None:
    users: dict[UserKey, Person] = {}
    short = user_fragment(account(), variant(), 2, full=False, users=users)
    full = user_fragment(account(), variant(), 2, full=True, users=users)
    assert len(users) == 1
    assert full.holes == (Hole("contact", "2", 2, True),)
    assert short.holes == (Hole("contact", "2", 2, False),)
    assert [id(piece) for piece in full.pieces[::2]] == [id(piece) for piece in short.pieces[::2]]
