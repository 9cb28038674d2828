"""Shapes of the calls beyond the specification (`gateway.rows.further`)."""

from __future__ import annotations

import re
from typing import Any

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def search_metadata(found: Any, statuses: list[Any]) -> None:
    """What stands beside the statuses of search/tweets."""
    newest = max((status["id"] for status in statuses), default=0)
    assert (found["max_id"], found["max_id_str"]) == (newest, str(newest))
    assert found["since_id_str"] == str(found["since_id"])
    assert set(found) - {"next_results"} == {
        "max_id", "max_id_str", "since_id", "since_id_str", "query", "count", "refresh_url"
    }  # fmt: skip


def contact_row(document: Any, call: str) -> None:
    """What friendships/destroy answers."""
    assert document["id_str"] == str(document["id"]), call
    assert document["cid"] in {0, document["id"]}
    assert document["rel"] in {0, 1}
    assert all(document[name] for name in ("name", "nick", "screen_name", "addr", "url", "network"))
    assert DATE.fullmatch(document["created"])
