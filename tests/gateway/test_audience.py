"""Who will read a post: never more people than asked for (DESIGN section 8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import Unavailable
from gateway.audience import Audience, holds, narrower, of_reply, within
from gateway.errors import ApiError
from gateway.groups import KIND
from mappings import hub
from mappings.hub import Kind, Visibility
from tests.gateway_harness import Ground, gateway_on

ME = hub.Account(native="1", username="alice", acct="alice")
BOB = hub.Account(native="2", username="bob", acct="bob")
EVE = hub.Mention(native="3", username="eve", acct="eve@far.test")
PICTURE = {"media": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40))}


def direct(*people: hub.Account | hub.Mention, lists: tuple[str, ...] = ()) -> Audience:
    return Audience(visibility=Visibility.DIRECT, people=people, lists=lists, kind=Kind.LIMITED)


@pytest.mark.parametrize("one", list(Visibility))
@pytest.mark.parametrize("other", list(Visibility))
def test_the_narrower_of_two_is_never_wider_than_either(one: Visibility, other: Visibility) -> None:
    order = list(Visibility)
    assert order.index(narrower(one, other)) == max(order.index(one), order.index(other))


@pytest.mark.parametrize("odd", ["", "list", "none", "PUBLIC", "circle"])
def test_an_unknown_visibility_is_refused(odd: str) -> None:
    with pytest.raises(ApiError) as caught:
        narrower(odd, "public")
    assert caught.value.status == 400
    assert not holds(Audience(visibility=Visibility.PUBLIC), odd)
    assert not holds(direct(BOB), odd)


def test_a_server_may_give_fewer_readers_but_never_more() -> None:
    """Mastodon makes public posts of silenced accounts unlisted."""
    unlisted = Audience(visibility=Visibility.UNLISTED)
    assert [holds(unlisted, visibility) for visibility in Visibility] == [False, True, True, True]
    assert [holds(direct(BOB), visibility) for visibility in Visibility] == [False, False, False, True]
    followers = Audience(visibility=Visibility.PRIVATE, kind=Kind.LIMITED)
    assert [holds(followers, visibility) for visibility in Visibility] == [False, False, True, False]


def test_a_list_of_pleroma_has_a_visibility_of_its_own() -> None:
    assert holds(direct(lists=("l1",)), "list")
    assert holds(direct(lists=("l1",)), "direct")
    assert not holds(direct(lists=("l1",)), "private")


def test_an_answer_to_a_direct_post_reaches_its_people_but_not_me() -> None:
    """snac knows no ids of the people a status names."""
    me = hub.Mention(native="0", username="alice", acct="Alice")
    parent = hub.Status(native="s", account=BOB, visibility="direct", mentions=(me, EVE))
    audience = of_reply(parent, "public", ME)
    assert {person.acct for person in audience.people} == {"bob", "eve@far.test"}
    assert (audience.visibility, audience.kind) == ("direct", Kind.MESSAGE)
    own = hub.Status(native="s", account=ME, visibility="direct", mentions=(EVE,))
    assert of_reply(own, "public", ME).people == (EVE,)


def test_an_answer_of_somebody_who_posts_directly_reaches_the_author_only() -> None:
    parent = hub.Status(native="s", account=BOB, visibility="public", mentions=(EVE,))
    assert of_reply(parent, "direct", ME) == Audience(visibility=Visibility.DIRECT, people=(BOB,))


def test_lists_narrow_an_answer_too() -> None:
    reply = Audience(visibility=Visibility.PUBLIC)
    assert within(direct(BOB), reply) == direct(BOB)
    message = Audience(visibility=Visibility.DIRECT, people=(BOB, EVE), kind=Kind.MESSAGE)
    assert within(direct(EVE), message) == msgspec.structs.replace(message, people=(EVE,))
    stranger = hub.Account(native="4", username="dave", acct="dave")
    for asked in (direct(stranger), direct(BOB, stranger), direct(lists=("l1",)),
                  Audience(visibility=Visibility.PRIVATE, kind=Kind.LIMITED)):  # fmt: skip
        with pytest.raises(ApiError):
            within(asked, message)


# over the whole gateway
def drafts(ground: Ground) -> list[Any]:
    return [sent.args[0] for sent in ground.wire.sent if sent.name == "post"]


def last(ground: Ground) -> Any:
    return list(ground.world.posts.values())[-1]


async def group(ground: Ground, native: str, *members: str) -> int:
    """A list of alice's and its number."""
    ground.world.lists[native] = (native, [f"p:{member}" for member in members])
    ground.world.list_owners[native] = "p:alice"
    owner = await ground.gateway.store.account_by_login("alice")
    assert owner is not None
    return (await ground.gateway.store.number(owner.id, KIND, [native]))[native]


@pytest.mark.anyio
async def test_an_answer_with_a_contact_list_is_not_public(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "parent"))
    reply = await ground.post(
        "statuses/update", status="psst", in_reply_to_status_id=id, contact_allow=await ground.number("carol")
    )
    assert reply.status == 200
    assert (last(ground).visibility, last(ground).to) == ("direct", ["p:carol"])


@pytest.mark.anyio
async def test_a_post_for_followers_reaches_no_stranger(ground: Ground) -> None:
    for text in ("with @dave", "with @bob and @dave"):
        assert (await ground.post("statuses/update", status=text, group_allow="~")).status == 200
    assert [post.to for post in ground.world.posts.values()] == [[], ["p:bob"]]
    assert {post.visibility for post in ground.world.posts.values()} == {"private"}


@pytest.mark.anyio
async def test_title_and_html_of_a_limited_post_name_nobody_else(ground: Ground) -> None:
    html = '<p>@bob <span class="invisible">@dave</span><b>hi</b></p>'
    bob = await ground.number("bob")
    reply = await ground.post("statuses/update", htmlstatus=html, title="about @dave", contact_allow=bob)
    assert reply.status == 200
    (draft,) = drafts(ground)
    assert (draft.html, "@dave" in draft.title, "@dave" in draft.text) == ("", False, False)


@pytest.mark.anyio
async def test_several_lists_become_their_people_where_only_one_can_be_addressed(tmp_path: Path) -> None:
    capabilities = Capabilities(software="fake", list_addressing=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        groups = [await group(ground, "l1", "bob"), await group(ground, "l2", "carol")]
        reply = await ground.post("statuses/update", status="both", **{"group_allow[]": groups})
        assert reply.status == 200
        (draft,) = drafts(ground)
        assert (draft.lists, set(last(ground).to)) == ((), {"p:bob", "p:carol"})


@pytest.mark.anyio
async def test_a_list_post_that_comes_back_as_a_list_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capabilities = Capabilities(software="fake", list_addressing=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        answered(ground, monkeypatch, visibility="list")
        reply = await ground.post(
            "statuses/update", status="members", files=PICTURE, **{"group_allow[]": await group(ground, "l1", "bob")}
        )
        assert (reply.status, ground.wire.count("remove")) == (200, 0)


@pytest.mark.anyio
@pytest.mark.parametrize("deletes", [True, False])
async def test_a_post_whose_people_cannot_be_seen_is_made_once_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, deletes: bool
) -> None:
    """The server addresses the members of a list one by one, and does not tell who they are when it is asked."""
    capabilities = Capabilities(software="fake", list_addressing=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        gid = await group(ground, "l1", "bob")
        with monkeypatch.context() as patch:
            answered(ground, patch, mentions=(hub.Mention(native="p:bob", username="bob", acct="bob"),))
            ground.wire.fail(Unavailable("down"), "group_members")
            if not deletes:
                ground.wire.fail(Unavailable("down"), "remove")
            reply = await ground.post("statuses/update", status="for the list", **{"group_allow[]": gid})
        assert (reply.status, len(ground.world.posts)) == ((503, 0) if deletes else (504, 1))
        again = await ground.post("statuses/update", status="for the list", **{"group_allow[]": gid})
        assert (again.status, len(ground.world.posts)) == (200 if deletes else 504, 1)


@pytest.mark.anyio
async def test_a_public_post_that_comes_back_unlisted_stays(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(ground, monkeypatch, visibility="unlisted")
    assert (await ground.post("statuses/update", status="silenced")).status == 200
    assert ground.wire.count("remove") == 0


@pytest.mark.anyio
@pytest.mark.parametrize(("given", "got"), [("private", "public"), ("unlisted", "public"), ("public", "odd")])
async def test_a_plain_post_that_comes_back_wider_is_deleted(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, given: str, got: str
) -> None:
    ground.world.defaults["p:alice"] = Visibility(given)
    answered(ground, monkeypatch, visibility=got)
    assert (await ground.post("statuses/update", status="quiet")).status == 502
    assert not ground.world.posts


def answered(ground: Ground, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The backend answers posts with these changes."""
    backend = ground.connections.of("alice")
    post = backend.post

    async def other(draft: Any) -> hub.Entry:
        entry = await post(draft)
        return hub.Entry(raw=msgspec.json.encode(msgspec.structs.replace(entry.status, **changes)), read=entry.read)

    monkeypatch.setattr(backend, "post", other)
