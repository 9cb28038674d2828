"""Parameters that many calls have in common. Defaults and caps: specification and DESIGN section 9."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.calls import Need, Param, Type

PAGE_ITEMS, TIMELINE_CAP, MESSAGE_CAP, IDS_CAP = 20, 200, 999, 5000
NAME_CHARS, LINE_CHARS, URL_CHARS = 320, 1000, 2048


def count(cap: int, default: int = PAGE_ITEMS, *, aliases: tuple[str, ...] = ()) -> Param:
    """Items per page."""
    return Param(name="count", type=Type.COUNT, default=default, cap=cap, aliases=aliases, doc="Items per page.")


PAGE = Param(name="page", type=Type.COUNT, default=1, doc="Page number, from 1.")
SINCE_ID = Param(name="since_id", type=Type.ID, space="status", doc="Only items with a larger id.")
MAX_ID = Param(name="max_id", type=Type.ID, space="status", doc="Only items with this id or a smaller one.")
WINDOW = (PAGE, SINCE_ID, MAX_ID)
MESSAGE_WINDOW = (PAGE, replace(SINCE_ID, space="message"), replace(MAX_ID, space="message"))

ENTITIES = Param(name="include_entities", type=Type.FLAG, default=False, doc="Adds `entities` that match `text`.")
EXCLUDE_REPLIES = Param(name="exclude_replies", type=Type.FLAG, default=False, doc="Leaves answers out.")
CONVERSATION_ID = Param(
    name="conversation_id", type=Type.ID, space="status", doc="Only this conversation: any id of the thread."
)
STATUS_ID = Param(name="id", type=Type.ID, space="status", doc="Id of the status; also as last part of the path.")

USER_ID = Param(name="user_id", type=Type.ID, doc="Id of the user.")
SCREEN_NAME = Param(name="screen_name", cap=NAME_CHARS, doc="Name of the user, `user` or `user@host`.")
SEVERAL = (
    Param(name="user_id", type=Type.LIST, doc="Ids of users, 100 at most with the names."),
    Param(name="screen_name", type=Type.LIST, doc="Names of users, `user` or `user@host`."),
)
"""Several people at once."""
PROFILE_URL = Param(name="profileurl", cap=URL_CHARS, doc="Address of the user's profile page.")
CURSOR = Param(name="cursor", cap=NAME_CHARS, doc="Position, -1 for the start; asks for the cursor envelope.")
STRINGIFY = Param(name="stringify_ids", type=Type.FLAG, default=False, doc="Ids as text.")

GET_TEXT = Param(name="getText", cap=NAME_CHARS, doc="`html` or `plain`: form of the text, title apart.")
GET_USERS = Param(name="getUserObjects", type=Type.FLAG, default=True, doc="`false` leaves sender and recipient out.")
VERBOSE = Param(name="friendica_verbose", type=Type.FLAG, default=False, doc="Answers `result` and `message` instead.")

TRIM_USER = Param(name="trim_user", type=Type.FLAG, default=False, doc="Of people only their ids.")
TWEET_MODE = Param(
    name="tweet_mode",
    cap=NAME_CHARS,
    doc="`extended`: JSON has `full_text` and `display_text_range` beside `text`, entities, and `extended_entities`.",
)
FORM_OF_STATUS = (ENTITIES, TRIM_USER, TWEET_MODE)
"""Of every call that gives statuses."""
MORE_OF_STATUS = ("include_user_entities", "contributor_details", "include_ext_alt_text", "include_card_uri")
"""What Twitter's clients send beside it."""
INCLUDE_RTS = Param(name="include_rts", type=Type.FLAG, default=True, doc="`false` leaves boosts out.")
NO_RTS = ("include_rts", "contributor_details")
NO_STATUS_OF_USERS = ("skip_status", "include_user_entities")
"""Of calls whose users have no status inside."""

LISTS = Need(capability="lists")
UPLOADS = Need(capability="uploads")
SEARCHES = Need(capability="searches_statuses", use="words; a `#tag` is found")
FINDS_POSTS = Need(capability="directory", instead="only posts that reached the account are looked through")
CONVERSATIONS = Need(
    capability="conversations",
    instead="messages are gathered from the mentions and the home timeline: old ones that were sent may be missing",
)
MARKERS = Need(
    capability="markers", instead="what was seen here is not known to other programs, nor what was seen there to this"
)
EDITING = Need(capability="editing", instead="each picture that is changed is stored anew, the old one is deleted")
GROUPS_NAMED = Need(capability="lists", use="groups among those who may or may not see it")
