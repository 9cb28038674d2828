"""saved_searches/*: words that a client wants to find again. Servers keep none, so they are kept here, for the account.

An id belongs to its words for good: saved again, they have it again. No upstream call.
"""

from __future__ import annotations

import time

import msgspec

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.replies import Reply, Tree
from mappings.account_calls import saved_search_tree
from mappings.dates import wire_from_milliseconds

KIND = "search"
"""Of numbers and records in the store."""
MOST = 25
FULL = 172
"""Twitter's code for one search too many."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A saved search. `made` is milliseconds since 1970."""

    query: str
    made: int


async def listed(ask: Ask) -> Reply:
    """All of them, oldest first."""
    return Tree(json=[_tree(id, kept) for id, kept in sorted((await _all(ask)).items(), key=_made)])


async def show(ask: Ask) -> Reply:
    """One of them."""
    id, kept = await _one(ask)
    return Tree(json=_tree(id, kept))


async def create(ask: Ask) -> Reply:
    """Save words, or what was saved before under the same."""
    query, account = ask.text("query").strip(), ask.session.account.id
    if not query:
        raise ApiError(400, "query parameter is required.")
    store, saved = ask.gateway.store, await _all(ask)
    for id, kept in saved.items():
        if kept.query == query:
            return Tree(json=_tree(id, kept))
    if len(saved) >= MOST:
        raise ApiError(403, f"At most {MOST} searches can be saved.", FULL)
    id = (await store.number(account, KIND, [query]))[query]
    kept = Record(query=query, made=int(time.time() * 1000))
    await store.put_records(account, KIND, {str(id): msgspec.json.encode(kept)})
    return Tree(json=_tree(id, kept))


async def destroy(ask: Ask) -> Reply:
    """Forget one; the answer shows what it was."""
    id, kept = await _one(ask)
    await ask.gateway.store.drop_records(ask.session.account.id, KIND, [str(id)])
    return Tree(json=_tree(id, kept))


async def _all(ask: Ask) -> dict[int, Record]:
    kept = await ask.gateway.store.records(ask.session.account.id, KIND)
    return {int(key): msgspec.json.decode(raw, type=Record) for key, raw in kept.items()}


def _made(row: tuple[int, Record]) -> int:
    return row[1].made


async def _one(ask: Ask) -> tuple[int, Record]:
    id = ask.id("id")
    kept = await ask.gateway.store.records(ask.session.account.id, KIND, [str(id)])
    if id is None or str(id) not in kept:
        raise ApiError(404, "There is no such saved search.")
    return id, msgspec.json.decode(kept[str(id)], type=Record)


def _tree(id: int, kept: Record) -> dict[str, object]:
    return saved_search_tree(id, kept.query, wire_from_milliseconds(kept.made))
