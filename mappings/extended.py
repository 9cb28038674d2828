"""`tweet_mode=extended` (reference/clients.md section 6.3), `trim_user=true`, `include_my_retweet=true`: what they add
to a finished object, and what is left of a user. No default reply passes through here.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any

import msgspec

from mappings import hub
from mappings.attachments import mime_type
from mappings.characters import clean
from mappings.entities import escaped
from mappings.fragments import Format, Fragment
from mappings.html import SPACE
from mappings.text import address
from mappings.trees import json_bytes, xml_content

VIDEOS = frozenset({"video", "animated_gif"})


def extended(made: Fragment, text: str, entities: bytes | None, media: Sequence[hub.Media]) -> Fragment:
    """A status in JSON with `full_text`, `display_text_range` (code points of it) and, where it has media,
    `extended_entities`. `entities` are its entities as JSON; `media` its files."""
    shown: list[dict[str, Any]] = msgspec.json.decode(entities).get("media", []) if entities else []
    members: dict[str, Any] = {"full_text": text, "display_text_range": [0, shown_until(text, shown)]}
    if shown:
        files = {clean(address(file)): file for file in media}
        members["extended_entities"] = {"media": [_with_video(one, files.get(one["expanded_url"])) for one in shown]}
    *pieces, last = made.pieces
    assert isinstance(last, bytes)
    return Fragment((*pieces, joined(last, members)))


def shown_until(text: str, media: Sequence[dict[str, Any]]) -> int:
    """Where the text ends for a client that shows the pictures: before the links to them, and their descriptions, that
    stand last."""
    end = len(text.rstrip(SPACE))
    for one in sorted(media, key=lambda one: one["indices"], reverse=True):
        start, stop = one["indices"]
        described = one.get("ext_alt_text", "")
        if text[stop:end].strip(SPACE) in {"", f"[{described}]", f"[{escaped(described)}]"}:
            end = len(text[:start].rstrip(SPACE))
    return end


def _with_video(found: dict[str, Any], media: hub.Media | None) -> dict[str, Any]:
    """Servers do not say the bit rate: 0, as of every animated picture."""
    if media is None or found["type"] not in VIDEOS:
        return found
    width, height = max(media.width, 0), max(media.height, 0)
    common = gcd(width, height)
    ratio = [width // common, height // common] if common else [1, 1]
    variant = {"bitrate": 0, "content_type": mime_type(media), "url": clean(address(media))}
    return {**found, "video_info": {"aspect_ratio": ratio, "variants": [variant]}}


def joined(body: bytes, members: dict[str, Any]) -> bytes:
    """The end of a JSON object with more members before its brace."""
    return b"%b,%b" % (body[:-1], json_bytes(members)[1:])


def added(body: bytes, format: Format, members: dict[str, Any]) -> bytes:
    """A finished object with more members; in XML the content of its element."""
    return joined(body, members) if format == "json" else body + xml_content(members)


def trimmed(number: int, format: Format) -> Fragment:
    """All that `trim_user` leaves of a user."""
    tree = {"id": number, "id_str": str(number)}
    return Fragment((json_bytes(tree) if format == "json" else xml_content(tree),))
