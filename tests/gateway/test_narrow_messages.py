"""Messages and notifications on devices with narrow ids: 16 bits of a message, 31 of a note."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from gateway.narrow import MESSAGE
from mappings.narrow import SHORT_START, SPACES, Space
from mappings.order import position
from tests.fake_notices import START
from tests.fake_world import World
from tests.gateway.narrow_ground import all_pages, read, too_wide, use
from tests.gateway_harness import gateway_on, village

pytestmark = pytest.mark.anyio

SHORT = ["friendica-mobile", "friendica-mobile-1"]


def letters(number: int) -> World:
    world = village()
    for n in range(number):
        world.post("bob", f"@alice letter {n}", visibility="direct", at=START + 10**7 + n * 700)
    return world


@pytest.mark.parametrize("preset", SHORT)
async def test_message_ids_are_short_grow_with_time_and_reach_their_message(tmp_path: Path, preset: str):
    world = letters(12)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, preset)
        newest = await read(ground, "direct_messages", count=3)
        assert [int(one["id"]) for one in newest] == [SHORT_START + 2, SHORT_START + 1, SHORT_START]
        found = await all_pages(ground, "direct_messages/all", 5)
        ids = [int(one["id"]) for one in found]
        assert ids == sorted(set(ids), reverse=True)
        assert len(ids) == 12
        assert max(ids) < 2**15
        assert [isinstance(one["id"], str) for one in found] == [preset.endswith("1")] * 12
        world.post("bob", "@alice one more", visibility="direct")
        (new,) = await read(ground, "direct_messages", since_id=ids[0])
        assert int(new["id"]) == ids[0] + 1
        seen = await ground.get("friendica/direct_messages_setseen", id=ids[3], twin=False)
        assert seen.json == {"result": "ok", "message": "message set to seen"}
        marked = [one for one in await read(ground, "direct_messages") if str(one["friendica_seen"]) == "1"]
        assert [int(one["id"]) for one in marked] == [ids[3]]
        shown = await read(ground, f"direct_messages/show/{ids[4]}")
        assert shown["text"] == found[4]["text"]
        await ground.request("DELETE", "direct_messages/destroy", params={"id": ids[5]})
        assert ids[5] not in [int(one["id"]) for one in await read(ground, "direct_messages/all")]


async def test_an_answer_by_a_short_id_goes_to_the_same_conversation(tmp_path: Path):
    world = letters(3)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "friendica-mobile")
        first = (await ground.get("direct_messages")).json[-1]
        sent = (await ground.post("direct_messages/new", text="yes", screen_name="bob", replyto=first["id"])).json
        assert sent["friendica_parent_uri"] == first["friendica_parent_uri"]
        assert SHORT_START < sent["id"] < 2**15


async def test_events_have_short_ids_and_cursors(tmp_path: Path):
    async with gateway_on(tmp_path, world=letters(7)) as ground:
        await use(ground, "friendica-mobile")
        ids: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await ground.get("direct_messages/events/list", count=3, **cursor)).json
            ids += [int(event["id"]) for event in page["events"]]
            if "next_cursor" not in page:
                break
            assert int(page["next_cursor"]) < 2**15
            cursor = {"cursor": page["next_cursor"]}
        assert len(ids) == 7
        assert ids == sorted(set(ids), reverse=True)
        assert (await ground.get("direct_messages/events/show", id=ids[2])).json["event"]["id"] == str(ids[2])
        bob = (await ground.get("users/show", screen_name="bob")).json["id"]
        await ground.post("direct_messages/mark_read", last_read_event_id=ids[3], recipient_id=bob)
        unseen = [int(one["id"]) for one in (await ground.get("direct_messages")).json if not one["friendica_seen"]]
        assert unseen == ids[:3]


async def test_messages_of_devices_with_31_bits_have_the_ids_of_statuses(tmp_path: Path):
    async with gateway_on(tmp_path, world=letters(5)) as ground:
        await use(ground, "dica")
        found = await all_pages(ground, "direct_messages", 2)
        ids = [one["id"] for one in found]
        assert len(ids) == 5
        assert 2**15 < min(ids) < max(ids) < 2**31
        assert (await ground.get("direct_messages/show", id=ids[2])).json["id"] == ids[2]


async def test_when_all_short_numbers_are_given_messages_are_read_without_one(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(SPACES, "message", Space(300, 100))
    async with gateway_on(tmp_path, world=letters(3)) as ground:
        await use(ground, "friendica-mobile")
        (known,) = (await ground.get("direct_messages", count=1)).json
        (alice,) = [one for one in await ground.gateway.store.accounts() if one.login == "alice"]
        others = [position(START + 10**10 + n) for n in range(300)]
        await ground.gateway.store.narrow(alice.id, MESSAGE, others)
        ground.gateway.clear()
        found = await read(ground, "direct_messages")
        assert [one["id"] for one in found] == [known["id"], 0, 0]
        assert {one["text"].rpartition(" ")[2] for one in found} == {"0", "1", "2"}
        assert (await ground.get("direct_messages/show", id=0)).status == 400
        sent = await ground.request("POST", "direct_messages/new", data={"text": "hello", "screen_name": "bob"})
        assert (sent.status, sent.json["id"]) == (200, 0)


async def test_notes_and_what_they_lead_to_are_narrow(tmp_path: Path):
    world = village()
    first = world.post("alice", "first")
    for n in range(4):
        world.post("bob", f"@alice answer {n}", reply_to=first)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        notes = (await ground.get("friendica/notifications")).json
        assert len(notes) == 4
        ids = [note["id"] for note in notes]
        assert ids == sorted(set(ids), reverse=True)
        assert max(ids) < 2**31
        posts = {post["id"]: post for post in (await ground.get("statuses/home_timeline")).json}
        for note in notes:
            assert posts[note["iid"]]["in_reply_to_status_id"] == note["parent"]
        for answer in (await ground.get("ping", format="xml", twin=False), await ground.get("ping", twin=False)):
            assert not too_wide(answer)
            assert f"notification/view/{ids[0]}".encode() in answer.body
        led = await ground.request("GET", f"/notification/view/{ids[0]}")
        assert urlsplit(led.headers["location"]).path == f"/display/status/{notes[0]['iid']}"
        page = await ground.request("GET", urlsplit(led.headers["location"]).path)
        assert page.status == 302
        assert page.headers["location"].startswith(world.base_url)
        (marked,) = msgspec.json.decode((await ground.post("friendica/notifications/seen", id=ids[1])).body)
        assert marked["id"] == notes[1]["iid"]
        assert [note["id"] for note in (await ground.get("friendica/notifications")).json if note["seen"]]
