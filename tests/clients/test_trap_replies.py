"""What old clients cannot bear in a reply: nulls, wrong types, odd dates, XML that looks cut off, unknown errors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2 as httpx
import pytest
from lxml import etree

from tests.clients.gear import Demo

DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"\d\d \d\d:\d\d:\d\d \+0000 \d{4}"
)
ABSENT_NOT_NULL = {"retweeted_status", "quoted_status", "entities", "extended_entities", "source", "urls", "status"}
STATUS_KEYS: dict[str, type | tuple[type, ...]] = {
    "id": int, "id_str": str, "text": str, "created_at": str, "source": str, "user": dict, "favorited": bool,
    "truncated": bool, "statusnet_html": str, "external_url": str,
    "in_reply_to_status_id": (int, type(None)), "in_reply_to_status_id_str": (str, type(None)),
    "in_reply_to_user_id": (int, type(None)), "in_reply_to_user_id_str": (str, type(None)),
    "in_reply_to_screen_name": (str, type(None)),
}  # fmt: skip
USER_KEYS: dict[str, type] = {
    "id": int, "id_str": str, "name": str, "screen_name": str, "profile_image_url": str, "created_at": str,
    "protected": bool, "following": bool, "notifications": bool, "statusnet_blocking": bool,
    "followers_count": int, "friends_count": int, "statuses_count": int, "statusnet_profile_url": str, "cid": int,
    "network": str,
}  # fmt: skip
READS = (
    "statuses/home_timeline?count=60", "statuses/home_timeline?count=60&include_entities=true",
    "statuses/user_timeline?screen_name=alice&count=60", "statuses/public_timeline", "statuses/mentions", "favorites",
    "statuses/friends", "statuses/followers", "users/search?q=alice", "users/show?screen_name=alice",
    "account/verify_credentials",
)  # fmt: skip


def objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a reply."""
    if isinstance(tree, dict):
        yield tree
    for value in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from objects(value)


@pytest.fixture(params=["/api", "/1.1"])
def mount(request: pytest.FixtureRequest) -> str:
    """Where Friendica clients and where Twitter clients look."""
    name: str = request.param
    return name


def keys_of(one: dict[str, Any]) -> Mapping[str, type | tuple[type, ...]]:
    """What an object must hold: statuses (with their thread, unless inside a boost), users, nothing for the rest."""
    if "text" in one and "user" in one:
        return {**STATUS_KEYS, "statusnet_conversation_id": int} if "friendica_owner" in one else STATUS_KEYS
    return USER_KEYS if "profile_image_url" in one else {}


@pytest.mark.parametrize("read", READS)
def test_no_null_where_clients_break_and_every_key_in_its_type(web: httpx.Client, mount: str, read: str) -> None:
    found = list(objects(web.get(f"{mount}/{read}").json()))
    assert found
    for one in found:
        assert not {key for key, value in one.items() if value is None} & ABSENT_NOT_NULL
        assert not {"error", "errors"} & set(one)
        keys = keys_of(one)
        assert {key for key, kind in keys.items() if key not in one or not isinstance(one[key], kind)} == set()


@pytest.mark.parametrize("read", READS)
def test_ids_fit_and_have_their_text_beside_them(web: httpx.Client, read: str) -> None:
    for one in objects(web.get(f"/api/{read}").json()):
        if "id_str" in one and isinstance(one.get("id"), int):
            assert one["id_str"] == str(one["id"])
            assert 0 < one["id"] < (2**31 if "screen_name" in one else 2**53)
        for key in [key for key in one if key.endswith("_id_str")]:
            number = one[key.removesuffix("_str")]
            assert one[key] == (None if number is None else str(number))


@pytest.mark.parametrize("read", READS)
def test_one_form_of_dates(web: httpx.Client, mount: str, read: str) -> None:
    dates = [one["created_at"] for one in objects(web.get(f"{mount}/{read}").json()) if "created_at" in one]
    assert dates
    assert all(DATE.fullmatch(date) for date in dates)


def test_text_is_plain_for_friendica_clients_and_escaped_for_twitter_clients(web: httpx.Client) -> None:
    texts = {}
    for mount in ("/api", "/1", "/1.1"):
        page = web.get(f"{mount}/statuses/user_timeline.json?screen_name=alice&count=200").json()
        texts[mount] = next(status["text"] for status in page if status["text"].startswith("Alice's first"))
    assert "<angle> & ampersand" in texts["/api"]
    assert "&lt;angle&gt; &amp; ampersand" in texts["/1"] == texts["/1.1"]


@pytest.mark.parametrize("extension", ["json", "xml"])
def test_success_is_200_and_types_are_exact(web: httpx.Client, extension: str) -> None:
    for name, letters in ("carol", "ascii"), ("alice", "utf-8"):
        answer = web.get(f"/api/statuses/user_timeline.{extension}?screen_name={name}&count=200")
        assert answer.status_code == 200
        assert answer.content.isascii() == (letters == "ascii")
        kind, _, charset = answer.headers["Content-Type"].lower().replace(" ", "").partition(";")
        assert kind in {"json": ("application/json",), "xml": ("application/xml", "text/xml")}[extension]
        assert charset == "charset=utf-8" or (charset == "" and letters == "ascii" and extension == "json")


@pytest.mark.parametrize(
    ("call", "root"),
    [
        ("statuses/home_timeline.xml?count=40", "statuses"), ("statuses/mentions.xml", "statuses"),
        ("favorites.xml", "statuses"), ("statuses/friends.xml", "users"), ("users/show.xml?screen_name=alice", "user"),
        ("account/verify_credentials.xml", "user"), ("statusnet/config.xml", "config"),
        ("statuses/show.xml?id=1", "status"), ("no/such/call.xml", "status"),
    ],
)  # fmt: skip
def test_xml_to_the_last_byte(web: httpx.Client, call: str, root: str) -> None:
    answer = web.get(f"/api/{call}")
    body = answer.content
    declaration = body[: body.index(b"?>")]
    assert body.startswith(b"<?xml ")
    assert b"utf-8" in declaration.lower()
    assert body.endswith(f"</{root}>\n".encode())
    tree = etree.fromstring(body)
    assert etree.QName(tree).localname == root
    assert "charset=utf-8" in answer.headers["Content-Type"].lower().replace(" ", "")


def test_the_namespaces_and_elements_gnu_social_clients_look_for(web: httpx.Client) -> None:
    tree = etree.fromstring(web.get("/api/statuses/home_timeline.xml?count=3").content)
    assert tree.nsmap == {
        None: "http://api.twitter.com",
        "statusnet": "http://status.net/schema/api/1/",
        "friendica": "http://friendi.ca/schema/api/1/",
        "georss": "http://www.georss.org/georss",
    }
    for status in tree:
        for path in ("statusnet:html", "statusnet:conversation_id", "t:user/statusnet:profile_url", "t:favorited"):
            found = status.find(path, {**{k: v for k, v in tree.nsmap.items() if k}, "t": tree.nsmap[None]})
            assert found is not None, path
            assert found.text


ERRORS = (
    ("GET", "statuses/show.{}?id=1", 400, "alice"),
    ("GET", "statuses/home_timeline.{}", 401, None),
    ("GET", "no/such/call.{}", 501, "alice"),
    ("GET", "statuses/update.{}?status=x", 405, "alice"),
    ("POST", "statuses/update.{}", 400, "alice"),
    ("POST", "statuses/retweet.{}?id=1", 403, "alice"),
)


def _error(demo: Demo, extension: str, row: tuple[str, str, int, str | None]) -> httpx.Response:
    method, path, code, user = row
    auth = (user, demo.users[user]) if user else None
    url = f"{demo.base_url}/api/{path.format(extension)}"
    answer = httpx.request(method, url, auth=auth, trust_env=False)
    assert answer.status_code in ({403, 404} if code == 403 else {400, 404} if code == 400 else {code})
    return answer


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: f"{row[0]} {row[1]}")
def test_both_error_shapes_in_one_json_body(demo: Demo, row: tuple[str, str, int, str | None]) -> None:
    answer = _error(demo, "json", row)
    body = answer.json()
    assert body["error"]
    assert body["code"].startswith(f"{answer.status_code} ")
    assert body["request"].startswith("api/" + row[1].partition(".")[0])
    assert body["errors"][0]["message"] == body["error"]
    assert type(body["errors"][0]["code"]) is int


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: f"{row[0]} {row[1]}")
def test_an_error_in_xml(demo: Demo, row: tuple[str, str, int, str | None]) -> None:
    answer = _error(demo, "xml", row)
    tree = etree.fromstring(answer.content)
    assert etree.QName(tree).localname == "status"
    texts = {etree.QName(child).localname: child.text for child in tree}
    assert texts["error"]
    assert (texts["code"] or "").startswith(f"{answer.status_code} ")


@pytest.mark.parametrize("call", ["followers/ids", "friends/ids"])
def test_id_lists_are_envelopes_for_twitter_clients(web: httpx.Client, call: str) -> None:
    bare = web.get(f"/api/{call}.json").json()
    assert isinstance(bare, list)
    for url in (f"/api/{call}.json?cursor=-1", f"/1.1/{call}.json"):
        envelope = web.get(url).json()
        assert envelope["ids"] == bare
        assert (envelope["next_cursor"], envelope["previous_cursor"]) == (0, 0)
        assert (envelope["next_cursor_str"], envelope["previous_cursor_str"]) == ("0", "0")


@pytest.mark.parametrize("call", ["statuses/friends", "statuses/followers"])
def test_lists_of_people_are_bare_unless_a_cursor_is_sent(web: httpx.Client, call: str) -> None:
    bare = web.get(f"/api/{call}.json").json()
    assert {user["screen_name"] for user in bare} == {"alice", "carol"}
    envelope = web.get(f"/api/{call}.json?cursor=-1").json()
    assert [user["id"] for user in envelope["users"]] == [user["id"] for user in bare]
    assert (envelope["next_cursor"], envelope["next_cursor_str"]) == (0, "0")
