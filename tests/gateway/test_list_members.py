"""lists/* in Twitter's words: which list, who is on it, who may be put there."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.errors import Slow
from tests.gateway.test_groups import group
from tests.gateway_harness import Answer, Ground
from tests.shapes_statuses import twitters

pytestmark = pytest.mark.anyio


async def number(ground: Ground, name: str) -> int:
    """The id of a person."""
    found: int = (await ground.get("users/show", screen_name=name)).json["id"]
    ground.wire.clear()
    return found


def names(reply: Answer) -> list[str]:
    return [user["screen_name"] for user in reply.json["users"]]


async def test_a_list_with_the_number_of_its_members(ground: Ground) -> None:
    await group(ground, "Old Crew", "bob", "carol")
    ground.wire.clear()
    shown = (await ground.get("lists/show", list_id=1, twin=False)).json
    assert sorted(ground.wire.names) == ["group_members", "groups", "me"]
    assert (shown["name"], shown["slug"], shown["member_count"]) == ("Old Crew", "old-crew", 2)
    assert (shown["full_name"], shown["uri"]) == ("@alice/old-crew", "/alice/lists/old-crew")
    ways: list[dict[str, Any]] = [
        {"slug": "old-crew"}, {"slug": "Old Crew", "owner_screen_name": "alice"},
        {"slug": "OLD-CREW", "owner_id": await number(ground, "alice")},
    ]  # fmt: skip
    for named in ways:
        assert (await ground.get("lists/show", **named)).json["id"] == 1
    assert (await ground.get("lists/statuses", slug="old-crew")).json == []
    assert (await ground.post("lists/update", slug="old-crew", name="New")).json["name"] == "New"
    assert (await ground.post("lists/destroy", slug="new", owner_screen_name="alice")).json["name"] == "New"


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_which_list_is_meant_must_be_said(ground: Ground, format: str) -> None:
    await group(ground, "Crew", "bob")
    for path in ("lists/show", "lists/members", "lists/subscribers"):
        for given, status, code in (
            ({}, 400, 112),
            ({"list_id": 9}, 404, 34),
            ({"list_id": "nine"}, 404, 34),
            ({"slug": "other"}, 404, 34),
            ({"slug": "crew", "owner_screen_name": "bob"}, 404, 34),
        ):
            answer = await ground.post(path, format=format, **given)
            assert answer.status == status, (path, given)
            if format == "json":
                assert answer.json["errors"][0]["code"] == code
        assert (await ground.post(path, format=format, user="bob", list_id=1)).status == 404


async def test_members_by_name_and_page(ground: Ground) -> None:
    await group(ground, "Crew", "carol", "bob")
    ground.wire.clear()
    whole = await ground.get("lists/members", list_id=1, twin=False)
    assert names(whole) == ["bob", "carol"]
    assert (whole.json["next_cursor"], sorted(ground.wire.names)) == (0, ["group_members", "groups"])
    first = await ground.get("lists/members", list_id=1, count=1, cursor=-1)
    second = await ground.get("lists/members", list_id=1, count=1, cursor=first.json["next_cursor"])
    assert (names(first), names(second), second.json["next_cursor"]) == (["bob"], ["carol"], 0)
    assert (first.json["total_count"], second.json["total_count"]) == (2, 2)
    assert (await ground.get("lists/members/show", list_id=1, screen_name="bob")).json["screen_name"] == "bob"
    for person in ({"screen_name": "alice"}, {"user_id": await number(ground, "dave")}):
        answer = await ground.get("lists/members/show", list_id=1, twin=False, **{n: str(v) for n, v in person.items()})
        assert (answer.status, answer.json["errors"][0]["code"]) == (404, 109)
    assert (await ground.get("lists/members/show", list_id=1)).status == 400


async def test_people_come_and_go(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    added = await ground.post("lists/members/create", list_id=1, screen_name="carol")
    assert (added.json["member_count"], added.json["name"]) == (2, "Crew")
    assert (await ground.post("lists/members/create", list_id=1, screen_name="carol")).json["member_count"] == 2
    ids = f"{await number(ground, 'bob')},{await number(ground, 'carol')}"
    gone = await ground.post("lists/members/destroy_all", slug="crew", user_id=ids, format="xml")
    assert b"<member_count>0</member_count>" in gone.body
    both = await ground.post("lists/members/create_all", list_id=1, screen_name="bob,dora@far.test", user_id=ids)
    assert both.json["member_count"] == 3
    assert (await ground.post("lists/members/destroy", list_id=1, screen_name="bob")).json["member_count"] == 2
    assert (await ground.post("lists/members/destroy", list_id=1, screen_name="bob")).json["member_count"] == 2
    assert names(await ground.get("lists/members", list_id=1)) == ["carol", "dora"]


async def test_only_people_who_are_followed_are_put_on_a_list(ground: Ground) -> None:
    await group(ground, "Crew")
    for format in ("json", "xml"):
        refused = await ground.post("lists/members/create", format=format, list_id=1, screen_name="dave")
        assert (refused.status, refused.error) == (403, "Only people who are followed can be on a list.")
    some = await ground.post("lists/members/create_all", list_id=1, screen_name="bob,dave,carol")
    assert (some.status, some.json["errors"][0]["code"]) == (403, 104)
    assert some.error.endswith("2 of 3 are on it now.")
    assert names(await ground.get("lists/members", list_id=1)) == ["bob", "carol"]


async def test_nothing_is_changed_when_somebody_is_unknown(ground: Ground) -> None:
    await group(ground, "Crew")
    for given in ({"screen_name": "bob,nobody"}, {"user_id": "99999", "screen_name": "bob"}, {"user_id": "x"}, {},
                  {"screen_name": ",".join(f"p{n}" for n in range(101))}):  # fmt: skip
        assert (await ground.post("lists/members/create_all", list_id=1, **given)).status == 400
    assert names(await ground.get("lists/members", list_id=1)) == []
    for call in ("create", "destroy"):
        assert (await ground.post(f"lists/members/{call}", list_id=1)).status == 400
    ground.wire.fail(Slow("late"), "add_to_group")
    assert (await ground.post("lists/members/create", list_id=1, screen_name="bob")).status == 504


async def test_lists_that_somebody_is_on(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    await group(ground, "Band", "bob", "carol")
    await group(ground, "Team", "carol")
    ground.wire.clear()
    found = await ground.get("lists/memberships", screen_name="bob", twin=False)
    assert [one["name"] for one in found.json["lists"]] == ["Crew", "Band"]
    assert sorted(ground.wire.names) == ["groups", "groups_of", "me"]
    page = (await ground.get("lists/memberships", screen_name="bob", count=1)).json
    assert ([one["name"] for one in page["lists"]], page["next_cursor"], page["total_count"]) == (["Crew"], 2, 2)
    assert (await ground.get("lists/memberships")).json["lists"] == []
    assert (await ground.get("lists/memberships", user="bob", screen_name="carol")).json["lists"] == []


async def test_nobody_else_follows_a_private_list(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    assert names(await ground.get("lists/subscribers", list_id=1)) == ["alice"]
    assert (await ground.get("lists/subscribers/show", list_id=1, screen_name="alice")).json["screen_name"] == "alice"
    assert (await ground.get("lists/subscribers/show", list_id=1, screen_name="bob")).status == 404


async def test_lists_on_the_mounts_of_twitter(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    await group(ground, "日本語", "carol")
    with twitters():
        listed = await ground.get("/1.1/lists/list.json")
        assert [one["slug"] for one in listed.json] == ["crew", "日本語"]
        assert (await ground.get("/1.1/lists/list.json", screen_name="bob")).json == []
        owned = (await ground.get("/1.1/lists/ownerships.json", count=1)).json
        assert ([one["name"] for one in owned["lists"]], owned["next_cursor"], owned["total_count"]) == (["Crew"], 2, 2)
        assert (await ground.get("/1.1/lists/ownerships.json", screen_name="bob")).json["lists"] == []
        assert (await ground.get("/1.1/lists/subscriptions.json")).json["next_cursor"] == 0
        assert (await ground.get("/1.1/lists/show.json", slug="日本語")).json["member_count"] == 1


async def test_a_name_of_signs_has_its_number_for_a_slug(ground: Ground) -> None:
    await group(ground, "!!!", "bob")
    assert (await ground.get("lists/show", list_id=1)).json["slug"] == "1"
    assert (await ground.get("lists/show", slug="1")).json["name"] == "!!!"
