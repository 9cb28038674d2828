"""What a `direct` status is and where it never appears; never widen an audience (DESIGN sections 4 and 8)."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import BackendError, Unavailable
from mappings import hub
from mappings.hub import Kind, Visibility
from tests.gateway_harness import Answer, Ground, gateway_on

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(40)).decode()
LISTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("statuses/home_timeline", {}),
    ("statuses/user_timeline", {}),
    ("statuses/user_timeline", {"screen_name": "bob"}),
    ("statuses/public_timeline", {}),
    ("statuses/mentions", {}),
    ("favorites", {}),
)


def last(ground: Ground) -> Any:
    """The newest post of the instance."""
    return list(ground.world.posts.values())[-1]


async def sent(ground: Ground, **form: Any) -> Answer:
    """A post that must succeed."""
    reply = await ground.post("statuses/update", **form)
    assert reply.status == 200, reply.body
    return reply


@pytest.mark.anyio
async def test_messages_and_photo_carriers_appear_in_no_list(ground: Ground) -> None:
    world = ground.world
    secret = [
        world.post("bob", "received @alice", visibility="direct"),
        world.post("alice", "sent @bob", visibility="direct"),
        world.post("alice", "carrier", visibility="direct", media=[world.attach()]),
    ]
    world.favour("alice", *secret)
    open_post = world.post("alice", "open")
    world.post("bob", "answer under it @alice", visibility="direct", reply_to=open_post)
    for path, params in LISTS:
        for format in ("json", "rss", "atom"):
            body = (await ground.get(path, format=format, **params)).body
            assert not [word for word in (b"received", b"sent @", b"carrier", b"answer under") if word in body], path
    (id,) = await ground.know(open_post)
    assert (await ground.get("conversation/show", id=id)).json == []
    assert (await ground.get("statuses/show", id=id, conversation="1")).texts == ["open"]
    assert (await ground.get("statuses/home_timeline", conversation_id=id)).texts == ["open"]


@pytest.mark.anyio
async def test_a_limited_post_stands_in_own_timelines(ground: Ground) -> None:
    reply = await sent(ground, status="for one", **{"contact_allow[]": await ground.number("bob")})
    post = last(ground)
    assert (post.visibility, post.to) == (Visibility.DIRECT, ["p:bob"])
    assert reply.json["friendica_private"] is True
    kinds = await ground.gateway.store.kinds(ground.world.base_url, [post.native])
    assert kinds == {post.native: Kind.LIMITED}
    for path in ("statuses/home_timeline", "statuses/user_timeline"):
        assert [reply.json["id"]] == (await ground.get(path)).ids
    assert (await ground.get("statuses/user_timeline", user="carol", screen_name="alice")).json == []


@pytest.mark.anyio
async def test_an_answer_to_a_limited_post_is_limited_too(ground: Ground) -> None:
    first = await sent(ground, status="for one", **{"contact_allow[]": await ground.number("bob")})
    answer = await ground.post("statuses/update", user="bob", status="yes", in_reply_to_status_id=first.json["id"])
    assert (last(ground).visibility, last(ground).to) == (Visibility.DIRECT, ["p:alice"])
    assert (await ground.get("statuses/home_timeline")).ids == [answer.json["id"], first.json["id"]]


@pytest.mark.anyio
async def test_a_list_is_addressed_where_the_server_can_and_its_number_is_the_accounts_own(tmp_path: Path) -> None:
    capabilities = Capabilities(software="fake", list_addressing=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        ground.world.lists["l1"] = ("Builders", ["p:bob"])
        ground.world.list_owners["l1"] = "p:alice"
        group = (await ground.get("friendica/group_show", twin=False)).json[0]["gid"]
        lists: dict[str, Any] = {"group_allow[]": group}
        reply = await sent(ground, status="for the list, not @dave", media=PICTURE, **lists)
        drafts = [call.args[0] for call in ground.wire.sent if call.name == "post"]
        assert [(draft.lists, draft.visibility) for draft in drafts] == [(("l1",), "direct")]
        assert last(ground).to == []
        assert (await ground.get("statuses/home_timeline")).ids == [reply.json["id"]]
        stolen = await ground.post("statuses/update", user="bob", status="for her list", **lists)
        assert (stolen.status, ground.wire.count("post")) == (400, 1)


@pytest.mark.anyio
async def test_what_a_filter_hides_is_in_no_list(ground: Ground) -> None:
    open_post = ground.world.post("alice", "open")
    hidden = ground.world.post("bob", "unwanted @alice", reply_to=open_post, hidden_for={"p:alice"})
    ground.world.favour("alice", hidden)
    for path, params in LISTS:
        assert b"unwanted" not in (await ground.get(path, **params)).body, path
    (id,) = await ground.know(open_post)
    assert (await ground.get("conversation/show", id=id)).json == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("default", "parent", "expected"),
    [
        ("public", "public", "public"),
        ("public", "unlisted", "unlisted"),
        ("public", "private", "private"),
        ("unlisted", "public", "unlisted"),
        ("private", "unlisted", "private"),
        ("private", "private", "private"),
    ],
)
async def test_a_reply_has_the_narrower_visibility(ground: Ground, default: str, parent: str, expected: str) -> None:
    ground.world.defaults["p:alice"] = Visibility(default)
    (id,) = await ground.know(ground.world.post("bob", "parent", visibility=parent))
    await sent(ground, status="@bob answer", in_reply_to_status_id=id)
    assert last(ground).visibility == expected


@pytest.mark.anyio
@pytest.mark.parametrize("default", ["public", "unlisted", "private"])
async def test_a_new_post_has_the_accounts_own_default(ground: Ground, default: str) -> None:
    ground.world.defaults["p:alice"] = Visibility(default)
    await sent(ground, status="new")
    assert last(ground).visibility == default


@pytest.mark.anyio
async def test_answering_a_direct_post_is_direct_to_the_same_people(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "psst @alice @carol", visibility="direct"))
    await sent(ground, status="answer, not for @dave", in_reply_to_status_id=id)
    post = last(ground)
    assert post.visibility == "direct"
    assert set(post.to) == {"p:bob", "p:carol"}


@pytest.mark.anyio
async def test_a_parent_of_unknown_visibility_refuses_the_answer(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "odd @alice", visibility="circle-of-seven"))
    reply = await ground.post("statuses/update", status="answer", in_reply_to_status_id=id)
    assert reply.status == 400
    assert ground.wire.count("post") == 0


@pytest.mark.anyio
async def test_the_visibility_of_a_boosted_parent_is_that_of_the_original(ground: Ground) -> None:
    original = ground.world.post("dave", "quiet", visibility="unlisted")
    (boost,) = await ground.know(ground.world.boost("bob", original))
    await sent(ground, status="answer", in_reply_to_status_id=boost)
    assert (last(ground).visibility, last(ground).reply_to) == ("unlisted", original)


@pytest.mark.anyio
async def test_people_allowed_are_exactly_those_named(ground: Ground) -> None:
    bob, carol = await ground.number("bob"), await ground.number("carol")
    await sent(ground, status="hi @dave and @bob", contact_allow=f"{bob},{carol}")
    post = last(ground)
    assert (post.visibility, set(post.to)) == ("direct", {"p:bob", "p:carol"})
    await sent(ground, status="only one left", **{"contact_allow[]": [bob, carol], "contact_deny[]": carol})
    assert last(ground).to == ["p:bob"]


@pytest.mark.anyio
async def test_what_cannot_be_expressed_exactly_is_refused(ground: Ground) -> None:
    bob, dave = await ground.number("bob"), await ground.number("dave")
    refused: list[dict[str, Any]] = [
        {"contact_deny[]": bob},
        {"group_deny[]": 1},
        {"contact_allow[]": dave},
        {"contact_allow[]": 99999999},
        {"contact_allow[]": "abc"},
        {"contact_allow[]": -1},
        {"group_allow[]": 99999999},
        {"group_allow[]": "x y"},
        {"contact_allow[]": bob, "contact_deny[]": bob},
        {"group_allow": "~", "contact_deny": bob},
        {"group_allow": "&"},
    ]
    for lists in refused:
        reply = await ground.post("statuses/update", status="secret", **lists)
        assert reply.status == 400, lists
    assert ground.wire.count("post") == 0


@pytest.mark.anyio
async def test_the_pseudo_group_of_followers_is_followers_only(ground: Ground) -> None:
    await sent(ground, status="to followers", group_allow="~")
    assert last(ground).visibility == "private"


@pytest.mark.anyio
async def test_empty_lists_mean_none_was_sent(ground: Ground) -> None:
    await sent(ground, status="open", contact_allow="", **{"group_allow[]": ""})
    assert last(ground).visibility == "public"


def widened(ground: Ground, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The backend answers a post with another audience than it was given."""
    backend = ground.connections.of("alice")
    post = backend.post

    async def other(draft: Any) -> hub.Entry:
        entry = await post(draft)
        changed = msgspec.structs.replace(entry.status, **changes)
        return hub.Entry(raw=msgspec.json.encode(changed), read=entry.read)

    monkeypatch.setattr(backend, "post", other)


@pytest.mark.anyio
async def test_a_post_that_came_back_wider_is_deleted_and_an_error(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await ground.number("bob")
    dave = hub.Mention(native="p:dave", username="dave", acct="dave")
    for changes in ({"visibility": "public"}, {"mentions": (dave,)}, {"mentions": ()}):
        with monkeypatch.context() as patch:
            widened(ground, patch, **changes)
            reply = await ground.post("statuses/update", status=f"only bob {changes}", contact_allow=bob)
        assert (reply.status, "deleted" in reply.error) == (502, True)
        assert not ground.world.posts
    assert ground.wire.count("remove") == 3


@pytest.mark.anyio
@pytest.mark.parametrize("error", [Unavailable("down")])
async def test_a_wider_post_that_cannot_be_deleted_is_said_so(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, error: BackendError
) -> None:
    bob = await ground.number("bob")
    widened(ground, monkeypatch, visibility="public")
    ground.wire.fail(error, "remove", times=9)
    reply = await ground.post("statuses/update", status="only bob", contact_allow=bob)
    assert (reply.status, "kept it" in reply.error) == (502, True), reply.error


@pytest.mark.anyio
async def test_private_things_are_not_readable_through_ids(ground: Ground) -> None:
    private = ground.world.post("bob", "friends", visibility="private")
    message = ground.world.post("bob", "for @alice", visibility="direct")
    for id in await ground.know(private, message):
        assert (await ground.get("statuses/show", id=id)).status == 200
        for path in ("statuses/show", "conversation/show"):
            assert (await ground.get(path, user="dave", id=id)).status == 400
        assert (await ground.post("favorites/create", user="dave", id=id)).status == 400
        assert (await ground.post("statuses/retweet", user="dave", id=id)).status == 403
        reply = await ground.post("statuses/update", user="dave", status="me too", in_reply_to_status_id=id)
        assert reply.status == 404
