"""statusnet/groups/*: groups of the network. What no server tells of them (all groups, members, admins) has no row."""

from __future__ import annotations

from gateway.calls import ANY, FEEDS, JSON_XML, POST, Call, Param, Type
from gateway.rows.shared import (
    EXCLUDE_REPLIES,
    FORM_OF_STATUS,
    IDS_CAP,
    NAME_CHARS,
    PAGE,
    SCREEN_NAME,
    TIMELINE_CAP,
    WINDOW,
    count,
)

GROUP = Param(
    name="group",
    cap=NAME_CHARS,
    aliases=("group_id", "group_name", "id", "nickname"),
    doc="Number of the group, or its name, `group@host`; also as last part of the path.",
)
MEMBER = (
    Param(name="user_id", type=Type.ID, doc="Only my own id: servers do not say it of others."),
    SCREEN_NAME,
)


def group_call(path: str, handler: str, doc: str, *params: Param, write: bool = False, root: str = "group") -> Call:
    """A call about one group."""
    return Call(
        path=path,
        methods=POST if write else ANY,
        params=(GROUP, *params),
        tail="group",
        root=root,
        formats=JSON_XML,
        write=write,
        spec=False,
        handler=handler,
        doc=doc,
    )


ROWS = (
    Call(
        path="statusnet/groups/timeline",
        params=(GROUP, count(TIMELINE_CAP), *WINDOW, EXCLUDE_REPLIES, *FORM_OF_STATUS),
        tail="group",
        root="statuses",
        item="status",
        formats=FEEDS,
        spec=False,
        handler="group_calls.posts",
        doc="What a group passed on.",
    ),
    group_call(
        "statusnet/groups/show",
        "group_calls.show",
        "A group: an account of that kind, such as one on Lemmy, Mobilizon or Friendica.",
    ),
    group_call("statusnet/groups/join", "group_calls.join", "Joins a group: follows it.", write=True),
    group_call("statusnet/groups/leave", "group_calls.leave", "Leaves a group: stops following it.", write=True),
    group_call(
        "statusnet/groups/is_member", "group_calls.is_member", "Whether I am in a group.", *MEMBER, root="is_member"
    ),
    Call(
        path="statusnet/groups/list",
        params=(*MEMBER, count(IDS_CAP, IDS_CAP), PAGE),
        tail="user",
        root="groups",
        item="group",
        formats=JSON_XML,
        spec=False,
        handler="group_calls.joined",
        doc="The groups I am in: those I follow. Servers do not say it of others.",
    ),
)
