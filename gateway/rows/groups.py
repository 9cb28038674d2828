"""Groups: the lists of contacts of the Friendica half.

Methods and parameters: specification; where it contradicts what servers did, reference/wire-friendica.md section 14.
"""

from __future__ import annotations

from gateway.calls import JSON_XML, POST, POST_DELETE, POST_PUT, Call, Param, Type
from gateway.rows.shared import LINE_CHARS, LISTS

GID = Param(name="gid", type=Type.ID, doc="Id of the group.")
GROUP_NAME = Param(name="name", cap=LINE_CHARS, doc="Name of the group.")
MEMBERS_CHARS = 4_000_000
MEMBERS = Param(
    name="json",
    cap=MEMBERS_CHARS,
    doc="Members: JSON object with `user` or `users`, a list of objects with `cid`; or the body itself.",
)

ROWS = (
    Call(
        path="friendica/group_show",
        aliases=("friendica/circle_show",),
        params=(GID,),
        root="groups",
        item="group",
        formats=JSON_XML,
        needs=(LISTS,),
        handler="groups.show",
        doc="One group or all groups with their members.",
    ),
    Call(
        path="friendica/group_create",
        aliases=("friendica/circle_create",),
        methods=POST_PUT,
        params=(GROUP_NAME, MEMBERS),
        root="group_create",
        formats=JSON_XML,
        needs=(LISTS,),
        write=True,
        handler="groups.create",
        doc="Makes a group.",
    ),
    Call(
        path="friendica/group_update",
        aliases=("friendica/circle_update",),
        methods=POST,
        params=(GID, GROUP_NAME, MEMBERS),
        root="group_update",
        formats=JSON_XML,
        needs=(LISTS,),
        write=True,
        handler="groups.update",
        doc="Replaces the members of a group.",
    ),
    Call(
        path="friendica/group_delete",
        aliases=("friendica/circle_delete",),
        methods=POST_DELETE,
        params=(GID, GROUP_NAME),
        root="group_delete",
        formats=JSON_XML,
        needs=(LISTS,),
        write=True,
        handler="groups.delete",
        doc="Deletes a group; id and name must belong together.",
    ),
)
