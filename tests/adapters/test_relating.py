"""Following, blocking, muting, reporting and suggestions, as each server knows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.errors import Missing, OutcomeUnknown, Refused, Unsupported
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer, Reply
from tests.adapters.samples import person

pytestmark = pytest.mark.anyio
SEVEN = "/api/v1/accounts/7"
MUTES, SUGGESTIONS, REPORTS = "/api/v1/mutes", "/api/v2/suggestions", "/api/v1/reports"
ROWS = {"link": '<http://far.example/x?max_id=55&limit=80>; rel="next"'}


def stands(**fields: Any) -> dict[str, Any]:
    return {"id": "7", "following": False, "followed_by": None, **fields}


async def test_a_follow_sends_only_what_was_chosen(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    told = stands(following=True, showing_reblogs=False, notifying=True, requested_by=True, blocked_by=True)
    far.on("POST", f"{SEVEN}/follow", json=told)
    assert await backend.follow("7", reblogs=False, notify=True) == hub.Relationship(
        native="7", following=True, showing_reblogs=False, notifying=True, requested_by=True, blocked_by=True
    )
    await backend.follow("7", notify=False)
    await backend.follow("7")
    assert [json.loads(asked.body or b"{}") for asked in far.asked] == [
        {"reblogs": False, "notify": True}, {"notify": False}, {}
    ]  # fmt: skip
    with pytest.raises(Missing):
        await backend.follow("8")


async def test_boosts_of_strangers_are_not_hidden(far: FarServer, open_backend: Open) -> None:
    """Servers say `showing_reblogs: false` of everybody who is not followed."""
    backend = await open_backend("mastodon")
    far.on("POST", f"{SEVEN}/unfollow", json=stands(showing_reblogs=False))
    assert (await backend.unfollow("7")).showing_reblogs


async def test_takahe_shows_a_follow_later_and_snac_knows_no_choices(far: FarServer, open_backend: Open) -> None:
    far.on("POST", f"{SEVEN}/follow", json=stands(requested=False))
    assert (await (await open_backend("takahe")).follow("7")).requested
    far.asked.clear()
    snac = await open_backend("snac")
    assert not (await snac.follow("7")).requested
    with pytest.raises(Unsupported, match="keeps no choices"):
        await snac.follow("7", reblogs=False)
    assert len(far.asked) == 1


@pytest.mark.parametrize(
    ("action", "told"),
    [("block", "blocking"), ("unblock", ""), ("mute", "muting"), ("unmute", "")],
)
async def test_the_answer_says_what_is_so(far: FarServer, open_backend: Open, action: str, told: str) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", f"{SEVEN}/{action}", json=stands(**({told: True} if told else {})))
    found = await getattr(backend, action)("7")
    assert (found.blocking, found.muting) == (told == "blocking", told == "muting")
    far.on("POST", f"{SEVEN}/{action}", json={"error": "no"}, status=403)
    with pytest.raises(Refused):
        await getattr(backend, action)("7")
    far.otherwise = Reply(200, b"<html>", kind="text/html")
    with pytest.raises(OutcomeUnknown):
        await getattr(backend, action)("9")


async def test_a_block_ends_following_where_the_server_does_not(far: FarServer, open_backend: Open) -> None:
    """snac hides whom it blocks, and goes on following them."""
    backend = await open_backend("snac")
    far.once("POST", f"{SEVEN}/block", json=stands(blocking=True, following=True))
    far.on("POST", f"{SEVEN}/unfollow", json=stands(blocking=True))
    far.on("POST", f"{SEVEN}/block", json=stands(blocking=True))
    for _ in range(2):
        found = await backend.block("7")
        assert (found.blocking, found.following) == (True, False)
    assert [path.rpartition("/")[2] for path in far.paths()] == ["block", "unfollow", "block"]


async def test_snac_has_no_mutes(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("snac")
    for change in (backend.mute, backend.unmute):
        with pytest.raises(Unsupported, match="snac mutes nobody: block them"):
            await change("7")
    assert far.asked == []


async def test_a_mute_is_of_notifications_too(far: FarServer, open_backend: Open) -> None:
    """Mastodon mutes both unless told otherwise, GoToSocial only the posts."""
    far.on("POST", f"{SEVEN}/mute", json=stands(muting=True))
    await (await open_backend("gotosocial")).mute("7")
    assert [json.loads(asked.body) for asked in far.asked] == [{"notifications": True}]


async def test_mutes_go_on_by_rows(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.once("GET", MUTES, json=[person("7"), None], headers=ROWS)
    far.on("GET", MUTES, json=[])
    page = await backend.mutes(None)
    assert ([one.native for one in page.items], page.older) == (["7"], "55")
    assert await backend.mutes("55") == hub.Page(items=())
    for software in ("snac", "takahe"):
        with pytest.raises(Unsupported, match="does not say whom its people mute"):
            await (await open_backend(software)).mutes(None)


async def test_why_somebody_is_proposed(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", SUGGESTIONS, json=[
        {"source": "staff", "sources": ["featured", "most_followed"], "account": person("7")},
        {"source": "global", "account": person("8")}, {"account": person("9"), "source": None}, {"account": None}, 7,
    ])  # fmt: skip
    found = [(one.account.native, one.source) for one in await backend.suggestions()]
    assert found == [("7", "featured"), ("8", "global"), ("9", "")]
    assert far.asked[-1].query == [("limit", "40")]
    old = await open_backend("gotosocial")
    far.on("GET", SUGGESTIONS, json={"error": "Not Found"}, status=404)
    for backend in (old, await open_backend("takahe")):
        with pytest.raises(Unsupported, match="proposes nobody"):
            await backend.suggestions()


async def test_a_report_stays_at_the_own_server(far: FarServer, open_backend: Open) -> None:
    far.on("POST", REPORTS, json={"id": "1"})
    await (await open_backend("mastodon")).report("7", "Look")
    assert json.loads(far.asked[-1].body) == {"account_id": "7", "category": "spam", "comment": "Look"}
    with pytest.raises(Missing):
        await (await open_backend("mastodon")).report("no id")
    with pytest.raises(Unsupported, match="takes no reports"):
        await (await open_backend("snac")).report("7")


async def test_nobody_tells_whom_one_asked(open_backend: Open) -> None:
    with pytest.raises(Unsupported, match=r"^Mastodon does not say whom its people asked to follow"):
        await (await open_backend("mastodon")).requests_sent(None)
