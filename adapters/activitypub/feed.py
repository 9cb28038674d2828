"""The outbox of somebody else or a feed of everybody, read page by page as far as it is asked for."""

from __future__ import annotations

from typing import Any, NamedTuple

from adapters.activitypub import collections
from adapters.activitypub.library import Library
from adapters.errors import BackendError, TokenGone
from mappings import activitypub as ap

SHOWN = frozenset({"Create", "Announce"})
MOST = 1000
"""Posts of one person that are held."""


class Post(NamedTuple):
    """A post or boost: the id of the status, the document to read it from, its date in milliseconds since 1970."""

    native: str
    document: ap.Document
    ms: int


class Feed:
    """One person's posts, newest first as their server lists them; with `everybody` those of people of any server.
    `read` is when it was begun."""

    def __init__(self, url: str, library: Library, *, everybody: bool = False) -> None:
        self.everybody = everybody
        self.url, self.library, self.read = url, library, library.clock()
        self.posts: dict[str, Post] = {}
        self.next: str | None = None
        self.ended = False
        self._seen: set[str] = set()

    async def further(self) -> None:
        """One page more. Raises BackendError."""
        client = self.library.client
        if self.next is None:
            page = await collections.first_page(client, self.url)
        else:
            page = await collections.page(client, self.next, self.url)
        fresh = [item for item in page.items if ap.web(ap.id_of(item)) not in self._seen]
        self._seen.update(ap.web(ap.id_of(item)) for item in fresh)
        await self._take(fresh)
        self.ended = not fresh or not page.next or page.next == self.next or len(self.posts) >= MOST
        self.next = page.next

    async def _take(self, items: list[Any]) -> None:
        bare = [ap.web(ap.id_of(item)) for item in items if not ap.types_of(item)]
        found = await self.library.documents(bare)
        activities = [item if ap.types_of(item) else found.get(ap.web(ap.id_of(item))) for item in items]
        shown = [one for one in activities if one is not None and ap.is_a(one, SHOWN)]
        objects = await self.library.documents(ap.id_of(one.get("object")) for one in shown if needs(one))
        for one in shown:
            post = self._post(one, objects)
            if post is not None:
                self.posts.setdefault(post.native, post)

    def _post(self, activity: ap.Document, objects: dict[str, ap.Document]) -> Post | None:
        target = ap.id_of(activity.get("object"))
        is_create = ap.is_a(activity, frozenset({"Create"}))
        native = ap.web(target if is_create else ap.id_of(activity))
        told = ap.when(activity.get("published")) or ap.when(objects.get(target, {}).get("published"))
        ms = int(told.timestamp() * 1000) if told else 0
        if not native or not ap.same_host(native, ap.id_of(activity.get("actor")) if self.everybody else self.url):
            return None
        if is_create and target in objects:
            activity = {**activity, "object": objects[target]}
        inner = activity.get("object")
        if self.everybody and isinstance(inner, dict) and not ap.owns(ap.id_of(activity.get("actor")), inner):
            return None
        return Post(native, activity, ms)


def needs(activity: ap.Document) -> bool:
    """Its object did not come along."""
    inner = activity.get("object")
    return not (isinstance(inner, dict) and ("attributedTo" in inner or "content" in inner))


async def readable(feed: Feed) -> bool:
    """Read on; False where the person does not show more. Raises TokenGone."""
    try:
        await feed.further()
    except TokenGone:
        raise
    except BackendError:
        feed.ended = True
        return False
    return True
