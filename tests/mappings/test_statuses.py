"""The status object: keys, values and types; XML against a tree built with lxml from the rules."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mappings import hub
from mappings.fields import ACTIVITIES, STATUS_FIELDS, inner
from mappings.fragments import Hole
from mappings.statuses import status_fragment
from mappings.trees import xml_document
from mappings.users import Person, UserKey
from tests.mappings.samples import (
    NUMBERS,
    account,
    as_json,
    as_xml,
    canonical,
    expected_xml,
    filled,
    picture,
    status,
    variant,
)

ANN = account("3", "ann", acct="ann@far.example", note="", locked=True)
QUOTED = status("80", account=ANN, content="<p>quoted</p>", title="T")
BOOSTED = status("90", account=ANN, content="<p>words</p>", media=(picture(),), quote_of=QUOTED, favourited=True)
ACTS = hub.Activities(like=(account(), ANN), attendyes=(ANN,), announce=(account("1", "me"),))
POSTS = {
    "plain": status(),
    "titled": status(title="A <title> & more"),
    "reply": status(in_reply_to="99", in_reply_to_account="2"),
    "place": status(place=hub.Place(lat=52.52, long=-13.0)),
    "media": status(media=(picture(), picture("8", description='"quoted" <b>', size=0))),
    "poll": status(poll=hub.Poll(options=(hub.PollOption(title="<a>", votes_count=0),), expired=True)),
    "boost": status(reblog_of=BOOSTED, content=""),
    "quote": status(quote_of=QUOTED),
    "private": status(visibility="private", sensitive=True, reblogged=True),
    "odd": status(content="\x00a\x0b\ufffe\ud800<p>\r\nb ]]> &#1;</p>", source="\x01<x>&", title="\x1f", url="\udfff"),
    "empty": status(content="", url="", uri="", source="", created_at=""),
}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"entities": True},
    {"escape": True, "entities": True, "source_link": True},
    {"comments": False},
    {"activities": ACTS},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", POSTS)
def test_xml_is_what_the_rules_make_of_the_json(name: str, options: dict[str, Any]) -> None:
    data = as_json(POSTS[name], **options)
    assert canonical(as_xml(POSTS[name], **options)) == canonical(expected_xml("status", data))


@pytest.mark.parametrize("name", POSTS)
def test_keys_are_those_of_the_table(name: str) -> None:
    data = as_json(POSTS[name])
    names = [field.name for field in STATUS_FIELDS]
    assert len(data) == len(set(data) & set(names))
    assert {field.name for field in STATUS_FIELDS if not field.optional} <= set(data)
    for key in ("retweeted_status", "quoted_status"):
        if key in data:
            inside = inner(STATUS_FIELDS)
            assert set(data[key]) <= {field.name for field in inside}
            assert {field.name for field in inside if not field.optional} <= set(data[key])


def test_values() -> None:
    data = as_json(status())
    flat = {key: value for key, value in data.items() if not isinstance(value, dict)}
    assert flat == {
        "text": "Found a valve radio", "truncated": False, "created_at": "Tue Jan 05 18:20:00 +0000 2021",
        "in_reply_to_status_id": None, "in_reply_to_status_id_str": None, "source": "Tusky (ActivityPub)", "id": 100,
        "id_str": "100", "in_reply_to_user_id": None, "in_reply_to_user_id_str": None, "in_reply_to_screen_name": None,
        "geo": None, "favorited": False, "friendica_private": False, "statusnet_html": "<p>Found a valve radio</p>",
        "statusnet_conversation_id": 100, "external_url": "https://there.example/@bob/100", "friendica_title": "",
        "friendica_html": "<p>Found a valve radio</p>", "retweet_count": 4, "favorite_count": 3, "retweeted": False,
        "possibly_sensitive": False, "friendica_comments": 5,
    }  # fmt: skip
    assert data["friendica_activities"] == {name: [] for name in ACTIVITIES}
    assert data["user"]["id"] == data["friendica_author"]["id"] == data["friendica_owner"]["id"] == 2


def test_who_is_full() -> None:
    data = as_json(status(reblog_of=BOOSTED, content=""), activities=ACTS)
    assert "uid" not in data["user"]
    people = [data["friendica_author"], data["friendica_owner"], data["retweeted_status"]["user"]]
    people += [person for name in ACTIVITIES for person in data["friendica_activities"][name]]
    assert all("uid" in person and "self" in person for person in people)
    assert [person["screen_name"] for person in data["friendica_activities"]["like"]] == ["bob", "ann"]


def test_a_boost() -> None:
    data = as_json(status(reblog_of=BOOSTED, content=""))
    assert (data["id"], data["retweeted_status"]["id"]) == (100, 90)
    assert data["user"]["screen_name"] == data["friendica_owner"]["screen_name"] == "bob"
    assert data["friendica_author"]["screen_name"] == data["retweeted_status"]["user"]["screen_name"] == "ann"
    assert data["statusnet_conversation_id"] == 90
    assert data["favorited"]
    assert data["external_url"] == "https://there.example/@bob/90"
    assert data["retweeted_status"]["quoted_status"]["id"] == 80
    assert "quoted_status" not in data
    assert data["attachments"] == data["retweeted_status"]["attachments"]


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct", "list", "unheard of"])
def test_private(visibility: str) -> None:
    private = visibility in {"private", "direct", "list"}
    assert as_json(status(visibility=visibility))["friendica_private"] is private
    hidden = status(reblog_of=status("90", visibility=visibility), content="")
    assert as_json(hidden)["friendica_private"] is private


REPLY: dict[str, Any] = {"in_reply_to": "99", "in_reply_to_account": "5"}


@pytest.mark.parametrize(
    ("changes", "options", "name"),
    [
        ({"mentions": (hub.Mention(native="5", username="eve"),)}, {}, "eve"),
        ({"mentions": (hub.Mention(native="5", username="eve@far.example"),)}, {}, "eve"),
        ({"mentions": (hub.Mention(native="6", username="eve"),)}, {}, None),
        ({"account": account("5", "self")}, {}, "self"),
        ({}, {"self_native": "5", "self_name": "me@there.example"}, "me@there.example"),
        ({"in_reply_to_account": None, "mentions": (hub.Mention(native=""),)}, {}, None),
    ],
)
def test_whom_it_answers(changes: dict[str, Any], options: dict[str, Any], name: str | None) -> None:
    data = as_json(status(**(REPLY | changes)), **options)
    assert data["in_reply_to_screen_name"] == name
    assert (data["in_reply_to_status_id"], data["in_reply_to_status_id_str"]) == (99, "99")
    person = None if changes.get("in_reply_to_account", 5) is None else 5
    assert data["in_reply_to_user_id"] == person
    assert data["in_reply_to_user_id_str"] == (person and "5")


def test_an_unknown_parent_is_null() -> None:
    data = as_json(status(in_reply_to="unknown", in_reply_to_account="unknown"))
    assert data["in_reply_to_status_id"] is None
    assert data["in_reply_to_status_id_str"] is None
    assert data["in_reply_to_user_id"] is None


def test_a_quoted_status_without_number_is_left_out() -> None:
    assert "quoted_status" not in as_json(status(quote_of=status("unknown")))


def test_source() -> None:
    assert as_json(status(source=""))["source"] == "ActivityPub"
    assert as_json(status(source="a<b"), source_link=True)["source"] == (
        '<a href="https://gateway.example" rel="nofollow">a&lt;b</a>'
    )
    assert as_json(status(source="", reblog_of=status("90", source="Web")))["source"] == "Web (ActivityPub)"


@pytest.mark.parametrize("place", [hub.Place(lat=float("nan"), long=1), hub.Place(lat=1, long=float("inf"))])
def test_an_impossible_place_is_none(place: hub.Place) -> None:
    assert as_json(status(place=place))["geo"] is None


def test_place() -> None:
    data = as_json(status(place=hub.Place(lat=52.5, long=13)))
    assert data["geo"] == {"type": "Point", "coordinates": [52.5, 13.0]}
    (point,) = as_xml(status(place=hub.Place(lat=52.5, long=13))).iter("{*}point")
    assert point.text == "52.5 13.0"


@pytest.mark.parametrize(
    ("media", "mime"),
    [
        (picture(mime="image/avif"), "image/avif"),
        (picture(url="https://f.example/a.WEBP?x=1.gif"), "image/webp"),
        (picture(url="https://f.example/media/7"), "image/jpeg"),
        (picture(url="https://f.example/7", type="video"), "video/mp4"),
        (picture(url="https://f.example/7", type="unknown"), "application/octet-stream"),
    ],
)
def test_attachments(media: hub.Media, mime: str) -> None:
    (found,) = as_json(status(media=(media,)))["attachments"]
    assert found == {
        "url": media.url, "mimetype": mime, "size": 48213, "thumb_url": media.preview_url, "description": "A radio",
    }  # fmt: skip


def test_media_that_is_not_there_yet_falls_back() -> None:
    (found,) = as_json(status(media=(picture(url="", remote_url="https://far.example/7.png"),)))["attachments"]
    assert found["url"] == "https://far.example/7.png"
    assert "attachments" not in as_json(status(media=(picture(url="", preview_url=""),)))


def test_html_shows_what_the_content_does_not() -> None:
    data = as_json(status(media=(picture(description='a "b"'),), quote_of=QUOTED))
    assert '<img src="https://files.example/small/7.png" alt="a &quot;b&quot;">' in data["friendica_html"]
    assert "<img" not in data["statusnet_html"]
    for key in ("friendica_html", "statusnet_html"):
        assert "<blockquote>" in data[key]
        assert '<a href="https://files.example/7.png" rel="nofollow noopener">' in data[key]


def test_the_holes_are_where_the_reader_is() -> None:
    fragment = status_fragment(status(reblog_of=BOOSTED, content=""), variant(), NUMBERS, users={})
    assert fragment.holes == (
        Hole("contact", "2", 2),
        Hole("contact", "3", 3, True),
        Hole("contact", "2", 2, True),
        Hole("thread", "90", 90),
        Hole("own", "", 0),
        Hole("contact", "3", 3, True),
        Hole("contact", "3", 3, True),
    )


def test_what_the_reader_did_stands_in_the_activities() -> None:
    lists = as_json(status(favourited=True, reblogged=True))["friendica_activities"]
    assert list(lists) == list(ACTIVITIES)
    assert {name: [who["screen_name"] for who in people] for name, people in lists.items() if people} == {
        "like": ["me"],
        "announce": ["me"],
    }
    assert not any(as_json(status())["friendica_activities"].values())


def test_authors_are_rendered_once() -> None:
    users: dict[UserKey, Person] = {}
    status_fragment(status("100"), variant(), NUMBERS, users=users)
    kept = dict(users)
    status_fragment(status("101"), variant(), NUMBERS, users=users)
    assert kept
    assert users == kept


ANY = st.text(st.characters(exclude_categories=()), max_size=6)
COUNTS = st.integers(0, 2**53)
DIGITS = st.integers(1, 2**53).map(str)
PEOPLE = st.builds(
    hub.Account, native=DIGITS, username=ANY, acct=ANY, name=ANY, note=ANY, url=ANY, avatar=ANY, created_at=ANY,
    followers_count=COUNTS, locked=st.booleans(), fields=st.tuples(st.builds(hub.ProfileField, name=ANY, value=ANY)),
)  # fmt: skip
MEDIA = st.builds(
    hub.Media, native=ANY, type=st.sampled_from(["image", "video", "audio", "unknown"]), url=ANY, preview_url=ANY,
    description=ANY, width=st.integers(0, 9999), height=st.integers(0, 9999), mime=ANY, size=COUNTS,
)  # fmt: skip
MENTIONS = st.builds(hub.Mention, native=DIGITS, username=ANY, acct=ANY, url=ANY)
POLLS = st.builds(
    hub.Poll, options=st.tuples(st.builds(hub.PollOption, title=ANY, votes_count=st.none() | COUNTS)),
    expired=st.booleans(), multiple=st.booleans(),
)  # fmt: skip


def posts(inside: st.SearchStrategy[hub.Status] | None) -> st.SearchStrategy[hub.Status]:
    other = st.none() if inside is None else st.none() | inside
    return st.builds(
        hub.Status, native=DIGITS, account=PEOPLE, created_at=ANY, content=ANY, title=ANY, sensitive=st.booleans(),
        visibility=ANY, in_reply_to=st.none() | DIGITS, in_reply_to_account=st.none() | DIGITS, reblog_of=other,
        quote_of=other, media=st.lists(MEDIA, max_size=2).map(tuple), poll=st.none() | POLLS, source=ANY, url=ANY,
        uri=ANY, favourites_count=COUNTS, filters=st.lists(ANY, max_size=2).map(tuple),
        mentions=st.lists(MENTIONS, max_size=2).map(tuple),
        place=st.none() | st.builds(hub.Place, lat=st.floats(), long=st.floats()),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(posts(posts(None)), st.booleans(), st.booleans())
def test_any_status_is_well_formed_and_equal_in_both(post: hub.Status, entities: bool, escape: bool) -> None:
    data = as_json(post, entities=entities, escape=escape)
    root = as_xml(post, entities=entities, escape=escape)
    assert canonical(root) == canonical(expected_xml("status", data))
    for item in (item for items in data.get("entities", {}).values() for item in items):
        start, end = item["indices"]
        assert data["text"][start:end] in {item.get("url"), data["text"][start:end]}
        assert 0 <= start < end <= len(data["text"])


@given(ANY)
def test_any_content_is_valid_in_both_formats(content: str) -> None:
    fragment = status_fragment(status(content=content), variant("xml"), NUMBERS, users={})
    text = etree.fromstring(xml_document("status", filled(fragment, "xml"))).findtext("{*}text") or ""
    json = msgspec.json.decode(filled(status_fragment(status(content=content), variant(), NUMBERS, users={}), "json"))
    assert text == json["text"]
