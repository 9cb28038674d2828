"""Friendships, blocks, mutes, reports and suggestions (clients.md section 9)."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    IDS_CAP,
    LINE_CHARS,
    NAME_CHARS,
    PAGE,
    SCREEN_NAME,
    STRINGIFY,
    TIMELINE_CAP,
    USER_ID,
    count,
)

USER = Param(name="user", aliases=("id",), cap=NAME_CHARS, doc="Id or name of the user; also as end of the path.")
MEANT = (USER_ID, SCREEN_NAME, USER)
"""Whom a call is about."""
ONE_USER = (*MEANT, ENTITIES)
SKIPPED = ("skip_status", "include_user_entities")
ID_LIST = (STRINGIFY, count(IDS_CAP, IDS_CAP), CURSOR)
USER_LIST = (count(TIMELINE_CAP), PAGE, CURSOR, ENTITIES)
LOOKED_UP = (
    Param(name="user_id", type=Type.LIST, doc="Ids of users, 100 at most with the names."),
    Param(name="screen_name", type=Type.LIST, doc="Names of users, `user` or `user@host`."),
)
SOME_OPTIONS = Need(capability="follow_options", instead="`follow` turns nothing on")
OPTIONS = Need(capability="follow_options")
BLOCKS, MUTES, SUGGESTS = Need(capability="blocks_list"), Need(capability="mutes_list"), Need(capability="suggestions")


def _end(which: str, words: str, *aliases: str) -> tuple[Param, Param]:
    """One end of a relationship; `aliases` are further names of its id and its name."""
    id, name = aliases or (f"{which}_user_id", f"{which}_name")
    return (
        Param(name=f"{which}_id", type=Type.ID, aliases=(id,), doc=f"Id of the user {words}."),
        Param(name=f"{which}_screen_name", cap=NAME_CHARS, aliases=(name,), doc=f"Name of the user {words}."),
    )


def _side(which: str) -> tuple[Param, ...]:
    """A or B of friendships/exists."""
    return (
        Param(name=f"user_{which}", cap=NAME_CHARS, doc=f"Id or name of {which.upper()}."),
        Param(name=f"user_id_{which}", type=Type.ID, doc=f"Id of {which.upper()}."),
        Param(name=f"screen_name_{which}", cap=NAME_CHARS, doc=f"Name of {which.upper()}."),
    )


FRIENDSHIPS = (
    Call(
        path="friendships/create",
        methods=POST_PUT,
        params=(*ONE_USER, Param(name="follow", type=Type.FLAG, doc="Be told of what they post.")),
        ignored=SKIPPED,
        tail="user",
        root="user",
        formats=JSON_XML,
        needs=(SOME_OPTIONS,),
        write=True,
        spec=False,
        handler="following.create",
        doc="Follows somebody, or asks to. Who is followed already is 403, on Twitter's mounts just the user.",
    ),
    Call(
        path="friendships/destroy",
        methods=(*POST_PUT, "DELETE"),
        params=MEANT,
        ignored=SKIPPED,
        tail="user",
        root="friendships-destroy",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="following.destroy",
        doc="Stops following somebody, or takes the request back.",
    ),
    Call(
        path="friendships/update",
        methods=POST_PUT,
        params=(
            *MEANT,
            Param(name="device", type=Type.FLAG, doc="Be told of what they post, or not."),
            Param(name="retweets", type=Type.FLAG, doc="See what they boost, or not."),
        ),
        tail="user",
        root="relationship",
        formats=JSON_XML,
        needs=(OPTIONS,),
        write=True,
        spec=False,
        handler="following.update",
        doc="Choices about somebody who is followed.",
    ),
    Call(
        path="friendships/exists",
        params=(*_side("a"), *_side("b")),
        root="friends",
        formats=JSON_XML,
        spec=False,
        handler="friendships.exists",
        doc="Whether A follows B. One of them has to be the signed-in user: 501 for two others.",
    ),
    Call(
        path="friendships/show",
        params=(
            *_end("source", "who stands so, default: the signed-in one"),
            *_end("target", "they stand so to", "user_id", "screen_name"),
        ),
        root="relationship",
        formats=JSON_XML,
        spec=False,
        handler="friendships.show",
        doc="How two users stand to each other. One of them has to be the signed-in user: 501 for two others.",
    ),
    Call(
        path="friendships/lookup",
        params=LOOKED_UP,
        root="relationships",
        item="relationship",
        formats=JSON_XML,
        spec=False,
        handler="friendships.lookup",
        doc="How the signed-in user stands to several others; unknown ones are left out.",
    ),
    Call(
        path="friendships/incoming",
        params=ID_LIST,
        root="ids",
        item="id",
        formats=JSON_XML,
        spec=False,
        handler="friendships.incoming",
        doc="Ids of the people who asked to follow me and wait.",
    ),
    Call(
        path="friendships/outgoing",
        params=ID_LIST,
        root="ids",
        item="id",
        formats=JSON_XML,
        needs=(Need(capability="requests_sent"),),
        spec=False,
        handler="friendships.outgoing",
        doc="Ids of the people I asked to follow who did not answer yet.",
    ),
    Call(
        path="friendships/no_retweets/ids",
        params=(STRINGIFY,),
        ignored=("cursor",),
        root="ids",
        item="id",
        formats=JSON_XML,
        spec=False,
        handler="friendships.no_retweets",
        doc="Ids of followed people whose boosts I do not see; one upstream call for every 40 I follow.",
    ),
    Call(
        path="notifications/follow",
        methods=POST_PUT,
        params=ONE_USER,
        tail="user",
        root="user",
        formats=JSON_XML,
        needs=(OPTIONS,),
        write=True,
        spec=False,
        handler="following.notify",
        doc="Tells me of what somebody posts whom I follow.",
    ),
    Call(
        path="notifications/leave",
        methods=POST_PUT,
        params=ONE_USER,
        tail="user",
        root="user",
        formats=JSON_XML,
        needs=(OPTIONS,),
        write=True,
        spec=False,
        handler="following.leave",
        doc="Tells me no longer.",
    ),
)

UNWANTED = (
    Call(
        path="blocks/create",
        methods=POST_PUT,
        params=ONE_USER,
        ignored=SKIPPED,
        tail="user",
        root="user",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="relations.block",
        doc="Blocks somebody; following ends.",
    ),
    Call(
        path="blocks/destroy",
        methods=(*POST_PUT, "DELETE"),
        params=ONE_USER,
        ignored=SKIPPED,
        tail="user",
        root="user",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="relations.unblock",
        doc="Takes a block back.",
    ),
    Call(
        path="blocks/exists",
        params=ONE_USER,
        ignored=SKIPPED,
        tail="user",
        root="user",
        formats=JSON_XML,
        spec=False,
        handler="relations.exists",
        doc="Somebody I block; 404 for anybody else.",
    ),
    Call(
        path="blocks/list",
        params=USER_LIST,
        ignored=SKIPPED,
        root="users",
        item="user",
        formats=JSON_XML,
        needs=(BLOCKS,),
        spec=False,
        handler="relations.blocks",
        doc="The people I block.",
    ),
    Call(
        path="blocks/blocking",
        params=USER_LIST,
        ignored=("per_page", *SKIPPED),
        root="users",
        item="user",
        formats=JSON_XML,
        needs=(BLOCKS,),
        spec=False,
        handler="relations.blocking",
        doc="The people I block, in an envelope only where `cursor` is sent.",
    ),
    Call(
        path="blocks/ids",
        params=ID_LIST,
        root="ids",
        item="id",
        formats=JSON_XML,
        needs=(BLOCKS,),
        spec=False,
        handler="relations.block_ids",
        doc="Ids of the people I block, with cursors.",
    ),
    Call(
        path="blocks/blocking/ids",
        params=ID_LIST,
        root="ids",
        item="id",
        formats=JSON_XML,
        needs=(BLOCKS,),
        spec=False,
        handler="relations.blocking_ids",
        doc="Ids of the people I block, in an envelope only where `cursor` is sent.",
    ),
    Call(
        path="mutes/users/create",
        methods=POST_PUT,
        params=ONE_USER,
        ignored=SKIPPED,
        tail="user",
        root="user",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="relations.mute",
        doc="Mutes somebody: nothing of theirs in timelines and notifications.",
    ),
    Call(
        path="mutes/users/destroy",
        methods=(*POST_PUT, "DELETE"),
        params=ONE_USER,
        ignored=SKIPPED,
        tail="user",
        root="user",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="relations.unmute",
        doc="Shows them again; 403 for who is not muted.",
    ),
    Call(
        path="mutes/users/ids",
        params=ID_LIST,
        root="ids",
        item="id",
        formats=JSON_XML,
        needs=(MUTES,),
        spec=False,
        handler="relations.mute_ids",
        doc="Ids of the people I mute, with cursors.",
    ),
    Call(
        path="mutes/users/list",
        params=USER_LIST,
        ignored=SKIPPED,
        root="users_list",
        item="user",
        formats=JSON_XML,
        needs=(MUTES,),
        spec=False,
        handler="relations.mutes",
        doc="The people I mute, with cursors.",
    ),
    Call(
        path="users/report_spam",
        aliases=("report_spam",),
        methods=POST,
        params=(
            *ONE_USER,
            Param(name="perform_block", type=Type.FLAG, default=True, doc="Also block them; `false`: only report."),
        ),
        tail="user",
        root="user",
        formats=JSON_XML,
        needs=(Need(capability="reports"),),
        write=True,
        spec=False,
        handler="relations.report_spam",
        doc="Blocks somebody and reports them as spam to the people who run my server.",
    ),
)

OTHERS = (
    Call(
        path="users/lookup",
        params=(*LOOKED_UP, ENTITIES),
        root="users",
        item="user",
        formats=JSON_XML,
        spec=False,
        handler="lookup.users",
        doc="Several users at once; unknown ones are left out.",
    ),
    Call(
        path="users/suggestions",
        params=(
            Param(name="slug", cap=LINE_CHARS, doc="One of the reasons; as end of the path."),
            Param(name="part", cap=LINE_CHARS, doc="`members`, behind the reason: only the people."),
            ENTITIES,
        ),
        ignored=("lang", "skip_status"),
        tail="slug/part",
        root="suggestions",
        formats=JSON_XML,
        needs=(SUGGESTS,),
        spec=False,
        handler="suggestions.suggestions",
        doc="Why the server proposes people to follow; of one reason, who they are.",
    ),
)

ROWS: tuple[Call, ...] = (*FRIENDSHIPS, *UNWANTED, *OTHERS)
