"""The steps of a journey: what the client saw, and what the server behind the gateway then knew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

from tests.clients.extras import EXTRAS
from tests.clients.gear import CLIENTS
from tests.clients.journeys import Trip, check_picture


def login(trip: Trip) -> None:
    user = trip["login"]
    assert (user["screen_name"], user["name"]) == ("alice", "Alice Example")
    assert 0 < user["id"] < 2**31


def let_in(trip: Trip, way: str) -> None:
    assert trip[way] == {**trip["login"], "status": trip[way].get("status")}
    assert trip[way]["screen_name"] == "alice"


def post(trip: Trip) -> None:
    status = trip["post"]
    text = f"Hello from {trip.name} \u00e4\U0001f99c <&>"
    assert status["text"] == (escape(text, quote=False) if CLIENTS[trip.name].mount == "/1.1" else text)
    assert status["user"]["screen_name"] == "alice"
    assert 0 < status["id"] < 2**53
    there = trip.far.status(status)
    assert there["visibility"] == "public"
    assert "&lt;&amp;&gt;" in there["content"]
    assert there["in_reply_to_id"] is None


def mentions(trip: Trip) -> None:
    texts = [status["text"] for status in trip["mentions"]]
    assert any("one more mention" in text for text in texts)
    assert any("this is the #first post" in text for text in texts)
    assert not any("are you there" in text or "without a title" in text for text in texts)


def reply(trip: Trip) -> None:
    parent = next(status for status in trip["mentions"] if "one more mention" in status["text"])
    status = trip["reply"]
    assert status["in_reply_to_status_id"] == parent["id"]
    assert status["in_reply_to_screen_name"] == "bob"
    there = trip.far.status(status)
    assert there["in_reply_to_id"] == trip.far.status(parent)["id"]
    assert [mention["username"] for mention in there["mentions"]] == ["bob"]


def _ids(statuses: list[dict[str, Any]]) -> list[int]:
    return [status["id"] for status in statuses]


def home(trip: Trip) -> None:
    ids = _ids(trip["home"])
    assert len(ids) == 3
    assert ids[0] == trip["reply"]["id"]
    assert ids == sorted(ids, reverse=True)


def newer(trip: Trip) -> None:
    assert _ids(trip["newer"]) == [trip["reply"]["id"]]


def older(trip: Trip) -> None:
    ids = _ids(trip["older"])
    assert ids[0] == trip["post"]["id"]
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)


def below(trip: Trip) -> None:
    assert _ids(trip["below"])[:4] == _ids(trip["older"])[1:]


def show(trip: Trip) -> None:
    assert trip["show"]["text"].startswith(f"Stream post number {CLIENTS[trip.name].number:02}")


def favourite(trip: Trip) -> None:
    assert trip["favourite"]["id"] == trip["show"]["id"]
    assert trip["favourite"]["favorited"] is True
    assert "alice" in trip.far.names(trip["show"], "favourited_by")


def favourites(trip: Trip) -> None:
    assert trip["show"]["id"] in _ids(trip["favourites"])


def unfavourite(trip: Trip) -> None:
    assert trip["unfavourite"]["favorited"] is False
    assert "alice" not in trip.far.names(trip["unfavourite"], "favourited_by")


def boost(trip: Trip) -> None:
    status = trip["boost"]
    assert status["retweeted_status"]["id"] == trip["show"]["id"]
    assert status["id"] != trip["show"]["id"]
    assert status["text"].startswith(f"RT @{trip['show']['user']['screen_name']}: Stream post")
    assert "alice" in trip.far.names(trip["show"], "reblogged_by")


def picture(trip: Trip) -> None:
    assert trip["picture"]["text"].startswith(f"Picture from {trip.name}")
    check_picture(trip, trip["picture"])


def upload(trip: Trip) -> None:
    assert trip["upload"]["text"].startswith(f"Uploaded from {trip.name}")
    check_picture(trip, trip["upload"])


def search(trip: Trip) -> None:
    assert [user["screen_name"] for user in trip["search"]] == ["bob"]


def find(trip: Trip) -> None:
    texts = [status["text"] for status in trip["find"]]
    assert len(texts) > 2
    assert all("#topic1" in text for text in texts)


def followers(trip: Trip) -> None:
    assert {user["screen_name"] for user in trip["followers"]} == {"bob", "carol"}


def follower_ids(trip: Trip) -> None:
    assert sorted(trip["follower_ids"]) == sorted(user["id"] for user in trip["followers"])


def follow(trip: Trip) -> None:
    assert trip["follow"]["screen_name"] == "dave"
    assert trip["follow"]["following"] or trip["follow"]["follow_request_sent"]
    assert trip["after follow"] == ["bob", "carol", "dave"]


def unfollow(trip: Trip) -> None:
    assert trip["unfollow"]["screen_name"] == "dave"
    assert not trip["unfollow"]["following"]
    assert trip["after unfollow"] == ["bob", "carol"]


def _id_of(trip: Trip, name: str) -> int:
    return next(user["id"] for user in trip["followers"] if user["screen_name"] == name)


def message(trip: Trip) -> None:
    sent, text = trip["message"], f"Message from {trip.name} \u00e4\U0001f99c"
    assert text in sent["text"]
    assert (sent["sender_id"], sent["recipient_id"]) == (trip["login"]["id"], _id_of(trip, "bob"))
    (there,) = (one for one in trip.received() if text in one["text"])
    assert (there["sender_screen_name"], there["recipient_screen_name"]) == ("alice", "bob")


def inbox(trip: Trip) -> None:
    found = {one["text"]: one["sender_id"] for one in trip["inbox"] if one["recipient_id"] == trip["login"]["id"]}
    for words, name in (("Yes Alice, I am here.", "bob"), ("Message without a title from Carol", "carol")):
        assert _id_of(trip, name) in {sender for text, sender in found.items() if words in text}
    assert len({one["id"] for one in trip["inbox"]}) == len(trip["inbox"])


def delete(trip: Trip) -> None:
    assert trip["delete"]["id"] == trip["doomed"]["id"]
    path = trip["doomed"]["external_url"].rpartition("/")[2]
    assert trip.far.code(f"statuses/{path}") == 404


def gone(trip: Trip) -> None:
    assert trip["gone"].get("code", 404) in (400, 404), "python-twitter keeps no code"
    assert isinstance(trip["gone"]["body"]["error"], str)


def extras(trip: Trip) -> None:
    EXTRAS[trip.name](trip, trip["extras"])


CHECKS: dict[str, Callable[[Trip], None]] = {
    check.__name__: check
    for check in (
        login, post, mentions, reply, home, newer, older, below, show, favourite, favourites, unfavourite, boost,
        picture, upload, search, find, followers, follower_ids, follow, unfollow, message, inbox, delete, gone, extras,
    )
}  # fmt: skip
WAYS = {way for client in CLIENTS.values() for way in client.ways}
CHECKS.update({way: partial(let_in, way=way) for way in WAYS})
