"""The endpoint table itself: the rows of all families."""

from __future__ import annotations

from gateway.calls import Table
from gateway.rows import (
    account,
    beyond,
    files,
    friendica,
    further,
    groups,
    lists,
    messages,
    notifications,
    people,
    photos,
    relations,
    site,
    social_groups,
    statuses,
    world,
)

FAMILIES = (
    people, relations, statuses, files, messages, groups, lists, photos, notifications, friendica, further,
    beyond, account, world, social_groups, site,
)  # fmt: skip

TABLE = Table(row for family in FAMILIES for row in family.ROWS)

CALLS = tuple(TABLE)
planned = TABLE.planned
