"""Calls around statuses and messages that the specification leaves out and Twitter's and GNU social's clients make
(reference/clients.md section 9)."""

from __future__ import annotations

from gateway.calls import FEEDS, GET, JSON_XML, POST_DELETE, POST_PUT, RDF, Call, Need, Param, Type
from gateway.rows.messages import MESSAGE_ID
from gateway.rows.shared import (
    CONVERSATIONS,
    CURSOR,
    ENTITIES,
    EXCLUDE_REPLIES,
    FINDS_POSTS,
    FORM_OF_STATUS,
    GET_TEXT,
    GET_USERS,
    NAME_CHARS,
    NO_RTS,
    PAGE,
    STATUS_ID,
    STRINGIFY,
    TIMELINE_CAP,
    TRIM_USER,
    URL_CHARS,
    WINDOW,
    count,
)
from gateway.rows.social_groups import GROUP

PEOPLE_CAP, EVENTS_CAP = 100, 50
PEOPLE = count(PEOPLE_CAP, PEOPLE_CAP)
WALK = (count(TIMELINE_CAP), *WINDOW, *FORM_OF_STATUS)
MORE = ("include_user_entities", "contributor_details", "include_ext_alt_text", "include_card_uri")
BOUND = "Of the newest 200 posts looked through (below `max_id`)."
USER = Param(name="user", cap=NAME_CHARS, doc="Name of the user; stands in the path.")


def walk(path: str, handler: str, doc: str) -> Call:
    """A timeline that holds a part of another."""
    return Call(
        path=path,
        params=WALK,
        ignored=MORE,
        root="statuses",
        item="status",
        formats=FEEDS,
        spec=False,
        handler=f"retweets.{handler}",
        doc=f"{doc} {BOUND}",
    )


STATUSES = (
    Call(
        path="statuses/lookup",
        params=(
            Param(name="id", type=Type.LIST, space="status", doc="Ids of statuses, 100 at most."),
            Param(name="map", type=Type.FLAG, default=False, doc="JSON: an object by id, null for what is not found."),
            *FORM_OF_STATUS,
        ),
        ignored=MORE,
        root="statuses",
        item="status",
        formats=JSON_XML,
        spec=False,
        handler="lookup.statuses",
        doc="Several posts at once; unknown ones are left out.",
    ),
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
        doc="Their ids.",
    ),
    Call(
        path="statuses/retweeters/ids",
        params=(STATUS_ID, PEOPLE, CURSOR, STRINGIFY),
        root="ids",
        item="id",
        formats=JSON_XML,
        spec=False,
        handler="retweets.retweeters_ids",
        doc="Their ids, with cursors.",
    ),
    walk("statuses/retweets_of_me", "of_me", "My posts that others boosted."),
    walk("statuses/retweeted_by_me", "by_me", "My boosts."),
    walk("statuses/retweeted_to_me", "to_me", "What the people I follow boosted."),
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
    Call(
        path="statuses/oembed",
        methods=GET,
        params=(
            STATUS_ID,
            Param(name="url", cap=URL_CHARS, doc="Address of the post instead: at its server, or here."),
            Param(name="maxwidth", type=Type.COUNT, cap=10_000, doc="Pixels; the width is between 220 and 550."),
            Param(name="hide_media", type=Type.FLAG, default=False, doc="Without the pictures."),
        ),
        ignored=("hide_thread", "omit_script", "align", "related", "lang", "theme", "link_color", "widget_type", "dnt"),
        tail="id",
        root="oembed",
        formats=JSON_XML,
        needs=(Need(capability="searches_statuses", use="addresses at other servers"),),
        spec=False,
        handler="oembed.show",
        doc="A public post as HTML for other pages, without any script.",
    ),
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
)


def feed(path: str, handler: str, doc: str, *needs: Need, of: Param = USER) -> Call:
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


ROOT_FEEDS = (
    feed("{user}/rss", "feeds.user", "Posts of one person, as far as I may read them."),
    feed(
        "{user}/replies/rss",
        "feeds.replies",
        "Posts that mention me, or what a search for somebody's name finds.",
        Need(capability="searches_statuses", use="other people than me"),
    ),
    feed("group/{group}/rss", "group_calls.posts", "What a group of the network passed on.", of=GROUP),
)

MESSAGES = (
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

ROWS = (*STATUSES, *ROOT_FEEDS, *MESSAGES)
