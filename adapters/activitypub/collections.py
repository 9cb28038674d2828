"""Collections of people and things, page by page."""

from __future__ import annotations

from typing import Any

from adapters.activitypub.client import Client
from adapters.errors import BadAnswer
from mappings import activitypub as ap


async def first_page(client: Client, url: str) -> ap.Page:
    """The first page with its items, the total as the collection says it: at most two requests. Raises BackendError."""
    found = page_of(await client.document(url))
    if found.embedded is not None:
        inner = page_of({"type": "OrderedCollectionPage", **found.embedded})
    elif found.first and not found.items:
        inner = await page(client, found.first, url)
    else:
        return found
    return inner._replace(total=found.total)


async def page(client: Client, url: str, of: str) -> ap.Page:
    """A further page, of the collection's own server. Raises BackendError."""
    if not ap.same_host(url, of):
        raise BadAnswer("The server names a page of another server.")
    return page_of(await client.document(url))


def page_of(document: Any) -> ap.Page:
    """A collection or page. Raises BadAnswer."""
    try:
        return ap.page_of(document)
    except ap.Unreadable as error:
        raise BadAnswer("The server did not send a list.") from error


async def items(client: Client, url: str, most_pages: int) -> list[Any]:
    """What is in a collection, each id once, from at most so many pages; a repeated or empty page is the end."""
    found: dict[str, Any] = {}
    one, seen = await first_page(client, url), {url}
    for _ in range(most_pages):
        fresh = {id: item for item in one.items if (id := ap.web(ap.id_of(item))) and id not in found}
        found |= fresh
        if not fresh or not one.next or one.next in seen:
            break
        seen.add(one.next)
        one = await page(client, one.next, url)
    return list(found.values())


async def total(client: Client, url: str) -> int:
    """How many are in it: one request. Raises BackendError."""
    document = await client.document(url)
    return ap.total(document)
