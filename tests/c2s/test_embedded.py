"""Our server of the embedded dialect behaves as onepage.pub was measured (reference/activitypub-c2s.md section 4).

The same tests run against a live onepage.pub where OLDBIRD_ONEPAGE_URL names one (see onepage.py).
"""

from __future__ import annotations

import httpx2 as httpx
import pytest

from tests.c2s.bovine import eventually
from tests.c2s.talk import PUBLIC, Talk

pytestmark = pytest.mark.anyio
JSON = {"Content-Type": "application/json"}
PUBLIC_OBJECT = {"id": PUBLIC, "type": "Collection", "nameMap": {"en": "Public"}}


async def test_actors(talk: Talk) -> None:
    alice = talk.herd.alice
    actor = await talk.actor(alice)
    assert await talk.read(talk.herd.bob, alice.actor) == actor == (await talk.get(None, alice.actor)).json()
    assert (actor["id"], actor["type"], actor["preferredUsername"]) == (alice.actor, "Person", alice.name)
    assert all(isinstance(actor[part], str) for part in ("inbox", "outbox", "followers", "following", "liked"))
    assert all(actor[part]["type"] == "OrderedCollection" for part in ("blocked", "pendingFollowers"))
    assert {"proxyUrl", "uploadMedia", "oauthAuthorizationEndpoint", "oauthTokenEndpoint"} == actor["endpoints"].keys()
    assert actor["webfinger"] == alice.handle
    assert not {"url", "summary", "icon", "image", "manuallyApprovesFollowers", "featured"} & actor.keys()


async def test_webfinger(talk: Talk) -> None:
    async def found(resource: str) -> httpx.Response:
        return await talk.web.get("/.well-known/webfinger", params={"resource": resource})

    jrd = (await found(f"acct:{talk.herd.bob.handle}")).json()
    assert [(link["rel"], link["href"]) for link in jrd["links"]] == [("self", talk.herd.bob.actor)]
    nobody, nonsense = await found("acct:nobody@" + talk.herd.bob.handle.partition("@")[2]), await found("x:y")
    assert [(one.status_code, one.json()["status"]) for one in (nobody, nonsense)] == [(404, 404), (400, 400)]


async def test_a_post_is_embedded_wherever_it_is_shown(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    inside = {"type": "Note", "content": "<p>Hi</p>", "to": [PUBLIC], "cc": [bob.actor], "tag": [{"type": "Hashtag"}]}
    made = await talk.done(alice, {"type": "Create", "to": [PUBLIC], "cc": [bob.actor], "object": inside})
    note = made["object"]
    assert made["actor"] == {"id": alice.actor, "type": "Person", "name": alice.name}
    assert (made["to"], note["to"]) == ([PUBLIC_OBJECT], [PUBLIC_OBJECT])
    assert made["cc"] == note["cc"] == [{"id": bob.actor, "type": "Person", "name": bob.name}]
    assert (note["content"], note["tag"]) == ("<p>Hi</p>", [{"type": "Hashtag"}])
    assert note["summaryMap"] == {"en": f"A(n) Note by {alice.name}"}
    assert note["attributedTo"]["id"] == alice.actor
    assert {"id", "type", "first"} <= note["likes"].keys() & note["replies"].keys() & note["shares"].keys()
    assert note["id"].startswith(f"{talk.herd.base_url}/note/")
    shown = await eventually(lambda: talk.mine(bob, "inbox"))
    assert [{**shown[0], "@context": made["@context"]}] == [made]
    assert await talk.read(bob, made["id"]) == made
    assert [one["id"] for one in await talk.mine(alice, "inbox")] == [made["id"]]
    assert [one["id"] for one in await talk.mine(alice, "outbox")] == [made["id"]]


async def test_bare_objects_are_wrapped_and_unknown_types_too(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    made = await talk.done(alice, {"type": "Note", "content": "x", "to": [PUBLIC], "cc": [bob.actor]})
    assert (made["type"], made["object"]["type"], made["to"]) == ("Create", "Note", [PUBLIC_OBJECT])
    assert made["cc"][0]["id"] == bob.actor
    odd = await talk.done(alice, {"type": "Odd", "object": {"id": made["object"]["id"]}})
    assert odd["type"] == ["Odd", "Activity"]
    thing = await talk.done(alice, {"type": "Strange", "content": "x"})
    assert (thing["type"], thing["object"]["type"]) == ("Create", ["Strange", "Object"])


async def test_published_is_the_clients_and_order_is_arrival(talk: Talk) -> None:
    alice = talk.herd.alice
    await talk.note(alice, "now", PUBLIC)
    old = {"type": "Note", "content": "then", "published": "2001-01-01T00:00:00Z"}
    made = await talk.done(alice, {"type": "Create", "published": "2001-01-01T00:00:00Z", "object": old})
    assert (made["published"], made["object"]["published"]) == ("2001-01-01T00:00:00Z",) * 2
    assert made["updated"].startswith("20")
    assert (await talk.mine(alice, "outbox"))[0]["id"] == made["id"]


async def test_pages_of_twenty_with_stable_ids(talk: Talk) -> None:
    alice = talk.herd.alice
    outbox = (await talk.actor(alice))["outbox"]
    empty = await talk.read(alice, outbox)
    assert (empty["totalItems"], empty["first"], empty["first"]["type"]) == (0, empty["last"], "OrderedCollectionPage")
    made = [(await talk.done(alice, {"type": "Note", "content": str(number)}))["id"] for number in range(21)]
    full = await talk.read(alice, outbox)
    assert (full["totalItems"], full["last"]) == (21, empty["last"])
    assert full["first"] != empty["first"]
    first = await talk.read(alice, full["first"]["id"])
    assert first["next"] == empty["first"]
    assert "prev" not in first
    second = await talk.read(alice, first["next"]["id"])
    assert second["prev"] == full["first"]
    assert "next" not in second
    assert [item["id"] for page in (first, second) for item in page["orderedItems"]] == made[::-1]


async def test_etag_query_and_accept(talk: Talk) -> None:
    alice = talk.herd.alice
    inbox = (await talk.actor(alice))["inbox"]
    tag = (await talk.get(alice, inbox)).headers["etag"]
    again = await talk.get(alice, inbox, **{"If-None-Match": tag})
    assert (tag[:2], again.status_code, again.content) == ("W/", 304, b"")
    await talk.note(alice, "new")
    assert (await talk.get(alice, inbox, **{"If-None-Match": tag})).status_code == 200
    assert (await talk.get(alice, f"{alice.actor}?page=1")).status_code == 404
    page = await talk.get(alice, alice.actor, Accept="text/html")
    assert page.headers["content-type"].startswith("application/activity+json")


async def test_who_may_read(talk: Talk) -> None:
    alice, bob, carol = talk.herd[1:]
    secret = (await talk.note(alice, "secret", bob.actor))["id"]
    assert (await talk.read(bob, secret))["content"] == "secret"
    for who, status, words in ((carol, 403, "Not authorized"), (None, 401, "You must provide credentials")):
        answer = await talk.get(who, secret)
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json; charset=utf-8",
        )
        assert answer.json()["detail"].startswith(words)
    outbox = (await talk.actor(alice))["outbox"]
    assert await talk.top(carol, outbox) == []
    assert (await talk.read(carol, outbox))["totalItems"] == 1


async def test_posting_is_for_the_owner(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    outbox = (await talk.actor(alice))["outbox"]
    note = {"type": "Note", "content": "x"}
    for headers in (bob.auth, {}):
        answer = await talk.web.post(outbox, json=note, headers=headers)
        assert (answer.status_code, answer.json()["detail"]) == (403, "You cannot post to this outbox")
    bad = await talk.web.post(outbox, json=note, headers={"Authorization": "Bearer nonsense"})
    assert (bad.status_code, bad.json()["detail"]) == (401, "jwt malformed")
    assert bad.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert (await talk.web.post(outbox, content=b"{", headers=alice.auth | JSON)).status_code == 400


async def test_likes_and_what_undoes_them(talk: Talk) -> None:
    alice, bob, carol = talk.herd[1:]
    note = await talk.note(alice, "good", PUBLIC)
    like = {"type": "Like", "object": note["id"], "to": [alice.actor]}
    made = await talk.done(bob, like)
    assert made["object"]["content"] == "good"
    assert "to" not in made["object"]
    assert await talk.refused(bob, like) == (400, "Already liked!")
    assert [one["id"] for one in await talk.mine(bob, "liked")] == [note["id"]]
    assert [one["id"] for one in await talk.top(alice, note["likes"]["id"])] == [made["id"]]
    await eventually(lambda: talk.mine(alice, "inbox"), lambda items: items[0]["id"] == made["id"])
    bare = {"type": "Undo", "object": {"type": "Like", "object": note["id"]}}
    assert await talk.refused(bob, bare) == (500, "Can't get JSON without an ID")
    assert await talk.refused(bob, {"type": "Undo"}) == (400, "Nothing to undo")
    assert (await talk.refused(bob, {"type": "Undo", "object": f"{talk.herd.base_url}/like/none"}))[0] == 500
    foreign = await talk.refused(carol, {"type": "Undo", "object": made["id"]})
    assert foreign == (400, "Cannot undo an object you do not own")
    for _ in range(2):
        await talk.done(bob, {"type": "Undo", "object": made["id"]})
    assert await talk.mine(bob, "liked") == await talk.top(alice, note["likes"]["id"]) == []
    await talk.done(bob, like)


async def test_shares_dislikes_answers(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    note = await talk.note(alice, "look", PUBLIC)
    share = await talk.done(bob, {"type": "Announce", "object": note["id"], "to": [PUBLIC]})
    assert share["object"]["to"] == [PUBLIC_OBJECT]
    assert [one["id"] for one in await talk.top(alice, note["shares"]["id"])] == [share["id"]]
    await talk.done(bob, {"type": "Dislike", "object": note["id"], "to": [alice.actor]})
    assert await talk.top(alice, note["likes"]["id"]) == []
    answer = await talk.note(bob, "why", alice.actor, inReplyTo=note["id"])
    assert (answer["inReplyTo"]["id"], answer["inReplyTo"]["content"]) == (note["id"], "look")
    assert [one["id"] for one in await talk.top(alice, note["replies"]["id"])] == [answer["id"]]
    await talk.done(bob, {"type": "Undo", "object": share["id"]})
    assert await talk.top(alice, note["shares"]["id"]) == []


async def test_a_share_of_what_was_deleted_cannot_be_undone(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    note = await talk.note(alice, "look", PUBLIC)
    share = await talk.done(bob, {"type": "Announce", "object": note["id"], "to": [PUBLIC]})
    await talk.done(alice, {"type": "Delete", "object": note["id"]})
    assert await talk.refused(bob, {"type": "Undo", "object": share["id"]}) == (500, "No data provided")
    assert (await talk.get(bob, share["id"])).status_code == 200


@pytest.mark.parametrize("verb", ["Accept", "Reject", "TentativeAccept", "Join", "Leave"])
async def test_events_are_answered_and_no_one_keeps_a_list(talk: Talk, verb: str) -> None:
    alice, bob, _ = talk.herd[1:]
    event = {"type": "Event", "name": "Fair", "startTime": "2027-01-01T00:00:00Z", "to": [PUBLIC]}
    made = (await talk.done(alice, {"type": "Create", "to": [PUBLIC], "object": event}))["object"]
    answer = await talk.done(bob, {"type": verb, "object": made["id"], "to": [alice.actor]})
    assert (answer["object"]["type"], answer["object"]["name"]) == ("Event", "Fair")
    assert ("startTime" in answer["object"]) == (verb in ("Accept", "Reject"))
    await eventually(lambda: talk.mine(alice, "inbox"), lambda items: items[0]["id"] == answer["id"])
    assert "attendees" not in await talk.read(alice, made["id"])


async def test_updates_are_patches(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    note = await talk.note(alice, "old", PUBLIC, summary="s")
    change = {"id": note["id"], "content": "new", "summary": None}
    done = await talk.done(alice, {"type": "Update", "to": [PUBLIC], "object": change})
    new = await talk.read(alice, note["id"])
    assert (new["content"], new["to"], new["published"]) == ("new", note["to"], note["published"])
    assert "summary" not in new
    assert (done["object"]["content"], done["object"]["to"]) == ("new", [PUBLIC_OBJECT])
    foreign = {"type": "Update", "object": {"id": note["id"], "content": "evil"}}
    assert await talk.refused(bob, foreign) == (400, "You can't update an object you don't own")
    assert await talk.refused(alice, {"type": "Update", "object": {}}) == (400, "No id for object to update")
    for name, value in (("published", "2001-01-01T00:00:00Z"), ("likes", "x"), ("attributedTo", bob.actor)):
        protected = {"type": "Update", "object": {"id": note["id"], name: value}}
        assert await talk.refused(alice, protected) == (400, f"Cannot update {name} directly")


async def test_the_own_actor_is_updated_at_once(talk: Talk) -> None:
    alice = talk.herd.alice
    icon = {"type": "Image", "url": "http://x.example/y.png", "mediaType": "image/png"}
    await talk.done(alice, {"type": "Update", "object": {"id": alice.actor, "summary": "<p>Me</p>", "icon": icon}})
    actor = await talk.actor(alice)
    assert (actor["summary"], actor["icon"], actor["name"]) == ("<p>Me</p>", icon, alice.name)
    assert isinstance(actor["inbox"], str)


async def test_deleted_objects_are_tombstones(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    note = await talk.note(alice, "gone soon", PUBLIC, bob.actor)
    assert await talk.refused(bob, {"type": "Delete", "object": note["id"]}) == (
        400,
        "You can't delete an object you don't own",
    )
    done = await talk.done(alice, {"type": "Delete", "object": note["id"], "to": [PUBLIC, bob.actor]})
    assert done["object"]["type"] == "Tombstone"
    for who in (alice, bob, None):
        answer = await talk.get(who, note["id"])
        body = answer.json()
        assert (answer.status_code, body["type"], body["formerType"]) == (410, "Tombstone", "Note")
        assert body["published"] == note["published"] <= body["deleted"]
    shown = await eventually(lambda: talk.mine(bob, "inbox"), lambda items: len(items) == 2)
    assert [(one["type"], one["object"]["type"]) for one in shown] == [("Delete", "Tombstone"), ("Create", "Tombstone")]
    await talk.done(alice, {"type": "Delete", "object": note["id"]})
    unknown = {"type": "Delete", "object": f"{talk.herd.base_url}/note/none"}
    assert await talk.refused(alice, unknown) == (500, "Cannot read properties of null (reading 'id')")
