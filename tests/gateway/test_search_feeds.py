"""What Choqok's search window reads, hashtag timelines, and days as bounds of a search."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from lxml import etree

from tests import shapes
from tests.gateway_harness import Answer, Ground

pytestmark = pytest.mark.anyio
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
RSS, DC = "{http://purl.org/rss/1.0/}", "{http://purl.org/dc/elements/1.1/}"
ICON = "{http://status.net/ont/}postIcon"
ATOM = "{http://www.w3.org/2005/Atom}"
ATOM_ID = re.compile(r"tag:.+,[\d-]+:(\d+)")
"""How Choqok finds the number of a post in an Atom entry; the next one in RSS."""
NOTICE = re.compile(r"(?:user|(?:.*notice))/([0-9]+)")


async def feed(ground: Ground, path: str, format: str = "rdf", **params: object) -> Answer:
    """A checked feed from the root."""
    answer = await ground.request("GET", path, format=format, params=params)
    assert answer.status == 200, answer.body
    shapes.validate(shapes.call_of(path), format, answer.body)
    assert answer.headers["content-type"].split(";")[0] == shapes.TYPES[format]
    return answer


def items(answer: Answer) -> list[etree._Element]:
    """The items of RSS 1.0."""
    return list(etree.fromstring(answer.body).iter(f"{RSS}item"))


@pytest.mark.parametrize("mount", ["", "/api"])
async def test_a_hashtag_as_choqok_looks_for_it(ground: Ground, mount: str) -> None:
    for number in range(3):
        ground.world.post("bob", f"{number} #fruit", at=1_700_000_000_000 + number)
    answer = await feed(ground, f"{mount}/search.atom", "atom", q="#fruit", rpp=2)
    entries = list(etree.fromstring(answer.body).iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["2 #fruit", "1 #fruit"]
    found = [ATOM_ID.fullmatch(entry.findtext(f"{ATOM}id") or "") for entry in entries]
    ids = [int(one[1]) for one in found if one]
    assert ids == (await ground.get("search", q="#fruit", rpp=2)).ids
    assert [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries] == ["bob (Bob)"] * 2
    links = {link.get("rel"): link.get("href") for link in entries[0].iter(f"{ATOM}link")}
    assert links["related"] == "https://fedi.test/a/bob.png"
    second = await feed(ground, f"{mount}/search.atom", "atom", q="#fruit", rpp=2, page=2)
    assert second.body.count(b"<entry>") == 1
    assert b"<entry>" not in (await feed(ground, f"{mount}/search.atom", "atom", q="#fruit", since_id=ids[0])).body


async def test_the_posts_of_one_person(ground: Ground) -> None:
    first = ground.world.post("bob", "apple")
    ground.world.post("bob", "pear: ripe", reply_to=first)
    pear, apple = items(await feed(ground, "/bob/rss"))
    assert (apple.findtext(f"{RSS}title"), pear.findtext(f"{RSS}title")) == ("bob: apple", "bob: pear: ripe")
    assert apple.findtext(f"{DC}date", "").startswith("2023-11-14T")
    assert apple.findtext(f"{DC}creator") == "Bob"
    icon = apple.find(ICON)
    assert icon is not None
    assert icon.get(f"{RDF}resource") == "https://fedi.test/a/bob.png"
    about = [NOTICE.fullmatch(item.get(f"{RDF}about", "")) for item in (pear, apple)]
    ids = (await ground.get("statuses/user_timeline/bob")).ids
    assert [int(one[1]) for one in about if one] == ids
    answered = pear.find("{http://rdfs.org/sioc/ns#}reply_of")
    assert answered is not None
    assert answered.get(f"{RDF}resource", "").endswith(f"/notice/{ids[1]}")
    assert len(items(await feed(ground, "/bob@fedi.test/rss"))) == 2


async def test_what_mentions_me_and_what_mentions_somebody(ground: Ground) -> None:
    ground.world.post("bob", "@alice hello")
    ground.world.post("alice", "hello @bob")
    ground.world.post("bob", "@alice secret", visibility="direct")
    (mine,) = items(await feed(ground, "/alice/replies/rss"))
    assert mine.findtext(f"{RSS}title") == "bob: @alice hello"
    (theirs,) = items(await feed(ground, "/bob/replies/rss"))
    assert theirs.findtext(f"{RSS}title") == "alice: hello @bob"


async def test_the_feeds_show_what_the_reader_may_read_and_ask_who_that_is(ground: Ground) -> None:
    ground.world.post("bob", "for friends", visibility="private")
    assert len(items(await feed(ground, "/bob/rss"))) == 1
    dave = await ground.request("GET", "/bob/rss", user="dave", format="rdf")
    assert items(dave) == []
    for path in ("/bob/rss", "/bob/replies/rss", "/search.atom"):
        nobody = await ground.request("GET", path, user=None, format="rdf")
        assert nobody.status == 401
        assert nobody.headers["www-authenticate"].startswith("Basic ")
    unknown = await ground.request("GET", "/nobody/rss", format="rdf")
    shapes.validate_error(unknown.status, "rdf", unknown.body, unknown.headers)


@pytest.mark.parametrize("format", ["json", "rss", "atom"])
async def test_a_hashtag_has_a_timeline(ground: Ground, format: str) -> None:
    for number in range(25):
        ground.world.post("bob", f"{number} #fruit")
    ground.world.post("carol", "answer #fruit", reply_to=next(iter(ground.world.posts)))
    ground.world.post("bob", "no tag")
    reply = await ground.get("statusnet/tags/timeline/fruit", format=format)
    if format != "json":
        assert b"24 #fruit" in reply.body
        return
    assert reply.texts == ["answer #fruit", *(f"{number} #fruit" for number in range(24, 5, -1))]
    assert ground.wire.count("tagged") == 1
    assert (await ground.get("statusnet/tags/timeline", tag="#Fruit", count=1)).texts == ["answer #fruit"]
    assert (await ground.get("statusnet/tags/timeline/fruit", max_id=reply.ids[19], count=2)).ids[0] == reply.ids[19]
    assert (await ground.get("statusnet/tags/timeline/fruit", exclude_replies=1, count=1)).texts == ["24 #fruit"]
    for odd in ("", "a b", "#"):
        assert (await ground.get("statusnet/tags/timeline", tag=odd)).status == 400


@pytest.mark.parametrize("query", ["apple", "#apple"])
async def test_days_bound_a_search(ground: Ground, query: str) -> None:
    noon = [int(datetime(2023, 12, day, 12, tzinfo=UTC).timestamp() * 1000) for day in (1, 2, 3)]
    for at in noon:
        ground.world.post("bob", f"{at} #apple apple", at=at)
    one, two, three = (f"{at} #apple apple" for at in noon)
    assert (await ground.get("search", q=query, until="2023-12-03")).texts == [two, one]
    assert (await ground.get("search", q=query, since="2023-12-02")).texts == [three, two]
    assert (await ground.get("search", q=query, since="2023-12-02", until="2023-12-03")).texts == [two]
    for odd in ("yesterday", "", "2023-13-40", "0001-01-01"):
        assert (await ground.get("search", q=query, since=odd)).texts == [three, two, one]


async def test_what_a_group_passed_on(ground: Ground) -> None:
    world = ground.world
    world.person("birds@groups.test", group=True)
    world.boost("birds@groups.test", world.post("bob", "a wren"))
    (wren,) = items(await feed(ground, "/group/birds@groups.test/rss"))
    assert "a wren" in (wren.findtext(f"{RSS}title") or "")
    assert (await ground.request("GET", "/group/bob/rss", format="rdf")).status == 404
    for path in ("/group/birds@groups.test/rss.json", "/bob/rss.xml"):
        assert (await ground.request("GET", path)).headers["content-type"].startswith("application/rdf+xml")
