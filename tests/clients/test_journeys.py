"""Real clients, unmodified, over Basic or OAuth: what each saw, and what the server behind the gateway then knew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.gear import CLIENTS, EVERYTHING, Far


class Trip(NamedTuple):
    """One client's journey, and where to look whether it is true."""

    name: str
    steps: dict[str, Any]
    far: Far
    picture: Path

    def __getitem__(self, step: Any) -> Any:
        return self.steps[step]


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


def _check_picture(trip: Trip, status: dict[str, Any]) -> None:
    assert len(status["attachments"]) == 1
    (there,) = trip.far.status(status)["media_attachments"]
    assert trip.far.web.get(there["url"]).content == trip.picture.read_bytes()


def picture(trip: Trip) -> None:
    assert trip["picture"]["text"].startswith(f"Picture from {trip.name}")
    _check_picture(trip, trip["picture"])


def upload(trip: Trip) -> None:
    assert trip["upload"]["text"].startswith(f"Uploaded from {trip.name}")
    _check_picture(trip, trip["upload"])


def search(trip: Trip) -> None:
    assert [user["screen_name"] for user in trip["search"]] == ["bob"]


def followers(trip: Trip) -> None:
    assert {user["screen_name"] for user in trip["followers"]} == {"bob", "carol"}


def follower_ids(trip: Trip) -> None:
    assert sorted(trip["follower_ids"]) == sorted(user["id"] for user in trip["followers"])


def delete(trip: Trip) -> None:
    assert trip["delete"]["id"] == trip["doomed"]["id"]
    path = trip["doomed"]["external_url"].rpartition("/")[2]
    assert trip.far.code(f"statuses/{path}") == 404


def gone(trip: Trip) -> None:
    assert trip["gone"].get("code", 404) in (400, 404), "python-twitter keeps no code"
    assert isinstance(trip["gone"]["body"]["error"], str)


def extras(trip: Trip) -> None:
    EXTRAS[trip.name](trip, trip["extras"])


def _gnusocial(trip: Trip, extras: dict[str, Any]) -> None:
    texts = [status["text"] for status in extras["conversation"]]
    assert [next(word for word in ("Thank", "agree", "Nice") if word in text) for text in texts] == [
        "Thank", "agree", "Nice",
    ]  # fmt: skip


def _statusnet(trip: Trip, extras: dict[str, Any]) -> None:
    assert extras["limit"] == trip.far.get("instance")["configuration"]["statuses"]["max_characters"]
    assert extras["zone"] == "UTC"
    assert int(extras["left"]["remaining_hits"]) > 0


def _curl(trip: Trip, extras: dict[str, Any]) -> None:
    head, _, body = extras["xml"].partition("\r\n\r\n" if "\r\n\r\n" in extras["xml"] else "\n\n")
    assert head.startswith("HTTP/1.1 200 OK")
    assert body.startswith("<?xml")
    assert body.count("<status>") == 2
    assert extras["head"].startswith("HTTP/1.1 200 OK")


def _twitter(trip: Trip, extras: dict[str, Any]) -> None:
    assert extras["looked_up"] == ["bob", "carol"]
    assert extras["own"] == ["alice", "alice"]
    assert extras["friends"] == ["bob", "carol"]
    assert sorted(extras["lists"]) == ["Builders", "Friends"]


def _tweepy(trip: Trip, extras: dict[str, Any]) -> None:
    _twitter(trip, extras)
    assert len(extras["paged"]) == 12
    assert extras["paged"] == sorted(set(extras["paged"]), reverse=True)


def _python_twitter(trip: Trip, extras: dict[str, Any]) -> None:
    _twitter(trip, extras)
    assert extras["ids"] == sorted(trip["follower_ids"]), "the friends are the followers"


def _signatures(trip: Trip, extras: dict[str, Any]) -> None:
    assert extras.pop("wrong secret") == 401
    assert len(extras) == 9
    assert set(extras.values()) == {200}, extras


EXTRAS = {
    "gnusocial": _gnusocial, "statusnet": _statusnet, "curl": _curl, "tweepy": _tweepy,
    "python-twitter": _python_twitter, "requests-oauthlib": _signatures,
}  # fmt: skip

CHECKS: dict[str, Callable[[Trip], None]] = {
    check.__name__: check
    for check in (
        login, post, mentions, reply, home, newer, older, below, show, favourite, favourites, unfavourite, boost,
        picture, upload, search, followers, follower_ids, delete, gone, extras,
    )
}  # fmt: skip
WAYS = {way for client in CLIENTS.values() for way in client.ways}
CHECKS.update({way: partial(let_in, way=way) for way in WAYS})


@pytest.mark.parametrize(("name", "step"), [(name, step) for name, client in CLIENTS.items() for step in client.steps])
def test_step(
    name: str, step: str, journey: Callable[[str], dict[str, Any]], far_of: Callable[[str], Far], picture: Path
) -> None:
    CHECKS[step](Trip(name, journey(name), far_of(name), picture))


def test_every_step_has_a_check() -> None:
    assert set(CHECKS) == {*EVERYTHING, *WAYS}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_takes_exactly_the_steps_it_has_calls_for(name: str, journey: Callable[[str], dict[str, Any]]) -> None:
    assert set(journey(name)) - {"doomed", "page"} == set(CLIENTS[name].steps)
