"""The endpoint table itself: the rows of all families."""

from __future__ import annotations

from gateway.calls import Table
from gateway.rows import friendica, messages, people, site, statuses

TABLE = Table((*people.ROWS, *statuses.ROWS, *messages.ROWS, *friendica.ROWS, *site.ROWS))

CALLS = tuple(TABLE)
planned = TABLE.planned
