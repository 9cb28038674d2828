"""Ids of 31 and 16 bits, for the devices whose dialect has them: out of replies and into requests.

Everything inside the gateway knows wide ids only. What a narrow device sends is turned into wide ids before its handler
runs (`Narrow.read`: the parameters with a `space` in the endpoint table), and what it is told is turned into narrow
ones where numbers get into replies (`NarrowIds`, `Narrow.shown`). Known ids cost nothing, the new ones of a reply one
round trip to the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from msgspec.structs import replace

from gateway.ask import UNKNOWN
from gateway.kept import Recent
from gateway.params import whole_number
from gateway.stores.store import Beside, Store
from gateway.widths import WIDE
from mappings import hub
from mappings.fragments import Fragment, Numbers
from mappings.narrow import SPACES, Pair, boundary

if TYPE_CHECKING:
    from adapters.backend import Backend
    from gateway.ask import Ask
    from gateway.calls import Param
    from gateway.ids import Ids
    from gateway.session import Session

STATUS, MESSAGE, NOTE, MEDIA = "status", "message", "note", "media"
POSITIONS = {"since_id": False, "max_id": True}
"""Parameters that are positions, not keys; true: items up to there."""

MEMORIES = 512

NO_NUMBER = 0
"""The id of a message for which the 16-bit space has no number left: it can be read, and no call takes it for an id."""


def is_narrow(session: Session) -> bool:
    """The device reads fewer than 53 bits."""
    return session.dialect.id_bits != WIDE.ids


class Memory:
    """What is known of one space of one account."""

    __slots__ = ("ids", "wides")

    def __init__(self) -> None:
        self.ids: Recent[int, int] = Recent()
        self.wides: Recent[int, int] = Recent()

    def put(self, wide: int, id: int) -> None:
        """Both ways."""
        self.ids.young[wide] = id
        self.wides.young[id] = wide

    def bound(self, most: int) -> None:
        """No more than about twice so many."""
        if len(self.ids.young) > most:
            self.ids.turn()
            self.wides.turn()


class AsTheyAre(Mapping[int, int]):
    """Every id is itself: for devices that read 53 bits."""

    def __getitem__(self, id: int) -> int:
        return id

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


class Shown(dict[int, int]):
    """Wide -> narrow."""

    def __missing__(self, wide: int) -> int:
        return NO_NUMBER


AS_THEY_ARE = AsTheyAre()


class Narrow:
    """All accounts. `entries`: ids kept in memory of each space in use. `trips` counts store round trips."""

    def __init__(self, store: Store, ids: Ids, *, entries: int) -> None:
        self._store = store
        self._ids = ids
        self._most = max(entries // 2, 1)
        self._memories: LRUCache[tuple[str, str], Memory] = LRUCache(MEMORIES)
        self.trips = 0

    def clear(self) -> None:
        """Forget what is in memory."""
        self._memories.clear()

    def ids(self, session: Session) -> NarrowIds:
        """The numbers of everything, as this device reads them."""
        return NarrowIds(self, self._ids, session)

    # out
    async def shown(self, session: Session, space: str, wides: Collection[int], named: int = 0) -> Mapping[int, int]:
        """Wide ids as this device reads them; those below `named` are only named by the rest. Raises StoreDown."""
        if not is_narrow(session):
            return AS_THEY_ARE
        space = _space(session, space)
        memory = self._memory(session, space)
        found = Shown()
        new = []
        for wide in wides:
            id = memory.ids.get(wide)
            if id is None:
                new.append(wide)
            else:
                found[wide] = id
        if new:
            self.trips += 1
            given = await self._store.narrow(session.account.id, space, new, named)
            for wide, id in given.items():
                memory.put(wide, id)
            memory.bound(self._most)
            found.update(given)
        return found

    async def one(self, session: Session, space: str, wide: int) -> int:
        """The same for one."""
        return (await self.shown(session, space, (wide,)))[wide]

    def may_hold(self, ask: Ask, wide: int) -> bool:
        """Whether the request asked for a status, as far as its narrow id is in memory."""
        id = self.known(ask.session, wide)
        return id is None or ask.within[0] < id <= ask.within[1]

    def known(self, session: Session, wide: int) -> int | None:
        """The narrow id of a status that was shown lately."""
        return self._memory(session, STATUS).ids.get(wide)

    # in
    async def read(self, ask: Ask) -> None:
        """Turn the narrow ids among the parameters into wide ones. Raises StoreDown.

        What was never handed out becomes an id that nothing has. Positions become positions; `ask.within` holds those
        that are told by what was handed out.
        """
        wanted: dict[str, set[int]] = {}
        sent = [param for param in ask.call.params if param.space]
        for param in sent:
            wanted.setdefault(_space(ask.session, param.space), set()).update(_numbers(ask, param))
        known = {space: await self._beside(ask.session, space, ids) for space, ids in wanted.items()}
        params = dict(ask.params)
        for param in sent:
            if _numbers(ask, param):
                params[param.name] = self._read(ask, param, known[_space(ask.session, param.space)])
        ask.params = params

    def _read(self, ask: Ask, param: Param, known: Mapping[int, Beside]) -> Any:
        value = ask.params[param.name]
        if param.name in POSITIONS:
            upper, space = POSITIONS[param.name], SPACES[_space(ask.session, param.space)]
            bound = boundary(space, value, *known[value], upper=upper)
            if bound.exact:
                low, high = ask.within
                ask.within = (low, min(high, value)) if upper else (max(low, value), high)
            return bound.wide
        if isinstance(value, int):
            return _exact(known, value) or UNKNOWN
        if isinstance(value, str):
            return _written(known, value)
        return tuple(_written(known, item) for item in value)

    async def wide(self, session: Session, space: str, id: int) -> int:
        """One id that a device wrote; UNKNOWN for what was never handed out. Raises StoreDown."""
        if not is_narrow(session):
            return id
        return _exact(await self._beside(session, space, (id,)), id) or UNKNOWN

    async def written(self, session: Session, space: str, text: str) -> str:
        """The same for a number in a text."""
        id = whole_number(text) if is_narrow(session) else None
        return text if id is None else _written(await self._beside(session, space, (id,)), text)

    async def _beside(self, session: Session, space: str, ids: Iterable[int]) -> dict[int, Beside]:
        space = _space(session, space)
        memory = self._memory(session, space)
        found: dict[int, Beside] = {}
        unknown = []
        for id in ids:
            wide = memory.wides.get(id)
            if wide is None:
                unknown.append(id)
            else:
                above = memory.wides.get(id + 1)
                found[id] = (Pair(id, wide), None if above is None else Pair(id + 1, above))
        if unknown:
            self.trips += 1
            beside = await self._store.widened(session.account.id, space, unknown)
            for id, (below, _) in beside.items():
                if below and below.id == id:
                    memory.put(below.wide, id)
            memory.bound(self._most)
            found |= beside
        return found

    def _memory(self, session: Session, space: str) -> Memory:
        key = (session.account.id, space)
        memory = self._memories.get(key)
        if memory is None:
            memory = self._memories[key] = Memory()
        return memory


class NarrowIds:
    """`gateway.ids.Ids` as one narrow device sees it: what the renderer takes the numbers of statuses from."""

    def __init__(self, narrow: Narrow, ids: Ids, session: Session) -> None:
        self._narrow = narrow
        self._ids = ids
        self._session = session

    @property
    def joined(self) -> int:
        """Changes when any thread may have got another number."""
        return self._ids.joined + self._narrow.trips

    async def number(self, backend: Backend, statuses: Iterable[hub.Status], accounts: Iterable[str] = ()) -> Numbers:
        """As `Ids.number`. The threads of `statuses` are known afterwards too."""
        statuses = tuple(statuses)
        numbers = await self._ids.number(backend, statuses, accounts)
        wides = set(numbers.statuses.values())
        for status in statuses:
            wides |= self._roots(status.original.key or status.original.native)
        named = min([numbers.statuses[status.native] for status in statuses], default=0)
        shown = await self._narrow.shown(self._session, STATUS, wides, named)
        return replace(numbers, statuses={native: shown[wide] for native, wide in numbers.statuses.items()})

    async def learn(self, fragments: Iterable[Fragment | None]) -> None:
        """The threads of statuses whose fragments were kept."""
        wides: set[int] = set()
        for fragment in fragments:
            for hole in fragment.holes if fragment else ():
                if hole.kind == "thread":
                    wides |= self._roots(hole.native)
        await self._narrow.shown(self._session, STATUS, wides)

    async def arranged(self, ask: Ask, entries: Iterable[hub.Entry]) -> tuple[hub.Entry, ...]:
        """A list of statuses, newest first, as this device has to see it: by its own ids, and only those it asked for.
        Where its ids are in order (`mappings.narrow`), that changes nothing."""
        narrow, session = self._narrow, self._session
        seen = await ask.gateway.cards.read(session.backend, entries)
        if any(narrow.known(session, one.card.id) is None for one in seen):
            await self.number(session.backend, [one.entry.status for one in seen])
        ids = await narrow.shown(session, STATUS, [one.card.id for one in seen])
        (low, high), numbered = ask.within, [(ids[one.card.id], one.entry) for one in seen]
        numbered.sort(key=lambda one: one[0], reverse=True)
        return tuple(entry for id, entry in numbered if low < id <= high)

    def _roots(self, key: str) -> set[int]:
        root = self._ids.root(self._session.scope, key)
        return {root} if root else set()

    def root(self, scope: str, key: str) -> int | None:
        """As `Ids.root`."""
        root = self._ids.root(scope, key)
        return self._narrow.known(self._session, root) if root else None


def _space(session: Session, space: str) -> str:
    """Messages have a space of their own only where their ids are shorter; else they are statuses."""
    return STATUS if space == MESSAGE and not session.dialect.message_bits else space


def _numbers(ask: Ask, param: Param) -> Sequence[int]:
    """The ids that a parameter holds."""
    value = ask.params.get(param.name)
    if isinstance(value, int):
        return (value,) if value > 0 else ()
    items = (value,) if isinstance(value, str) else value or ()
    return [id for item in items if (id := whole_number(item)) is not None]


def _exact(known: Mapping[int, Beside], id: int) -> int | None:
    below, _ = known[id]
    return below.wide if below and below.id == id else None


def _written(known: Mapping[int, Beside], text: str) -> str:
    """A number in a text; an unknown one stays readable and is none any more."""
    id = whole_number(text)
    if not id:
        return text
    wide = _exact(known, id)
    return f"{text}?" if wide is None else str(wide)
