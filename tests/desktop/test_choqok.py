"""The steps every client takes, with Choqok: what it shows, and what the server behind the gateway then knew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.clients.gear import Demo, Far, Running
from tests.clients.heard_calls import written
from tests.clients.table import RECORDED
from tests.desktop.accessible import Widget
from tests.desktop.choqok import Choqok
from tests.desktop.screen import appears

HOME, REPLIES, INBOX, OUTBOX = (
    "You and your friends", "Replies to you", "Your incoming private messages", "Private messages you have sent",
)  # fmt: skip
AGENT = "KIO/"
"""In what KDE's programs say of themselves."""
SUBSCRIBE = 2
"""Its place among the actions."""
FAVOURITES, REPEATED, PUBLIC = "Your favorites", "Your posts that were repeated by others", "Public timeline"


def own(alice: httpx.Client, words: str) -> dict[str, Any]:
    """The newest own post with these words, as soon as it is there."""

    def found() -> dict[str, Any] | None:
        page = alice.get("/api/statuses/user_timeline.json?screen_name=alice&count=20").json()
        return next((status for status in page if words in status["text"]), None)

    return appears(found, words)


def fresh(choqok: Choqok, author: httpx.Client, words: str) -> Widget:
    """A new post of somebody, at the top of the home timeline, where the mouse reaches it."""
    author.post("/api/statuses/update.json", data={"status": words}).raise_for_status()
    choqok.update()
    choqok.show("Home")
    return choqok.seen(HOME, words)


@pytest.mark.parametrize(
    ("timeline", "words"),
    [
        (HOME, "Ping @alice one more mention"),
        (REPLIES, "Nice first post, @alice!"),
        (INBOX, "Yes Alice, I am here."),
        (OUTBOX, "Hi Bob, are you there?"),
        (PUBLIC, "Stream post number 29"),
    ],
)
def test_timelines(choqok: Choqok, timeline: str, words: str) -> None:
    choqok.seen(timeline, words)


def test_newer(choqok: Choqok, bob: httpx.Client) -> None:
    choqok.seen(HOME, "Ping @alice one more mention")
    fresh(choqok, bob, "New from Bob")
    fresh(choqok, bob, "Newer from Bob")
    shown = choqok.texts(HOME)
    assert all(len([text for text in shown if words in text]) == 1 for words in ("New from Bob", "Newer from Bob"))
    assert len(set(shown)) == len(shown)


def test_post_and_delete(choqok: Choqok, alice: httpx.Client, far: Far) -> None:
    choqok.compose("Hello from Choqok \u00e4\U0001f99c <&>")
    choqok.seen(HOME, "Hello from Choqok \u00e4\U0001f99c <&>")
    status = own(alice, "Hello from Choqok")
    assert "&lt;&amp;&gt;" in far.status(status)["content"]
    choqok.press(choqok.seen(HOME, "Hello from Choqok"), "Remove")
    choqok.answer("Warning", "Yes")
    choqok.gone(HOME, "Hello from Choqok")
    assert far.code(f"statuses/{status['external_url'].rpartition('/')[2]}") == 404


def test_reply(choqok: Choqok, alice: httpx.Client, bob: httpx.Client, far: Far) -> None:
    choqok.choose(choqok.menu("Reply", fresh(choqok, bob, "To be answered")), 1)
    appears(lambda: choqok.composed() == "@bob ", "the name in the field")
    choqok.compose("reply from Choqok")
    choqok.seen(HOME, "@bob reply from Choqok")
    there = far.status(own(alice, "reply from Choqok"))
    assert "To be answered" in far.get(f"statuses/{there['in_reply_to_id']}")["content"]
    assert [mention["username"] for mention in there["mentions"]] == ["bob"]


def test_favourite(choqok: Choqok, far: Far, alice: httpx.Client, bob: httpx.Client) -> None:
    choqok.switch(fresh(choqok, bob, "To be liked"), "Favorite")

    def favourites() -> list[dict[str, Any]]:
        page = alice.get("/api/favorites.json").json()
        return [status for status in page if "To be liked" in status["text"]]

    (status,) = appears(favourites, "the favourite")
    assert "alice" in far.names(status, "favourited_by")
    choqok.update()
    choqok.seen(FAVOURITES, "To be liked")


def test_boost(choqok: Choqok, far: Far, alice: httpx.Client, bob: httpx.Client) -> None:
    choqok.choose(choqok.menu("ReSend", fresh(choqok, bob, "To be boosted")), 1)
    choqok.answer("Question", "Yes")
    status = own(alice, "To be boosted")
    assert "alice" in far.names(status["retweeted_status"], "reblogged_by")


def test_repeated(choqok: Choqok, alice: httpx.Client, bob: httpx.Client) -> None:
    choqok.compose("Bob will boost this")
    mine = own(alice, "Bob will boost this")
    bob.post(f"/api/statuses/retweet/{mine['id']}.json").raise_for_status()
    choqok.update()
    choqok.seen(REPEATED, "Bob will boost this")


def test_picture(choqok: Choqok, alice: httpx.Client, far: Far, picture: Path) -> None:
    choqok.frame.matching("push button", hint="Attach a file")[0].do("Press")
    dialog = choqok.dialog("Select Media")
    dialog.matching("text")[0].write(str(picture))
    dialog.matching("push button", "Open")[0].do("Press")
    choqok.compose("Picture from Choqok")
    (there,) = far.status(own(alice, "Picture from Choqok"))["media_attachments"]
    assert far.web.get(there["url"]).content == picture.read_bytes()


def test_message(choqok: Choqok, bob: httpx.Client) -> None:
    choqok.choose(choqok.more(), 1)
    dialog = choqok.dialog("Send Private Message")
    appears(lambda: dialog.matching("list item", "bob"), "the name of bob")
    dialog.matching("text")[0].write("A message from Choqok")
    dialog.matching("push button", "Send")[0].do("Press")

    def received() -> list[dict[str, Any]]:
        page = bob.get("/api/direct_messages.json").json()
        return [message for message in page if "A message from Choqok" in message["text"]]

    (message,) = appears(received, "the message")
    assert message["sender_screen_name"] == "alice"
    choqok.answer("Send Private Message", "Cancel")


def test_search(choqok: Choqok, demo: Demo) -> None:
    choqok.choose(choqok.more(), 2)
    choqok.dialog("Search").matching("text")[0].write("topic1")
    choqok.answer("Search", "Search")
    choqok.sign_in("alice", demo.users["alice"])
    choqok.seen("Search results for #topic1", "#topic1")
    # Left open it is searched again with each update, and each time somebody is asked for name and password: soon all
    # connections wait for an answer.
    choqok.frame.matching("push button", hint="Close Search")[0].do("Press")
    choqok.gone("Search results for #topic1", "#topic1")


def test_follow(choqok: Choqok, alice: httpx.Client, carol: httpx.Client) -> None:
    def friends() -> set[str]:
        return {user["screen_name"] for user in alice.get("/api/statuses/friends.json").json()}

    post = fresh(choqok, carol, "A post by Carol")
    alice.post("/api/friendships/destroy.json?screen_name=carol").raise_for_status()
    assert "carol" not in friends()
    choqok.follow(post, "carol", SUBSCRIBE)
    appears(lambda: "carol" in friends(), "carol among the friends")


def test_the_calls_of_choqok_are_those_that_are_recorded(running: Running) -> None:
    """After all the steps; alone it has nothing to look at."""
    found = written(running.demo.base_url, running.logged, agent=AGENT)
    assert sorted(found) == RECORDED["choqok"]
