"""`attachments` of a status: its media files (reference/wire-statuses-users.md section 3.2)."""

from __future__ import annotations

from typing import Any

from mappings import hub
from mappings.text import address

MIME_TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "heic": "image/heic", "svg": "image/svg+xml", "mp4": "video/mp4", "webm": "video/webm",
    "mov": "video/quicktime", "ogv": "video/ogg", "mp3": "audio/mpeg", "ogg": "audio/ogg", "oga": "audio/ogg",
    "opus": "audio/ogg", "m4a": "audio/mp4", "wav": "audio/wav", "flac": "audio/flac", "pdf": "application/pdf",
}  # fmt: skip

KINDS = {"image": "image/jpeg", "gifv": "video/mp4", "video": "video/mp4", "audio": "audio/mpeg"}

UNKNOWN = "application/octet-stream"


def mime_type(media: hub.Media) -> str:
    """What the backend says, else by file name, else by kind."""
    if media.mime:
        return media.mime
    name = address(media).partition("?")[0].rpartition("/")[2]
    return MIME_TYPES.get(name.rpartition(".")[2].lower()) or KINDS.get(media.type, UNKNOWN)


def attachments(media: tuple[hub.Media, ...]) -> list[dict[str, Any]]:
    """One item for each file that has an address."""
    return [
        {
            "url": address(item),
            "mimetype": mime_type(item),
            "size": item.size,
            "thumb_url": item.preview_url or address(item),
            "description": item.description,
        }
        for item in media
        if address(item)
    ]
