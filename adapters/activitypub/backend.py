"""A linked account on an ActivityPub client-to-server instance, as `adapters.backend.Backend`."""

from __future__ import annotations

from adapters.activitypub.boosts import Boosts
from adapters.activitypub.refreshing import Refreshing


class ActivityPubBackend(Boosts, Refreshing):
    """Cheap to make; everything shared is in the link."""
