"""From JSON to hub objects: what each field becomes, and what is made of entities that are not quite right."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import BadAnswer
from adapters.mastodon.capabilities import SOFTWARE
from adapters.mastodon.decode import Reader, id_of, split
from mappings import hub
from tests.adapters.samples import IDS, person, post

HOSTS = frozenset({"far.example", "far.example:8080"})
READER = Reader(SOFTWARE["mastodon"], HOSTS)
SNAC = Reader(SOFTWARE["snac"], HOSTS)


def read(entity: dict[str, Any], reader: Reader = READER) -> hub.Status:
    return reader.read(msgspec.json.encode(entity))


def test_a_plain_status() -> None:
    status = read(
        post(
            "5",
            spoiler_text="CW",
            sensitive=True,
            in_reply_to_id="4",
            in_reply_to_account_id="8",
            application={"name": "Tusky", "website": None},
            url="https://far.example/@bob/5",
            uri="https://far.example/users/bob/5",
            favourited=True,
            favourites_count=3,
            mentions=[{"id": "8", "username": "carol", "acct": "carol@b.example", "url": "https://b.example/@carol"}],
            tags=[{"name": "tag", "url": "https://far.example/tags/tag"}],
            edited_at="2026-11-18T12:26:41.000Z",
        )
    )
    assert (status.native, status.key, status.title, status.sensitive) == ("5", "5", "CW", True)
    assert (status.in_reply_to, status.in_reply_to_account, status.source) == ("4", "8", "Tusky")
    assert (status.favourited, status.favourites_count, status.reblogged) == (True, 3, False)
    assert status.edited_at == "2026-11-18T12:26:41.000Z"
    [mention], [tag] = status.mentions, status.tags
    assert (mention.native, mention.username, mention.acct) == ("8", "carol", "carol@b.example")
    assert tag.name == "tag"
    assert (status.account.native, status.account.name, status.account.acct) == ("7", "Bob", "bob")


def test_statuses_can_be_cache_keys() -> None:
    entity = post("5", quote={"quoted_status": post("4")}, filtered=[], application={"name": "x"}, poll={"options": []})
    assert hash(read(entity)) == hash(read(entity))
    assert read(entity) == read(entity)


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("2026-11-18T12:26:40.123Z", "2026-11-18T12:26:40.123Z"),
        ("2026-11-18T12:26:40.123456+00:00", "2026-11-18T12:26:40.123456Z"),
        ("2026-11-18T14:26:40+02:00", "2026-11-18T12:26:40.000Z"),
        ("2026-11-18T12:26:40", "2026-11-18T12:26:40.000Z"),
        (None, ""),
    ],
)
def test_dates_are_utc(sent: str | None, read_as: str) -> None:
    assert read(post("5", created_at=sent)).created_at == read_as
    assert read(post("5", account=person(created_at=sent or ""))).account.created_at == read_as


def test_a_boost_holds_its_original() -> None:
    status = read(post("6", content="", account=person("9", "alice"), reblog=post("5", reblog=post("4"))))
    assert status.original.native == "5"
    assert (status.account.acct, status.original.account.acct) == ("alice", "bob")


@pytest.mark.parametrize(
    "field",
    [
        {"quote": {"state": "accepted", "quoted_status": post("3")}},  # Mastodon
        {"quote": post("3")},  # Akkoma
        {"pleroma": {"quote": post("3"), "quote_visible": True}},  # Pleroma
        {"quote": None, "pleroma": {"quote": post("3")}},
    ],
)
def test_a_quote_is_found_wherever_it_stands(field: dict[str, Any]) -> None:
    quoted = read(post("5", **field)).quote_of
    assert quoted
    assert quoted.native == "3"


@pytest.mark.parametrize(
    "quote",
    [None, {"state": "pending", "quoted_status": None}, {"state": "accepted", "quoted_status_id": "3"}, 7, "x", {}, []],
)
def test_a_quote_that_is_not_given_is_none(quote: object) -> None:
    status = read(post("5", quote=quote))
    assert (status.native, status.quote_of) == ("5", None)


def test_filters_warn_or_hide() -> None:
    warn = {"filter": {"title": "Politics", "filter_action": "warn"}, "keyword_matches": ["x"]}
    blur = {"filter": {"title": "Spiders", "filter_action": "blur"}}
    hide = {"filter": {"title": "Never", "filter_action": "hide"}}
    status = read(post("5", filtered=[warn, blur]))
    assert (status.filters, status.hidden) == (("Politics", "Spiders"), False)
    status = read(post("5", filtered=[warn, hide]))
    assert (status.filters, status.hidden) == (("Politics",), True)
    boost = read(post("6", filtered=[], reblog=post("5", filtered=[warn])))
    assert boost.filters == ("Politics",)
    assert read(post("6", reblog=post("5", filtered=[hide]))).hidden


def test_media_sizes_and_types() -> None:
    size = {"original": {"width": 640, "height": 480.0}, "small": {"width": 64, "height": 48}}
    files = [
        {"id": "1", "type": "image", "url": "https://f.example/a.PNG?x=1", "preview_url": None, "meta": size},
        {"id": "2", "type": "gifv", "url": None, "remote_url": None, "description": None, "meta": {}},
        {"id": "3", "type": "video", "url": "https://f.example/b", "pleroma": {"mime_type": "video/x-matroska"}},
        {"id": "4", "type": "strange", "url": "https://f.example/c.webp", "meta": None},
        {"id": "5", "type": "strange", "url": "https://f.example/c"},
    ]
    png, gifv, video, webp, strange = read(post("5", media_attachments=files)).media
    assert (png.mime, png.width, png.height, png.preview_url) == ("image/png", 640, 480, png.url)
    assert (gifv.mime, gifv.url, gifv.description, gifv.width) == ("video/mp4", "", "", 0)
    assert (video.mime, webp.mime, strange.mime) == ("video/x-matroska", "image/webp", "")


def test_a_poll() -> None:
    options = [{"title": "yes", "votes_count": None}, {"title": "no", "votes_count": 2}]
    poll = read(post("5", poll={"options": options, "multiple": True, "votes_count": 2})).poll
    assert poll
    assert [(option.title, option.votes_count) for option in poll.options] == [("yes", None), ("no", 2)]
    assert (poll.multiple, poll.expired, poll.votes_count) == (True, False, 2)


@pytest.mark.parametrize("place", [{"lat": 1.5, "long": -2}, {"latitude": 1.5, "longitude": -2.0, "name": "Here"}])
def test_a_place_where_one_is_given(place: dict[str, Any]) -> None:
    assert read(post("5", place=place)).place == hub.Place(lat=1.5, long=-2.0)
    assert read(post("5", place={"name": "Somewhere"})).place is None


def test_the_instance_own_host_is_stripped() -> None:
    mentions = [
        {"id": "0", "username": "carol@far.example:8080", "acct": "carol@FAR.example:8080", "url": "u"},
        {"id": "0", "username": "dora@b.example", "acct": "dora@b.example", "url": "u"},
    ]
    entity = post(IDS["snac"][0], account=person(acct="bob@far.example:8080"), mentions=mentions)
    status = read(post(IDS["snac"][1].upper(), reblog=entity), SNAC).original
    assert status.account.acct == "bob"
    assert [(named.username, named.acct) for named in status.mentions] == [
        ("carol", "carol"),
        ("dora", "dora@b.example"),
    ]


def test_snac_keys_survive_an_edit_and_tell_boosts() -> None:
    native = IDS["snac"][0]
    edited = "1799999999" + native[10:]
    status, later, boost = (read(post(one), SNAC) for one in (native, edited, native.upper()))
    assert status.key == later.key == native[10:]
    assert boost.key == native[10:].upper()
    assert (status.native, boost.native) == (native, native.upper())


@pytest.mark.parametrize("nothing", [None, "absent"])
@pytest.mark.parametrize("name", [name for name in post("5") if name not in {"id", "account"}])
def test_every_field_but_two_may_be_missing_or_null(name: str, nothing: str | None) -> None:
    entity = post("5", **{name: None})
    if nothing == "absent":
        del entity[name]
    assert read(entity).native == "5"


@pytest.mark.parametrize(
    "field",
    [
        {"content": 7},
        {"media_attachments": [{"id": "1", "url": ["x"]}, 5, None]},
        {"mentions": "nobody"},
        {"mentions": [{"username": "x"}, 3]},
        {"tags": [{"name": "good"}, {"url": "no name"}, None]},
        {"reblogs_count": "12"},
        {"reblogs_count": -0.5},
        {"visibility": 3},
        {"in_reply_to_id": 17},
        {"created_at": "yesterday"},
        {"poll": [], "application": 5, "filtered": 5, "reblog": "none"},
        {"account": person(followers_count="many", fields=None, note=None, locked=None)},
        {"account": person(id=7)},
        {"sensitive": "yes"},
    ],
)
def test_wrong_fields_cost_only_themselves(field: dict[str, Any]) -> None:
    status = read(post("5", spoiler_text="kept") | field)
    assert (status.native, status.account.native, status.title) == ("5", "7", "kept")
    assert [tag.name for tag in status.tags] == (["good"] if "tags" in field else [])


def test_what_can_be_understood_is() -> None:
    assert read(post("5") | {"id": 5}).native == "5"
    assert read(post("5", in_reply_to_id=17)).in_reply_to == "17"
    assert read(post("5", reblogs_count="12")).reblogs_count == 12


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"null", b"[]", b"7", b'"x"', b"<html>", b"{}", b'{"id":"5"}', b'{"id":"5","account":{}}',
        b'{"id":null,"account":{"id":"7"}}', b"\xff\xfe", b'{"id":"5","account":' + b"[" * 100_000,
        b'{"id":"5","account":{"id":"7"},"reblog":' * 3000,
    ],
)  # fmt: skip
def test_what_is_no_status_is_a_bad_answer(raw: bytes) -> None:
    with pytest.raises(BadAnswer):
        READER.read(raw)


@pytest.mark.parametrize(
    "content", [b'"a\\ud800b"', b'"a\xffb"', b'"a\\u0000b"', b"NaN", b'"\\ud83d\\ude00"', b'"\xed\xa0\x80"']
)
def test_bad_characters_do_not_cost_the_status(content: bytes) -> None:
    raw = b'\xef\xbb\xbf{"id":"5","account":{"id":"7","username":"bob"},"content":' + content + b"}"
    status = READER.read(raw)
    assert status.native == "5"
    status.content.encode("utf-8")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*post("1"), "quote"]), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*post("1"), "quote", "filtered", "pleroma", "place", "poll"]), JSON))
def test_nothing_a_server_sends_gets_through_unread(fields: dict[str, Any]) -> None:
    try:
        status = read(post("5") | fields)
    except BadAnswer:
        return
    for name in hub.Status.__struct_fields__:
        getattr(status, name)
    assert isinstance(status.content, str)
    assert isinstance(status.native, str)
    hash(status)


def test_lists_are_split_without_reading_the_items() -> None:
    assert split(b'[{"id": "1"}, {"account": "whatever"}]') == [b'{"id": "1"}', b'{"account": "whatever"}']
    assert split(b'[{"id":"1","x":NaN},{"id":"2"}]') == [b'{"id":"1","x":null}', b'{"id":"2"}']
    for wrong in (b"", b"{}", b'{"error":"x"}', b"[1", b"null"):
        with pytest.raises(BadAnswer):
            split(wrong)


@pytest.mark.parametrize(
    ("raw", "native"),
    [
        (b'{"id":"12"}', "12"),
        (b'{ "id" : "12" }', "12"),
        (b'{"created_at":"","id":"a-b"}', "a-b"),
        (b'{"id":"a-b"}', "a-b"),
        (b'{"id":"a\\u0041"}', "aA"),
        (b'{"id":12}', "12"),
        (b'{"id":""}', ""),
        (b'{"id":null}', ""),
        (b"[]", ""),
        (b"{}", ""),
        (b'{"id":"12', ""),
    ],
)
def test_the_id_of_an_undecoded_item(raw: bytes, native: str) -> None:
    assert id_of(raw) == native


def test_a_notification_keeps_its_status_undecoded() -> None:
    entity = {
        "id": "3",
        "type": "mention",
        "created_at": "2026-11-18T12:26:40Z",
        "account": person(),
        "status": post("5"),
    }
    note = READER.notification(msgspec.json.encode(entity))
    assert (note.native, note.type, note.account.acct) == ("3", "mention", "bob")
    assert note.status
    assert note.status.status.native == "5"
    follow = READER.notification(msgspec.json.encode(entity | {"type": "follow", "status": None}))
    assert follow.status is None
