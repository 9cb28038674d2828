"""Photos found in own statuses and in the profile: what the backend holds is the truth, records only keep it at hand.

A status that only carries a photo is known by its form (`mappings.carriers`), `direct`, naming nobody. Pictures of all
other own posts are "Wall Photos", but those of messages are nobody's photos. Avatar and header are "Profile Photos".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from adapters.backend import File
from adapters.errors import BackendError
from gateway.cards import decoded
from mappings import hub, photos
from mappings.carriers import Carrier, carrier_of
from mappings.photos import Kind, Photo

Fetch = Callable[[str | None], Awaitable[hub.Page[hub.Entry]]]
Identify = Callable[[str], str]
"""From what an id is made of (a native id) to the id."""

OPEN = frozenset({hub.Visibility.PUBLIC, hub.Visibility.UNLISTED})


class Found(NamedTuple):
    """A photo as a status shows it; `carrier` still has its rights, as native ids."""

    photo: Photo
    carrier: Carrier | None = None


class Stretch(NamedTuple):
    """Consecutive pages. `older` is the cursor behind them, "" at the end of the list; `joined`: they reach something
    known; `readable`: every status could be read; `first`: how many statuses the first page had."""

    statuses: list[hub.Status]
    older: str
    joined: bool
    readable: bool
    first: int

    @property
    def head(self) -> tuple[str, ...]:
        """Native ids of the first page."""
        return tuple([status.native for status in self.statuses[: self.first]])


async def read(fetch: Fetch, cursor: str | None, most: int, known: Collection[str] = ()) -> Stretch:
    """At most `most` pages from `cursor` on, to the first one with a `known` native id.

    Raises BackendError when not even the first page comes.
    """
    statuses: list[hub.Status] = []
    joined, readable, first = False, True, 0
    for number in range(most):
        try:
            page = await fetch(cursor)
        except BackendError:
            if not number:
                raise
            break
        new = [status for entry in page.items if (status := decoded(entry))]
        statuses += new
        first = first or len(new)
        readable = readable and len(new) == len(page.items)
        joined = any(status.native in known for status in new)
        repeated, cursor = page.older == cursor, page.older
        if joined or repeated or cursor is None:
            cursor = None if repeated else cursor
            break
    return Stretch(statuses, cursor or "", joined, readable, first)


async def read_on(fetch: Fetch, head: Stretch, before: Collection[str]) -> Stretch:
    """`head`, with the next page where the first one has grown shorter and lacks some of what stood there `before`."""
    lacks = set(before) - {status.native for status in head.statuses}
    if not lacks or not head.older or len(head.statuses) >= len(before):
        return head
    more = await read(fetch, head.older, 1)
    return head._replace(
        statuses=head.statuses + more.statuses, older=more.older, readable=head.readable and more.readable
    )


def carried(status: hub.Status) -> Carrier | None:
    """What the status carries, when carrying is all it is for."""
    if status.visibility != hub.Visibility.DIRECT or status.mentions or not status.media:
        return None
    return carrier_of(status.content)


def found(status: hub.Status, kind: str, identify: Identify) -> list[Found]:
    """The photos of an own status. `kind` is what a `direct` one is (`hub.Kind`), as far as that is recorded."""
    carrier = carried(status)
    if carrier is not None:
        return [Found(carried_photo(status, carrier, identify), carrier)]
    if status.visibility == hub.Visibility.DIRECT and (kind or _guess(status)) == hub.Kind.MESSAGE:
        return []
    return [Found(photo) for photo in _of_the_wall(status, identify)]


def _guess(status: hub.Status) -> str:
    return hub.Kind.MESSAGE if status.mentions else hub.Kind.PHOTO


def carried_photo(status: hub.Status, carrier: Carrier, identify: Identify) -> Photo:
    """The photo of a carrier, its rights still to be told."""
    media = status.media[0]
    url = media.url or media.remote_url
    if not photos.is_picture(media):
        url = media.preview_url or url  # made a film of by the server
    first = carrier.first or media.native or status.native
    return Photo(
        id=identify(first),
        kind=Kind.CARRIER,
        album=carrier.album,
        filename=carrier.filename or photos.file_name(url),
        mime=media.mime or photos.mime_of(url, carrier.filename),
        desc=media.description if carrier.desc is None else carrier.desc,
        created=carrier.created or status.created_at,
        edited=status.edited_at or status.created_at,
        url=url,
        preview_url=media.preview_url or url,
        width=media.width,
        height=media.height,
        status=status.native,
        media=media.native,
        first=first,
    )


def _of_the_wall(status: hub.Status, identify: Identify) -> Iterator[Photo]:
    for place, media in enumerate(status.media):
        if photos.is_picture(media):
            yield Photo(
                id=identify(media.native or f"{status.native}/{place}"),
                kind=Kind.WALL,
                album=photos.WALL,
                filename=photos.file_name(media.url),
                mime=media.mime or photos.mime_of(media.url),
                desc=media.description,
                created=status.created_at,
                edited=status.edited_at or status.created_at,
                url=media.url,
                preview_url=media.preview_url or media.url,
                width=media.width,
                height=media.height,
                limited=status.visibility not in OPEN,
                status=status.native,
                media=media.native,
            )


def awaiting(upload: hub.Upload, file: File, created: str, identify: Identify) -> Photo:
    """A picture that was stored for a post still to come; until that is seen it is shown to nobody else."""
    return Photo(
        id=identify(upload.native),
        kind=Kind.WALL,
        album=photos.WALL,
        filename=file.name,
        mime=file.mime,
        desc=file.description,
        created=created,
        edited=created,
        url=upload.url,
        preview_url=upload.preview_url or upload.url,
        width=upload.width,
        height=upload.height,
        limited=True,
        media=upload.native,
    )


def of_the_profile(account: hub.Account, identify: Identify) -> list[Photo]:
    """Avatar and header, but neither what a server shows of those who have none nor drawings (SVG): there are no sizes
    to be had of those."""
    pictures = (account.avatar, account.header)
    urls = [url for url in pictures if url and not photos.file_name(url).endswith(("missing.png", ".svg"))]
    return [
        Photo(
            id=identify(url),
            kind=Kind.PROFILE,
            album=photos.PROFILE,
            filename=photos.file_name(url),
            mime=photos.mime_of(url),
            created=account.created_at,
            edited=account.created_at,
            url=url,
            preview_url=url,
        )
        for url in dict.fromkeys(urls)
    ]


def gone(head: Iterable[str], stretch: Stretch) -> set[str]:
    """Those of `head`, native ids newest first as they were listed before, that the list no longer has."""
    if not stretch.readable:
        return set()
    listed = {status.native for status in stretch.statuses}
    behind, lost = not stretch.older, set[str]()
    for native in reversed(list(head)):
        behind = behind or native in listed
        if behind and native not in listed:
            lost.add(native)
    return lost
