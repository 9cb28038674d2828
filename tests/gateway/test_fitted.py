"""Pictures written anew in a size: as JPEG or PNG, upright, without metadata, never enlarged."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gateway.imaging import NotAPicture, fitted
from mappings.old_pictures import SIZES, Fit, Kind
from tests.gateway import drawn
from tests.gateway.drawn import PLACE, is_red, seen

pytestmark = pytest.mark.anyio
THUMB, SMALL = Fit(150, 150, cut=True), Fit(680, 680)


@pytest.mark.parametrize("format", ["WEBP", "AVIF", "JPEG", "PNG", "GIF"])
async def test_every_format_becomes_jpeg_or_png(format: str) -> None:
    made = await fitted(drawn.drawn(format=format), SMALL)
    image = seen(made.data)
    assert (image.format, made.mime) == (("PNG", "image/png") if format in {"PNG", "GIF"} else ("JPEG", "image/jpeg"))
    assert image.size == (made.width, made.height) == (680, 510)
    assert is_red(image, 0.5, 0.2)
    assert not is_red(image, 0.5, 0.8)


@pytest.mark.parametrize("kind", list(Kind))
async def test_every_size_of_every_kind(kind: Kind) -> None:
    for fit in SIZES[kind].values():
        made = await fitted(drawn.drawn(1600, 1200), fit)
        assert made.width <= fit.width
        assert made.height <= fit.height
        if fit.cut:
            assert (made.width, made.height) == (fit.width, fit.height)
        else:
            assert (made.width, made.height) == (min(fit.width, 1600), min(fit.width, 1600) * 3 // 4)


async def test_what_is_cut_is_the_middle() -> None:
    image = Image.new("RGB", (900, 300), drawn.BLUE)
    image.paste(drawn.RED, (300, 0, 600, 300))
    made = seen((await fitted(drawn.written(image), THUMB)).data)
    assert made.size == (150, 150)
    assert all(is_red(made, x, y) for x in (0, 1) for y in (0, 1))


@pytest.mark.parametrize("size", [(20, 20), (40, 20), (10, 3000)])
async def test_nothing_is_enlarged(size: tuple[int, int]) -> None:
    made = await fitted(drawn.drawn(*size), Fit(48, 48, cut=True))
    shortest = min(*size, 48)
    assert (made.width, made.height) == (shortest, shortest)
    whole = await fitted(drawn.drawn(*size), Fit(4096, 4096))
    assert (whole.width, whole.height) == size


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("cut", [False, True])
async def test_it_stands_upright_and_tells_no_place(turn: int, cut: bool) -> None:
    data = drawn.with_position(turn)
    assert PLACE in data
    made = await fitted(data, Fit(200, 100, cut))
    image = seen(made.data)
    assert PLACE not in made.data
    assert not image.getexif()
    wide, high = (600, 800) if turn >= 5 else (800, 600)
    expected = (200, 100) if cut else (round(wide * 100 / high), 100)
    assert image.size == expected
    red_at = {1: (0.5, 0), 2: (0.5, 0), 3: (0.5, 1), 4: (0.5, 1), 5: (0, 0.5), 6: (1, 0.5), 7: (1, 0.5), 8: (0, 0.5)}
    assert is_red(image, *red_at[turn])


async def test_of_what_moves_the_first_frame() -> None:
    for format in ("GIF", "WEBP"):
        image = seen((await fitted(drawn.moving(format), SMALL)).data)
        assert getattr(image, "n_frames", 1) == 1
        assert is_red(image, 0.5, 0.5)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "AVIF"])
async def test_what_can_be_seen_through_stays_so(format: str) -> None:
    made = await fitted(drawn.see_through(format), SMALL)
    image: Any = seen(made.data)
    assert (made.mime, image.mode) == ("image/png", "RGBA")
    assert image.getpixel((10, 10))[3] < 30
    assert image.getpixel((670, 10))[3] > 220


async def test_an_alpha_channel_that_hides_nothing_makes_no_png() -> None:
    data = drawn.written(Image.new("RGBA", (300, 200), (*drawn.RED, 255)), "WEBP", lossless=True)
    assert (await fitted(data, SMALL)).mime == "image/jpeg"


@pytest.mark.parametrize("mode", ["CMYK", "L", "YCbCr"])
async def test_jpegs_of_other_colours(mode: str) -> None:
    made = seen((await fitted(drawn.drawn(mode=mode), SMALL)).data)
    assert made.mode == ("L" if mode == "L" else "RGB")
    assert mode == "L" or is_red(made, 0.5, 0.2)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", SVG, drawn.png_bomb(), drawn.gif_bomb(), drawn.webp_bomb(), drawn.jpeg_bomb(),
     drawn.drawn()[:400], drawn.drawn(format="PNG")[:300], drawn.drawn(format="WEBP")[:200]],
    ids=["empty", "text", "svg", "png bomb", "gif bomb", "webp bomb", "jpeg bomb", "jpeg cut", "png cut", "webp cut"],
)  # fmt: skip
async def test_bombs_drawings_and_damaged_files_are_no_pictures(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        await fitted(data, SMALL)


def test_the_drawn_pictures_are_what_they_say() -> None:
    for format in ("WEBP", "AVIF"):
        assert Image.open(BytesIO(drawn.drawn(format=format))).format == format
