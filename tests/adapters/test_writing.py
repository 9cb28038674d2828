"""Posting, uploading, liking, boosting, deleting; and that a lost answer is never taken for a failure."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import pytest

from adapters.backend import Draft, File
from adapters.errors import Missing, OutcomeUnknown, Rejected, Slow, Unsupported
from mappings import hub
from tests.adapters.conftest import Open, Wait
from tests.adapters.far_server import CUT, HANG, FarServer, Reply, Scripted
from tests.adapters.samples import IDS, person, post

pytestmark = pytest.mark.anyio
POST, ME = "/api/v1/statuses", "/api/v1/accounts/verify_credentials"
V2, V1 = "/api/v2/media", "/api/v1/media"
PNG = File(data=b"\x89PNG\r\n\x1a\n", name="cat.png", mime="image/png", description="A cat \u00e4")


def draft(**fields: Any) -> Draft:
    return Draft(**({"text": "Hello", "visibility": hub.Visibility.UNLISTED} | fields))


async def test_a_plain_post(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", POST, json=post("5"))
    entry = await backend.post(draft(idempotency_key="k-1"))
    assert entry.status.native == "5"
    [asked] = far.asked
    assert asked.json == {"status": "Hello", "visibility": "unlisted"}
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == "Bearer secret"
    assert asked.headers["idempotency-key"] == "k-1"
    assert backend.entry(entry.raw) == entry


async def test_everything_a_post_can_carry(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("POST", POST, json=post("5"))
    await backend.post(
        draft(title="CW", in_reply_to="4", media=("1", "2"), sensitive=True, language="de", html="<b>Hello</b>")
    )
    assert far.asked[0].json == {
        "status": "Hello",
        "visibility": "unlisted",
        "spoiler_text": "CW",
        "in_reply_to_id": "4",
        "media_ids": ["1", "2"],
        "sensitive": True,
        "language": "de",
    }
    assert "idempotency-key" not in far.asked[0].headers


@pytest.mark.parametrize(
    ("software", "html", "sent"),
    [
        ("pleroma", "<b>x</b>", {"status": "<b>x</b>", "content_type": "text/html"}),
        ("pleroma", "", {"status": "Hello", "content_type": "text/plain"}),
        ("gotosocial", "<b>x</b>", {"status": "Hello", "content_type": "text/plain"}),
        ("takahe", "<b>x</b>", {"status": "Hello"}),
        ("snac", "", {"status": "Hello"}),
    ],
)
async def test_html_goes_only_where_it_is_taken(
    far: FarServer, open_backend: Open, software: str, html: str, sent: dict[str, str]
) -> None:
    backend = await open_backend(software)
    far.on("POST", POST, json=post(IDS[software][0]))
    await backend.post(draft(html=html))
    assert far.asked[0].json == {"visibility": "unlisted"} | sent


async def test_lists_are_addressed_where_the_server_can(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("pleroma")
    far.on("POST", POST, json=post("5"))
    await backend.post(draft(lists=("3",)))
    assert far.asked[0].json["visibility"] == "list:3"
    with pytest.raises(Unsupported):
        await backend.post(draft(lists=("3", "4")))
    with pytest.raises(Unsupported):
        await (await open_backend("mastodon")).post(draft(lists=("3",)))
    assert far.asked == []


async def test_takahe_is_not_sent_an_answer_to_an_id_of_another_form(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("takahe")
    with pytest.raises(Missing):
        await backend.post(draft(in_reply_to="01ABC"))
    assert far.asked == []


@pytest.mark.parametrize(
    "reply",
    [
        CUT,
        HANG,
        Reply(504),
        Reply(200, b"<html>", kind="text/html"),
        Reply(body=b'{"id":"5'),
        Reply(body=b"{}"),
        Reply(body=b""),
    ],
)
@pytest.mark.hasty
async def test_a_lost_answer_to_a_post_is_not_a_failure(far: FarServer, open_backend: Open, reply: Scripted) -> None:
    backend = await open_backend()
    far.on("POST", POST, reply)
    with pytest.raises(OutcomeUnknown):
        await backend.post(draft())
    assert len(far.asked) == 1


async def test_a_refused_post_is_one(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("POST", POST, Reply(422, b'{"error":"Zu lang"}'))
    with pytest.raises(Rejected) as caught:
        await backend.post(draft())
    assert "Zu lang" not in str(caught.value)


async def test_snac_gets_a_new_connection_for_every_request(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("snac")
    far.on("POST", POST, json=post(IDS["snac"][0]))
    for _ in range(2):
        await backend.post(draft())
    assert far.asked[0].connection != far.asked[1].connection


@pytest.mark.parametrize(("method", "path"), [("favourite", "favourite"), ("unfavourite", "unfavourite")])
async def test_likes(far: FarServer, open_backend: Open, method: str, path: str) -> None:
    backend = await open_backend()
    far.on("POST", f"/api/v1/statuses/5/{path}", json=post("5", favourited=path == "favourite"))
    entry = await getattr(backend, method)("5")
    assert entry.status.favourited is (path == "favourite")
    with pytest.raises(Missing):
        await getattr(backend, method)("6")


async def test_a_boost(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("POST", "/api/v1/statuses/5/reblog", json=post("6", account=person("8", "carol"), reblog=post("5")))
    status = (await backend.reblog("5")).status
    assert (status.native, status.original.native, status.account.acct) == ("6", "5", "carol")
    assert far.paths() == ["POST /api/v1/statuses/5/reblog"]


async def test_takahe_s_boost_is_built_here(far: FarServer, open_backend: Open) -> None:
    backend, native = await open_backend("takahe"), IDS["takahe"][0]
    original = post(native, visibility="unlisted", url="https://far.example/5", account=person("7", f"bob@{far.pair}"))
    far.on("POST", f"/api/v1/statuses/{native}/reblog", json=original)
    far.on("POST", f"/api/v1/statuses/{native}/unreblog", json=original)
    far.on("GET", ME, json=person("8", "carol"))
    entry = await backend.reblog(native)
    status = entry.status
    assert status.reblog_of
    assert (status.reblog_of.native, status.reblog_of.account.acct, status.account.acct) == (native, "bob", "carol")
    assert (status.visibility, status.created_at) == ("unlisted", "2026-11-18T11:06:40.000Z")
    assert backend.entry(entry.raw).status == status
    sighting = backend.sighting(status)
    assert (sighting.boosted, sighting.booster, sighting.order) == (native, "8", hub.Order.UNORDERED)
    await backend.remove(status.native)
    assert far.paths()[-1] == f"POST /api/v1/statuses/{native}/unreblog"


async def test_taking_boosts_back(far: FarServer, open_backend: Open) -> None:
    native = IDS["snac"][0]
    far.on("POST", f"/api/v1/statuses/{native}/unreblog", Reply(body=b"", kind=""))
    backend = await open_backend("snac")
    await backend.unreblog(native)
    await backend.remove(native.upper())
    assert far.paths() == [f"POST /api/v1/statuses/{native}/unreblog"] * 2


async def test_deleting(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.once("DELETE", "/api/v1/statuses/5", Reply(body=b"", kind=""))
    await backend.remove("5")
    with pytest.raises(Missing):
        await backend.remove("5")
    assert far.asked[0].headers["authorization"] == "Bearer secret"


async def test_a_lost_answer_to_a_deletion_is_not_repeated(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("DELETE", "/api/v1/statuses/5", CUT)
    with pytest.raises(OutcomeUnknown):
        await backend.remove("5")
    assert len(far.asked) == 1


def media(url: str | None = "https://f.example/a.png") -> dict[str, Any]:
    size = {"original": {"width": 4, "height": 3}}
    return {"id": "77", "type": "image", "url": url, "preview_url": url, "meta": size}


async def test_an_upload(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("POST", V2, json=media())
    upload = await backend.upload(PNG)
    assert (upload.native, upload.url, upload.width, upload.height) == ("77", "https://f.example/a.png", 4, 3)
    [asked] = far.asked
    form = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {asked.headers['content-type']}\n\n".encode() + asked.body
    )
    parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
    assert parts["file"].get_filename() == "cat.png"
    assert parts["file"].get_content_type() == "image/png"
    assert parts["file"].get_payload(decode=True) == PNG.data
    assert parts["description"].get_payload(decode=True) == PNG.description.encode()


async def test_an_upload_is_waited_for(far: FarServer, open_backend: Open, wait: Wait) -> None:
    backend = await open_backend()
    far.on("POST", V2, status=202, json=media(None))
    far.once("GET", f"{V1}/77", status=206, json=media(None))
    far.once("GET", f"{V1}/77", json=media(None))
    far.once("GET", f"{V1}/77", json=media())
    assert (await backend.upload(PNG)).url == "https://f.example/a.png"
    assert wait.seconds == [0.2, 0.4, 0.8]


async def test_an_upload_is_not_waited_for_for_ever(far: FarServer, open_backend: Open, wait: Wait) -> None:
    backend = await open_backend()
    far.on("POST", V2, status=202, json=media(None))
    far.on("GET", f"{V1}/77", status=206, json=media(None))
    with pytest.raises(Slow):
        await backend.upload(PNG)
    assert 20 < sum(wait.seconds) < 60


async def test_old_servers_take_uploads_elsewhere(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend()
    far.on("POST", V1, json=media())
    assert (await backend.upload(PNG)).native == "77"
    assert far.paths() == [f"POST {V2}", f"POST {V1}"]
