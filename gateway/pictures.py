"""Pictures a client sends: what they are (by their bytes, never by their name) and how they reach the backend."""

from __future__ import annotations

from adapters.backend import File
from adapters.errors import OutcomeUnknown, Slow
from gateway.ask import Ask, Upload
from gateway.errors import BAD_MEDIA, ApiError
from mappings import hub

SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"GIF87a", "image/gif", "gif"),
    (0, b"GIF89a", "image/gif", "gif"),
    (8, b"WEBP", "image/webp", "webp"),
    (4, b"ftypavif", "image/avif", "avif"),
    (4, b"ftypheic", "image/heic", "heic"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm", "webm"),
)
"""(offset, bytes, type, extension), the first match counts."""


def picture(upload: Upload, description: str = "") -> File:
    """The file ready to send. Raises ApiError 400 when it is none that a server would take."""
    if not upload.data:
        raise ApiError(400, "No media.", BAD_MEDIA)
    for offset, signature, mime, extension in SIGNATURES:
        if upload.data.startswith(signature, offset):
            stem = upload.name.rpartition(".")[0] or upload.name or "media"
            return File(data=upload.data, name=f"{stem[-60:]}.{extension}", mime=mime, description=description)
    raise ApiError(400, "Unable to process image.", BAD_MEDIA)


async def upload_all(ask: Ask, uploads: tuple[Upload, ...], already: int) -> tuple[hub.Upload, ...]:
    """Check all, then send one after the other: some servers show files in the order they came.

    Raises ApiError 400, BackendError, but never OutcomeUnknown: nothing is posted yet.
    """
    most = ask.session.backend.capabilities.max_media
    if len(uploads) + already > most:
        raise ApiError(400, f"This server takes at most {most} files in a post.", BAD_MEDIA)
    files = [picture(upload) for upload in uploads]
    try:
        return tuple([await ask.session.backend.upload(file) for file in files])
    except OutcomeUnknown as error:
        raise Slow(str(error)) from error
