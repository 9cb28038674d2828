"""account/update_profile and account/update_profile_image."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from adapters.backend import ProfileChange
from adapters.errors import Refused, Rejected
from gateway.photo_uploads import size_text
from tests import shapes
from tests.gateway import drawn
from tests.gateway.drawn import PLACE, is_red, seen
from tests.gateway_harness import Answer, Ground, gateway_on

PATH = "account/update_profile_image"


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with gateway_on(tmp_path) as made:
        yield made


def change(ground: Ground) -> ProfileChange:
    (sent,) = [one for one in ground.wire.sent if one.name == "update_profile"]
    made: ProfileChange = sent.args[0]
    return made


def asked(ground: Ground) -> list[str]:
    """Upstream calls of the request itself, in order of name; contacts are read beside it, once, with oneself."""
    names = list(ground.wire.names)
    for name in ("following", "followers", "me") if "following" in names else ():
        names.remove(name)
    return sorted(names)


def me(ground: Ground) -> tuple[str, str]:
    account = ground.world.people["p:alice"]
    return account.name, account.note


async def picture(ground: Ground, data: bytes, name: str = "me.png", **given: str) -> Answer:
    return await ground.post(PATH, files={"image": (name, data, "image/png")}, **given)


# name and description


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_name_and_description_are_changed_and_told(ground: Ground, format: str) -> None:
    ground.world.post("alice", "hello")
    answer = await ground.post("account/update_profile", format=format, name="Alice Ä", description="a < b")
    assert answer.status == 200
    assert me(ground) == ("Alice Ä", "a < b")
    assert asked(ground) == ["update_profile", "user"]
    told = await ground.post("account/verify_credentials", format=format)
    assert told.body == answer.body
    if format == "json":
        assert (answer.json["name"], answer.json["status"]["text"]) == ("Alice Ä", "hello")


@pytest.mark.anyio
async def test_json_and_xml_tell_the_same(ground: Ground) -> None:
    both = [await ground.post("account/update_profile", format=format, name="A") for format in ("json", "xml")]
    shapes.same("account/update_profile", both[0].body, both[1].body)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("sent", "name", "note"),
    [
        ({"name": "Neu"}, "Neu", "about"),
        ({"name": "", "description": ""}, "Alice", ""),
        ({"name": "  ", "description": "x"}, "Alice", "x"),
        ({"description": ""}, "Alice", ""),
        ({"url": "https://a.test", "profile_link_color": "red"}, "Alice", "about"),
        ({}, "Alice", "about"),
    ],
)
async def test_what_is_not_sent_stays(ground: Ground, sent: dict[str, str], name: str, note: str) -> None:
    ground.world.person("alice", note="about")
    answer = await ground.post("account/update_profile", skip_status="1", **sent)
    assert (answer.status, me(ground)) == (200, (name, note))
    assert asked(ground) == ["update_profile" if (name, note) != ("Alice", "about") else "me"]


@pytest.mark.anyio
async def test_what_the_server_refuses_is_no_success(ground: Ground) -> None:
    ground.wire.fail(Rejected("The server does not accept this content."), "update_profile")
    assert (await ground.post("account/update_profile", description="x" * 9000)).status == 400
    assert (await ground.request("GET", "account/update_profile")).status == 405
    assert (await ground.post("account/update_profile", user=None, name="x")).status == 401
    ground.passwords["reader"] = await ground.login("alice", read_only=True)
    answer = await ground.request("POST", PATH, password=ground.passwords["reader"], data={"image": "x"})
    assert answer.status == 403
    assert me(ground) == ("Alice", "")


# picture


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
async def test_the_picture_is_changed_and_the_user_told(ground: Ground, format: str) -> None:
    answer = await ground.post(PATH, format=format, files={"image": ("ich.jpg", drawn.drawn(), "image/jpeg")})
    assert answer.status == 200
    sent = change(ground)
    assert sent.avatar is not None
    assert (sent.avatar.name, sent.avatar.mime, sent.name, sent.note) == ("ich.jpg", "image/jpeg", None, None)
    assert seen(sent.avatar.data).size == (640, 480)
    assert asked(ground) == ["update_profile", "user"]
    assert ground.world.people["p:alice"].avatar.encode() in answer.body.replace(b"\\/", b"/")


@pytest.mark.anyio
async def test_the_picture_stands_upright_and_tells_no_place(ground: Ground) -> None:
    assert (await picture(ground, drawn.with_position(6))).status == 200
    avatar = change(ground).avatar
    assert avatar is not None
    image = seen(avatar.data)
    assert image.size == (480, 640)
    assert is_red(image, 0.9, 0.5)
    assert PLACE not in avatar.data
    assert not image.getexif()


@pytest.mark.anyio
@pytest.mark.parametrize("part", ["image", "media", "image[]"])
async def test_the_part_may_be_called(ground: Ground, part: str) -> None:
    answer = await ground.post(PATH, files={part: ("a.png", drawn.drawn(100, 60, "PNG"), "text/plain")})
    assert (answer.status, change(ground).avatar is not None) == (200, True)


@pytest.mark.anyio
@pytest.mark.parametrize("field", ["image", "media", "image_data"])
async def test_base64_in_a_field(ground: Ground, field: str) -> None:
    answer = await ground.post(PATH, **{field: base64.b64encode(drawn.drawn(49, 20, "PNG")).decode()})
    avatar = change(ground).avatar
    assert avatar is not None
    assert (answer.status, seen(avatar.data).size, avatar.mime) == (200, (49, 20), "image/png")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (drawn.moving("GIF"), "image/png"),
        (drawn.moving("WEBP"), "image/jpeg"),
        (drawn.see_through("WEBP"), "image/png"),
        (drawn.drawn(format="AVIF"), "image/jpeg"),
        (drawn.drawn(mode="CMYK"), "image/jpeg"),
    ],
)
async def test_other_formats_are_sent_on_as_jpeg_or_png(ground: Ground, data: bytes, mime: str) -> None:
    assert (await picture(ground, data)).status == 200
    avatar = change(ground).avatar
    assert avatar is not None
    assert (avatar.mime, seen(avatar.data).get_format_mimetype()) == (mime, mime)


@pytest.mark.anyio
async def test_even_noise_stays_below_what_old_servers_take(ground: Ground) -> None:
    noise = Image.merge("RGBA", [Image.effect_noise((1500, 1500), 200)] * 4)
    assert (await picture(ground, drawn.written(noise, compress_level=1))).status == 200
    avatar = change(ground).avatar
    assert avatar is not None
    assert len(avatar.data) < 2_000_000


UNREADABLE = "unable to process image data"
REFUSED = {
    "nothing": (b"", 400, "no media data submitted"),
    "text": (b"no picture", 500, UNREADABLE),
    "cut off": (drawn.drawn()[:2000], 500, UNREADABLE),
    "bomb": (drawn.png_bomb(), 500, UNREADABLE),
    "svg": (b"<svg/>", 500, UNREADABLE),
    "film": (b"\0\0\0\x20ftypisom" + bytes(50), 500, "Unsupported filetype"),
    "heic": (b"\0\0\0\x20ftypheic" + bytes(50), 500, "Unsupported filetype"),
    "48 pixels": (drawn.drawn(48, 48, "PNG"), 500, "image upload failed"),
    "one pixel": (drawn.drawn(1, 1, "PNG"), 500, "image upload failed"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["json", "xml"])
@pytest.mark.parametrize("what", REFUSED)
async def test_bad_pictures_get_the_documented_words(ground: Ground, what: str, format: str) -> None:
    data, status, text = REFUSED[what]
    answer = await ground.post(PATH, format=format, files={"image": ("x.png", data, "image/png")})
    assert (answer.status, answer.error) == (status, text)
    assert ground.wire.names == []


@pytest.mark.anyio
async def test_nothing_sent_and_unknown_profiles(ground: Ground) -> None:
    data = drawn.drawn(60, 60, "PNG")
    assert (await ground.post(PATH)).error == "no media data submitted"
    assert (await ground.post(PATH, image="")).error == "no media data submitted"
    for id in ("99999999", "2", "x"):
        answer = await picture(ground, data, profile_id=id)
        assert (answer.status, answer.error) == (400, "profile_id not available")
    assert ground.wire.names == []
    for id in ("0", "1", ""):
        assert (await picture(ground, data, profile_id=id)).status == 200


@pytest.mark.anyio
async def test_reading_the_path_says_that_it_is_there(ground: Ground) -> None:
    for user in ("alice", None):
        answer = await ground.request("GET", PATH, user=user)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.anyio
async def test_the_limit_is_exact_and_the_size_is_told(tmp_path: Path) -> None:
    data = drawn.written(Image.effect_noise((300, 300), 90))
    async with gateway_on(tmp_path, photo_bytes=len(data)) as ground:
        assert (await picture(ground, data)).status == 200
        answer = await picture(ground, data + b"\0")
        size = size_text(len(data) + 1)
        assert (answer.status, answer.error) == (
            500,
            f"image size exceeds Friendica config setting (uploaded size: {size})",
        )


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1 KB"), (800_000, "781.25 KB"), (16 * 1024**2, "16 MB"),
     (10**7, "9.54 MB"), (5 * 1024**4, "5120 GB")],
)  # fmt: skip
def test_sizes_in_words(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.anyio
async def test_a_refusal_of_the_server_is_told(ground: Ground) -> None:
    ground.wire.fail(Refused("The server does not let this account do that."), "update_profile")
    answer = await picture(ground, drawn.drawn())
    assert answer.status == 403
