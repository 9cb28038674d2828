"""Two people on a server of actors use the old API, and each sees what the other did (issue 5, "Shown by")."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.activitypub.sides import answers_lost
from tests.c2s.bovine import Herd, bovine_server, eventually, herd
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.gateway.actors import Gate, gate_on

pytestmark = pytest.mark.anyio
__all__ = ["bovine_server", "embedded", "embedded_server", "herd"]


@pytest.fixture(params=["herd", "embedded"])
async def gate(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Gate]:
    """Before either server."""
    people = request.getfixturevalue(request.param)
    server = request.getfixturevalue("bovine_server" if request.param == "herd" else "embedded_server")
    async with gate_on(tmp_path / "data", server, people) as opened:
        yield opened


def having(text: str) -> Any:
    """A list of posts has one with these words."""
    return lambda found: [post for post in found if text in post["text"]]


async def received(gate: Gate, text: str, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A post of alice's that names bob, as she sees it and as he does."""
    name = gate.parties["b"].name
    posted = await gate.post("a", "statuses/update", status=f"@{name} {text}", **fields)
    (found,) = having(text)(await gate.until("b", "statuses/mentions", having(text)))
    return posted, found


async def test_a_post_is_seen_liked_disliked_and_shared_by_the_other(gate: Gate) -> None:
    alice, bob = gate.parties["a"].name, gate.parties["b"].name
    posted, found = await received(gate, "Hello there", title="Greeting")
    assert (found["user"]["screen_name"], found["text"]) == (alice, posted["text"])
    assert "Greeting" in found["text"]
    assert having("Hello there")(await gate.get("b", "statuses/home_timeline"))
    assert (await gate.post("b", "favorites/create", id=found["id"]))["favorited"]
    for verb in ("dislike", "like"):
        assert await gate.post("b", f"friendica/activity/{verb}", id=found["id"]) == "ok"
    shared = await gate.post("b", "statuses/retweet", id=found["id"])
    assert shared["user"]["screen_name"] in {alice, bob}

    def is_told(status: Any) -> bool:
        told = status["friendica_activities"]
        return all([user["screen_name"] for user in told[verb]] == [bob] for verb in ("like", "dislike"))

    async def shown() -> Any:
        await gate.get("a", "statuses/mentions")
        return await gate.get("a", "statuses/show", id=posted["id"])

    await eventually(shown, is_told)
    assert await gate.post("b", "friendica/activity/undislike", id=found["id"]) == "ok"
    assert not (await gate.post("b", "favorites/destroy", id=found["id"]))["favorited"]
    await eventually(shown, lambda status: not status["friendica_activities"]["dislike"])


async def test_an_answer_is_seen_by_the_author(gate: Gate) -> None:
    posted, found = await received(gate, "A question")
    answer = await gate.post("b", "statuses/update", status="An answer", in_reply_to_status_id=found["id"])
    (seen,) = having("An answer")(await gate.until("a", "statuses/mentions", having("An answer")))
    (note, *_) = await gate.get("a", "friendica/notifications")
    assert note["name"] == gate.parties["b"].name
    assert (seen["in_reply_to_status_id"], answer["in_reply_to_status_id"]) == (posted["id"], found["id"])
    thread = await gate.get("a", "statusnet/conversation", id=posted["id"])
    assert [post["id"] for post in having("An answer")(thread)] == [seen["id"]]


async def test_a_message_is_seen_by_the_other_and_answered(gate: Gate) -> None:
    alice, bob = gate.parties["a"].name, gate.parties["b"].name
    sent = await gate.post("a", "direct_messages/new", screen_name=bob, text="A secret", title="Subject")
    (got,) = await gate.until("b", "direct_messages", bool, getText="plain")
    assert (got["sender_screen_name"], got["recipient_screen_name"]) == (alice, bob)
    assert ("A secret" in got["text"], got["title"]) == (True, "Subject")
    assert [one["id"] for one in await gate.get("a", "direct_messages/sent")] == [sent["id"]]
    answer = await gate.post("b", "direct_messages/new", screen_name=alice, text="Mine too", replyto=got["id"])
    (back,) = await gate.until("a", "direct_messages", bool)
    assert "Mine too" in back["text"]
    assert back["id"] == answer["id"]
    for who in "ab":
        assert not having("A secret")(await gate.get(who, "statuses/home_timeline"))
        assert not having("A secret")(await gate.get(who, "statuses/mentions"))


async def make_event(gate: Gate) -> None:
    """An event of alice's: nothing in the old API makes one."""
    mine = await gate.backend("a")
    public = ["https://www.w3.org/ns/activitystreams#Public"]
    around = {"to": public, "cc": [gate.parties["b"].actor], "published": mine.now()}
    event = {"type": "Event", "name": "Party", "startTime": "2026-12-05T18:00:00Z", "content": "<p>Come</p>"}
    made = {**event, **around, "attributedTo": mine.me_id}
    context = {"@context": "https://www.w3.org/ns/activitystreams"}
    await mine.perform({**context, **around, "type": "Create", "actor": mine.me_id, "object": made})


async def test_an_event_is_answered_and_the_organiser_sees_it(gate: Gate) -> None:
    await make_event(gate)
    (theirs,) = having("Party")(await gate.until("b", "statuses/home_timeline", having("Party")))
    (mine,) = having("Party")(await gate.get("a", "statuses/home_timeline"))

    async def shown() -> Any:
        await gate.get("a", "statuses/mentions")
        return (await gate.get("a", "statuses/show", id=mine["id"]))["friendica_activities"]

    for verb in ("attendmaybe", "attendyes"):
        assert await gate.post("b", f"friendica/activity/{verb}", id=theirs["id"]) == "ok"
        told = await eventually(shown, lambda found, verb=verb: found[verb])
        assert [user["screen_name"] for user in told[verb]] == [gate.parties["b"].name]
    assert await eventually(shown, lambda found: not found["attendmaybe"])
    assert await gate.post("b", "friendica/activity/unattendyes", id=theirs["id"]) == "ok"
    await eventually(shown, lambda found: not found["attendyes"])
    _, post = await received(gate, "No event")
    status, _ = await gate.refused("b", "friendica/activity/attendyes", id=post["id"])
    assert status == 400


async def test_a_group_limits_who_reads_a_post(gate: Gate) -> None:
    await gate.befriend("ab")
    await gate.befriend("ba")
    cid = (await gate.get("a", "users/show", screen_name=gate.parties["b"].name))["id"]
    users = json.dumps({"user": [{"cid": cid}]})
    made = await gate.post("a", "friendica/group_create", name="Friends", json=users)
    assert (made["status"], made["wrong users"]) == ("ok", [])
    (group,) = await gate.get("a", "friendica/group_show")
    assert [user["id"] for user in group["user"]] == [cid]
    await gate.post("a", "statuses/update", status="For friends only", **{"group_allow[]": made["gid"]})
    assert await gate.until("b", "statuses/home_timeline", having("For friends only"))
    mine = await gate.backend("a")
    documents = [await mine.known(entry.status.native) for entry in await mine.own_newest()]
    (limited,) = [one for one in documents if "For friends only" in one.get("content", "")]
    assert not any("Public" in str(limited.get(name)) for name in ("to", "cc"))
    assert not {"bto", "bcc"} & limited.keys()
    await gate.post("a", "statuses/update", status="For bob alone", **{"contact_allow[]": cid})
    assert await gate.until("b", "statuses/home_timeline", having("For bob alone"))
    assert (await gate.post("a", "friendica/group_delete", gid=made["gid"], name="Friends"))["status"] == "deleted"
    assert await gate.get("a", "friendica/group_show") == []


async def test_a_deleted_post_is_gone_for_both(gate: Gate) -> None:
    posted, found = await received(gate, "A mistake")
    status, _ = await gate.refused("b", "statuses/destroy", id=found["id"])
    assert status in {400, 403}
    await gate.post("a", "statuses/destroy", id=posted["id"])
    assert not having("A mistake")(await gate.get("a", "statuses/home_timeline"))
    await gate.until("b", "statuses/mentions", lambda found: not having("A mistake")(found))


PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 64


async def test_a_picture_is_posted_or_refused_by_name(gate: Gate) -> None:
    files = {"media": ("cat.png", PICTURE, "image/png")}
    name = gate.parties["b"].name
    if (await gate.backend("a")).capabilities.uploads:
        posted = await gate.post("a", "statuses/update_with_media", status=f"@{name} Look", files=files)
        (found,) = having("Look")(await gate.until("b", "statuses/mentions", having("Look")))
        for post in (posted, found):
            (attachment,) = post["attachments"]
            assert attachment["mimetype"] == "image/png"
        return
    answer = await gate.answer("POST", "a", "statuses/update_with_media", "json", data={"status": "x"}, files=files)
    assert (answer.status, answer.error) == (501, "Media upload is not supported by the ActivityPub backend.")


@pytest.mark.parametrize("title", ["", "Title"])
async def test_a_post_whose_answer_was_lost_is_made_once(
    tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer, title: str
) -> None:
    async with gate_on(tmp_path / "data", embedded_server, embedded) as gate:
        text = f"Lost & found @{gate.parties['b'].name} #cats <b>\n\nhttps://example.org/?a=1&b=2"
        with answers_lost(embedded_server):
            posted = await gate.post("a", "statuses/update", status=text, title=title)
        again = await gate.post("a", "statuses/update", status=text, title=title)
        assert again["id"] == posted["id"]
        assert [post["id"] for post in await gate.get("a", "statuses/user_timeline")] == [posted["id"]]
        sent = {"screen_name": gate.parties["b"].name, "text": "A secret"}
        with answers_lost(embedded_server):
            message = await gate.post("a", "direct_messages/new", **sent)
        assert [one["id"] for one in await gate.get("a", "direct_messages/sent")] == [message["id"]]
