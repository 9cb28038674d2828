"""direct_messages/destroy, friendica/direct_messages_setseen and _search (wire-friendica.md sections 3.4 to 3.6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.errors import TokenGone, Unavailable
from tests.gateway_harness import Answer, Ground, gateway_on

DESTROY, SEEN = "direct_messages/destroy", "friendica/direct_messages_setseen"
SEARCH = "friendica/direct_messages_search"


def direct(ground: Ground, who: str, text: str, **fields: Any) -> str:
    return ground.world.post(who, text, visibility="direct", **fields)


async def everything(ground: Ground, user: str = "alice") -> list[str]:
    return [one["text"] for one in (await ground.get("direct_messages/all", user=user, getText="plain")).json]


def root(answer: Answer) -> str:
    return etree.QName(etree.fromstring(answer.body)).localname


@pytest.mark.anyio
async def test_own_messages_are_deleted_received_ones_hidden(ground: Ground) -> None:
    own = direct(ground, "alice", "@bob mine")
    other = direct(ground, "bob", "@alice yours")
    yours, mine = (await ground.get("direct_messages/all")).ids
    for format, id in (("json", mine), ("xml", yours)):
        reply = await ground.post(DESTROY, format=format, id=id)
        assert (reply.status, reply.body) == (200, b"")
    assert own not in ground.world.posts
    assert other in ground.world.posts
    assert await everything(ground) == []
    assert await everything(ground, "bob") == ["yours"]
    for id in (mine, yours):
        again = await ground.post(DESTROY, id=id)
        assert (again.status, again.error) == (400, "message id not in database")


@pytest.mark.anyio
async def test_hidden_messages_stay_hidden_after_a_restart(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        world = ground.world
        first = direct(ground, "bob", "@alice hide me")
        (id,) = (await ground.get("direct_messages")).ids
        await ground.post(DESTROY, id=id)
    async with gateway_on(tmp_path, world=world) as ground:
        direct(ground, "bob", "@alice answer below", reply_to=first)
        assert await everything(ground) == ["answer below"]
        assert (await ground.post(DESTROY, id=id)).status == 400


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_verbose_answers(ground: Ground, format: str) -> None:
    direct(ground, "alice", "@bob mine")
    (found,) = (await ground.get("direct_messages/all")).json
    mine, uri = found["id"], found["friendica_parent_uri"]
    unspecified = ("error", "message id or parenturi not specified")
    unknown = ("error", "message id not in database")
    cases: tuple[tuple[dict[str, Any], tuple[str, str]], ...] = (
        ({}, unspecified), ({"id": "0"}, unspecified), ({"id": "0", "friendica_parenturi": uri}, unspecified),
        ({"friendica_parenturi": uri}, unspecified), ({"id": "99999999"}, unknown),
        ({"id": "99999999", "friendica_parenturi": uri}, unknown),
        ({"id": "x", "friendica_parenturi": uri}, unknown), ({"id": mine, "friendica_parenturi": "other"}, unknown),
    )  # fmt: skip
    for form, expected in cases:
        reply = await ground.post(DESTROY, format=format, friendica_verbose="true", **form)
        assert result(reply) == expected, form
        assert format == "json" or root(reply) == "direct_messages_delete"
    ground.wire.fail(Unavailable("down"), "remove")
    whole = {"friendica_verbose": "TRUE", "id": mine, "friendica_parenturi": uri}
    assert result(await ground.post(DESTROY, format=format, **whole)) == ("error", "unknown error")
    assert await everything(ground) == ["mine"]
    done = await ground.request("DELETE", DESTROY, format=format, params=whole)
    assert result(done) == ("ok", "message deleted")
    assert format == "json" or root(done) == "direct_message_delete"
    assert not ground.world.posts


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_a_verbose_deletion_needs_no_parent_uri(ground: Ground, format: str) -> None:
    """The specification calls it optional."""
    direct(ground, "alice", "@bob mine")
    (mine,) = (await ground.get("direct_messages/all")).ids
    reply = await ground.post(DESTROY, format=format, friendica_verbose="true", id=mine)
    assert result(reply) == ("ok", "message deleted")
    assert format == "json" or root(reply) == "direct_message_delete"
    assert not ground.world.posts


def result(reply: Answer) -> tuple[str, str]:
    assert reply.status == 200, reply.body
    if reply.format == "json":
        return reply.json["result"], reply.json["message"]
    found = {etree.QName(child).localname: child.text or "" for child in etree.fromstring(reply.body)}
    return found["result"], found["message"]


@pytest.mark.anyio
async def test_plain_errors_of_destroy(ground: Ground) -> None:
    direct(ground, "alice", "@bob mine")
    (mine,) = (await ground.get("direct_messages/all")).ids
    for form, text in (
        ({}, "Message id not specified"), ({"id": "0"}, "Message id not specified"),
        ({"id": "99999999"}, "message id not in database"), ({"id": "abc"}, "message id not in database"),
        ({"id": mine, "friendica_parenturi": "other"}, "message id not in database"),
    ):  # fmt: skip
        reply = await ground.post(DESTROY, **form)
        assert (reply.status, reply.error) == (400, text), form
    ground.wire.fail(Unavailable("down"), "remove")
    assert (await ground.post(DESTROY, id=mine)).status == 503
    ground.wire.fail(TokenGone("gone"), "remove")
    assert (await ground.post(DESTROY, id=mine, friendica_verbose="1", friendica_parenturi="x")).status == 200
    assert await everything(ground) == ["mine"]


@pytest.mark.anyio
async def test_twitters_mounts_get_the_deleted_message(ground: Ground) -> None:
    direct(ground, "bob", "@alice <this>")
    (before,) = (await ground.get("/1.1/direct_messages.json")).json
    assert before["text"] == "&lt;this&gt;"
    reply = await ground.post(f"/1.1/direct_messages/destroy/{before['id']}.json")
    assert reply.json == before
    direct(ground, "alice", "@bob that")
    (mine,) = (await ground.get("/1/direct_messages/sent.json")).json
    reply = await ground.post("/1/direct_messages/destroy.xml", format="xml", id=mine["id"])
    assert root(reply) == "direct_message"
    assert len(ground.world.posts) == 1


@pytest.mark.anyio
async def test_what_somebody_else_may_see_is_not_mine_to_delete(ground: Ground) -> None:
    direct(ground, "bob", "@carol between us")
    (id,) = (await ground.get("direct_messages", user="carol")).ids
    for path in (DESTROY, SEEN):
        reply = await ground.post(path, id=id)
        assert reply.status == 400 if path == DESTROY else result(reply)[0] == "error"
    assert await everything(ground, "carol") == ["between us"]


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_seen_marks_are_kept(tmp_path: Path, format: str) -> None:
    async with gateway_on(tmp_path) as ground:
        world = ground.world
        for text in ("one", "two"):
            direct(ground, "bob", f"@alice {text}")
        two, one = (await ground.get("direct_messages")).ids
        for id, expected in (
            ("", "message id not specified"), ("0", "message id not in database"), ("x", "message id not in database"),
            ("99999999", "message id not in database"), ("²", "message id not in database"),
        ):  # fmt: skip
            reply = await ground.get(SEEN, format=format, id=id)
            assert result(reply) == ("error", expected)
            assert format == "json" or root(reply) == "direct_messages_setseen"
        done = await ground.get(SEEN, format=format, id=one)
        assert result(done) == ("ok", "message set to seen")
        assert format == "json" or root(done) == "direct_message_setseen"
    async with gateway_on(tmp_path, world=world) as ground:
        found = (await ground.get("direct_messages")).json
        assert [(each["id"], each["friendica_seen"]) for each in found] == [(two, 0), (one, 1)]
        assert (await ground.get("direct_messages/sent", user="bob")).json[0]["friendica_seen"] == 1


@pytest.mark.anyio
async def test_what_was_read_elsewhere_is_seen(ground: Ground) -> None:
    first = direct(ground, "bob", "@alice one")
    direct(ground, "bob", "@alice another thread")
    assert [one["friendica_seen"] for one in (await ground.get("direct_messages")).json] == [0, 0]
    ground.world.conversations_read.add(("p:alice", first))
    assert [one["friendica_seen"] for one in (await ground.get("direct_messages")).json] == [0, 1]


@pytest.mark.anyio
async def test_search(ground: Ground) -> None:
    direct(ground, "bob", "@alice About VALVE radios", title="needle")
    direct(ground, "alice", "@bob another Valve")
    direct(ground, "carol", "@alice nothing here, straße")
    reply = await ground.get(SEARCH, searchstring="valve", getText="plain")
    assert (reply.json["success"], [one["text"] for one in reply.json["search_results"]]) == (
        True,
        ["another Valve", "About VALVE radios"],
    )
    assert len((await ground.get(SEARCH, searchstring="STRASSE")).json["search_results"]) == 1
    for words in ("needle", "zzz", "bob"):
        assert (await ground.get(SEARCH, searchstring=words)).json == {
            "success": False,
            "search_results": "nothing found",
        }
    xml = await ground.get(SEARCH, format="xml", searchstring="valve", getUserObjects="false")
    assert root(xml) == "direct_message_search"
    assert len(etree.fromstring(xml.body).findall(".//{*}direct_message")) == 2
    for format in ("json", "xml"):
        reply = await ground.get(SEARCH, format=format)
        assert result(reply) == ("error", "searchstring not specified")
        assert format == "json" or root(reply) == "direct_messages_search"
    assert (await ground.get(SEARCH, user="dave", searchstring="valve")).json["success"] is False


@pytest.mark.anyio
async def test_a_search_asks_for_each_body_once(ground: Ground) -> None:
    for number in range(60):
        direct(ground, "alice", f"@bob {number} hay")
    native = direct(ground, "alice", "@bob needle")
    await ground.get(SEARCH, searchstring="needle", twin=False)
    ground.wire.clear()
    assert len((await ground.get(SEARCH, searchstring="needle", twin=False)).json["search_results"]) == 1
    assert sorted(ground.wire.names) == ["conversations", "mentions"]
    ground.world.delete(native)
    assert (await ground.get(SEARCH, searchstring="needle", twin=False)).json["success"] is False
