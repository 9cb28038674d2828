"""Boxes of direct messages: who sees what, in which order, at which cost (wire-friendica.md section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import Unavailable
from mappings import hub
from tests.gateway_harness import Ground, gateway_on

BOXES = ("direct_messages", "direct_messages/all", "direct_messages/sent")


def direct(ground: Ground, who: str, text: str, **fields: Any) -> str:
    """A message made on another client of the backend."""
    return ground.world.post(who, text, visibility="direct", **fields)


def plain(reply: Any) -> list[str]:
    return [one["text"] for one in reply.json]


async def box(ground: Ground, path: str = "direct_messages/all", **params: Any) -> Any:
    return (await ground.get(path, **({"getText": "plain"} | params))).json


@pytest.mark.anyio
async def test_received_sent_and_both(ground: Ground) -> None:
    first = direct(ground, "alice", "@bob Hi Bob, are you there?", title="A question")
    direct(ground, "bob", "@alice Yes Alice, I am here.", reply_to=first)
    direct(ground, "carol", "@alice Message without a title from Carol")
    received = await ground.get("direct_messages")
    assert plain(received) == [
        "Message wi...\nMessage without a title from Carol",
        "A question\nYes Alice, I am here.",
    ]
    sent = await ground.get("direct_messages/sent")
    assert plain(sent) == ["A question\nHi Bob, are you there?"]
    both = await ground.get("direct_messages/all")
    assert both.json == [*received.json, *sent.json]
    carol, bob, mine = both.json
    assert (carol["sender_screen_name"], carol["recipient_screen_name"]) == ("carol", "alice")
    assert (mine["sender_screen_name"], mine["recipient_screen_name"]) == ("alice", "bob")
    assert [one["friendica_seen"] for one in both.json] == [0, 0, 1]
    assert [one["title"] for one in both.json] == ["", "", ""]
    assert bob["friendica_parent_uri"] == mine["friendica_parent_uri"] != carol["friendica_parent_uri"]
    thread = await ground.get("direct_messages/conversation", uri=bob["friendica_parent_uri"])
    assert thread.json == [bob, mine]
    assert (await ground.get("direct_messages/conversations", uri=bob["friendica_parent_uri"])).json == [bob, mine]
    assert (await ground.get("direct_messages/conversation")).json == []
    assert (await ground.get("direct_messages/conversation", uri="x")).json == []


@pytest.mark.anyio
async def test_a_poll_costs_two_calls_however_much_there_is(ground: Ground) -> None:
    async def cost() -> list[str]:
        await ground.get("direct_messages/all", twin=False)
        ground.wire.clear()
        ids = (await ground.get("direct_messages/all", count=1, twin=False)).ids
        assert (await ground.get("direct_messages/all", since_id=ids[0], twin=False)).json == []
        return sorted(ground.wire.names)

    parent = direct(ground, "bob", "@alice first")
    few = await cost()
    assert few == ["conversations", "conversations", "mentions", "mentions"]
    for number in range(30):
        who, whom = ("alice", "bob") if number % 2 else ("bob", "alice")
        parent = direct(ground, who, f"@{whom} {number}", reply_to=parent)
        direct(ground, "carol", f"@alice {number}")
    assert await cost() == few


@pytest.mark.anyio
async def test_forms_of_the_text(ground: Ground) -> None:
    name = '<a href="https://fedi.test/@alice" class="u-url mention">@<span>alice</span></a>'
    html = f'<p><span class="h-card">{name}</span> see <a href="https://there.test/a">this</a></p>'
    direct(ground, "bob", "@alice see https://there.test/a b", title="T", html=html)
    forms: dict[str | None, tuple[str, str]] = {
        None: ("T\nsee this https://there.test/a", ""),
        "plain": ("see this https://there.test/a", "T"),
        "html": ('<p>see <a href="https://there.test/a" rel="nofollow noopener">this</a></p>', "T"),
        "true": ("", "T"),
    }
    for form, expected in forms.items():
        (found,) = (await ground.get("direct_messages", getText=form or "")).json
        assert (found["text"], found["title"]) == expected, form
    (found,) = (await ground.get("direct_messages", getUserObjects="false")).json
    assert "sender" not in found
    assert "recipient" not in found
    (found,) = (await ground.get("direct_messages", include_entities="true")).json
    (link,) = found["entities"]["urls"]
    start, end = link["indices"]
    assert found["text"][start:end] == link["url"] == "https://there.test/a"


@pytest.mark.anyio
async def test_nothing_found_may_be_said_in_words(ground: Ground) -> None:
    for path in (*BOXES, "direct_messages/conversation"):
        assert (await ground.get(path)).json == []
        words = {"result": "error", "message": "no mails available"}
        assert (await ground.get(path, friendica_verbose="true")).json == words
        xml = await ground.get(path, format="xml", friendica_verbose="true")
        assert b"<direct_messages_all " in xml.body


@pytest.mark.anyio
async def test_only_messages_exchanged_with_one_person(ground: Ground) -> None:
    direct(ground, "bob", "@alice from bob")
    direct(ground, "alice", "@bob to bob")
    direct(ground, "carol", "@alice from carol")
    direct(ground, "alice", "@dora@far.test to dora")
    direct(ground, "alice", "to myself")
    people = {one["sender_screen_name"]: one["sender_id"] for one in (await ground.get("direct_messages")).json}
    cases: tuple[tuple[dict[str, Any], list[str]], ...] = (
        ({"user_id": people["bob"]}, ["to bob", "from bob"]),
        ({"screen_name": "carol"}, ["from carol"]),
        ({"screen_name": "dora"}, ["to dora"]),
        ({"screen_name": "dora@far.test"}, ["to dora"]),
        ({"screen_name": "carol", "user_id": people["bob"]}, ["to bob", "from bob"]),
        ({"profileurl": ground.world.people["p:dora@far.test"].url}, ["to dora"]),
        ({"screen_name": "alice"}, ["to myself"]),
        ({"screen_name": "dave"}, []),
        ({"screen_name": "nobody"}, []),
        ({"user_id": "99999999"}, []),
        ({"user_id": "x"}, []),
    )
    for params, texts in cases:
        assert [one["text"] for one in await box(ground, **params)] == texts, params


@pytest.mark.anyio
async def test_two_people_on_one_store_see_their_own(ground: Ground) -> None:
    direct(ground, "bob", "@alice for alice")
    direct(ground, "bob", "@carol for carol")
    direct(ground, "bob", "@alice @carol for both")
    seen = {user: [one["text"] for one in await box(ground, user=user)] for user in ("alice", "carol", "bob", "dave")}
    assert seen == {
        "alice": ["for both", "for alice"], "carol": ["for both", "for carol"],
        "bob": ["for both", "for carol", "for alice"], "dave": [],
    }  # fmt: skip
    uri = (await box(ground))[1]["friendica_parent_uri"]
    assert await box(ground, "direct_messages/conversation", user="carol", uri=uri) == []


@pytest.mark.anyio
async def test_what_is_no_message_never_appears(ground: Ground) -> None:
    world = ground.world
    bob = (await ground.get("users/show", screen_name="bob", twin=False)).json["id"]
    await ground.post("statuses/update", status="limited", **{"contact_allow[]": bob})
    direct(ground, "alice", "carrier", media=[world.attach()])
    world.post("bob", "@alice public")
    world.post("bob", "@alice followers", visibility="private")
    direct(ground, "bob", "@alice filtered", hidden_for={"p:alice"})
    assert await box(ground) == []
    assert [one["text"] for one in await box(ground, user="bob")] == ["filtered"]
    direct(ground, "bob", "@alice with a picture", media=[world.attach()])
    (found,) = await box(ground)
    assert found["text"].startswith("with a picture")


@pytest.mark.anyio
async def test_messages_appear_nowhere_else(ground: Ground) -> None:
    sent = await ground.post("direct_messages/new", screen_name="bob", text="topsecret one")
    native = direct(ground, "bob", "@alice topsecret two", reply_to=next(iter(ground.world.posts)))
    ground.world.favour("alice", native)
    ground.world.favour("bob", native)
    assert sent.status == 200
    assert len(await box(ground)) == 2
    lists = ("home_timeline", "public_timeline", "user_timeline", "mentions", "networkpublic_timeline")
    for user in ("alice", "bob", "carol", "dave"):
        for path in (*(f"statuses/{name}" for name in lists), "favorites"):
            for format in ("json", "xml", "rss", "atom"):
                body = (await ground.get(path, user=user, format=format, twin=False)).body
                assert b"topsecret" not in body, (user, path, format)
    for user in ("carol", "dave"):
        for id in (await ground.get("direct_messages/all")).ids:
            assert (await ground.get("statuses/show", user=user, id=id)).status == 400


@pytest.mark.anyio
async def test_a_message_deleted_at_the_backend_is_gone(ground: Ground) -> None:
    pairs = [("alice", "bob"), ("bob", "alice")] * 3
    posts = [direct(ground, who, f"@{whom} {number}") for number, (who, whom) in enumerate(pairs)]
    for number in range(60):
        direct(ground, "carol", f"@alice c{number}")
    assert [one["text"] for one in await box(ground, screen_name="bob")] == ["5", "4", "3", "2", "1", "0"]
    for native in (posts[1], posts[2], posts[5]):
        ground.world.delete(native)
    assert [one["text"] for one in await box(ground, screen_name="bob")] == ["4", "3", "0"]
    assert [one["text"] for one in await box(ground, screen_name="bob", count=1, page=2)] == ["3"]


@pytest.mark.anyio
async def test_the_login_in_the_form_that_was_used(ground: Ground) -> None:
    direct(ground, "alice", "@bob hello")
    ground.passwords["alice@gateway.test"] = ground.passwords["alice"]
    (found,) = (await ground.get("direct_messages/sent", user="alice@gateway.test")).json
    assert found["sender_screen_name"] == found["sender"]["screen_name"] == "alice@gateway.test"


@pytest.mark.anyio
async def test_accounts_are_asked_for_in_one_call(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        world = ground.world
        for number in range(12):
            world.person(f"p{number}@far.test")
            direct(ground, "alice", f"@p{number}@far.test hello")
        await ground.get("direct_messages/sent", twin=False)
        assert ground.wire.count("accounts") == 1
        assert ground.wire.count("account", "lookup") == 0
        await ground.get("direct_messages/sent", twin=False)
        assert ground.wire.count("accounts") == 1
    async with gateway_on(tmp_path, world=world) as ground:
        await ground.get("direct_messages/sent", twin=False, getUserObjects="false")
        assert ground.wire.count("accounts") == 0


@pytest.mark.anyio
async def test_people_who_left_are_named_as_the_message_names_them(ground: Ground) -> None:
    direct(ground, "alice", "@erik@far.test hello")
    backend = ground.connections.of("alice")

    async def nobody(natives: Sequence[str]) -> dict[str, hub.Account]:
        assert natives
        return {}

    backend.accounts = nobody  # type: ignore[method-assign]
    (found,) = await box(ground)
    assert (found["recipient_screen_name"], found["recipient"]["screen_name"]) == ("erik", "erik")


@pytest.mark.anyio
async def test_a_failing_backend_is_an_error_in_both_formats(ground: Ground) -> None:
    for name in ("conversations", "mentions"):
        for format in ("json", "xml"):
            ground.wire.fail(Unavailable("down"), name)
            assert (await ground.get("direct_messages", format=format, twin=False)).status == 503


@pytest.mark.anyio
async def test_unreadable_items_are_left_out(ground: Ground) -> None:
    direct(ground, "bob", "@alice one")
    ground.wire.garble(b"<html>", "conversations")
    ground.wire.garble(b"<html>", "mentions")
    assert (await ground.get("direct_messages", twin=False)).json == []
    assert len((await ground.get("direct_messages", twin=False)).json) == 1
