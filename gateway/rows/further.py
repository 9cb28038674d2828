"""Calls that the specification does not name and live clients use (wire-friendica.md sections 6 and 11-13)."""

from __future__ import annotations

from gateway.calls import FEEDS, GET, JSON_XML, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    EXCLUDE_REPLIES,
    FINDS_POSTS,
    IDS_CAP,
    LINE_CHARS,
    PAGE,
    SCREEN_NAME,
    SEARCHES,
    STRINGIFY,
    TIMELINE_CAP,
    USER_ID,
    WINDOW,
    count,
)

SEARCH_ITEMS = 15
LISTED = (USER_ID, SCREEN_NAME, count(TIMELINE_CAP), CURSOR, ENTITIES)
"""What followers/list and friends/list read."""
SEARCH = (
    Param(name="q", cap=LINE_CHARS, doc="Words, a `#tag`, or the address of a post."),
    count(TIMELINE_CAP, SEARCH_ITEMS, aliases=("rpp",)),
    *WINDOW,
    EXCLUDE_REPLIES,
    ENTITIES,
)
SEARCH_IGNORED = ("lang", "locale", "result_type", "until", "geocode", "show_user", "trim_user")

ROWS: tuple[Call, ...] = (
    Call(
        path="search",
        params=SEARCH,
        ignored=SEARCH_IGNORED,
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(SEARCHES, FINDS_POSTS),
        spec=False,
        handler="search.statuses",
        doc="Posts that hold the words, as far as the server searches posts.",
    ),
    Call(
        path="search/tweets",
        params=SEARCH,
        ignored=SEARCH_IGNORED,
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(SEARCHES, FINDS_POSTS),
        spec=False,
        handler="search.tweets",
        doc="The same; in Twitter's envelope on `/1` and `/1.1`.",
    ),
    Call(
        path="users/lookup",
        params=(
            Param(name="user_id", type=Type.LIST, doc="Ids of users, 100 at most with the names."),
            Param(name="screen_name", type=Type.LIST, doc="Names of users, `user` or `user@host`."),
            ENTITIES,
        ),
        root="users",
        item="user",
        formats=JSON_XML,
        spec=False,
        handler="lookup.users",
        doc="Several users at once; unknown ones are left out.",
    ),
    Call(
        path="friends/list",
        methods=GET,
        params=LISTED,
        ignored=("skip_status", "include_user_entities"),
        root="users_list",
        item="user",
        formats=JSON_XML,
        spec=False,
        handler="people.friends_list",
        doc="The people I follow, with cursors. Naming somebody else gives an empty list.",
    ),
    Call(
        path="blocks/list",
        params=(count(TIMELINE_CAP), PAGE, CURSOR, ENTITIES),
        ignored=("skip_status",),
        root="users",
        item="user",
        formats=JSON_XML,
        needs=(Need(capability="blocks_list"),),
        spec=False,
        handler="relations.blocks",
        doc="The people I block.",
    ),
    Call(
        path="friendships/incoming",
        params=(STRINGIFY, count(IDS_CAP, IDS_CAP), CURSOR),
        root="ids",
        item="id",
        formats=JSON_XML,
        spec=False,
        handler="relations.incoming",
        doc="Ids of the people who asked to follow me and wait.",
    ),
    Call(
        path="friendships/destroy",
        methods=(*POST_PUT, "DELETE"),
        params=(USER_ID, SCREEN_NAME),
        tail="user",
        root="friendships-destroy",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="relations.destroy",
        doc="Stops following somebody, or takes the request back.",
    ),
    Call(
        path="saved_searches/list",
        root="terms",
        item="terms",
        formats=JSON_XML,
        spec=False,
        handler="search.saved",
        doc="Saved searches: servers keep none, so the list is empty.",
    ),
)
