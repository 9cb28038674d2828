"""Who the token belongs to, finding people, contacts, groups."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.backend import Draft
from adapters.errors import BackendError, Missing, Refused, Rejected, TokenGone, Unavailable, Unsupported
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer, Reply
from tests.adapters.samples import person, post

pytestmark = pytest.mark.anyio
ME, LOOKUP = "/api/v1/accounts/verify_credentials", "/api/v1/accounts/lookup"
SEARCH, FIND = "/api/v1/accounts/search", "/api/v2/search"


@pytest.mark.parametrize(
    ("source", "visibility", "requests"),
    [
        ({"privacy": "public", "follow_requests_count": 3}, hub.Visibility.PUBLIC, 3),
        ({"privacy": "unlisted"}, hub.Visibility.UNLISTED, 0),
        ({"privacy": "private"}, hub.Visibility.PRIVATE, 0),
        ({"privacy": "direct"}, hub.Visibility.DIRECT, 0),
        ({"privacy": "mutuals_only"}, hub.Visibility.PRIVATE, 0),
        ({"privacy": None}, hub.Visibility.PUBLIC, 0),
        (None, hub.Visibility.PUBLIC, 0),
        ("odd", hub.Visibility.PUBLIC, 0),
    ],
)
async def test_me_and_my_defaults(
    far: FarServer, open_backend: Open, source: Any, visibility: hub.Visibility, requests: int
) -> None:
    far.on("GET", ME, json=person("7", "bob", source=source))
    me = await (await open_backend()).me()
    assert (me.account.native, me.default_visibility, me.follow_requests) == ("7", visibility, requests)


@pytest.mark.parametrize("status", [400, 401, 422])
async def test_a_refused_token_is_gone(far: FarServer, open_backend: Open, status: int) -> None:
    far.on("GET", ME, Reply(status, b"", kind=""))
    with pytest.raises(TokenGone):
        await (await open_backend("snac")).me()


@pytest.mark.parametrize(("status", "error"), [(403, Refused), (503, Unavailable)])
async def test_other_trouble_leaves_the_token_alone(
    far: FarServer, open_backend: Open, status: int, error: type[BackendError]
) -> None:
    far.on("GET", ME, Reply(status))
    with pytest.raises(error):
        await (await open_backend()).me()


async def test_takahe_says_400_for_a_bad_token_everywhere(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("takahe")
    far.on("GET", "/api/v1/accounts/5", Reply(400, b"Invalid Bearer token", kind="text/plain"))
    with pytest.raises(TokenGone):
        await backend.account("5")


@pytest.mark.parametrize(
    ("verified", "error"),
    [(Reply(400, b"Invalid Bearer token"), TokenGone), (Reply(200, b"{}"), Rejected), (Reply(503), Rejected)],
)
async def test_takahe_rejects_a_change_and_a_bad_token_alike(
    far: FarServer, open_backend: Open, verified: Reply, error: type[BackendError]
) -> None:
    """A read tells which of them it was; what it cannot tell is not blamed on the token."""
    backend = await open_backend("takahe")
    far.on("GET", ME, verified)
    far.on("POST", "/api/v1/statuses", Reply(400, b"Status is empty"))
    with pytest.raises(error) as caught:
        await backend.post(Draft(text="x", visibility=hub.Visibility.PUBLIC))
    assert type(caught.value) is error
    assert far.paths() == ["POST /api/v1/statuses", f"GET {ME}"]


@pytest.mark.parametrize("status", [400, 422])
async def test_elsewhere_a_rejected_change_is_just_that(far: FarServer, open_backend: Open, status: int) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", "/api/v1/statuses", Reply(status, b"{}"))
    with pytest.raises(Rejected):
        await backend.post(Draft(text="x", visibility=hub.Visibility.PUBLIC))
    assert far.paths() == ["POST /api/v1/statuses"]


async def test_the_name_of_a_local_person_is_bare(far: FarServer, open_backend: Open) -> None:
    for software in ("takahe", "snac", "mastodon"):
        backend = await open_backend(software)
        sent = "bob" if software == "mastodon" else f"bob@{far.pair}"
        far.on("GET", "/api/v1/accounts/7", json=person("7", sent))
        account = await backend.account("7")
        assert (account.acct, account.username, account.host) == ("bob", "bob", "")


async def test_lookup_of_somebody_the_server_has_met(far: FarServer, open_backend: Open) -> None:
    far.on("GET", LOOKUP, json=person("9", "carol@b.example"))
    assert (await (await open_backend()).lookup("carol@b.example")).native == "9"
    assert [asked.query for asked in far.asked] == [[("acct", "carol@b.example")]]


async def test_lookup_of_a_stranger_searches_with_an_at_sign(far: FarServer, open_backend: Open) -> None:
    found = [person("1", "carol@c.example"), person("2", "CAROL@b.example")]
    far.on("GET", FIND, json={"accounts": found, "statuses": [], "hashtags": []})
    assert (await (await open_backend("gotosocial")).lookup("carol@b.example")).native == "2"
    assert dict(far.asked[1].query) == {"q": "@carol@b.example", "type": "accounts", "limit": "5", "resolve": "true"}
    with pytest.raises(Missing):
        await (await open_backend("gotosocial")).lookup("erin@b.example")


async def test_lookup_of_a_bare_name_does_not_search(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    for name in ("nobody", f"nobody@{far.pair}"):
        with pytest.raises(Missing):
            await backend.lookup(name)
    assert far.paths() == [f"GET {LOOKUP}"] * 2
    assert far.asked[1].query == [("acct", "nobody")]


async def test_lookup_by_address_is_exact(far: FarServer, open_backend: Open) -> None:
    found = [
        person("1", "a@b.example", url="https://b.example/@a/", uri="https://b.example/users/a2"),
        person("2", "b@b.example", url="https://b.example/@a", uri=None),
        person("3", "c@b.example", url="https://b.example/@c", uri="https://b.example/ap/users/3"),
    ]
    far.on("GET", FIND, json={"accounts": found})
    backend = await open_backend()
    assert (await backend.lookup_url("https://b.example/@a")).native == "2"
    assert (await backend.lookup_url("https://b.example/ap/users/3")).native == "3"
    with pytest.raises(Missing):
        await backend.lookup_url("https://b.example/@d")


async def test_an_own_address_is_found_by_its_name(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("GET", FIND, json={"accounts": []})
    far.on("GET", LOOKUP, json=person("7", "bob", url=f"{far.url}/@bob"))
    assert (await backend.lookup_url(f"{far.url}/@bob")).native == "7"
    for wrong in (f"{far.url}/users/@bob", "https://b.example/@bob", f"{far.url}/", far.url, "bob"):
        with pytest.raises(Missing):
            await backend.lookup_url(wrong)


async def test_searching_people(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("GET", SEARCH, json=[person("1", "bob"), {"no": "id"}, person("2", "bobby")])
    assert [found.native for found in await backend.search_accounts("bob", 500)] == ["1", "2"]
    assert far.asked[0].query == [("q", "bob"), ("limit", "40"), ("resolve", "false")]


@pytest.mark.parametrize("reply", [Reply(404), Reply(body=b"[]"), Reply(400)])
async def test_searching_people_another_way(far: FarServer, open_backend: Open, reply: Reply) -> None:
    backend = await open_backend()
    far.on("GET", SEARCH, reply)
    far.on("GET", FIND, json={"accounts": [person("1", "bob")]})
    assert [found.native for found in await backend.search_accounts("bob", 3)] == ["1"]
    assert ("resolve", "false") in far.asked[1].query


async def test_contacts_page_by_link(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("GET", ME, json=person("7", "bob"))
    link = '<http://x/?max_id=55>; rel="next"'
    far.on("GET", "/api/v1/accounts/7/followers", json=[person("1"), person("1"), person("2")], headers={"Link": link})
    far.on("GET", "/api/v1/accounts/7/following", json=[])
    page = await backend.followers(None)
    assert ([found.native for found in page.items], page.older) == (["1", "2"], "55")
    page = await backend.following("55")
    assert (page.items, page.older) == ((), None)
    assert far.paths().count(f"GET {ME}") == 1
    assert [asked.query for asked in far.asked[1:]] == [[("limit", "80")], [("limit", "80"), ("max_id", "55")]]


async def test_each_token_has_its_own_account(far: FarServer, open_backend: Open) -> None:
    for token, native in (("one", "7"), ("two", "8")):
        far.once("GET", ME, json=person(native))
        far.on("GET", f"/api/v1/accounts/{native}/followers", json=[])
        await (await open_backend(token=token)).followers(None)
    assert far.paths()[-1] == "GET /api/v1/accounts/8/followers"


async def test_relationships_in_calls_of_forty(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    rows = [{"id": "1", "following": True, "followed_by": None, "notifying": True}, {"following": True}]
    far.on("GET", "/api/v1/accounts/relationships", json=rows)
    found = await backend.relationships([str(number) for number in range(50)])
    assert found == (hub.Relationship(native="1", following=True, notifying=True),) * 2
    assert sorted(len(asked.query) for asked in far.asked) == [10, 40]
    assert await backend.relationships([]) == ()
    assert len(far.asked) == 2


async def test_groups_and_their_members(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    path = "/api/v1/lists/3/accounts"
    far.on("GET", "/api/v1/lists", json=[{"id": "3", "title": "Friends", "replies_policy": "list"}])
    far.once("GET", path, json=[person("1"), person("2")], headers={"Link": '<http://x/?max_id=2>; rel="next"'})
    far.on("GET", path, json=[person("2"), person("4")])
    assert await backend.groups() == (hub.Group(native="3", name="Friends"),)
    assert [found.native for found in await backend.group_members("3")] == ["1", "2", "4"]


async def test_takahe_has_no_groups(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("takahe")
    with pytest.raises(Unsupported, match="Takah"):
        await backend.groups()
    with pytest.raises(Unsupported):
        await backend.group_members("3")
    assert far.asked == []


async def test_activities_are_two_calls_at_once(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("GET", "/api/v1/statuses/5/favourited_by", json=[person("1")])
    far.on("GET", "/api/v1/statuses/5/reblogged_by", json=[person("2"), person("3")])
    found = await backend.activities("5")
    assert [who.native for who in found.like] == ["1"]
    assert [who.native for who in found.announce] == ["2", "3"]
    assert (found.dislike, found.attendyes) == ((), ())


async def test_own_newest(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("GET", ME, json=person("7"))
    far.on("GET", "/api/v1/accounts/7/statuses", json=[post("5"), post("4")])
    assert [entry.status.native for entry in await backend.own_newest()] == ["5", "4"]
