"""Own files, edits, descriptions and the profile."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import pytest

from adapters.backend import Draft, File, ProfileChange
from adapters.errors import Missing, OutcomeUnknown, Refused, Unsupported
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import CUT, Asked, FarServer, Reply
from tests.adapters.samples import IDS, person, post

pytestmark = pytest.mark.anyio
HOME, STATUSES, STATUS = "/api/v1/timelines/home", "/api/v1/accounts/7/statuses", "/api/v1/statuses/5"
ME, PROFILE, MEDIA = "/api/v1/accounts/verify_credentials", "/api/v1/accounts/update_credentials", "/api/v1/media/4"
CAT = {"id": "4", "type": "image", "url": "https://far.example/cat.png"}
PNG = File(data=b"\x89PNG\r\n\x1a\n", name="cat.png", mime="image/png")


def draft(**fields: Any) -> Draft:
    return Draft(**({"text": "New", "visibility": hub.Visibility.DIRECT} | fields))


def natives(page: hub.Page[hub.Entry]) -> list[str]:
    return [entry.status.native for entry in page.items]


def parts(asked: Asked) -> dict[str, tuple[str | None, bytes]]:
    """(file name, content) by name of a multipart form."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + asked.body)
    return {
        part.get_param("name", header="content-disposition"): (part.get_filename(), part.get_payload(decode=True))
        for part in message.iter_parts()
    }


async def test_own_files_are_asked_for_and_looked_at(far: FarServer, open_backend: Open) -> None:
    ids = IDS["mastodon"]
    backend = await open_backend("mastodon")
    far.on("GET", ME, json=person("7", "bob"))
    far.on("GET", STATUSES, json=[
        post(ids[0], media_attachments=[CAT], visibility="direct"), post(ids[1]),
        post(ids[2], reblog=post("1"), media_attachments=[CAT]),
    ])  # fmt: skip
    page = await backend.own_media(None)
    assert (natives(page), page.older) == (ids[:1], ids[2])
    await backend.own_media(page.older)
    assert far.paths() == [f"GET {ME}", f"GET {STATUSES}", f"GET {STATUSES}"]
    usual = [("limit", "40"), ("only_media", "true"), ("exclude_reblogs", "true")]
    assert far.asked[1].query == usual
    assert far.asked[2].query == [usual[0], ("max_id", ids[2]), *usual[1:]]


@pytest.mark.parametrize("software", ["takahe", "snac"])
async def test_servers_that_hide_own_messages_are_asked_for_home(
    far: FarServer, open_backend: Open, software: str
) -> None:
    ids = IDS[software]
    backend = await open_backend(software)
    far.on("GET", ME, json=person("7", "bob"))
    far.on("GET", HOME, json=[
        post(ids[0], media_attachments=[CAT], visibility="direct"),
        post(ids[1], media_attachments=[CAT], account=person("8", "carol")), {"id": ids[2], "account": 7},
    ])  # fmt: skip
    page = await backend.own_media(None)
    assert (natives(page), page.older) == (ids[:1], ids[2])
    assert [entry.status.native for entry in await backend.own_newest()] == ids[:1]
    assert far.paths() == [f"GET {ME}", f"GET {HOME}", f"GET {HOME}"]
    assert far.asked[1].query == [("limit", "40")]


async def test_an_edit_names_everything_that_is_to_stay(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("PUT", STATUS, json=post("5", content="<p>New</p>", edited_at="2026-11-19T10:00:00.000Z"))
    entry = await backend.edit("5", draft(media=("4",), descriptions=(("4", "A cat"),), sensitive=True))
    assert (entry.status.content, entry.status.edited_at) == ("<p>New</p>", "2026-11-19T10:00:00.000Z")
    [asked] = far.asked
    assert asked.json == {
        "status": "New", "spoiler_text": "", "sensitive": True, "media_ids": ["4"],
        "media_attributes": [{"id": "4", "description": "A cat"}],
    }  # fmt: skip


async def test_an_edit_that_names_no_files_keeps_them(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", STATUS, json=post("5", media_attachments=[CAT], sensitive=True))
    far.on("PUT", STATUS, json=post("5"))
    await backend.edit("5", draft(title="CW", language="de"))
    assert far.paths() == [f"GET {STATUS}", f"PUT {STATUS}"]
    assert far.asked[1].json == {
        "status": "New", "spoiler_text": "CW", "sensitive": True, "media_ids": ["4"], "language": "de",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("software", "sent"),
    [
        ("gotosocial", {"content_type": "text/plain", "sensitive": False, "status": "New", "media_attributes": True}),
        ("pleroma", {"content_type": "text/html", "sensitive": False, "status": "<b>New</b>"}),
        ("snac", {"sensitive": True, "status": "New"}),
        ("takahe", {"sensitive": False, "status": "New", "media_attributes": True}),
    ],
)
async def test_an_edit_is_put_as_the_server_needs_it(
    far: FarServer, open_backend: Open, software: str, sent: dict[str, Any]
) -> None:
    backend = await open_backend(software)
    far.on("PUT", STATUS, json=post("5"))
    await backend.edit("5", draft(html="<b>New</b>", title="CW", media=("4",), descriptions=(("4", "x"),)))
    told = far.asked[0].json
    assert told.pop("media_attributes", False) == ([{"id": "4", "description": "x"}] if sent.pop(
        "media_attributes", False) else False)  # fmt: skip
    assert told == sent | {"spoiler_text": "CW", "media_ids": ["4"]}


@pytest.mark.parametrize(
    ("software", "version", "can"),
    [
        ("mastodon", "3.4.9", False), ("mastodon", "3.5.0", True), ("gotosocial", "0.17.4", False),
        ("gotosocial", "0.20.0-rc1", True), ("snac", "2.40", False), ("somethingelse", "", True),
    ],
)  # fmt: skip
async def test_editing_came_with_a_version(
    far: FarServer, open_backend: Open, software: str, version: str, *, can: bool
) -> None:
    backend = await open_backend(software, version)
    far.on("PUT", STATUS, json=post("5"))
    assert backend.capabilities.editing is can
    if can:
        await backend.edit("5", draft(media=("4",)))
        return
    with pytest.raises(Unsupported, match="cannot change a post"):
        await backend.edit("5", draft(media=("4",)))
    assert far.asked == []


async def test_an_edit_without_an_answer_may_have_happened(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    for reply in (CUT, Reply(200, b"{}"), Reply(502), Reply(200, b"<html>", kind="text/html")):
        far.on("PUT", STATUS, reply)
        with pytest.raises(OutcomeUnknown):
            await backend.edit("5", draft(media=("4",)))
    takahe = await open_backend("takahe")
    far.on("PUT", STATUS, Reply(401))
    with pytest.raises(Refused):
        await takahe.edit("5", draft(media=("4",)))


@pytest.mark.parametrize("status", [200, 206])
async def test_a_file_is_described(far: FarServer, open_backend: Open, status: int) -> None:
    backend = await open_backend("mastodon")
    far.on("PUT", MEDIA, status=status, json=CAT)
    await backend.describe("4", "Kätzchen & co")
    [asked] = far.asked
    assert parse_qsl(asked.body.decode()) == [("description", "Kätzchen & co")]
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    far.on("PUT", MEDIA, Reply(404))
    with pytest.raises(Missing):
        await backend.describe("4", "x")


async def test_pictures_and_texts_of_the_profile(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("PATCH", PROFILE, json=person("7", "bob", display_name="Böb", source={"privacy": "private"}))
    changed = await backend.update_profile(ProfileChange(name="Böb", note="", avatar=PNG, header=PNG))
    assert (changed.account.name, changed.default_visibility) == ("Böb", hub.Visibility.PRIVATE)
    [asked] = far.asked
    assert parts(asked) == {
        "display_name": (None, "Böb".encode()), "note": (None, b""), "avatar": ("cat.png", PNG.data),
        "header": ("cat.png", PNG.data),
    }  # fmt: skip


async def test_texts_alone_are_a_plain_form(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("PATCH", PROFILE, json=person("7", "bob"))
    await backend.update_profile(ProfileChange(note="a\nb"))
    assert parse_qsl(far.asked[0].body.decode()) == [("note", "a\nb")]


async def test_nothing_to_change_is_only_read(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", ME, json=person("7", "bob"))
    assert (await backend.update_profile(ProfileChange())).account.native == "7"
    assert far.paths() == [f"GET {ME}"]


async def test_a_profile_change_without_an_answer_may_have_happened(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    for reply in (CUT, Reply(200, b"<html>", kind="text/html")):
        far.on("PATCH", PROFILE, reply)
        with pytest.raises(OutcomeUnknown):
            await backend.update_profile(ProfileChange(name="x", avatar=PNG))
