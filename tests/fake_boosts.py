"""The part of the fake backend that tells who boosted what."""

from __future__ import annotations

from adapters.backend import Window
from mappings import hub
from mappings.hub import Visibility
from tests.fake_social import FakeSocial
from tests.fake_wire import upstream
from tests.fake_world import Post


class FakeBoosts(FakeSocial):
    """The boosts of a world have ids of their own."""

    @upstream
    async def reblogged_by(self, native: str, cursor: str | None) -> hub.Page[hub.Account]:
        people = [who.native for who in self.world.boosters(self._post(native).native)]
        return self._crowd(people, cursor)

    @upstream
    async def reblogs(self, native: str) -> tuple[hub.Entry, ...]:
        self._post(native)
        return self._entries(self._newest(lambda post: post.boosted == native))

    @upstream
    async def own_boosted(self, window: Window) -> hub.Page[hub.Entry]:
        def wanted(post: Post) -> bool:
            others = {who.native for who in self.world.boosters(post.native)} - {self.viewer}
            return post.author == self.viewer and post.boosted is None and bool(others)

        page = self._timeline(window, lambda post: post.author == self.viewer and post.visibility != Visibility.DIRECT)
        kept = tuple(entry for entry in page.items if wanted(self.world.posts[entry.status.native]))
        bounded = window.newer_than is not None or window.after_ms is not None
        ended = bounded and len(page.items) < self._limit(window)
        return hub.Page(items=kept, older=None if ended else page.older)
