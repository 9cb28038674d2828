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

from collections.abc import Sequence

from adapters.backend import Draft, File, Person, Window
from adapters.errors import Refused
from mappings import hub
from tests.fake_boosts import FakeBoosts
from tests.fake_relations import FakeRelations
from tests.fake_wire import upstream
from tests.fake_world import Post


class FakeBackend(FakeRelations, FakeBoosts):
    """One person's `adapters.backend.Backend`. `viewer` is their native id, "" for nobody."""

    # reading
    @upstream
    async def me(self) -> Person:
        return self._me()

    @upstream
    async def site(self) -> hub.Site:
        return hub.Site(title="Fake", email=f"root@{self.world.host}")

    @upstream
    async def home(self, window: Window) -> hub.Page[hub.Entry]:
        seen = {self.viewer, *(whom for who, whom in self.world.follows if who == self.viewer)}
        return self._timeline(window, lambda post: post.author in seen or self.viewer in post.to)

    @upstream
    async def public(self, window: Window, *, local: bool) -> hub.Page[hub.Entry]:
        if not local:
            self._need("federated")

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
        self._need("favourites_list")
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
        answers: dict[str, tuple[hub.Account, ...]] = {}
        for (who, post), verb in self.world.answers.items():
            if post == native:
                answers[verb] = (*answers.get(verb, ()), self._person(who))
        return hub.Activities(like=self.world.likers(native), announce=self.world.boosters(native), **answers)

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
        return tuple(self._relationship(native) for native in natives if native in self.world.people)

    # writing
    @upstream
    async def post(self, draft: Draft) -> hub.Entry:
        if draft.lists:
            self._need("list_addressing")
        again = self.world.keys.get((self.viewer, draft.idempotency_key))
        if self.capabilities.idempotency and draft.idempotency_key and again:
            return self._entry(again)
        native = self.world.post(
            self._acct,
            draft.text,
            visibility=draft.visibility,
            title=draft.title,
            reply_to=draft.in_reply_to,
            media=list(draft.media),
            sensitive=draft.sensitive,
            source=draft.source,
            html=draft.html,
            place=draft.place,
        )
        self.world.keys[self.viewer, draft.idempotency_key] = native
        return self._entry(native)

    @upstream
    async def upload(self, file: File) -> hub.Upload:
        self._need("uploads")
        media = self.world.uploads[self.world.attach(file.name or "upload", file.mime, file.description)]
        self.world.files[media.url] = self.world.files[media.preview_url] = (file.data, file.mime)
        return hub.Upload(
            native=media.native, url=media.url, preview_url=media.preview_url, width=media.width, height=media.height
        )

    @upstream
    async def remove(self, native: str) -> None:
        self.world.delete(self._own(native).native)

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
