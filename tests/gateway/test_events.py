"""direct_messages/show, events/list, events/show, events/new, events/destroy, mark_read."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from adapters.errors import OutcomeUnknown
from gateway.stores.store import StatusRecord
from tests import shapes
from tests.fake_notices import picture
from tests.gateway_harness import Answer, Ground

pytestmark = pytest.mark.anyio
NEW = "direct_messages/events/new"


def document(recipient: int | str, text: str, **data: Any) -> dict[str, Any]:
    """The body as tweepy and python-twitter send it."""
    create = {"target": {"recipient_id": recipient}, "message_data": {"text": text, **data}}
    return {"event": {"type": "message_create", "message_create": create}}


async def send(ground: Ground, body: Any, mount: str = "/1.1") -> Answer:
    """A checked event, JSON in the body."""
    answer = await ground.request("POST", f"{mount}/{NEW}.json", json=body)
    if answer.status == 200:
        shapes.validate(NEW, "json", answer.body)
    else:
        shapes.validate_error(answer.status, "json", answer.body, answer.headers)
    return answer


async def number(ground: Ground, name: str) -> int:
    """A person's integer."""
    id: int = (await ground.get("users/show", screen_name=name)).json["id"]
    return id


async def test_events_are_the_messages_in_another_form(ground: Ground) -> None:
    world = ground.world
    world.post("bob", "@alice one & two", visibility="direct", at=1_700_000_123_456)
    world.post("alice", "@bob three", visibility="direct")
    world.post("bob", "no message")
    plain = (await ground.get("direct_messages/all")).json
    events = (await ground.get("direct_messages/events/list")).json["events"]
    assert [int(one["id"]) for one in events] == [one["id"] for one in plain]
    assert [one["message_create"]["message_data"]["text"] for one in events] == ["three", "one & two"]
    first = events[1]
    assert first["created_timestamp"] == "1700000123456"
    assert first["message_create"]["sender_id"] == str(plain[1]["sender_id"])
    assert first["message_create"]["target"]["recipient_id"] == str(plain[1]["recipient_id"])
    escaped = await ground.request("GET", "/1.1/direct_messages/events/list.json")
    assert b"one &amp; two" in escaped.body


async def test_the_list_goes_on_by_cursor_until_there_is_none(ground: Ground) -> None:
    for index in range(7):
        ground.world.post("bob", f"@alice {index}", visibility="direct")
    texts, cursor = [], "-1"
    for _ in range(3):
        page = (await ground.get("direct_messages/events/list", count=3, cursor=cursor)).json
        texts += [one["message_create"]["message_data"]["text"] for one in page["events"]]
        cursor = page.get("next_cursor", "")
    assert texts == ["6", "5", "4", "3", "2", "1", "0"]
    assert cursor == ""
    for odd in ("0", "x", "9" * 30):
        assert len((await ground.get("direct_messages/events/list", cursor=odd)).json["events"]) == 7


async def test_a_picture_is_the_attachment_and_a_warning_heads_the_text(ground: Ground) -> None:
    world = ground.world
    media = [world.attach("cat.png", description="a cat")]
    native = world.post("bob", "@alice look", visibility="direct", media=media, title="Cats")
    (id,) = await ground.know(native)
    await ground.get("direct_messages")
    event = (await ground.get("direct_messages/events/show", id=id)).json["event"]
    data = event["message_create"]["message_data"]
    assert data["text"].startswith("Cats\n\nlook")
    assert data["attachment"]["media"]["ext_alt_text"] == "a cat"
    start, end = data["attachment"]["media"]["indices"]
    assert data["text"][start:end] == data["attachment"]["media"]["url"]


async def test_one_message_in_both_forms(ground: Ground) -> None:
    world = ground.world
    native, public = world.post("bob", "@alice hello", visibility="direct"), world.post("bob", "@alice public")
    id, other = await ground.know(native, public)
    await ground.get("direct_messages")
    shown = (await ground.get("direct_messages/show", id=id)).json
    assert (shown["id"], shown["sender_screen_name"], shown["recipient_screen_name"]) == (id, "bob", "alice")
    assert (await ground.get(f"direct_messages/show/{id}")).json == shown
    assert (await ground.get("direct_messages/events/show", id=id)).json["event"]["id"] == str(id)
    for missing in (other, 77):
        assert (await ground.get("direct_messages/show", id=missing)).status == 400
        assert (await ground.get("direct_messages/events/show", id=missing)).status == 404
    assert (await ground.get("direct_messages/events/show")).status == 400
    assert (await ground.get("direct_messages/show")).status == 400


async def test_an_event_sends_to_one_person_only(ground: Ground) -> None:
    bob = await number(ground, "bob")
    event = (await send(ground, document(bob, "hello, @carol is not meant"))).json["event"]
    assert event["message_create"]["target"]["recipient_id"] == str(bob)
    assert event["message_create"]["message_data"]["text"].replace("\u200b", "") == "hello, @carol is not meant"
    (post,) = ground.world.posts.values()
    assert (post.visibility, post.to) == ("direct", ["p:bob"])
    assert [one["id"] for one in (await ground.get("direct_messages/sent")).json] == [int(event["id"])]
    text = (await send(ground, document(str(bob), "as text"), "/api")).json["event"]
    assert text["message_create"]["message_data"]["text"] == "as text"
    field = await ground.post(NEW, event=msgspec.json.encode(document(bob, "as a field")["event"]).decode())
    assert field.json["event"]["message_create"]["message_data"]["text"] == "as a field"


async def test_an_event_is_sent_once(ground: Ground) -> None:
    bob = await number(ground, "bob")
    first = (await send(ground, document(bob, "once"))).json
    again = document(bob, "once")
    again["event"] = dict(reversed(again["event"].items()))
    assert (await send(ground, again)).json == first
    assert len(ground.world.posts) == 1
    ground.world.now, ground.world.step = int(time.time() * 1000) - 1000, 1
    ground.wire.fail(OutcomeUnknown("?"), "post", after=True)
    lost = (await send(ground, document(bob, "its answer is lost"))).json["event"]
    assert len(ground.world.posts) == 2
    assert lost["message_create"]["message_data"]["text"] == "its answer is lost"


async def test_an_event_carries_an_uploaded_picture(ground: Ground) -> None:
    bob = await number(ground, "bob")
    media = (await ground.post("media/upload", files={"media": ("cat.png", picture(), "image/png")})).json
    attachment = {"type": "media", "media": {"id": media["media_id_string"]}}
    for text in ("look", ""):
        event = (await send(ground, document(bob, text, attachment=attachment))).json["event"]
        assert "attachment" in event["message_create"]["message_data"]
    assert all(post.media and post.visibility == "direct" for post in ground.world.posts.values())
    assert len((await ground.get("direct_messages/events/list")).json["events"]) == 2
    unknown = {"type": "media", "media": {"id": 5}}
    assert (await send(ground, document(bob, "look", attachment=unknown))).status == 400


@pytest.mark.parametrize(
    "body",
    [
        {}, {"event": {}}, {"event": "x"}, {"event": {"type": "message_create"}}, {"event": [1]},
        {"event": {"type": "typing", "message_create": document(1, "x")["event"]["message_create"]}},
        document(1, ""), document(1, "  "), document("", "nobody"), document(0, "nobody"), document("x", "nobody"),
        document(1, "x", attachment={"type": "location", "location": {}}),
        document(1, "x", attachment={"type": "media"}),
        document(1, "x", quick_reply={"type": "options", "options": [{"label": "a"}]}), document(1, "x", ctas=[{}]),
        document(2**70, "x"), {"event": {"type": "message_create", "message_create": None}},
    ],
)  # fmt: skip
async def test_what_is_no_event_is_refused_and_nothing_sent(ground: Ground, body: Any) -> None:
    assert (await send(ground, body)).status in {400, 404}
    assert ground.world.posts == {}


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"event":{"type":"message_create","message_create":"\\ud800"}}'])
async def test_bodies_that_are_none(ground: Ground, raw: bytes) -> None:
    answer = await ground.request("POST", f"/1.1/{NEW}.json", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert ground.world.posts == {}


async def test_an_event_is_deleted_or_hidden_with_an_empty_200(ground: Ground) -> None:
    world = ground.world
    mine = world.post("alice", "@bob mine", visibility="direct")
    theirs = world.post("bob", "@alice theirs", visibility="direct")
    ids = await ground.know(mine, theirs)
    await ground.get("direct_messages/all")
    for id in ids:
        answer = await ground.request("DELETE", "/1.1/direct_messages/events/destroy.json", params={"id": id})
        assert (answer.status, answer.body) == (200, b"")
        assert "content-type" not in answer.headers
    assert mine not in world.posts
    assert theirs in world.posts
    assert (await ground.get("direct_messages/events/list")).json["events"] == []
    gone = await ground.request("DELETE", "/1.1/direct_messages/events/destroy.json", params={"id": ids[1]})
    assert gone.status == 404
    assert (await ground.request("GET", "/1.1/direct_messages/events/destroy.json")).status == 405


async def test_reading_marks_the_messages_of_one_person(ground: Ground) -> None:
    world = ground.world
    natives = [world.post("bob", f"@alice {index}", visibility="direct") for index in range(3)]
    other = world.post("carol", "@alice hello", visibility="direct")
    ids, bob = await ground.know(*natives, other), await number(ground, "bob")
    await ground.get("direct_messages")
    answer = await ground.request(
        "POST", "/1.1/direct_messages/mark_read.json", params={"last_read_event_id": ids[1], "recipient_id": bob}
    )
    assert (answer.status, answer.body) == (200, b"")
    seen = {one["id"]: one["friendica_seen"] for one in (await ground.get("direct_messages")).json}
    assert [seen[id] for id in ids] == [1, 1, 0, 0]
    wrong = await ground.post("direct_messages/mark_read", last_read_event_id=ids[3], recipient_id=bob)
    assert wrong.status == 404
    for last, person in (("", ""), ("", bob), (ids[1], "")):
        lacking = await ground.post("direct_messages/mark_read", last_read_event_id=last, recipient_id=person)
        assert lacking.status == 400


async def test_messages_are_no_statuses(ground: Ground) -> None:
    native = ground.world.post("bob", "@alice secret", visibility="direct")
    (id,) = await ground.know(native)
    record = await ground.gateway.store.status_by_id(ground.world.base_url, id)
    assert isinstance(record, StatusRecord)
    assert (await ground.get("statuses/lookup", id=id)).json == []
    assert (await ground.get("statuses/oembed", id=id)).status == 403
    assert (await ground.post("statuses/unretweet", id=id)).status == 400
    assert (await ground.get(f"statuses/retweets/{id}")).json == []


async def test_typing_is_nothing_a_server_could_show(ground: Ground) -> None:
    assert (await ground.request("POST", "/1.1/direct_messages/indicate_typing.json")).status == 501
