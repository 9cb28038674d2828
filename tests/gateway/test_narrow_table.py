"""Every call of the table that takes or gives ids, on a device with narrow ones: nothing wide gets out, in any format.

Ids that go in are narrow; which space a parameter is of stands in the table, so a new row is walked here by itself.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.call_rows import TABLE
from gateway.calls import FORM, Call, Type
from mappings.narrow import SPACES
from mappings.order import LIMIT
from tests.fake_notices import picture
from tests.gateway.narrow_ground import MOST, read, too_wide, use
from tests.gateway_harness import Answer, Ground, gateway_on, village

pytestmark = pytest.mark.anyio

SINCE, LATEST = 1, MOST - 1
GIVEN: dict[str, Any] = {
    "q": "post", "searchstring": "letter", "status": "hello", "text": "hello", "screen_name": "bob", "user": "bob",
    "verb": "like", "tag": "tag", "include_entities": "true", "include_my_retweet": "true", "map": "true",
    "alt_text": "a cat", "since_id": SINCE, "max_id": LATEST,
}  # fmt: skip
"""Values of parameters that are no ids; all others are left out."""
OWN_USER = {"favorites", "statuses/home_timeline"}
"""Calls in which `user` is for nothing, or only my own name is answered."""
NOT_200 = {"notification/view": 302, "display/status": 302}


def with_ids(row: Call) -> bool:
    """It takes ids, or its items have some."""
    return row.handler is not None and row.formats != FORM


_FILLED = re.compile(r"\{\w+\}")

TAKING = [row for row in TABLE if with_ids(row) and any(param.space for param in row.params)]
READS = [row for row in TABLE if with_ids(row) and not row.write]
WRITES = [row for row in TAKING if row.write]


class Bench:
    """A village with one of everything, and the narrow ids of it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.ids: dict[str, int] = {}
        self.list = 0

    async def fill(self, n: int = 0) -> None:
        """New posts, messages, notes and files, and their ids."""
        world, ground = self.ground.world, self.ground
        first = world.post("bob", f"post {n} #tag", media=[world.attach()])
        answer = world.post("alice", f"@bob post {n} answered", reply_to=first)
        world.post("carol", f"@alice post {n} again", reply_to=answer)
        world.boost("bob", answer)
        world.favour("alice", first)
        world.post("bob", f"@alice letter {n}", visibility="direct")
        sent = await ground.request("POST", "media/upload", files={"media": ("a.png", picture(), "image/png")})
        self.ids = {
            "status": await self._own(),
            "message": (await read(ground, "direct_messages", count=1))[0]["id"],
            "note": (await read(ground, "friendica/notifications"))[0]["id"],
            "media": sent.json["media_id"],
        }
        assert self.ids.keys() == SPACES.keys()
        if not self.list:
            world.new_list("alice", "friends", "bob")
            self.list = (await read(ground, "friendica/group_show"))[0]["gid"]

    async def _own(self) -> int:
        id: int = (await read(self.ground, "statuses/user_timeline", count=1, max_id=LATEST))[0]["id"]
        return id

    def params(self, row: Call) -> dict[str, Any]:
        """Everything that is known of the parameters of a row."""
        found: dict[str, Any] = {}
        for param in row.params:
            if param.space and param.name not in {"since_id", "max_id", "conversation_id", "cursor"}:
                found[param.name] = self.ids[param.space]
            elif param.name == "list_id":
                found[param.name] = self.list
            elif param.name in GIVEN and not (param.name in {"screen_name", "user"} and row.path in OWN_USER):
                found[param.name] = GIVEN[param.name]
        return found

    @staticmethod
    def tail(row: Call, params: dict[str, Any]) -> str:
        """What stands in the path, where all of it is known; it leaves `params`."""
        names = row.tail.split("/") if row.tail else []
        known = {**GIVEN, **params} if "id" in names else params
        if not all(name in known for name in names):
            return ""
        return "".join(f"/{params.pop(name, known[name])}" for name in names)

    async def ask(self, row: Call, format: str, **more: Any) -> Answer:
        """One request by the first method of the row."""
        params = {**self.params(row), **more}
        tail = self.tail(row, params)
        path = f"/api/{row.path}{tail}.{format}"
        if "{" in row.path:
            path = "/" + _FILLED.sub("bob", row.path)
        method = "POST" if row.write else "GET"
        given = {"data": params} if method == "POST" else {"params": params}
        return await self.ground.request(method, path, format=format, **given)


async def test_no_call_that_reads_gives_an_id_that_is_too_wide(tmp_path: Path):
    async with gateway_on(tmp_path, world=village()) as ground:
        await use(ground, "dica")
        bench = Bench(ground)
        for n in range(3):
            await bench.fill(n)
        await ground.post("friendica/photo/create", album="a", files={"media": ("a.png", picture(), "image/png")})
        for row in READS:
            for format in ("json", "xml", *(name for name in row.formats if name not in {"json", "xml"})):
                answer = await bench.ask(row, format)
                assert answer.status < 500 or answer.status == 501, (row.path, answer.body)
                assert not too_wide(answer), (row.path, format, too_wide(answer))
                if row in TAKING and not (row.handler or "").startswith("group_calls."):  # there is no such group here
                    assert answer.status == NOT_200.get(row.path, 200), (row.path, answer.body)
        for photo in await read(ground, "friendica/photos/list"):
            for format in ("json", "xml"):
                shown = await ground.request("GET", "friendica/photo", format=format, params={"photo_id": photo["id"]})
                assert not too_wide(shown), shown.body


async def test_no_call_that_writes_takes_or_gives_an_id_that_is_too_wide(tmp_path: Path):
    special = {"media/upload": {"command": "STATUS"}, "direct_messages/destroy": {"friendica_verbose": ""}}
    async with gateway_on(tmp_path, world=village()) as ground:
        await use(ground, "dica")
        bench = Bench(ground)
        for n, (row, format) in enumerate((row, format) for row in WRITES for format in ("json", "xml")):
            await bench.fill(n)
            if row.path in {"direct_messages/mark_read", "media/upload"}:
                continue  # they have tests of their own: test_narrow_messages, below
            answer = await bench.ask(row, format, **special.get(row.path, {}))
            assert answer.status == 200, (row.path, answer.body)
            assert not too_wide(answer), (row.path, format, too_wide(answer))


async def test_a_file_in_parts_has_a_narrow_id_all_along(tmp_path: Path):
    data = picture()
    async with gateway_on(tmp_path) as ground:
        await use(ground, "dica")
        form: dict[str, Any] = {"command": "INIT", "total_bytes": len(data), "media_type": "image/png"}
        begun = await ground.request("POST", "media/upload", data=form)
        id = begun.json["media_id"]
        assert id < MOST
        part = {"command": "APPEND", "media_id": id, "segment_index": 0}
        files = {"media": ("a.png", data, "image/png")}
        assert (await ground.request("POST", "media/upload", data=part, files=files)).status == 200
        for command in ("FINALIZE", "FINALIZE", "STATUS"):
            done = await ground.request("POST", "media/upload", data={"command": command, "media_id": id})
            assert (done.status, done.json["media_id"]) == (200, id)
        event = {
            "type": "message_create",
            "message_create": {
                "target": {"recipient_id": (await read(ground, "users/show", screen_name="bob"))["id"]},
                "message_data": {"text": "see", "attachment": {"type": "media", "media": {"id": id}}},
            },
        }
        sent = await ground.request("POST", "direct_messages/events/new", content=json.dumps({"event": event}))
        assert sent.status == 200, sent.body
        assert int(sent.json["event"]["id"]) < MOST


@pytest.mark.parametrize("call", [row for row in TAKING if not row.write], ids=lambda row: row.path)
async def test_wide_ids_are_ids_of_nothing(shared: Bench, call: Call):
    """What the device could have from another one of the person."""
    wide = {space: await _wide(shared, space) for space in SPACES}
    for param in call.params:
        if param.space and param.type is Type.ID and param.name not in {"since_id", "max_id"}:
            answer = await shared.ask(call, "json", **{param.name: wide[param.space]})
            assert answer.status in {400, 403, 404} or answer.json == [], (call.path, answer.body)


async def _wide(bench: Bench, space: str) -> int:
    gateway = bench.ground.gateway
    (alice,) = [one for one in await gateway.store.accounts() if one.login == "alice"]
    kind = "status" if space == "message" else space
    below, _ = (await gateway.store.widened(alice.id, kind, [bench.ids[space]]))[bench.ids[space]]
    assert below is not None
    assert MOST < below.wide < LIMIT
    return below.wide


@pytest.fixture
async def shared(tmp_path: Path) -> Any:
    async with gateway_on(tmp_path, world=village()) as ground:
        await use(ground, "dica")
        bench = Bench(ground)
        await bench.fill()
        yield bench


async def test_every_space_of_the_table_is_one_and_every_id_of_a_status_is_marked():
    unmarked = {"user_id", "profile_id", "gid", "list_id", "owner_id", "source_id", "target_id", "recipient_id"}
    unmarked |= {"user_id_a", "user_id_b"}
    small = {"saved_searches/show", "saved_searches/destroy", "trends/place", "trends", "friendica/events"}
    for row in TABLE:
        for param in row.params:
            assert param.space in {"", *SPACES}
            if param.type is Type.ID and param.name not in unmarked and row.path not in small:
                assert param.space, (row.path, param.name)
