"""Follows, blocks, collections, uploads and the proxy of the embedded dialect; also against a live onepage.pub."""

from __future__ import annotations

import json
from typing import Any

import httpx2 as httpx
import pytest

from tests.c2s.bovine import Party, eventually
from tests.c2s.talk import PUBLIC, Json, Talk

pytestmark = pytest.mark.anyio
PIXEL = b"\x89PNG no picture at all"


def ids(items: list[Json]) -> list[str]:
    """Their ids."""
    return [item["id"] for item in items]


async def follow(talk: Talk, who: Party, whom: Party) -> str:
    """Ask; the id, once the other side has it."""
    made = await talk.done(who, {"type": "Follow", "object": whom.actor, "to": [whom.actor]})
    await eventually(lambda: talk.mine(whom, "pendingFollowers"))
    return str(made["id"])


async def test_follows_wait_until_they_are_accepted(talk: Talk) -> None:
    alice, bob, carol = talk.herd[1:]
    asked = await follow(talk, bob, alice)
    again = {"type": "Follow", "object": alice.actor}
    assert await talk.refused(bob, again) == (400, "Already pending following")
    pending = await talk.mine(alice, "pendingFollowers")
    assert [(one["type"], one["id"], one["actor"]["id"]) for one in pending] == [("Follow", asked, bob.actor)]
    assert ids(await talk.mine(bob, "pendingFollowing")) == [asked]
    assert await talk.mine(alice, "followers") == []
    link = (await talk.actor(alice))["pendingFollowers"]["id"]
    assert (await talk.get(carol, link)).status_code == 403
    answer = {"type": "Accept", "object": asked, "to": [bob.actor]}
    assert (await talk.done(alice, answer))["object"]["type"] == "Follow"
    following = await eventually(lambda: talk.mine(bob, "following"))
    assert (ids(following), following[0]["preferredUsername"]) == ([alice.actor], alice.name)
    assert ids(await talk.mine(alice, "followers")) == [bob.actor]
    assert await talk.mine(alice, "pendingFollowers") == await talk.mine(bob, "pendingFollowing") == []
    assert await talk.refused(alice, answer) == (400, "Not awaiting acceptance for follow")
    assert await talk.refused(bob, again) == (400, "Already following")
    note = await talk.note(alice, "for followers", (await talk.actor(alice))["followers"])
    assert (await talk.read(bob, note["id"]))["content"] == "for followers"
    assert (await talk.get(carol, note["id"])).status_code == 403
    await talk.done(bob, {"type": "Undo", "object": asked, "to": [alice.actor]})
    await eventually(lambda: talk.mine(alice, "followers"), lambda items: not items)
    assert await talk.mine(bob, "following") == []


async def test_follows_are_turned_down_and_strangers_asked_in_vain(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    asked = await follow(talk, bob, alice)
    await talk.done(alice, {"type": "Reject", "object": asked, "to": [bob.actor]})
    await eventually(lambda: talk.mine(bob, "pendingFollowing"), lambda items: not items)
    assert await talk.mine(alice, "pendingFollowers") == await talk.mine(alice, "followers") == []
    lost = await talk.done(bob, {"type": "Follow", "object": "http://127.0.0.1:1/nobody"})
    assert lost["object"] == "http://127.0.0.1:1/nobody"
    assert await talk.refused(bob, {"type": "Follow"}) == (400, "No object followed")
    assert (await talk.refused(bob, {"type": "Accept", "object": "http://127.0.0.1:1/x"}))[0] == 500


async def test_blocks(talk: Talk) -> None:
    alice, _, carol = talk.herd[1:]
    note = (await talk.note(alice, "open", PUBLIC))["id"]
    made = await talk.done(alice, {"type": "Block", "object": carol.actor})
    assert ids(await talk.mine(alice, "blocked")) == [carol.actor]
    assert await talk.refused(alice, {"type": "Block", "object": carol.actor}) == (400, "Already blocked!")
    assert (await talk.get(carol, note)).status_code == 403
    like = {"type": "Like", "object": note}
    assert await talk.refused(carol, like) == (400, "Can't like an object you can't read")
    await talk.done(alice, {"type": "Undo", "object": made["id"]})
    await talk.done(carol, like)
    assert await talk.mine(alice, "blocked") == []


@pytest.mark.parametrize("type_", ["Collection", "OrderedCollection"])
async def test_own_collections_are_made_filled_and_addressed(talk: Talk, type_: str) -> None:
    alice, bob, carol = talk.herd[1:]
    made = (await talk.done(alice, {"type": "Create", "object": {"type": type_, "name": "Friends"}}))["object"]
    assert (made["type"], made["name"], made["first"]["type"]) == (type_, "Friends", "CollectionPage")
    add = {"type": "Add", "object": bob.actor, "target": made["id"]}
    assert (await talk.done(alice, add))["target"]["name"] == "Friends"
    assert await talk.refused(alice, add) == (400, "Already a member")
    assert (await talk.read(alice, made["id"]))["totalItems"] is None
    assert ids(await talk.top(alice, made["id"])) == [bob.actor]
    assert (await talk.get(bob, made["id"])).status_code == 403
    note = await talk.note(alice, "among us", made["id"])
    shown = await eventually(lambda: talk.mine(bob, "inbox"))
    assert shown[0]["object"]["id"] == note["id"]
    assert (await talk.get(carol, note["id"])).status_code == 403
    assert await talk.mine(carol, "inbox") == []
    foreign = {"type": "Add", "object": carol.actor, "target": made["id"]}
    assert await talk.refused(bob, foreign) == (400, "You can't add to an object you don't own")
    protected = {"type": "Update", "object": {"id": made["id"], "first": "x"}}
    assert await talk.refused(alice, protected) == (400, "Cannot update first directly")
    await talk.done(alice, {"type": "Update", "object": {"id": made["id"], "name": "Pals"}})
    assert (await talk.read(alice, made["id"]))["name"] == "Pals"
    remove = add | {"type": "Remove"}
    await talk.done(alice, remove)
    assert await talk.refused(alice, remove) == (400, "Not a member")
    assert await talk.mine(bob, "inbox") == []  # no longer readable, so no longer shown
    await talk.done(alice, {"type": "Delete", "object": made["id"]})
    gone = await talk.get(alice, made["id"])
    assert (gone.status_code, gone.json()["formerType"]) == (410, type_)


async def upload(talk: Talk, who: Party, shell: Json, **more: Any) -> httpx.Response:
    """A file with its object, as the wiki has it."""
    url = (await talk.actor(who))["endpoints"]["uploadMedia"]
    parts = {"file": ("a.png", PIXEL, "image/png"), "object": ("o.json", json.dumps(shell), "application/json")}
    return await talk.web.post(url, files=parts | more, headers=who.auth)


async def test_uploads_follow_the_addressing_of_their_object(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    answer = await upload(talk, alice, {"type": "Image", "mediaType": "image/png", "name": "alt"})
    made = answer.json()
    assert (answer.status_code, answer.headers["location"], made["type"]) == (201, made["id"], "Create")
    image = made["object"]
    assert (image["name"], image["url"]["type"], image["url"]["mediaType"]) == ("alt", "Link", "image/png")
    href = image["url"]["href"]
    file = await talk.get(alice, href)
    assert (file.status_code, file.headers["content-type"], file.content) == (200, "image/png", PIXEL)
    assert [(await talk.get(who, href)).status_code for who in (bob, None)] == [403, 401]
    await talk.done(alice, {"type": "Update", "object": {"id": image["id"], "to": [PUBLIC]}})
    assert [(await talk.get(who, href)).status_code for who in (bob, None)] == [200, 200]
    attachment = {"type": "Image", "url": href, "mediaType": "image/png", "name": "alt"}
    embedded = await talk.note(alice, "see", PUBLIC, attachment=[attachment])
    assert embedded["attachment"] == [attachment]
    for by_id in (image["id"], attachment | {"id": image["id"]}):
        assert "url" not in (await talk.note(alice, "see", PUBLIC, attachment=[by_id]))["attachment"][0]


async def test_slips_in_uploads(talk: Talk) -> None:
    alice = talk.herd.alice
    url = (await talk.actor(alice))["endpoints"]["uploadMedia"]
    plain = await talk.web.post(url, files={"file": ("a", b"x")}, data={"object": "{}"}, headers=alice.auth)
    assert (plain.status_code, plain.json()["detail"]) == (400, "Missing object")
    without = await talk.web.post(url, files={"object": ("o", b"{}")}, headers=alice.auth)
    assert (without.status_code, without.json()["detail"]) == (400, "Missing file")
    assert (await upload(talk, alice, {}, object=("o", b"{"))).status_code == 500
    nobody = await talk.web.post(url, files={"file": ("a", b"x")})
    assert (nobody.status_code, nobody.json()["detail"]) == (401, "No authorization token was found")
    untyped = (await upload(talk, alice, {"type": "Image"})).json()["object"]["url"]["href"]
    assert (await talk.get(alice, untyped)).headers["content-type"] == "undefined"
    assert (await talk.get(alice, f"{talk.herd.base_url}/uploads/none")).status_code == 404


async def test_the_proxy_answers_in_the_stored_form(talk: Talk) -> None:
    alice, bob, _ = talk.herd[1:]
    note = await talk.note(bob, "x", PUBLIC)
    proxy = (await talk.actor(alice))["endpoints"]["proxyUrl"]

    async def asked(headers: dict[str, str], **form: str) -> httpx.Response:
        return await talk.web.post(proxy, data=form, headers=headers)

    found = await asked(alice.auth, id=note["id"])
    stored = found.json()
    assert (found.status_code, stored["content"], stored["to"]) == (200, "x", [PUBLIC])
    assert (stored["attributedTo"], stored["likes"]) == (bob.actor, note["likes"]["id"])
    actor = (await asked(alice.auth, id=bob.actor)).json()
    assert (actor["preferredUsername"], isinstance(actor["blocked"], str)) == (bob.name, True)
    for form, status in (({}, 400), ({"id": note["id"] + "x"}, 404), ({"id": "http://127.0.0.1:1/x"}, 404)):
        assert (await asked(alice.auth, **form)).status_code == status
    assert (await asked({}, id=note["id"])).status_code == 401
    await talk.done(bob, {"type": "Delete", "object": note["id"]})
    assert (await asked(alice.auth, id=note["id"])).status_code == 410


async def test_unaddressed_things_and_hidden_copies(talk: Talk) -> None:
    alice, bob, carol = talk.herd[1:]
    made = await talk.done(alice, {"type": "Create", "bcc": [bob.actor], "object": {"type": "Note", "content": "x"}})
    shown = await talk.read(bob, made["id"])
    assert (shown["bcc"], shown["object"]["bcc"]) == ([bob.actor], [bob.actor])
    assert (await talk.get(carol, made["id"])).status_code == 403
    lost = await talk.done(alice, {"type": "Create", "cc": ["http://127.0.0.1:1/x"], "object": {"type": "Note"}})
    assert lost["cc"] == ["http://127.0.0.1:1/x"]
    answer = {"type": "Note", "content": "x", "inReplyTo": "http://127.0.0.1:1/x"}
    assert (await talk.refused(alice, {"type": "Create", "object": answer}))[0] == 500
    outbox = (await talk.actor(alice))["outbox"]
    plain = await talk.web.post(
        outbox, content=b'{"type": "Note"}', headers=alice.auth | {"Content-Type": "text/plain"}
    )
    assert (plain.status_code, plain.json()["object"]["type"]) == (201, "Object")
    assert (await talk.web.post(outbox, json={"type": "Note"}, auth=("alice", "secret"))).status_code == 403
    assert (await talk.web.post(made["id"], json={}, headers=alice.auth)).status_code == 405
