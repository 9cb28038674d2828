"""Sizes of pictures, made by Pillow beside the event loop (reference/wire-friendica.md section 8).

What is read is bounded before it is decoded: formats, pixels, scans. Only `THREADS` pictures are worked on at a time,
large ones one by one. Whatever is written anew stands upright and carries no metadata but a small colour profile.
"""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

import msgspec

from mappings.old_pictures import Fit

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

T = TypeVar("T")

SIDES = (0, 640, 320, 160, 175, 80, 48)
"""Longest side of each scale in pixels; scale 0 is the picture as it came."""

MAX_PIXELS = 7680 * 4320
"""Mastodon takes no more either. Decoded that is 133 MB with transparency, and a second copy while it is reduced."""
MAX_WEBP_PIXELS = MAX_PIXELS // 2
"""The decoder of WebP keeps two frames more."""
LARGE = 8_000_000
"""Pixels above which a picture is decoded while no other large one is."""
MAX_SCANS = 100
"""A progressive JPEG of more scans only costs time."""
NOBODY = 400
"""Side of the picture of nobody."""
THREADS = 2
JPEG_QUALITY = 85
MAX_PROFILE = 16 * 1024
ORIENTATION = 0x0112
"""The EXIF tag that says how the camera was held."""

MIMES = {
    "JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp",
    "AVIF": "image/avif",
}  # fmt: skip
READABLE = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
SHARP = frozenset({"image/png", "image/gif"})
"""Drawn rather than photographed: written as PNG."""

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="imaging")
_large = threading.RLock()


class NotAPicture(Exception):
    """The bytes are no picture, a damaged one, or one of too many pixels."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file. `width` and `height` are pixels as it is looked at, turned the right way up."""

    data: bytes
    mime: str
    width: int
    height: int


async def scaled(data: bytes, scale: int) -> Picture:
    """The picture at a scale from 0 to 6, never enlarged: a size the picture does not have gives the next scale below
    it that it has, in the end the file itself (section 8). Of moving pictures the first frame. Raises NotAPicture.
    """
    return await _beside(lambda: _scaled(data, scale))


async def checked(data: bytes) -> Picture:
    """The file as it is, read to its end. Raises NotAPicture."""
    return await _beside(lambda: _checked(data))


async def measured(data: bytes) -> tuple[int, int]:
    """Width and height in pixels as it is looked at, read from the head of the file; (0, 0) for what is no picture."""
    try:
        facts = await _beside(lambda: _measured(data))
    except NotAPicture:
        return 0, 0
    return facts.width, facts.height


async def upright(data: bytes, side: int) -> Picture:
    """Written anew as JPEG or PNG of at most `side` pixels a side, turned, without metadata. Raises NotAPicture."""
    return await _beside(lambda: _upright(data, side))


async def fitted(data: bytes, fit: Fit) -> Picture:
    """Written anew as JPEG or PNG, turned, without metadata, never enlarged. Of moving pictures the first frame.

    Raises NotAPicture.
    """
    return await _beside(lambda: _fitted(data, fit))


async def nobody(fit: Fit) -> Picture:
    """What is shown for a person whose picture cannot be."""
    return await _beside(lambda: _nobody(min(fit.width, NOBODY)))


async def _beside(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def stored(scale: int, longest: int) -> int:
    """Which scale is there when `scale` is asked for, of a picture whose longest side has so many pixels."""
    return next((one for one in range(scale, 0, -1) if SIDES[one] < longest), 0)


def _scaled(data: bytes, scale: int) -> Picture:
    with _opened(data) as image:
        there = stored(scale, max(image.size))
        return _anew(image, SIDES[there]) if there else _as_it_is(data, image)


def _checked(data: bytes) -> Picture:
    with _opened(data) as image:
        facts = _as_it_is(data, image)
        image.draft(None, (SIDES[-1], SIDES[-1]))
        with _room(facts.width * facts.height):
            image.load()
        return facts


def _measured(data: bytes) -> Picture:
    with _opened(data) as image:
        return _as_it_is(data, image)


def _upright(data: bytes, side: int) -> Picture:
    with _opened(data) as image:
        return _anew(image, min(side, max(image.size)))


def _fitted(data: bytes, fit: Fit) -> Picture:
    with _opened(data) as image:
        return _written_as(image, fit)


@cache
def _nobody(side: int) -> Picture:
    """Head and shoulders, drawn large and made smaller for smooth edges."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    image = Image.new("RGB", (NOBODY, NOBODY), (204, 214, 221))
    draw, unit = ImageDraw.Draw(image), NOBODY // 8
    draw.ellipse((unit * 2.5, unit * 1.5, unit * 5.5, unit * 4.5), fill=(102, 117, 127))
    draw.ellipse((unit, unit * 5, unit * 7, unit * 11), fill=(102, 117, 127))
    return _written(image.resize((side, side), reducing_gap=2.0), sharp=True, profile=b"")


@contextmanager
def _opened(data: bytes) -> Iterator[ImageFile]:
    """The picture, its head read and found to be within bounds. Anything that goes wrong with it is its own fault."""
    from PIL import Image  # noqa: PLC0415  imported only when used

    _prepare()
    webp = _webp_pixels(data)
    try:
        _refuse(webp > MAX_WEBP_PIXELS or _jpeg_scans(data) > MAX_SCANS)
        with _room(webp), Image.open(BytesIO(data), formats=READABLE) as image:
            _refuse(not 0 < image.width * image.height <= MAX_PIXELS)
            yield image
    except NotAPicture:
        raise
    except Exception as error:  # decoders raise whatever the bytes make them stumble over
        raise NotAPicture(f"It cannot be decoded: {type(error).__name__}.") from error


def _refuse(bomb: bool) -> None:
    if bomb:
        raise NotAPicture("It is too large to decode.")


@cache
def _prepare() -> None:
    """Pillow's own guard against bombs refuses, instead of warning, what shows itself only while decoding."""
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def _webp_pixels(data: bytes) -> int:
    """Pixels that a WebP file declares; its decoder takes memory for them as soon as it is made."""
    if data[8:12] != b"WEBP":
        return 0
    head = data[12:30]
    if head[:4] == b"VP8X":
        return (int.from_bytes(head[12:15], "little") + 1) * (int.from_bytes(head[15:18], "little") + 1)
    if head[:4] == b"VP8L":
        bits = int.from_bytes(head[9:13], "little")
        return ((bits & 0x3FFF) + 1) * ((bits >> 14 & 0x3FFF) + 1)
    return (int.from_bytes(head[14:16], "little") & 0x3FFF) * (int.from_bytes(head[16:18], "little") & 0x3FFF)


def _jpeg_scans(data: bytes) -> int:
    return data.count(b"\xff\xda") if data.startswith(b"\xff\xd8") else 0


def _room(pixels: int) -> AbstractContextManager[object]:
    """Where a picture of so many pixels may be decoded."""
    return _large if pixels > LARGE else nullcontext()


def _turn(image: ImageFile) -> int:
    """How the picture must be turned, as EXIF writes it: 1 to 8."""
    try:
        turn = int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  damaged metadata does not matter
        return 1
    return turn if 1 <= turn <= 8 else 1


def _as_it_is(data: bytes, image: ImageFile) -> Picture:
    width, height = image.size
    if _turn(image) >= 5:
        width, height = height, width
    return Picture(data=data, mime=MIMES[image.format or ""], width=width, height=height)


def _anew(image: ImageFile, side: int) -> Picture:
    """Written anew, its longest side `side` pixels."""
    return _written_as(image, Fit(side, side))


def _written_as(image: ImageFile, fit: Fit) -> Picture:
    """Written anew, as large as fits and never larger than it was."""
    mime, turn, profile = MIMES[image.format or ""], _turn(image), image.info.get("icc_profile") or b""
    pixels, mode = image.width * image.height, image.mode
    within = (fit.height, fit.width) if turn >= 5 else (fit.width, fit.height)
    shape = within if fit.cut else None
    left, top, right, bottom = _part(image.size, shape)
    share = min(within[0] / (right - left), within[1] / (bottom - top), 1)
    size = max(1, round((right - left) * share)), max(1, round((bottom - top) * share))
    enough = max(1, round(image.width * share)) * 2, max(1, round(image.height * share)) * 2
    image.draft(None, enough)  # a JPEG need not be decoded in full
    with _room(pixels):
        small = _plain(image).resize(size, box=_part(image.size, shape), reducing_gap=2.0)
    small = _opaque(_turned(small, turn))
    if small.mode.rstrip("A") != mode.rstrip("A") or len(profile) > MAX_PROFILE:
        profile = b""  # it tells colours of another kind, or it is too much for a small picture
    return _written(small, sharp=mime in SHARP, profile=profile)


def _part(size: tuple[int, int], shape: tuple[int, int] | None) -> tuple[float, float, float, float]:
    """The middle of a picture that has the ratio of `shape` (left, top, right, bottom); without one all of it."""
    if shape is None:
        return 0, 0, size[0], size[1]
    share = min(size[0] / shape[0], size[1] / shape[1])
    beside, above = ((size[at] - shape[at] * share) / 2 for at in (0, 1))
    return max(beside, 0), max(above, 0), size[0] - max(beside, 0), size[1] - max(above, 0)


def _opaque(image: Image) -> Image:
    """Without an alpha channel that hides nothing."""
    return image.convert("RGB") if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255) else image


def _plain(image: Image) -> Image:
    """Grey, RGB, or RGBA where parts are transparent."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        return _in(image, "RGBA")
    return _in(image, "L" if image.mode in {"1", "L"} else "RGB")


def _in(image: Image, mode: str) -> Image:
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: Image) -> Image:
    """Grey of 16 bits a pixel: a mere conversion would cut off all but the darkest part."""
    return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _turned(image: Image, turn: int) -> Image:
    from PIL.Image import Transpose  # noqa: PLC0415

    ways = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }  # fmt: skip
    return image.transpose(ways[turn]) if turn in ways else image


def _written(image: Image, *, sharp: bool, profile: bytes) -> Picture:
    sharp = sharp or image.mode == "RGBA"
    image.info.clear()  # comments, EXIF and XMP would be written again
    stream, more = BytesIO(), {"icc_profile": profile} if profile else {}
    if sharp:
        image.save(stream, "PNG", **more)
    else:
        image.save(stream, "JPEG", quality=JPEG_QUALITY, **more)
    mime = "image/png" if sharp else "image/jpeg"
    return Picture(data=stream.getvalue(), mime=mime, width=image.width, height=image.height)
