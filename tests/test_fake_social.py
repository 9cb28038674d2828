"""The fake far side treats messages, notices, lists, files and edits as real servers do."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from adapters.backend import Backend, Capabilities, Draft, File, ProfileChange, Window
from adapters.errors import Missing, Refused, Rejected, Unsupported
from mappings import hub
from mappings.hub import Visibility
from tests.fake_backend import FakeBackend
from tests.fake_notices import picture
from tests.fake_world import World
from tests.test_fake_backend import village

pytestmark = pytest.mark.anyio
CAN = Capabilities(software="fake", label="Fake", reactions=True, statuses_by_id=True, editing=True)
CANNOT = Capabilities(
    software="bare", label="Bare", lists=False, conversations=False, markers=False, reactions=False, editing=False
)


def sides(world: World, *accts: str) -> list[FakeBackend]:
    return [FakeBackend(world, acct, capabilities=CAN) for acct in accts]


async def test_each_thread_of_messages_is_a_conversation_of_its_own() -> None:
    world = village()
    alice, bob = sides(world, "alice", "bob")
    first = world.post("alice", "@bob one", visibility=Visibility.DIRECT)
    world.post("alice", "@bob another", visibility=Visibility.DIRECT)
    last = world.post("bob", "@alice yes", visibility=Visibility.DIRECT, reply_to=first)
    world.post("bob", "@alice @carol us three", visibility=Visibility.DIRECT, reply_to=first)
    world.post("alice", "public", reply_to=first)
    rows = (await alice.conversations(None)).items
    assert [row.unread for row in rows] == [True, True, False]
    assert rows[1].last
    assert rows[1].last.status.native == last
    world.conversations_read.add(("p:alice", last))
    assert [row.unread for row in (await alice.conversations(None)).items] == [True, False, False]
    assert [row.unread for row in (await bob.conversations(None)).items] == [False, False, True]


async def test_everything_that_happens_is_told_to_whom_it_concerns() -> None:
    world = village()
    [alice] = sides(world, "alice")
    world.listen("alice", "bob")
    mine, note = world.post("alice", "mine"), world.post("bob", "hello @alice")
    world.favour("bob", mine)
    world.favour("alice", mine)
    boost = world.boost("bob", mine)
    world.follow("carol", "alice")
    world.request("dora@far.test", "alice")
    heard = world.post("bob", "listen")
    page = await alice.notifications(None)
    told = [(row.type, row.account.acct, row.status.status.native if row.status else "") for row in page.items]
    assert told == [
        ("status", "bob", heard), ("follow_request", "dora@far.test", ""), ("follow", "carol", ""),
        ("reblog", "bob", mine), ("favourite", "bob", mine), ("mention", "bob", note),
    ]  # fmt: skip
    assert [int(row.native) for row in page.items] == sorted((int(row.native) for row in page.items), reverse=True)
    assert (await alice.mentions(None)).items[0] == page.items[-1]
    world.unfavour("bob", mine)
    world.delete(boost)
    world.delete(note)
    kinds = [row.type for row in (await alice.notifications(None)).items]
    assert kinds == ["status", "follow_request", "follow"]
    assert await alice.notification_marker() is None
    await alice.mark_notifications(page.items[0].native)
    assert await alice.notification_marker() == page.items[0].native


async def test_a_list_takes_only_people_who_are_followed() -> None:
    world = village()
    alice, bob = sides(world, "alice", "bob")
    made = await alice.create_group("Friends")
    assert ((await alice.groups()), (await bob.groups())) == ((made,), ())
    with pytest.raises(Refused):
        await alice.add_to_group(made.native, ["p:bob", "p:carol"])
    assert await alice.group_members(made.native) == ()
    await alice.add_to_group(made.native, ["p:bob", "p:bob"])
    post = world.post("bob", "for all")
    world.post("carol", "not on it")
    page = await alice.group_timeline(made.native, Window())
    assert [entry.status.native for entry in page.items] == [post]
    assert (await alice.unfollow("p:bob")).following is False
    assert await alice.group_members(made.native) == ()
    assert (await alice.rename_group(made.native, "Others")).name == "Others"
    with pytest.raises(Rejected):
        await alice.rename_group(made.native, " ")
    for call in (bob.remove_group(made.native), bob.group_timeline(made.native, Window())):
        with pytest.raises(Missing):
            await call
    await alice.remove_group(made.native)
    assert await alice.groups() == ()


async def test_an_edit_keeps_audience_and_files() -> None:
    world = village()
    alice, bob = sides(world, "alice", "bob")
    upload = await alice.upload(File(data=b"abc", name="a.png", mime="image/png", description="old"))
    post = await alice.post(Draft(text="x", visibility=Visibility.DIRECT, media=(upload.native,), sensitive=True))
    draft = Draft(text="y @bob", visibility=Visibility.PUBLIC, title="t", descriptions=((upload.native, "new"),))
    status = (await alice.edit(post.status.native, draft)).status
    assert (status.visibility, status.title, status.sensitive) == ("direct", "t", True)
    assert [media.description for media in status.media] == ["new"]
    assert status.edited_at > status.created_at
    assert [note.type for note in (await bob.notifications(None)).items] == ["mention"]
    assert [entry.status.native for entry in (await alice.own_media(None)).items] == [status.native]
    with pytest.raises(Refused):
        await bob.edit(status.native, draft)
    for call in (alice.describe(upload.native, "attached"), alice.describe("m99", "none")):
        with pytest.raises(Missing):
            await call


async def test_files_are_what_was_uploaded_or_a_real_picture() -> None:
    world = village()
    [alice] = sides(world, "alice")
    upload = await alice.upload(File(data=b"abc", name="a.gif", mime="image/gif"))
    assert await alice.fetch(upload.url) == (b"abc", "image/gif")
    await alice.describe(upload.native, "x")
    shown = world.uploads[world.attach()]
    assert await alice.fetch(shown.url) == (picture(), "image/png")
    face = File(data=b"me", name="m.png", mime="image/png")
    me = (await alice.update_profile(ProfileChange(note="n", avatar=face))).account
    assert (me.note, me.name) == ("n", "Alice")
    assert await alice.fetch(me.avatar) == (b"me", "image/png")
    with pytest.raises(Missing):
        await alice.fetch("https://fedi.test/no")


async def test_blocks_requests_and_search() -> None:
    world = village()
    [alice] = sides(world, "alice")
    world.block("alice", "bob", "carol")
    world.request("dora@far.test", "alice")
    assert [person.acct for person in (await alice.blocks(None)).items] == ["carol", "bob"]
    assert [person.acct for person in (await alice.follow_requests(None)).items] == ["dora@far.test"]
    assert (await alice.relationships(["p:bob"]))[0] == hub.Relationship(native="p:bob", blocking=True)
    assert list(await alice.accounts(["p:carol", "p:no", "p:bob"])) == ["p:carol", "p:bob"]
    posts = [world.post("carol", f"Red {number} apples") for number in range(3)]
    found = await alice.search_statuses("red APPLES", 2, 1)
    assert [entry.status.native for entry in found] == [posts[1], posts[0]]


async def test_reactions() -> None:
    world = village()
    alice, bob = sides(world, "alice", "bob")
    post = world.post("bob", "x")
    for side in (alice, bob, alice):
        await side.react(post, "+")
    await bob.react(post, "-")
    found = [(row.name, len(row.accounts), row.me) for row in await alice.reactions(post)]
    assert found == [("+", 2, True), ("-", 1, False)]
    await alice.unreact(post, "+")
    found = [(row.name, len(row.accounts), row.me) for row in await alice.reactions(post)]
    assert found == [("+", 1, False), ("-", 1, False)]


async def test_what_a_server_lacks_is_refused() -> None:
    world = village()
    post = world.post("alice", "x")
    side: Backend = FakeBackend(world, "alice", capabilities=CANNOT)
    draft = Draft(text="y", visibility=Visibility.PUBLIC)
    calls: list[Awaitable[object]] = [
        side.groups(), side.create_group("x"), side.conversations(None), side.mark_notifications("1"),
        side.reactions(post), side.react(post, "+"), side.unreact(post, "+"), side.edit(post, draft),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(Unsupported, match=r"^Bare "):
            await call
    assert await side.notification_marker() is None
