"""The reading half of an ActivityPub backend: single statuses, threads, other people's posts, search, the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from adapters.activitypub import collections
from adapters.activitypub.feed import Feed, Post, readable
from adapters.activitypub.log import HOME, INBOX
from adapters.activitypub.shown import is_by, made
from adapters.activitypub.social import Social
from adapters.activitypub.timelines import Part
from adapters.backend import Window
from adapters.errors import BackendError, Missing, TokenGone
from adapters.files import is_public_url
from adapters.lacks import refusal
from mappings import activitypub as ap
from mappings import hub
from mappings.html import plain

MOST_ABOVE, MOST_AROUND, THREAD_SECONDS = 50, 200, 5.0
FEED_SECONDS, FEED_PAGES = 60, 5
SEARCHED = 500


class Reading(Social):
    """Reads as one account."""

    # statuses
    async def status(self, native: str) -> hub.Entry:
        """A status by its id. Raises Missing."""
        await self.link.mirror.glance()
        return await self.shown(native)

    async def statuses(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        """Several; none of the mirror's costs a request, of the others one each, a few at a time."""
        await self.link.mirror.glance()
        log = self.link.mirror.log
        wanted = [native for native in dict.fromkeys(natives) if not log.is_gone(native)]
        rows = [row for native in wanted if (row := log.of(native))]
        found = {entry.status.native: entry for entry in await self.entries(rows)}
        others = await self.link.library.documents(native for native in wanted if log.of(native) is None)
        found |= await self._made(dict(others), others)
        unwanted = await self.unwanted()
        return {native: withheld(found[native], unwanted) for native in wanted if native in found}

    async def user(self, native: str, window: Window, *, replies: bool) -> hub.Page[hub.Entry]:
        """One person's posts: one's own from the mirror, those of others from their outbox."""
        if native == self.me_id:
            return await self.own(window, replies=replies)
        page = await self._page_of(await self._feed(native), window)
        return page if replies else replace(page, items=tuple(one for one in page.items if one.status.starts))

    async def public(self, window: Window, *, local: bool) -> hub.Page[hub.Entry]:
        """What the server's own feed lists, where the operator named one; else what everybody may read of what came."""
        url = self.link.policy.feed_of(self.me_id)
        if not url:
            return await super().public(window, local=local)
        feed = self._recent(url) or self._begun(url, Feed(url, self.link.library, everybody=True))
        page = await self._page_of(feed, window)
        shown = [one for one in await self.wanted(page.items) if self.is_public(one.status, local=local)]
        return replace(page, items=tuple(shown))

    async def _feed(self, native: str) -> Feed:
        """Somebody's outbox. Raises Missing for who is nobody."""
        if feed := self._recent(native):
            return feed
        document = await self.link.library.person(native)
        outbox = ap.web(ap.id_of(document.get("outbox")))
        if not outbox or not ap.same_host(outbox, native):
            raise Missing("This person shows no posts.")
        return self._begun(native, Feed(outbox, self.link.library))

    def _recent(self, name: str) -> Feed | None:
        """A feed that was begun within the last minute."""
        feed = self.link.feeds.get(name)
        return feed if feed and self.link.clock() - feed.read <= FEED_SECONDS else None

    def _begun(self, name: str, feed: Feed) -> Feed:
        self.link.feeds[name] = feed
        return feed

    async def _page_of(self, feed: Feed, window: Window) -> hub.Page[hub.Entry]:
        """The part of a feed as entries."""
        posts = await self._part(feed, window)
        found = await self._made({post.native: post.document for post in posts}, {})
        older = posts[-1].native if posts and not (feed.ended and posts[-1] is list(feed.posts.values())[-1]) else None
        return hub.Page(items=tuple(found[post.native] for post in posts if post.native in found), older=older)

    async def _part(self, feed: Feed, window: Window) -> list[Post]:
        """The part of a feed; as many pages are read as it needs, within bounds."""
        limit = max(1, min(window.limit, self.capabilities.page_size))
        for _ in range(FEED_PAGES):
            posts, whole = within(list(feed.posts.values()), window)
            if len(posts) >= limit or whole or feed.ended or not await readable(feed):
                break
        return within(list(feed.posts.values()), window)[0][:limit]

    # threads
    async def thread(self, native: str) -> hub.Thread:
        """A status, what it answers, and what answers it: within 200 posts and five seconds, from the collection of the
        thread, else from the replies of each, and from what came to the reader."""
        top = await self.status(native)
        above = await self._above_of(top.status.original)
        natives = await self._around(top.status.original.native, {entry.status.native for entry in above})
        below = await self.statuses(natives)
        known = {top.status.original.native}
        told = sorted(below.values(), key=lambda entry: self.place_of(entry.status))
        answers = []
        for _ in range(len(told)):
            more = [one for one in told if one.status.in_reply_to in known and one.status.native not in known]
            if not more:
                break
            answers += more
            known |= {one.status.native for one in more}
        answers.sort(key=lambda entry: self.place_of(entry.status))
        return hub.Thread(status=top, ancestors=tuple(above), descendants=tuple(answers))

    async def _above_of(self, status: hub.Status) -> list[hub.Entry]:
        """What it answers, oldest first."""
        found: list[hub.Entry] = []
        seen = {status.native}
        while status.in_reply_to and status.in_reply_to not in seen and len(found) < MOST_ABOVE:
            seen.add(status.in_reply_to)
            try:
                entry = await self.shown(status.in_reply_to)
            except TokenGone:
                raise
            except BackendError:
                break
            found.append(entry)
            status = entry.status
        return found[::-1]

    async def _around(self, native: str, above: set[str]) -> list[str]:
        """Ids of what may answer a status."""
        found: dict[str, None] = {}
        try:
            async with asyncio.timeout(THREAD_SECONDS):
                await self._collect(native, found)
        except TimeoutError:
            pass
        for one in [native, *found]:
            self._children(one, found)
        return [one for one in found if one not in above and one != native][:MOST_AROUND]

    def _children(self, native: str, found: dict[str, None]) -> None:
        """What came to the reader, answer by answer."""
        queue = [native]
        while queue and len(found) < MOST_AROUND:
            fresh = [child for child in self.link.mirror.log.children.get(queue.pop(), {}) if child not in found]
            found.update(dict.fromkeys(fresh))
            queue += fresh

    async def _collect(self, native: str, found: dict[str, None]) -> None:
        """The whole thread where the post names it, else the replies, breadth first."""
        document = await self._known_or_none(native)
        for name in ("context", "conversation"):
            url = ap.web(ap.id_of((document or {}).get(name)))
            if url and ap.same_host(url, native):
                found.update(dict.fromkeys(await self._listing(url)))
                if found:
                    return
        queue = [native]
        while queue and len(found) < MOST_AROUND:
            documents = await self.link.library.documents(queue[:20])
            del queue[:20]
            urls = [url for id, one in documents.items() if (url := replies_of(one, id))]
            for listed in await asyncio.gather(*(self._listing(url) for url in urls)):
                fresh = [id for id in listed if id not in found and id != native]
                found.update(dict.fromkeys(fresh))
                queue += fresh

    async def _listing(self, url: str) -> list[str]:
        """Ids in a collection; none where it is none."""
        try:
            items = await collections.items(self.link.client, url, 3)
        except TokenGone:
            raise
        except BackendError:
            return []
        return [id for item in items[:MOST_AROUND] if (id := ap.web(ap.id_of(item)))]

    async def _known_or_none(self, native: str) -> ap.Document | None:
        try:
            return await self.known(native)
        except TokenGone:
            raise
        except BackendError:
            return None

    # search and server
    async def search_statuses(self, query: str, limit: int, offset: int) -> tuple[hub.Entry, ...]:
        """Posts with all these words among the newest 500 that came, or the one at this address."""
        if query.startswith(("https://", "http://")):
            found = await self.statuses([query]) if offset == 0 else {}
            return tuple(found.values())
        words = query.casefold().split()
        newest = await self.rows(HOME, Part(None, 0, SEARCHED, pages=0), (INBOX,))
        entries = await self.wanted(await self.entries(newest.rows))
        posts = [entry for entry in entries if entry.status.reblog_of is None]
        matching = [entry for entry in posts if words and has_words(entry.status, words)]
        return tuple(matching[offset : offset + max(1, min(limit, self.capabilities.page_size))])

    async def site(self) -> hub.Site:
        """The server, which says nothing of itself but its software."""
        told = self.capabilities
        return hub.Site(title=urlsplit(self.base_url).netloc, max_chars=told.max_chars, max_media=told.max_media)

    async def trends(self) -> tuple[hub.Trend, ...]:
        """No server of this kind says."""
        raise refusal(self.capabilities, "trends")

    async def paper(self, kind: hub.Paper) -> str:  # noqa: ARG002
        """None is known."""
        raise Missing("The server publishes no such page.")

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type) of a file; of the own server also one that only the reader may see."""
        try:
            return await self.link.files.fetch(url)
        except Missing:
            if not is_public_url(url) or not self.link.client.is_own(url):
                raise
            return await self.link.client.file(url)


def withheld(entry: hub.Entry, unwanted: frozenset[str]) -> hub.Entry:
    """Hidden from every list, where one of these people wrote or boosted it. Messages stay."""
    status = entry.status
    if not unwanted or status.visibility == hub.Visibility.DIRECT or not is_by(status, unwanted):
        return entry
    return made(replace(status, hidden=True))


def within(posts: list[Post], window: Window) -> tuple[list[Post], bool]:
    """The posts between the bounds, newest first, and whether the lower bound was reached."""
    natives = [post.native for post in posts]
    if window.older_than is not None:
        at = natives.index(window.older_than) + 1 if window.older_than in natives else len(posts)
        posts, natives = posts[at:], natives[at:]
    elif window.before_ms is not None:
        posts = [post for post in posts if post.ms <= window.before_ms]
        natives = [post.native for post in posts]
    if window.newer_than in natives:
        return posts[: natives.index(window.newer_than)], True
    if window.after_ms is not None:
        kept = [post for post in posts if post.ms >= window.after_ms]
        return kept, len(kept) < len(posts)
    return posts, False


def replies_of(document: ap.Document, id: str) -> str:
    """The collection of answers, on the post's own server."""
    url = ap.web(ap.id_of(document.get("replies")))
    return url if url and ap.same_host(url, id) else ""


def has_words(status: hub.Status, words: list[str]) -> bool:
    """All of them are in its title or text."""
    text = f"{status.title} {plain(status.content)}".casefold()
    return all(word in text for word in words)
