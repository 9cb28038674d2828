"""The endpoint table itself: the rows of all families."""

from __future__ import annotations

from gateway.calls import Table
from gateway.rows import (
    files,
    friendica,
    further,
    groups,
    lists,
    messages,
    notifications,
    people,
    photos,
    site,
    statuses,
)

FAMILIES = (people, statuses, files, messages, groups, lists, photos, notifications, friendica, further, site)

TABLE = Table(row for family in FAMILIES for row in family.ROWS)

CALLS = tuple(TABLE)
planned = TABLE.planned
