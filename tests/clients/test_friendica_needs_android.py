"""DiCa and friendica-for-android (wire-friendica.md sections 16.3 and 16.4): a check for each of their needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from lxml import etree

from tests.clients.gear import Demo, Far
from tests.clients.needs import is_api_date, members, message, person, photo, read, refused, signed_in, stream_id
from tests.clients.test_trap_uploads import noisy_png

COOKIES = {"Cookie": "PHPSESSID=0123456789; session=abc", "Cache-Control": "no-cache", "Pragma": "no-cache"}


@pytest.fixture(scope="module")
def dica(demo: Demo) -> Iterator[httpx.Client]:
    """DiCa, signed in as carol at once; it keeps cookies and wants nothing cached."""
    with signed_in(demo, "carol", headers=COOKIES) as web:
        yield web


# DiCa


def test_dica_logs_in_by_the_profile_without_extension(dica: httpx.Client) -> None:
    answer = dica.get("/api/friendica/profile/show")
    found = read(answer)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert found["multi_profiles"] is False
    assert found["friendica_owner"]["screen_name"] == "carol"


def test_dica_takes_401_for_a_bad_login(demo: Demo) -> None:
    with signed_in(demo, "carol", auth=("carol", "wrong")) as web:
        refused(web.get("/api/friendica/profile/show"), 401, "This API requires login")


@pytest.mark.parametrize("name", ["alice", "erin"])
def test_dica_reads_notifications_as_an_array_also_of_none(demo: Demo, name: str) -> None:
    with signed_in(demo, name) as web:
        found = read(web.get("/api/friendica/notifications"))
        assert type(found) is list
        assert bool(found) == (name == "alice")


def test_dica_reads_notifications_in_these_types(alice: httpx.Client) -> None:
    kinds = {
        "id": int, "url": str, "photo": str, "name": str, "timestamp": int, "msg_plain": str, "seen": int, "type": int,
        "date_rel": str, "otype": str,
    }  # fmt: skip
    found = read(alice.get("/api/friendica/notifications"))
    assert found
    for note in found:
        assert {key: type(note[key]) for key in kinds} == kinds
        assert note["seen"] in (0, 1)


def test_dica_opens_the_thread_of_an_item_by_its_parent(alice: httpx.Client) -> None:
    notes = [note for note in read(alice.get("/api/friendica/notifications")) if note["otype"] == "item"]
    assert notes
    for note in notes:
        thread = alice.get(f"/api/statuses/show?id={note['parent']}&conversation=1").json()
        assert note["iid"] in [status["id"] for status in thread]


def test_dica_opens_the_person_of_an_introduction_by_name(alice: httpx.Client) -> None:
    notes = [note for note in read(alice.get("/api/friendica/notifications")) if note["otype"] == "intro"]
    assert {note["name"] for note in notes} == {"Bob Builder", "Carol Danvers", "Erin Extra"}


def test_dica_finds_the_word_success_when_an_introduction_was_seen(dica: httpx.Client) -> None:
    note = next(note for note in read(dica.get("/api/friendica/notifications")) if note["otype"] == "intro")
    answer = dica.post("/api/friendica/notification/seen", data={"id": note["id"]})
    read(answer)
    assert b"success" in answer.content
    after = {one["id"]: one["seen"] for one in read(dica.get("/api/friendica/notifications"))}
    assert after[note["id"]] == 1


@pytest.mark.parametrize("verb", ["like", "unlike"])
def test_dica_finds_the_word_ok_after_a_like(dica: httpx.Client, verb: str) -> None:
    answer = dica.post(f"/api/friendica/activity/{verb}", data={"id": stream_id(dica, 4)})
    read(answer)
    assert b"ok" in answer.content


def test_dica_reads_groups_as_an_array_of_name_id_and_users(dica: httpx.Client) -> None:
    bob = person(dica, "bob")["cid"]
    gid = read(dica.post("/api/friendica/group_create?name=Dica", data=members(bob)))["gid"]
    found = {group["gid"]: group for group in read(dica.get("/api/friendica/group_show"))}
    assert found[gid]["name"] == "Dica"
    assert [user["cid"] for user in found[gid]["user"]] == [bob]


def upload(dica: httpx.Client) -> tuple[dict[str, Any], str]:
    """A stored picture, and the id of its photo as the client cuts it out of the preview's address."""
    media = read(dica.post("/api/media/upload", files={"media": ("d.png", noisy_png(40), "image/png")}))
    found = re.search(r"/photo/([a-z0-9]+)-", media["image"]["friendica_preview_url"])
    assert found
    return media, found[1]


def test_dica_cuts_the_photo_out_of_a_preview_and_reads_its_size_and_album(dica: httpx.Client) -> None:
    _, photo_id = upload(dica)
    found = read(dica.get("/api/friendica/photo", params={"photo_id": photo_id}))
    assert (found["width"], found["height"], found["type"], found["album"]) == (40, 40, "image/png", "Wall Photos")


def test_dica_gives_a_picture_rights_before_it_posts_it(dica: httpx.Client, far: Far) -> None:
    media, photo_id = upload(dica)
    bob = person(dica, "bob")["cid"]
    gid = read(dica.post("/api/friendica/group_create?name=Rights", data=members(bob)))["gid"]
    fields = {
        "photo_id": photo_id, "album": "Wall Photos", "allow_gid": f"<{gid}>", "deny_gid": "", "allow_cid": "",
        "deny_cid": "",
    }  # fmt: skip
    assert read(dica.post("/api/friendica/photo/update", data=fields))["result"] == "updated"
    assert read(dica.get("/api/friendica/photo", params={"photo_id": photo_id}))["allow_gid"] == f"<{gid}>"
    post = {
        "status": "for a group", "group_allow[]": [str(gid)], "media_ids": media["media_id_string"],
        "in_reply_to_status_id": "0",
    }  # fmt: skip
    status = read(dica.post("/api/statuses/update", data=post))
    there = far.status(status)
    assert (there["visibility"], [one["username"] for one in there["mentions"]]) == ("direct", ["bob"])
    assert [one["id"] for one in there["media_attachments"]]


def test_dica_says_no_parent_with_0_and_no_picture_with_nothing(dica: httpx.Client, far: Far) -> None:
    status = read(
        dica.post("/api/statuses/update", data={"status": "plain", "in_reply_to_status_id": "0", "media_ids": ""})
    )
    there = far.status(status)
    assert (there["visibility"], there["in_reply_to_id"], there["media_attachments"]) == ("public", None, [])


def test_dica_reads_comments_inside_statuses_as_a_number(dica: httpx.Client) -> None:
    page = read(dica.get("/api/statuses/home_timeline?count=60"))
    counts = [status["friendica_comments"] for status in page if "friendica_comments" in status]
    assert counts
    assert {type(count) for count in counts} == {int}


def test_dica_sends_cookies_nobody_gave_it(dica: httpx.Client) -> None:
    assert "Set-Cookie" not in dica.get("/api/friendica/profile/show").headers


# friendica-for-android


@pytest.mark.parametrize(
    "call",
    [
        "statuses/home_timeline.json", "direct_messages/all?getText=true", "direct_messages?getText=html&uri=x",
        "direct_messages/conversations?count=20&page=1", "statuses/show/{id}?conversation=true", "users/show/{user}",
    ],
)  # fmt: skip
def test_android_follows_no_redirects(carol: httpx.Client, call: str) -> None:
    answer = carol.get(f"/api/{call.format(id=stream_id(carol, 6), user=person(carol, 'bob')['id'])}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")


def test_android_lists_titles_without_texts(carol: httpx.Client) -> None:
    message(carol, "hidden text", "bob", title="Android")
    found = read(carol.get("/api/direct_messages/all?getText=true"))
    assert {one["text"] for one in found} == {""}
    assert "Android" in [one["title"] for one in found]


def test_android_reads_one_conversation(carol: httpx.Client, web: httpx.Client) -> None:
    sent = message(carol, "for one conversation", "bob", title="Android")
    query = {
        "uri": sent["friendica_parent_uri"], "getUserObjects": "false", "getText": "plain", "count": "20", "page": "1",
    }  # fmt: skip
    (one,) = read(web.get("/api/direct_messages/conversation", params=query))
    assert (one["text"], one["title"], one["sender_screen_name"]) == ("for one conversation", "Android", "carol")
    assert not {"sender", "recipient"} & set(one)
    assert read(web.get("/api/direct_messages/conversation", params={**query, "page": "2"})) == []


def test_android_sends_a_message_by_name_with_a_source(carol: httpx.Client, web: httpx.Client) -> None:
    fields = {"screen_name": "bob", "title": "T", "text": "from android", "replyto": "", "source": "android"}
    sent = read(carol.post("/api/direct_messages/new", data=fields))
    (there,) = read(web.get(f"/api/direct_messages?getText=html&uri=x&since_id={sent['id'] - 1}&max_id={sent['id']}"))
    assert "from android" in there["text"]
    assert is_api_date(there["created_at"])


def test_android_reads_message_ids_as_long_and_user_ids_as_int(carol: httpx.Client) -> None:
    message(carol, "with ids", "bob")
    found = read(carol.get("/api/direct_messages/all"))
    assert found
    for one in found:
        assert 0 < one["id"] < 2**63
        assert all(0 < one[key]["id"] < 2**31 for key in ("sender", "recipient"))


def test_android_reads_errors_by_the_key_error(carol: httpx.Client) -> None:
    answer = carol.post("/api/direct_messages/new", data={"text": "x", "screen_name": "none"})
    refused(answer, 404, "Recipient not found")


def ping(web: httpx.Client) -> list[etree._Element]:
    """The notes of /ping."""
    answer = web.get("/ping")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    notes = etree.fromstring(answer.content).find("notif")
    assert notes is not None
    return list(notes)


def test_android_reads_notifications_of_ping_from_attributes(alice: httpx.Client) -> None:
    notes = ping(alice)
    assert len(notes) >= 7
    for note in notes:
        assert {"href", "name", "url", "photo", "date", "seen"} <= set(note.attrib)
        assert (note.text or "").startswith("&rarr;") == (note.get("seen") == "0")
    assert "0" in [note.get("seen") for note in notes]


def test_android_takes_the_page_of_a_notification_out_of_the_location(alice: httpx.Client) -> None:
    note = ping(alice)[-1]
    answer = alice.get(str(note.attrib["href"]))
    assert answer.status_code == 302
    assert answer.headers["Location"] == note.get("url")


def test_android_shows_photos_by_ids_of_letters_and_digits(carol: httpx.Client) -> None:
    assert re.fullmatch(r"[a-z0-9]{32}", photo(carol, "Android")["id"])
