"""Photos stored, shown, changed and deleted (wire-friendica.md section 8)."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx
import pytest

from adapters.backend import Capabilities
from adapters.errors import OutcomeUnknown, Unavailable
from gateway.app import create_app
from gateway.logins import Logins
from gateway.services import open_gateway
from gateway.settings import Settings
from mappings import hub
from tests import shapes
from tests.fake_notices import picture
from tests.gateway.photo_ground import EDITING, PICTURE, PLAIN, albums_of, carriers, create, ids_of, message
from tests.gateway_harness import BASE, Answer, Ground, gateway_on
from tests.mock_server import TOKENS, MockServer

ALBUMS = ("Holiday", 'Bob\'s "best" / 100 %', "Été 😀 <b>&amp;", "#tag @bob :cat:")


@pytest.fixture(params=[EDITING, PLAIN], ids=["editing", "anew"])
async def yard(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    """The same tests on a server whose posts can be changed and on one where they cannot."""
    capabilities: Capabilities = request.param
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        yield ground


@pytest.mark.anyio
@pytest.mark.parametrize("album", ALBUMS)
async def test_a_photo_is_stored_in_a_post_that_nobody_else_sees(ground: Ground, album: str) -> None:
    made = await create(ground, album, desc='a "cat" of @bob\'s\n& more')
    assert (made["album"], made["filename"], made["type"]) == (album, "cat.png", "image/png")
    assert (made["width"], made["height"], made["profile"]) == (640, 480, 0)
    assert ground.wire.names == ["upload", "post"]
    (post,) = carriers(ground)
    assert (post.visibility, post.to, len(post.media)) == ("direct", [], 1)
    upload = ground.world.uploads[post.media[0]]
    assert upload.description == 'a "cat" of @bob\'s\n& more'
    ground.wire.clear()
    shown = await ground.get("friendica/photo", photo_id=made["id"])
    assert shown.json == made
    assert ground.wire.names == []
    assert (await albums_of(ground))[album] == ["cat.png"]
    kinds = await ground.gateway.store.kinds(ground.world.base_url, [post.native])
    assert kinds == {post.native: hub.Kind.PHOTO}


@pytest.mark.anyio
async def test_a_photo_appears_in_no_timeline_and_nobody_else_finds_it(ground: Ground) -> None:
    made = await create(ground)
    assert (await ground.get("statuses/home_timeline")).json == []
    assert (await ground.get("statuses/user_timeline")).json == []
    for user in ("bob", "dave"):
        assert (await ground.get("friendica/photo", user=user, photo_id=made["id"])).status == 404
        assert made["id"] not in await ids_of(ground, user=user)
    for path in ("friendica/photo/update", "friendica/photo/delete"):
        reply = await ground.post(path, user="bob", photo_id=made["id"], album="Holiday", desc="mine")
        assert (reply.status, reply.error) == (400, "photo not available")
    assert len(carriers(ground)) == 1


@pytest.mark.anyio
async def test_data_comes_only_with_a_scale_and_zero_is_one(ground: Ground) -> None:
    made = await create(ground)
    for scale in ("0", "1", "2", "3"):
        shown = (await ground.get("friendica/photo", photo_id=made["id"], scale=scale)).json
        assert shown["data"] == base64.b64encode(PICTURE).decode()
        assert (shown["datasize"], shown["width"], shown["height"]) == (len(PICTURE), 32, 16)
        assert shown["link"] == [made["link"][int(scale)]]
    for scale in ("4", "6", "7", "-1", "x", "01"):
        reply = await ground.get("friendica/photo", photo_id=made["id"], scale=scale)
        assert (reply.status, reply.error) == (404, "Not Found")


@pytest.mark.anyio
async def test_what_is_missing_is_said_in_the_documented_order(ground: Ground) -> None:
    async def error(path: str, **form: str) -> tuple[int, str]:
        reply = await ground.post(path, format="xml", **form)
        return reply.status, reply.error

    assert await error("friendica/photo") == (400, "No photo id.")
    assert await error("friendica/photo", photo_id="nope") == (404, "Not Found")
    assert await error("friendica/photo", photo_id="0" * 32) == (404, "Not Found")
    for path in ("friendica/photo/create", "friendica/photo/update"):
        assert await error(path, allow_cid="x") == (400, "no albumname specified")
        assert await error(path, photo_id="nope") == (400, "no albumname specified")
        assert await error(path, album="A", allow_cid="x") == (400, "no media data submitted")
        assert await error(path, album="A", photo_id="nope", allow_cid="x") == (400, "photo not available")
    media = base64.b64encode(PICTURE).decode()
    assert await error("friendica/photo/create", album="A", media=media, allow_cid="x") == (400, "acl data invalid")
    assert await error("friendica/photo/delete") == (400, "no photo_id specified")
    assert await error("friendica/photo/delete", photo_id="nope") == (400, "photo not available")
    assert ground.world.posts == {}


@pytest.mark.anyio
async def test_what_is_no_picture_is_refused_before_anything_is_sent(ground: Ground) -> None:
    for data in (b"\x89PNG", b"GIF89a", b"no picture", PICTURE[:-40]):
        reply = await ground.post("friendica/photo/create", album="A", files={"media": ("a.png", data, "image/png")})
        assert (reply.status, reply.error) == (500, "unable to process image data")
    assert ground.wire.names == []


@pytest.mark.anyio
async def test_the_same_request_stores_one_photo(ground: Ground) -> None:
    media = base64.b64encode(PICTURE).decode()
    first = await ground.post("friendica/photo/create", album="A", media=media, desc="one")
    await ground.post("friendica/photo/update", album="A", photo_id=first.json["id"], desc="two")
    again = await ground.post("friendica/photo/create", album="A", media=media, desc="one")
    assert again.json["id"] == first.json["id"]
    assert again.json["desc"] == "two"
    assert len(carriers(ground)) == 1
    await ground.post("friendica/photo/delete", photo_id=first.json["id"])
    anew = await ground.post("friendica/photo/create", album="A", media=media, desc="one")
    assert anew.json["id"] != first.json["id"]
    assert len(carriers(ground)) == 1


@pytest.mark.anyio
async def test_a_lost_answer_is_looked_for(ground: Ground) -> None:
    ground.world.now = 4_000_000_000_000  # the far side's clock is not behind ours
    ground.wire.fail(OutcomeUnknown("?"), "post", after=True)
    made = await create(ground, desc="seen")
    assert made["desc"] == "seen"
    ground.wire.fail(OutcomeUnknown("?"), "post")
    reply = await ground.post("friendica/photo/create", album="B", files={"media": ("b.png", PICTURE, "image/png")})
    assert reply.status == 504
    assert len(carriers(ground)) == 1


@pytest.mark.anyio
async def test_another_audience_than_asked_is_taken_back(ground: Ground) -> None:
    post = ground.world.post

    def wider(who: str, text: str = "", **fields: object) -> str:
        return post(who, text, **fields | {"visibility": "public"})  # type: ignore[arg-type]

    ground.world.post = wider  # type: ignore[method-assign,assignment]
    reply = await ground.post("friendica/photo/create", album="A", files={"media": ("a.png", PICTURE, "image/png")})
    assert (reply.status, "another audience" in reply.error) == (502, True)
    assert ground.world.posts == {}


@pytest.mark.anyio
async def test_an_update_changes_what_is_named_and_keeps_the_rest(yard: Ground) -> None:
    made = await create(yard, desc="first")
    before = dict(made)
    id = made["id"]
    reply = await yard.post("friendica/photo/update", photo_id=id, album="Holiday", desc="second", album_new="Trip")
    assert message(reply) == ("updated", f"Image id `{id}` has been updated.")
    shown = (await yard.get("friendica/photo", photo_id=id)).json
    changed = {"desc": "second", "album": "Trip", "edited": shown["edited"]}
    assert shown == before | changed
    reply = await yard.post("friendica/photo/update", photo_id=id, album="Trip", desc="")
    assert message(reply)[0] == "updated"
    assert (await yard.get("friendica/photo", photo_id=id)).json["desc"] == ""
    assert len(carriers(yard)) == 1
    assert (await yard.get("friendica/photo", photo_id=id, scale=0)).json["data"] == base64.b64encode(PICTURE).decode()
    reply = await yard.post("friendica/photo/update", photo_id=id, album="Holiday", desc="x")
    assert (reply.status, reply.error) == (400, "photo not available")


@pytest.mark.anyio
async def test_nothing_named_is_nothing_done(yard: Ground) -> None:
    made = await create(yard)
    yard.wire.clear()
    reply = await yard.post("friendica/photo/create", photo_id=made["id"], album="Holiday")
    assert message(reply) == ("cancelled", f"Nothing to update for image id `{made['id']}`.")
    reply = await yard.post("friendica/photo/update", photo_id=made["id"], album="Holiday", album_new="Holiday")
    assert message(reply)[0] == "updated"
    assert yard.wire.names == []


@pytest.mark.anyio
async def test_a_new_file_keeps_id_and_album(yard: Ground) -> None:
    made = await create(yard, desc="kept")
    new = picture(64, 48)
    files = {"media": ("dog.png", new, "image/png")}
    form = {"photo_id": made["id"], "album": "Holiday", "album_new": "Trip"}
    for format in ("json", "xml"):
        reply = await yard.post("friendica/photo/update", format=format, files=files, **form)
        assert reply.status == 200, reply.body
    shown = (await yard.get("friendica/photo", photo_id=made["id"], scale=0)).json
    assert (shown["data"], shown["width"]) == (base64.b64encode(new).decode(), 64)
    assert (shown["album"], shown["filename"], shown["desc"]) == ("Holiday", "dog.png", "kept")
    assert shown["created"] == made["created"]
    assert len(carriers(yard)) == 1


@pytest.mark.anyio
async def test_a_failed_update_loses_nothing(yard: Ground) -> None:
    made = await create(yard, desc="first")
    for name in ("edit", "fetch", "upload", "post", "remove"):
        yard.wire.fail(Unavailable("down"), name)
        reply = await yard.post("friendica/photo/update", photo_id=made["id"], album="Holiday", desc=f"after {name}")
        yard.wire.faults.clear()
        assert reply.status in {200, 503}
        if reply.status == 503:
            kept = (await yard.get("friendica/photo", photo_id=made["id"])).json
            assert not kept["desc"].endswith(name)
        assert len(carriers(yard)) == 1
        assert (await ids_of(yard)) >= {made["id"]}


@pytest.mark.anyio
async def test_a_photo_deleted_elsewhere_is_not_available(yard: Ground) -> None:
    made = await create(yard)
    yard.world.delete(carriers(yard)[0].native)
    reply = await yard.post("friendica/photo/update", photo_id=made["id"], album="Holiday", desc="new")
    assert (reply.status, reply.error) == (400, "photo not available")
    assert made["id"] not in await ids_of(yard)
    assert carriers(yard) == []


@pytest.mark.anyio
async def test_deletion_is_confirmed_by_the_backend(ground: Ground) -> None:
    made = await create(ground)
    ground.wire.clear()
    reply = await ground.request("DELETE", "friendica/photo/delete", params={"photo_id": made["id"]})
    assert message(reply) == ("deleted", f"photo with id `{made['id']}` has been deleted from server.")
    assert ground.wire.names == ["remove", "status"]
    assert carriers(ground) == []
    assert (await ground.get("friendica/photo", photo_id=made["id"])).status == 404
    assert made["id"] not in await ids_of(ground)


@pytest.mark.anyio
async def test_a_deletion_that_did_not_happen_is_not_reported(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.photo_carriers.CONFIRM_SECONDS", 0.0)
    made = await create(ground)
    monkeypatch.setattr(ground.world, "delete", lambda native: None)
    reply = await ground.post("friendica/photo/delete", photo_id=made["id"])
    assert (reply.status, reply.error) == (500, "unknown error on deleting photo from database table")
    assert (await ground.get("friendica/photo", photo_id=made["id"])).status == 200


@pytest.mark.anyio
async def test_a_long_description_stands_beside_the_file(yard: Ground) -> None:
    long = "word " * 200
    made = await create(yard, desc=long)
    assert made["desc"] == long
    assert all(len(draft.text) <= 500 for draft in (sent.args[0] for sent in yard.wire.sent if sent.name == "post"))
    reply = await yard.post("friendica/photo/update", photo_id=made["id"], album="Holiday", desc=long + "more")
    assert message(reply)[0] == "updated"
    assert (await yard.get("friendica/photo", photo_id=made["id"])).json["desc"] == long + "more"
    files = {"media": ("a.png", picture(8, 8), "image/png")}
    reply = await yard.post("friendica/photo/create", album="A" * 600, files=files)
    assert (reply.status, "500 characters" in reply.error) == (400, True)
    assert len(carriers(yard)) == 1


@pytest.mark.anyio
async def test_a_photo_that_came_late_is_found_by_the_next_try(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("gateway.handlers.photos.time", SimpleNamespace(time=lambda: now))
    form = {"album": "A", "media": base64.b64encode(PICTURE).decode()}
    ground.world.now, ground.world.step = int(now * 1000), 1000
    ground.wire.fail(OutcomeUnknown("?"), "post", after=True)
    ground.wire.fail(Unavailable("down"), "own_newest")
    assert (await ground.post("friendica/photo/create", **form)).status == 503
    now += 30
    again = await ground.post("friendica/photo/create", **form)
    assert again.status == 200
    assert len(carriers(ground)) == 1


@pytest.mark.anyio
async def test_no_other_photo_of_that_name_is_taken_for_a_lost_one(ground: Ground) -> None:
    ground.world.now = int(time.time() * 1000)
    await create(ground, "A", name="image.png")
    other = {"album": "A", "files": {"media": ("image.png", picture(32, 40), "image/png")}}
    ground.wire.fail(OutcomeUnknown("?"), "post")
    ground.wire.fail(Unavailable("down"), "own_newest")
    for status in (503, 504):
        assert (await ground.post("friendica/photo/create", **other)).status == status
    assert len(carriers(ground)) == 1


async def check_replaced(ask: Callable[..., Awaitable[Answer]], made: dict[str, Any]) -> None:
    """A new picture for the photo is told and shown, under the same id and with what was not named."""
    files, form = {"media": ("dog.png", picture(64, 48), "image/png")}, {"photo_id": made["id"], "album": made["album"]}
    assert (await ask("POST", "friendica/photo/update", files=files, data=form)).json["filename"] == "dog.png"
    shown = (await ask("GET", "friendica/photo", params={"photo_id": made["id"], "scale": 0})).json
    assert shown["data"] == base64.b64encode(picture(64, 48)).decode()
    kept = ("id", "album", "desc", "created")
    assert [shown[name] for name in kept] == [made[name] for name in kept]
    assert shown["filename"] == "dog.png"


@pytest.mark.anyio
@pytest.mark.parametrize("down", [False, True])
async def test_a_new_file_is_shown_where_an_edit_keeps_the_old_one(tmp_path: Path, down: bool) -> None:
    async with gateway_on(tmp_path, capabilities=EDITING) as ground:
        made = await create(ground, desc="kept")
        (before,) = carriers(ground)
        text, edit = before.text, ground.world.edit

        def keeping(native: str, text: str, **fields: object) -> None:
            edit(native, text, **fields | {"media": before.media})  # type: ignore[arg-type]

        ground.world.edit = keeping  # type: ignore[method-assign]
        if down:
            ground.wire.fail(Unavailable("down"), "post")
            form = {"photo_id": made["id"], "album": "Holiday", "files": {"media": ("dog.png", PICTURE, "image/png")}}
            assert (await ground.post("friendica/photo/update", **form)).status == 503
            assert [(post.native, post.text) for post in carriers(ground)] == [(before.native, text)]
            return
        await check_replaced(ground.request, made)
        assert [post.native for post in carriers(ground)] != [before.native]
        assert len(carriers(ground)) == 1


@pytest.mark.anyio
async def test_a_new_file_is_shown_on_a_server_that_ignores_it_in_an_edit(tmp_path: Path, mock: MockServer) -> None:
    settings = Settings(data_dir=tmp_path, base_url=BASE, allow_hosts=(mock.pair,))
    async with open_gateway(settings) as gateway:
        logins = Logins(gateway.store, gateway.vault, gateway.connections)
        linked = await logins.link(mock.url, TOKENS["alice"])
        app: Any = create_app(gateway)
        given: Any = {"transport": httpx.ASGITransport(app=app), "auth": ("alice", linked.password)}
        async with httpx.AsyncClient(base_url=BASE, trust_env=False, timeout=60, **given) as client:

            async def ask(method: str, path: str, **given: Any) -> Answer:
                reply = await client.request(method, f"/api/{path}.json", **given)
                assert reply.status_code == 200, reply.text
                shapes.validate(path, "json", reply.content)
                return Answer(status=reply.status_code, headers=dict(reply.headers), body=reply.content)

            files = {"media": ("cat.png", PICTURE, "image/png")}
            stored = await ask("POST", "friendica/photo/create", files=files, data={"album": "Holiday", "desc": "kept"})
            await check_replaced(ask, stored.json)
            assert [row["id"] for row in (await ask("GET", "friendica/photos/list")).json] == [stored.json["id"]]
