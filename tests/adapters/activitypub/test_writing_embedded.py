"""Writing where the server has files, collections, problems: the embedded dialect."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.activitypub.discovery import facts_of
from adapters.backend import Draft, File, ProfileChange
from adapters.errors import BadAnswer, Missing, OutcomeUnknown, RateLimited, Refused, Rejected, Slow, Unsupported
from adapters.transport import Answer, Transport
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings.hub import Visibility
from tests.adapters.activitypub.sides import Two, answers_lost, side, two
from tests.c2s.bovine import Herd
from tests.c2s.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

BYTES = b"\x89PNG\r\n\x1a\n" + b"x" * 64
PICTURE = File(data=BYTES, name="cat.png", mime="image/png", description="A cat")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest.fixture
async def both(embedded_server: EmbeddedServer, embedded: Herd) -> AsyncIterator[Two]:
    """Alice and bob."""
    transport = Transport("oldbird/test", allow_hosts=[embedded_server.pair], seconds=3)
    yield await two(embedded_server, embedded, transport)
    await transport.close()


def outbox(both: Two) -> list[dict[str, Any]]:
    """Alice's activities as the server keeps them, newest first."""
    world = both.server.world  # type: ignore[union-attr]
    return [world.documents[one] for one in world.members(world.part(both.alice.party.actor, "outbox"))]


def stored(both: Two, native: str) -> dict[str, Any]:
    """A document of the server."""
    found: dict[str, Any] = both.server.world.documents[native]  # type: ignore[union-attr]
    return found


def image(both: Two, url: str) -> dict[str, Any]:
    """The object of an uploaded file."""
    world = both.server.world  # type: ignore[union-attr]
    found: dict[str, Any] = world.documents[world.uploads[url.rpartition("/")[2]].object]
    return found


async def fetched(both: Two, url: str) -> tuple[bytes, str]:
    """A file, as bob."""
    return await both.bob.backend.fetch(url)


async def friends(both: Two) -> None:
    """Alice follows bob."""
    alice, bob = both.alice.backend, both.bob.backend
    done = await alice.perform(acts.follow(alice.me_id, bob.me_id, alice.now()))
    follow = {**done, "actor": alice.me_id, "object": bob.me_id}
    await bob.perform(acts.respond(bob.me_id, follow, bob.now(), accept=True))


# files


async def test_a_file_is_for_nobody_until_its_post_is_made(both: Two) -> None:
    mine = both.alice.backend
    uploaded = await mine.upload(PICTURE)
    assert uploaded.native == uploaded.url
    assert not image(both, uploaded.url).get("to")
    with pytest.raises((Missing, Refused)):
        await fetched(both, uploaded.url)
    posted = await both.alice.post(f"Look @{both.bob.party.name}", media=(uploaded.native,))
    received = await both.bob.sees(posted.native)
    for status in (posted, received):
        (media,) = status.media
        assert (media.url, media.description, media.mime, media.type) == (uploaded.url, "A cat", "image/png", "image")
    assert await fetched(both, uploaded.url) == (BYTES, "image/png")
    with pytest.raises(Missing):
        await both.alice.post("Again", media=(uploaded.native,))


async def test_the_file_of_a_message_is_for_its_reader(both: Two) -> None:
    uploaded = await both.alice.backend.upload(PICTURE)
    await both.alice.post(f"@{both.bob.party.name} look", Visibility.DIRECT, media=(uploaded.native,))
    document = image(both, uploaded.url)
    assert [*document["to"], *document["cc"]] == [both.bob.party.actor]


async def test_a_file_is_described_before_it_is_attached_and_after(both: Two) -> None:
    mine = both.alice.backend
    uploaded = await mine.upload(File(data=BYTES, name="a.png", mime="image/png"))
    await mine.describe(uploaded.native, "First")
    posted = await both.alice.post("Look", media=(uploaded.native,))
    (media,) = posted.media
    assert media.description == "First"
    words = ((media.native, "Second"),)
    draft = Draft(text="Look", visibility=Visibility.PUBLIC, media=(media.native,), descriptions=words)
    (changed,) = (await mine.edit(posted.native, draft)).status.media
    assert (changed.description, changed.url) == ("Second", uploaded.url)
    (kept,) = (await mine.edit(posted.native, Draft(text="More", visibility=Visibility.PUBLIC))).status.media
    assert kept.description == "Second"
    with pytest.raises(Missing):
        await mine.describe("http://nowhere.example/file", "x")


async def test_files_in_the_way_of_pleroma(both: Two) -> None:
    both.server.strange.pleroma = True  # type: ignore[union-attr]
    uploaded = await both.alice.backend.upload(PICTURE)
    await both.alice.post("First")
    both.server.requests()
    posted = await both.alice.post("Look", media=(uploaded.native,))
    assert [media.description for media in posted.media] == ["A cat"]
    assert [method for method, _ in both.server.requests()] == ["POST"]


@pytest.mark.parametrize(
    ("software", "parts"),
    [("pleroma", ["description", "file"]), ("", ["description", "object", "file"]),
     ("onepage.pub", ["description", "object", "file"])],
)  # fmt: skip
async def test_each_software_gets_its_own_form_of_a_file(both: Two, software: str, parts: list[str]) -> None:
    both.server.strange.pleroma = software == "pleroma"  # type: ignore[union-attr]
    link = both.alice.backend.link
    link.facts = facts_of(link.facts.document, software, "1")
    sent: list[bytes] = []
    posted = link.client.posted

    async def seen(url: str, content: bytes, headers: Any) -> Answer:
        sent.append(content)
        return await posted(url, content, headers)

    link.client.posted = seen  # type: ignore[method-assign]
    uploaded = await both.alice.backend.upload(PICTURE)
    (form,) = sent
    assert sorted(re.findall(rb'form-data; name="(\w+)"', form)) == sorted(part.encode() for part in parts)
    assert [media.description for media in (await both.alice.post("Look", media=(uploaded.native,))).media] == ["A cat"]


async def test_a_post_that_is_refused_closes_its_file_again(both: Two) -> None:
    uploaded = await both.alice.backend.upload(PICTURE)
    with pytest.raises(BadAnswer):
        await both.alice.post("Answer", media=(uploaded.native,), in_reply_to=await deleted(both))
    assert not image(both, uploaded.url).get("to")


async def deleted(both: Two) -> str:
    """A post whose answer this server breaks on."""
    posted = await both.alice.post("Gone")
    native = posted.native
    both.server.strange.change(native, lambda document: document)  # type: ignore[union-attr]
    copy = dict(stored(both, native))
    del both.server.world.documents[native]  # type: ignore[union-attr]
    both.server.strange.change(native, copy)  # type: ignore[union-attr]
    return native


async def test_the_picture_of_a_profile_is_for_everybody(both: Two) -> None:
    person = await both.alice.backend.update_profile(ProfileChange(avatar=PICTURE))
    assert await fetched(both, person.account.avatar) == (BYTES, "image/png")


# groups


async def test_a_group_is_a_collection_that_can_be_addressed(both: Two) -> None:
    await friends(both)
    mine, bob = both.alice.backend, both.bob.party.actor
    group = await mine.create_group("Friends")
    assert stored(both, group.native)["type"] == "Collection"
    await mine.add_to_group(group.native, [bob])
    await mine.add_to_group(group.native, [bob])
    assert [person.native for person in await mine.group_members(group.native)] == [bob]
    posted = await both.alice.post("For friends", Visibility.DIRECT, lists=(group.native,))
    assert stored(both, posted.native)["to"] == [group.native]
    assert stored(both, posted.native)["cc"] == []
    assert (await both.bob.backend.status(posted.native)).status.content == posted.content
    await mine.remove_from_group(group.native, [bob])
    await mine.remove_from_group(group.native, [bob])
    assert await mine.group_members(group.native) == ()
    await mine.remove_group(group.native)
    with pytest.raises(Missing):
        await mine.group_members(group.native)


async def test_a_follow_is_ended(both: Two) -> None:
    await friends(both)
    bob = both.bob.party.actor
    (row,) = await both.alice.backend.relationships([bob])
    assert row.following
    assert not (await both.alice.backend.unfollow(bob)).following
    both.alice.backend.link.sets.clear()
    (row,) = await both.alice.backend.relationships([bob])
    assert not row.following
    with pytest.raises(Missing):
        await both.alice.backend.unfollow(bob)


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_what_comes_after_a_follow_was_ended_is_not_shown(both: Two, *, elsewhere: bool) -> None:
    """A delivery that was late; `elsewhere`: another process reads it."""
    await friends(both)
    alice, bob = both.alice, both.bob.party.actor
    reader = await side(alice.party, alice.backend.link.client.ways, alice.shelf) if elsewhere else alice
    first = await both.bob.post("Followed")
    await reader.sees(first.native)
    assert reader.backend.link.mirror.following == {bob}
    assert (await alice.backend.me()).account.following_count == 1
    await alice.backend.unfollow(bob)
    last = await both.bob.post("Followed no more")
    world = both.server.world  # type: ignore[union-attr]
    world.prepend(world.part(alice.party.actor, "inbox"), world.members(world.part(bob, "outbox"))[0])
    assert [status.native for status in await reader.home()] == [first.native]
    assert last.native in {row.object for row in reader.backend.link.mirror.log.rows.values()}
    assert not (await alice.backend.related(bob)).following
    assert (await alice.backend.me()).account.following_count == 0


# what servers do


@pytest.mark.parametrize("kind", ["Create", "Like", "Dislike", "Announce", "Delete", "Accept"])
async def test_what_the_server_swallows_is_no_success(both: Two, kind: str) -> None:
    posted = await both.alice.post("Post")
    event = await both.alice.backend.perform(
        acts.create(acts.Post(
            actor=both.alice.party.actor, published="2026-11-22T01:50:17Z", kind="Event", title="Party",
            audience=acts.Audience((PUBLIC,)), written=acts.Written("<p>Come</p>"),
        ))
    )  # fmt: skip
    both.server.strange.swallows.add(kind)  # type: ignore[union-attr]
    mine = both.alice.backend
    calls = {
        "Create": lambda: both.alice.post("More"), "Like": lambda: mine.favourite(posted.native),
        "Dislike": lambda: mine.react(posted.native, "👎"), "Announce": lambda: mine.reblog(posted.native),
        "Delete": lambda: mine.remove(posted.native),
        "Accept": lambda: mine.attend(ap.id_of(event["object"]), "attendyes"),
    }  # fmt: skip
    with pytest.raises(Unsupported, match=f"{mine.capabilities.label} does nothing with {kind} activities"):
        await calls[kind]()


async def test_a_like_made_elsewhere_counts_and_is_taken_back(both: Two) -> None:
    posted = await both.bob.post(f"Post @{both.alice.party.name}")
    await both.alice.sees(posted.native)
    server: Any = both.server
    server.act(both.alice.party, {"type": "Like", "object": posted.native, "to": [both.bob.party.actor]})
    assert (await both.alice.backend.favourite(posted.native)).status.native == posted.native
    await both.alice.backend.unfavourite(posted.native)
    assert server.world.members(server.world.part(both.alice.party.actor, "liked")) == []


async def test_undoing_what_is_gone_is_done_although_the_server_breaks(both: Two) -> None:
    posted = await both.alice.post("Post")
    boost = (await both.alice.backend.reblog(posted.native)).status
    del both.server.world.documents[boost.native]  # type: ignore[union-attr]
    await both.alice.backend.unreblog(posted.native)
    assert not (await both.alice.backend.status(posted.native)).status.reblogged


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (409, Rejected), (422, Rejected), (404, Missing), (410, Missing), (405, Unsupported),
     (501, Unsupported), (500, BadAnswer), (504, OutcomeUnknown)],
)  # fmt: skip
async def test_refusals_have_their_meaning(both: Two, status: int, kind: type[Exception]) -> None:
    both.server.strange.fail("/orderedcollection/", status, method="POST")  # type: ignore[union-attr]
    with pytest.raises(kind):
        await both.alice.post("Post")


async def test_a_pause_is_kept(both: Two) -> None:
    both.server.strange.limit("/orderedcollection/", seconds=42)  # type: ignore[union-attr]
    with pytest.raises(RateLimited) as caught:
        await both.alice.post("Post")
    assert 40 <= caught.value.retry_after <= 42


async def test_a_post_whose_answer_was_lost_is_found(both: Two) -> None:
    with answers_lost(both.server), pytest.raises(OutcomeUnknown):
        await both.alice.post("Lost")
    (found,) = await both.alice.backend.own_newest()
    assert "Lost" in found.status.content


async def test_an_answer_that_cannot_be_read_is_no_success(both: Two) -> None:
    both.server.strange.say(b"<p>Thanks</p>", "text/html", "/orderedcollection/", times=1)  # type: ignore[union-attr]
    with pytest.raises((OutcomeUnknown, Unsupported)):
        await both.alice.post("Post")


@pytest.mark.parametrize("where", ["completed", "shelf"])
async def test_what_fails_after_the_post_is_no_reason_to_send_it_again(
    both: Two, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise Slow("late") if where == "completed" else RuntimeError("the store is away")

    link = both.alice.backend.link
    with monkeypatch.context() as patch:
        patch.setattr(link, "completed", broken) if where == "completed" else patch.setattr(
            both.alice.shelf, "index_add", broken
        )
        with pytest.raises(OutcomeUnknown):
            await both.alice.post("Once")
    (found,) = await both.alice.backend.own_newest()
    assert "Once" in found.status.content


# what it takes


async def test_requests_of_each_change(both: Two) -> None:
    mine = both.alice.backend
    await both.alice.post("First")  # from here on the own actor is known
    posted, asked = await both.counted(lambda: both.alice.post("Post"))
    assert asked == [("POST", "/orderedcollection")]
    _, asked = await both.counted(lambda: mine.favourite(posted.native))
    assert asked == [("POST", "/orderedcollection")]
    _, asked = await both.counted(lambda: mine.unfavourite(posted.native))
    assert asked == [("POST", "/orderedcollection")]
    _, asked = await both.counted(lambda: mine.reblog(posted.native))
    assert asked == [("POST", "/orderedcollection")]
    draft = Draft(text="New", visibility=Visibility.PUBLIC)
    _, asked = await both.counted(lambda: mine.edit(posted.native, draft))
    assert asked == [("GET", "/note"), ("POST", "/orderedcollection")]
    _, asked = await both.counted(lambda: mine.remove(posted.native))
    assert asked == [("GET", "/note"), ("POST", "/orderedcollection"), ("GET", "/note")]


async def test_nothing_sent_hides_a_recipient(both: Two) -> None:
    posted = await both.alice.post(f"Hello @{both.bob.party.name}")
    await both.alice.backend.favourite(posted.native)
    await both.alice.backend.unfavourite(posted.native)
    await both.alice.backend.edit(posted.native, Draft(text="New", visibility=Visibility.PUBLIC))
    await both.alice.backend.remove(posted.native)
    sent = outbox(both)
    assert [one["type"] for one in sent] == ["Delete", "Update", "Undo", "Like", "Create"]
    assert not any({"bto", "bcc"} & one.keys() for one in sent)
    assert all(one["actor"] == both.alice.party.actor for one in sent)
