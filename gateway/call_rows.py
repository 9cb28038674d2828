"""The endpoint table itself: the rows of all families."""

from __future__ import annotations

from gateway.calls import Table
from gateway.rows import (
    account,
    files,
    friendica,
    groups,
    lists,
    message_events,
    messages,
    notifications,
    people,
    photos,
    relations,
    retweets,
    search,
    site,
    social_groups,
    statuses,
    world,
)

FAMILIES = (
    people, relations, account, statuses, retweets, search, files, messages, message_events, groups, lists,
    social_groups, photos, notifications, friendica, world, site,
)  # fmt: skip

TABLE = Table(row for family in FAMILIES for row in family.ROWS)

CALLS = tuple(TABLE)
planned = TABLE.planned
