"""Requests, blocks, messages, notifications, reactions and search, as each server knows them."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.backend import Window
from adapters.errors import Missing, Rejected, Unsupported
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer
from tests.adapters.samples import IDS, person, play, post

pytestmark = pytest.mark.anyio
ME, ACCOUNTS = "/api/v1/accounts/verify_credentials", "/api/v1/accounts"
TALKS, NOTES, MARKERS = "/api/v1/conversations", "/api/v1/notifications", "/api/v1/markers"
SEARCH, STATUS = "/api/v2/search", "/api/v1/statuses/5"
THUMB = "\U0001f44e"
ROWS = {"link": '<http://far.example/x?max_id=55&limit=80>; rel="next", <http://far.example/x?min_id=9>; rel="prev"'}


def names(people: tuple[hub.Account, ...]) -> list[str]:
    return [one.native for one in people]


@pytest.mark.parametrize("name", ["blocks", "follow_requests"])
async def test_lists_of_people_go_on_by_rows(far: FarServer, open_backend: Open, name: str) -> None:
    path, read = f"/api/v1/{name}", getattr(await open_backend("mastodon"), name)
    far.once("GET", path, json=[person("7"), 3, None, person("8", "carol@b.example")], headers=ROWS)
    far.on("GET", path, json=[])
    page = await read(None)
    assert (names(page.items), page.older) == (["7", "8"], "55")
    assert await read("55") == hub.Page(items=())
    assert [asked.query for asked in far.asked] == [[("limit", "80")], [("limit", "80"), ("max_id", "55")]]


@pytest.mark.parametrize(("software", "label"), [("snac", "snac"), ("takahe", "Takahe")])
async def test_some_never_say_whom_one_blocks(far: FarServer, open_backend: Open, software: str, label: str) -> None:
    backend = await open_backend(software)
    with pytest.raises(Unsupported, match=f"^{label} does not say"):
        await backend.blocks(None)
    assert far.asked == []


async def test_several_accounts_come_in_batches(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon", "4.3.0")
    assert backend.capabilities.accounts_by_id
    far.on("GET", ACCOUNTS, json=[person("8"), person("7")])
    natives = [str(number) for number in range(7, 48)]
    assert list(await backend.accounts(natives)) == ["7", "8"]
    assert sorted(len(asked.query) for asked in far.asked) == [1, 40]
    assert await backend.accounts([]) == {}


async def test_or_one_by_one_without_those_that_are_gone(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("gotosocial")
    far.on("GET", f"{ACCOUNTS}/7", json=person("7"))
    found = await backend.accounts(["9", "7"])
    assert {native: one.native for native, one in found.items()} == {"7": "7"}
    assert sorted(far.paths()) == [f"GET {ACCOUNTS}/7", f"GET {ACCOUNTS}/9"]


async def test_unfollowing(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", f"{ACCOUNTS}/7/unfollow", json={"id": "7", "following": False, "followed_by": True, "muting": None})
    assert await backend.unfollow("7") == hub.Relationship(native="7", followed_by=True)
    with pytest.raises(Missing):
        await backend.unfollow("8")


def talk(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "unread": True, "accounts": [person("8", "carol")], "last_status": post("5"), **fields}


async def test_conversations_hold_the_last_message(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", TALKS, json=[
        talk("2"), talk("2"), 4, None,
        talk("1", unread=None, last_status=None),
    ], headers=ROWS)  # fmt: skip
    page = await backend.conversations(None)
    assert [row.unread for row in page.items] == [True, False]
    assert page.items[0].last
    assert (page.items[0].last.status.native, page.items[1].last, page.older) == ("5", None, "55")
    await backend.conversations("55")
    assert far.paths() == [f"GET {TALKS}"] * 2
    assert far.asked[1].query == [("limit", "40"), ("max_id", "55")]


async def test_takahe_and_snac_keep_no_conversations(far: FarServer, open_backend: Open) -> None:
    for software, label in (("takahe", "Takahe"), ("snac", "snac")):
        backend = await open_backend(software)
        with pytest.raises(Unsupported, match=f"^{label} has no conversations"):
            await backend.conversations(None)
    assert far.asked == []


async def test_all_kinds_of_notifications(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    kinds = ["mention", "favourite", "reblog", "follow", "follow_request", "status", "poll", "admin.sign_up"]
    notes = [
        {"id": str(30 - at), "type": kind, "created_at": "2026-11-18T10:26:40.123+00:00", "account": person("8"),
         "status": post("5") if at < 3 else None} for at, kind in enumerate(kinds)
    ]  # fmt: skip
    far.once("GET", NOTES, json=[*notes, {"id": "9", "type": "odd", "account": None}, 7])
    far.on("GET", NOTES, json=[])
    page = await backend.notifications(None)
    assert [(note.native, note.type) for note in page.items] == [(note["id"], note["type"]) for note in notes]
    assert [bool(note.status) for note in page.items] == [True] * 3 + [False] * 5
    assert (page.items[0].created_at, page.older) == ("2026-11-18T10:26:40.123Z", "9")
    assert await backend.notifications("9") == hub.Page(items=())
    assert [asked.query for asked in far.asked] == [[("limit", "40")], [("limit", "40"), ("max_id", "9")]]


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"notifications": {"last_read_id": "123", "version": 4}}, "123"),
        ({"notifications": {"last_read_id": 123}}, "123"),
        ({"notifications": {"last_read_id": ""}}, None),
        ({"notifications": None}, None),
        ({}, None),
    ],
)
async def test_the_marker(far: FarServer, open_backend: Open, answer: Any, seen: str | None) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", MARKERS, json=answer)
    assert await backend.notification_marker() == seen
    assert far.asked[0].query == [("timeline[]", "notifications")]


async def test_marking_what_was_seen(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("gotosocial")
    far.on("POST", MARKERS, json={})
    await backend.mark_notifications("01M7")
    assert far.asked[0].json == {"notifications": {"last_read_id": "01M7"}}
    takahe = await open_backend("takahe")
    assert await takahe.notification_marker() is None
    with pytest.raises(Unsupported, match=r"^Takahe does not keep"):
        await takahe.mark_notifications("3")
    assert far.asked == []


async def test_emoji_on_pleroma_come_with_people(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("akkoma")
    path = "/api/v1/pleroma/statuses/5/reactions"
    far.on("GET", path, json=[
        {"name": THUMB, "count": 2, "me": True, "accounts": [person("7"), person("8")]},
        {"name": "ok", "count": None, "me": None, "accounts": None}, {"count": 1},
    ])  # fmt: skip
    first, second = await backend.reactions("5")
    assert (first.name, first.me, names(first.accounts)) == (THUMB, True, ["7", "8"])
    assert second == hub.Reaction(name="ok")
    for method in ("PUT", "DELETE"):
        far.on(method, f"{path}/{THUMB}", json=post("5"))
    assert (await backend.react("5", THUMB)).status.native == "5"
    assert (await backend.unreact("5", THUMB)).status.native == "5"
    assert far.paths() == [f"GET {path}", f"PUT {path}/{THUMB}", f"DELETE {path}/{THUMB}"]


async def test_emoji_where_the_configuration_speaks_of_them(far: FarServer, open_backend: Open) -> None:
    assert not (await open_backend("mastodon")).capabilities.reactions
    backend = await glitch(far, open_backend)
    assert backend.capabilities.reactions
    far.on("GET", STATUS, json=post("5", reactions=[{"name": THUMB, "count": "3", "me": False}, {"name": None}]))
    far.on("POST", f"{STATUS}/react/{THUMB}", json=post("5"))
    far.on("POST", f"{STATUS}/unreact/{THUMB}", json=post("5"))
    assert await backend.reactions("5") == (hub.Reaction(name=THUMB),)
    await backend.react("5", THUMB)
    await backend.unreact("5", THUMB)
    assert far.paths()[1:] == [f"POST {STATUS}/react/{THUMB}", f"POST {STATUS}/unreact/{THUMB}"]


async def glitch(far: FarServer, open_backend: Open) -> Any:
    """A Mastodon that says how many emoji it takes."""

    def told(far: FarServer, *_: object) -> None:
        play(far, "mastodon", "4.5.0+glitch", {"configuration": {"reactions": {"max_reactions": 8}}})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.adapters.conftest.play", told)
        return await open_backend()


@pytest.mark.parametrize("answer", [{"id": "77", "content": THUMB, "account": person()}, {}, None])
async def test_an_answer_that_is_another_status_is_asked_for_again(
    far: FarServer, open_backend: Open, answer: Any
) -> None:
    backend = await glitch(far, open_backend)
    far.on("POST", f"{STATUS}/react/{THUMB}", json=answer)
    far.on("GET", STATUS, json=post("5"))
    assert (await backend.react("5", THUMB)).status.native == "5"


async def test_no_emoji_and_no_such_status(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("pleroma")
    with pytest.raises(Rejected):
        await backend.react("5", "")
    for call in (backend.react, backend.unreact):
        with pytest.raises(Missing):
            await call("5", THUMB)
    for software, label in (("mastodon", "Mastodon"), ("gotosocial", "GoToSocial"), ("takahe", "Takahe")):
        backend = await open_backend(software)
        for asked in (backend.reactions("5"), backend.react("5", THUMB), backend.unreact("5", THUMB)):
            with pytest.raises(Unsupported, match=f"^{label} has no dislikes"):
                await asked
    assert far.asked == []


def found(natives: list[str]) -> dict[str, Any]:
    return {"accounts": [], "statuses": [post(native) for native in natives], "hashtags": []}


async def test_search_begins_in_the_middle(far: FarServer, open_backend: Open) -> None:
    backend, ids = await open_backend("mastodon"), IDS["mastodon"]
    far.on("GET", SEARCH, json=found([*ids, ids[0]]))
    entries = await backend.search_statuses("cat & dog", 3, 6)
    assert [entry.status.native for entry in entries] == ids
    asked = [("q", "cat & dog"), ("type", "statuses"), ("limit", "3"), ("resolve", "false")]
    assert far.asked[0].query == [*asked, ("offset", "6")]
    await backend.search_statuses("cat & dog", 400, 0)
    assert far.asked[1].query[2:] == [("limit", "40"), ("resolve", "false")]


async def test_the_address_of_a_post_may_be_fetched(far: FarServer, open_backend: Open) -> None:
    far.on("GET", SEARCH, json=found([]))
    assert await (await open_backend("mastodon")).search_statuses("https://far.test/@bob/1", 5, 0) == ()
    assert far.asked[0].query[3] == ("resolve", "true")


async def test_or_reads_on_to_where_it_begins(far: FarServer, open_backend: Open) -> None:
    backend, ids = await open_backend("gotosocial"), IDS["gotosocial"]
    far.on("GET", SEARCH, json=found(ids))
    assert [entry.status.native for entry in await backend.search_statuses("cat", 1, 1)] == [ids[1]]
    assert far.asked[0].query[2] == ("limit", "2")
    assert await backend.search_statuses("cat", 20, 40) == ()
    assert far.asked[1].query[2] == ("limit", "40")


async def test_takahe_searches_no_posts(far: FarServer, open_backend: Open) -> None:
    with pytest.raises(Unsupported, match=r"^Takahe cannot search posts"):
        await (await open_backend("takahe")).search_statuses("x", 5, 0)
    assert far.asked == []


async def test_hashtags(far: FarServer, open_backend: Open) -> None:
    backend, ids = await open_backend("mastodon"), IDS["mastodon"]
    far.on("GET", "/api/v1/timelines/tag/größe/x", json=[post(ids[0])])
    page = await backend.tagged("größe/x", Window(limit=5))
    assert [entry.status.native for entry in page.items] == ids[:1]
    assert await backend.tagged("nobody", Window()) == hub.Page(items=())


async def test_snac_has_no_other_servers_public(open_backend: Open) -> None:
    assert not (await open_backend("snac")).capabilities.federated
    assert (await open_backend("gotosocial")).capabilities.federated
