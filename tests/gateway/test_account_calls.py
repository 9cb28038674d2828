"""account/settings, banners, delivery devices, application/rate_limit_status, saved searches."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities, RateState
from adapters.errors import Rejected
from gateway.call_rows import TABLE
from mappings import hub
from tests.gateway import drawn
from tests.gateway_harness import Ground, gateway_on, village

pytestmark = pytest.mark.anyio
FULL = Capabilities(software="fake", label="Fake", statuses_by_id=True, accounts_by_id=True, trends=True,
                    removes_header=True, places=True)  # fmt: skip
BARE = Capabilities(software="fake", label="Fake", statuses_by_id=True, accounts_by_id=True)


async def test_settings_are_what_is_so(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=FULL) as ground:
        found = (await ground.get("account/settings", twin=False)).json
        assert (found["screen_name"], found["protected"], found["language"]) == ("alice", False, "en")
        assert (found["geo_enabled"], found["trend_location"][0]["woeid"]) == (True, 1)
        assert ground.wire.names == ["me", "site"]
        await ground.get("account/settings")


async def test_a_setting_that_is_so_may_be_set_and_no_other(ground: Ground) -> None:
    for given in ({"lang": "EN"}, {"time_zone": "utc"}, {"sleep_time_enabled": "False"}, {}):
        assert (await ground.post("account/settings", **given)).json["trend_location"][0]["woeid"] == 1
    for name, value in {"lang": "de", "time_zone": "Berlin", "sleep_time_enabled": "true", "start_sleep_time": "22",
                        "trend_location_woeid": "23424829"}.items():  # fmt: skip
        for format in ("json", "xml"):
            answer = await ground.post("account/settings", format=format, **{name: value})
            assert answer.status == 403
            assert answer.error.startswith(f"{name} cannot be set here")


async def test_posts_are_sent_to_no_telephone(ground: Ground) -> None:
    assert (await ground.post("account/update_delivery_device", device="none")).json["screen_name"] == "alice"
    refused = await ground.post("account/update_delivery_device", device="sms")
    assert (refused.status, refused.error) == (403, "Nothing is sent to telephones.")


async def test_a_banner_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=FULL) as ground:
        assert (await ground.get("users/profile_banner")).status == 404
        picture = drawn.drawn(200, 100, "PNG")
        for sent in ({"banner": base64.b64encode(picture).decode()}, {"files": {"banner": ("b.png", picture)}}):
            ground.wire.clear()
            answer = await ground.post("account/update_profile_banner", width=50, **sent)
            assert (answer.status, answer.body, "content-type" in answer.headers) == (200, b"", False)
            assert ground.wire.names == ["update_profile"]
        sizes = (await ground.get("users/profile_banner", user="bob", screen_name="alice")).json["sizes"]
        assert (sizes["600x200"]["w"], sizes["mobile"]["h"]) == (600, 160)
        assert sizes["web"]["url"] in ground.world.files
        assert (await ground.post("account/remove_profile_banner")).body == b""
        assert (await ground.get("users/profile_banner", screen_name="alice")).error.startswith("There is no picture")


async def test_pictures_of_nobody_are_no_banners(tmp_path: Path) -> None:
    world = village()
    world.person("frank", header="https://fedi.test/headers/original/missing.png")
    world.person("gail", header="https://fedi.test/assets/default_header.webp")
    async with gateway_on(tmp_path, world=world, photo_bytes=2000, capabilities=BARE) as ground:
        for name in ("frank", "gail"):
            assert (await ground.get("users/profile_banner", screen_name=name)).status == 404
        assert (await ground.get("users/profile_banner", screen_name="nobody")).status == 400
        cases: list[tuple[Any, int, str]] = [
            ("", 400, "banner: the picture."),
            (base64.b64encode(b"words").decode(), 400, "Unable to process image."),
            (base64.b64encode(bytes(3000)).decode(), 413, "The picture is too large: at most 2000 bytes."),
        ]
        for banner, status, text in cases:
            answer = await ground.post("account/update_profile_banner", banner=banner)
            assert (answer.status, answer.error) == (status, text)
        refused = await ground.post("account/remove_profile_banner")
        assert (refused.status, refused.error) == (501, "Fake cannot take the picture at the head of a profile away.")
        ground.wire.fail(Rejected("No."), "update_profile")
        small = base64.b64encode(drawn.drawn(20, 10, "PNG")).decode()
        assert (await ground.post("account/update_profile_banner", banner=small)).status == 400


async def test_every_call_costs_from_the_one_limit(ground: Ground) -> None:
    ground.connections.of("alice").rate = RateState(limit=300, remaining=17, reset=1_800_000_000)
    found = (await ground.get("application/rate_limit_status")).json
    state = {"limit": 300, "remaining": 17, "reset": 1_800_000_000}
    resources = found["resources"]
    assert resources["statuses"]["/statuses/home_timeline"] == state
    assert resources["statuses"]["/statuses/show/:id"] == resources["users"]["/users/show/:id"] == state
    assert found["rate_limit_context"] == {"access_token": "alice"}
    assert not ground.wire.sent
    listed = {path.removesuffix("/:id").lstrip("/") for paths in resources.values() for path in paths}
    assert listed == {path for row in TABLE if row.handler for path in row.paths}
    some = (await ground.get("application/rate_limit_status", resources="help,Users")).json["resources"]
    assert set(some) == {"help", "users"}


async def test_a_server_that_has_said_nothing_of_its_limit_is_asked(ground: Ground) -> None:
    found = (await ground.get("application/rate_limit_status", resources="help", twin=False)).json
    assert ground.wire.names == ["me"]
    assert found["resources"]["help"]["/help/test"]["limit"] == 300


async def test_a_search_is_saved_shown_and_forgotten(ground: Ground) -> None:
    made = (await ground.post("saved_searches/create", query=" #birds ")).json
    assert (made["query"], made["name"], made["id"]) == ("#birds", "#birds", 1)
    assert (await ground.post("saved_searches/create", query="#birds")).json == made
    await ground.post("saved_searches/create", query="owls & <larks>", format="xml")
    listed = (await ground.get("saved_searches/list")).json
    assert [found["query"] for found in listed] == ["#birds", "owls & <larks>"]
    assert (await ground.get("saved_searches")).json == listed
    assert (await ground.get("saved_searches/show/1")).json == made
    assert (await ground.get("saved_searches/show", id=1)).json == made
    assert (await ground.post("saved_searches/destroy/1")).json == made
    assert (await ground.post("saved_searches/create", query="wrens")).json["id"] == 3
    assert (await ground.post("saved_searches/create", query="#birds")).json["id"] == 1
    assert not ground.wire.sent


async def test_saved_searches_are_ones_own_and_few(ground: Ground) -> None:
    await ground.post("saved_searches/create", query="mine")
    assert (await ground.get("saved_searches/list", user="bob")).json == []
    for path in ("saved_searches/show/1", "saved_searches/destroy/1", "saved_searches/show/x", "saved_searches/show"):
        answer = await ground.post(path, user="bob")
        assert (answer.status, answer.error) == (404, "There is no such saved search.")
    for number in range(24):
        await ground.post("saved_searches/create", query=f"word {number}")
    full = await ground.post("saved_searches/create", query="one more")
    assert (full.status, full.json["errors"][0]["code"]) == (403, 172)
    assert (await ground.post("saved_searches/create", query="mine")).status == 200
    for format in ("json", "xml"):
        assert (await ground.post("saved_searches/create", format=format)).error == "query parameter is required."


async def test_saved_searches_go_with_the_account(ground: Ground) -> None:
    await ground.post("saved_searches/create", query="mine")
    (account,) = [one for one in await ground.gateway.store.accounts() if one.login == "alice"]
    kept = await ground.gateway.store.records(account.id, "search")
    assert [msgspec.json.decode(raw)["query"] for raw in kept.values()] == ["mine"]
    await ground.gateway.store.remove_account(account.id)
    assert await ground.gateway.store.records(account.id, "search") == {}


async def test_a_place_goes_into_the_profile(tmp_path: Path) -> None:
    capabilities = msgspec.structs.replace(FULL, profile_fields=True)
    world = village()
    rows = [hub.ProfileField(name=name, value="a.test") for name in ("Site", "Ort")]
    world.person("alice", fields=tuple(rows))
    async with gateway_on(tmp_path, world=world, capabilities=capabilities) as ground:
        moved = await ground.post("account/update_profile", location=" Oslo ", url="https://a.test")
        assert moved.json["location"] == "Oslo"
        assert [(row.name, row.value) for row in ground.world.people["p:alice"].fields] == [
            ("Site", "a.test"), ("Ort", "Oslo"),
        ]  # fmt: skip
        kept = await ground.post("account/update_profile", name="Alice A.")
        assert (kept.json["location"], kept.json["name"]) == ("Oslo", "Alice A.")
        for nowhere in ("", "ActivityPub"):
            await ground.post("account/update_profile", location="Oslo")
            assert (await ground.post("account/update_profile", location=nowhere)).json["location"] == "ActivityPub"
            assert [row.name for row in ground.world.people["p:alice"].fields] == ["Site"]


async def test_a_server_without_such_a_table_leaves_the_place_alone(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=BARE) as ground:
        changed = await ground.post("account/update_profile", location="Oslo", name="New", skip_status="1")
        assert (changed.json["location"], changed.json["name"]) == ("ActivityPub", "New")
        assert ground.wire.count("update_profile") == 1
        assert (await ground.get("account/settings")).json["trend_location"] == []
