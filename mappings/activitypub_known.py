"""What an adapter knows beside an ActivityPub document, so that reading one needs no I/O."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from mappings import hub
from mappings.activitypub_terms import Document, Unreadable, normal


class Known(NamedTuple):
    """`me` is the reader's actor id, `hosts` the names of the own server as they stand behind @ (with a port where
    there is one), `language` the preferred one ("en"), `arrived` when the document was first seen and `now` the clock,
    both ISO 8601 ("": unknown).

    `people` and `documents` by id: whatever was fetched. `followers`: ids of collections known to be somebody's
    followers, `collections`: ids of other collections. `liked`, `shared`, `own`: ids of objects. `followed_by`: actors.
    `expanded`: the server itself filled in embedded objects, so those of other hosts can be believed.
    """

    me: str = ""
    hosts: frozenset[str] = frozenset()
    language: str = ""
    arrived: str = ""
    now: str = ""
    people: Mapping[str, hub.Account] = {}
    documents: Mapping[str, Any] = {}
    followers: Container[str] = ()
    collections: Container[str] = ()
    liked: Container[str] = ()
    shared: Container[str] = ()
    own: Container[str] = ()
    followed_by: Container[str] = ()
    expanded: bool = False

    def document(self, id: str) -> Document | None:
        """The document of an id, if it is at hand and readable."""
        found = self.documents.get(id) if id else None
        if found is None:
            return None
        try:
            return normal(found)
        except Unreadable:
            return None


NOTHING_KNOWN = Known()
