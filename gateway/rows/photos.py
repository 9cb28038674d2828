"""Photos and albums.

Methods and parameters: specification; where it contradicts what servers did, reference/wire-friendica.md section 14.
The two lists of albums came with later releases (section 15).
"""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST, POST_DELETE, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import EDITING, GROUPS_NAMED, LINE_CHARS, NAME_CHARS, UPLOADS
from gateway.rows.statuses import MEDIA

ALBUM = Param(name="album", cap=LINE_CHARS, doc="Name of the album.")
ALBUM_NEW = Param(name="album_new", cap=LINE_CHARS, doc="New name of the album.")
PHOTO_ID = Param(name="photo_id", cap=NAME_CHARS, doc="Id of the photo.")
DESCRIPTION = Param(name="desc", clearable=True, doc="Description.")
RIGHTS = tuple(
    Param(name=name, clearable=True, doc="Ids in angle brackets, `<1><2>`; empty: everybody.")
    for name in ("allow_cid", "allow_gid", "deny_cid", "deny_gid")
)
PHOTOS_CAP, ALBUM_PAGE = 500, 50

ROWS = (
    Call(
        path="friendica/photo",
        params=(PHOTO_ID, Param(name="scale", cap=NAME_CHARS, doc="0 to 6: sends the picture of that size as base64.")),
        root="photo",
        formats=JSON_XML,
        handler="photos.show",
        doc="One photo.",
    ),
    Call(
        path="friendica/photos/list",
        root="photos",
        item="photo",
        formats=JSON_XML,
        handler="photos.listed",
        doc="All my photos.",
    ),
    Call(
        path="friendica/photoalbums",
        methods=GET,
        root="albums",
        item="album",
        formats=JSON_XML,
        spec=False,
        handler="photos.albums",
        doc="Names of my albums with the number of photos in each.",
    ),
    Call(
        path="friendica/photoalbum",
        methods=GET,
        params=(
            ALBUM,
            Param(name="offset", type=Type.COUNT, default=0, doc="Photos to leave out at the start."),
            Param(name="limit", type=Type.COUNT, default=ALBUM_PAGE, cap=PHOTOS_CAP, doc="Photos per page."),
            Param(name="latest_first", type=Type.FLAG, default=False, doc="Newest first."),
        ),
        root="photos",
        item="photo",
        formats=JSON_XML,
        spec=False,
        handler="photos.album",
        doc="The photos of one album, oldest first.",
    ),
    *(
        Call(
            path=f"friendica/photo/{verb}",
            methods=POST,
            params=(PHOTO_ID, MEDIA, DESCRIPTION, ALBUM, ALBUM_NEW, *RIGHTS),
            root=f"photo_{verb}",
            formats=JSON_XML,
            needs=(*needs, GROUPS_NAMED),
            write=True,
            handler="photos.save",
            doc=f"{does}, on either path: with `photo_id` an update, without it a new photo.",
        )
        for verb, does, needs in (
            ("create", "Stores a photo", (UPLOADS,)),
            ("update", "Changes a photo", (Need(capability="uploads", use="a new picture"), EDITING)),
        )
    ),
    Call(
        path="friendica/photo/delete",
        methods=POST_DELETE,
        params=(PHOTO_ID,),
        root="photo_delete",
        formats=JSON_XML,
        write=True,
        handler="photos.delete",
        doc="Deletes a photo.",
    ),
    Call(
        path="friendica/photoalbum/delete",
        methods=POST_DELETE,
        params=(ALBUM,),
        root="photoalbum_delete",
        formats=JSON_XML,
        write=True,
        handler="photos.delete_album",
        doc="Deletes an album and its photos.",
    ),
    Call(
        path="friendica/photoalbum/update",
        methods=POST_PUT,
        params=(ALBUM, ALBUM_NEW),
        root="photoalbum_update",
        formats=JSON_XML,
        needs=(EDITING,),
        write=True,
        handler="photos.rename_album",
        doc="Renames an album.",
    ),
)
