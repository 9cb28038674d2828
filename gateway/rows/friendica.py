"""The calls of Friendica's own: activities, groups, notifications, photos, profile.

Methods and parameters: specification; where it contradicts what servers did, reference/wire-friendica.md section 14.
"""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST, POST_DELETE, POST_PUT, Call, Param, Type
from gateway.rows.shared import LINE_CHARS, NAME_CHARS, URL_CHARS, count
from gateway.rows.statuses import MEDIA

GID = Param(name="gid", type=Type.ID, doc="Id of the group.")
GROUP_NAME = Param(name="name", cap=LINE_CHARS, doc="Name of the group.")
MEMBERS = Param(name="json", doc="Members: JSON object with `user`, a list of objects with `cid`; or the body itself.")
ALBUM = Param(name="album", cap=LINE_CHARS, doc="Name of the album.")
ALBUM_NEW = Param(name="album_new", cap=LINE_CHARS, doc="New name of the album.")
PHOTO_ID = Param(name="photo_id", cap=NAME_CHARS, doc="Id of the photo.")
RIGHTS = tuple(
    Param(name=name, doc="Ids in angle brackets, `<1><2>`; empty: everybody.")
    for name in ("allow_cid", "allow_gid", "deny_cid", "deny_gid")
)

GROUPS = (
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

PHOTOS = (
    Call(
        path="friendica/photo",
        params=(PHOTO_ID, Param(name="scale", cap=NAME_CHARS, doc="0 to 6: sends the picture of that size as base64.")),
        root="photo",
        formats=JSON_XML,
        doc="One photo.",
    ),
    Call(
        path="friendica/photos/list",
        root="photos",
        item="photo",
        formats=JSON_XML,
        doc="All my photos.",
    ),
    Call(
        path="friendica/photo/create",
        aliases=("friendica/photo/update",),
        methods=POST,
        params=(
            PHOTO_ID,
            MEDIA,
            Param(name="desc", doc="Description."),
            ALBUM,
            ALBUM_NEW,
            *RIGHTS,
        ),
        root="photo_create",
        formats=JSON_XML,
        write=True,
        doc="Stores a photo, or changes one when `photo_id` is sent.",
    ),
    Call(
        path="friendica/photo/delete",
        methods=POST_DELETE,
        params=(PHOTO_ID,),
        root="photo_delete",
        formats=JSON_XML,
        write=True,
        doc="Deletes a photo.",
    ),
    Call(
        path="friendica/photoalbum/delete",
        methods=POST_DELETE,
        params=(ALBUM,),
        root="photoalbum_delete",
        formats=JSON_XML,
        write=True,
        doc="Deletes an album and its photos.",
    ),
    Call(
        path="friendica/photoalbum/update",
        methods=POST_PUT,
        params=(ALBUM, ALBUM_NEW),
        root="photoalbum_update",
        formats=JSON_XML,
        write=True,
        doc="Renames an album.",
    ),
)

OTHER = (
    Call(
        path="friendica/activity",
        methods=POST_PUT,
        params=(Param(name="id", type=Type.ID, doc="Id of the status."),),
        tail="verb",
        root="ok",
        formats=JSON_XML,
        write=True,
        doc="The last part of the path is what to do: like, dislike, attendyes, attendno, attendmaybe, or one of "
        "these with `un` before it.",
    ),
    Call(
        path="friendica/notifications",
        aliases=("friendica/notification",),
        methods=GET,
        root="notes",
        item="note",
        formats=JSON_XML,
        doc="The last 50 notifications, unseen ones first.",
    ),
    Call(
        path="friendica/notifications/seen",
        aliases=("friendica/notification/seen",),
        methods=POST_PUT,
        params=(Param(name="id", type=Type.ID, doc="Id of the notification."),),
        root="status",
        formats=JSON_XML,
        write=True,
        doc="Marks a notification as seen.",
    ),
    Call(
        path="friendica/profile/show",
        methods=GET,
        params=(Param(name="profile_id", type=Type.ID, doc="Id of the profile, default: all."),),
        root="friendica_profiles",
        formats=JSON_XML,
        doc="My profile.",
    ),
    Call(
        path="friendica/events",
        methods=GET,
        params=(Param(name="since_id", type=Type.ID, doc="Only events with a larger id."), count(999)),
        root="events",
        item="events",
        formats=JSON_XML,
        spec=False,
        doc="My events.",
    ),
    Call(
        path="friendica/remoteauth",
        params=(
            Param(name="c_url", cap=URL_CHARS, doc="Profile address of a contact."),
            Param(name="url", cap=URL_CHARS, doc="Address to go on to."),
        ),
        formats=JSON_XML,
        spec=False,
        doc="Sends the browser to a contact's site.",
    ),
)

ROWS = (*GROUPS, *PHOTOS, *OTHER)
