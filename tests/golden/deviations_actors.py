"""Where a gateway before a server of actors answers otherwise than Friendica 2021.01 did. No row may be idle.

Most reasons are the gateway's own and hold whatever is behind it: those are the rows of `deviations`.
"""

from __future__ import annotations

from fnmatch import fnmatch

from tests.golden import deviations
from tests.golden.deviations import Detail, Otherwise
from tests.golden.judging import Judge
from tests.golden.rows import Row

OF_MASTODON = {
    "friendica-activity-*dislike.ok.*",
    "friendica-activity-*attend*.ok.*",
    "statuses-retweet.private.json",
}
"""Rows of `deviations.STATUSES` that are about Mastodon servers, by their files."""

STATUSES: tuple[Otherwise, ...] = (
    Otherwise("statuses-networkpublic_timeline.*", 501, "servers of actors have no such feed", False),
    Otherwise("friendica-activity-attend*.ok.*", 400, "the seeded post is no event: nothing is accepted", False),
)

IN_XML = {r"type group_create/wrong_users: node .*"}
"""Rows of `deviations.DETAILS` about what only XML shows of a call, by their patterns."""


def names(detail: Detail, rows: tuple[Row, ...]) -> bool:
    """It is about one of these rows."""
    return any(fnmatch(row.file, pattern) for row in rows for pattern in detail.files.split("|"))


def judge(rows: tuple[Row, ...]) -> Judge:
    """The gateway's deviations that concern these rows, and ours."""
    shared = [one for one in deviations.STATUSES if one.files not in OF_MASTODON]
    every = Judge((*STATUSES, *shared), ())
    named = [every.otherwise(row.file) for row in rows]
    details = [one for one in deviations.DETAILS if one.pattern not in IN_XML and names(one, rows)]
    return Judge((*STATUSES, *(one for one in shared if one in named)), tuple(details))
