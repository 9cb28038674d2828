"""Notifications, and what old clients do with those of /ping."""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST_PUT, Call, Param, Type
from gateway.rows.shared import MARKERS, STATUS_ID

NOTE_ID = Param(name="id", type=Type.ID, space="note", doc="Id of the notification, as last part of the path.")

ROWS = (
    Call(
        path="friendica/notifications",
        aliases=("friendica/notification",),
        methods=GET,
        root="notes",
        item="note",
        formats=JSON_XML,
        needs=(MARKERS,),
        handler="notifications.listed",
        doc="The last 50 notifications, unseen ones first.",
    ),
    Call(
        path="friendica/notifications/seen",
        aliases=("friendica/notification/seen",),
        methods=POST_PUT,
        params=(Param(name="id", type=Type.ID, space="note", doc="Id of the notification."),),
        root="status",
        formats=JSON_XML,
        needs=(MARKERS,),
        write=True,
        handler="notifications.seen",
        doc="Marks a notification as seen.",
    ),
    Call(
        path="ping",
        methods=GET,
        root="result",
        formats=("xml", "json"),
        needs=(MARKERS,),
        spec=False,
        handler="notifications.ping",
        doc="Counters of what is new, and the notifications. Old clients ask for `/ping`, which is XML.",
    ),
    Call(
        path="notification/view",
        methods=GET,
        params=(NOTE_ID,),
        tail="id",
        root="status",
        formats=JSON_XML,
        needs=(MARKERS,),
        spec=False,
        handler="notifications.view",
        doc="Marks a notification as seen and leads on to what it is about: the `href` of `/ping`.",
    ),
    Call(
        path="display/status",
        methods=GET,
        params=(STATUS_ID,),
        tail="id",
        root="status",
        formats=JSON_XML,
        spec=False,
        handler="notifications.display",
        doc="Leads on to the page of a post.",
    ),
)
