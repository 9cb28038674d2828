"""Users, contacts, and whose ids mean what (DESIGN sections 4 and 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.errors import Unavailable
from tests.gateway_harness import Ground, gateway_on


@pytest.mark.anyio
async def test_two_viewers_of_equal_bytes_get_their_own_relations(ground: Ground) -> None:
    """The fragment cache must never carry one reader's relations to another."""
    native = ground.world.post("bob", "seen by both")
    raws = [ground.world.status(f"p:{who}", native) for who in ("alice", "dave")]
    assert raws[0] == raws[1]
    for first, second in (("alice", "dave"), ("dave", "alice")):
        shown = {
            who: (await ground.get("statuses/public_timeline", user=who)).json[0]["user"] for who in (first, second)
        }
        bob = shown["alice"]["id"]
        assert (shown["alice"]["following"], shown["alice"]["cid"]) == (True, bob)
        assert (shown["dave"]["following"], shown["dave"]["cid"]) == (False, 0)
        assert (shown["alice"]["verified"], shown["dave"]["verified"]) == (True, False)


@pytest.mark.anyio
async def test_the_author_sees_itself_as_self(ground: Ground) -> None:
    ground.world.post("alice", "mine")
    status = (await ground.get("statuses/home_timeline")).json[0]
    assert (status["friendica_author"]["self"], status["friendica_author"]["uid"] > 0) == (1, True)
    own = status["friendica_author"]["uid"]
    bob = (await ground.get("account/verify_credentials", user="bob")).json["id"]
    for reader, uid in (("bob", bob), ("dave", 0)):
        other = (await ground.get("statuses/public_timeline", user=reader)).json[0]["friendica_author"]
        assert (other["self"], other["uid"]) == (0, uid), "the reader's own number for contacts, 0 for strangers"
    assert own == status["friendica_author"]["id"]


@pytest.mark.anyio
async def test_the_own_screen_name_is_the_login_in_the_form_it_was_sent(ground: Ground) -> None:
    ground.world.post("alice", "mine")
    for name in ("alice", "alice@fedi.test", "alice@gateway.test"):
        password = ground.passwords["alice"]
        reply = await ground.request("GET", "account/verify_credentials", user=name, password=password)
        assert (reply.status, reply.json["screen_name"]) == (200, name)
        home = await ground.request("GET", "statuses/home_timeline", user=name, password=password)
        assert home.json[0]["user"]["screen_name"] == name


@pytest.mark.anyio
async def test_a_stranger_elsewhere_has_no_domain_in_the_screen_name(ground: Ground) -> None:
    ground.world.post("dora@far.test", "hi")
    user = (await ground.get("statuses/home_timeline")).json[0]["user"]
    assert (user["screen_name"], user["name"]) == ("dora", "Dora")


@pytest.mark.anyio
async def test_users_show_and_search(ground: Ground) -> None:
    ground.world.post("bob", "latest")
    bob = (await ground.get("users/show", screen_name="bob")).json
    assert (bob["following"], bob["status"]["text"]) == (True, "latest")
    assert (await ground.get("users/show", user_id=bob["id"])).json["screen_name"] == "bob"
    assert (await ground.get("users/show/bob")).json["id"] == bob["id"]
    assert (await ground.get("users/show")).json["screen_name"] == "alice"
    assert (await ground.get("externalprofile/show", profileurl=bob["url"])).json["id"] == bob["id"]
    assert [user["id"] for user in (await ground.get("users/search", q="bob")).json] == [bob["id"]]
    assert (await ground.get("users/search", q="zzz")).status == 404
    dave = ground.world.people["p:dave"].url
    for url, name in ((bob["url"], "bob"), (dave, "dave")):
        assert [user["screen_name"] for user in (await ground.get("users/search", q=url)).json] == [name]
    for url in ("https://fedi.test/@nobody", f"{dave}e", f"{dave[:-1]}", "http://"):
        reply = await ground.get("users/search", q=url)
        assert (reply.status, reply.error) == (404, f"User {url} not found.")
    assert (await ground.get("users/search")).status == 400
    assert (await ground.get("externalprofile/show", profileurl="https://fedi.test/@nobody")).status == 400


@pytest.mark.anyio
async def test_the_last_status_in_a_user_is_never_private(ground: Ground) -> None:
    ground.world.post("bob", "for all")
    ground.world.post("bob", "friends", visibility="private")
    ground.world.post("bob", "for @alice", visibility="direct")
    assert (await ground.get("users/show", screen_name="bob")).json["status"]["text"] == "for all"
    me = await ground.get("account/verify_credentials", skip_status="true")
    assert "status" not in me.json
    for key in ("verified", "uid", "self"):
        assert key not in me.json


@pytest.mark.anyio
async def test_friends_and_followers_are_the_own_ones_only(ground: Ground) -> None:
    ground.world.follow("dave", "alice")
    names = {
        path: {user["screen_name"] for user in (await ground.get(path)).json}
        for path in ("statuses/friends", "statuses/followers")
    }
    assert names == {"statuses/friends": {"bob", "carol", "dora"}, "statuses/followers": {"bob", "carol", "dave"}}
    bob = (await ground.get("users/show", screen_name="bob")).json["id"]
    for path in ("statuses/friends", "statuses/followers", "friends/ids", "followers/ids", "favorites"):
        for other in ({"user_id": bob}, {"screen_name": "bob"}):
            assert (await ground.get(path, **other)).json == [], (path, other)
    me = (await ground.get("account/verify_credentials")).json["id"]
    assert len((await ground.get("friends/ids", user_id=me)).json) == 3


@pytest.mark.anyio
async def test_ids_are_bare_and_an_envelope_when_a_cursor_is_sent(ground: Ground) -> None:
    people = (await ground.get("statuses/friends")).json
    ids = (await ground.get("friends/ids")).json
    assert sorted(ids) == sorted(user["id"] for user in people)
    assert (await ground.get("friends/ids", stringify_ids="true")).json == [str(id) for id in ids]
    first = (await ground.get("friends/ids", cursor=-1, count=2)).json
    second = (await ground.get("friends/ids", cursor=first["next_cursor"], count=2)).json
    assert first["ids"] + second["ids"] == ids
    assert (second["next_cursor"], first["previous_cursor"]) == (0, 0)
    assert first["next_cursor_str"] == str(first["next_cursor"])
    back = (await ground.get("friends/ids", cursor=second["previous_cursor"], count=2)).json
    assert back["ids"] == first["ids"]
    twitter = await ground.request("GET", "/1.1/friends/ids.json")
    assert twitter.json["ids"] == ids


@pytest.mark.anyio
async def test_more_contacts_than_a_backend_page_are_all_there(ground: Ground) -> None:
    for number in range(95):
        ground.world.person(f"friend{number}@far.test")
        ground.world.follow("dave", f"friend{number}@far.test")
    assert len((await ground.get("friends/ids", user="dave")).json) == 95
    assert len((await ground.get("statuses/friends", user="dave")).json) == 95
    assert len((await ground.get("statuses/friends", user="dave", count=10, page=2)).json) == 10


@pytest.mark.anyio
async def test_contacts_are_read_once_and_not_per_item(ground: Ground) -> None:
    for number in range(30):
        ground.world.post(("bob", "carol")[number % 2], str(number))
    await ground.get("statuses/home_timeline")
    assert ground.wire.count("relationships") == 0
    assert (ground.wire.count("following"), ground.wire.count("followers")) == (1, 1)


@pytest.mark.anyio
async def test_contacts_are_at_most_ten_minutes_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with gateway_on(tmp_path) as ground:
        clock = [1000.0]
        monkeypatch.setattr(ground.gateway.contacts, "_clock", lambda: clock[0])
        ground.world.post("bob", "x")
        assert (await ground.get("statuses/home_timeline")).json[0]["user"]["following"] is True
        ground.world.follows.remove(("p:alice", "p:bob"))
        clock[0] += 601
        users = [status["user"] for status in (await ground.get("statuses/public_timeline")).json]
        assert [user["following"] for user in users] == [False]


@pytest.mark.anyio
async def test_a_backend_that_tells_no_contacts_still_gives_timelines(ground: Ground) -> None:
    ground.world.post("bob", "x")
    ground.wire.fail(Unavailable("down"), "following", "followers", times=20)
    assert (await ground.get("statuses/home_timeline", twin=False)).texts == ["x"]
    assert (await ground.get("friends/ids", twin=False)).status == 503


@pytest.mark.anyio
async def test_user_ids_of_another_account_mean_nobody(ground: Ground) -> None:
    """Ids are checked against the session's own space: guessing a neighbour's number finds nothing of theirs."""
    key = "https://other.test"
    numbers = await ground.gateway.store.assign(key, (), ["p:secret"], 20000)
    theirs = numbers.accounts["p:secret"]
    for path in ("users/show", "statuses/user_timeline"):
        reply = await ground.get(path, user_id=theirs)
        assert (reply.status, f"User ID {theirs} not found." == reply.error) == (400, True)


@pytest.mark.anyio
async def test_media_ids_belong_to_the_account_that_uploaded(ground: Ground) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(40)
    stored = (await ground.post("media/upload", files={"media": ("a.png", picture)})).json["media_id"]
    assert (await ground.post("statuses/update", user="bob", status="stolen", media_ids=stored)).status == 400
    reply = await ground.post("statuses/update", status="own", media_ids=f"{stored}")
    assert len(reply.json["attachments"]) == 1


@pytest.mark.anyio
async def test_the_own_favourite_names_the_reader_and_nobody_else(ground: Ground) -> None:
    ground.world.favour("alice", ground.world.post("bob", "liked"))
    found = {}
    for who in ("alice", "carol"):
        (post,) = (await ground.get("statuses/public_timeline", user=who)).json
        found[who] = [user["screen_name"] for user in post["friendica_activities"]["like"]]
    assert found == {"alice": ["alice"], "carol": []}
