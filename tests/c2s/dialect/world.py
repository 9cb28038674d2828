"""The documents of one server: ids, owners, audiences, collections in pages of twenty, people."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PUBLICS = (PUBLIC, "as:Public", "Public")
ADDRESSES = ("to", "cc", "bto", "bcc", "audience")
PAGE = 20
OPEN, OWN = ("inbox", "outbox", "followers", "following", "liked"), ("blocked", "pendingFollowers", "pendingFollowing")
COLLECTIONS = ("Collection", "OrderedCollection")


class Refusal(Exception):
    """A problem body: status and `detail`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass
class Person:
    """An account. `actor` is the id of its actor document."""

    name: str
    password: str
    actor: str


@dataclass
class Stored:
    """An uploaded file and the object whose audience may read it."""

    data: bytes
    object: str


@dataclass
class World:
    """Everything one server knows. Documents hold ids where another document stands."""

    base_url: str
    documents: dict[str, Json] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    audiences: dict[str, set[str]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    uploads: dict[str, Stored] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    sessions: dict[str, str] = field(default_factory=dict)
    basic: bool = False
    """Whether name and password are taken as a credential too, as by servers with application passwords."""
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    # documents
    def new_id(self, type_: object) -> str:
        """A URL for a new document, neither guessable nor in the order of time."""
        first = as_list(type_)[0] if type_ else "Object"
        return f"{self.base_url}/{str(first).lower()}/{secrets.token_urlsafe(16)[:21]}"

    def save(self, document: Json, owner: str) -> str:
        """Keep a new document; it gets what the server sets: id, updated, published."""
        document.setdefault("id", self.new_id(document.get("type")))
        document["updated"] = now()
        document.setdefault("published", document["updated"])
        self.documents[document["id"]] = document
        self.owners[document["id"]] = owner
        self.audiences[document["id"]] = set(addressed(document))
        return str(document["id"])

    def mine(self, id_: str) -> bool:
        """Whether an id is of this server."""
        return id_.startswith(self.base_url + "/")

    def readable(self, id_: str, reader: str | None) -> bool:
        """Owners, those addressed, members of an addressed collection; never those the owner blocks."""
        owner = self.owners.get(id_)
        if reader and reader == owner:
            return True
        if reader and owner and reader in self.members(self.documents.get(owner, {}).get("blocked", "")):
            return False
        audience = self.audiences.get(id_, set())
        if audience.intersection(PUBLICS):
            return True
        return reader is not None and (reader in audience or any(reader in self.members(one) for one in audience))

    # collections
    def collection(self, owner: str, to: list[str], type_: str = "OrderedCollection", **fields: Any) -> str:
        """A new empty collection with its first page."""
        document = {"type": type_, "totalItems": 0, "attributedTo": owner, "to": to, **fields}
        self.save(document, owner)
        self.first_page(document)
        return str(document["id"])

    def first_page(self, collection: Json, type_: str = "OrderedCollectionPage") -> None:
        """A page on top of the others."""
        items = "orderedItems" if type_.startswith("Ordered") else "items"
        page = {"type": type_, "partOf": collection["id"], "attributedTo": collection["attributedTo"], items: []}
        page |= {"to": collection["to"]} if "to" in collection else {}
        self.save(page, collection["attributedTo"])
        self.audiences[page["id"]] = self.audiences[collection["id"]]
        if "first" in collection:
            page["next"] = collection["first"]
            self.documents[collection["first"]]["prev"] = page["id"]
        collection["first"] = page["id"]
        collection.setdefault("last", page["id"])

    def pages(self, collection: str) -> Iterator[Json]:
        """Newest first."""
        page = self.documents.get(self.documents.get(collection, {}).get("first", ""))
        while page:
            yield page
            page = self.documents.get(page.get("next", ""))

    def members(self, collection: str) -> list[str]:
        """The ids in it, newest first."""
        return [item for page in self.pages(collection) for item in listed(page)]

    def prepend(self, collection: str, item: str) -> None:
        """Put on top. A full first page stays as it is under a new one."""
        document = self.documents[collection]
        top = self.documents[document["first"]]
        if len(listed(top)) >= PAGE:
            self.first_page(document, top["type"])
            top = self.documents[document["first"]]
        listed(top).insert(0, item)
        count = document.get("totalItems")
        document["totalItems"] = count + 1 if count is not None else None
        document["updated"] = top["updated"] = now()

    def take(self, collection: str, item: str) -> bool:
        """Remove from it; pages get shorter, none is filled up. Whether it was there."""
        for page in self.pages(collection):
            if item in listed(page):
                listed(page).remove(item)
                document = self.documents[collection]
                document["totalItems"] = (document.get("totalItems") or 0) - 1  # custom ones fall to -1: measured
                document["updated"] = page["updated"] = now()
                return True
        return False

    # people
    def register(self, name: str, password: str = "secret") -> Person:
        """A new account with its actor and collections."""
        actor = self.new_id("Person")
        document: Json = {"id": actor, "type": "Person", "name": name, "preferredUsername": name, "to": [PUBLIC]}
        document["attributedTo"] = actor
        for kind in (*OPEN, *OWN):
            to = [PUBLIC] if kind in OPEN else []
            document[kind] = self.collection(actor, to, nameMap={"en": f"{name}'s {kind}"})
        self.save(document, actor)
        person = Person(name, password, actor)
        self.people[name] = person
        return person

    def part(self, actor: str, kind: str) -> str:
        """The id of a collection of somebody here, such as the inbox."""
        return str(self.documents[actor][kind])

    def person_of(self, actor: str) -> Person | None:
        """The account of an actor, None for those of other servers."""
        return next((person for person in self.people.values() if person.actor == actor), None)


def now() -> str:
    """Such as 2026-11-22T07:57:09.156Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_list(value: Any) -> list[Any]:
    """A list of whatever stands there."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def id_of(value: Any) -> str | None:
    """The id of a string or an object."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def addressed(document: Json) -> list[str]:
    """The ids of all who may read it, as addressed."""
    return [found for name in ADDRESSES for one in as_list(document.get(name)) if (found := id_of(one))]


def listed(page: Json) -> list[str]:
    """The items of a page, as the list itself."""
    found: list[str] = page["orderedItems"] if "orderedItems" in page else page["items"]
    return found
