"""Photos and albums.

Methods and parameters: specification; where it contradicts what servers did, reference/wire-friendica.md section 14.
"""

from __future__ import annotations

from gateway.calls import JSON_XML, POST, POST_DELETE, POST_PUT, Call, Param
from gateway.rows.shared import LINE_CHARS, NAME_CHARS
from gateway.rows.statuses import MEDIA

ALBUM = Param(name="album", cap=LINE_CHARS, doc="Name of the album.")
ALBUM_NEW = Param(name="album_new", cap=LINE_CHARS, doc="New name of the album.")
PHOTO_ID = Param(name="photo_id", cap=NAME_CHARS, doc="Id of the photo.")
RIGHTS = tuple(
    Param(name=name, doc="Ids in angle brackets, `<1><2>`; empty: everybody.")
    for name in ("allow_cid", "allow_gid", "deny_cid", "deny_gid")
)

ROWS = (
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
