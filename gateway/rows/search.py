"""Search, hashtags, and the feeds beside the API that Choqok's search reads (wire-friendica.md sections 11-13)."""

from __future__ import annotations

from gateway.calls import FEEDS, GET, RDF, Call, Need, Param
from gateway.rows.shared import (
    EXCLUDE_REPLIES,
    FINDS_POSTS,
    FORM_OF_STATUS,
    LINE_CHARS,
    NAME_CHARS,
    NO_RTS,
    SEARCHES,
    TIMELINE_CAP,
    WINDOW,
    count,
)
from gateway.rows.social_groups import GROUP

USER = Param(name="user", cap=NAME_CHARS, doc="Name of the user; stands in the path.")
SEARCH_ITEMS = 15
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


def feed(path: str, handler: str, doc: str, *, of: Param = USER, needs: tuple[Need, ...] = ()) -> Call:
    """What Choqok's search reads: RSS 1.0 beside the API. `of`: whose it is."""
    return Call(
        path=path,
        methods=GET,
        params=(of, count(TIMELINE_CAP), *WINDOW, EXCLUDE_REPLIES),
        tail=of.name,
        root="statuses",
        item="status",
        formats=RDF,
        needs=needs,
        spec=False,
        handler=handler,
        doc=doc,
    )


def search(path: str, handler: str, doc: str) -> Call:
    """A search for posts."""
    return Call(
        path=path,
        params=SEARCH,
        ignored=SEARCH_IGNORED,
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(SEARCHES, FINDS_POSTS),
        spec=False,
        handler=handler,
        doc=doc,
    )


ROWS = (
    search("search", "search.statuses", "Posts that hold the words, as far as the server searches posts."),
    search("search/tweets", "search.tweets", "As `search`; in Twitter's envelope on `/1` and `/1.1`."),
    Call(
        path="statusnet/tags/timeline",
        params=(
            Param(name="tag", cap=NAME_CHARS, doc="The hashtag; stands in the path."),
            count(TIMELINE_CAP),
            *WINDOW,
            EXCLUDE_REPLIES,
            *FORM_OF_STATUS,
        ),
        ignored=NO_RTS,
        tail="tag",
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(FINDS_POSTS,),
        spec=False,
        handler="feeds.tag",
        doc="Public posts with a hashtag.",
    ),
    feed("{user}/rss", "feeds.user", "Posts of one person, as far as I may read them."),
    feed(
        "{user}/replies/rss",
        "feeds.replies",
        "Posts that mention me, or what a search for somebody's name finds.",
        needs=(Need(capability="searches_statuses", use="other people than me"),),
    ),
    feed("group/{group}/rss", "group_calls.posts", "What a group of the network passed on.", of=GROUP),
)
