"""search, search/tweets, saved_searches/list, statuses/networkpublic_timeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import Unsupported
from tests import shapes
from tests.gateway_harness import Answer, Ground, gateway_on, village
from tests.shapes_statuses import twitters

SEARCHES = ("search", "search/tweets")


async def twitter(ground: Ground, path: str, method: str = "GET", **params: Any) -> Answer:
    """A checked request as Twitter's clients make it, JSON and XML compared."""
    bodies = {}
    for format in ("xml", "json"):
        url = f"/1.1/{path}.{format}"
        answer = await ground.request(method, url, format=format, params=params)
        assert answer.status == 200, answer.body
        with twitters():
            shapes.validate(path, format, answer.body)
        bodies[format] = answer.body
    shapes.same(path, bodies["json"], bodies["xml"])
    return answer


@pytest.mark.anyio
@pytest.mark.parametrize("path", SEARCHES)
async def test_words_are_found_newest_first_in_one_call(ground: Ground, path: str) -> None:
    for number in range(40):
        ground.world.post("bob", f"apple {number}")
        ground.world.post("carol", f"pear {number}")
    reply = await ground.get(path, q=" Apple ")
    assert reply.texts == [f"apple {number}" for number in range(39, 24, -1)]
    assert (ground.wire.count("search_statuses"), ground.wire.count("status", "statuses", "account")) == (1, 0)
    ground.wire.clear()
    await ground.get(path, q="pear", rpp=3)
    assert ground.wire.names == ["search_statuses"]


@pytest.mark.anyio
async def test_pages_and_bounds(ground: Ground) -> None:
    for number in range(100):
        ground.world.post("bob", f"apple {number}")
    first = await ground.get("search", q="apple", count=10)
    second = await ground.get("search", q="apple", count=10, page=2)
    assert second.texts == [f"apple {number}" for number in range(89, 79, -1)]
    assert ground.wire.count("search_statuses") == 2
    older = await ground.get("search", q="apple", count=10, max_id=first.ids[-1] - 1)
    assert older.texts == second.texts
    assert (await ground.get("search", q="apple", rpp=10, max_id=second.ids[0])).ids == second.ids
    newer = await ground.get("search", q="apple", since_id=first.ids[3])
    assert newer.ids == first.ids[:3]
    ground.wire.clear()
    assert (await ground.get("search", q="apple", since_id=first.ids[0])).json == []
    assert ground.wire.count("search_statuses") == 1
    everything = await ground.get("search", q="apple", count=200)
    assert len(everything.ids) == 100


@pytest.mark.anyio
async def test_a_search_never_goes_on_without_end(ground: Ground) -> None:
    for number in range(400):
        ground.world.post("bob", f"apple {number}")
    assert len((await ground.get("search", q="apple", count=200, page=50)).json) == 0
    assert ground.wire.count("search_statuses") == 5


@pytest.mark.anyio
async def test_a_server_that_knows_no_offsets_is_asked_twice_at_most(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        ground.world.post("bob", f"apple {number}")
    backend, calls = ground.connections.of("alice"), []
    search = backend.search_statuses

    async def headstrong(query: str, limit: int, offset: int) -> Any:
        calls.append(offset)
        return await search(query, limit, 0)

    monkeypatch.setattr(backend, "search_statuses", headstrong)
    assert len((await ground.get("search", twin=False, q="apple", count=100)).json) == 40
    assert calls == [0, 40]


@pytest.mark.anyio
@pytest.mark.parametrize("path", SEARCHES)
async def test_answers_can_be_left_out_and_entities_asked_for(ground: Ground, path: str) -> None:
    link = '<p>apple <a href="https://example.org/">there</a></p>'
    post = ground.world.post("bob", "apple https://example.org/", html=link)
    ground.world.post("carol", "apple too", reply_to=post)
    assert len((await ground.get(path, q="apple")).json) == 2
    (found,) = (await ground.get(path, q="apple", exclude_replies="true", include_entities="true")).json
    assert found["entities"]["urls"][0]["url"] == "https://example.org/"
    assert "entities" not in (await ground.get(path, q="apple")).json[0]


@pytest.mark.anyio
@pytest.mark.parametrize("path", SEARCHES)
async def test_messages_photos_and_filtered_posts_are_never_found(ground: Ground, path: str) -> None:
    world = ground.world
    world.post("bob", "@alice apple in secret #apple", visibility="direct")
    world.post("alice", "@bob apple in secret", visibility="direct")
    world.post("alice", "apple of an album", visibility="direct", media=[world.attach()])
    world.post("bob", "apple unwanted #apple", hidden_for={"p:alice"})
    world.post("bob", "apple for all #apple")
    for query in ("apple", "#apple"):
        for mount in ("/api", "/1.1"):
            answer = await ground.request("GET", f"{mount}/{path}.json?q={query.replace('#', '%23')}")
            statuses = answer.json if isinstance(answer.json, list) else answer.json["statuses"]
            assert [status["text"] for status in statuses] == ["apple for all #apple"]


@pytest.mark.anyio
@pytest.mark.parametrize("query", ["#fruit", "%23fruit", "#FRUIT"])
async def test_a_tag_is_read_from_its_timeline(ground: Ground, query: str) -> None:
    for number in range(30):
        ground.world.post("bob", f"{number} #fruit")
        ground.world.post("bob", f"{number} fruit without a tag")
    first = await ground.get("search", q=query)
    assert first.texts == [f"{number} #fruit" for number in range(29, 14, -1)]
    assert (ground.wire.count("tagged"), ground.wire.count("search_statuses")) == (1, 0)
    assert (await ground.get("search", q=query, page=2)).texts == [f"{number} #fruit" for number in range(14, -1, -1)]
    assert (await ground.get("search/tweets", q=query, since_id=first.ids[2], count=5)).ids == first.ids[:2]


@pytest.mark.anyio
@pytest.mark.parametrize("path", SEARCHES)
@pytest.mark.parametrize("params", [{}, {"q": ""}, {"q": "  "}, {"q": "\x00"}])
async def test_without_words_there_is_nothing_to_search(ground: Ground, path: str, params: dict[str, Any]) -> None:
    for format in ("json", "xml", "rss", "atom"):
        reply = await ground.get(path, format=format, **params)
        assert (reply.status, reply.error) == (400, "q parameter is required.")
    assert ground.wire.sent == []


@pytest.mark.anyio
async def test_what_a_server_does_not_find_or_search_is_said_truthfully(ground: Ground) -> None:
    ground.world.post("bob", "something else")
    assert (await ground.get("search", q="apple")).json == []
    ground.wire.fail(Unsupported("Fake does not search posts."), "search_statuses")
    reply = await ground.get("search", q="apple")
    assert (reply.status, reply.error) == (501, "Fake does not search posts.")


@pytest.mark.anyio
async def test_twitters_clients_get_their_envelope(ground: Ground) -> None:
    for number in range(4):
        ground.world.post("bob", f"apple & {number}")
    reply = await twitter(ground, "search/tweets", q="apple &", count=3)
    ids = [status["id"] for status in reply.json["statuses"]]
    metadata = reply.json["search_metadata"]
    assert (len(ids), metadata["max_id"], metadata["since_id"], metadata["count"]) == (3, ids[0], 0, 3)
    assert metadata["query"] == "apple+%26"
    rest = await ground.request("GET", f"/1.1/search/tweets.json{metadata['next_results']}")
    assert [status["text"] for status in rest.json["statuses"]] == ["apple &amp; 0"]
    assert "next_results" not in rest.json["search_metadata"]
    newer = await ground.request("GET", f"/1.1/search/tweets.json{metadata['refresh_url']}")
    assert newer.json["statuses"] == []
    assert isinstance((await ground.request("GET", "/1.1/search.json?q=apple")).json, list)


@pytest.mark.anyio
@pytest.mark.parametrize("path", SEARCHES)
async def test_feeds(ground: Ground, path: str) -> None:
    ground.world.post("bob", "apple")
    for mount in ("/api", "/1.1"):
        for format in ("rss", "atom"):
            answer = await ground.request("GET", f"{mount}/{path}.{format}?q=apple", format=format)
            shapes.validate(path, format, answer.body)
            assert b"apple" in answer.body


@pytest.mark.anyio
async def test_no_searches_are_saved(ground: Ground) -> None:
    assert (await ground.get("saved_searches/list")).json == []
    xml = await ground.request("GET", "saved_searches/list", format="xml")
    assert b"<terms xmlns=" in xml.body
    assert ground.wire.sent == []


@pytest.mark.anyio
async def test_the_network_timeline_has_what_the_server_knows(ground: Ground) -> None:
    world = ground.world
    near = world.post("bob", "near")
    world.post("dora@far.test", "far")
    world.post("erik@far.test", "an answer", reply_to=near)
    world.post("dora@far.test", "quiet", visibility="unlisted")
    world.post("bob", "for friends", visibility="private")
    assert (await ground.get("statuses/networkpublic_timeline")).texts == ["an answer", "far", "near"]
    ground.wire.clear()
    await ground.get("statuses/networkpublic_timeline", count=3)
    assert ground.wire.names == ["public"]
    first = await ground.get("statuses/networkpublic_timeline", count=1)
    assert (await ground.get("statuses/networkpublic_timeline", max_id=first.ids[0] - 1)).texts == ["far", "near"]
    assert (await ground.get("statuses/networkpublic_timeline", since_id=first.ids[0])).json == []
    assert (await ground.get("statuses/networkpublic_timeline", count=2, page=2)).texts == ["near"]


@pytest.mark.anyio
async def test_a_server_that_knows_only_itself_has_no_network(tmp_path: Path) -> None:
    alone = msgspec.structs.replace(Capabilities(software="fake", label="Fake"), federated=False)
    async with gateway_on(tmp_path, world=village(), capabilities=alone) as ground:
        reply = await ground.get("statuses/networkpublic_timeline")
        assert reply.status == 501
        assert "Fake" in reply.error
