"""Calls that the specification does not name and live clients use (wire-friendica.md sections 6 and 11-13)."""

from __future__ import annotations

from gateway.calls import FEEDS, GET, JSON_XML, Call, Param
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    EXCLUDE_REPLIES,
    FINDS_POSTS,
    FORM_OF_STATUS,
    LINE_CHARS,
    NAME_CHARS,
    SCREEN_NAME,
    SEARCHES,
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
    Param(name="since", cap=NAME_CHARS, doc="Day, `2010-12-31`: nothing older."),
    Param(name="until", cap=NAME_CHARS, doc="Day: nothing of that day or later."),
    EXCLUDE_REPLIES,
    *FORM_OF_STATUS,
)
SEARCH_IGNORED = ("lang", "locale", "result_type", "geocode", "show_user")

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
)
