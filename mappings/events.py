"""Messages as Twitter's events (direct_messages/events/*): ids and times are text."""

from __future__ import annotations

from typing import Any

from mappings import hub
from mappings.dates import milliseconds
from mappings.entities import Mark, entities, layout
from mappings.messages import Frame, letter

KIND = "message_create"


def event(status: hub.Status, frame: Frame, *, escape: bool) -> dict[str, Any]:
    """One message. A content warning heads the text, as events have no title; its first picture is the attachment."""
    text, marks = _text(status, escape=escape)
    found = entities(marks, mentions=status.mentions, media=status.media, accounts=frame.accounts, number=frame.number)
    media = found.pop("media", [])
    data: dict[str, Any] = {"text": text, "entities": found}
    if media:
        data["attachment"] = {"type": "media", "media": media[0]}
    return {
        "type": KIND,
        "id": str(frame.number),
        "created_timestamp": str(milliseconds(status.created_at)),
        KIND: {
            "target": {"recipient_id": str(frame.recipient.number)},
            "sender_id": str(frame.sender.number),
            "message_data": data,
        },
    }


def _text(status: hub.Status, *, escape: bool) -> tuple[str, list[Mark]]:
    pieces = letter(status).pieces()
    return layout([f"{status.title}\n\n", *pieces] if status.title else pieces, escape=escape)
