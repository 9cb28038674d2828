"""What only our own server does: OAuth without https, deliveries to another instance, faults on purpose."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import pytest

from tests.c2s.bad_content import BAD, FORGED, GOOD, good
from tests.c2s.bovine import Herd
from tests.c2s.embedded import EmbeddedServer
from tests.c2s.talk import Json, Talk

pytestmark = pytest.mark.anyio
VERIFIER = "a-verifier-that-is-long-enough-for-anybody-1234567890"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "http://127.0.0.1:1/back"


@pytest.fixture
async def talk(embedded: Herd) -> AsyncIterator[Talk]:
    """Three people on our own server."""
    async with httpx.AsyncClient(base_url=embedded.base_url, trust_env=False, timeout=30) as web:
        yield Talk(embedded, web)


async def client_of(talk: Talk) -> str:
    """A registered client."""
    body = {"client_name": "x", "redirect_uris": [BACK]}
    answer = await talk.web.post("/endpoint/oauth/registration", json=body)
    assert (answer.status_code, answer.json()["redirect_uris"]) == (201, [BACK])
    return str(answer.json()["client_id"])


async def code_of(talk: Talk, client: str, **other: str) -> httpx.Response:
    """Through the browser's part: sign in, allow; where it leads in the end."""
    asked = {"response_type": "code", "client_id": client, "redirect_uri": BACK, "scope": "read write", "state": "s&1"}
    asked |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} | other
    talk.web.cookies.clear()
    page = await talk.web.get("/endpoint/oauth/authorize?" + urlencode(asked))
    assert (page.status_code, page.next_request is not None) == (302, True)
    form = {"username": talk.herd.alice.name, "password": "secret", "next": str(page.request.url)}
    page = await talk.web.post("/login", data=form)
    page = await talk.web.get(page.headers["location"])
    if page.status_code != 200:
        return page
    hidden = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page.text))
    return await talk.web.post("/endpoint/oauth/authorize", data=hidden | {"state": "s&1"})


async def exchange(talk: Talk, **form: str) -> httpx.Response:
    """At the token endpoint."""
    return await talk.web.post("/endpoint/oauth/token", data=form)


async def test_codes_become_tokens_that_work_and_refresh(talk: Talk) -> None:
    metadata = (await talk.web.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    client = await client_of(talk)
    back = parse_qs(urlsplit((await code_of(talk, client)).headers["location"]).query)
    assert back["state"] == ["s&1"]
    form = {"grant_type": "authorization_code", "client_id": client, "redirect_uri": BACK, "code": back["code"][0]}
    wrong = await exchange(talk, **form, code_verifier="wrong")
    assert (wrong.status_code, wrong.json()["detail"]) == (400, "Invalid code_verifier")
    token = (await exchange(talk, **form, code_verifier=VERIFIER)).json()
    assert token.keys() == {"access_token", "token_type", "scope", "expires_in", "refresh_token"}
    assert (token["token_type"], token["scope"], token["expires_in"]) == ("Bearer", "read write", 86400)
    again = (await exchange(talk, grant_type="refresh_token", refresh_token=token["refresh_token"])).json()
    assert again["refresh_token"] != token["refresh_token"]
    for one in (token, again):
        alice = talk.herd.alice._replace(token=one["access_token"])
        assert (await talk.post(alice, {"type": "Note", "content": "x"})).status_code == 201
    body = token["access_token"].split(".")[1]
    assert f'"subject": "{talk.herd.alice.actor}"' in base64.urlsafe_b64decode(body + "==").decode()


async def test_oauth_refuses(talk: Talk, embedded_server: EmbeddedServer) -> None:
    client = await client_of(talk)
    for wrong in ({"client_id": "http://x.example/"}, {"redirect_uri": "http://x.example/"}, {"code_challenge": ""}):
        assert (await code_of(talk, client, **wrong)).status_code == 400
    assert (await exchange(talk, grant_type="password")).json()["detail"] == "Invalid grant_type"
    assert (await exchange(talk, grant_type="refresh_token", refresh_token="x")).status_code == 500
    assert (await talk.web.post("/endpoint/oauth/registration", json={"client_name": "x"})).status_code == 400
    alice = talk.herd.alice
    reader = alice._replace(token=embedded_server.token(alice.actor, "read"))
    assert (await talk.post(reader, {"type": "Note"})).status_code == 403
    embedded_server.world.expired.add(alice.token)
    assert (await talk.get(alice, alice.actor)).json()["detail"] == "jwt expired"


async def test_two_instances_deliver_to_each_other(talk: Talk, second: Herd) -> None:
    alice, dora = talk.herd.alice, second.alice
    follow = await talk.done(dora, {"type": "Follow", "object": alice.actor, "to": [alice.actor]})
    pending = await talk.mine(alice, "pendingFollowers")
    assert [(one["id"], one["actor"]["name"]) for one in pending] == [(follow["id"], dora.name)]
    await talk.done(alice, {"type": "Accept", "object": follow["id"], "to": [dora.actor]})
    assert [one["id"] for one in await talk.mine(dora, "following")] == [alice.actor]
    note = await talk.note(alice, "far", (await talk.actor(alice))["followers"])
    shown = (await talk.mine(dora, "inbox"))[0]
    assert (shown["type"], shown["object"]["content"], shown["actor"]["name"]) == ("Create", "far", alice.name)
    like = await talk.done(dora, {"type": "Like", "object": note["id"], "to": [alice.actor]})
    assert [one["id"] for one in await talk.top(alice, note["likes"]["id"])] == [like["id"]]
    answer = await talk.note(dora, "re", alice.actor, inReplyTo=note["id"])
    assert [one["id"] for one in await talk.top(alice, note["replies"]["id"])] == [answer["id"]]
    proxy = (await talk.actor(alice))["endpoints"]["proxyUrl"]
    found = await talk.web.post(proxy, data={"id": answer["id"]}, headers=alice.auth)
    assert (found.status_code, found.json()["content"]) == (200, "re")
    await talk.done(dora, {"type": "Undo", "object": like["id"], "to": [alice.actor]})
    assert await talk.top(alice, note["likes"]["id"]) == []
    await talk.done(alice, {"type": "Delete", "object": note["id"], "to": [dora.actor]})
    assert [one["object"]["type"] for one in await talk.mine(dora, "inbox") if one["type"] == "Create"] == [
        "Note",
        "Tombstone",
    ]


async def test_servers_deliver_only_for_their_own(talk: Talk) -> None:
    inbox = (await talk.actor(talk.herd.bob))["inbox"]
    for headers, status in (({}, 401), (talk.herd.alice.auth, 403), ({"x-peer": "guess http://x/"}, 401)):
        assert (await talk.web.post(inbox, json={"type": "Like"}, headers=headers)).status_code == status


async def test_deliveries_are_held_back_and_come_in_any_order(talk: Talk, embedded_server: EmbeddedServer) -> None:
    embedded_server.hold()
    ids = [(await talk.note(talk.herd.alice, str(number), talk.herd.bob.actor))["id"] for number in range(3)]
    assert await talk.mine(talk.herd.bob, "inbox") == []
    embedded_server.release(backwards=True)
    assert [one["object"]["id"] for one in await talk.mine(talk.herd.bob, "inbox")] == ids
    await talk.note(talk.herd.alice, "at once", talk.herd.bob.actor)
    assert len(await talk.mine(talk.herd.bob, "inbox")) == 4


async def test_faults(talk: Talk, embedded_server: EmbeddedServer) -> None:
    alice, strange = talk.herd.alice, embedded_server.strange
    strange.limit("/person/", seconds=7)
    limited = await talk.get(alice, alice.actor)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    assert (await talk.get(alice, alice.actor)).status_code == 200
    outbox = (await talk.actor(alice))["outbox"]
    strange.fail("/orderedcollection/", 503, method="POST", times=1)
    assert [(await talk.web.post(outbox, json={}, headers=alice.auth)).status_code for _ in "ab"] == [503, 201]
    strange.say(b"<html>", "text/html", times=1)
    assert (await talk.get(alice, alice.actor)).text == "<html>"
    strange.swallows.add("Like")
    swallowed = await talk.post(alice, {"type": "Like", "object": alice.actor})
    assert (swallowed.status_code, swallowed.json(), await talk.mine(alice, "liked")) == (200, [], [])
    strange.missing |= {"metadata", "liked", "uploadMedia"}
    actor = await talk.actor(alice)
    assert ("liked" in actor, "uploadMedia" in actor["endpoints"]) == (False, False)
    assert (await talk.web.get("/.well-known/oauth-authorization-server")).status_code == 404
    strange.delay(0.05, "/person/")
    start = time.monotonic()
    await talk.actor(alice)
    assert time.monotonic() - start >= 0.05
    strange.clear()
    assert "liked" in await talk.actor(alice)


async def test_dialects_of_other_servers(talk: Talk, embedded_server: EmbeddedServer) -> None:
    alice = talk.herd.alice
    outbox = (await talk.actor(alice))["outbox"]
    embedded_server.world.basic = True
    by_name = await talk.web.post(outbox, json={"type": "Note"}, auth=(alice.name, "secret"))
    assert by_name.status_code == 201
    assert (await talk.web.post(outbox, json={"type": "Note"}, auth=(alice.name, "guess"))).status_code == 401
    embedded_server.strange.pleroma = True
    url = (await talk.actor(alice))["endpoints"]["uploadMedia"]
    files, form = {"file": ("a.png", b"x", "image/png")}, {"description": "alt"}
    made = (await talk.web.post(url, files=files, data=form, headers=alice.auth)).json()
    assert (made["type"], made["name"]) == ("Document", "alt")
    file = await talk.get(None, made["url"][0]["href"])
    assert (file.content, file.headers["content-type"]) == (b"x", "image/png")


async def test_requests_are_counted(talk: Talk, embedded_server: EmbeddedServer) -> None:
    embedded_server.requests()
    await talk.get(talk.herd.alice, talk.herd.alice.actor)
    assert embedded_server.requests() == [("GET", urlsplit(talk.herd.alice.actor).path)]
    assert embedded_server.requests() == []


async def inbox_of(talk: Talk) -> str:
    """The id of alice's."""
    return str((await talk.actor(talk.herd.alice))["inbox"])


async def page_of(talk: Talk) -> list[Json]:
    """Alice's inbox, by whatever it says of itself."""
    inbox = await talk.read(talk.herd.alice, await inbox_of(talk))
    shown: list[Json] = (await talk.get(talk.herd.alice, inbox["first"]["id"])).json()["orderedItems"]
    return shown


@pytest.mark.parametrize("name", BAD)
async def test_bad_content_is_served_beside_the_good(talk: Talk, embedded_server: EmbeddedServer, name: str) -> None:
    good(embedded_server, talk.herd)
    before = await page_of(talk), (await talk.get(None, talk.herd.bob.actor)).text, await older(talk)
    assert GOOD in str(before[0])
    BAD[name](embedded_server, talk.herd)
    after = await page_of(talk), (await talk.get(None, talk.herd.bob.actor)).text, await older(talk)
    changed = {"actor": 1, "pages": 2}.get(name.partition(":")[0], 0)
    assert [one != other for one, other in zip(before, after, strict=True)] == [place == changed for place in range(3)]
    assert str(before[0][0]["id"]) in str(after[0])


async def older(talk: Talk) -> list[str]:
    """The pages of alice's inbox as far as a patient reader goes."""
    link, seen = (await talk.read(talk.herd.alice, await inbox_of(talk)))["first"]["id"], []
    while link and len(seen) < 5:
        seen.append(link)
        link = (await talk.get(talk.herd.alice, link)).json().get("next")
    return seen


@pytest.mark.parametrize("name", FORGED)
async def test_forgeries_reach_the_reader_and_change_nothing_here(
    talk: Talk, embedded_server: EmbeddedServer, name: str
) -> None:
    target = FORGED[name](embedded_server, talk.herd)
    top = (await page_of(talk))[0]
    assert (top["actor"]["id"], top["type"]) == (talk.herd.carol.actor, name.partition(" ")[0])
    assert target in str(top["object"])
    kept = await talk.read(talk.herd.alice, target)
    assert GOOD in str(kept)
    assert talk.herd.bob.actor in str(kept)
