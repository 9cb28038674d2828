"""The part of the fake backend that follows, blocks, mutes and reports."""

from __future__ import annotations

from adapters.errors import Refused
from mappings import hub
from tests.fake_social import FakeSocial
from tests.fake_wire import upstream

Pairs = list[tuple[str, str]]


class FakeRelations(FakeSocial):
    """`world.proposals` are (native, source) of people to follow, the same for everybody."""

    @upstream
    async def mutes(self, cursor: str | None) -> hub.Page[hub.Account]:
        self._need("mutes_list")
        return self._crowd([whom for who, whom in self.world.mutes if who == self.viewer], cursor)

    @upstream
    async def requests_sent(self, cursor: str | None) -> hub.Page[hub.Account]:
        self._need("requests_sent")
        return self._crowd([whom for who, whom in self.world.requests if who == self.viewer], cursor)

    @upstream
    async def suggestions(self) -> tuple[hub.Suggestion, ...]:
        self._need("suggestions")
        return tuple(hub.Suggestion(account=self._person(who), source=why) for who, why in self.world.proposals)

    @upstream
    async def follow(self, native: str, *, reblogs: bool | None = None, notify: bool | None = None) -> hub.Relationship:
        if (reblogs, notify) != (None, None):
            self._need("follow_options")
        pair, world = (self.viewer, self._person(native).native), self.world
        if pair in world.blocks or pair[::-1] in world.blocks:
            raise Refused("Not now.")
        if pair not in world.follows and pair not in world.requests:
            make = world.request if self._person(native).locked else world.follow
            make(self._acct, native.removeprefix("p:"))
        world.no_reblogs = _changed(world.no_reblogs, pair, None if reblogs is None else not reblogs)
        world.listeners = _changed(world.listeners, pair, notify)
        return self._relationship(native)

    @upstream
    async def unfollow(self, native: str) -> hub.Relationship:
        pair = (self.viewer, self._person(native).native)
        self.world.follows = _changed(self.world.follows, pair, False)
        self.world.requests = _changed(self.world.requests, pair, False)
        for key, (_, members) in self.world.lists.items():
            if self.world.list_owners.get(key) == self.viewer and native in members:
                members.remove(native)
        return self._relationship(native)

    @upstream
    async def block(self, native: str) -> hub.Relationship:
        if (self.viewer, self._person(native).native) not in self.world.blocks:
            self.world.block(self._acct, native.removeprefix("p:"))
        return self._relationship(native)

    @upstream
    async def unblock(self, native: str) -> hub.Relationship:
        self.world.blocks = _changed(self.world.blocks, (self.viewer, self._person(native).native), False)
        return self._relationship(native)

    @upstream
    async def mute(self, native: str) -> hub.Relationship:
        self._need("mutes")
        self.world.mutes = _changed(self.world.mutes, (self.viewer, self._person(native).native), True)
        return self._relationship(native)

    @upstream
    async def unmute(self, native: str) -> hub.Relationship:
        self._need("mutes")
        self.world.mutes = _changed(self.world.mutes, (self.viewer, self._person(native).native), False)
        return self._relationship(native)

    @upstream
    async def report(self, native: str, comment: str = "") -> None:
        self._need("reports")
        self.world.reports.append((self.viewer, self._person(native).native, comment))


def _changed(pairs: Pairs, pair: tuple[str, str], there: bool | None) -> Pairs:
    """With the pair, once and at its place, or without it; None leaves it as it is."""
    if there is None or there is (pair in pairs):
        return pairs
    return [*pairs, pair] if there else [found for found in pairs if found != pair]
