"""Servers that show every status to whoever has its id: what is not for the reader is taken out here.

The gateway's integers can be guessed where such a server's own ids cannot, so without this it would show more than the
server does.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from adapters.errors import BadAnswer
from mappings import hub
from mappings.hub import Visibility

_LINK = re.compile(r"<a [^>]{1,1000}>")
"""snac leaves the reader out of `mentions`; the text still names them."""
RESTRICTED = frozenset({Visibility.PRIVATE, Visibility.DIRECT})

Me = Callable[[], Awaitable[hub.Account]]
Following = Callable[[Sequence[str]], Awaitable[tuple[hub.Relationship, ...]]]


async def readable(entries: Sequence[hub.Entry], who: Me, following: Following) -> Sequence[hub.Entry]:
    """The entries that I may read: not restricted, own, naming me, or for the followers of somebody I follow.

    `who` (me) and `following` are asked once at most, and only for what is restricted. What cannot be decoded stays.
    Raises BackendError.
    """
    originals = [_restricted(entry) for entry in entries]
    if not any(originals):
        return entries
    me = await who()
    found = [status is None or _is_for(status, me) for status in originals]
    asked = {
        status.account.native
        for status, known in zip(originals, found, strict=True)
        if status and not known and status.visibility == Visibility.PRIVATE
    }
    followed = {one.native for one in await following(tuple(asked)) if one.following} if asked else set()
    return [
        entry
        for entry, status, known in zip(entries, originals, found, strict=True)
        if known or (status and status.visibility == Visibility.PRIVATE and status.account.native in followed)
    ]


def _restricted(entry: hub.Entry) -> hub.Status | None:
    """The status itself, of a boost the boosted one, when not everybody may read it."""
    try:
        status = entry.status.original
    except BadAnswer:
        return None
    return status if status.visibility in RESTRICTED else None


def _is_for(status: hub.Status, me: hub.Account) -> bool:
    if status.account.native == me.native:
        return True
    named = any(one.native == me.native or one.acct.casefold() == me.acct.casefold() for one in status.mentions)
    return named or any("mention" in tag and f'href="{me.url}"' in tag for tag in _LINK.findall(status.content))
