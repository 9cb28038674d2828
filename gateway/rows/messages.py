"""Direct messages."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST_DELETE, POST_PUT, Call, Param, Type
from gateway.rows.shared import (
    ENTITIES,
    GET_TEXT,
    GET_USERS,
    LINE_CHARS,
    MESSAGE_CAP,
    SCREEN_NAME,
    URL_CHARS,
    USER_ID,
    VERBOSE,
    WINDOW,
    count,
)

MESSAGES = (count(MESSAGE_CAP), *WINDOW, GET_TEXT, GET_USERS, USER_ID, SCREEN_NAME, ENTITIES, VERBOSE)
MESSAGE_ID = Param(name="id", type=Type.ID, doc="Id of the message.")
PARENT_URI = Param(name="friendica_parenturi", cap=URL_CHARS, doc="Conversation the message must belong to.")


def box(path: str, doc: str, *params: Param, aliases: tuple[str, ...] = (), ignored: tuple[str, ...] = ()) -> Call:
    """A list of messages."""
    return Call(
        path=path,
        aliases=aliases,
        params=(*params, *MESSAGES),
        ignored=ignored,
        root="direct-messages",
        item="direct_message",
        formats=JSON_XML,
        doc=doc,
    )


ROWS = (
    box("direct_messages", "Messages I received.", ignored=("skip_status",)),
    box("direct_messages/all", "Messages received and sent."),
    box("direct_messages/sent", "Messages I sent."),
    box(
        "direct_messages/conversation",
        "The messages of one conversation.",
        Param(name="uri", cap=URL_CHARS, doc="`friendica_parent_uri` of the conversation."),
        aliases=("direct_messages/conversations",),
    ),
    Call(
        path="direct_messages/new",
        methods=POST_PUT,
        params=(
            Param(name="user_id", cap=URL_CHARS, doc="Id of the recipient; one client sends the profile address."),
            Param(name="screen_name", cap=URL_CHARS, aliases=("user",), doc="Name of the recipient."),
            Param(name="text", doc="The message."),
            Param(name="replyto", type=Type.ID, doc="Id of the message that is answered."),
            Param(name="title", cap=LINE_CHARS, doc="Title of the message."),
            GET_TEXT,
            GET_USERS,
        ),
        root="direct-messages",
        formats=JSON_XML,
        write=True,
        doc="Sends a message.",
    ),
    Call(
        path="direct_messages/destroy",
        methods=POST_DELETE,
        params=(MESSAGE_ID, PARENT_URI, VERBOSE),
        ignored=("include_entities",),
        tail="id",
        root="direct_message_delete",
        formats=JSON_XML,
        write=True,
        doc="Deletes a message.",
    ),
    Call(
        path="friendica/direct_messages_setseen",
        params=(MESSAGE_ID,),
        root="direct_message_setseen",
        formats=JSON_XML,
        write=True,
        doc="Marks a message as seen.",
    ),
    Call(
        path="friendica/direct_messages_search",
        params=(Param(name="searchstring", cap=LINE_CHARS, doc="Text to look for."), GET_TEXT, GET_USERS),
        root="direct_message_search",
        formats=JSON_XML,
        doc="Finds messages by their text.",
    ),
)
