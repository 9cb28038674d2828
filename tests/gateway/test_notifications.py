"""friendica/notifications: what becomes a note, in which order, at which price (wire-friendica.md section 7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import Unavailable
from mappings import hub
from mappings.hub import Order
from tests.gateway_harness import Ground, gateway_on, village

CALL = "friendica/notifications"


async def notes(ground: Ground, **given: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await ground.get(CALL, **given)).json
    return listed


def plain(listed: list[dict[str, Any]]) -> list[str]:
    return [note["msg_plain"] for note in listed]


@pytest.mark.anyio
async def test_nothing_is_an_empty_list(ground: Ground) -> None:
    assert (await ground.get(CALL, user="dave")).body == b"[]"
    assert b"<notes/>" in (await ground.get(CALL, user="dave", format="xml")).body


@pytest.mark.anyio
async def test_each_kind_has_its_number(ground: Ground) -> None:
    world = ground.world
    mine = world.post("alice", "my post")
    world.post("bob", "yes @alice", reply_to=mine)
    world.post("carol", "hello @alice")
    posted = world.post("carol", "news")
    world.notice("p:alice", "status", "p:carol", posted)
    world.follow("dave", "alice")
    world.request("erik@far.test", "alice")
    world.notice("p:alice", "follow_request_accepted", "p:dora@far.test")
    found = await notes(ground)
    assert [(note["type"], note["otype"], note["name"]) for note in found] == [
        (2, "intro", "Dora"), (1, "intro", "Erik"), (1, "intro", "Dave"), (1024, "item", "Carol"),
        (128, "item", "Carol"), (8, "item", "Bob"),
    ]  # fmt: skip
    assert found == (await ground.get("friendica/notification")).json
    verbs = [note["verb"].rpartition("/")[2] for note in found]
    assert verbs == ["make-friend", "request-friend", "follow", "post", "tag", "post"]


@pytest.mark.anyio
async def test_likes_boosts_polls_and_edits_make_no_note(ground: Ground) -> None:
    world = ground.world
    mine = world.post("alice", "my post")
    world.favour("bob", mine)
    world.boost("carol", mine)
    for type in ("poll", "update", "pleroma:emoji_reaction", "admin.report", "mystery"):
        world.notice("p:alice", type, "p:bob", mine)
    assert await notes(ground) == []


@pytest.mark.anyio
async def test_messages_and_hidden_posts_make_no_note(ground: Ground) -> None:
    world = ground.world
    world.post("bob", "psst @alice", visibility="direct")
    world.post("bob", "a picture @alice", visibility="direct", media=[world.attach()])
    world.post("bob", "@alice filtered", hidden_for={"p:alice"})
    world.post("bob", "@alice warned", warned={"p:alice": ("Politics",)})
    (note,) = await notes(ground)
    assert note["msg_plain"] == 'Bob mentioned you: "Politics"'


@pytest.mark.anyio
async def test_a_bystander_in_my_thread_comments_and_a_stranger_mentions(ground: Ground) -> None:
    world = ground.world
    mine = world.post("alice", "my post")
    first = world.post("bob", "@alice one", reply_to=mine)
    world.post("carol", "@bob @alice two", reply_to=first)
    theirs = world.post("carol", "elsewhere")
    world.post("bob", "@alice look at this", reply_to=theirs)
    found = await notes(ground)
    assert [note["type"] for note in found] == [128, 8, 8]
    root = await ground.id_of(mine)
    assert [note["parent"] for note in found[1:]] == [root, root]
    assert found[0]["parent"] == await ground.id_of(theirs)
    assert [note["iid"] == note["parent"] for note in found] == [False, False, False]


@pytest.mark.anyio
async def test_a_post_that_answers_nothing_is_its_own_thread(ground: Ground) -> None:
    native = ground.world.post("bob", "@alice hi")
    (note,) = await notes(ground)
    assert note["iid"] == note["parent"] == await ground.id_of(native)
    assert note["link"] == ground.world.status("p:alice", native).url
    shown = (await ground.get("statuses/show", id=note["parent"])).json
    assert shown["text"] == "@alice hi"
    me = (await ground.get("account/verify_credentials")).json["id"]
    assert note["uid"] == me


@pytest.mark.anyio
async def test_the_clock_is_the_services_own(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.world.post("bob", "@alice hi")
    seconds = ground.world.now / 1000
    for later, said in ((0, "less than a second ago"), (7200, "2 hours ago"), (-3600, "in 1 hour")):
        monkeypatch.setattr(ground.gateway.notifications, "_clock", lambda later=later: seconds + later)
        (note,) = await notes(ground)
        assert (note["date_rel"], note["timestamp"]) == (said, int(seconds))


@pytest.mark.anyio
@pytest.mark.parametrize("order", list(Order))
async def test_ids_grow_with_the_backends_order_and_stay(tmp_path: Path, order: Order) -> None:
    world = village(order)
    for number in range(6):  # all in one millisecond
        world.notice("p:alice", "follow", "p:bob" if number % 2 else "p:carol", ms=world.now)
    async with gateway_on(tmp_path, world=world) as ground:
        first = [note["id"] for note in await notes(ground)]
        assert first == sorted(set(first), reverse=True)
        assert len(first) == 6
        world.notice("p:alice", "follow", "p:dave", ms=world.now - 60_000)  # told late, dated early
        second = [note["id"] for note in await notes(ground)]
        assert second[1:] == first
        assert second[0] > first[0]
        assert second[0] < 2**53
    async with gateway_on(tmp_path, world=world) as ground:
        assert [note["id"] for note in await notes(ground)] == second


@pytest.mark.anyio
async def test_at_most_fifty_with_the_unseen_on_top(ground: Ground) -> None:
    world = ground.world
    for number in range(70):
        world.post("bob", f"@alice {number}")
    assert [text.split()[-1] for text in plain(await notes(ground))] == [f'{number}"' for number in range(69, 19, -1)]
    world.markers["p:alice"] = world.notices[-1].native
    assert {note["seen"] for note in await notes(ground)} == {1}
    world.post("carol", "@alice fresh")
    found = await notes(ground)
    assert (len(found), found[0]["seen"], found[0]["msg_plain"]) == (50, 0, 'Carol mentioned you: "@alice fresh"')
    assert [note["seen"] for note in found[1:]] == [1] * 49


@pytest.mark.anyio
async def test_an_old_unseen_note_stands_above_newer_seen_ones(ground: Ground) -> None:
    for number in range(3):
        ground.world.post("bob", f"@alice {number}")
    newest, middle, oldest = await notes(ground)
    for note in (newest, middle):
        await ground.post("friendica/notifications/seen", id=note["id"])
    assert [note["id"] for note in await notes(ground)] == [oldest["id"], newest["id"], middle["id"]]


@pytest.mark.anyio
async def test_notes_between_many_likes_are_found(ground: Ground) -> None:
    world = ground.world
    mine = world.post("alice", "popular")
    world.post("bob", "@alice first")
    for _ in range(90):
        world.notice("p:alice", "favourite", "p:bob", mine)
    assert plain(await notes(ground)) == ['Bob mentioned you: "@alice first"']


@pytest.mark.anyio
async def test_a_poll_costs_one_page_and_the_marker_however_much_there_is(ground: Ground) -> None:
    for number in range(200):
        ground.world.post("bob" if number % 2 else "carol", f"@alice {number}")
    first = await ground.get(CALL, twin=False)
    assert sorted(ground.wire.names) == ["notification_marker", "notifications", "notifications"]
    for _ in range(2):
        ground.wire.clear()
        ground.store.trips.clear()
        assert (await ground.get(CALL, twin=False)).ids == first.ids
        assert sorted(ground.wire.names) == ["notification_marker", "notifications"]
        assert ground.store.trips == ["records", "records"]
    ground.world.post("dave", "@alice one more")
    ground.wire.clear()
    assert (await ground.get(CALL, twin=False)).ids[1:] == first.ids[:49]
    assert sorted(ground.wire.names) == ["notification_marker", "notifications"]


@pytest.mark.anyio
async def test_pages_are_bounded_however_many_likes_there_are(ground: Ground) -> None:
    mine = ground.world.post("alice", "popular")
    for _ in range(400):
        ground.world.notice("p:alice", "favourite", "p:bob", mine)
    await ground.get(CALL, twin=False)
    assert ground.wire.count("notifications") == 3


@pytest.mark.anyio
async def test_a_backend_without_markers_costs_one_call(tmp_path: Path) -> None:
    capabilities = Capabilities(software="fake", statuses_by_id=True, markers=False)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        ground.world.post("bob", "@alice hi")
        (note,) = await notes(ground)
        ground.wire.clear()
        await ground.get(CALL, twin=False)
        assert ground.wire.names == ["notifications"]
        assert (await ground.post("friendica/notifications/seen", id=note["id"])).status == 200
        assert [one["seen"] for one in await notes(ground)] == [1]


@pytest.mark.anyio
async def test_what_was_deleted_is_gone(ground: Ground) -> None:
    posts = [ground.world.post("bob", f"@alice {number}") for number in range(3)]
    assert len(await notes(ground)) == 3
    ground.world.delete(posts[1])
    assert [text.split()[-1] for text in plain(await notes(ground))] == ['2"', '0"']


@pytest.mark.anyio
async def test_a_short_list_costs_one_call_where_its_end_is_not_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mastodon has a cursor on every page; only an empty page is the end."""
    backend = ground.connections.of("alice")
    ask = backend.notifications

    async def endless(cursor: str | None) -> hub.Page[hub.Notification]:
        page = await ask(cursor)
        return msgspec.structs.replace(page, older=page.older or ("row:0" if page.items else None))

    monkeypatch.setattr(backend, "notifications", endless)
    posts = [ground.world.post("bob", f"@alice {number}") for number in range(3)]
    for calls in (2, 1, 1):
        ground.wire.clear()
        assert len((await ground.get(CALL, twin=False)).json) == 3
        assert ground.wire.count("notifications") == calls
    ground.world.delete(posts[0])
    assert len(await notes(ground)) == 2
    ground.world.post("bob", "@alice new")
    ground.wire.clear()
    assert len((await ground.get(CALL, twin=False)).json) == 3
    assert ground.wire.count("notifications") == 1


@pytest.mark.anyio
async def test_a_failing_marker_hides_nothing_and_a_failing_list_is_an_error(ground: Ground) -> None:
    ground.world.post("bob", "@alice hi")
    ground.wire.fail(Unavailable("down"), "notification_marker")
    assert len((await ground.get(CALL, twin=False)).json) == 1
    ground.wire.fail(Unavailable("down"), "notifications")
    assert (await ground.get(CALL, twin=False)).status == 503
    ground.wire.garble(b"<html>", "notifications")
    assert (await ground.get(CALL, twin=False)).json == []


@pytest.mark.anyio
async def test_hostile_people_are_quoted(ground: Ground) -> None:
    ground.world.person(
        "mallory", name='[url=https://evil.test]"<b>\n{0}', url="javascript:alert(1)", avatar='https://x/"onload="'
    )
    ground.world.post("mallory", "@alice [img]https://evil.test/t.png[/img] <script> {0}")
    (note,) = await notes(ground)
    assert (note["url"], note["photo"]) == ("", "https://fedi.test/a/mallory.png")
    assert "[img]" not in note["msg"]
    assert "<script>" not in note["msg_html"]
    assert "<b>" not in note["msg_html"]
    assert note["name"] == '[url=https://evil.test]"<b> {0}'


@pytest.mark.anyio
async def test_methods_and_logins(ground: Ground) -> None:
    assert (await ground.post(CALL)).status == 405
    assert (await ground.get("friendica/notifications/seen")).status == 405
    assert (await ground.get(CALL, user=None)).status == 401
    assert (await ground.get(f"{CALL}/x/y")).status == 501
