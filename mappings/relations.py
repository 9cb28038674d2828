"""How two people stand to each other, as Twitter and GNU social told it (friendships/show, friendships/lookup)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mappings import hub

NONE = "none"
CONNECTIONS = (
    ("following", "following"),
    ("requested", "following_requested"),
    ("followed_by", "followed_by"),
    ("requested_by", "following_received"),
    ("blocking", "blocking"),
    ("muting", "muting"),
)
"""Fields of `hub.Relationship` -> words of friendships/lookup, in Twitter's order."""

SUGGESTED = "suggested"
"""The category of proposals whose server does not say why."""


class Party(NamedTuple):
    """One of the two, as a reply names them."""

    number: int
    screen_name: str
    name: str = ""

    def head(self) -> dict[str, Any]:
        """The fields everything begins with."""
        return {"id": self.number, "id_str": str(self.number), "screen_name": self.screen_name}


def relationship(source: Party, target: Party, found: hub.Relationship, *, by_target: bool = False) -> dict[str, Any]:
    """`source` and `target` of friendships/show. `found` is the source's, or with `by_target` the target's: then what
    only the source could tell is null."""
    ways = _Ways.of(found)
    if by_target:
        ways = ways.turned()
    inner = None if by_target else found
    return {
        "source": {
            **source.head(),
            "following": ways.following,
            "followed_by": ways.followed_by,
            "live_following": False,
            "following_received": ways.requested_by,
            "following_requested": ways.requested,
            "notifications_enabled": inner and found.notifying,
            "can_dm": not (ways.blocking or ways.blocked_by),
            "blocking": ways.blocking,
            "blocked_by": ways.blocked_by,
            "muting": inner and found.muting,
            "want_retweets": inner and found.following and found.showing_reblogs,
            "all_replies": None,
            "marked_spam": None,
        },
        "target": {
            **target.head(),
            "following": ways.followed_by,
            "followed_by": ways.following,
            "following_received": ways.requested,
            "following_requested": ways.requested_by,
        },
    }


class _Ways(NamedTuple):
    """What goes on between two people, seen from one of them."""

    following: bool
    followed_by: bool
    requested: bool
    requested_by: bool
    blocking: bool
    blocked_by: bool

    @classmethod
    def of(cls, found: hub.Relationship) -> _Ways:
        """As the reader's backend has it."""
        return cls(*(getattr(found, name) for name in cls._fields))

    def turned(self) -> _Ways:
        """Seen from the other."""
        return _Ways(
            self.followed_by, self.following, self.requested_by, self.requested, self.blocked_by, self.blocking
        )


def connections(party: Party, found: hub.Relationship) -> dict[str, Any]:
    """One person of friendships/lookup."""
    words = [word for name, word in CONNECTIONS if getattr(found, name)]
    head = party.head()
    return {"name": party.name, **head, "connections": words or [NONE]}


class Category(NamedTuple):
    """Proposals of one kind."""

    slug: str
    accounts: tuple[hub.Account, ...]

    @property
    def name(self) -> str:
        """For people to read."""
        return self.slug.replace("_", " ").replace("-", " ").capitalize()

    def head(self) -> dict[str, Any]:
        """One of users/suggestions."""
        return {"name": self.name, "slug": self.slug, "size": len(self.accounts)}


def categories(found: Iterable[hub.Suggestion]) -> dict[str, Category]:
    """Proposals by why they are made; in the server's order, everybody once."""
    people: dict[str, dict[str, hub.Account]] = {}
    seen = set[str]()
    for one in found:
        if one.account.native not in seen:
            seen.add(one.account.native)
            people.setdefault(one.source or SUGGESTED, {})[one.account.native] = one.account
    return {slug: Category(slug, tuple(those.values())) for slug, those in people.items()}
