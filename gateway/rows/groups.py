"""Groups: the lists of contacts of the Friendica half.

Methods and parameters: specification; where it contradicts what servers did, reference/wire-friendica.md section 14.
"""

from __future__ import annotations

from gateway.calls import JSON_XML, POST, POST_DELETE, POST_PUT, Call, Param, Type
from gateway.rows.shared import LINE_CHARS

GID = Param(name="gid", type=Type.ID, doc="Id of the group.")
GROUP_NAME = Param(name="name", cap=LINE_CHARS, doc="Name of the group.")
MEMBERS = Param(name="json", doc="Members: JSON object with `user`, a list of objects with `cid`; or the body itself.")

ROWS = (
    Call(
        path="friendica/group_show",
        params=(GID,),
        root="groups",
        item="group",
        formats=JSON_XML,
        doc="One group or all groups with their members.",
    ),
    Call(
        path="friendica/group_create",
        methods=POST_PUT,
        params=(GROUP_NAME, MEMBERS),
        root="group_create",
        formats=JSON_XML,
        write=True,
        doc="Makes a group.",
    ),
    Call(
        path="friendica/group_update",
        methods=POST,
        params=(GID, GROUP_NAME, MEMBERS),
        root="group_update",
        formats=JSON_XML,
        write=True,
        doc="Replaces the members of a group.",
    ),
    Call(
        path="friendica/group_delete",
        methods=POST_DELETE,
        params=(GID, GROUP_NAME),
        root="group_delete",
        formats=JSON_XML,
        write=True,
        doc="Deletes a group; id and name must belong together.",
    ),
)
