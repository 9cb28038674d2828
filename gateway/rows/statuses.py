"""Timelines, single statuses, conversations, favourites, posting."""

from __future__ import annotations

from gateway.calls import FEEDS, GET, JSON_XML, POST_DELETE, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CONVERSATION_ID,
    EXCLUDE_REPLIES,
    FORM_OF_STATUS,
    GROUPS_NAMED,
    INCLUDE_RTS,
    LINE_CHARS,
    MORE_OF_STATUS,
    NAME_CHARS,
    NO_RTS,
    PROFILE_URL,
    SCREEN_NAME,
    STATUS_ID,
    TIMELINE_CAP,
    URL_CHARS,
    USER_ID,
    WINDOW,
    count,
)

COUNT = count(TIMELINE_CAP)
TIMELINE = (COUNT, *WINDOW, EXCLUDE_REPLIES, CONVERSATION_ID, *FORM_OF_STATUS)
LIST = (COUNT, *WINDOW, *FORM_OF_STATUS)
MEDIA = Param(
    name="media",
    type=Type.FILES,
    aliases=("media_data", "image", "image_data"),
    doc="Pictures: multipart parts (also `media[]`), or base64 text in the field.",
)

POSTED = (
    Need(capability="uploads", use="pictures"),
    GROUPS_NAMED,
    Need(
        capability="list_addressing",
        given="lists",
        instead="who may read a post for a group is named in it one by one, 20 people at most",
    ),
    Need(capability="places", instead="`lat` and `long` have no effect"),
)


def audience(name: str, alias: str, doc: str) -> Param:
    """One of the four lists that narrow the readers of a post."""
    return Param(name=name, type=Type.LIST, aliases=(alias,) if alias else (), doc=doc)


TIMELINES = (
    Call(
        path="statuses/home_timeline",
        aliases=("statuses/friends_timeline",),
        params=(*TIMELINE, INCLUDE_RTS),
        ignored=("contributor_details",),
        tail="user",
        root="statuses",
        item="status",
        formats=FEEDS,
        handler="timelines.home",
        doc="Posts of the people I follow, and mine. A name in the path is accepted and has no effect.",
    ),
    Call(
        path="statuses/public_timeline",
        params=TIMELINE,
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(Need(capability="directory", instead="of the public posts only those that reached the account"),),
        handler="timelines.public",
        doc="Public posts of the people of this server.",
    ),
    Call(
        path="statuses/mentions",
        aliases=("statuses/replies", "statuses/mentions_timeline"),
        params=LIST,
        ignored=NO_RTS,
        root="statuses",
        item="status",
        formats=FEEDS,
        handler="timelines.mentions",
        doc="Posts that mention me.",
    ),
    Call(
        path="statuses/user_timeline",
        params=(USER_ID, SCREEN_NAME, PROFILE_URL, *TIMELINE, INCLUDE_RTS),
        ignored=("contributor_details",),
        tail="user",
        root="statuses",
        item="status",
        formats=FEEDS,
        handler="timelines.user",
        doc="Posts of one person, mine when nobody is named.",
    ),
    Call(
        path="statuses/networkpublic_timeline",
        params=LIST,
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(Need(capability="federated"),),
        spec=False,
        handler="timelines.network",
        doc="All public posts the server knows.",
    ),
    Call(
        path="conversation/show",
        aliases=("statusnet/conversation",),
        params=(STATUS_ID, *LIST),
        ignored=NO_RTS,
        tail="id",
        root="statuses",
        item="status",
        formats=FEEDS,
        handler="conversations.show",
        doc="All answers to a post, of any depth, newest first, without the post itself.",
    ),
    Call(
        path="favorites",
        aliases=("favorites/list",),
        params=(USER_ID, SCREEN_NAME, *LIST),
        tail="user",
        root="statuses",
        item="status",
        formats=FEEDS,
        needs=(Need(capability="favourites_list"),),
        handler="favorites.timeline",
        doc="My favourites. Naming somebody else gives an empty list.",
    ),
)

ONE_STATUS = (
    Call(
        path="statuses/show",
        params=(
            STATUS_ID,
            Param(name="conversation", type=Type.FLAG, default=False, doc="The whole conversation instead, as a list."),
            Param(
                name="include_my_retweet",
                type=Type.FLAG,
                default=False,
                doc="Adds `current_user_retweet`: the id of my own boost of it, among my newest 120 posts.",
            ),
            *FORM_OF_STATUS,
        ),
        tail="id",
        root="status",
        item="status",
        formats=JSON_XML,
        handler="statuses.show",
        doc="One post.",
    ),
    Call(
        path="statuses/lookup",
        params=(
            Param(name="id", type=Type.LIST, space="status", doc="Ids of statuses, 100 at most."),
            Param(name="map", type=Type.FLAG, default=False, doc="JSON: an object by id, null for what is not found."),
            *FORM_OF_STATUS,
        ),
        ignored=MORE_OF_STATUS,
        root="statuses",
        item="status",
        formats=JSON_XML,
        spec=False,
        handler="lookup.statuses",
        doc="Several posts at once; unknown ones are left out.",
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
        path="statuses/destroy",
        methods=POST_DELETE,
        params=(STATUS_ID, *FORM_OF_STATUS),
        tail="id",
        root="status",
        formats=JSON_XML,
        write=True,
        handler="statuses.destroy",
        doc="Deletes a post of mine and answers what it was.",
    ),
    Call(
        path="statuses/retweet",
        methods=POST_PUT,
        params=(STATUS_ID, *FORM_OF_STATUS),
        tail="id",
        root="status",
        formats=JSON_XML,
        write=True,
        handler="statuses.retweet",
        doc="Boosts a post.",
    ),
    Call(
        path="favorites/create",
        methods=POST_PUT,
        params=(STATUS_ID, *FORM_OF_STATUS),
        tail="id",
        root="status",
        formats=JSON_XML,
        write=True,
        handler="favorites.create",
        doc="Makes a post a favourite.",
    ),
    Call(
        path="favorites/destroy",
        methods=POST_DELETE,
        params=(STATUS_ID, *FORM_OF_STATUS),
        tail="id",
        root="status",
        formats=JSON_XML,
        write=True,
        handler="favorites.destroy",
        doc="Takes a favourite back.",
    ),
)

POSTING = (
    Call(
        path="statuses/update",
        aliases=("statuses/update_with_media", "statuses/mediap"),
        methods=POST_PUT,
        params=(
            Param(name="title", cap=LINE_CHARS, doc="Title of the status; becomes the content warning."),
            Param(name="status", doc="The text."),
            Param(name="htmlstatus", doc="The text as HTML; wins over `status`."),
            Param(
                name="in_reply_to_status_id",
                type=Type.ID,
                space="status",
                aliases=("in_reply_to_id",),
                doc="Id of the post that is answered.",
            ),
            Param(name="lat", type=Type.NUMBER, doc="Latitude in degrees."),
            Param(name="long", type=Type.NUMBER, doc="Longitude in degrees."),
            MEDIA,
            Param(
                name="media_ids",
                type=Type.LIST,
                space="media",
                doc="Ids from media/upload: one, with commas, or repeated.",
            ),
            Param(name="source", cap=LINE_CHARS, doc="Name of the client."),
            audience("group_allow", "circle_allow", "Ids of groups that may read it."),
            audience("contact_allow", "", "`cid`s of people who may read it."),
            audience("group_deny", "circle_deny", "Ids of groups that may not read it."),
            audience("contact_deny", "", "`cid`s of people who may not read it."),
            Param(name="network", cap=NAME_CHARS, doc="Network code; accepted, has no effect."),
            *FORM_OF_STATUS,
        ),
        ignored=("place_id", "display_coordinates", "visibility", "location", "category", "emailcc"),
        root="status",
        formats=JSON_XML,
        needs=POSTED,
        write=True,
        handler="posting.update",
        doc="Posts a status.",
    ),
)

ROWS = (*TIMELINES, *ONE_STATUS, *POSTING)
