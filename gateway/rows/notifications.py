"""Notifications."""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST_PUT, Call, Param, Type

ROWS = (
    Call(
        path="friendica/notifications",
        aliases=("friendica/notification",),
        methods=GET,
        root="notes",
        item="note",
        formats=JSON_XML,
        doc="The last 50 notifications, unseen ones first.",
    ),
    Call(
        path="friendica/notifications/seen",
        aliases=("friendica/notification/seen",),
        methods=POST_PUT,
        params=(Param(name="id", type=Type.ID, doc="Id of the notification."),),
        root="status",
        formats=JSON_XML,
        write=True,
        doc="Marks a notification as seen.",
    ),
)
