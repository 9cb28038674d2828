"""/photo/<id>-<scale>.<ext>: who sees what, and how it may be kept."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.errors import BackendError, BadAnswer, Slow, Unavailable
from gateway.photo_page import NOT_FOUND, PRIVATE, PUBLIC
from gateway.session import Session
from gateway.throttle import PER_NAME
from mappings.photos import Photo, Rights
from tests.gateway import drawn
from tests.gateway.drawn import PLACE, seen
from tests.gateway_harness import BASE, Answer, Ground, gateway_on

ID, OTHER = "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "f" * 32


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with gateway_on(tmp_path) as made:
        yield made


async def session(ground: Ground, user: str = "alice") -> Session:
    login = b64encode(f"{user}:{ground.passwords[user]}".encode()).decode()
    made = await ground.gateway.auth.session(f"Basic {login}", "api")
    assert made is not None
    return made


async def keep(ground: Ground, data: bytes = b"", user: str = "alice", **fields: Any) -> Photo:
    """A photo of alice, or of somebody else, and its file on their server."""
    photo = Photo(**({"id": ID, "mime": "image/jpeg", "url": f"https://fedi.test/files/{user}.jpg"} | fields))
    ground.world.files[photo.url] = (data or drawn.drawn(), photo.mime)
    await ground.gateway.photos.keep(await session(ground, user), [photo])
    ground.wire.clear()
    ground.store.trips.clear()
    return photo


async def address(ground: Ground, photo: Photo, scale: int = 2, user: str = "alice") -> str:
    account = (await session(ground, user)).account.id
    return ground.gateway.photo_addresses.of(BASE, account, photo, scale).removeprefix(BASE)


async def look(ground: Ground, path: str, method: str = "GET", **given: Any) -> Answer:
    return await ground.request(method, path, **{"user": None, **given})


def is_hidden(answer: Answer) -> bool:
    """The very same as for a photo that never was."""
    told = answer.status, answer.body, answer.headers["cache-control"], "www-authenticate" in answer.headers
    return told == (404, f"{NOT_FOUND}\n".encode(), "no-store", False)


CLOSED = {"rights": Rights(allow_cid="<3>")}


# public photos


@pytest.mark.anyio
@pytest.mark.parametrize("scale", range(7))
async def test_anybody_sees_a_public_photo_in_every_scale(ground: Ground, scale: int) -> None:
    answer = await look(ground, await address(ground, await keep(ground), scale))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == PUBLIC
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert seen(answer.body).width == (800, 640, 320, 160, 175, 80, 48)[scale]
    assert ground.wire.names == ["fetch"]


@pytest.mark.anyio
@pytest.mark.parametrize("name", [f"{ID}-2", f"{ID}-2.png", f"{ID}-2.gif"])
async def test_the_extension_does_not_matter_the_bytes_do(ground: Ground, name: str) -> None:
    await keep(ground, drawn.see_through(), mime="image/jpeg")
    answer = await look(ground, f"/photo/{name}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")


@pytest.mark.anyio
async def test_the_file_itself_is_untouched_and_its_scales_tell_no_place(ground: Ground) -> None:
    data = drawn.with_position(6)
    photo = await keep(ground, data)
    assert (await look(ground, await address(ground, photo, 0))).body == data
    small = (await look(ground, await address(ground, photo, 1))).body
    assert seen(small).size == (480, 640)
    assert PLACE not in small


@pytest.mark.anyio
@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"GIF8", drawn.png_bomb()])
@pytest.mark.parametrize("scale", [0, 2])
async def test_nothing_but_pictures_comes_from_here(ground: Ground, data: bytes, scale: int) -> None:
    assert is_hidden(await look(ground, await address(ground, await keep(ground, data), scale)))


@pytest.mark.anyio
@pytest.mark.parametrize("name", [f"{OTHER}-2.jpg", f"{ID}-7.jpg", "x", f"{ID.upper()}-2.jpg", f"{ID}-2.jpg%00", "%ff"])
async def test_what_is_no_photo_is_not_found(ground: Ground, name: str) -> None:
    await keep(ground)
    assert is_hidden(await look(ground, f"/photo/{name}"))
    assert ground.wire.names == []


@pytest.mark.anyio
async def test_a_photo_whose_file_or_account_is_gone_is_not_found(ground: Ground) -> None:
    photo = await keep(ground)
    ground.world.files.clear()
    assert is_hidden(await look(ground, await address(ground, photo)))
    await ground.gateway.photos.drop(await session(ground), [ID])
    assert is_hidden(await look(ground, await address(ground, photo)))


@pytest.mark.anyio
async def test_a_deleted_photo_is_gone_although_its_sizes_are_kept(ground: Ground) -> None:
    path = await address(ground, await keep(ground))
    assert (await look(ground, path)).status == 200
    await ground.gateway.photos.drop(await session(ground), [ID])
    assert is_hidden(await look(ground, path))


# keeping


@pytest.mark.anyio
async def test_what_a_client_has_is_not_sent_again(ground: Ground) -> None:
    path = await address(ground, await keep(ground))
    tag = (await look(ground, path)).headers["etag"]
    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = await look(ground, path, headers={"If-None-Match": header})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["cache-control"] == PUBLIC
    for header in ('"x"', "", tag.strip('"')):
        assert (await look(ground, path, headers={"If-None-Match": header})).status == 200
    assert (await look(ground, path.replace("-2.", "-3."))).headers["etag"] != tag
    assert ground.wire.names == ["fetch"]


@pytest.mark.anyio
async def test_head_is_get_without_the_picture(ground: Ground) -> None:
    path = await address(ground, await keep(ground))
    whole, head = await look(ground, path), await look(ground, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    for answer in (whole, head):
        assert answer.headers.pop("x-request-id")
    assert head.headers == whole.headers


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_pictures_are_only_looked_at(ground: Ground, method: str) -> None:
    answer = await look(ground, await address(ground, await keep(ground)), method)
    assert (answer.status, sorted(answer.headers["allow"].split(", "))) == (405, ["GET", "HEAD"])


@pytest.mark.anyio
async def test_many_viewers_cost_one_fetch_and_one_look_at_the_store_each(ground: Ground) -> None:
    path = await address(ground, await keep(ground))
    ground.store.trips.clear()
    answers = await asyncio.gather(*(look(ground, path) for _ in range(50)))
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    assert ground.wire.names == ["fetch"]
    ground.store.trips.clear()
    await look(ground, path)
    assert ground.store.trips == ["records"]


# private photos


@pytest.mark.anyio
@pytest.mark.parametrize("fields", [CLOSED, {"limited": True}])
async def test_the_signed_address_opens_a_private_photo(ground: Ground, fields: dict[str, Any]) -> None:
    path = await address(ground, await keep(ground, **fields))
    answer = await look(ground, path)
    assert (answer.status, answer.headers["cache-control"]) == (200, PRIVATE)
    assert (await look(ground, path.replace("-2.", "-6."))).status == 200
    again = await look(ground, path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.headers["cache-control"]) == (304, PRIVATE)


@pytest.mark.anyio
async def test_without_the_signature_it_does_not_seem_to_exist(ground: Ground) -> None:
    path = await address(ground, await keep(ground, **CLOSED))
    bare, _, signature = path.partition("?sig=")
    other = await keep(ground, user="bob", id=OTHER, **CLOSED)
    theirs = (await address(ground, other, user="bob")).partition("?sig=")[2]
    changed = ("B" if signature[0] == "A" else "A") + signature[1:]
    for forged in ("", "?sig=", f"?sig={changed}", f"?sig={signature[:-1]}", f"?sig={theirs}", "?sig=%ff", "?s=1"):
        assert is_hidden(await look(ground, bare + forged))
        assert is_hidden(await look(ground, bare + forged, headers={"If-None-Match": "*"}))
        assert is_hidden(await look(ground, f"{bare.replace('-2', '-0')}{forged}"))
    assert ground.wire.names == []


@pytest.mark.anyio
async def test_narrower_rights_revoke_addresses_and_what_is_kept_does_not_leak(ground: Ground) -> None:
    photo = await keep(ground)
    public = await address(ground, photo)
    assert (await look(ground, public)).status == 200
    closed = replace(photo, rights=Rights(allow_cid="<3><4>"))
    await ground.gateway.photos.keep(await session(ground), [closed])
    assert is_hidden(await look(ground, public))
    signed = await address(ground, closed)
    assert (await look(ground, signed)).status == 200
    await ground.gateway.photos.keep(await session(ground), [replace(photo, rights=Rights(allow_cid="<3>"))])
    assert is_hidden(await look(ground, signed))


@pytest.mark.anyio
async def test_the_owner_sees_it_with_the_password_nobody_else_does(ground: Ground) -> None:
    path = (await address(ground, await keep(ground, **CLOSED))).partition("?")[0]
    answer = await look(ground, path, user="alice")
    assert (answer.status, answer.headers["cache-control"]) == (200, PRIVATE)
    assert is_hidden(await look(ground, path, user="bob"))
    assert is_hidden(await look(ground, path, user="alice", password="wrong"))
    for header in ("Basic", "Basic x", "Bearer x", "Basic " + "A" * 9000, "é"):
        assert is_hidden(await look(ground, path, headers={"Authorization": header.encode()}))


@pytest.mark.anyio
async def test_another_web_site_cannot_use_the_password(ground: Ground) -> None:
    path = (await address(ground, await keep(ground, **CLOSED))).partition("?")[0]
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
        assert is_hidden(await look(ground, path, user="alice", headers=header))


@pytest.mark.anyio
async def test_guessing_passwords_here_is_counted(ground: Ground) -> None:
    path = (await address(ground, await keep(ground, **CLOSED))).partition("?")[0]
    for number in range(PER_NAME[0].failures):
        assert is_hidden(await look(ground, path, user="alice", password=f"wrong {number}"))
    answer = await ground.request("GET", "statuses/home_timeline", user="alice", password="wrong too")
    assert answer.status == 429


@pytest.mark.anyio
async def test_no_password_and_no_signature_is_repeated(ground: Ground, caplog: pytest.LogCaptureFixture) -> None:
    path = await address(ground, await keep(ground, **CLOSED))
    caplog.set_level("DEBUG")
    for answer in (await look(ground, path), await look(ground, path + "x")):
        ours = [record.getMessage() for record in caplog.records if record.name.startswith("oldbird")]
        assert ours
        assert path.partition("?sig=")[2] not in "".join(ours) + str(answer.headers)


# trouble


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("error", "status"),
    [(Slow("late"), 504), (BadAnswer("html"), 502), (Unavailable("down", 7), 503)],
)
async def test_trouble_behind_is_told_and_not_kept(ground: Ground, error: BackendError, status: int) -> None:
    path = await address(ground, await keep(ground))
    ground.wire.fail(error, "fetch")
    answer = await look(ground, path)
    assert (answer.status, answer.headers["cache-control"]) == (status, "no-store")
    assert answer.headers.get("retry-after") == ("7" if status == 503 else None)
    assert (await look(ground, path)).status == 200


@pytest.mark.anyio
async def test_without_the_store_nothing_is_shown(ground: Ground) -> None:
    path = await address(ground, await keep(ground))
    ground.store.away = True
    answer = await look(ground, path)
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.anyio
async def test_a_file_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, request_seconds=0.05) as ground:
        path = await address(ground, await keep(ground))
        gate = ground.wire.hold("fetch")
        assert (await look(ground, path)).status == 504
        gate.go.set()
