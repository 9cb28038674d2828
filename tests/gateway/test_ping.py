"""/ping as old clients read it, and where its notes lead (wire-friendica.md sections 13, 16.4 and 16.5)."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests import shapes
from tests.gateway_harness import BASE, Ground


async def ping(ground: Ground, path: str = "/ping") -> etree._Element:
    answer = await ground.request("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    twin = await ground.request("GET", "/ping.json")
    shapes.validate("ping", "json", twin.body)
    shapes.same("ping", twin.body, answer.body)
    return shapes.parse_xml(answer.body)


def listed(root: etree._Element) -> list[etree._Element]:
    """As the client takes them: the children of `notif`."""
    return [note for notif in root.iter("notif") for note in notif]


@pytest.mark.anyio
async def test_notes_are_what_the_client_reads(ground: Ground) -> None:
    ground.world.post("bob", "@alice <hi>")
    root = await ping(ground)
    (note,) = listed(root)
    assert set(note.attrib) >= {"href", "name", "url", "photo", "date", "seen"}
    assert (note.get("name"), note.get("seen"), note.text) == ("Bob", "0", '&rarr; Bob mentioned you: "@alice <hi>"')
    assert [root.findtext(name) for name in ("intro", "mail", "net", "home")] == ["0", "0", "1", "0"]


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/ping", "/ping/", "/api/ping", "/api/ping.xml", "/1.1/ping"])
async def test_ping_is_xml_wherever_it_is_asked_for(ground: Ground, path: str) -> None:
    assert etree.QName(await ping(ground, path)).localname == "result"


@pytest.mark.anyio
async def test_without_a_login_a_challenge_comes(ground: Ground) -> None:
    """python-friendica sends its password only when it is asked for it."""
    answer = await ground.request("GET", "/ping", user=None, format="xml")
    assert answer.status == 401
    shapes.validate_error(401, "xml", answer.body, answer.headers)


@pytest.mark.anyio
async def test_a_note_leads_to_its_post_by_the_location_header(ground: Ground) -> None:
    native = ground.world.post("bob", "@alice hi")
    (note,) = listed(await ping(ground))
    href = note.get("href") or ""
    assert href.startswith(BASE)
    viewed = await ground.request("GET", href.removeprefix(BASE))
    found = re.fullmatch(r".*/display/.*/([0-9]+)/?", viewed.headers["location"])
    assert found is not None, "the client takes the conversation from this"
    assert (viewed.status, int(found[1]), viewed.body) == (302, await ground.id_of(native), b"")
    page = await ground.request("GET", viewed.headers["location"].removeprefix(BASE))
    assert (page.status, page.headers["location"]) == (302, ground.world.status("p:alice", native).url)
    (note,) = listed(await ping(ground))
    assert (note.get("seen"), (note.text or "")[:4]) == ("1", "Bob "), "looking at it marked it"


@pytest.mark.anyio
async def test_a_follower_leads_to_their_profile(ground: Ground) -> None:
    ground.world.request("dave", "alice")
    root = await ping(ground)
    assert root.findtext("intro") == "1"
    (note,) = listed(root)
    viewed = await ground.request("GET", (note.get("href") or "").removeprefix(BASE))
    assert (viewed.status, viewed.headers["location"]) == (302, "https://fedi.test/@dave")


@pytest.mark.anyio
async def test_what_is_not_there_leads_nowhere(ground: Ground) -> None:
    ground.world.post("alice", "@bob yours")
    (theirs,) = (await ground.get("friendica/notifications", user="bob")).ids
    for path in (
        f"/notification/view/{theirs}",
        "/notification/view/abc",
        "/notification/view",
        "/display/status/7",
        "/display/status/x",
        "/display/status",
    ):
        answer = await ground.request("GET", path)
        assert answer.status == 404, path
        shapes.validate_error(404, "json", answer.body, answer.headers)
    private = ground.world.post("bob", "for friends", visibility="private")
    (id,) = await ground.know(private)
    assert (await ground.request("GET", f"/display/status/{id}", user="dave")).status == 404


@pytest.mark.anyio
async def test_unread_messages_are_counted_and_no_notes(ground: Ground) -> None:
    for text in ("@alice one", "@alice two"):
        ground.world.post("bob", text, visibility="direct")
    root = await ping(ground)
    assert (root.findtext("mail"), len(listed(root))) == ("2", 0)
    for message in (await ground.get("direct_messages")).json:
        await ground.get("friendica/direct_messages_setseen", id=message["id"], twin=False)
    assert (await ping(ground)).findtext("mail") == "0"


@pytest.mark.anyio
async def test_the_price_of_a_ping_is_flat(ground: Ground) -> None:
    for number in range(30):
        ground.world.post("bob", f"@alice {number}")
        ground.world.post("bob", f"@alice message {number}", visibility="direct")
    costs = []
    for _ in range(3):
        ground.wire.clear()
        await ground.request("GET", "/ping")
        costs.append(sorted(ground.wire.names))
    assert costs[1] == costs[2]
    assert len(costs[1]) <= 5, costs[1]
