"""Sizes of pictures: what comes out, what is refused, what is left out."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from gateway import imaging
from gateway.imaging import MAX_PIXELS, SIDES, NotAPicture, checked, measured, scaled, upright
from tests.gateway import drawn
from tests.gateway.drawn import PLACE, is_red, seen

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "MPO")
MIMES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp",
         "AVIF": "image/avif"}  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize("scale", range(7))
async def test_every_scale_fits_its_side_and_keeps_the_proportions(scale: int) -> None:
    made = await scaled(drawn.drawn(), scale)
    image, side = seen(made.data), SIDES[scale] or 800
    assert (made.width, made.height) == image.size == (side, round(side * 0.75))
    assert is_red(image, 0.5, 0.1)
    assert not is_red(image, 0.5, 0.9)


@pytest.mark.anyio
@pytest.mark.parametrize("format", FORMATS)
async def test_scale_0_is_the_file_itself(format: str) -> None:
    data = drawn.drawn(format=format)
    made = await scaled(data, 0)
    assert (made.data, made.mime, made.width, made.height) == (data, MIMES[format], 800, 600)
    assert await measured(data) == (800, 600)


@pytest.mark.anyio
@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff", drawn.drawn()[:20]])
async def test_what_is_no_picture_has_no_size(data: bytes) -> None:
    assert await measured(data) == (0, 0)


@pytest.mark.anyio
@pytest.mark.parametrize("format", FORMATS)
async def test_small_sizes_are_jpeg_or_png(format: str) -> None:
    made = await scaled(drawn.drawn(format=format), 2)
    assert made.mime == ("image/png" if format in {"PNG", "GIF"} else "image/jpeg")
    assert seen(made.data).get_format_mimetype() == made.mime


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("longest", "sides"),
    [
        (1000, [1000, 640, 320, 160, 175, 80, 48]),
        (640, [640, 640, 320, 160, 175, 80, 48]),
        (200, [200, 200, 200, 160, 175, 80, 48]),
        (170, [170, 170, 170, 160, 160, 80, 48]),
        (160, [160, 160, 160, 160, 160, 80, 48]),
        (48, [48] * 7),
        (1, [1] * 7),
    ],
)
async def test_a_size_the_picture_does_not_have_is_the_next_one_below(longest: int, sides: list[int]) -> None:
    data = drawn.drawn(longest, longest, "PNG")
    assert [(await scaled(data, scale)).width for scale in range(7)] == sides
    if longest == 1:
        assert (await scaled(data, 6)).data == data


@pytest.mark.anyio
async def test_a_line_stays_a_line() -> None:
    made = await scaled(drawn.drawn(5000, 1, "PNG"), 3)
    assert (made.width, made.height) == (160, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA", "RGBA"])
async def test_every_kind_of_colour(mode: str) -> None:
    format = "JPEG" if mode == "CMYK" else "PNG"
    coloured = seen(drawn.drawn(400, 300, "PNG"))
    image = Image.new("I;16", (400, 300), 40_000) if mode == "I;16" else coloured.convert(mode)
    made = seen((await scaled(drawn.written(image, format), 3)).data)
    assert made.size == (160, 120)
    if mode == "I;16":
        assert abs(int(made.convert("L").getpixel((5, 5))) - 40_000 // 257) <= 1  # type: ignore[arg-type]
    elif mode in {"P", "CMYK", "RGBA"}:
        assert is_red(made, 0.5, 0.1)
        assert not is_red(made, 0.5, 0.9)


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF"])
async def test_what_cannot_be_seen_stays_unseen(format: str) -> None:
    made = await scaled(drawn.see_through(format), 2)
    image = seen(made.data)
    assert (made.mime, image.mode) == ("image/png", "RGBA")
    assert [image.getpixel((x, 100))[3] for x in (10, 300)] == [0, 255]  # type: ignore[index]


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
async def test_of_moving_pictures_the_first_frame(format: str) -> None:
    data = drawn.moving(format)
    made = seen((await scaled(data, 3)).data)
    assert is_red(made, 0.5, 0.5)
    assert getattr(made, "n_frames", 1) == 1
    assert (await scaled(data, 0)).data == data


UPPER = {1: (0.5, 0.1), 2: (0.5, 0.1), 3: (0.5, 0.9), 4: (0.5, 0.9), 5: (0.1, 0.5), 6: (0.9, 0.5), 7: (0.9, 0.5),
         8: (0.1, 0.5)}  # fmt: skip
"""Where the upper half of the stored picture is to be seen, by orientation."""


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turn", range(1, 9))
async def test_pictures_are_turned_the_right_way_up(turn: int, format: str) -> None:
    data = drawn.with_position(turn, format=format)
    for made in (await scaled(data, 2), await upright(data, 400)):
        image = seen(made.data)
        assert (image.width > image.height) == (turn < 5)
        x, y = UPPER[turn]
        assert is_red(image, x, y)
        assert not is_red(image, 1 - x, 1 - y)
    whole = await scaled(data, 0)
    assert (whole.width, whole.height) == ((800, 600) if turn < 5 else (600, 800))


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
async def test_places_and_all_other_metadata_are_dropped(format: str) -> None:
    data = drawn.with_position(6, format=format)
    assert PLACE in data
    for made in (await scaled(data, 1), await scaled(data, 6), await upright(data, 640), await upright(data, 5000)):
        image = seen(made.data)
        assert PLACE not in made.data
        assert not image.getexif()
        assert not {"exif", "comment", "xmp"} & set(image.info)


@pytest.mark.anyio
async def test_a_small_colour_profile_stays_a_large_one_goes() -> None:
    image = seen(drawn.drawn(format="PNG"))
    for size, kept in ((500, True), (imaging.MAX_PROFILE + 1, False)):
        data = drawn.written(image, "JPEG", icc_profile=b"p" * size)
        assert ("icc_profile" in seen((await scaled(data, 2)).data).info) is kept
    grey = drawn.written(image.convert("CMYK"), "JPEG", icc_profile=b"p" * 500)
    assert "icc_profile" not in seen((await scaled(grey, 2)).data).info


DAMAGED = {
    "nothing": b"",
    "text": b"hello, I am a picture",
    "html": b"<html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a bitmap": drawn.written(Image.new("RGB", (60, 60)), "BMP"),
    "tiff": drawn.written(Image.new("RGB", (60, 60)), "TIFF"),
    "only a head": b"\x89PNG\r\n\x1a\n",
    "png bomb": drawn.png_bomb(),
    "png a little too large": drawn.png_bomb(8000, 5000),
    "gif bomb": drawn.gif_bomb(),
    "gif with a huge frame": drawn.gif_bomb(screen=1),
    "webp bomb": drawn.webp_bomb(),
    "jpeg bomb": drawn.jpeg_bomb(),
}


@pytest.mark.anyio
@pytest.mark.parametrize("what", DAMAGED)
async def test_what_is_no_picture_or_a_bomb_is_refused_before_it_is_decoded(what: str) -> None:
    for work in (scaled(DAMAGED[what], 0), scaled(DAMAGED[what], 4), checked(DAMAGED[what]), upright(DAMAGED[what], 9)):
        with pytest.raises(NotAPicture):
            await work


@pytest.mark.anyio
@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
async def test_a_picture_that_was_cut_off_is_refused(format: str) -> None:
    image = Image.effect_noise((300, 200), 80).convert("RGB")
    data = drawn.written(image, format)
    assert (await checked(data)).data == data
    for work in (checked(data[: len(data) // 2]), scaled(data[: len(data) // 2], 3)):
        with pytest.raises(NotAPicture):
            await work


@pytest.mark.anyio
async def test_the_bound_of_pixels_is_exact() -> None:
    image = Image.new("1", (7680, 4320))
    assert image.width * image.height == MAX_PIXELS
    assert (await scaled(drawn.written(image), 6)).width == 48
    with pytest.raises(NotAPicture):
        await scaled(drawn.written(Image.new("1", (7681, 4320))), 6)


@pytest.mark.anyio
async def test_the_event_loop_goes_on_and_only_some_threads_work(monkeypatch: pytest.MonkeyPatch) -> None:
    together, working, most = threading.Barrier(imaging.THREADS), set[int](), list[int]()

    def waiting(data: bytes, scale: int) -> imaging.Picture:
        working.add(scale)
        together.wait(20)
        most.append(len(working))
        together.wait(20)
        working.discard(scale)
        return imaging.Picture(data=data, mime="", width=scale, height=1)

    monkeypatch.setattr(imaging, "_scaled", waiting)
    made = await asyncio.gather(*(scaled(b"", number) for number in range(10 * imaging.THREADS)))
    assert [one.width for one in made] == list(range(10 * imaging.THREADS))
    assert max(most) <= imaging.THREADS


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), format=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]), scale=st.integers(0, 6))
def test_damaged_bytes_give_a_picture_or_are_refused(data: st.DataObject, format: str, scale: int) -> None:
    raw = bytearray(drawn.with_position(6, 100, 80, format) if format != "GIF" else drawn.moving())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = imaging._scaled(bytes(raw), scale)
    except NotAPicture:
        return
    assert made.width > 0
    assert made.height > 0


def test_pillow_is_only_loaded_when_a_picture_is_made() -> None:
    code = "import sys, gateway.app, gateway.cli, gateway.services; sys.exit(any(m == 'PIL' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
