"""Photos and profile pictures that a client sends, checked before they go on (reference/wire-friendica.md 8.3, 9.1).

The texts are those clients look for; 500 is what the specification gives most of them.
"""

from __future__ import annotations

from adapters.backend import File
from gateway.ask import Upload
from gateway.errors import ApiError
from gateway.imaging import MIMES, NotAPicture, Picture, checked, upright
from gateway.pictures import picture

SMALLEST = 48
"""Profile pictures of no more pixels a side were never stored."""
PORTRAIT_SIDE = 640
"""Longest side of a profile picture sent on: more than any server shows, and below the 2 MB that old ones take."""
UNITS = ("B", "KB", "MB", "GB")


def no_data() -> ApiError:
    """Nothing was sent, or an empty file."""
    return ApiError(400, "no media data submitted")


async def photo(upload: Upload, most_bytes: int) -> tuple[File, Picture]:
    """A photo as it will be sent on, byte for byte, and what is known of it. Raises ApiError 400, 500."""
    _refuse_size(upload, most_bytes)
    try:
        facts = await checked(upload.data)
    except NotAPicture:
        raise _unreadable() from None
    return picture(upload), facts


async def portrait(upload: Upload, most_bytes: int) -> File:
    """A profile picture, written anew: upright, without metadata, JPEG or PNG. Raises ApiError 400, 500."""
    _refuse_size(upload, most_bytes)
    _refuse_type(upload)
    try:
        made = await upright(upload.data, PORTRAIT_SIDE)
    except NotAPicture:
        raise _unreadable() from None
    if max(made.width, made.height) <= SMALLEST:
        raise ApiError(500, "image upload failed")
    return picture(Upload(data=made.data, name=upload.name))


def size_text(size: int) -> str:
    """`781.25 KB`: at most two decimals, steps of 1024."""
    step = min((size.bit_length() - 1) // 10, len(UNITS) - 1) if size > 0 else 0
    return f"{round(size / 1024**step, 2):g} {UNITS[step]}"


def _refuse_size(upload: Upload, most_bytes: int) -> None:
    if not upload.data:
        raise no_data()
    if len(upload.data) > most_bytes:
        size = size_text(len(upload.data))
        raise ApiError(500, f"image size exceeds Friendica config setting (uploaded size: {size})")


def _refuse_type(upload: Upload) -> None:
    """What is known to be something else than a picture that can be turned into JPEG or PNG."""
    try:
        mime = picture(upload).mime
    except ApiError:
        raise _unreadable() from None
    if mime not in MIMES.values():
        raise ApiError(500, "Unsupported filetype")


def _unreadable() -> ApiError:
    return ApiError(500, "unable to process image data")
