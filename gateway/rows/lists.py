"""lists/*: groups as Twitter named them; not in the specification (reference/wire-friendica.md section 6)."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST_DELETE, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CONVERSATION_ID,
    EXCLUDE_REPLIES,
    FORM_OF_STATUS,
    LINE_CHARS,
    LISTS,
    TIMELINE_CAP,
    WINDOW,
    count,
)

LIST_ID = Param(name="list_id", type=Type.ID, doc="Id of the list, which is the id of the group.")
RENAMES = Need(capability="renames_lists")
LIST_NAME = Param(name="name", cap=LINE_CHARS, doc="Name of the list.")


def change(
    path: str, methods: tuple[str, ...], handler: str, doc: str, *params: Param, needs: tuple[Need, ...] = (LISTS,)
) -> Call:
    """A call that answers the one list it changed."""
    return Call(
        path=path,
        methods=methods,
        params=params,
        root="lists",
        formats=JSON_XML,
        needs=needs,
        write=True,
        spec=False,
        handler=handler,
        doc=doc,
    )


ROWS = (
    Call(
        path="lists/list",
        aliases=("lists/subscriptions",),
        root="lists",
        item="list",
        formats=JSON_XML,
        spec=False,
        handler="lists.none",
        doc="Other people's lists that I follow: always empty.",
    ),
    Call(
        path="lists/ownerships",
        root="lists",
        formats=JSON_XML,
        needs=(LISTS,),
        spec=False,
        handler="lists.ownerships",
        doc="My lists.",
    ),
    change("lists/create", POST_PUT, "lists.create", "Makes a list.", LIST_NAME),
    change("lists/update", POST_PUT, "lists.update", "Renames a list.", LIST_ID, LIST_NAME, needs=(LISTS, RENAMES)),
    change("lists/destroy", POST_DELETE, "lists.destroy", "Deletes a list.", LIST_ID),
    Call(
        path="lists/statuses",
        params=(LIST_ID, count(TIMELINE_CAP), *WINDOW, EXCLUDE_REPLIES, CONVERSATION_ID, *FORM_OF_STATUS),
        root="statuses",
        item="status",
        needs=(LISTS,),
        spec=False,
        handler="lists.statuses",
        doc="What the people on a list posted.",
    ),
)
