"""Friendships, blocks, mutes, reports and suggestions (clients.md section 9)."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    IDS_CAP,
    LINE_CHARS,
    NAME_CHARS,
    NO_STATUS_OF_USERS,
    PAGE,
    SCREEN_NAME,
    SEVERAL,
    STRINGIFY,
    TIMELINE_CAP,
    USER_ID,
    count,
)

USER = Param(name="user", aliases=("id",), cap=NAME_CHARS, doc="Id or name of the user; also as end of the path.")
MEANT = (USER_ID, SCREEN_NAME, USER)
"""Whom a call is about."""
SOME_OPTIONS = Need(capability="follow_options", instead="`follow` turns nothing on")
OPTIONS = Need(capability="follow_options")
MUTING = Need(capability="mutes")
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


def change(
    path: str,
    handler: str,
    doc: str,
    *params: Param,
    aliases: tuple[str, ...] = (),
    methods: tuple[str, ...] = POST_PUT,
    needs: tuple[Need, ...] = (),
) -> Call:
    """A call that changes how the signed-in user stands to somebody, and answers that user."""
    return Call(
        path=path,
        aliases=aliases,
        methods=methods,
        params=(*MEANT, ENTITIES, *params),
        ignored=NO_STATUS_OF_USERS,
        tail="user",
        root="user",
        formats=JSON_XML,
        needs=needs,
        write=True,
        spec=False,
        handler=handler,
        doc=doc,
    )


def user_list(
    path: str, handler: str, doc: str, *needs: Need, root: str = "users", ignored: tuple[str, ...] = ()
) -> Call:
    """A call that lists people."""
    return Call(
        path=path,
        params=(count(TIMELINE_CAP), PAGE, CURSOR, ENTITIES),
        ignored=(*ignored, *NO_STATUS_OF_USERS),
        root=root,
        item="user",
        formats=JSON_XML,
        needs=needs,
        spec=False,
        handler=handler,
        doc=doc,
    )


def id_list(path: str, handler: str, doc: str, *needs: Need) -> Call:
    """A call that lists ids of people."""
    return Call(
        path=path,
        params=(STRINGIFY, count(IDS_CAP, IDS_CAP), CURSOR),
        root="ids",
        item="id",
        formats=JSON_XML,
        needs=needs,
        spec=False,
        handler=handler,
        doc=doc,
    )


FRIENDSHIPS = (
    change(
        "friendships/create",
        "following.create",
        "Follows somebody, or asks to. Who is followed already is 403, on Twitter's mounts just the user.",
        Param(name="follow", type=Type.FLAG, doc="Be told of what they post."),
        needs=(SOME_OPTIONS,),
    ),
    Call(
        path="friendships/destroy",
        methods=(*POST_PUT, "DELETE"),
        params=MEANT,
        ignored=NO_STATUS_OF_USERS,
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
            *_end("source", "whose relationship it is, default: the signed-in one"),
            *_end("target", "at its other end", "user_id", "screen_name"),
        ),
        root="relationship",
        formats=JSON_XML,
        spec=False,
        handler="friendships.show",
        doc="How two users stand to each other. One of them has to be the signed-in user: 501 for two others.",
    ),
    Call(
        path="friendships/lookup",
        params=SEVERAL,
        root="relationships",
        item="relationship",
        formats=JSON_XML,
        spec=False,
        handler="friendships.lookup",
        doc="How the signed-in user stands to several others; unknown ones are left out.",
    ),
    id_list("friendships/incoming", "friendships.incoming", "Ids of the people who asked to follow me and wait."),
    id_list(
        "friendships/outgoing",
        "friendships.outgoing",
        "Ids of the people I asked to follow who did not answer yet.",
        Need(capability="requests_sent"),
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
    change(
        "notifications/follow",
        "following.notify",
        "The server tells me when this person, whom I follow, posts.",
        needs=(OPTIONS,),
    ),
    change("notifications/leave", "following.leave", "The server no longer tells me when they post.", needs=(OPTIONS,)),
)

UNWANTED = (
    change("blocks/create", "relations.block", "Blocks somebody; following ends."),
    change("blocks/destroy", "relations.unblock", "Takes a block back.", methods=(*POST_PUT, "DELETE")),
    Call(
        path="blocks/exists",
        params=(*MEANT, ENTITIES),
        ignored=NO_STATUS_OF_USERS,
        tail="user",
        root="user",
        formats=JSON_XML,
        spec=False,
        handler="relations.exists",
        doc="Somebody I block; 404 for anybody else.",
    ),
    user_list("blocks/list", "relations.blocks", "The people I block.", BLOCKS),
    user_list(
        "blocks/blocking",
        "relations.blocking",
        "The people I block, in an envelope only where `cursor` is sent.",
        BLOCKS,
        ignored=("per_page",),
    ),
    id_list("blocks/ids", "relations.block_ids", "Ids of the people I block, with cursors.", BLOCKS),
    id_list(
        "blocks/blocking/ids",
        "relations.blocking_ids",
        "Ids of the people I block, in an envelope only where `cursor` is sent.",
        BLOCKS,
    ),
    change(
        "mutes/users/create",
        "relations.mute",
        "Mutes somebody: nothing of theirs in timelines and notifications.",
        needs=(MUTING,),
    ),
    change(
        "mutes/users/destroy",
        "relations.unmute",
        "Takes a mute back; 403 for who is not muted.",
        methods=(*POST_PUT, "DELETE"),
        needs=(MUTING,),
    ),
    id_list("mutes/users/ids", "relations.mute_ids", "Ids of the people I mute, with cursors.", MUTES),
    user_list("mutes/users/list", "relations.mutes", "The people I mute, with cursors.", MUTES, root="users_list"),
    change(
        "users/report_spam",
        "relations.report_spam",
        "Blocks somebody and reports them as spam to the people who run my server.",
        Param(name="perform_block", type=Type.FLAG, default=True, doc="Also block them; `false`: only report."),
        aliases=("report_spam",),
        methods=POST,
        needs=(Need(capability="reports"),),
    ),
)

OTHERS = (
    Call(
        path="users/lookup",
        params=(*SEVERAL, ENTITIES),
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
