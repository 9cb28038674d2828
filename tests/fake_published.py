"""The part of the fake backend that tells what the server publishes, and what of the profile can be taken away."""

from __future__ import annotations

import msgspec

from adapters.backend import Person
from adapters.errors import Missing
from mappings import hub
from tests.fake_side import FakeSide
from tests.fake_wire import upstream


class FakePublished(FakeSide):
    """Refuses what the declared capabilities lack, as a real adapter does."""

    @upstream
    async def trends(self) -> tuple[hub.Trend, ...]:
        self._need("trends")
        return tuple(self.world.trends)

    @upstream
    async def paper(self, kind: hub.Paper) -> str:
        if kind not in self.world.papers:
            raise Missing("The server publishes no such page.")
        return self.world.papers[kind]

    @upstream
    async def remove_header(self) -> Person:
        self._need("removes_header")
        self.world.people[self.viewer] = msgspec.structs.replace(self._person(self.viewer), header="")
        return self._me()

    @upstream
    async def groups_of(self, native: str) -> tuple[hub.Group, ...]:
        self._need("lists")
        mine = ((key, row) for key, row in self.world.lists.items()
                if self.world.list_owners.get(key, self.viewer) == self.viewer)  # fmt: skip
        return tuple(hub.Group(native=key, name=name) for key, (name, members) in mine if native in members)
