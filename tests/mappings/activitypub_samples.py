"""Documents in both dialects: embedded and expanded (onepage.pub), bare ids and prefixed terms (bovine_herd)."""

from __future__ import annotations

from typing import Any

from mappings import hub
from mappings.activitypub_known import Known

ALICE, BOB, CAROL = "https://one.example/person/al", "https://two.example/users/bob", "https://one.example/person/ca"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
DATE = "2026-11-22T01:50:17Z"
KNOWN = Known(
    me=ALICE,
    hosts=frozenset({"one.example"}),
    arrived="2026-11-22T03:00:00Z",
    now="2026-11-22T03:00:00Z",
    followers=frozenset({f"{ALICE}/f", "https://one.example/endpoints/xyz"}),
    people={
        ALICE: hub.Account(native=ALICE, username="alice", acct="alice", url="https://one.example/@alice"),
        BOB: hub.Account(native=BOB, username="bob", acct="bob@two.example", url="https://two.example/@bob"),
    },
)


def note(**fields: Any) -> dict[str, Any]:
    """A public Note of bob's."""
    made = {
        "@context": "https://www.w3.org/ns/activitystreams", "id": "https://two.example/notes/1", "type": "Note",
        "attributedTo": BOB, "to": [PUBLIC], "cc": [f"{BOB}/followers"], "content": "<p>Hello</p>", "published": DATE,
    }  # fmt: skip
    return made | fields


def act(kind: str, object: Any, **fields: Any) -> dict[str, Any]:
    """An activity of bob's."""
    made = {
        "id": f"https://two.example/{kind.lower()}/9", "type": kind, "actor": BOB, "object": object, "to": [PUBLIC],
        "published": DATE,
    }  # fmt: skip
    return made | fields


EXPANDED = act(
    "Create",
    note(
        attributedTo={"id": BOB, "type": "Person", "name": "Bob B", "icon": "https://two.example/b.png"},
        to={"id": PUBLIC, "type": "Collection", "nameMap": {"en": "Public"}},
        summaryMap={"en": "A(n) Note by Bob B"},
        likes={"id": "https://two.example/likes/1", "type": "OrderedCollection", "totalItems": 3},
        replies={"id": "https://two.example/replies/1", "totalItems": 2},
        shares={"id": "https://two.example/shares/1", "totalItems": 1},
    ),
)
"""As onepage.pub embeds it."""

PREFIXED = {
    "@id": "https://two.example/objects/7",
    "@type": "as:Note",
    "https://www.w3.org/ns/activitystreams#attributedTo": {"@id": BOB},
    "as:to": "as:Public",
    "as:cc": {"id": f"{BOB}/followers"},
    "content": [{"@value": "<p>Hello</p>", "@language": "en"}],
    "as:published": "2026-11-22T01:50:17.123456789Z",
    "http://ostatus.org#conversation": "tag:two.example,2026:7",
    "as:tag": {"type": "as:Hashtag", "name": "#Birds", "href": "https://two.example/tags/birds"},
}
"""As bovine_herd gives back what it did not know, and single things for lists."""
