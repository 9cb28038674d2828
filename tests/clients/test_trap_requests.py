"""What old clients send that a strict server stumbles over: query, body, headers, paths, values."""

from __future__ import annotations

import json
from typing import Any

import httpx2 as httpx
import pytest

from tests.clients.gear import Demo, Far
from tests.clients.raw import asked, basic, say

MOUNTS = ("/api", "/api/1", "/api/1.1", "/1", "/1.1", "")


def ping(web: httpx.Client) -> dict[str, Any]:
    """The last seeded post."""
    found = web.get("/api/statuses/user_timeline.json?count=200").json()
    return next(status for status in found if "one more mention" in status["text"])


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded", None],
)
def test_parameters_in_the_query_of_a_post_without_body(demo: Demo, far: Far, content_type: str | None) -> None:
    text = f"query {str(content_type).replace('/', '-')}"
    lines = [f"Content-Type: {content_type}"] if content_type else []
    answer = asked(demo, "POST", f"/api/statuses/update.json?status={text.replace(' ', '+')}", *lines)
    assert answer.code == 200
    status = json.loads(answer.body)
    assert status["text"] == text
    assert text in far.status(status)["content"]


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        ("statuses/home_timeline", {"count": "2"}),
        ("statuses/mentions", {"count": "2"}),
        ("statuses/friends", {"screen_name": "bob"}),
        ("users/show", {"screen_name": "alice"}),
        ("users/search", {"q": "alice"}),
        ("followers/ids", {"user_id": "0", "screen_name": "bob"}),
    ],
)
def test_reading_by_post_is_reading(web: httpx.Client, call: str, fields: dict[str, str]) -> None:
    posted, got = web.post(f"/api/{call}.json", data=fields), web.get(f"/api/{call}.json", params=fields)
    assert posted.status_code == got.status_code == 200
    assert posted.json() == got.json() != []


@pytest.mark.parametrize("user", ["alice", "bob"])
def test_basic_without_padding(demo: Demo, user: str) -> None:
    full, bare = (basic(user, demo.users[user], padded=padded) for padded in (True, False))
    assert full != bare
    answers = [
        httpx.get(
            f"{demo.base_url}/api/account/verify_credentials.json", headers={"Authorization": value}, trust_env=False
        )
        for value in (full, bare)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].json()["screen_name"] == user


@pytest.mark.parametrize("word", ["basic", "BASIC", "Basic "])
def test_the_word_basic_in_any_case(demo: Demo, word: str) -> None:
    value = basic("bob", demo.users["bob"]).replace("Basic", word)
    url = f"{demo.base_url}/api/account/verify_credentials.json"
    assert httpx.get(url, headers={"Authorization": value}, trust_env=False).status_code == 200


@pytest.mark.parametrize("login", ["bob@127.0.0.1", "BOB"])
def test_the_login_is_shown_in_the_form_that_was_typed(demo: Demo, login: str) -> None:
    url = f"{demo.base_url}/api/account/verify_credentials.json"
    answer = httpx.get(url, auth=(login, demo.users["bob"]), trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["screen_name"] == login


def test_http_1_0(demo: Demo) -> None:
    answer = asked(demo, "POST", "/api/statuses/update.json?status=ten+years+before", version="1.0")
    assert answer.code == 200
    assert "transfer-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert json.loads(answer.body)["text"] == "ten years before"


def test_connection_close_is_said_in_the_answer(demo: Demo) -> None:
    answer = asked(demo, "GET", "/api/statuses/home_timeline.json?count=1")
    assert answer.code == 200
    assert answer.headers["connection"] == "close"


def test_host_without_the_port(demo: Demo) -> None:
    answer = asked(demo, "GET", "/api/account/verify_credentials.json", f"Host: {demo.address[0]}")
    assert answer.code == 200
    assert json.loads(answer.body)["screen_name"] == "bob"


@pytest.mark.parametrize(
    "path",
    [
        "/api//statuses/home_timeline.json", "/api//statuses//home_timeline.json", "//api/statuses/home_timeline.json",
        "/api/statuses/home_timeline.json/", "/api/statuses/home_timeline/", "/api/1//statuses/home_timeline",
    ],
)  # fmt: skip
def test_slashes_too_many(demo: Demo, path: str) -> None:
    answer = asked(demo, "GET", f"{path}?count=2")
    assert answer.code == 200
    assert len(json.loads(answer.body)) == 2


@pytest.mark.parametrize("mount", MOUNTS)
def test_every_mount_answers_alike(web: httpx.Client, mount: str) -> None:
    answer = web.get(f"{mount}/statuses/user_timeline.json?screen_name=carol&count=2")
    assert answer.status_code == 200
    expected = web.get("/api/statuses/user_timeline.json?screen_name=carol&count=2").json()
    assert [status["id"] for status in answer.json()] == [status["id"] for status in expected]


def test_conversation_at_the_root(web: httpx.Client) -> None:
    thread = next(
        status for status in web.get("/api/statuses/user_timeline.json?screen_name=alice&count=200").json()
        if status["text"].startswith("Alice's first")
    )  # fmt: skip
    answer = web.get(f"/statusnet/conversation/{thread['id']}.json")
    assert answer.status_code == 200
    assert len(answer.json()) == 3


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("GET", "statuses/show/{id}.json", None), ("GET", "statuses/show.json?id={id}", None),
        ("GET", "statuses/show/{id}", None), ("POST", "statuses/show.json?id={id}", None),
        ("POST", "statuses/show.json", {"id": "{id}"}), ("POST", "favorites/create.json?id={id}", None),
        ("POST", "favorites/create/{id}.json", {"id": "{id}"}), ("POST", "favorites/create", {"id": "{id}"}),
    ],
)  # fmt: skip
def test_the_id_in_path_query_or_body(web: httpx.Client, method: str, path: str, fields: dict[str, str] | None) -> None:
    id = ping(web)["id"]
    data = {key: value.format(id=id) for key, value in fields.items()} if fields else None
    answer = web.request(method, f"/api/{path.format(id=id)}", data=data)
    assert answer.status_code == 200
    assert answer.json()["id"] == id


@pytest.mark.parametrize(
    "query",
    [
        "since_id=&max_id=&count=", "since_id=0", "max_id=0", "count=&page=", "exclude_replies=False",
        "trim_user=False", "include_entities=False", "include_rts=", "timestamp=1&source=x&rpp=7&shared=",
    ],
)  # fmt: skip
def test_empty_zero_and_false_mean_nothing(web: httpx.Client, query: str) -> None:
    url = "/api/statuses/user_timeline.json?screen_name=carol"
    plain, with_query = web.get(url), web.get(f"{url}&{query}")
    assert with_query.status_code == 200
    assert with_query.json() == plain.json() != []


@pytest.mark.parametrize("false", ["False", "false", "0", "no", "off", ""])
def test_the_word_false_in_any_case(web: httpx.Client, false: str) -> None:
    ids = web.get(f"/api/followers/ids.json?stringify_ids={false}").json()
    assert ids
    assert all(type(id) is int for id in ids)


@pytest.mark.parametrize("true", ["True", "true", "1", "t", "yes", "on", "TRUE"])
def test_the_word_true_in_any_case(web: httpx.Client, true: str) -> None:
    ids = web.get(f"/api/followers/ids.json?stringify_ids={true}").json()
    assert ids
    assert all(type(id) is str for id in ids)


@pytest.mark.parametrize("parent", ["", "0", "-1"])
def test_no_parent_in_many_ways(web: httpx.Client, far: Far, parent: str) -> None:
    fields = {"status": f"no parent {parent or 'empty'}", "in_reply_to_status_id": parent}
    answer = web.post("/api/statuses/update.json", data=fields)
    assert answer.status_code == 200
    assert answer.json()["in_reply_to_status_id"] is None
    assert far.status(answer.json())["in_reply_to_id"] is None


def test_user_id_zero_beside_a_name(web: httpx.Client) -> None:
    answer = web.get("/api/statuses/user_timeline.json?user_id=0&screen_name=carol&count=3")
    assert {status["user"]["screen_name"] for status in answer.json()} == {"carol"}


def test_an_empty_json_body_is_no_error(demo: Demo) -> None:
    answer = asked(demo, "POST", "/api/statuses/home_timeline.json?count=1", "Content-Type: application/json", body=b"")
    assert answer.code == 200
    assert len(json.loads(answer.body)) == 1


def test_get_never_posts(web: httpx.Client) -> None:
    answer = web.get("/api/statuses/update.json?status=not+by+get")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    newest = web.get("/api/statuses/user_timeline.json?count=200").json()
    assert "not by get" not in [status["text"] for status in newest]


def test_no_credentials_get_a_challenge(demo: Demo) -> None:
    request = f"GET /api/statuses/home_timeline.json HTTP/1.1\r\nHost: {demo.address[0]}\r\nConnection: close\r\n\r\n"
    answer = say(demo, request.encode())
    assert answer.code == 401
    assert answer.headers["www-authenticate"] == 'basic realm="friendica"'  # `say` lowers header lines


@pytest.mark.parametrize("call", ["help/test", "statusnet/config", "statusnet/version", "gnusocial/config"])
@pytest.mark.parametrize("extension", [".json", ".xml", ""])
def test_what_clients_ask_before_they_log_in(demo: Demo, call: str, extension: str) -> None:
    assert httpx.get(f"{demo.base_url}/api/{call}{extension}", trust_env=False).status_code == 200
