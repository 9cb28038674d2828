"""Pictures for tests, made on the spot: of every format, turned, with positions, damaged, and bombs."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

RED, BLUE = (200, 30, 30), (30, 30, 200)
PLACE = b"Nordpol-52.5200"
"""Stands in the metadata of pictures that have a position."""


def written(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    """A picture as a file."""
    stream = BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


@cache
def drawn(width: int = 800, height: int = 600, format: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture whose upper half is red and whose lower half is blue."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width, max(1, height // 2)))
    return written(image.convert(mode), format)


@cache
def with_position(turn: int = 1, width: int = 800, height: int = 600, format: str = "JPEG") -> bytes:
    """The same with an orientation, a place and a comment in its metadata."""
    image = Image.open(BytesIO(drawn(width, height, "PNG")))
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (IFDRational(52), IFDRational(31), IFDRational(0)), 29: PLACE.decode()})
    return written(image, format, exif=exif, comment=PLACE) if format == "JPEG" else written(image, format, exif=exif)


@cache
def moving(format: str = "GIF") -> bytes:
    """Two frames: one red, one blue."""
    frames = [Image.new("RGB", (400, 300), colour) for colour in (RED, BLUE)]
    return written(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


@cache
def see_through(format: str = "PNG") -> bytes:
    """Its left half cannot be seen."""
    image = Image.new("RGBA", (800, 600), (*RED, 0))
    image.paste((*RED, 255), (400, 0, 800, 600))
    return written(image, format)


def seen(data: bytes) -> Image.Image:
    """What a viewer would show of a file, read to its end."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def is_red(image: Image.Image, x: float, y: float) -> bool:
    """The point at these shares of width and height."""
    pixel = image.convert("RGB").getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))
    assert isinstance(pixel, tuple)
    return pixel[0] > pixel[2]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few bytes that declare thousands of millions of pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(bytes(1000))), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif_bomb(screen: int = 65_535, frame: int = 65_535) -> bytes:
    """A GIF of a huge screen, or of a small one with a huge frame that is cleared after it was shown."""
    head = b"GIF89a" + struct.pack("<HH", screen, screen) + b"\x80\0\0\0\0\0\xff\xff\xff"
    control = b"!\xf9\x04\x08\0\0\0\0"
    return head + control + b"," + struct.pack("<HHHH", 0, 0, frame, frame) + b"\0\x02\x02\x44\x01\0;"


def webp_bomb() -> bytes:
    """A small moving WebP that declares a canvas of 16384 x 16384."""
    data = moving("WEBP")
    return data[:24] + b"\xff\x3f\0\xff\x3f\0" + data[30:]


def jpeg_bomb() -> bytes:
    """A progressive JPEG whose scans are repeated a thousand times."""
    data = written(Image.open(BytesIO(drawn(64, 64, "PNG"))), "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    return data[:-2] + data[scan:-2] * 1000 + data[-2:]
