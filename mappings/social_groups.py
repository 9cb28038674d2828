"""Groups of the network as GNU social showed them: actors that are groups, whom one joins by following them."""

from __future__ import annotations

from typing import Any

from mappings import hub
from mappings.dates import wire
from mappings.html import plain


def group_tree(account: hub.Account, id: int, *, member: bool | None = None) -> dict[str, Any]:
    """statusnet/groups/*. `id` is the number of its account; `member`: the reader follows it, None: not asked."""
    tree = {
        "id": id,
        "url": account.url,
        "nickname": account.username,
        "fullname": account.display,
        "member_count": account.followers_count,
        "original_logo": account.avatar,
        "homepage_logo": account.avatar,
        "stream_logo": account.avatar,
        "mini_logo": account.avatar_static or account.avatar,
        "homepage": account.url,
        "description": plain(account.note),
        "location": "",
        "created": wire(account.created_at),
        "modified": wire(account.created_at),
    }
    return tree if member is None else {**tree, "member": member}
