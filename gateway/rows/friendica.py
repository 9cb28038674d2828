"""The calls of Friendica's own: activities, profile, events.

Methods and parameters: specification; where it contradicts what servers did, reference/wire-friendica.md section 14.
"""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import URL_CHARS, count

ROWS = (
    Call(
        path="friendica/activity",
        methods=POST_PUT,
        params=(Param(name="id", type=Type.ID, space="status", doc="Id of the status."),),
        tail="verb/id",
        root="ok",
        formats=JSON_XML,
        needs=(
            Need(capability="reactions", use="`dislike`, unless `local_activities` keeps it"),
            Need(capability="events", use="the `attend` verbs, unless `local_activities` keeps them"),
        ),
        write=True,
        handler="activities.change",
        doc="The next part of the path is what to do: like, dislike, attendyes, attendno, attendmaybe, or one of "
        "these with `un` before it. A like is the server's favourite, which its author is told of; a dislike is a "
        "thumbs-down reaction where the server has them. What it lacks answers 501, or is kept with "
        "`local_activities`.",
    ),
    Call(
        path="friendica/profile/show",
        methods=GET,
        params=(Param(name="profile_id", type=Type.ID, doc="Id of the profile, default: all."),),
        root="friendica_profiles",
        formats=JSON_XML,
        handler="profile.show",
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
        handler="profile.events",
        doc="My events.",
    ),
    Call(
        path="friendica/remoteauth",
        params=(
            Param(name="c_url", cap=URL_CHARS, doc="Profile address of a contact."),
            Param(name="url", cap=URL_CHARS, doc="Address to go on to, on the contact's own host."),
        ),
        root="status",
        formats=JSON_XML,
        spec=False,
        handler="profile.remoteauth",
        doc="Sends the browser to a page of a contact's site.",
    ),
)
