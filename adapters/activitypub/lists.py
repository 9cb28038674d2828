"""Groups of contacts that are kept here, for servers without collections of people. Their ids are no addresses."""

from __future__ import annotations

import msgspec

from adapters.shelf import Shelf

KIND, LOCAL = "group", "local-"


class LocalList(msgspec.Struct, frozen=True, kw_only=True):
    """One group: its id begins with LOCAL, `members` are ids of actors."""

    native: str
    name: str
    members: tuple[str, ...] = ()


class Lists:
    """One account's."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def all(self) -> dict[str, LocalList]:
        """Every group by its id."""
        found = {}
        for native, raw in (await self._shelf.records(KIND)).items():
            try:
                found[native] = msgspec.json.decode(raw, type=LocalList)
            except msgspec.MsgspecError:
                continue
        return found

    async def put(self, group: LocalList) -> None:
        """Add or replace."""
        await self._shelf.put_records(KIND, {group.native: msgspec.json.encode(group)})

    async def drop(self, native: str) -> None:
        """Take it away."""
        await self._shelf.drop_records(KIND, [native])


def is_local(native: str) -> bool:
    """Kept here."""
    return native.startswith(LOCAL)
