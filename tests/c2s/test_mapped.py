"""What the mappings write is taken by both servers and reads back, with the same audience, on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx2 as httpx
import pytest

from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub
from mappings.activitypub_known import Known
from mappings.activitypub_writing import Audience, audience_of, body
from tests.c2s.bovine import Herd, Party, eventually

pytestmark = pytest.mark.anyio
DATE = "2026-11-22T01:50:17Z"
Json = dict[str, Any]


class Ground(NamedTuple):
    """A server and a client. `bare`: it gives ids, so that each object is asked for."""

    herd: Herd
    web: httpx.AsyncClient
    bare: bool

    async def read(self, who: Party, url: str) -> Json:
        """A document."""
        answer = await self.web.get(url, headers=who.auth)
        assert answer.status_code == 200, (url, answer.text)
        return ap.normal(answer.json())

    async def send(self, who: Party, activity: Json) -> str:
        """To the outbox; the id of the activity."""
        outbox = (await self.read(who, who.actor))["outbox"]
        answer = await self.web.post(outbox, json=activity, headers=who.auth)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    async def whole(self, who: Party, url: str) -> Json:
        """An activity with its object."""
        found = await self.read(who, url)
        if isinstance(found.get("object"), str):
            found["object"] = await self.read(who, found["object"])
        return found

    async def arrived(self, who: Party, count: int) -> list[Json]:
        """The activities in the inbox, newest first, once there are so many."""

        async def ids() -> list[str]:
            top = ap.page_of(await self.read(who, (await self.read(who, who.actor))["inbox"]))
            page = top if top.items or not top.first else ap.page_of(await self.read(who, top.first))
            return [ap.id_of(item) for item in page.items]

        found = await eventually(ids, lambda listed: len(listed) >= count)
        return [await self.whole(who, id) for id in found]

    async def known(self, who: Party, *people: Party) -> Known:
        """What `who` knows of everybody."""
        actors = [await self.read(who, one.actor) for one in (who, *people)]
        hosts = frozenset({ap.host_of(self.herd.base_url)})
        accounts = {ap.id_of(actor): ap.account_of(actor, Known(hosts=hosts)) for actor in actors}
        documents = {ap.id_of(actor): actor for actor in actors}
        return Known(me=who.actor, hosts=hosts, people=accounts, documents=documents, expanded=not self.bare)


@pytest.fixture(params=["herd", "embedded"])
async def ground(request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    """Either server."""
    herd = request.getfixturevalue(request.param)
    async with httpx.AsyncClient(base_url=herd.base_url, trust_env=False, timeout=30) as web:
        yield Ground(herd, web, request.param == "herd")


def post(who: Party, audience: Audience, text: str, people: dict[str, hub.Account], **fields: Any) -> Json:
    """A Create."""
    return acts.create(
        acts.Post(actor=who.actor, published=DATE, audience=audience, written=body(text, people), text=text, **fields)
    )


@pytest.mark.parametrize("visibility", ["public", "unlisted", "direct"])
async def test_a_post_reads_the_same_on_both_sides(ground: Ground, visibility: str) -> None:
    alice, bob = ground.herd.alice, ground.herd.bob
    mine, theirs = await ground.known(alice, bob), await ground.known(bob, alice)
    followers = ap.id_of((await ground.read(alice, alice.actor)).get("followers"))
    audience = audience_of(visibility, followers=followers, people=[bob.actor])
    people = {bob.name: mine.people[bob.actor]}
    point = hub.Place(lat=52.5, long=13.25)
    made = post(alice, audience, f"Hi @{bob.name}\n\n#tag <b>", people, title="Title", place=point, source="Bird")
    sent = await ground.whole(alice, await ground.send(alice, made))
    received = (await ground.arrived(bob, 1))[0]
    for document, known in ((sent, mine), (received, theirs)):
        found = ap.status_of(document, known)
        assert (found.visibility, found.title, found.content) == (visibility, "Title", made["object"]["content"])
        assert (found.account.acct, found.created_at) == (alice.name, "2026-11-22T01:50:17.000Z")
        assert [mention.acct for mention in found.mentions] == [bob.name]
        assert ([tag.name for tag in found.tags], found.place, found.source) == (["tag"], point, "Bird")
    notice = ap.notification_of(received, theirs)
    assert notice is not None
    assert notice.type == "mention"


async def test_reactions_and_answers_to_events_reach_the_author(ground: Ground) -> None:
    alice, bob = ground.herd.alice, ground.herd.bob
    party = post(alice, audience_of("public", people=[bob.actor]), "Come", {}, title="Party", kind="Event")
    party["object"]["startTime"] = "2026-12-05T18:00:00Z"
    event = (await ground.whole(alice, await ground.send(alice, party)))["object"]
    ways = [acts.like(bob.actor, event, DATE), acts.like(bob.actor, event, DATE, kind="Dislike")]
    ways += [acts.attend(bob.actor, event, verb, DATE) for verb in ("attendyes", "attendno", "attendmaybe")]
    for way in ways:
        await ground.send(bob, way)
    own = 0 if ground.bare else 1  # the embedded dialect puts own activities into the own inbox
    known = await ground.known(alice, bob)
    known = known._replace(documents={**known.documents, event["id"]: event})
    notices = [ap.notification_of(one, known) for one in await ground.arrived(alice, len(ways) + own)]
    types = sorted(notice.type for notice in notices if notice)
    assert types == ["attendmaybe", "attendno", "attendyes", "dislike", "favourite"]
    assert "Starts: 2026-12-05 18:00 UTC" in ap.status_of(event, known).content


async def test_a_like_is_taken_back_and_a_post_changed_and_deleted(ground: Ground) -> None:
    alice, bob = ground.herd.alice, ground.herd.bob
    sent = await ground.send(alice, post(alice, audience_of("public", people=[bob.actor]), "Old", {}))
    note = (await ground.whole(alice, sent))["object"]
    like = await ground.read(bob, await ground.send(bob, acts.like(bob.actor, note, DATE)))
    undo = await ground.read(bob, await ground.send(bob, acts.undo(bob.actor, like, DATE)))
    assert ap.id_of(undo["object"]) == like["id"]
    assert ap.applies(undo, None, like)
    changes = acts.update(alice.actor, note, {"content": "<p>New</p>"}, "2026-11-22T03:00:00Z", whole=ground.bare)
    await ground.send(alice, changes)

    async def content() -> hub.Status:
        return ap.status_of(await ground.read(alice, note["id"]), await ground.known(alice, bob))

    changed = await eventually(content, lambda found: found.content == "<p>New</p>")
    assert (changed.visibility, changed.created_at) == ("public", "2026-11-22T01:50:17.000Z")
    await ground.send(alice, acts.delete(alice.actor, note, DATE))

    async def gone() -> httpx.Response:
        return await ground.web.get(note["id"], headers=alice.auth)

    answer = await eventually(gone, lambda answer: answer.status_code == 410)
    with pytest.raises(ap.Gone):
        ap.status_of(answer.json())
