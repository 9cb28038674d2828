"""The contact row of friendships/destroy (reference/wire-friendica.md section 13), as far as there is one.

Friendica sent its whole database row. Keys, secrets and addresses of its own protocol mean nothing here and are left
out; what clients read of a user stands beside it under the names of the user object.
"""

from __future__ import annotations

from typing import Any

from mappings import hub
from mappings.dates import friendica
from mappings.html import plain
from mappings.users import NETWORK

NOBODY, FOLLOWER = 0, 1
"""`rel` of somebody who is not followed (any more)."""


def contact_row(account: hub.Account, number: int, *, host: str, followed_by: bool) -> dict[str, Any]:
    """Somebody the reader no longer follows. `host` is the server's own; flags are 0 or 1, dates as in friendica/*."""
    address = account.acct if account.host else f"{account.username}@{host}"
    avatar, created = account.avatar or account.avatar_static, friendica(account.created_at)
    return {
        "id": number,
        "id_str": str(number),
        "cid": number if followed_by else 0,
        "created": created,
        "rel": FOLLOWER if followed_by else NOBODY,
        "network": NETWORK,
        "protocol": NETWORK,
        "name": account.display,
        "nick": account.username,
        "screen_name": account.username,
        "addr": address,
        "about": plain(account.note),
        "description": plain(account.note),
        **dict.fromkeys(("avatar", "photo", "thumb", "micro", "profile_image_url", "profile_image_url_https"), avatar),
        **dict.fromkeys(("url", "nurl", "alias", "statusnet_profile_url"), account.url),
        "baseurl": f"https://{account.host or host}",
        "blocked": 0,
        "pending": 0,
        "deleted": 0,
        "hidden": 0,
        "archive": 0,
        "manually-approve": int(account.locked),
        "protected": account.locked,
        "following": False,
        "followers_count": account.followers_count,
        "friends_count": account.following_count,
        "statuses_count": account.statuses_count,
    }
