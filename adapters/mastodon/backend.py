"""A linked account on a server with the Mastodon client API, as `adapters.backend.Backend`."""

from __future__ import annotations

from msgspec.structs import replace

from adapters.mastodon.boosts import Boosts
from adapters.mastodon.instance import Instance
from adapters.mastodon.relating import Relating
from mappings import dates, hub
from mappings.order import sighting_for


class MastodonBackend(Relating, Boosts):
    """Cheap to make; everything shared is in the instance."""

    def __init__(self, instance: Instance, token: str | None) -> None:
        super().__init__(instance, token)
        self.form = instance.software.form

    def sighting(self, status: hub.Status) -> hub.Sighting:
        """Where the id map has to put `status`."""
        placed = self.placed(status.native, dates.milliseconds(status.created_at))
        parent = self.reader.key(status.in_reply_to) if status.in_reply_to else ""
        if status.reblog_of is None:
            return replace(placed, parent=parent) if parent else placed
        return replace(placed, parent=parent, boosted=status.reblog_of.native, booster=status.account.native)

    def parent_sighting(self, native: str, child: hub.Sighting) -> hub.Sighting:  # noqa: ARG002
        """Where it has to put a status of which only the id is known: its time, if the id tells it."""
        return self.placed(native, 0)

    def placed(self, native: str, created_ms: int) -> hub.Sighting:
        """A sighting from a native id and a date in milliseconds since 1970 (0: none known)."""
        order, ms, sub, sort = sighting_for(self.form, native, created_ms, int(self.instance.clock() * 1000))
        return hub.Sighting(key=self.reader.key(native), native=native, order=order, ms=ms, sub=sub, sort=sort)
