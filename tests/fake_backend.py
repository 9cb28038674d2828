"""A recording `Backend` in memory, over a `World` that the test changes at will.

    world = World(); world.person("alice"); backend = FakeBackend(world, "alice")
    backend.wire.count("home")                      # upstream calls so far
    backend.wire.fail(Slow("late"), "post")         # the next post fails, nothing is stored
    backend.wire.fail(OutcomeUnknown("?"), "post", after=True)   # stored, but the answer is lost
    gate = backend.wire.hold("post")                # the next post waits: await gate.reached.wait(); gate.go.set()
    backend.wire.garble(b"<html>", "home")          # entries of the next home page carry these bytes

All backends of one test share one `Wire`. Equal content gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from adapters.backend import Capabilities, Draft, File, Person, RateState, Window
from adapters.errors import Missing, Refused
from mappings import hub
from tests.fake_wire import WRITER, Wire, read, upstream
from tests.fake_world import Post, World, iso


class FakeBackend:
    """One person's `adapters.backend.Backend`. `viewer` is their native id, "" for nobody."""

    def __init__(
        self, world: World, acct: str = "", wire: Wire | None = None, capabilities: Capabilities | None = None
    ) -> None:
        self.world = world
        self.viewer = f"p:{acct}" if acct else ""
        self.wire = wire or Wire()
        self.base_url = world.base_url
        self.capabilities = capabilities or Capabilities(
            software="fake", version="1.0", label="Fake", order=world.order, statuses_by_id=True
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

    # reading
    @upstream
    async def me(self) -> Person:
        return Person(
            account=self._person(self.viewer),
            default_visibility=self.world.defaults.get(self.viewer, hub.Visibility.PUBLIC),
            follow_requests=sum(1 for _, whom in self.world.requests if whom == self.viewer),
        )

    @upstream
    async def site(self) -> hub.Site:
        return hub.Site(title="Fake", host=self.world.host, description="In memory", email=f"root@{self.world.host}")

    @upstream
    async def home(self, window: Window) -> hub.Page[hub.Entry]:
        seen = {self.viewer, *(whom for who, whom in self.world.follows if who == self.viewer)}
        return self._timeline(window, lambda post: post.author in seen or self.viewer in post.to)

    @upstream
    async def public(self, window: Window, *, local: bool) -> hub.Page[hub.Entry]:
        def wanted(post: Post) -> bool:
            near = not local or not self.world.people[post.author].host
            return near and post.visibility == hub.Visibility.PUBLIC and post.boosted is None

        return self._timeline(window, wanted)

    @upstream
    async def user(self, native: str, window: Window, *, replies: bool) -> hub.Page[hub.Entry]:
        self._person(native)
        return self._timeline(window, lambda post: post.author == native and (replies or not post.reply_to))

    @upstream
    async def favourites(self, cursor: str | None) -> hub.Page[hub.Entry]:
        mine = [native for who, native in self.world.favourites if who == self.viewer]
        return self._rows([self._entry(native) for native in reversed(mine)], cursor)

    @upstream
    async def mentions(self, cursor: str | None) -> hub.Page[hub.Notification]:
        mine = [native for who, native in self.world.mentions if who == self.viewer]
        return self._rows([self._notification(native) for native in reversed(mine)], cursor)

    @upstream
    async def status(self, native: str) -> hub.Entry:
        return self._entry(self._post(native).native)

    @upstream
    async def statuses(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        posts = [self.world.posts[native] for native in natives if native in self.world.posts]
        return {post.native: self._entry(post.native) for post in posts if self.world.readable(self.viewer, post)}

    @upstream
    async def thread(self, native: str) -> hub.Thread:
        post = self._post(native)
        above: list[Post] = []
        parent = self.world.posts.get(post.reply_to or "")
        while parent:
            above.insert(0, parent)
            parent = self.world.posts.get(parent.reply_to or "")
        return hub.Thread(
            status=self._entry(native), ancestors=self._entries(above), descendants=self._entries(self._below(native))
        )

    @upstream
    async def activities(self, native: str) -> hub.Activities:
        self._post(native)
        return hub.Activities(like=self.world.likers(native), announce=self.world.boosters(native))

    @upstream
    async def account(self, native: str) -> hub.Account:
        return self._person(native)

    @upstream
    async def lookup(self, acct: str) -> hub.Account:
        name, _, host = acct.lstrip("@").partition("@")
        return self._person(self.world.find(name, host) or "")

    @upstream
    async def lookup_url(self, url: str) -> hub.Account:
        return self._person(next((a.native for a in self.world.people.values() if a.url == url), ""))

    @upstream
    async def search_accounts(self, query: str, limit: int) -> tuple[hub.Account, ...]:
        words = query.lower().lstrip("@")
        found = (a for a in self.world.people.values() if words in f"{a.acct} {a.name} {a.url}".lower())
        return tuple(found)[:limit]

    @upstream
    async def followers(self, cursor: str | None) -> hub.Page[hub.Account]:
        return self._rows([self._person(who) for who, whom in self.world.follows[::-1] if whom == self.viewer], cursor)

    @upstream
    async def following(self, cursor: str | None) -> hub.Page[hub.Account]:
        return self._rows([self._person(whom) for who, whom in self.world.follows[::-1] if who == self.viewer], cursor)

    @upstream
    async def relationships(self, natives: Sequence[str]) -> tuple[hub.Relationship, ...]:
        follows, me = self.world.follows, self.viewer
        return tuple(
            hub.Relationship(
                native=native, following=(me, native) in follows, followed_by=(native, me) in follows,
                requested=(me, native) in self.world.requests,
            )
            for native in natives if native in self.world.people
        )

    @upstream
    async def groups(self) -> tuple[hub.Group, ...]:
        return tuple(hub.Group(native=native, name=name) for native, (name, _) in self.world.lists.items())

    @upstream
    async def group_members(self, native: str) -> tuple[hub.Account, ...]:
        if native not in self.world.lists:
            raise Missing("There is no such list.")
        return tuple(self._person(member) for member in self.world.lists[native][1])

    # writing
    @upstream
    async def post(self, draft: Draft) -> hub.Entry:
        again = self.world.keys.get((self.viewer, draft.idempotency_key))
        if self.capabilities.idempotency and draft.idempotency_key and again:
            return self._entry(again)
        native = self.world.post(
            self._acct, draft.text, visibility=draft.visibility, title=draft.title, reply_to=draft.in_reply_to,
            media=list(draft.media), sensitive=draft.sensitive, source=draft.source, html=draft.html, place=draft.place,
        )
        self.world.keys[self.viewer, draft.idempotency_key] = native
        return self._entry(native)

    @upstream
    async def upload(self, file: File) -> hub.Upload:
        media = self.world.uploads[self.world.attach(file.name or "upload", file.mime, file.description)]
        return hub.Upload(native=media.native, url=media.url, preview_url=media.preview_url, width=640, height=480)

    @upstream
    async def remove(self, native: str) -> None:
        if self._post(native).author != self.viewer:
            raise Refused("The post belongs to somebody else.")
        self.world.delete(native)

    @upstream
    async def favourite(self, native: str) -> hub.Entry:
        self.world.favour(self._acct, self._post(native).native)
        return self._entry(native)

    @upstream
    async def unfavourite(self, native: str) -> hub.Entry:
        self.world.unfavour(self._acct, self._post(native).native)
        return self._entry(native)

    @upstream
    async def reblog(self, native: str) -> hub.Entry:
        post = self._post(native)
        own = post.author == self.viewer and post.visibility != hub.Visibility.DIRECT
        if not own and post.visibility not in (hub.Visibility.PUBLIC, hub.Visibility.UNLISTED):
            raise Refused("The post may not be boosted.")
        return self._entry(self.world.boost(self._acct, native))

    @upstream
    async def unreblog(self, native: str) -> None:
        for post in list(self.world.posts.values()):
            if (post.boosted, post.author) == (native, self.viewer):
                self.world.delete(post.native)

    @upstream
    async def own_newest(self) -> tuple[hub.Entry, ...]:
        return self._timeline(Window(), lambda post: post.author == self.viewer).items

    # what the far side would do
    @property
    def _acct(self) -> str:
        return self.viewer.removeprefix("p:")

    def _person(self, native: str) -> hub.Account:
        if native not in self.world.people:
            raise Missing("There is no such person.")
        return self.world.people[native]

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
        return hub.Notification(
            native=f"n{post.seq}", type="mention", created_at=iso(post.ms), account=self._person(post.author),
            status=self._entry(native),
        )

    def _below(self, native: str) -> list[Post]:
        """Answers, each followed by its own answers, oldest first, as Mastodon orders a context."""
        answers = [post for post in self.world.posts.values() if post.reply_to == native]
        return [found for post in answers for found in (post, *self._below(post.native))]

    def _timeline(self, window: Window, wanted: Callable[[Post], bool]) -> hub.Page[hub.Entry]:
        seen = [post for post in self.world.posts.values() if wanted(post) and self.world.readable(self.viewer, post)]
        seen.sort(key=lambda post: self.world.rank(post.native), reverse=True)
        page = [post for post in seen if self._inside(post, window)][: self._limit(window)]
        return hub.Page(
            items=self._entries(page), older=page[-1].native if page else None, newer=page[0].native if page else None
        )

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
