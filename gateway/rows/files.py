"""media/*: files for a later post."""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST_PUT, Call, Param, Type
from gateway.rows.shared import LINE_CHARS, NAME_CHARS, UPLOADS
from gateway.rows.statuses import MEDIA

ROWS = (
    Call(
        path="media/upload",
        methods=(*GET, *POST_PUT),
        params=(
            MEDIA,
            Param(name="description", cap=LINE_CHARS, doc="Description for people who cannot see it."),
            Param(
                name="command",
                cap=NAME_CHARS,
                doc="For a file in parts: `INIT` announces it, `APPEND` sends a part, `FINALIZE` ends it, `STATUS` "
                "(also by GET) asks about it.",
            ),
            Param(name="total_bytes", type=Type.COUNT, default=0, doc="`INIT`: size of the whole file."),
            Param(name="media_type", cap=NAME_CHARS, doc="`INIT`: such as `image/png`."),
            Param(name="media_id", type=Type.ID, space="media", doc="The others: the id that `INIT` answered."),
            Param(name="segment_index", cap=NAME_CHARS, doc="`APPEND`: number of the part, from 0; 5 MiB at most."),
        ),
        ignored=("media_category", "additional_owners", "shared", "media_key"),
        root="media",
        formats=JSON_XML,
        needs=(UPLOADS,),
        write=True,
        handler="uploads.upload",
        doc="Stores a picture, in one piece or in parts; its `media_id` goes into `media_ids`.",
    ),
    Call(
        path="media/metadata/create",
        methods=POST_PUT,
        params=(
            Param(name="media_id", type=Type.ID, space="media", doc="Id from media/upload."),
            Param(name="alt_text", doc="JSON object with `text`: the description."),
            Param(name="json", doc="Both as one JSON object: the body itself."),
        ),
        root="media",
        formats=JSON_XML,
        needs=(UPLOADS,),
        write=True,
        spec=False,
        handler="media.describe",
        doc="Describes an uploaded picture.",
    ),
)
