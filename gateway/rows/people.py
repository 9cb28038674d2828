"""The account, users, friends and followers."""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST, POST_PUT, Call, Need, Param, Type
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    IDS_CAP,
    LINE_CHARS,
    NAME_CHARS,
    NO_STATUS_OF_USERS,
    PAGE,
    PROFILE_URL,
    SCREEN_NAME,
    STRINGIFY,
    TIMELINE_CAP,
    TWEET_MODE,
    UPLOADS,
    USER_ID,
    count,
)

SKIP_STATUS = Param(name="skip_status", type=Type.FLAG, default=False, doc="Leaves `status` out.")
EVERYBODY = count(IDS_CAP, IDS_CAP)
PEOPLE = (USER_ID, SCREEN_NAME, EVERYBODY, PAGE, CURSOR, ENTITIES)
IDS = (STRINGIFY, USER_ID, SCREEN_NAME, EVERYBODY, CURSOR)


def cursored(path: str, handler: str, whom: str) -> Call:
    """A list of people as Twitter had it."""
    return Call(
        path=path,
        methods=GET,
        params=(USER_ID, SCREEN_NAME, count(TIMELINE_CAP), CURSOR, ENTITIES),
        ignored=NO_STATUS_OF_USERS,
        root="users_list",
        item="user",
        formats=JSON_XML,
        spec=False,
        handler=handler,
        doc=f"{whom}, with cursors. Naming somebody else gives an empty list.",
    )


ROWS = (
    Call(
        path="account/verify_credentials",
        params=(SKIP_STATUS, ENTITIES, TWEET_MODE),
        root="user",
        formats=JSON_XML,
        handler="account.verify_credentials",
        doc="The signed-in user.",
    ),
    Call(
        path="account/rate_limit_status",
        root="hash",
        formats=JSON_XML,
        handler="account.rate_limit_status",
        doc="How many requests are left.",
    ),
    Call(
        path="account/update_profile_image",
        methods=POST,
        params=(
            Param(
                name="image",
                type=Type.FILES,
                aliases=("media", "image_data", "media_data"),
                doc="The picture, as in `media`.",
            ),
            Param(name="profile_id", type=Type.ID, doc="Id of the profile, default: the default profile."),
            SKIP_STATUS,
            ENTITIES,
        ),
        root="user",
        formats=JSON_XML,
        needs=(UPLOADS,),
        write=True,
        handler="account.update_profile_image",
        doc="Changes the profile picture.",
    ),
    Call(
        path="account/update_profile",
        methods=POST_PUT,
        params=(
            Param(name="name", cap=LINE_CHARS, doc="Name to show; empty: stays."),
            Param(name="description", clearable=True, doc="What the profile says; empty: cleared."),
            Param(name="location", cap=NAME_CHARS, clearable=True, doc="A place, in the profile's table; empty: none."),
            SKIP_STATUS,
            ENTITIES,
        ),
        ignored=("url", "profile_link_color"),
        root="user",
        formats=JSON_XML,
        needs=(Need(capability="profile_fields", instead="`location` has no effect"),),
        write=True,
        spec=False,
        handler="account.update_profile",
        doc="Changes name, description and place of the profile.",
    ),
    Call(
        path="users/show",
        auth=False,
        anonymous=True,
        params=(USER_ID, SCREEN_NAME, PROFILE_URL, ENTITIES, TWEET_MODE),
        ignored=("cursor",),
        tail="user",
        root="user",
        formats=JSON_XML,
        handler="users.show",
        doc="One user, the signed-in one when nobody is named.",
    ),
    Call(
        path="externalprofile/show",
        auth=False,
        anonymous=True,
        params=(PROFILE_URL, USER_ID, SCREEN_NAME, ENTITIES, TWEET_MODE),
        tail="user",
        root="user",
        formats=JSON_XML,
        handler="users.external_profile",
        doc="One user by the address of the profile page.",
    ),
    Call(
        path="users/search",
        auth=False,
        anonymous=True,
        params=(Param(name="q", cap=LINE_CHARS, doc="Name, `user@host` or profile address."),),
        ignored=("page", "count", "include_entities"),
        root="users",
        item="user",
        formats=JSON_XML,
        needs=(Need(capability="directory", instead="people are found by address, those known already by name"),),
        handler="users.search",
        doc="Finds users.",
    ),
    Call(
        path="statuses/friends",
        params=PEOPLE,
        tail="user",
        root="users",
        item="user",
        formats=JSON_XML,
        handler="people.friends",
        doc="The people I follow, all of them unless `count` is sent. Naming somebody else gives an empty list.",
    ),
    Call(
        path="statuses/followers",
        params=PEOPLE,
        tail="user",
        root="users",
        item="user",
        formats=JSON_XML,
        handler="people.followers",
        doc="The people who follow me, all of them unless `count` is sent. Naming somebody else gives an empty list.",
    ),
    Call(
        path="friends/ids",
        params=IDS,
        root="ids",
        item="id",
        formats=JSON_XML,
        handler="people.friends_ids",
        doc="Ids of the people I follow. Naming somebody else gives an empty list.",
    ),
    Call(
        path="followers/ids",
        params=IDS,
        root="ids",
        item="id",
        formats=JSON_XML,
        handler="people.followers_ids",
        doc="Ids of the people who follow me. Naming somebody else gives an empty list.",
    ),
    cursored("followers/list", "people.followers_list", "The people who follow me"),
    cursored("friends/list", "people.friends_list", "The people I follow"),
)
