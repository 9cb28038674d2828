"""Whose activity may change what (activitypub-c2s, issue 5): only the owner's, and only on the owner's server."""

from __future__ import annotations

from typing import Any

from mappings.activitypub_links import same_host
from mappings.activitypub_terms import ACTORS, Document, Unreadable, as_list, id_of, ids_of, is_a, normal, types_of

CHANGING = frozenset({"Create", "Update", "Delete"})
TAKING_BACK = frozenset({"Undo"})


def owners_of(document: Document) -> tuple[str, ...]:
    """Who owns a document: an actor itself, an activity its actor, anything else those it is attributed to."""
    if is_a(document, ACTORS) and "inbox" in document:
        return ids_of(id_of(document))
    return ids_of(document.get("attributedTo")) or ids_of(document.get("actor"))


def owns(actor: str, document: Document) -> bool:
    """`actor` is an owner and all three ids are on one server. What names no owner belongs to its server's people."""
    native, owners = id_of(document), owners_of(document)
    return same_host(actor, native) and (actor == native or not owners or actor in owners)


def applies(activity: Any, object: Any = None, known: Any = None) -> bool:
    """The activity may do to its object what it says. Never raises.

    `object` is the document it brings (None: as it stands in the activity), `known` the one kept until now (None:
    there is none). Create, Update, Delete: by the owner of both, on the owner's server. Undo: by whom the undone
    activity is. Other activities change nothing of anybody's; they only have to come from their actor's server.
    """
    try:
        found = normal(activity)
    except Unreadable:
        return False
    actor, native = id_of(found.get("actor")), id_of(found)
    if not same_host(actor, native or actor):
        return False
    if not is_a(found, CHANGING | TAKING_BACK):
        return True
    brought = object if object is not None else next(iter(as_list(found.get("object"))), None)
    target = id_of(brought) or id_of(found.get("object"))
    return same_host(actor, target) and all(_by(actor, target, one) for one in (brought, known))


def _by(actor: str, target: str, document: Any) -> bool:
    """The document, if it is one, is the target and its actor's. A Tombstone and a bare id name no owner."""
    if not isinstance(document, dict):
        return True
    try:
        found = normal(document)
    except Unreadable:
        return False
    return id_of(found) == target and (owns(actor, found) or types_of(found) == ("Tombstone",))
