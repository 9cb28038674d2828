"""Needs of python-friendica, RSStoFriendika, AndStatus, Mastalab, Raccoon, Friendiqa and the photo importer
(wire-friendica.md sections 16.5 to 16.10).

python-friendica 0.3 is in no package index, so what it sends is sent here by the parts of urllib it is made of.
"""

from __future__ import annotations

import base64
import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import httpx2 as httpx
import pytest

from tests.clients.gear import Demo, Far
from tests.clients.needs import is_api_date, message, person, photo, read, refused, stream_id, stream_post
from tests.clients.test_trap_uploads import noisy_png


class PythonFriendica:
    """Every call is a GET; cookies are kept; the password follows a challenge; an error is None."""

    def __init__(self, demo: Demo, name: str) -> None:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, demo.base_url, name, demo.users[name])
        self.base, self.codes = demo.base_url, list[int]()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPBasicAuthHandler(passwords),
        )

    def ask(self, path: str, **query: object) -> Any:
        """The decoded reply of `path`."""
        url = f"{self.base}/{path}?{urllib.parse.urlencode(query)}"
        try:
            with self.opener.open(url, timeout=30) as answer:
                self.codes.append(answer.status)
                return json.load(answer)
        except urllib.error.HTTPError as error:
            self.codes.append(error.code)
            return None


@pytest.fixture(scope="module")
def python_friendica(demo: Demo) -> PythonFriendica:
    """Signed in as carol."""
    return PythonFriendica(demo, "carol")


@pytest.mark.parametrize(
    ("call", "query"),
    [
        ("account/verify_credentials", {"skip_status": "yes"}), ("statuses/home_timeline", {"exclude_replies": "no"}),
        ("direct_messages", {}), ("direct_messages/all", {}), ("direct_messages/conversation", {"uri": "x"}),
        ("direct_messages/send", {}), ("statuses/mentions", {}), ("statuses/friends", {}), ("favorites", {}),
        ("friendica/photos/list", {}), ("statuses/public_timeline", {}),
    ],
)  # fmt: skip
def test_python_friendica_reads(python_friendica: PythonFriendica, call: str, query: dict[str, str]) -> None:
    assert python_friendica.ask(f"api/{call}", **query) is not None


def test_python_friendica_calls_the_inbox_send(python_friendica: PythonFriendica, web: httpx.Client) -> None:
    message(web, "for the inbox called send", "carol")
    found = python_friendica.ask("api/direct_messages/send", getText="plain")
    assert "for the inbox called send" in [one["text"] for one in found]
    assert {one["recipient_screen_name"] for one in found} == {"carol"}


@pytest.mark.parametrize(
    ("call", "query"),
    [
        ("statuses/update", {"status": "by GET", "group_allow": ["1", "2"]}),
        ("direct_messages/new", {"text": "by GET", "screen_name": "bob"}),
    ],
)
def test_python_friendica_writes_by_get_which_is_refused(
    python_friendica: PythonFriendica, carol: httpx.Client, call: str, query: dict[str, Any]
) -> None:
    assert python_friendica.ask(f"api/{call}", **query) is None
    assert python_friendica.codes[-1] == 405
    for kept in ("statuses/user_timeline.json?count=200", "direct_messages/sent.json?getText=plain&count=999"):
        assert "by GET" not in [one["text"] for one in carol.get(f"/api/{kept}").json()]


def test_python_friendica_asks_ping_which_is_no_json(demo: Demo) -> None:
    client = PythonFriendica(demo, "carol")
    with pytest.raises(json.JSONDecodeError):
        client.ask("ping")
    assert client.codes == [200]


@pytest.mark.parametrize("unset", ["None", ""])
def test_rsstofriendika_posts_the_word_none_for_no_groups(carol: httpx.Client, far: Far, unset: str) -> None:
    fields = {"status": f"a feed item {unset}", "group_allow[]": unset}
    status = read(carol.post("/api/statuses/update", data=fields))
    assert far.status(status)["visibility"] == "public"


# AndStatus


def test_andstatus_pages_messages_by_the_oldest_id_less_one(carol: httpx.Client, web: httpx.Client) -> None:
    sent = [message(web, f"page {number}", "carol")["id"] for number in range(3)]
    first = read(carol.get(f"/api/direct_messages.json?count=2&since_id={sent[0] - 1}"))
    assert [one["id"] for one in first] == [sent[2], sent[1]]
    rest = read(carol.get(f"/api/direct_messages.json?count=2&since_id={sent[0] - 1}&max_id={sent[1] - 1}"))
    assert [one["id"] for one in rest] == [sent[0]]


def test_andstatus_sends_a_message_to_a_number(carol: httpx.Client) -> None:
    fields = {"text": "by number", "user_id": str(person(carol, "bob")["id"])}
    sent = read(carol.post("/api/direct_messages/new.json", data=fields))
    assert (sent["sender"]["screen_name"], sent["recipient"]["screen_name"]) == ("carol", "bob")
    assert is_api_date(sent["created_at"])


def test_andstatus_tells_messages_by_their_recipient(carol: httpx.Client) -> None:
    message(carol, "with a recipient", "bob")
    sent = read(carol.get("/api/direct_messages/sent.json"))
    statuses = read(carol.get("/api/statuses/home_timeline.json"))
    assert sent
    assert statuses
    assert all({"sender", "recipient"} <= set(one) for one in sent)
    assert not any({"sender", "recipient"} & set(one) for one in statuses)


@pytest.mark.parametrize("call", ["followers/ids", "friends/ids"])
def test_andstatus_reads_ids_as_a_bare_array(carol: httpx.Client, call: str) -> None:
    found = read(carol.get(f"/api/{call}.json?user_id={person(carol, 'carol')['id']}"))
    assert sorted(found) == sorted(person(carol, name)["id"] for name in ("alice", "bob"))


@pytest.mark.parametrize(("verb", "after"), [("create", True), ("destroy", False)])
def test_andstatus_puts_the_id_of_a_favourite_in_the_path(carol: httpx.Client, verb: str, after: bool) -> None:
    id = stream_id(carol, 8)
    assert read(carol.post(f"/api/favorites/{verb}/{id}.json"))["favorited"] is after


# Mastalab


def test_mastalab_finds_its_own_like_by_its_user_id(carol: httpx.Client) -> None:
    id, me = stream_id(carol, 10), person(carol, "carol")["id_str"]
    for verb, liked in (("like", True), ("unlike", False)):
        assert carol.post(f"/api/friendica/activity/{verb}.json", data={"id": id}).status_code == 200
        for status in (stream_post(carol, 10), read(carol.get(f"/api/statuses/show.json?id={id}"))):
            likes = [str(user["id"]) for user in status["friendica_activities"]["like"]]
            assert (me in likes) is liked
            assert status["favorited"] is liked


def test_mastalab_knows_friendica_by_the_key_cid(carol: httpx.Client) -> None:
    user = person(carol, "bob")
    assert user["cid"] == user["id"] > 0
    assert person(carol, "dave")["cid"] == 0


def test_mastalab_deletes_a_message_by_a_form(carol: httpx.Client) -> None:
    sent = message(carol, "to be deleted", "bob")
    assert read(carol.post("/api/direct_messages/destroy.json", data={"id": sent["id"]})) is None
    assert sent["id"] not in [one["id"] for one in read(carol.get("/api/direct_messages/all.json?count=999"))]


def test_mastalab_reads_the_conversation_of_a_message(carol: httpx.Client) -> None:
    sent = message(carol, "mastalab", "bob")
    query = {"uri": sent["friendica_parent_uri"]}
    (one,) = read(carol.get("/api/direct_messages/conversation.json", params=query))
    assert one["id"] == sent["id"]


# Raccoon


def test_raccoon_says_json_and_sends_a_form(carol: httpx.Client) -> None:
    body = urllib.parse.urlencode({"text": "a form said to be JSON", "screen_name": "bob"})
    kind = {"Content-Type": "application/json"}
    sent = read(carol.post("/api/direct_messages/new?getText=plain", content=body, headers=kind))
    assert (sent["text"], sent["recipient_screen_name"]) == ("a form said to be JSON", "bob")


def test_raccoon_compares_results(carol: httpx.Client, web: httpx.Client) -> None:
    sent = message(web, "raccoon", "carol")
    assert read(carol.get("/api/direct_messages"))[0]["id"] == sent["id"]
    assert read(carol.post(f"/api/friendica/direct_messages_setseen?id={sent['id']}"))["result"] == "ok"
    made = photo(carol, "Raccoon")
    for call, fields, result in (
        ("photo/update", {"photo_id": made["id"], "album": "Raccoon", "desc": "d"}, "updated"),
        ("photoalbum/update", {"album": "Raccoon", "album_new": "Raccoon 2"}, "updated"),
        ("photoalbum/delete", {"album": "Raccoon 2"}, "deleted"),
    ):
        assert read(carol.post(f"/api/friendica/{call}", data=fields))["result"] == result


def test_raccoon_reads_links_as_strings(carol: httpx.Client) -> None:
    made = read(
        carol.post("/api/friendica/photo/create", data={"album": "L"}, files={"media": ("a.png", noisy_png(9))})
    )
    assert {type(link) for link in made["link"]} == {str}


@pytest.mark.parametrize("verb", ["dislike", "undislike"])
def test_raccoon_looks_at_the_status_code_of_a_dislike(carol: httpx.Client, verb: str) -> None:
    answer = carol.post(f"/api/friendica/activity/{verb}", data={"id": stream_id(carol, 12)})
    refused(answer, 501, "Mastodon (mock) has no dislikes.")


@pytest.mark.parametrize("call", ["direct_messages/all?getText=html", "friendica/group_show", "friendica/events"])
def test_raccoon_sends_tokens_which_get_a_challenge(carol: httpx.Client, call: str) -> None:
    answer = carol.get(f"/api/{call}", headers={"Authorization": "Bearer abc"}, auth=None)
    refused(answer, 401, "This API requires login")


# Friendiqa


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("GET", "statuses/friends_timeline"), ("GET", "conversation/show?id={id}"),
        ("POST", "favorites/create?id={id}"),
        ("POST", "favorites/destroy?id={id}"), ("GET", "friends/list"), ("GET", "followers/list"),
        ("GET", "followers/ids"), ("GET", "statuses/friends"), ("GET", "friendships/incoming"), ("GET", "lists/list"),
        ("GET", "friendica/group_show"), ("GET", "friendica/photo?photo_id={photo}"),
        ("GET", "friendica/notifications"), ("GET", "friendica/events"),
        ("POST", "statuses/update?status=friendiqa&contact_allow[]={bob}"),
    ],
)  # fmt: skip
def test_friendiqa_calls(carol: httpx.Client, method: str, call: str) -> None:
    facts = {"id": stream_id(carol, 14), "bob": person(carol, "bob")["id"]}
    path = call.format(**facts, photo=photo(carol, f"Friendiqa {method}")["id"] if "{photo}" in call else "")
    assert carol.request(method, f"/api/{path}").status_code == 200


def test_friendiqa_posts_for_one_contact(carol: httpx.Client, far: Far) -> None:
    fields = {"status": "for bob alone", "contact_allow[]": str(person(carol, "bob")["cid"])}
    status = read(carol.post("/api/statuses/update.json", data=fields))
    there = far.status(status)
    assert (there["visibility"], [one["username"] for one in there["mentions"]]) == ("direct", ["bob"])


# the photo importer of Red and Hubzilla


def test_the_importer_fetches_each_photo_of_the_list_with_its_data(carol: httpx.Client) -> None:
    data = noisy_png(11)
    made = read(carol.post("/api/friendica/photo/create", data={"album": "I"}, files={"media": ("i.png", data)}))
    assert made["id"] in [row["id"] for row in read(carol.get("/api/friendica/photos/list"))]
    found = read(carol.get(f"/api/friendica/photo?photo_id={made['id']}&scale=0"))
    assert base64.b64decode(found["data"]) == data
