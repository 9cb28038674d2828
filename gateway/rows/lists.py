"""lists/*: groups as Twitter named them; not in the specification (reference/wire-friendica.md section 6)."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST_DELETE, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CONVERSATION_ID,
    CURSOR,
    ENTITIES,
    EXCLUDE_REPLIES,
    FORM_OF_STATUS,
    IDS_CAP,
    LINE_CHARS,
    LISTS,
    NAME_CHARS,
    SCREEN_NAME,
    SEVERAL,
    TIMELINE_CAP,
    USER_ID,
    WINDOW,
    count,
)

LIST_ID = Param(name="list_id", type=Type.ID, doc="Id of the list, which is the id of the group.")
SLUG = Param(name="slug", cap=LINE_CHARS, doc="Its name as it stands in addresses, instead of the id.")
OWNER = (
    Param(name="owner_id", type=Type.ID, doc="Whose list: only one's own are seen."),
    Param(name="owner_screen_name", cap=NAME_CHARS, doc="The same by name."),
)
LIST = (LIST_ID, SLUG, *OWNER)
PERSON = (USER_ID, SCREEN_NAME)
PAGES = (count(IDS_CAP), CURSOR)
RENAMES = Need(capability="renames_lists")
LIST_NAME = Param(name="name", cap=LINE_CHARS, doc="Name of the list.")
NOT_KEPT = ("mode", "description")
"""Of lists: servers keep names, and all lists are private."""


def change(
    path: str,
    handler: str,
    doc: str,
    *params: Param,
    methods: tuple[str, ...] = POST_PUT,
    ignored: tuple[str, ...] = (),
    needs: tuple[Need, ...] = (LISTS,),
) -> Call:
    """A call that answers the one list it changed."""
    return Call(
        path=path,
        methods=methods,
        params=params,
        ignored=ignored,
        root="lists",
        formats=JSON_XML,
        needs=needs,
        write=True,
        spec=False,
        handler=handler,
        doc=doc,
    )


def read(path: str, handler: str, doc: str, *params: Param, root: str = "lists", item: str = "") -> Call:
    """A call that changes nothing."""
    return Call(
        path=path,
        params=params,
        ignored=("skip_status", "reverse", "filter_to_owned_lists"),
        root=root,
        item=item,
        formats=JSON_XML,
        needs=(LISTS,),
        spec=False,
        handler=handler,
        doc=doc,
    )


LISTED = (
    Call(
        path="lists/list",
        params=PERSON,
        ignored=("reverse",),
        root="lists",
        item="list",
        formats=JSON_XML,
        needs=(Need(capability="lists", instead="the list is empty"),),
        spec=False,
        handler="lists.followed",
        doc="On `/1` and `/1.1` my lists, elsewhere always empty, as Friendica had it.",
    ),
    Call(
        path="lists/subscriptions",
        ignored=("user_id", "screen_name", "count", "cursor"),
        root="lists",
        item="list",
        formats=JSON_XML,
        spec=False,
        handler="lists.subscriptions",
        doc="Other people's lists that I follow: always empty.",
    ),
    read("lists/ownerships", "lists.ownerships", "My lists. Nobody else's are shown.", *PERSON, *PAGES),
    read(
        "lists/memberships",
        "lists.memberships",
        "My lists that somebody is on. Nobody else's are shown.",
        *PERSON,
        *PAGES,
        root="lists_list",
    ),
    read("lists/show", "lists.show", "One of my lists.", *LIST),
)
CHANGES = (
    change("lists/create", "lists.create", "Makes a list.", LIST_NAME, ignored=NOT_KEPT),
    change(
        "lists/update", "lists.update", "Renames a list.", *LIST, LIST_NAME, ignored=NOT_KEPT, needs=(LISTS, RENAMES)
    ),
    change("lists/destroy", "lists.destroy", "Deletes a list.", *LIST, methods=POST_DELETE),
    change("lists/members/create", "list_members.create", "Puts somebody I follow on a list.", *LIST, *PERSON),
    change("lists/members/create_all", "list_members.create_all", "Puts people I follow on a list.", *LIST, *SEVERAL),
    change(
        "lists/members/destroy",
        "list_members.destroy",
        "Takes somebody off a list.",
        *LIST,
        *PERSON,
        methods=POST_DELETE,
    ),
    change(
        "lists/members/destroy_all",
        "list_members.destroy_all",
        "Takes people off a list.",
        *LIST,
        *SEVERAL,
        methods=POST_DELETE,
    ),
)
PEOPLE = (
    read(
        "lists/members",
        "list_members.listed",
        "Who is on a list, by name.",
        *LIST,
        *PAGES,
        ENTITIES,
        root="users_list",
        item="user",
    ),
    read(
        "lists/members/show",
        "list_members.show",
        "Somebody who is on a list; 404 for who is not.",
        *LIST,
        *PERSON,
        ENTITIES,
        root="user",
    ),
    read(
        "lists/subscribers",
        "list_members.subscribers",
        "Who follows a list: nobody but me.",
        *LIST,
        *PAGES,
        ENTITIES,
        root="users_list",
        item="user",
    ),
    read(
        "lists/subscribers/show",
        "list_members.subscriber",
        "Whether somebody follows a list: 404 for everybody but me.",
        *LIST,
        *PERSON,
        ENTITIES,
        root="user",
    ),
)

ROWS = (
    *LISTED,
    *CHANGES,
    *PEOPLE,
    Call(
        path="lists/statuses",
        params=(*LIST, count(TIMELINE_CAP), *WINDOW, EXCLUDE_REPLIES, CONVERSATION_ID, *FORM_OF_STATUS),
        root="statuses",
        item="status",
        needs=(LISTS,),
        spec=False,
        handler="lists.statuses",
        doc="What the people on a list posted.",
    ),
)
