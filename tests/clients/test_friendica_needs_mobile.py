"""Friendica_mobile (wire-friendica.md section 16.1): requests, messages, groups, profile, a check for each need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx2 as httpx
import pytest

from tests.clients.gear import Demo
from tests.clients.needs import (
    API_DATE,
    AfterChallenge,
    form,
    is_api_date,
    members,
    message,
    person,
    read,
    refused,
    signed_in,
    stream_id,
    stream_post,
)
from tests.clients.raw import say

READS = (
    "direct_messages/all.json?getText=html", "direct_messages/conversation.json?count=999&uri=x",
    "friendica/direct_messages_setseen.json?id=0", "friendica/direct_messages_search.json?searchstring=x",
    "friendica/group_show.json", "friendica/photos/list.json", "friendica/profile/show.json",
)  # fmt: skip


@pytest.fixture(scope="module")
def mobile(demo: Demo) -> Iterator[httpx.Client]:
    """The client, signed in as carol after a challenge; two products call it, nothing is said about what it takes."""
    login = AfterChallenge("carol", demo.users["carol"])
    with signed_in(demo, "carol", auth=login, headers={"User-Agent": "Friendica-Mobile/2.0 (Windows) .NET/4"}) as web:
        del web.headers["Accept"]
        yield web


@pytest.mark.parametrize("call", READS)
def test_the_first_request_has_no_login_and_needs_a_basic_challenge(demo: Demo, call: str) -> None:
    lines = f"GET /api/{call} HTTP/1.1\r\nHost: {demo.address[0]}\r\nConnection: close\r\n\r\n"
    answer = say(demo, lines.encode())
    assert answer.code == 401
    assert answer.headers["www-authenticate"].startswith("basic ")


@pytest.mark.parametrize("call", READS)
def test_the_second_request_is_answered(mobile: httpx.Client, call: str) -> None:
    read(mobile.get(f"/api/{call}"))


STAMPS = (
    "22.11.2026%2007:41:05", "11/22/2026%207:41:05%20AM", "22.11.2026+07:41:05",
    "%E2%80%8E22%E2%80%8F/%E2%80%8E11", "dimanche%20d%C3%A9cembre", "%E4%F6%FC", "%00", "",
)  # fmt: skip


@pytest.mark.parametrize("stamp", STAMPS)
@pytest.mark.parametrize("call", ["friendica/profile/show", "friendica/direct_messages_setseen"])
def test_the_time_it_adds_against_caches_is_ignored_in_any_letters(carol: httpx.Client, call: str, stamp: str) -> None:
    assert read(carol.get(f"/api/{call}.json?id=0&timestamp={stamp}")) == read(carol.get(f"/api/{call}.json?id=0"))


@pytest.mark.parametrize("login", ["carol", "CAROL", "carol@127.0.0.1"])
def test_direction_is_told_by_the_login_name(demo: Demo, carol: httpx.Client, login: str) -> None:
    message(carol, f"who wrote this {login}", "bob")
    with signed_in(demo, "carol", auth=(login, demo.users["carol"])) as web:
        found = read(web.get("/api/direct_messages/sent.json"))
        assert found
        for one in found:
            assert one["sender_screen_name"] == one["sender"]["screen_name"] == login
            assert one["recipient_screen_name"].lower() != login.lower()


def test_a_message_goes_to_a_profile_address_with_an_empty_replyto(
    mobile: httpx.Client, web: httpx.Client, carol: httpx.Client
) -> None:
    address = person(carol, "bob")["statusnet_profile_url"]
    fields = {"user_id": address, "text": "to an address", "replyto": "", "title": "Mobile"}
    sent = read(mobile.post("/api/direct_messages/new?getText=plain", **form(fields).sent))
    assert (sent["recipient_screen_name"], sent["title"], sent["text"]) == ("bob", "Mobile", "to an address")
    (there,) = [one for one in read(web.get("/api/direct_messages.json?getText=plain")) if one["id"] == sent["id"]]
    assert (there["sender_screen_name"], there["title"], there["text"]) == ("carol", "Mobile", "to an address")


def test_an_answer_stands_in_the_conversation_it_asks_for_with_999(mobile: httpx.Client, web: httpx.Client) -> None:
    first = message(web, "question of bob", "carol")
    assert read(mobile.get("/api/direct_messages/all.json?count=1"))[0]["id"] == first["id"]
    fields = {"user_id": str(first["sender_id"]), "text": "answer of carol", "replyto": str(first["id"])}
    answer = read(mobile.post("/api/direct_messages/new?getText=plain", **form(fields).sent))
    assert answer["friendica_parent_uri"] == first["friendica_parent_uri"]
    query = {"uri": first["friendica_parent_uri"], "count": "999", "getText": "html"}
    found = read(mobile.get("/api/direct_messages/conversation.json", params=query))
    assert [one["id"] for one in found] == [answer["id"], first["id"]]


def test_seen_is_a_digit_and_becomes_1(mobile: httpx.Client, web: httpx.Client) -> None:
    sent = message(web, "not yet seen", "carol")
    for digit in (b"0", b"1"):
        body = mobile.get(f"/api/direct_messages.json?since_id={sent['id'] - 1}").content
        assert re.findall(rb'"friendica_seen":([^,}]*)', body) == [digit]
        read(mobile.get(f"/api/friendica/direct_messages_setseen.json?id={sent['id']}"))


def test_dates_of_messages_have_its_exact_pattern(mobile: httpx.Client, carol: httpx.Client) -> None:
    message(carol, "dated", "bob")
    found = read(mobile.get("/api/direct_messages/all.json"))
    assert found
    for one in found:
        assert is_api_date(one["created_at"])
        assert datetime.strptime(one["created_at"], "%a %b %d %H:%M:%S %z %Y").strftime(API_DATE) == one["created_at"]


TEXTS = (
    ("GET", "friendica/direct_messages_setseen.json", "error", "message id not specified"),
    ("GET", "friendica/direct_messages_setseen.json?id=0", "error", "message id not in database"),
    ("GET", "friendica/direct_messages_setseen.json?id={id}", "ok", "message set to seen"),
    ("GET", "friendica/direct_messages_search.json", "error", "searchstring not specified"),
    ("GET", "direct_messages/conversation.json?uri=none&friendica_verbose=true", "error", "no mails available"),
    ("DELETE", "direct_messages/destroy.json?friendica_verbose=true", "error",
     "message id or parenturi not specified"),
    ("DELETE", "direct_messages/destroy.json?id=9&friendica_parenturi=x&friendica_verbose=true", "error",
     "message id not in database"),
    ("DELETE", "direct_messages/destroy.json?id={id}&friendica_parenturi={uri}&friendica_verbose=true", "ok",
     "message deleted"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path", "result", "text"), TEXTS)
def test_the_texts_it_understands(
    mobile: httpx.Client, carol: httpx.Client, method: str, path: str, result: str, text: str
) -> None:
    sent = message(carol, f"for {text} by {path}", "bob")
    url = path.format(id=sent["id"], uri=sent["friendica_parent_uri"])
    assert read(mobile.request(method, f"/api/{url}")) == {"result": result, "message": text}


def test_a_search_without_result_says_nothing_found_and_success_is_a_boolean(mobile: httpx.Client) -> None:
    answer = mobile.get("/api/friendica/direct_messages_search.json?searchstring=no+such+words")
    assert read(answer) == {"success": False, "search_results": "nothing found"}


def test_a_search_gives_messages(mobile: httpx.Client, carol: httpx.Client) -> None:
    sent = message(carol, "a needle in the hay", "bob")
    found = read(mobile.get("/api/friendica/direct_messages_search.json?searchstring=NEEDLE&getText=html"))
    assert found["success"] is True
    assert [one["id"] for one in found["search_results"]] == [sent["id"]]


def test_the_probe_of_setseen_is_answered_200(mobile: httpx.Client) -> None:
    assert mobile.get("/api/friendica/direct_messages_setseen.json?id=0").status_code == 200


def test_the_probe_of_update_profile_image_is_neither_501_nor_403(mobile: httpx.Client) -> None:
    assert mobile.get("/api/account/update_profile_image.json").status_code == 405


@pytest.mark.parametrize("verb", ["like", "unlike"])
def test_a_like_has_its_id_in_the_query_and_no_body(mobile: httpx.Client, carol: httpx.Client, verb: str) -> None:
    post = stream_post(carol, 2)
    assert read(mobile.post(f"/api/friendica/activity/{verb}?id={post['id']}")) == "ok"
    likes = stream_post(carol, 2)["friendica_activities"]["like"]
    assert ("carol" in [user["screen_name"] for user in likes]) == (verb == "like")


@pytest.mark.parametrize("verb", ["dislike", "undislike"])
def test_a_dislike_is_refused_where_the_server_has_none(mobile: httpx.Client, carol: httpx.Client, verb: str) -> None:
    answer = mobile.post(f"/api/friendica/activity/{verb}?id={stream_id(carol, 2)}")
    refused(answer, 501, "Mastodon (mock) has no dislikes.")


def made(mobile: httpx.Client, name: str, *cids: int) -> dict[str, Any]:
    """A group, made as the client makes it."""
    answer = mobile.post(f"/api/friendica/group_create.json?name={name}", **form(members(*cids, name=name)).sent)
    group: dict[str, Any] = read(answer)
    return group


def names(mobile: httpx.Client, gid: int) -> list[str]:
    """Who is in a group."""
    (group,) = read(mobile.get(f"/api/friendica/group_show.json?gid={gid}"))
    return [user["screen_name"] for user in group["user"]]


def test_the_members_of_a_group_come_as_a_form_field_of_json(mobile: httpx.Client, carol: httpx.Client) -> None:
    alice, bob = (person(carol, name)["cid"] for name in ("alice", "bob"))
    group = made(mobile, "json", alice)
    assert group == {"success": True, "gid": group["gid"], "name": "json", "status": "ok", "wrong users": []}
    assert names(mobile, group["gid"]) == ["alice"]
    url = f"/api/friendica/group_update.json?name=json&gid={group['gid']}"
    assert read(mobile.post(url, **form(members(bob)).sent)) == group
    assert names(mobile, group["gid"]) == ["bob"]


def test_a_group_is_deleted_by_its_query_and_reactivated_by_its_name(mobile: httpx.Client) -> None:
    group = made(mobile, "again")
    gone = read(mobile.delete(f"/api/friendica/group_delete.json?gid={group['gid']}&name=again"))
    assert (gone["success"], gone["status"], gone["wrong users"]) == (True, "deleted", [])
    assert (made(mobile, "again")["status"], group["gid"]) == ("reactivated", gone["gid"])


def test_every_group_has_a_name_an_id_and_a_list_of_users_even_without_any(mobile: httpx.Client) -> None:
    group = made(mobile, "nobody")
    found = {one["gid"]: one for one in read(mobile.get("/api/friendica/group_show.json"))}
    assert found[group["gid"]] == {"name": "nobody", "gid": group["gid"], "user": []}


def test_a_contact_id_is_printed_exactly_from_a_double(carol: httpx.Client) -> None:
    for name in ("alice", "bob"):
        cid = person(carol, name)["cid"]
        assert 0 < cid < 10**15
        assert int(float(cid)) == cid


def test_the_profile_has_the_types_it_casts_to(mobile: httpx.Client) -> None:
    found = read(mobile.get("/api/friendica/profile/show.json"))
    assert [type(found[key]) for key in ("multi_profiles", "global_dir", "friendica_owner")] == [bool, str, dict]
    (profile,) = found["profiles"]
    assert {type(profile[key]) for key in ("is_default", "hide_friends", "publish", "net_publish")} == {bool}
    assert type(profile["profile_id"]) is str
    assert profile["users"] == []
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", profile["date_of_birth"])
    assert found["friendica_owner"]["screen_name"] == "carol"
