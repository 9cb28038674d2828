"""The real bovine-herd does what the adapter counts on, as reference/activitypub-c2s.md section 4 has it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.c2s.bovine import ROOT, BovineServer, Herd, Party, eventually

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = "https://www.w3.org/ns/activitystreams"
WHEN = "2026-11-22T10:00:00Z"
Json = dict[str, Any]


@pytest.fixture
async def web(herd: Herd) -> AsyncIterator[httpx.AsyncClient]:
    """A client without credentials."""
    async with httpx.AsyncClient(base_url=herd.base_url, trust_env=False, timeout=30) as web:
        yield web


async def get(web: httpx.AsyncClient, who: Party, url: str) -> Json:
    """A document as `who` sees it."""
    answer = await web.get(url, headers=who.auth)
    assert answer.status_code == 200, (url, answer.text)
    document: Json = answer.json()
    return document


async def say(web: httpx.AsyncClient, who: Party, activity: Json) -> str:
    """Post to the own outbox; the id of the activity."""
    outbox = (await get(web, who, who.actor))["outbox"]
    document = {"@context": CONTEXT, "actor": who.actor, "published": WHEN} | activity
    answer = await web.post(outbox, json=document, headers=who.auth)
    assert (answer.status_code, answer.json()) == (201, {"status": "created"})
    return str(answer.headers["location"])


def note(who: Party, text: str, to: list[str]) -> Json:
    """A Create of a Note."""
    inside = {"type": "Note", "content": text, "attributedTo": who.actor, "to": to, "published": WHEN}
    return {"type": "Create", "to": to, "object": inside}


def items(web: httpx.AsyncClient, who: Party, name: str) -> Callable[[], Awaitable[list[str]]]:
    """Reads the ids of a collection of `who` when called."""

    async def read() -> list[str]:
        found = await get(web, who, (await get(web, who, who.actor))[name])
        found = found if "orderedItems" in found or "first" not in found else await get(web, who, found["first"])
        listed = found.get("orderedItems", [])
        return [listed] if isinstance(listed, str) else listed

    return read


@pytest.mark.anyio
async def test_the_owner_sees_more_of_an_actor_and_strangers_nothing(herd: Herd, web: httpx.AsyncClient) -> None:
    own, other = await get(web, herd.alice, herd.alice.actor), await get(web, herd.bob, herd.alice.actor)
    assert {"inbox", "outbox", "followers", "following", "endpoints"} <= own.keys()
    assert {"inbox", "outbox"} <= other.keys()
    assert not {"endpoints", "url", "published"} & other.keys()
    assert (await web.get(herd.alice.actor)).status_code == 401
    assert (await web.get(herd.alice.actor, headers={"Authorization": "Bearer nonsense"})).status_code == 401


@pytest.mark.anyio
async def test_webfinger_finds_accounts_and_takes_no_urls(herd: Herd, web: httpx.AsyncClient) -> None:
    found = (await web.get("/.well-known/webfinger", params={"resource": f"acct:{herd.bob.handle}"})).json()
    assert [link["href"] for link in found["links"] if link["rel"] == "self"] == [herd.bob.actor]
    assert (await web.get("/.well-known/webfinger", params={"resource": herd.bob.actor})).status_code == 400


@pytest.mark.anyio
async def test_a_post_reaches_the_other_side(herd: Herd, web: httpx.AsyncClient) -> None:
    activity = await say(web, herd.alice, note(herd.alice, "<p>Hello</p>", [PUBLIC, herd.bob.actor]))
    assert await eventually(items(web, herd.bob, "inbox")) == [activity]
    create = await get(web, herd.bob, activity)
    assert isinstance(create["object"], str)
    seen = await get(web, herd.bob, create["object"])
    assert (seen["type"], seen["content"], seen["attributedTo"]) == ("Note", "<p>Hello</p>", herd.alice.actor)
    assert "as:Public" in seen["to"]
    assert await items(web, herd.alice, "inbox")() == []
    assert await items(web, herd.carol, "inbox")() == []


@pytest.mark.anyio
async def test_terms_need_a_context_that_says_them(herd: Herd, web: httpx.AsyncClient) -> None:
    create = note(herd.alice, "#x", [PUBLIC])
    create["object"] |= {"tag": {"type": "Hashtag", "name": "#x"}, "conversation": "tag:x"}
    terms = {"Hashtag": "as:Hashtag", "ostatus": "http://ostatus.org#", "conversation": "ostatus:conversation"}
    found = []
    for context in (CONTEXT, [CONTEXT, terms]):
        activity = await say(web, herd.alice, {"@context": context} | create)
        found.append(await get(web, herd.alice, (await get(web, herd.alice, activity))["object"]))
    assert [one["tag"]["type"] == "Hashtag" for one in found] == [False, True]
    assert [one.get("http://ostatus.org#conversation") for one in found] == [None, "tag:x"]


@pytest.mark.anyio
async def test_a_message_is_for_its_receiver_only(herd: Herd, web: httpx.AsyncClient) -> None:
    activity = await say(web, herd.alice, note(herd.alice, "<p>Secret</p>", [herd.bob.actor]))
    await eventually(items(web, herd.bob, "inbox"))
    secret = (await get(web, herd.bob, activity))["object"]
    assert (await web.get(secret, headers=herd.bob.auth)).status_code == 200
    assert (await web.get(secret, headers=herd.carol.auth)).status_code == 404
    assert (await web.get(secret)).status_code == 401


@pytest.mark.anyio
async def test_following_is_asked_for_and_accepted(herd: Herd, web: httpx.AsyncClient) -> None:
    follow = await say(web, herd.bob, {"type": "Follow", "object": herd.alice.actor, "to": [herd.alice.actor]})
    assert await eventually(items(web, herd.alice, "inbox")) == [follow]
    await say(web, herd.alice, {"type": "Accept", "object": follow, "to": [herd.bob.actor]})
    assert await eventually(items(web, herd.alice, "followers")) == [herd.bob.actor]
    assert await eventually(items(web, herd.bob, "following")) == [herd.alice.actor]


@pytest.mark.anyio
async def test_likes_and_dislikes_are_counted_at_the_object(herd: Herd, web: httpx.AsyncClient) -> None:
    activity = await say(web, herd.alice, note(herd.alice, "Good?", [PUBLIC, herd.bob.actor]))
    await eventually(items(web, herd.bob, "inbox"))
    target = (await get(web, herd.bob, activity))["object"]
    for verb in ("Like", "Dislike"):
        await say(web, herd.bob, {"type": verb, "object": target, "to": [herd.alice.actor]})

    async def likes() -> list[str]:
        found = (await get(web, herd.alice, f"{target}/likes")).get("orderedItems", [])
        return [found] if isinstance(found, str) else found

    assert len(await eventually(likes, lambda found: len(found) == 2)) == 2


@pytest.mark.anyio
async def test_update_replaces_and_delete_leaves_a_tombstone(herd: Herd, web: httpx.AsyncClient) -> None:
    activity = await say(web, herd.alice, note(herd.alice, "Old", [PUBLIC]))
    target = (await get(web, herd.alice, activity))["object"]
    inside = {"type": "Note", "id": target, "attributedTo": herd.alice.actor, "content": "New", "to": [PUBLIC]}
    await say(web, herd.alice, {"type": "Update", "object": inside, "to": [PUBLIC]})

    async def changed() -> Json:
        return await get(web, herd.alice, target)

    new = await eventually(changed, lambda found: found["content"] == "New")
    assert "published" not in new
    await say(web, herd.alice, {"type": "Delete", "object": target, "to": [PUBLIC]})

    async def gone() -> httpx.Response:
        return await web.get(target, headers=herd.alice.auth)

    tombstone = await eventually(gone, lambda answer: answer.status_code == 410)
    assert tombstone.json()["type"] == "Tombstone"
    assert "formerType" not in tombstone.json()


@pytest.mark.anyio
async def test_ten_and_more_items_come_in_pages(herd: Herd, web: httpx.AsyncClient) -> None:
    ids = [await say(web, herd.alice, note(herd.alice, f"No {number}", [PUBLIC])) for number in range(12)]
    outbox = (await get(web, herd.alice, herd.alice.actor))["outbox"]

    async def top() -> Json:
        return await get(web, herd.alice, outbox)

    whole = await eventually(top, lambda found: found["totalItems"] == 12)
    assert "orderedItems" not in whole
    first = await get(web, herd.alice, whole["first"])
    assert first["orderedItems"] == ids[:1:-1]
    second = await get(web, herd.alice, first["next"])
    assert second["orderedItems"] == ids[1::-1]


@pytest.mark.anyio
async def test_what_a_client_must_not_leave_out(herd: Herd, web: httpx.AsyncClient) -> None:
    outbox = (await get(web, herd.alice, herd.alice.actor))["outbox"]
    bare = {"type": "Note", "content": "x", "attributedTo": herd.alice.actor}
    answer = await web.post(outbox, json=bare, headers=herd.alice.auth)
    assert answer.status_code == 201
    assert (await web.get(answer.headers["location"], headers=herd.alice.auth)).status_code == 404
    assert (await web.post(outbox, json=bare, headers=herd.bob.auth)).status_code == 401


@pytest.mark.anyio
async def test_proxy_fetches_for_the_owner(herd: Herd, web: httpx.AsyncClient) -> None:
    proxy = (await get(web, herd.alice, herd.alice.actor))["endpoints"]["proxyUrl"]
    found = await web.post(proxy, data={"id": herd.bob.actor}, headers=herd.alice.auth)
    assert (found.status_code, found.json()["id"]) == (200, herd.bob.actor)
    assert (await web.post(proxy, data={"id": herd.bob.actor}, headers=herd.bob.auth)).status_code == 401


@pytest.mark.anyio
async def test_requests_of_people_are_counted_and_deliveries_are_not(
    bovine_server: BovineServer, herd: Herd, web: httpx.AsyncClient
) -> None:
    inbox = (await get(web, herd.bob, herd.bob.actor))["inbox"]
    await say(web, herd.alice, note(herd.alice, "Hi", [herd.bob.actor]))
    await eventually(items(web, herd.bob, "inbox"))
    bovine_server.requests()
    await get(web, herd.bob, inbox)
    assert bovine_server.requests() == [("GET", httpx.URL(inbox).path)]
    assert bovine_server.requests() == []


ORPHAN = """
import pathlib, sys
from tests.c2s.bovine import BovineServer
server = BovineServer(pathlib.Path(sys.argv[1]))
server.wait()
print(server.base_url, flush=True)
sys.stdin.read()
"""


@pytest.mark.anyio
async def test_the_process_ends_however_the_one_that_started_it_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path)]
    parent = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    url = (await parent.stdout.readline()).decode().strip()
    parent.kill()
    await parent.communicate()

    async def gone() -> bool:
        try:
            await web.get(url)
        except httpx.TransportError:
            return True
        return False

    async with httpx.AsyncClient(trust_env=False) as web:
        await eventually(gone)
