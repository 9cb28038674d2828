"""direct_messages/new: to exactly one person, once, or not at all (DESIGN section 8)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from adapters.errors import OutcomeUnknown, Unavailable
from mappings import hub
from mappings.hub import Kind, Visibility
from tests.gateway_harness import Answer, Ground, gateway_on

NEW = "direct_messages/new"


async def sent(ground: Ground, **form: Any) -> Any:
    reply = await ground.post(NEW, **form)
    assert reply.status == 200, reply.body
    return reply.json


def last(ground: Ground) -> Any:
    return list(ground.world.posts.values())[-1]


@pytest.mark.anyio
async def test_a_message_is_direct_and_names_its_recipient_only(ground: Ground) -> None:
    made = await sent(ground, screen_name="bob", text="Hello, ask @carol or @dora@far.test")
    post = last(ground)
    assert (post.visibility, post.to, post.title) == (Visibility.DIRECT, ["p:bob"], "")
    assert post.text.startswith("@bob Hello")
    body = "ask @\u200bcarol or @\u200bdora@\u200bfar.test"
    assert made["text"] == f"Hello, ask...\nHello, {body}"
    assert (made["sender_screen_name"], made["recipient_screen_name"], made["friendica_seen"]) == ("alice", "bob", 1)
    assert (await ground.get("direct_messages/sent")).json == [made]
    (theirs,) = (await ground.get("direct_messages", user="bob")).json
    assert (theirs["id"], theirs["friendica_seen"], theirs["friendica_parent_uri"]) == (
        made["id"],
        0,
        made["friendica_parent_uri"],
    )
    kinds = await ground.gateway.store.kinds(ground.world.base_url, [post.native])
    assert kinds == {post.native: Kind.MESSAGE}


@pytest.mark.anyio
async def test_recipients_by_every_name(ground: Ground) -> None:
    bob, carol = await ground.number("bob"), await ground.number("carol")
    page = ground.world.people["p:dora@far.test"].url
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"screen_name": "carol"}, "p:carol"),
        ({"screen_name": "@dora"}, "p:dora@far.test"),
        ({"screen_name": "dora@far.test"}, "p:dora@far.test"),
        ({"screen_name": "bob@fedi.test"}, "p:bob"),
        ({"screen_name": "dave"}, "p:dave"),
        ({"screen_name": "erik@far.test"}, "p:erik@far.test"),
        ({"user_id": bob}, "p:bob"),
        ({"user_id": page}, "p:dora@far.test"),
        ({"profileurl": page}, "p:dora@far.test"),
        ({"screen_name": "carol", "user_id": bob}, "p:carol"),
        ({"user_id": carol, "replyto": ""}, "p:carol"),
        ({"screen_name": "", "user_id": "0", "profileurl": page}, "p:dora@far.test"),
    )
    for at, (form, native) in enumerate(cases):
        await sent(ground, text=f"to {at}", **form)
        assert last(ground).to == [native], form


@pytest.mark.anyio
async def test_a_name_of_several_contacts_is_asked_back(ground: Ground) -> None:
    ground.world.person("bob@far.test")
    ground.world.follow("alice", "bob@far.test")
    reply = await ground.post(NEW, screen_name="bob", text="which?")
    assert (reply.status, "user@host" in reply.error, "user_id" in reply.error) == (400, True, True)
    assert not ground.world.posts
    for name, native in (("bob@far.test", "p:bob@far.test"), ("bob@fedi.test", "p:bob")):
        await sent(ground, screen_name=name, text=f"you, {name.replace('@', ' at ')}")
        assert last(ground).to == [native]


@pytest.mark.anyio
async def test_without_the_contacts_nobody_is_guessed(ground: Ground) -> None:
    ground.world.person("erik")
    ground.world.follow("alice", "erik@far.test")
    ground.wire.fail(Unavailable("down"), "following")
    assert (await ground.post(NEW, screen_name="erik", text="for the one I follow")).status == 503
    assert not ground.world.posts
    await sent(ground, screen_name="erik", text="for the one I follow")
    assert last(ground).to == ["p:erik@far.test"]


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_what_cannot_be_sent_is_said_so(ground: Ground, format: str) -> None:
    cases: tuple[tuple[dict[str, Any], int, str], ...] = (
        ({"screen_name": "bob"}, 400, "Text not specified"),
        ({"screen_name": "bob", "text": " \n"}, 400, "Text not specified"),
        ({"text": "x"}, 400, "Recipient not specified"),
        ({"text": "x", "replyto": "99999999"}, 400, "Recipient not specified"),
        ({"text": "x", "screen_name": "nobody"}, 404, "Recipient not found"),
        ({"text": "x", "screen_name": "nobody@nowhere.test"}, 404, "Recipient not found"),
        ({"text": "x", "user_id": "99999999"}, 404, "Recipient not found"),
        ({"text": "x", "user_id": "99999999999999999999"}, 404, "Recipient not found"),
        ({"text": "x", "user_id": "²"}, 404, "Recipient not found"),
        ({"text": "x", "user_id": "bob"}, 404, "Recipient not found"),
        ({"text": "x", "user_id": "https://far.test/nobody"}, 404, "Recipient not found"),
    )
    for form, status, text in cases:
        reply = await ground.post(NEW, format=format, **form)
        assert (reply.status, reply.error) == (status, text), form
    assert (await ground.post(NEW, screen_name="bob", text="x" * 501)).status == 400
    assert (await ground.request("GET", NEW, params={"screen_name": "bob", "text": "x"})).status == 405
    assert not ground.world.posts


@pytest.mark.anyio
async def test_whom_the_backend_did_not_tell_is_an_error(ground: Ground) -> None:
    ground.world.people["p:ghost"] = hub.Account(native="p:ghost", username="ghost", acct="gh ost")
    ground.world.follows.append(("p:alice", "p:ghost"))
    reply = await ground.post(NEW, screen_name="ghost", text="are you there?")
    assert reply.status == 502
    assert not ground.world.posts
    assert (await ground.get("direct_messages/sent")).json == []


@pytest.mark.anyio
async def test_a_message_made_wider_is_taken_back(ground: Ground) -> None:
    made = ground.world.post

    def wider(*args: Any, **fields: Any) -> str:
        return made(*args, **(fields | {"visibility": "public"}))

    ground.world.post = wider  # type: ignore[method-assign]
    reply = await ground.post(NEW, screen_name="bob", text="secret")
    assert reply.status == 502
    assert not ground.world.posts


@pytest.mark.anyio
async def test_an_answer_goes_into_its_thread(ground: Ground) -> None:
    first = ground.world.post("bob", "@alice when?", visibility="direct", title="Dinner")
    (question,) = (await ground.get("direct_messages", getText="plain")).json
    made = await sent(ground, text="at six", replyto=question["id"], title="ignored")
    post = last(ground)
    assert (post.reply_to, post.to, post.title) == (first, ["p:bob"], "Dinner")
    assert made["friendica_parent_uri"] == question["friendica_parent_uri"]
    assert made["text"] == "Dinner\nat six"
    named = await sent(ground, text="or seven", replyto=made["id"], screen_name="bob")
    assert (last(ground).to, last(ground).reply_to) == (["p:bob"], post.native)
    uri = question["friendica_parent_uri"]
    thread = await ground.get("direct_messages/conversation", uri=uri)
    assert thread.ids == [named["id"], made["id"], question["id"]]
    assert (await ground.get("direct_messages/conversation", user="bob", uri=uri)).ids == thread.ids


@pytest.mark.anyio
async def test_an_answer_to_nothing_known_is_a_new_message(ground: Ground) -> None:
    (public,) = await ground.know(ground.world.post("bob", "open"))
    for replyto in ("99999999", str(public)):
        made = await sent(ground, text=f"hello {replyto}", replyto=replyto, screen_name="bob")
        assert (last(ground).reply_to, last(ground).to) == (None, ["p:bob"])
        assert made["recipient_screen_name"] == "bob"


@pytest.mark.anyio
async def test_groups_are_answered_whole_or_in_part_and_nobody_joins(ground: Ground) -> None:
    ground.world.post("bob", "@alice @carol the three of us", visibility="direct")
    (message,) = (await ground.get("direct_messages", getText="plain")).json
    assert (message["text"], message["recipient_screen_name"]) == ("the three of us", "alice")
    await sent(ground, text="to both", replyto=message["id"])
    assert sorted(last(ground).to) == ["p:bob", "p:carol"]
    await sent(ground, text="to one", replyto=message["id"], screen_name="carol")
    assert last(ground).to == ["p:carol"]
    reply = await ground.post(NEW, text="to another", replyto=message["id"], screen_name="dave")
    assert reply.status == 400
    assert last(ground).to == ["p:carol"]
    for user, seen in (("bob", ["to both"]), ("carol", ["to one", "to both", "the three of us"]), ("dave", [])):
        inbox = (await ground.get("direct_messages", user=user, getText="plain")).json
        assert [one["text"] for one in inbox] == seen


@pytest.mark.anyio
async def test_a_note_to_myself(ground: Ground) -> None:
    made = await sent(ground, screen_name="alice", text="note to self")
    assert last(ground).to == []
    assert (made["text"], made["sender_id"]) == ("note to se...\nnote to self", made["recipient_id"])
    assert (await ground.get("direct_messages/sent")).json == [made] == (await ground.get("direct_messages/all")).json
    assert (await ground.get("direct_messages")).json == []
    answer = await sent(ground, replyto=made["id"], text="more", screen_name="alice")
    assert answer["friendica_parent_uri"] == made["friendica_parent_uri"]
    for user in ("bob", "carol"):
        assert (await ground.get("direct_messages/all", user=user)).json == []


@pytest.mark.anyio
async def test_titles_become_content_warnings_that_name_nobody(ground: Ground) -> None:
    made = await sent(ground, screen_name="bob", text="with title", title="The title of @carol", getText="plain")
    assert (made["text"], made["title"].replace("\u200b", "")) == ("with title", "The title of @carol")
    assert last(ground).title.replace("\u200b", "") == "The title of @carol"
    assert last(ground).title != "The title of @carol"
    assert last(ground).to == ["p:bob"]


@pytest.mark.anyio
async def test_the_same_message_at_once_is_one(ground: Ground) -> None:
    gate = ground.wire.hold("post")
    one = asyncio.ensure_future(ground.post(NEW, screen_name="bob", text="once"))
    await gate.reached.wait()
    two = asyncio.ensure_future(ground.post(NEW, screen_name="bob", text="once", getText="plain"))
    gate.go.set()
    assert (await one).json["id"] == (await two).json["id"]
    await sent(ground, screen_name="carol", text="once")
    assert [post.to for post in ground.world.posts.values()] == [["p:bob"], ["p:carol"]]


@pytest.mark.anyio
@pytest.mark.parametrize("conversations", [True, False])
async def test_a_message_whose_answer_was_lost_is_found_and_not_resent(tmp_path: Path, conversations: bool) -> None:
    capabilities = Capabilities(software="fake", statuses_by_id=True, conversations=conversations)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        ground.world.now, ground.world.step = int(time.time() * 1000) - 1000, 1
        ground.world.post("alice", "@carol hello", visibility="direct")
        ground.wire.fail(OutcomeUnknown("no answer"), "post", after=True)
        made = await sent(ground, screen_name="bob", text="hello")
        assert (made["recipient_screen_name"], len(ground.world.posts)) == ("bob", 2)
        ground.wire.fail(OutcomeUnknown("no answer"), "post")
        lost: Answer = await ground.post(NEW, screen_name="dave", text="hello")
        assert (lost.status, len(ground.world.posts)) == (504, 2)
        assert (await ground.post(NEW, screen_name="dave", text="hello")).status == 504


@pytest.mark.anyio
async def test_a_definite_failure_frees_the_message(ground: Ground) -> None:
    ground.wire.fail(Unavailable("down"), "post")
    assert (await ground.post(NEW, screen_name="bob", text="again")).status == 503
    await sent(ground, screen_name="bob", text="again")
    assert len(ground.world.posts) == 1


@pytest.mark.anyio
async def test_a_read_only_login_sends_nothing(ground: Ground) -> None:
    password = await ground.login("alice", read_only=True)
    reply = await ground.request("POST", NEW, password=password, data={"screen_name": "bob", "text": "x"})
    assert reply.status == 403
    assert not ground.world.posts
