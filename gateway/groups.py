"""Groups: the backend's lists with integers of their own, and what is kept of deleted ones.

A gid is a number of the account (`Store.number`), so it reaches no list of anybody else. The number belongs to the
first list that had it: a deleted group whose name is used again comes back as a new list with the old number
(reference/wire-friendica.md section 5.3), which a record remembers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import msgspec

from adapters.errors import Missing, Rejected, Slow
from adapters.lacks import require
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.turns import Busy, turn
from mappings import hub

KIND = "group"
"""Of numbers and records in the store."""
AT_ONCE = 6
"""Lists read at the same time."""
MAKING_SECONDS = 60
"""How long a name is reserved should the process die while it makes the group."""

NO_NAME, NO_SUCH_GROUP, NAME_TAKEN = "group name not specified", "gid not available", "group name already exists"
FAILED = "other API error"


class Group(NamedTuple):
    """A live list. `first` is the native id that has the number."""

    gid: int
    native: str
    name: str
    first: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a group that was deleted: its name, the list that carries its number now or did last, and when
    it was deleted (seconds since 1970; 0: it came back)."""

    name: str
    native: str
    gone: float = 0.0


class Shelf(NamedTuple):
    """All groups of an account, and the records of those that were deleted, by `first`."""

    groups: tuple[Group, ...]
    records: dict[str, Record]

    def named(self, name: str) -> Group | None:
        """A live group."""
        return next((group for group in self.groups if group.name == name), None)

    def deleted(self, name: str) -> str | None:
        """`first` of the group of that name which was deleted last."""
        live = {group.first for group in self.groups}
        gone = {first: kept for first, kept in self.records.items() if kept.name == name and first not in live}
        return max(gone, key=lambda first: gone[first].gone, default=None)


async def shelf(ask: Ask) -> Shelf:
    """Everything, oldest number first: one upstream call. Raises BackendError, StoreDown."""
    session, store = ask.session, ask.gateway.store
    require(session.backend.capabilities, "lists")
    lists, kept = await asyncio.gather(session.backend.groups(), store.records(session.account.id, KIND))
    records = {first: msgspec.json.decode(raw, type=Record) for first, raw in kept.items()}
    firsts = {record.native: first for first, record in records.items()}
    wanted = [firsts.get(found.native, found.native) for found in lists]
    numbers = await store.number(session.account.id, KIND, wanted) if wanted else {}
    groups = (
        Group(numbers[first], found.native, found.name, first) for first, found in zip(wanted, lists, strict=True)
    )
    return Shelf(tuple(sorted(groups)), records)


async def group_of(ask: Ask, gid: int | None) -> Group:
    """The live group with that number. Raises ApiError 400, BackendError, StoreDown."""
    for group in (await shelf(ask)).groups:
        if group.gid == gid:
            return group
    raise ApiError(400, NO_SUCH_GROUP)


async def native_of(ask: Ask, gid: int) -> str:
    """The list that carries the number, which may be gone: no upstream call. Raises ApiError 400, StoreDown."""
    store, account = ask.gateway.store, ask.session.account.id
    numbered, kept = await asyncio.gather(store.numbered(account, KIND, [gid]), store.records(account, KIND))
    first = numbered.get(gid)
    if first is None:
        raise ApiError(400, NO_SUCH_GROUP)
    return msgspec.json.decode(kept[first], type=Record).native if first in kept else first


def named(ask: Ask) -> str:
    """The posted name of a group. Raises ApiError 400 for none."""
    name = ask.text("name").strip()
    if not name:
        raise ApiError(400, NO_NAME)
    return name


async def made(ask: Ask, name: str) -> tuple[Group, bool]:
    """A new group; True: a deleted one of that name is back. Raises ApiError 400, BackendError, StoreDown."""
    async with _alone(ask, name):
        store, known = ask.gateway.store, await shelf(ask)
        if known.named(name):
            raise ApiError(400, NAME_TAKEN)
        old, found = known.deleted(name), await _created(ask, name)
        first = old or found.native
        if old:
            await _keep(ask, old, Record(name=name, native=found.native))
        numbers = await store.number(ask.session.account.id, KIND, [first])
        return Group(numbers[first], found.native, found.name, first), old is not None


@asynccontextmanager
async def _alone(ask: Ask, name: str) -> AsyncIterator[None]:
    """Nobody else makes a group of that name meanwhile: servers take the same name twice. Raises ApiError 400."""
    store, once = ask.gateway.store, ask.gateway.once
    key = once.key(ask.session.account.id, "friendica/group_create", [name.encode()])
    try:
        async with turn(store, key, MAKING_SECONDS):
            yield
    except Busy:
        raise ApiError(400, NAME_TAKEN) from None


async def _created(ask: Ask, name: str) -> hub.Group:
    """The new list, also when the answer to its creation was lost."""
    backend = ask.session.backend
    try:
        return await backend.create_group(name)
    except Rejected:
        raise ApiError(400, FAILED) from None
    except Slow:
        made = [found for found in await backend.groups() if found.name == name]
        if not made:
            raise
        return made[0]


async def renamed(ask: Ask, group: Group, name: str) -> Group:
    """The group under its new name. Raises ApiError 400, BackendError."""
    try:
        found = await ask.session.backend.rename_group(group.native, name)
    except Missing:
        raise ApiError(400, NO_SUCH_GROUP) from None
    except Rejected:
        raise ApiError(400, FAILED) from None
    return group._replace(name=found.name)


async def delete(ask: Ask, group: Group) -> None:
    """Drop the list; its number waits for a new one of that name. Raises BackendError, StoreDown."""
    await _keep(ask, group.first, Record(name=group.name, native=group.native, gone=time.time()))
    with suppress(Missing):  # somebody was faster
        await ask.session.backend.remove_group(group.native)


async def _keep(ask: Ask, first: str, record: Record) -> None:
    await ask.gateway.store.put_records(ask.session.account.id, KIND, {first: msgspec.json.encode(record)})


async def members_of(ask: Ask, groups: Iterable[Group]) -> list[tuple[hub.Account, ...]]:
    """The members of each, a few lists at a time. Raises ApiError 400 for a list that went meanwhile, BackendError."""
    found = await still_there(ask, groups)
    if None in found:
        raise ApiError(400, NO_SUCH_GROUP)
    return [people for people in found if people is not None]


async def still_there(ask: Ask, groups: Iterable[Group]) -> list[tuple[hub.Account, ...] | None]:
    """The same, None for a list that went meanwhile."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(group: Group) -> tuple[hub.Account, ...] | None:
        async with turns:
            try:
                return await ask.session.backend.group_members(group.native)
            except Missing:
                return None

    try:
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(one(group)) for group in groups]
    except ExceptionGroup as failed:  # plain `except`: what is raised below `except*` would be a group again
        raise failed.exceptions[0] from None
    return [task.result() for task in started]
