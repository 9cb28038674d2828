"""What Twitter's clients ask about the account beyond the specification: settings, banners, limits, saved searches."""

from __future__ import annotations

from gateway.calls import JSON_XML, POST, POST_DELETE, POST_PUT, Call, Need, Param, Type
from gateway.rows.people import SKIP_STATUS
from gateway.rows.shared import ENTITIES, LINE_CHARS, NAME_CHARS, SCREEN_NAME, UPLOADS, USER_ID

SEARCH_ID = Param(name="id", type=Type.ID, doc="Id of the saved search; also as last part of the path.")

SETTINGS = (
    Call(
        path="account/settings",
        params=(
            Param(name="lang", cap=NAME_CHARS, doc="Only the language that is set."),
            Param(name="time_zone", cap=NAME_CHARS, doc="Only `UTC`."),
            Param(name="trend_location_woeid", cap=NAME_CHARS, doc="Only 1, the world."),
            Param(name="sleep_time_enabled", cap=NAME_CHARS, doc="Only `false`."),
            Param(name="start_sleep_time", cap=NAME_CHARS, doc="Cannot be set: 403."),
            Param(name="end_sleep_time", cap=NAME_CHARS, doc="Cannot be set: 403."),
            Param(name="allow_contributor_request", cap=NAME_CHARS, doc="Cannot be set: 403."),
        ),
        root="settings",
        formats=JSON_XML,
        spec=False,
        handler="settings_calls.settings",
        doc="Settings of the account. Changing one answers 403: servers let no client do that.",
    ),
    Call(
        path="account/update_delivery_device",
        methods=POST_PUT,
        params=(Param(name="device", cap=NAME_CHARS, doc="Only `none`."), SKIP_STATUS, ENTITIES),
        root="user",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="settings_calls.delivery_device",
        doc="Which telephone posts are sent to: none, anything else answers 403.",
    ),
    Call(
        path="account/update_profile_banner",
        methods=POST_PUT,
        params=(
            Param(
                name="banner", type=Type.FILES, aliases=("image", "media"), doc="The picture: base64 text, or a file."
            ),
        ),
        ignored=("width", "height", "offset_left", "offset_top"),
        root="user",
        formats=JSON_XML,
        needs=(UPLOADS,),
        write=True,
        spec=False,
        handler="settings_calls.update_banner",
        doc="Changes the picture at the head of the profile; all of it is sent. The answer is empty.",
    ),
    Call(
        path="account/remove_profile_banner",
        methods=POST_DELETE,
        root="user",
        formats=JSON_XML,
        needs=(Need(capability="removes_header"),),
        write=True,
        spec=False,
        handler="settings_calls.remove_banner",
        doc="Takes the picture at the head of the profile away. The answer is empty.",
    ),
    Call(
        path="users/profile_banner",
        params=(USER_ID, SCREEN_NAME),
        tail="user",
        root="profile_banner",
        formats=JSON_XML,
        spec=False,
        handler="settings_calls.profile_banner",
        doc="The picture at the head of somebody's profile, under the name of every size; 404 without one.",
    ),
    Call(
        path="application/rate_limit_status",
        params=(Param(name="resources", type=Type.LIST, doc="Families of calls, such as `statuses`; default: all."),),
        root="rate_limits",
        item="rate_limit",
        formats=JSON_XML,
        spec=False,
        handler="settings_calls.rate_limits",
        doc="How many requests are left, for every call. All draw on one limit, the server's.",
    ),
)
SEARCHES = (
    Call(
        path="saved_searches/list",
        aliases=("saved_searches",),
        root="terms",
        item="terms",
        formats=JSON_XML,
        spec=False,
        handler="saved_searches.listed",
        doc="The searches that were saved here, oldest first. Servers keep none.",
    ),
    Call(
        path="saved_searches/show",
        params=(SEARCH_ID,),
        tail="id",
        root="saved_search",
        formats=JSON_XML,
        spec=False,
        handler="saved_searches.show",
        doc="A saved search.",
    ),
    Call(
        path="saved_searches/create",
        methods=POST,
        params=(Param(name="query", cap=LINE_CHARS, doc="What is looked for."),),
        root="saved_search",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="saved_searches.create",
        doc="Saves a search, 25 at most.",
    ),
    Call(
        path="saved_searches/destroy",
        methods=POST_DELETE,
        params=(SEARCH_ID,),
        tail="id",
        root="saved_search",
        formats=JSON_XML,
        write=True,
        spec=False,
        handler="saved_searches.destroy",
        doc="Forgets a saved search.",
    ),
)

ROWS = (*SETTINGS, *SEARCHES)
