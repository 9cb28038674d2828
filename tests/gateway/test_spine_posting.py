"""What a client's post becomes: text, title, people, pictures (DESIGN section 8, wire reference section 6.3)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from adapters.backend import Draft
from tests.gateway_harness import Answer, Ground

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x20\x00\x00\x00\x10" + bytes(20)


async def sent(ground: Ground, path: str = "statuses/update", **form: Any) -> tuple[Answer, Draft]:
    """A post that must succeed, and what went to the backend."""
    reply = await ground.post(path, **form)
    assert reply.status == 200, reply.body
    draft: Draft = [sent.args[0] for sent in ground.wire.sent if sent.name == "post"][-1]
    return reply, draft


@pytest.mark.anyio
async def test_title_text_and_source_arrive(ground: Ground) -> None:
    reply, draft = await sent(ground, status="The <body> & more", title="A title", source="Old Client 1.0")
    assert (draft.text, draft.title, draft.source) == ("The <body> & more", "A title", "Old Client 1.0")
    assert reply.json["friendica_title"] == "A title"
    assert reply.json["text"] == "A title\n\nThe <body> & more"


@pytest.mark.anyio
async def test_html_wins_over_text_and_reads_as_text_too(ground: Ground) -> None:
    html = '<b>Bold</b> <i>it</i> <a href="https://example.org">link</a><br>line2'
    _, draft = await sent(ground, htmlstatus=html, status="S")
    assert "Bold it" in draft.text
    assert "https://example.org" in draft.text
    assert "\n" in draft.text
    assert "<b>" not in draft.text


@pytest.mark.anyio
async def test_mentions_are_completed_from_the_thread_then_from_contacts(ground: Ground) -> None:
    ground.world.person("dora@other.test")
    (id,) = await ground.know(ground.world.post("erik@far.test", "hello @dora@other.test @alice"))
    _, draft = await sent(ground, status="@erik and @dora!", in_reply_to_status_id=id)
    assert "@erik@far.test and @dora@other.test!" in draft.text
    _, draft = await sent(ground, status="only @dora, mail me@dora.test, @nobody and @bob")
    assert draft.text == "only @dora@far.test, mail me@dora.test, @nobody and @bob"


@pytest.mark.anyio
async def test_the_answered_person_is_named_once(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("erik@far.test", "hello"))
    for text in ("yes", "@erik yes", "@erik@far.test yes"):
        reply, draft = await sent(ground, status=text, in_reply_to_status_id=id)
        assert draft.text == "@erik@far.test yes"
        assert draft.in_reply_to is not None
        assert reply.json["in_reply_to_status_id"] == id
        assert reply.json["in_reply_to_screen_name"] == "erik"


@pytest.mark.anyio
async def test_pictures_come_as_parts_as_base64_and_several_at_once(ground: Ground) -> None:
    parts = [("media[]", ("a.png", PICTURE, "image/png")), ("media[]", ("", PICTURE + b"2"))]
    reply, draft = await sent(ground, "statuses/update_with_media", status="two", files=parts)
    assert (len(draft.media), len(reply.json["attachments"])) == (2, 2)
    encoded = base64.b64encode(PICTURE).decode()
    for number, text in enumerate((encoded, f"data:image/png;base64,{encoded}", encoded.rstrip("="))):
        _, draft = await sent(ground, "statuses/update_with_media", status=f"field {number}", media=text)
        assert len(draft.media) == 1
    _, draft = await sent(ground, "statuses/update_with_media", files={"media": ("a.png", PICTURE)})
    assert (draft.text, len(draft.media)) == ("", 1)


@pytest.mark.anyio
async def test_media_ids_are_one_a_comma_list_or_repeated(ground: Ground) -> None:
    ids = []
    for number in range(3):
        stored = await ground.post("media/upload", files={"media": ("a.png", PICTURE + bytes([number]))})
        assert (stored.json["image"]["w"], stored.json["size"]) == (640, len(PICTURE) + 1)
        ids.append(stored.json["media_id"])
    _, one = await sent(ground, status="one", media_ids=ids[0])
    _, listed = await sent(ground, status="list", media_ids=f"{ids[1]},{ids[2]}")
    several: dict[str, Any] = {"media_ids[]": [ids[2], ids[0]]}
    _, repeated = await sent(ground, status="repeated", **several)
    uploads = list(ground.world.uploads)
    assert one.media == (uploads[0],)
    assert listed.media == (uploads[1], uploads[2])
    assert repeated.media == (uploads[2], uploads[0])


@pytest.mark.anyio
async def test_more_pictures_than_the_server_takes_are_refused_before_any_is_sent(ground: Ground) -> None:
    parts = [("media[]", (f"{number}.png", PICTURE + bytes([number]))) for number in range(5)]
    reply = await ground.post("statuses/update_with_media", status="many", files=parts)
    assert (reply.status, "4" in reply.error) == (400, True)
    assert ground.wire.count("upload", "post") == 0


@pytest.mark.anyio
async def test_coordinates_and_network_are_accepted_and_dropped(ground: Ground) -> None:
    reply, draft = await sent(ground, status="here", lat="52.5", long="13.4", network="dfrn")
    assert (draft.place, reply.json["geo"]) == (None, None)


@pytest.mark.anyio
async def test_an_html_post_in_a_limited_post_names_nobody_else(ground: Ground) -> None:
    bob = (await ground.get("users/show", screen_name="bob")).json["id"]
    _, draft = await sent(ground, htmlstatus="<p>for @carol's eyes, @dave</p>", contact_allow=bob)
    assert (draft.visibility, draft.html) == ("direct", "")
    post = list(ground.world.posts.values())[-1]
    assert post.to == ["p:bob"]
