"""What the clients saw of the calls that not all of them have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.clients.journeys import Trip, check_picture

ERIN_ASKS = 1


def _of_gnu_social(trip: Trip, extras: dict[str, Any]) -> None:
    texts = [status["text"] for status in extras["conversation"]]
    assert [next(word for word in ("Thank", "agree", "Nice") if word in text) for text in texts] == [
        "Thank", "agree", "Nice",
    ]  # fmt: skip
    assert extras["exists"] is True
    relationship = extras["show"]["relationship"]
    assert (relationship["source"]["following"], relationship["target"]["screen_name"]) == (False, "dave")
    assert extras["blocked"] == extras["unblocked"] == "dave"
    assert extras["groups"] == []
    assert {one["sender_screen_name"] for one in extras["sent"]} == {"alice"}
    assert any(f"Message from {trip.name}" in one["text"] for one in extras["sent"])


def _gnusocial(trip: Trip, extras: dict[str, Any]) -> None:
    _of_gnu_social(trip, extras)
    assert sorted(extras["friends"]) == ["bob", "carol"]
    assert extras["public"] == 3
    assert int(extras["limit"]) == trip.far.get("instance")["configuration"]["statuses"]["max_characters"]


def _statusnet(trip: Trip, extras: dict[str, Any]) -> None:
    _of_gnu_social(trip, extras)
    assert extras["limit"] == trip.far.get("instance")["configuration"]["statuses"]["max_characters"]
    assert extras["zone"] == "UTC"
    assert int(extras["left"]["remaining_hits"]) > 0
    assert len(extras["tag"]) == 5
    assert all("#topic2" in status["text"] for status in extras["tag"])
    assert extras["version"]
    assert {status["user"]["screen_name"] for status in extras["boosted"]} == {"alice"}


def _curl(trip: Trip, extras: dict[str, Any]) -> None:
    head, _, body = extras["xml"].partition("\r\n\r\n" if "\r\n\r\n" in extras["xml"] else "\n\n")
    assert head.startswith("HTTP/1.1 200 OK")
    assert body.startswith("<?xml")
    assert body.count("<status>") == 2
    assert extras["head"].startswith("HTTP/1.1 200 OK")
    assert extras["event"]["message_create"]["message_data"]["text"] == "An event from curl"
    assert any("An event from curl" in one["text"] for one in trip.received())


def _tools(trip: Trip, extras: dict[str, Any]) -> None:
    assert extras["looked_up"] == ["bob", "carol"]
    relationship = extras["show"]["relationship"]
    assert (relationship["source"]["following"], relationship["target"]["screen_name"]) == (False, "dave")
    assert extras["limits"]["remaining"] > 0
    assert sorted(extras["lists"]) == ["Builders", "Friends"]
    assert extras["members"] == ["bob", "carol"]


def _signed_tools(trip: Trip, extras: dict[str, Any]) -> None:
    _tools(trip, extras)
    assert extras["trends"] == 1


def _twitter(trip: Trip, extras: dict[str, Any]) -> None:
    assert extras["looked_up"] == ["bob", "carol"]
    assert extras["own"] == ["alice", "alice"]
    assert extras["friends"] == ["bob", "carol"]
    assert sorted(extras["lists"]) == ["Builders", "Friends"]
    assert extras["friendship"] == [True, True]
    assert [name == "Alice Example" for name in extras["renamed"]] == [False, True]
    assert len(extras["incoming"]) == ERIN_ASKS
    for what in ("blocked", "muted"):
        assert extras[what] == [[extras["stranger"]], []]
    assert extras["several"] is True
    assert "<blockquote" in extras["embedded"]
    assert extras["deleted"] is True
    assert extras["members"] == ["bob"]
    assert extras["of the list"] is True
    assert sorted(extras["lists left"]) == ["Builders", "Friends"]
    assert trip["login"]["id"] in extras["boosters"]
    check_picture(trip, extras["chunked"])


def _tweepy(trip: Trip, extras: dict[str, Any]) -> None:
    _twitter(trip, extras)
    assert len(extras["paged"]) == 12
    assert extras["paged"] == sorted(set(extras["paged"]), reverse=True)
    assert extras["relations"] == {"bob": [True, True, False], "dave": [False, False, True]}
    assert (extras["no retweets"], extras["updated"]) == ([], "bob")
    assert extras["full text"] is True
    assert (extras["boosts"], extras["boosters"]) == ([True], [trip["login"]["id"]])
    assert (extras["mine"], extras["unboosted"], extras["apart"]) == (["alice"], False, True)
    assert extras["shown"] == "A message to be deleted"
    assert extras["renamed list"] == "Their list"
    assert extras["searches"] == [["#topic1"], []]
    assert extras["limits"]["remaining"] > 0
    assert extras["settings"] == "alice"
    assert "en" in extras["languages"]
    assert (extras["places"], extras["trends"]) == ([1], 1)


def _python_twitter(trip: Trip, extras: dict[str, Any]) -> None:
    _twitter(trip, extras)
    assert extras["ids"] == sorted(trip["follower_ids"]), "the friends are the followers"
    assert extras["relations"] == [["Bob Builder", True]]
    assert extras["mapped"] is None
    assert extras["boosts"] is True
    assert "alice" in extras["mine"]
    assert extras["sent"] == ["A message to be deleted", True]
    assert extras["all lists"] == ["Builders", "Friends", "Python's list"]
    assert (extras["subscribed"], extras["memberships"]) == ([], [])
    assert extras["limit"] > 0
    assert extras["configuration"] > 0
    assert extras["full text"].startswith("Uploaded in parts by python-twitter")


def _signatures(trip: Trip, extras: dict[str, Any]) -> None:
    assert extras.pop("wrong secret") == 401
    assert len(extras) == 9
    assert set(extras.values()) == {200}, extras


EXTRAS: dict[str, Callable[[Trip, dict[str, Any]], None]] = {
    "twitter": _tools, "twitter-oauth": _signed_tools, "gnusocial": _gnusocial, "statusnet": _statusnet, "curl": _curl,
    "tweepy": _tweepy, "python-twitter": _python_twitter, "requests-oauthlib": _signatures,
}  # fmt: skip
