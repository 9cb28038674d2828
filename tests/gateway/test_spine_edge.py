"""What every call has in common: logins, mounts, formats, costs, limits (DESIGN sections 3, 6 and 9)."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from lxml import etree

from adapters.backend import RateState
from adapters.errors import RateLimited, TokenGone
from tests import shapes
from tests.gateway_harness import Ground

FEEDS = (
    "statuses/home_timeline", "statuses/user_timeline", "statuses/public_timeline", "statuses/mentions", "favorites",
)  # fmt: skip
FEED_ITEM = {
    "rss": ("item", "title", "link", "description", "guid", "pubDate"),
    "atom": ("entry", "id", "title", "updated", "author"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml", "rss", "atom"])
@pytest.mark.parametrize("credentials", [None, ("alice", "wrong"), ("nobody", "wrong"), ("bob", "*alice*"), ("", "")])
async def test_without_a_right_login_it_is_a_401_with_a_challenge(
    ground: Ground, format: str, credentials: tuple[str, str] | None
) -> None:
    auth = credentials and (credentials[0], credentials[1].replace("*alice*", ground.passwords["alice"]))
    reply = await ground.client.get(f"/api/statuses/home_timeline.{format}", auth=auth)
    assert reply.status_code == 401
    shapes.validate_error(401, format, reply.content, dict(reply.headers))
    assert shapes.error_text(reply.content, format) == "This API requires login"
    assert ground.wire.sent == []


@pytest.mark.anyio
async def test_basic_is_taken_padded_unpadded_and_in_any_case(ground: Ground) -> None:
    pair = base64.b64encode(f"alice:{ground.passwords['alice']}".encode()).decode()
    for header in (f"Basic {pair}", f"basic {pair.rstrip('=')}", f"BASIC  {pair} "):
        reply = await ground.client.get("/api/account/verify_credentials.json", headers={"Authorization": header})
        assert reply.status_code == 200, header


@pytest.mark.anyio
@pytest.mark.parametrize("mount", ["/api", "/api/1", "/api/1.1", "/1", "/1.1", "", "//api", "/api/"])
@pytest.mark.parametrize("extension", [".json", "", "/", ".JSON"])
async def test_every_mount_answers_without_redirect(ground: Ground, mount: str, extension: str) -> None:
    ground.world.post("bob", "a & b < c")
    reply = await ground.request("GET", f"{mount}/statuses/home_timeline{extension}")
    assert reply.status == 200
    escaped = mount in {"/1", "/1.1"}
    assert reply.texts == ["a &amp; b &lt; c" if escaped else "a & b < c"]


@pytest.mark.anyio
async def test_an_unknown_call_is_a_501_and_a_wrong_method_a_405_before_the_login(ground: Ground) -> None:
    for path in ("/api/does/not/exist.json", "/api/statuses/nothing.json", "/1.1/nope.json"):
        reply = await ground.request("GET", path, user=None)
        assert reply.status == 501
        shapes.validate_error(501, "json", reply.body, reply.headers)
    for method, call, allowed in (("GET", "statuses/update", "PUT"), ("PUT", "statuses/destroy", "DELETE")):
        reply = await ground.request(method, call, user=None)
        assert (reply.status, allowed in reply.headers["allow"]) == (405, True)
        shapes.validate_error(405, "json", reply.body, reply.headers)


@pytest.mark.anyio
async def test_head_is_a_get_without_body(ground: Ground) -> None:
    ground.world.post("bob", "x")
    full = await ground.request("GET", "statuses/home_timeline")
    head = await ground.request("HEAD", "statuses/home_timeline")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(full.body))
    assert head.headers["content-type"] == full.headers["content-type"]


@pytest.mark.anyio
async def test_jsonp_wraps_a_success_in_a_safe_name_only(ground: Ground) -> None:
    reply = await ground.request("GET", "help/test", params={"callback": "my.call_$1"})
    assert reply.body == b'my.call_$1("ok")'
    plain = await ground.request("GET", "help/test", params={"callback": "alert(1)//"})
    assert b"alert" not in plain.body
    failed = await ground.request("GET", "statuses/show", params={"callback": "f"})
    assert failed.status == 400
    shapes.validate_error(400, "json", failed.body, failed.headers)
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.anyio
async def test_a_foreign_page_cannot_use_the_login(ground: Ground) -> None:
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = await ground.request("GET", "account/verify_credentials", headers=headers)
        assert reply.status == 403
        posted = await ground.post("statuses/update", status="forged", headers=headers)
        assert posted.status == 403
    own = await ground.request("GET", "account/verify_credentials", headers={"Origin": "https://gateway.test"})
    assert own.status == 200
    assert ground.world.posts == {}


@pytest.mark.anyio
@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("format", ["rss", "atom"])
async def test_feeds_are_well_formed_with_an_entry_a_status(ground: Ground, path: str, format: str) -> None:
    for number in range(3):
        native = ground.world.post("alice", f"{number} <b> & \x08 @alice 🦜", title="Ti<tle" * (number == 1))
        ground.world.mentions.append(("p:alice", native))
        ground.world.favour("alice", native)
    reply = await ground.get(path, format=format)
    assert reply.headers["content-type"].startswith(shapes.TYPES[format])
    root = etree.fromstring(reply.body)
    names = [etree.QName(node).localname for node in root.iter() if isinstance(node.tag, str)]
    assert names.count(FEED_ITEM[format][0]) == 3
    assert [name for name in FEED_ITEM[format] if names.count(name) < 3] == []


@pytest.mark.anyio
async def test_upstream_calls_of_each_call_when_warm(ground: Ground) -> None:
    posts = [ground.world.post("bob", f"{number} @alice") for number in range(25)]
    ground.world.favour("alice", *posts[:5])
    newest = (await ground.know(*posts))[-1]
    costs: dict[str, tuple[dict[str, Any], list[str]]] = {
        "statuses/home_timeline": ({}, ["home"]),
        "statuses/public_timeline": ({}, ["public"]),
        "statuses/user_timeline": ({"screen_name": "bob"}, ["user"]),
        "statuses/mentions": ({}, ["mentions"]),
        "favorites": ({}, ["favourites"]),
        "statuses/show": ({"id": newest}, ["status", "activities"]),
        "conversation/show": ({"id": newest}, ["thread"]),
        "account/verify_credentials": ({}, ["me", "user"]),
        "statuses/friends": ({}, []),
        "followers/ids": ({}, []),
        "users/search": ({"q": "bob"}, ["search_accounts"]),
        "help/test": ({}, []),
    }
    for path, (params, expected) in costs.items():
        await ground.get(path, twin=False, **params)
        ground.wire.clear()
        await ground.get(path, twin=False, **params)
        assert sorted(ground.wire.names) == sorted(expected), path


@pytest.mark.anyio
async def test_store_trips_known_ids_cost_none_and_new_ones_one(ground: Ground) -> None:
    for number in range(20):
        ground.world.post("bob", str(number))
    await ground.get("statuses/home_timeline", twin=False)
    ground.store.trips.clear()
    await ground.get("statuses/home_timeline", twin=False)
    assert ground.store.trips == []
    for number in range(20):
        ground.world.post("carol", f"answer {number}", reply_to=list(ground.world.posts)[number])
    await ground.get("statuses/home_timeline", twin=False)
    assert ground.store.trips == ["assign"]


@pytest.mark.anyio
async def test_equal_reads_at_the_same_time_are_one_upstream_call(ground: Ground) -> None:
    ground.world.post("bob", "x")
    await ground.get("statuses/home_timeline", count=1, twin=False)
    ground.wire.clear()
    gate = ground.wire.hold("home")
    reads = [asyncio.ensure_future(ground.get("statuses/home_timeline", count=1, twin=False)) for _ in range(3)]
    await gate.reached.wait()
    other = await ground.get("statuses/home_timeline", user="bob", count=1, twin=False)
    gate.go.set()
    assert {reply.body for reply in await asyncio.gather(*reads)} == {reads[0].result().body}
    assert other.body != reads[0].result().body
    assert [sent.viewer for sent in ground.wire.sent if sent.name == "home"] == ["p:alice", "p:bob"]


@pytest.mark.anyio
async def test_an_own_post_is_seen_by_the_next_read_whatever_is_under_way(ground: Ground) -> None:
    await ground.get("statuses/home_timeline", twin=False)
    gate = ground.wire.hold("home")
    slow = asyncio.ensure_future(ground.get("statuses/home_timeline", twin=False))
    await gate.reached.wait()
    posted = await ground.post("statuses/update", status="just now")
    assert (await ground.get("statuses/home_timeline", twin=False)).ids == [posted.json["id"]]
    gate.go.set()
    assert (await slow).status == 200


@pytest.mark.anyio
async def test_pages_cost_one_upstream_call_each(ground: Ground) -> None:
    for number in range(60):
        ground.world.post("bob", str(number))
    await ground.get("statuses/home_timeline", twin=False)
    for page in (2, 3):
        ground.wire.clear()
        await ground.get("statuses/home_timeline", page=page, twin=False)
        assert ground.wire.names == ["home"], page


@pytest.mark.anyio
async def test_rate_limit_status_shows_the_true_remainder(ground: Ground) -> None:
    ground.connections.of("alice").rate = RateState(limit=300, remaining=7, reset=1_900_000_000)
    reply = (await ground.get("account/rate_limit_status")).json
    assert (reply["hourly_limit"], reply["remaining_hits"]) == ("300", "7")
    assert reply["reset_time_in_seconds"] == 1_900_000_000
    ground.wire.fail(RateLimited("slow down", 77), "home")
    limited = await ground.get("statuses/home_timeline")
    assert (limited.status, limited.headers["retry-after"]) == (429, "77")


@pytest.mark.anyio
async def test_a_token_that_is_gone_asks_to_link_again(ground: Ground) -> None:
    ground.wire.fail(TokenGone("401"), "home")
    for _ in range(2):
        reply = await ground.get("statuses/home_timeline", twin=False)
        assert (reply.status, "Link your account again" in reply.error) == (403, True)
    assert (await ground.get("statuses/home_timeline", user="bob")).status == 200
    ground.passwords["alice"] = await ground.login("alice")
    assert (await ground.get("statuses/home_timeline")).status == 200


@pytest.mark.anyio
async def test_a_read_only_login_reads_and_writes_nothing(ground: Ground) -> None:
    ground.passwords["alice"] = await ground.login("alice", read_only=True)
    (id,) = await ground.know(ground.world.post("alice", "mine"))
    assert (await ground.get("statuses/home_timeline")).status == 200
    ground.wire.clear()
    writes: tuple[tuple[str, dict[str, Any]], ...] = (
        ("statuses/update", {"status": "no"}),
        ("statuses/destroy", {"id": id}),
        ("statuses/retweet", {"id": id}),
        ("favorites/create", {"id": id}),
        ("favorites/destroy", {"id": id}),
        ("media/upload", {"media": "x"}),
    )
    for path, form in writes:
        assert (await ground.post(path, **form)).status == 403, path
    assert ground.wire.sent == []


@pytest.mark.anyio
async def test_small_calls_answer_without_a_login(ground: Ground) -> None:
    for path in ("help/test", "statusnet/version", "gnusocial/version", "statusnet/config", "gnusocial/config"):
        assert (await ground.get(path, user=None)).status == 200, path
    site = (await ground.get("statusnet/config")).json["site"]
    assert (site["textlimit"], site["name"]) == ("500", "Fake")
    for path in ("users/show", "users/search", "externalprofile/show"):
        named: dict[str, Any] = {"q": "bob", "screen_name": "bob", "profileurl": "https://fedi.test/@bob"}
        assert (await ground.get(path, user=None, **named)).status == 401


@pytest.mark.anyio
async def test_parameters_are_read_from_query_and_body_alike_body_first(ground: Ground) -> None:
    for number in range(5):
        ground.world.post("bob", str(number))
    reply = await ground.request("POST", "statuses/home_timeline", params={"count": "1"}, data={"count": "3"})
    assert len(reply.json) == 3
    posted = await ground.request("POST", "statuses/update", params={"status": "From query"})
    assert posted.json["text"] == "From query"
