"""The same spine on either store, after a restart, and while the store is away (DESIGN section 7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.paths import ONE_FORM
from tests import shapes
from tests.faults.calls import CALLS, WITHOUT_ANYTHING, good, send
from tests.gateway_harness import Ground, gateway_on


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings of each kind of store."""
    return {} if request.param == "sqlite" else {"store": request.getfixturevalue("redis_url")}


@pytest.mark.anyio
async def test_one_story_on_either_store(tmp_path: Path, place: dict[str, Any]) -> None:
    async with gateway_on(tmp_path, **place) as ground:
        old = ground.world.post("bob", "old")
        for number in range(25):
            ground.world.post("carol", str(number))
        ids = (await ground.get("statuses/home_timeline")).ids
        assert (await ground.get("statuses/home_timeline", page=2)).texts == [*map(str, range(4, -1, -1)), "old"]
        assert (await ground.get("statuses/home_timeline", since_id=ids[5], max_id=ids[2] - 1)).ids == ids[3:5]
        (id,) = await ground.know(old)
        await ground.post("favorites/create", id=id)
        assert (await ground.get("favorites")).ids == [id]
        posts = [await ground.post("statuses/update", status="@bob yes", in_reply_to_status_id=id) for _ in range(2)]
        assert posts[0].body == posts[1].body
        assert (await ground.get("conversation/show", id=id)).ids == [posts[0].json["id"]]
        assert (await ground.get("statuses/mentions", user="bob")).ids == [posts[0].json["id"]]
        boost = await ground.post("statuses/retweet", id=id)
        assert (await ground.post("statuses/destroy", id=boost.json["id"])).status == 200


@pytest.mark.anyio
async def test_ids_and_logins_survive_a_restart(tmp_path: Path, place: dict[str, Any]) -> None:
    async with gateway_on(tmp_path, **place) as ground:
        world = ground.world
        root = world.post("bob", "root")
        world.post("carol", "answer", reply_to=root)
        before = (await ground.get("statuses/home_timeline")).body
        password = ground.passwords["alice"]
    async with gateway_on(tmp_path, world=world, people=(), **place) as ground:
        ground.passwords["alice"] = password
        assert (await ground.get("statuses/home_timeline")).body == before


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_without_a_store_reads_of_known_things_work_and_the_rest_is_a_503(ground: Ground, format: str) -> None:
    for number in range(5):
        ground.world.post("bob", f"{number}")
    signed = ("oauth/request_token", "oauth/access_token")  # without a signature they are wrong in any case
    requests = {call: await good(ground, call) for call in CALLS if call.path not in signed}
    assert len((await ground.get("statuses/home_timeline")).json) >= 5
    ground.store.away = True
    known = await ground.request("GET", "statuses/home_timeline", format=format)
    assert known.status == 200
    posts = ground.wire.count("post")
    for call, request in sorted(requests.items(), key=lambda one: one[0].write):  # while there still is what is read
        answer = await send(ground, call, request, format)
        assert answer.status in {200, 302, 503}, (call.path, answer.body)
        if answer.status == 503:
            told = call.formats[0] if call.formats in ONE_FORM else format
            shapes.validate_error(503, told, answer.body, answer.headers)
            assert answer.headers["retry-after"]
        assert answer.status < 400 or call.path not in WITHOUT_ANYTHING, call.path
    ground.world.post("bob", "never seen")
    assert (await ground.request("GET", "statuses/home_timeline", format=format)).status == 503
    update = await ground.request("POST", "statuses/update", data={"status": "half"})
    assert (update.status, ground.wire.count("post")) == (503, posts), "nothing was posted all the while"
