"""The last post inside a user object, where messages and photos are what is newest."""

from __future__ import annotations

import pytest

from tests.gateway_harness import Ground


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["account/verify_credentials", "users/show"])
async def test_the_own_last_post_is_found_behind_messages_with_one_call_more(ground: Ground, path: str) -> None:
    ground.world.post("alice", "for all")
    assert (await ground.get(path)).json["status"]["text"] == "for all"
    assert ground.wire.count("user") == 1
    for number in range(20):
        ground.world.post("alice", f"@bob message {number}", visibility="direct")
    ground.wire.clear()
    assert (await ground.get(path)).json["status"]["text"] == "for all"
    assert ground.wire.count("user") == 2


@pytest.mark.anyio
async def test_who_only_wrote_messages_has_no_last_post(ground: Ground) -> None:
    for number in range(200):
        ground.world.post("alice", f"@bob message {number}", visibility="direct")
    assert "status" not in (await ground.get("account/verify_credentials")).json
    assert ground.wire.count("user") == 2


@pytest.mark.anyio
async def test_of_others_one_page_is_enough(ground: Ground) -> None:
    ground.world.post("bob", "for all")
    for number in range(20):
        ground.world.post("bob", f"message {number}", visibility="private")
    assert "status" not in (await ground.get("users/show", screen_name="bob")).json
    assert ground.wire.count("user") == 1
