"""The account, users, friends and followers."""

from __future__ import annotations

from gateway.calls import GET, JSON_XML, POST, Call, Param, Type
from gateway.rows.shared import (
    CURSOR,
    ENTITIES,
    IDS_CAP,
    LINE_CHARS,
    PAGE,
    PROFILE_URL,
    SCREEN_NAME,
    STRINGIFY,
    USER_ID,
    count,
)

EVERYBODY = count(IDS_CAP, IDS_CAP)
PEOPLE = (USER_ID, SCREEN_NAME, EVERYBODY, PAGE, CURSOR, ENTITIES)
IDS = (STRINGIFY, USER_ID, SCREEN_NAME, EVERYBODY, CURSOR)

ROWS = (
    Call(
        path="account/verify_credentials",
        params=(
            Param(name="skip_status", type=Type.FLAG, default=False, doc="Leaves `status` out."),
            ENTITIES,
        ),
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
            Param(name="image", type=Type.FILES, aliases=("media", "image_data"), doc="The picture, as in `media`."),
            Param(name="profile_id", type=Type.ID, doc="Id of the profile, default: the default profile."),
        ),
        root="user",
        formats=JSON_XML,
        write=True,
        doc="Changes the profile picture.",
    ),
    Call(
        path="users/show",
        auth=False,
        anonymous=True,
        params=(USER_ID, SCREEN_NAME, PROFILE_URL, ENTITIES),
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
        params=(PROFILE_URL, USER_ID, SCREEN_NAME, ENTITIES),
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
    Call(
        path="followers/list",
        methods=GET,
        params=PEOPLE,
        root="users",
        item="user",
        formats=JSON_XML,
        spec=False,
        doc="The people who follow me, with cursors.",
    ),
)
