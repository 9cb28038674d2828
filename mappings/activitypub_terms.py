"""ActivityPub documents read by hand: terms, types, ids (reference/activitypub-c2s section 6).

No JSON-LD processor: real servers send compact ActivityStreams with a few habits, which are undone here. Everything is
a stranger's: nothing here raises for any JSON, but `normal`, and that only `Unreadable`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from mappings.characters import clean

Document = dict[str, Any]
"""A JSON object after `normal`."""

CONTEXT = "https://www.w3.org/ns/activitystreams"
PUBLIC = frozenset({f"{CONTEXT}#Public", "http://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
"""The forms of the collection of everybody."""

_PREFIXES = (
    f"{CONTEXT}#", "http://www.w3.org/ns/activitystreams#", "as:", "https://w3id.org/security#", "security:", "sec:",
    "http://ostatus.org#", "ostatus:", "http://joinmastodon.org/ns#", "toot:", "http://litepub.social/ns#", "litepub:",
    "https://misskey-hub.net/ns#", "misskey:", "http://fedibird.com/ns#", "fedibird:", "http://schema.org#",
    "http://schema.org/", "https://schema.org/", "schema:", "http://www.w3.org/ns/ldp#", "ldp:",
    "http://www.w3.org/2006/vcard/ns#", "vcard:", "https://w3id.org/fep/044f#", "https://joinpeertube.org/ns#", "pt:",
    "https://purl.archive.org/socialweb/webfinger#", "https://joinmobilizon.org/ns#", "mz:",
)  # fmt: skip
_KEYWORDS = {"@id": "id", "@type": "type", "_misskey_quote": "quoteUrl", "quoteURL": "quoteUrl"}

DEPTH = 24
"""How deep a document is read."""
LONGEST_ID = 2048
OBJECTS = 20_000
"""A document holds fewer objects than this; a page of a collection holds some hundreds."""

MOST = 200
"""Tags, mentions, collections in one page: so many are looked at."""

ACTORS = frozenset({"Person", "Service", "Application", "Group", "Organization"})
CREATING = frozenset({"Create", "Update"})
MEDIA_TYPES = frozenset({"Image", "Video", "Audio", "Document"})
COLLECTIONS = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})


class Unreadable(ValueError):
    """The document is not what it is taken for; `args[0]` is a short, plain sentence without any of its data."""


class Gone(Unreadable):
    """A Tombstone: there was something here, and its owner deleted it."""


@lru_cache(4096)
def term(name: str) -> str:
    """A key or type without the prefixes of known vocabularies."""
    if name in _KEYWORDS:
        return _KEYWORDS[name]
    for prefix in _PREFIXES:
        if name.startswith(prefix) and len(name) > len(prefix):
            return term(name[len(prefix) :])
    return clean(name)


def normal(document: Any) -> Document:
    """The document with plain keys and types, clean texts, no nulls, bounded depth. A key written plainly counts before
    one with a prefix; keys stay in their order. Doing it twice changes nothing.

    Raises Unreadable when it is no object, or one of more than OBJECTS objects.
    """
    made = _normal(document, DEPTH, itertools.count())
    if not isinstance(made, dict):
        raise Unreadable("This is no document.")
    return made


def _normal(value: Any, depth: int, objects: Iterator[int]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return _object(value, depth, objects) if depth else None
    if isinstance(value, list):
        return [found for item in value if (found := _normal(item, depth - 1, objects)) is not None] if depth else None
    return value


def _object(value: dict[Any, Any], depth: int, objects: Iterator[int]) -> Document:
    if next(objects) > OBJECTS:
        raise Unreadable("The document is too large.")
    made: Document = {}
    for key, raw in value.items():
        name = term(key) if isinstance(key, str) else ""
        if name and (name == key or name not in made):
            inner = _normal(raw, depth - 1, objects)
            if inner is not None:
                made[name] = _types(inner) if name == "type" else inner
    return made


def _types(value: Any) -> Any:
    if isinstance(value, str):
        return term(value)
    return [term(item) for item in value if isinstance(item, str)] if isinstance(value, list) else value


def as_list(value: Any) -> list[Any]:
    """A list of what may be a list, one thing or nothing."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def types_of(document: Any) -> tuple[str, ...]:
    """The types of an object; none for anything else."""
    if not isinstance(document, dict):
        return ()
    return tuple(name for name in as_list(document.get("type")) if isinstance(name, str))


def is_a(document: Any, kinds: frozenset[str]) -> bool:
    """One of its types is among `kinds`."""
    return not kinds.isdisjoint(types_of(document))


def id_of(value: Any) -> str:
    """The id of what is written as a text, an object with `id`, a Link with `href`, or a list of these; "" for none."""
    if isinstance(value, list):
        return next((found for item in value[:MOST] if not isinstance(item, list) and (found := id_of(item))), "")
    if isinstance(value, dict):
        value = value.get("id") or value.get("@id") or value.get("href")
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_ID else ""


def ids_of(value: Any) -> tuple[str, ...]:
    """Every id of a list, each once."""
    return tuple(dict.fromkeys(found for item in as_list(value) if (found := id_of(item))))


def dicts_of(value: Any) -> list[Document]:
    """The objects of a list, bounded."""
    return [item for item in as_list(value)[:MOST] if isinstance(item, dict)]
