"""What every part of the fake backend stands on: who asks, the order of ids, and the reading of a `World`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from adapters.backend import Capabilities, Person, RateState, Window
from adapters.errors import Missing, Refused
from adapters.lacks import require
from mappings import hub
from tests.fake_wire import WRITER, Wire, read
from tests.fake_world import Post, World, iso


class FakeSide:
    """One person's view of a world. `viewer` is their native id, "" for nobody."""

    def __init__(
        self, world: World, acct: str = "", wire: Wire | None = None, capabilities: Capabilities | None = None
    ) -> None:
        self.world = world
        self.viewer = f"p:{acct}" if acct else ""
        self.wire = wire or Wire()
        self.base_url = world.base_url
        self.capabilities = capabilities or Capabilities(
            software="fake",
            version="1.0",
            label="Fake",
            order=world.order,
            statuses_by_id=True,
            accounts_by_id=True,
            editing=True,
            requests_sent=True,
            trends=True,
            removes_header=True,
            profile_fields=True,
        )
        self.rate = RateState()

    # order of ids
    def sighting(self, status: hub.Status) -> hub.Sighting:
        original = status.reblog_of
        return msgspec.structs.replace(
            self._placed(status.native, status.created_at),
            parent=self.world.key(status.in_reply_to or ""),
            boosted=original.native if original else "",
            booster=status.account.native if original else "",
        )

    def parent_sighting(self, native: str, child: hub.Sighting) -> hub.Sighting:
        return self._placed(native, "")

    def entry(self, raw: bytes) -> hub.Entry:
        return hub.Entry(raw=raw, read=read)

    def rate_state(self) -> RateState:
        return self.rate

    # what the far side would do
    @property
    def _acct(self) -> str:
        return self.viewer.removeprefix("p:")

    def _person(self, native: str) -> hub.Account:
        if native not in self.world.people:
            raise Missing("There is no such person.")
        return self.world.people[native]

    def _me(self) -> Person:
        return Person(
            account=self._person(self.viewer),
            default_visibility=self.world.defaults.get(self.viewer, hub.Visibility.PUBLIC),
            follow_requests=sum(1 for _, whom in self.world.requests if whom == self.viewer),
        )

    def _need(self, capability: str) -> None:
        require(self.capabilities, capability)

    def _relationship(self, native: str) -> hub.Relationship:
        follows, me = self.world.follows, self.viewer
        return hub.Relationship(
            native=native,
            following=(me, native) in follows,
            followed_by=(native, me) in follows,
            requested=(me, native) in self.world.requests,
            blocking=(me, native) in self.world.blocks,
            requested_by=(native, me) in self.world.requests,
            blocked_by=(native, me) in self.world.blocks,
            notifying=(me, native) in self.world.listeners,
            muting=(me, native) in self.world.mutes,
            showing_reblogs=(me, native) not in self.world.no_reblogs,
        )

    def _crowd(self, natives: Sequence[str], cursor: str | None) -> hub.Page[hub.Account]:
        """A page of people, those who came last first."""
        return self._rows([self._person(native) for native in reversed(natives)], cursor)

    def _own(self, native: str) -> Post:
        post = self._post(native)
        if post.author != self.viewer:
            raise Refused("The post belongs to somebody else.")
        return post

    def _post(self, native: str) -> Post:
        post = self.world.posts.get(native)
        if post is None or not self.world.readable(self.viewer, post):
            raise Missing("There is no such post.")
        return post

    def _entry(self, native: str) -> hub.Entry:
        return hub.Entry(raw=WRITER.encode(self.world.status(self.viewer, native)), read=read)

    def _entries(self, posts: Iterable[Post]) -> tuple[hub.Entry, ...]:
        return tuple(self._entry(post.native) for post in posts if self.world.readable(self.viewer, post))

    def _notification(self, native: str) -> hub.Notification:
        post = self.world.posts[native]
        wanted = (self.viewer, "mention", native)
        known = [notice.native for notice in self.world.notices if (notice.to, notice.type, notice.post) == wanted]
        return hub.Notification(
            native=known[0] if known else f"n{post.seq}",
            type="mention",
            created_at=iso(post.ms),
            account=self._person(post.author),
            status=self._entry(native),
        )

    def _below(self, native: str) -> list[Post]:
        """Answers, each followed by its own answers, oldest first, as Mastodon orders a context."""
        answers = [post for post in self.world.posts.values() if post.reply_to == native]
        return [found for post in answers for found in (post, *self._below(post.native))]

    def _newest(self, wanted: Callable[[Post], bool]) -> list[Post]:
        """Everything wanted that may be read, newest first."""
        seen = [post for post in self.world.posts.values() if wanted(post) and self.world.readable(self.viewer, post)]
        return sorted(seen, key=lambda post: self.world.rank(post.native), reverse=True)

    def _timeline(self, window: Window, wanted: Callable[[Post], bool]) -> hub.Page[hub.Entry]:
        page = [post for post in self._newest(wanted) if self._inside(post, window)][: self._limit(window)]
        return hub.Page(items=self._entries(page), older=page[-1].native if page else None)

    def _inside(self, post: Post, window: Window) -> bool:
        place = self.world.rank(post.native)
        return (
            (window.older_than is None or place < self.world.rank(window.older_than))
            and (window.newer_than is None or place > self.world.rank(window.newer_than))
            and (window.before_ms is None or post.ms <= window.before_ms)
            and (window.after_ms is None or post.ms >= window.after_ms)
        )

    def _limit(self, window: Window) -> int:
        return max(1, min(window.limit, self.capabilities.page_size))

    def _rows(self, items: Sequence[Any], cursor: str | None) -> hub.Page[Any]:
        """One page of a list whose cursors are row numbers, counted from the oldest row."""
        end = len(items) - int(cursor.removeprefix("row:")) if cursor else 0
        page = tuple(items[end : end + self.capabilities.page_size])
        left = len(items) - end - len(page)
        return hub.Page(items=page, older=f"row:{left}" if page and left else None)

    def _placed(self, native: str, created: str) -> hub.Sighting:
        """The native id's own time where it has one, else the date of the post."""
        order, key = self.world.order, self.world.key(native)
        if order is hub.Order.TIMED:
            number = int(native)
            return hub.Sighting(
                key=key, native=native, order=order, ms=number >> 16, sub=(number & 0xFFFF) >> 4, sort=native.zfill(20)
            )
        if order is hub.Order.ORDERED:
            return hub.Sighting(key=key, native=native, order=order, ms=millis(created), sort=native.zfill(20))
        return hub.Sighting(key=key, native=native, order=order, ms=millis(created) or int(native[:10]) * 1000)


def millis(created: str) -> int:
    """Milliseconds since 1970 of an ISO date; 0 for none."""
    return 0 if not created else round(datetime.fromisoformat(created).timestamp() * 1000)
