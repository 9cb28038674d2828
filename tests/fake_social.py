"""The part of the fake backend that came with the Friendica calls: messages, notices, lists, reactions, profile."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from adapters.backend import Draft, File, Person, ProfileChange, Window
from adapters.errors import Missing, Refused, Rejected
from mappings import hub
from mappings.hub import Visibility
from mappings.users import with_location
from tests.fake_notices import Notice
from tests.fake_published import FakePublished
from tests.fake_wire import upstream
from tests.fake_world import Post, iso

Others = frozenset[str]


class FakeSocial(FakePublished):
    """Refuses what the declared capabilities lack, as a real adapter does."""

    # people
    @upstream
    async def blocks(self, cursor: str | None) -> hub.Page[hub.Account]:
        self._need("blocks_list")
        return self._crowd([whom for who, whom in self.world.blocks if who == self.viewer], cursor)

    @upstream
    async def follow_requests(self, cursor: str | None) -> hub.Page[hub.Account]:
        return self._crowd([who for who, whom in self.world.requests if whom == self.viewer], cursor)

    @upstream
    async def accounts(self, natives: Sequence[str]) -> dict[str, hub.Account]:
        return {native: self.world.people[native] for native in natives if native in self.world.people}

    @upstream
    async def update_profile(self, change: ProfileChange) -> Person:
        pictures = {"avatar": change.avatar, "header": change.header}
        if any(pictures.values()):
            self._need("uploads")
        urls = {name: self._store(f"{name}s", file) for name, file in pictures.items() if file}
        texts = {"name": change.name, "note": change.note}
        new: dict[str, object] = urls | {name: text for name, text in texts.items() if text is not None}
        if change.location is not None:
            self._need("profile_fields")
            new["fields"] = with_location(self._person(self.viewer).fields, change.location)
        if "avatar" in urls:
            new["avatar_static"] = urls["avatar"]
        self.world.people[self.viewer] = msgspec.structs.replace(self._person(self.viewer), **new)
        return self._me()

    def _store(self, folder: str, file: File) -> str:
        url = f"{self.world.base_url}/{folder}/{len(self.world.files) + 1}/{file.name}"
        self.world.files[url] = (file.data, file.mime)
        return url

    # lists
    @upstream
    async def groups(self) -> tuple[hub.Group, ...]:
        self._need("lists")
        return tuple(hub.Group(native=key, name=name) for key, (name, _) in self.world.lists.items() if self._owns(key))

    @upstream
    async def group_members(self, native: str) -> tuple[hub.Account, ...]:
        return tuple(self._person(member) for member in self._list(native)[1])

    @upstream
    async def group_timeline(self, native: str, window: Window) -> hub.Page[hub.Entry]:
        members = self._list(native)[1]
        return self._timeline(window, lambda post: post.author in members)

    @upstream
    async def create_group(self, name: str) -> hub.Group:
        self._need("lists")
        return hub.Group(native=self.world.new_list(self._acct, self._named(name)), name=name)

    @upstream
    async def rename_group(self, native: str, name: str) -> hub.Group:
        members = self._list(native)[1]
        self._need("renames_lists")
        self.world.lists[native] = (self._named(name), members)
        return hub.Group(native=native, name=name)

    @upstream
    async def remove_group(self, native: str) -> None:
        self._list(native)
        del self.world.lists[native]

    @upstream
    async def add_to_group(self, native: str, accounts: Sequence[str]) -> None:
        members = self._list(native)[1]
        if any((self.viewer, self._person(account).native) not in self.world.follows for account in accounts):
            raise Refused("Only people who are followed can be on a list.")
        members += [account for account in dict.fromkeys(accounts) if account not in members]

    @upstream
    async def remove_from_group(self, native: str, accounts: Sequence[str]) -> None:
        members = self._list(native)[1]
        members[:] = [member for member in members if member not in accounts]

    def _owns(self, native: str) -> bool:
        return native in self.world.lists and self.world.list_owners.get(native, self.viewer) == self.viewer

    def _list(self, native: str) -> tuple[str, list[str]]:
        self._need("lists")
        if not self._owns(native):
            raise Missing("There is no such list.")
        return self.world.lists[native]

    def _named(self, name: str) -> str:
        if not name.strip():
            raise Rejected("A list needs a name.")
        return name

    # posts
    @upstream
    async def search_statuses(self, query: str, limit: int, offset: int) -> tuple[hub.Entry, ...]:
        self._need("searches_statuses")
        words = query.lower().split()

        def wanted(post: Post) -> bool:
            return post.boosted is None and all(word in f"{post.title} {post.text}".lower() for word in words)

        return self._entries(self._newest(wanted)[offset : offset + limit])

    @upstream
    async def tagged(self, tag: str, window: Window) -> hub.Page[hub.Entry]:
        def wanted(post: Post) -> bool:
            return post.visibility == Visibility.PUBLIC and f"#{tag}".lower() in post.text.lower().split()

        return self._timeline(window, wanted)

    @upstream
    async def own_media(self, cursor: str | None) -> hub.Page[hub.Entry]:
        window = Window(limit=self.capabilities.page_size, older_than=cursor)
        return self._timeline(window, lambda post: bool(post.author == self.viewer and post.media))

    @upstream
    async def edit(self, native: str, draft: Draft) -> hub.Entry:
        self._need("editing")
        post = self._own(native)
        media, sensitive = list(draft.media), draft.sensitive
        if not media:
            media, sensitive = post.media, post.sensitive or draft.sensitive
        for key, description in draft.descriptions:
            self._describe(key, description)
        self.world.edit(native, draft.text, title=draft.title, html=draft.html, media=media, sensitive=sensitive)
        return self._entry(native)

    @upstream
    async def describe(self, media: str, description: str) -> None:
        self._need("uploads")
        if any(media in post.media for post in self.world.posts.values()):
            raise Missing("There is no such file.")
        self._describe(media, description)

    def _describe(self, media: str, description: str) -> None:
        if media not in self.world.uploads:
            raise Missing("There is no such file.")
        self.world.uploads[media] = msgspec.structs.replace(self.world.uploads[media], description=description)

    @upstream
    async def fetch(self, url: str) -> tuple[bytes, str]:
        found = self.world.file(url)
        if found is None:
            raise Missing("There is no such file.")
        return found

    # reactions
    @upstream
    async def reactions(self, native: str) -> tuple[hub.Reaction, ...]:
        self._need("reactions")
        rows = [(who, name) for who, post, name in self.world.reactions if post == self._post(native).native]
        names = dict.fromkeys(name for _, name in rows)
        return tuple(self._reaction(name, [who for who, put in rows if put == name]) for name in names)

    def _reaction(self, name: str, people: list[str]) -> hub.Reaction:
        accounts = tuple(self._person(who) for who in people)
        return hub.Reaction(name=name, me=self.viewer in people, accounts=accounts)

    @upstream
    async def react(self, native: str, emoji: str) -> hub.Entry:
        self._need("reactions")
        self.world.react(self._acct, self._post(native).native, emoji)
        return self._entry(native)

    @upstream
    async def unreact(self, native: str, emoji: str) -> hub.Entry:
        self._need("reactions")
        self.world.unreact(self._acct, self._post(native).native, emoji)
        return self._entry(native)

    @upstream
    async def attend(self, native: str, verb: str) -> hub.Entry:
        self._need("events")
        post = self._post(native).native
        self.world.answers.pop((self.viewer, post), None)
        if verb:
            self.world.answers[self.viewer, post] = verb
        return self._entry(native)

    # what happened
    @upstream
    async def notifications(self, cursor: str | None) -> hub.Page[hub.Notification]:
        mine = [notice for notice in self.world.notices if notice.to == self.viewer and self._visible(notice)]
        return self._rows([self._told(notice) for notice in reversed(mine)], cursor)

    @upstream
    async def notification_marker(self) -> str | None:
        return self.world.markers.get(self.viewer) if self.capabilities.markers else None

    @upstream
    async def mark_notifications(self, native: str) -> None:
        self._need("markers")
        self.world.markers[self.viewer] = native

    def _visible(self, notice: Notice) -> bool:
        post = self.world.posts.get(notice.post or "")
        return notice.post is None or (post is not None and self.world.readable(self.viewer, post))

    def _told(self, notice: Notice) -> hub.Notification:
        return hub.Notification(
            native=notice.native,
            type=notice.type,
            created_at=iso(notice.ms),
            account=self._person(notice.who),
            status=self._entry(notice.post) if notice.post else None,
        )

    @upstream
    async def conversations(self, cursor: str | None) -> hub.Page[hub.Conversation]:
        self._need("conversations")
        found: dict[tuple[str, Others], list[Post]] = {}
        for post in reversed(self._newest(self._is_message)):
            found.setdefault((self._root(post), self._others(post)), []).append(post)
        latest = sorted(found.items(), key=lambda item: item[1][-1].seq, reverse=True)
        return self._rows([self._conversation(posts) for _, posts in latest], cursor)

    def _is_message(self, post: Post) -> bool:
        direct = post.visibility == hub.Visibility.DIRECT and post.boosted is None
        return direct and self.viewer in (post.author, *post.to)

    def _others(self, post: Post) -> Others:
        return frozenset({post.author, *post.to} - {self.viewer})

    def _root(self, post: Post) -> str:
        """The oldest post above it, as GoToSocial tells threads apart."""
        while post.reply_to in self.world.posts:
            post = self.world.posts[post.reply_to]
        return post.native

    def _conversation(self, posts: list[Post]) -> hub.Conversation:
        last = posts[-1]
        return hub.Conversation(
            unread=last.author != self.viewer and (self.viewer, last.native) not in self.world.conversations_read,
            last=self._entry(last.native),
        )
