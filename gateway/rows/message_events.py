"""direct_messages/events/* and mark_read: messages as Twitter had them last (reference/clients.md section 9)."""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST_DELETE, POST_PUT, Call, Param, Type
from gateway.rows.messages import MESSAGE_ID
from gateway.rows.shared import CONVERSATIONS, NAME_CHARS, count

EVENTS_CAP = 50

ROWS = (
    Call(
        path="direct_messages/events/list",
        methods=GET,
        params=(
            count(EVENTS_CAP),
            Param(name="cursor", cap=NAME_CHARS, space="message", doc="`next_cursor` of the page before."),
        ),
        root="direct_message_events",
        formats=JSON_XML,
        needs=(CONVERSATIONS,),
        spec=False,
        handler="events.listed",
        doc="Messages received and sent, as events. `next_cursor` is there while older ones follow.",
    ),
    Call(
        path="direct_messages/events/show",
        methods=GET,
        params=(MESSAGE_ID,),
        tail="id",
        root="direct_message_event",
        formats=JSON_XML,
        spec=False,
        handler="events.show",
        doc="One message as an event.",
    ),
    Call(
        path="direct_messages/events/new",
        methods=POST_PUT,
        params=(
            Param(
                name="event",
                doc="JSON: `type` `message_create`, `message_create` with `target.recipient_id` and `message_data` "
                "(`text`, `attachment.media.id`). As the body, or as a field.",
            ),
        ),
        root="direct_message_event",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="events.new",
        doc="Sends a message, by the rules of direct_messages/new.",
    ),
    Call(
        path="direct_messages/events/destroy",
        methods=POST_DELETE,
        params=(MESSAGE_ID,),
        tail="id",
        root="direct_message_event",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="events.destroy",
        doc="Deletes an own message, hides a received one. Answers nothing.",
    ),
    Call(
        path="direct_messages/mark_read",
        methods=POST_PUT,
        params=(
            Param(
                name="last_read_event_id",
                type=Type.ID,
                space="message",
                doc="Id of the newest message that was read.",
            ),
            Param(name="recipient_id", type=Type.ID, doc="Id of the user it was exchanged with."),
        ),
        root="direct_message_event",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="events.mark_read",
        doc="Marks the messages exchanged with one person as seen, up to one of them. Answers nothing.",
    ),
)
