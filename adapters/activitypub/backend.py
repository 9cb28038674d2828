"""A linked account on an ActivityPub client-to-server instance, as `adapters.backend.Backend`."""

from __future__ import annotations

from adapters.activitypub.accepting import Accepting


class ActivityPubBackend(Accepting):
    """Cheap to make; everything shared is in the link."""
