"""statuses/oembed."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree, html
from msgspec.structs import replace

from tests.fake_wire import WRITER
from tests.gateway_harness import BASE, Answer, Ground

pytestmark = pytest.mark.anyio
PATH = "statuses/oembed"


async def embedded(ground: Ground, **params: Any) -> Answer:
    """A checked 200."""
    reply = await ground.get(PATH, **params)
    assert reply.status == 200, reply.body
    return reply


async def test_a_public_post_by_id_and_by_address(ground: Ground) -> None:
    native = ground.world.post("bob", "apple & pear")
    (id,) = await ground.know(native)
    found = (await embedded(ground, id=id)).json
    page = html.fragment_fromstring(found["html"])
    assert page.tag == "blockquote"
    assert page.findtext("p") == "apple & pear"
    assert found["author_name"] == "Bob"
    assert found["provider_url"] == ground.world.base_url
    assert ground.world.posts[native].text in page.text_content().replace("&amp;", "&")
    assert page.xpath("//a/@href") == [found["url"]]
    for url in (f"{BASE}/notice/{id}", f"{BASE}/bob/status/{id}/", found["url"], f"{ground.world.base_url}/s/{native}"):
        assert (await embedded(ground, url=url)).json == found
    assert ground.wire.count("search_statuses") == 0
    xml = await ground.get(PATH, id=id, format="xml")
    assert etree.fromstring(xml.body).tag == "oembed"


async def test_an_address_at_another_server_is_looked_for_by_the_own_one(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    native, url = ground.world.post("dora@far.test", "from afar"), "https://far.test/@dora/1"
    backend, asked = ground.connections.of("alice"), []
    status = replace(ground.world.status("p:alice", native), url=url)

    async def search(query: str, limit: int, offset: int) -> object:
        asked.append((query, limit, offset))
        return (backend.entry(WRITER.encode(status)),)

    monkeypatch.setattr(backend, "search_statuses", search)
    assert (await embedded(ground, url=url)).json["url"] == url
    assert asked[0] == (url, 1, 0)
    assert (await ground.get(PATH, url="https://far.test/another")).status == 404
    assert (await ground.get(PATH, url="javascript:alert(1)")).status == 404
    assert len({query for query, *_ in asked}) == 2


async def test_nothing_that_runs_comes_with_it(ground: Ground) -> None:
    world = ground.world
    world.people["p:bob"] = world.person("bob", name="<script>x</script>", url="javascript:alert(1)")
    native = world.post("bob", "x", html='<p onclick="x()">a<script>alert(1)</script><img src=x onerror=x()></p>')
    (id,) = await ground.know(native)
    found = (await embedded(ground, id=id, omit_script="false")).json["html"]
    for bad in ("<script", "onclick", "onerror", "javascript:"):
        assert bad not in found


async def test_what_not_everybody_may_read_is_refused(ground: Ground) -> None:
    world = ground.world
    quiet = world.post("bob", "quiet", visibility="unlisted")
    closed = [
        world.post("bob", "for friends", visibility="private"), world.post("alice", "mine", visibility="private"),
        world.post("bob", "@alice secret", visibility="direct"), world.post("bob", "bad", hidden_for={"p:alice"}),
    ]  # fmt: skip
    (first, *others) = await ground.know(quiet, *closed)
    assert (await embedded(ground, id=first)).json["author_name"] == "Bob"
    for id in others:
        reply = await ground.get(PATH, id=id)
        assert (reply.status, reply.json["errors"][0]["code"]) == (403, 179)


async def test_pictures_and_widths(ground: Ground) -> None:
    world = ground.world
    (id,) = await ground.know(world.post("bob", "look", media=[world.attach()]))
    assert "<img" in (await embedded(ground, id=id)).json["html"]
    assert "<img" not in (await embedded(ground, id=id, hide_media="true")).json["html"]
    for asked, given in ((1, 220), (300, 300), (5000, 550), ("x", 550)):
        assert (await embedded(ground, id=id, maxwidth=asked)).json["width"] == given


async def test_a_boost_is_its_original(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.boost("carol", ground.world.post("bob", "apple")))
    assert (await embedded(ground, id=id)).json["author_name"] == "Bob"


@pytest.mark.parametrize(("params", "status"), [({}, 400), ({"id": 5}, 404), ({"id": "x"}, 404), ({"url": "x"}, 404)])
async def test_nothing_named_and_nothing_there(ground: Ground, params: dict[str, Any], status: int) -> None:
    assert (await ground.get(PATH, **params)).status == status
