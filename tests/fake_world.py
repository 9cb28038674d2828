"""A small instance in memory: people, follows, posts, favourites, lists, seen through `FakeBackend`.

Time is the world's own: every post comes `STEP` after the last one unless the test says when. Ids follow the chosen
order class (DESIGN section 5): 64-bit snowflakes, a plain counter, or snac's date and hash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from html import escape

from mappings import hub
from mappings.hub import Order, Visibility
from tests.fake_notices import START, STEP, Notices, picture

NAME = re.compile(r"(?<![\w@/])@([A-Za-z0-9_]+)(?:@([A-Za-z0-9.:-]+[A-Za-z0-9]))?")


def iso(ms: int) -> str:
    """The form real servers send, milliseconds and Z."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_html(text: str) -> str:
    """Plain text as Mastodon shows it: one paragraph, line ends as `<br>`."""
    return "" if not text else f"<p>{escape(text, quote=False)}</p>".replace("\n", "<br>")


@dataclass
class Post:
    """A stored status. `to` are the people it names; `hidden_for`/`warned` are filters that match, by person."""

    native: str
    author: str
    seq: int
    ms: int
    text: str = ""
    visibility: str = Visibility.PUBLIC
    title: str = ""
    reply_to: str | None = None
    boosted: str | None = None
    to: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    tags: tuple[hub.Tag, ...] = ()
    quote: str | None = None
    sensitive: bool = False
    source: str = ""
    html: str = ""
    place: hub.Place | None = None
    edited_ms: int = 0
    hidden_for: set[str] = field(default_factory=set)
    warned: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass
class World(Notices):
    """One instance. Natives of people and posts are the keys everywhere."""

    base_url: str = "https://fedi.test"
    order: Order = Order.TIMED
    people: dict[str, hub.Account] = field(default_factory=dict)
    defaults: dict[str, Visibility] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    favourites: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    mentions: list[tuple[str, str]] = field(default_factory=list)
    uploads: dict[str, hub.Media] = field(default_factory=dict)
    trends: list[hub.Trend] = field(default_factory=list)
    papers: dict[hub.Paper, str] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    step: int = STEP
    seq: int = 0
    size: tuple[int, int] = (640, 480)  # what it says of every picture; zeros: it tells no sizes

    @property
    def host(self) -> str:
        """Host of the instance."""
        return self.base_url.partition("://")[2]

    def person(self, acct: str, **fields: object) -> hub.Account:
        """A new person; their native id is `p:<acct>`."""
        name = acct.partition("@")[0]
        base = f"https://{acct.partition('@')[2] or self.host}"
        made = {
            "native": f"p:{acct}",
            "username": name,
            "acct": acct,
            "name": name.title(),
            "url": f"{base}/@{name}",
            "avatar": f"{base}/a/{name}.png",
            "avatar_static": f"{base}/a/{name}.png",
            "created_at": iso(START - STEP),
        }
        account = hub.Account(**(made | fields))  # type: ignore[arg-type]
        self.people[account.native] = account
        return account

    def find(self, name: str, host: str = "") -> str | None:
        """Native of `user` or `user@host`; the own host may be given or not."""
        acct = name if host in ("", self.host) else f"{name}@{host}"
        return next((a.native for a in self.people.values() if a.acct.lower() == acct.lower()), None)

    def post(
        self, who: str, text: str = "", *, at: int | None = None, to: tuple[str, ...] = (), **fields: object
    ) -> str:
        """A new post of `who` (an acct); the people named in the text and in `to` are told. Returns its native id."""
        self.now = self.now + self.step if at is None else max(self.now, at)
        self.seq += 1
        ms = self.now if at is None else at
        post = Post(self._native(ms), f"p:{who}", self.seq, ms, text=text, **fields)  # type: ignore[arg-type]
        post.to = list(dict.fromkeys([*self.named(text), *(f"p:{acct}" for acct in to)]))
        self.posts[post.native] = post
        self._tell(post)
        return post.native

    def named(self, text: str) -> list[str]:
        """Natives of the people that `text` names."""
        return [native for found in NAME.findall(text) if (native := self.find(*found))]

    def _tell(self, post: Post) -> None:
        for native in post.to:
            self.notice(native, "mention", post.author, post.native, post.ms)
        self.mentions += [(native, post.native) for native in post.to if native != post.author]
        for listener in [who for who, whom in self.listeners if whom == post.author and who not in post.to]:
            if post.boosted is None and self.readable(listener, post):
                self.notice(listener, "status", post.author, post.native, post.ms)
        if post.boosted in self.posts:
            self.notice(self.posts[post.boosted].author, "reblog", post.author, post.boosted, post.ms)

    def edit(self, native: str, text: str, **fields: object) -> None:
        """Replace the text, and other fields of the post; the edit happens now. Who is newly named is told."""
        post = self.posts[native]
        self.now += self.step
        for name, value in ({"text": text, "html": "", "edited_ms": self.now} | fields).items():
            setattr(post, name, value)
        new = [person for person in self.named(text) if person not in post.to]
        post.to += new
        for person in new:
            self.notice(person, "mention", post.author, native)
        self.mentions += [(person, native) for person in new if person != post.author]

    def boost(self, who: str, native: str, *, at: int | None = None) -> str:
        """`who` boosts a post; the wrapper is a post of its own."""
        return self.post(who, boosted=native, at=at)

    def favour(self, who: str, *natives: str) -> None:
        """`who` favours the posts, in this order; their authors are told."""
        for native in natives:
            if (f"p:{who}", native) not in self.favourites:
                self.favourites.append((f"p:{who}", native))
                if native in self.posts:
                    self.notice(self.posts[native].author, "favourite", f"p:{who}", native)

    def unfavour(self, who: str, native: str) -> None:
        """Take a favourite back."""
        self.favourites = [pair for pair in self.favourites if pair != (f"p:{who}", native)]
        self.forget(lambda it: (it.type, it.who, it.post) == ("favourite", f"p:{who}", native))

    def delete(self, native: str) -> None:
        """The post and everything that hangs on it."""
        gone = {native} | {post.native for post in self.posts.values() if post.boosted == native}
        boost = (self.posts[native].author, self.posts[native].boosted) if native in self.posts else ("", None)
        self.forget(lambda it: it.post in gone or (it.type == "reblog" and (it.who, it.post) == boost))
        self.posts = {key: post for key, post in self.posts.items() if key not in gone}
        self.favourites = [pair for pair in self.favourites if pair[1] not in gone]
        self.mentions = [pair for pair in self.mentions if pair[1] not in gone]
        self.reactions = [row for row in self.reactions if row[1] not in gone]

    def attach(self, name: str = "picture.png", mime: str = "image/png", description: str = "") -> str:
        """A stored picture, to be named in `media=[...]`."""
        native = f"m{len(self.uploads) + 1}"
        url = f"{self.base_url}/media/{native}/{name}"
        self.uploads[native] = hub.Media(
            native=native,
            type="image",
            url=url,
            preview_url=f"{url}?small",
            description=description,
            width=self.size[0],
            height=self.size[1],
            mime=mime,
            size=4321,
        )
        return native

    def file(self, url: str) -> tuple[bytes, str] | None:
        """(bytes, media type) under `url`: what was uploaded, else a picture for whatever the instance shows one of."""
        shown = {url for it in self.uploads.values() for url in (it.url, it.preview_url)}
        shown |= {url for it in self.people.values() for url in (it.avatar, it.avatar_static, it.header) if url}
        return self.files.get(url) or ((picture(), "image/png") if url in shown else None)

    def readable(self, viewer: str, post: Post) -> bool:
        """May `viewer` see the post?"""
        if post.boosted is not None:
            original = self.posts.get(post.boosted)
            return original is not None and self.readable(viewer, original)
        if post.visibility in (Visibility.PUBLIC, Visibility.UNLISTED) or viewer in (post.author, *post.to):
            return True
        return post.visibility == Visibility.PRIVATE and (viewer, post.author) in self.follows

    def key(self, native: str) -> str:
        """Canonical key: snac's ids change their first ten digits."""
        return native[10:] if self.order is Order.UNORDERED else native

    def rank(self, native: str) -> int:
        """Place in the instance's own order; an id that never was has one too, where ids are numbers."""
        if self.order is Order.UNORDERED:
            return self.posts[native].seq if native in self.posts else 0
        return int(native)

    def status(self, viewer: str, native: str) -> hub.Status:
        """The post as `viewer` is sent it."""
        post = self.posts[native]
        return hub.Status(
            native=native,
            key=self.key(native),
            account=self.people[post.author],
            created_at=iso(post.ms),
            edited_at=iso(post.edited_ms) if post.edited_ms else "",
            content=post.html or as_html(post.text),
            title=post.title,
            sensitive=post.sensitive,
            visibility=post.visibility,
            in_reply_to=post.reply_to,
            source=post.source,
            place=post.place,
            in_reply_to_account=self.posts[post.reply_to].author if post.reply_to in self.posts else None,
            reblog_of=self.status(viewer, post.boosted) if post.boosted else None,
            quote_of=self.status(viewer, post.quote) if post.quote else None,
            media=tuple(self.uploads[media] for media in post.media),
            tags=post.tags,
            mentions=tuple(self._mention(person) for person in post.to),
            uri=f"{self.base_url}/s/{native}",
            url=f"{self.base_url}/@{self.people[post.author].username}/{native}",
            favourited=(viewer, native) in self.favourites,
            reblogged=self._boosters(native).count(viewer) > 0,
            favourites_count=sum(1 for _, liked in self.favourites if liked == native),
            reblogs_count=len(self._boosters(native)),
            hidden=viewer in post.hidden_for,
            replies_count=sum(1 for other in self.posts.values() if other.reply_to == native),
            filters=post.warned.get(viewer, ()),
        )

    def likers(self, native: str) -> tuple[hub.Account, ...]:
        """Who favoured it."""
        return tuple(self.people[who] for who, liked in self.favourites if liked == native)

    def boosters(self, native: str) -> tuple[hub.Account, ...]:
        """Who boosted it."""
        return tuple(self.people[who] for who in self._boosters(native))

    def _boosters(self, native: str) -> list[str]:
        return [post.author for post in self.posts.values() if post.boosted == native]

    def _mention(self, native: str) -> hub.Mention:
        account = self.people[native]
        return hub.Mention(native=native, username=account.username, acct=account.acct, url=account.url)

    def _native(self, ms: int) -> str:
        if self.order is Order.TIMED:
            return str((ms << 16) | (self.seq << 4))
        if self.order is Order.ORDERED:
            return str(1000 + self.seq)
        return f"{ms // 1000:010d}{md5(str(self.seq).encode()).hexdigest()}"
