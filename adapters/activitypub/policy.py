"""What the operator wants of accounts at servers of actors (activitypub-c2s section 8)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit


class Policy(NamedTuple):
    """`accept_follows`: who asks to follow is let in. `public_feeds`: addresses of collections in which servers list
    what everybody may read, such as a shared inbox."""

    accept_follows: bool = False
    public_feeds: tuple[str, ...] = ()

    def feed_of(self, actor: str) -> str:
        """The one of an actor's server, "" where none is named."""
        host = urlsplit(actor).netloc
        return next((url for url in self.public_feeds if urlsplit(url).netloc == host), "")


NOTHING_WANTED = Policy()
