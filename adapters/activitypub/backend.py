"""A linked account on an ActivityPub client-to-server instance, as `adapters.backend.Backend`."""

from __future__ import annotations

from adapters.activitypub.refreshing import Refreshing
from adapters.activitypub.writing import Writing


class ActivityPubBackend(Writing, Refreshing):
    """Cheap to make; everything shared is in the link."""
