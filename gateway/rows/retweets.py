"""Who boosted what: statuses/retweets and their like, as Twitter had them (reference/clients.md section 9)."""

from __future__ import annotations

from gateway.calls import FEEDS, GET, JSON_XML, POST_PUT, Call
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    FORM_OF_STATUS,
    MORE_OF_STATUS,
    PAGE,
    STATUS_ID,
    STRINGIFY,
    TIMELINE_CAP,
    TRIM_USER,
    WINDOW,
    count,
)

PEOPLE_CAP = 100
PEOPLE = count(PEOPLE_CAP, PEOPLE_CAP)
BOUND = "Of the newest 200 posts looked through (below `max_id`)."


def walk(path: str, handler: str, doc: str) -> Call:
    """A timeline that holds a part of another."""
    return Call(
        path=path,
        params=(count(TIMELINE_CAP), *WINDOW, *FORM_OF_STATUS),
        ignored=MORE_OF_STATUS,
        root="statuses",
        item="status",
        formats=FEEDS,
        spec=False,
        handler=handler,
        doc=f"{doc} {BOUND}",
    )


ROWS = (
    Call(
        path="statuses/retweets",
        methods=GET,
        params=(STATUS_ID, PEOPLE, *FORM_OF_STATUS),
        tail="id",
        root="statuses",
        item="status",
        formats=FEEDS,
        spec=False,
        handler="retweets.retweets",
        doc="The boosts of a post, 80 at most. Where the server tells only who boosted it, they carry the post's "
        "date; on ActivityPub servers they are those that reached the account.",
    ),
    Call(
        path="statuses/retweeted_by",
        aliases=("statuses/{id}/retweeted_by",),
        methods=GET,
        params=(STATUS_ID, PEOPLE, PAGE, TRIM_USER, ENTITIES),
        tail="id",
        root="users",
        item="user",
        formats=JSON_XML,
        spec=False,
        handler="retweets.retweeted_by",
        doc="Who boosted a post.",
    ),
    Call(
        path="statuses/retweeted_by/ids",
        aliases=("statuses/{id}/retweeted_by/ids",),
        methods=GET,
        params=(STATUS_ID, PEOPLE, PAGE, STRINGIFY),
        tail="id",
        root="ids",
        item="id",
        formats=JSON_XML,
        spec=False,
        handler="retweets.retweeted_by_ids",
        doc="Ids of the people who boosted a post.",
    ),
    Call(
        path="statuses/retweeters/ids",
        params=(STATUS_ID, PEOPLE, CURSOR, STRINGIFY),
        root="ids",
        item="id",
        formats=JSON_XML,
        spec=False,
        handler="retweets.retweeters_ids",
        doc="Ids of the people who boosted a post, with cursors.",
    ),
    walk("statuses/retweets_of_me", "retweets.of_me", "My posts that others boosted."),
    walk("statuses/retweeted_by_me", "retweets.by_me", "My boosts."),
    walk("statuses/retweeted_to_me", "retweets.to_me", "What the people I follow boosted."),
    Call(
        path="statuses/unretweet",
        methods=(*POST_PUT, "DELETE"),
        params=(STATUS_ID, *FORM_OF_STATUS),
        tail="id",
        root="status",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="retweets.unretweet",
        doc="Takes my boost of a post back: by the id of the post, or of the boost.",
    ),
)
