"""Lists as Twitter's clients know them. They belong to the reader, and nobody else sees them."""

from __future__ import annotations

import re
from typing import Any

from mappings.trees import Cursors, cursor_tree

_BETWEEN = re.compile(r"[\W_]+")
MOST_SLUG = 100


def slug(id: int, name: str) -> str:
    """The name as it stands in an address; of a name without letters and digits the number."""
    return _BETWEEN.sub("-", name.casefold()).strip("-")[:MOST_SLUG] or str(id)


def list_tree(id: int, name: str, user: Any, screen_name: str, *, members: int | None = None) -> dict[str, Any]:
    """A list of `screen_name`, whose user object is `user`. `members`: how many, where they were counted."""
    short = slug(id, name)
    tree = {
        "id": id,
        "id_str": str(id),
        "name": name,
        "slug": short,
        "full_name": f"@{screen_name}/{short}",
        "uri": f"/{screen_name}/lists/{short}",
        "description": "",
        "mode": "private",
        "following": True,
        "subscriber_count": 1,
    }
    return {**tree, **({} if members is None else {"member_count": members}), "user": user}


def lists_tree(lists: list[Any], cursors: Cursors) -> dict[str, Any]:
    """A page of lists."""
    return {"lists": lists, **cursor_tree(cursors)}
