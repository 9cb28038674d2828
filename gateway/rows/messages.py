"""Direct messages."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST_DELETE, POST_PUT, Call, Param, Type
from gateway.rows.shared import (
    CONVERSATIONS,
    ENTITIES,
    GET_TEXT,
    GET_USERS,
    LINE_CHARS,
    MESSAGE_CAP,
    MESSAGE_WINDOW,
    NAME_CHARS,
    PROFILE_URL,
    SCREEN_NAME,
    URL_CHARS,
    USER_ID,
    VERBOSE,
    count,
)

MESSAGES = (
    count(MESSAGE_CAP), *MESSAGE_WINDOW, GET_TEXT, GET_USERS, USER_ID, SCREEN_NAME, PROFILE_URL, ENTITIES, VERBOSE,
)  # fmt: skip
MESSAGE_ID = Param(name="id", type=Type.ID, space="message", doc="Id of the message.")
PARENT_URI = Param(name="friendica_parenturi", cap=URL_CHARS, doc="Conversation the message must belong to.")
SEEN_ID = Param(name="id", cap=NAME_CHARS, space="message", doc="Id of the message.")
"""As text: `0`, which a client sends to try the call, is an id that nothing has."""


def box(
    path: str, handler: str, doc: str, *params: Param, aliases: tuple[str, ...] = (), ignored: tuple[str, ...] = ()
) -> Call:
    """A list of messages."""
    return Call(
        path=path,
        aliases=aliases,
        params=(*params, *MESSAGES),
        ignored=ignored,
        root="direct-messages",
        item="direct_message",
        formats=JSON_XML,
        needs=(CONVERSATIONS,),
        handler=handler,
        doc=doc,
    )


ROWS = (
    box(
        "direct_messages",
        "messages.received",
        "Messages I received.",
        aliases=("direct_messages/send",),
        ignored=("skip_status",),
    ),
    box("direct_messages/all", "messages.everything", "Messages received and sent."),
    box("direct_messages/sent", "messages.sent", "Messages I sent."),
    box(
        "direct_messages/conversation",
        "messages.conversation",
        "The messages of one conversation.",
        Param(name="uri", cap=URL_CHARS, doc="`friendica_parent_uri` of the conversation."),
        aliases=("direct_messages/conversations",),
    ),
    Call(
        path="direct_messages/show",
        params=(MESSAGE_ID, GET_TEXT, GET_USERS, ENTITIES),
        tail="id",
        root="direct_message",
        formats=JSON_XML,
        needs=(CONVERSATIONS,),
        spec=False,
        handler="messages.show",
        doc="One message.",
    ),
    Call(
        path="direct_messages/new",
        methods=POST_PUT,
        params=(
            Param(name="user_id", cap=URL_CHARS, doc="Id of the recipient; one client sends the profile address."),
            Param(name="screen_name", cap=URL_CHARS, aliases=("user",), doc="Name of the recipient."),
            Param(name="text", doc="The message."),
            Param(name="replyto", type=Type.ID, space="message", doc="Id of the message that is answered."),
            Param(name="title", cap=LINE_CHARS, doc="Title of the message."),
            PROFILE_URL,
            GET_TEXT,
            GET_USERS,
        ),
        root="direct-messages",
        formats=JSON_XML,
        write=True,
        handler="messages.new",
        doc="Sends a message.",
    ),
    Call(
        path="direct_messages/destroy",
        methods=POST_DELETE,
        params=(MESSAGE_ID, PARENT_URI, VERBOSE, GET_TEXT, GET_USERS),
        ignored=("include_entities",),
        tail="id",
        root="direct_message_delete",
        formats=JSON_XML,
        write=True,
        handler="messages.destroy",
        doc="Deletes a message.",
    ),
    Call(
        path="friendica/direct_messages_setseen",
        params=(SEEN_ID,),
        root="direct_message_setseen",
        formats=JSON_XML,
        write=True,
        handler="messages.set_seen",
        doc="Marks a message as seen.",
    ),
    Call(
        path="friendica/direct_messages_search",
        params=(Param(name="searchstring", cap=LINE_CHARS, doc="Text to look for."), GET_TEXT, GET_USERS),
        root="direct_message_search",
        formats=JSON_XML,
        needs=(CONVERSATIONS,),
        handler="messages.search",
        doc="Finds messages by their text.",
    ),
)
NEW = next(row for row in ROWS if row.path == "direct_messages/new")
"""By its rules every message is sent."""
