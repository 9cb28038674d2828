"""Bad documents for readers of the embedded server, one builder a fault, in a table for matrix tests.

Each builder gets the server and its people. Alice's inbox then has something bad from bob, and below it a good Note of
bob's with the content GOOD, which a reader must still show. `FORGED` are activities that no reader may apply: each
builder gives the id of the object that must stay as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.c2s.bovine import Herd
from tests.c2s.embedded import EmbeddedServer
from tests.c2s.talk import PUBLIC, Json

GOOD = "<p>Still here</p>"
LANGUAGES = ("ar", "de", "el", "en", "fi", "he", "ja", "pt-BR", "ru", "zh-Hant")
GIGANTIC = 3_000_000
Builder = Callable[[EmbeddedServer, Herd], None]


def good(server: EmbeddedServer, herd: Herd, text: str = GOOD) -> str:
    """A fine Note of bob's to everybody and alice; its id."""
    inside = {"type": "Note", "content": text, "to": [PUBLIC], "cc": [herd.alice.actor]}
    done = server.act(herd.bob, {"type": "Create", "to": [PUBLIC], "cc": [herd.alice.actor], "object": inside})
    return str(done["object"]["id"])


def create(server: EmbeddedServer, herd: Herd, **fields: Any) -> str:
    """A Create of bob's whose object has these fields, as they are, on top of alice's inbox; None takes one away."""
    inside: Json = {"type": "Note", "content": "bad", "to": [PUBLIC], "attributedTo": herd.bob.actor}
    inside = {name: value for name, value in (inside | fields).items() if value is not None}
    id_ = server.world.save(inside, herd.bob.actor)
    return server.put(herd.alice, {"type": "Create", "actor": herd.bob.actor, "to": [PUBLIC], "object": id_})


def top_page(server: EmbeddedServer, herd: Herd) -> str:
    """The id of the first page of alice's inbox."""
    return str(server.world.documents[server.world.part(herd.alice.actor, "inbox")]["first"])


def fields_of(**fields: Any) -> Builder:
    """A Note with these fields."""

    def build(server: EmbeddedServer, herd: Herd) -> None:
        create(server, herd, **fields)

    return build


def activity_of(document: Any) -> Builder:
    """On top of the page stands this, as it is."""

    def build(server: EmbeddedServer, herd: Herd) -> None:
        page = top_page(server, herd)
        server.strange.change(page, lambda shown: shown | {"orderedItems": [document, *shown["orderedItems"]]})

    return build


def page_with(change: Callable[[Json, str], Json]) -> Builder:
    """The first page of the inbox is shown changed: `change` gets it and its id."""

    def build(server: EmbeddedServer, herd: Herd) -> None:
        page = top_page(server, herd)
        server.strange.change(page, lambda shown: change(shown, page))

    return build


def looping(server: EmbeddedServer, herd: Herd) -> None:
    """Two pages that lead to each other for ever."""
    page = top_page(server, herd)
    other = f"{server.base_url}/orderedcollectionpage/loop{herd.alice.name}"
    server.strange.change(page, lambda shown: shown | {"next": other})
    empty = {"id": other, "type": "OrderedCollectionPage", "orderedItems": [], "next": page}
    server.strange.change(other, empty)


def repeated(server: EmbeddedServer, herd: Herd) -> None:
    """Ever new page ids with the same items."""
    page = top_page(server, herd)
    base = f"{server.base_url}/orderedcollectionpage/again{herd.alice.name}"
    items: list[Any] = []

    def first(shown: Json) -> Json:
        items[:] = shown["orderedItems"]
        return shown | {"next": f"{base}0"}

    server.strange.change(page, first)
    for number in range(50):
        url = f"{base}{number}"
        after = {"id": url, "type": "OrderedCollectionPage", "next": f"{base}{number + 1}"}
        server.strange.change(url, lambda _, after=after: after | {"orderedItems": items})


def doubled(shown: Json, _: str) -> Json:
    """Every item twice."""
    return shown | {"orderedItems": [one for item in shown["orderedItems"] for one in (item, item)]}


def lost_ids(shown: Json, page: str) -> Json:
    """Items that are only ids, of which two lead to nothing."""
    known = [item["id"] for item in shown["orderedItems"]]
    lost = [f"{page.rpartition('/')[0]}/lost", "http://127.0.0.1:1/lost"]
    return shown | {"orderedItems": [*lost, *known]}


def scalar(shown: Json, _: str) -> Json:
    """A single item that is no list."""
    return shown | {"orderedItems": shown["orderedItems"][0]}


def bare_actor(server: EmbeddedServer, herd: Herd) -> None:
    """Bob's actor has nothing but id and type."""
    server.strange.change(herd.bob.actor, {"id": herd.bob.actor, "type": "Person"})


def odd_actor(server: EmbeddedServer, herd: Herd) -> None:
    """Bob's actor has fields of every wrong kind."""
    wrong = {"name": ["a", 1], "preferredUsername": {"x": 1}, "icon": 7, "image": [], "summary": None, "url": [None, 3]}
    wrong |= {"published": 12, "followers": {"no": "id"}, "endpoints": "none", "tag": "x", "attachment": [None, "y"]}
    server.strange.change(herd.bob.actor, lambda shown: shown | wrong)


def moved_actor(server: EmbeddedServer, herd: Herd) -> None:
    """Bob's actor says that its id is on another host."""
    other = "http://127.0.0.2:9/person/bob"
    server.strange.change(herd.bob.actor, lambda shown: shown | {"id": other, "preferredUsername": "admin"})


def lost_actor(server: EmbeddedServer, herd: Herd) -> None:
    """Bob's actor cannot be had."""
    path = herd.bob.actor.removeprefix(server.base_url)
    server.strange.fail(f"^{path}$", 500, method="GET")


WHENS: dict[str, Any] = {
    "words": "yesterday", "number": 1700000000, "future": "2999-01-01T00:00:00Z", "list": ["2026-01-01T00:00:00Z"],
    "year zero": "0000-00-00T00:00:00Z", "no zone": "2026-01-01T00:00:00", "long ago": "0001-01-01T00:00:00Z",
}  # fmt: skip
TEXTS: dict[str, dict[str, Any]] = {
    "gigantic content": {"content": "<p>" + "x" * GIGANTIC + "</p>"},
    "deep content": {"content": "<div>" * 5000 + "deep" + "</div>" * 5000},
    "ten languages": {"content": None, "contentMap": {code: f"<p>in {code}</p>" for code in LANGUAGES}},
    "empty map": {"content": None, "contentMap": {}},
    "wrong map": {"content": None, "contentMap": ["x", {"en": 1}]},
    "no content": {"content": None},
    "content of a wrong kind": {"content": {"a": ["b"]}},
    "scripts": {"content": '<script>alert(1)</script><p onclick="x()">a<img src=x onerror=y></p>'},
    "null characters": {"content": "<p>a\u0000b\ufffe\u202ec</p>", "name": "\u0000"},
}
FIELDS: dict[str, dict[str, Any]] = {
    "scalars for lists": {"to": PUBLIC, "cc": {"id": PUBLIC}, "tag": {"type": "Hashtag", "name": "#x"},
                          "attachment": {"type": "Image", "url": "http://127.0.0.1:1/x.png"}},
    "lists for scalars": {"type": ["Note", "Odd"], "url": [], "inReplyTo": [], "attributedTo": [], "summary": ["x"]},
    "members of wrong kinds": {"tag": [None, 1, "x", {}, {"type": []}], "attachment": [None, 2, {"url": {"href": 5}}],
                               "location": "here", "generator": 3, "likes": 4, "replies": [],
                               "to": [None, 5, {}, PUBLIC]},
    "an unknown type": {"type": "Hologram"},
    "no type": {"type": None},
    "a type of a wrong kind": {"type": 5},
    "urls that are none": {"url": "javascript:alert(1)", "attachment": [{"type": "Image", "url": "data:text/html,x"}]},
    "an answer to itself": {"inReplyTo": "http://127.0.0.1:1/lost", "context": {"id": 3}, "conversation": ["x"]},
    "no addressee": {"to": None},
    "no author": {"attributedTo": None},
}  # fmt: skip
ITEMS: dict[str, Any] = {
    "null": None, "number": 7, "text": "no url", "empty object": {}, "list": [[], {}],
    "only a type": {"type": "Create"},
    "an activity of nobody": {"id": "http://127.0.0.1:1/a", "type": "Create", "object": {"type": "Note"}},
    "an unknown activity": {"id": "http://127.0.0.1:1/b", "type": ["Wiggle", "Activity"], "actor": 3, "object": [4]},
    "a nested one": {"id": "http://127.0.0.1:1/c", "type": "Announce", "object": {"type": "Announce", "object": {}}},
}  # fmt: skip
BAD: dict[str, Builder] = (
    {f"published: {name}": fields_of(published=value) for name, value in WHENS.items()}
    | {f"text: {name}": fields_of(**fields) for name, fields in TEXTS.items()}
    | {f"fields: {name}": fields_of(**fields) for name, fields in FIELDS.items()}
    | {f"item: {name}": activity_of(document) for name, document in ITEMS.items()}
    | {f"page: {one.__name__}": page_with(one) for one in (doubled, lost_ids, scalar)}
    | {f"actor: {one.__name__}": one for one in (bare_actor, odd_actor, moved_actor, lost_actor)}
    | {f"pages: {one.__name__}": one for one in (looping, repeated)}
)
"""name -> builder. Call `good` first, then one of these."""


def forge(server: EmbeddedServer, herd: Herd, type_: str, what: Any) -> None:
    """An activity of carol's on top of alice's inbox, shown just as it is."""
    id_ = f"{server.base_url}/{type_.lower()}/forged{herd.carol.name}"
    actor = {"id": herd.carol.actor, "type": "Person", "name": herd.carol.name}
    document = {"id": id_, "type": type_, "actor": actor, "object": what, "to": [{"id": herd.alice.actor}]}
    server.strange.change(id_, document)
    activity_of(document)(server, herd)


def forged(type_: str, what: Callable[[str], Any]) -> Callable[[EmbeddedServer, Herd], str]:
    """About a Note of bob's."""

    def build(server: EmbeddedServer, herd: Herd) -> str:
        target = good(server, herd)
        forge(server, herd, type_, what(target))
        return target

    return build


def forged_undo(server: EmbeddedServer, herd: Herd) -> str:
    """Of a boost of bob's; the id of that."""
    share = server.act(herd.bob, {"type": "Announce", "object": good(server, herd), "to": [PUBLIC, herd.alice.actor]})
    forge(server, herd, "Undo", {"id": share["id"], "type": "Announce", "actor": herd.carol.actor})
    return str(share["id"])


def inside_of(target: str) -> Json:
    """A new version of an object."""
    return {"id": target, "type": "Note", "content": "<p>forged</p>", "to": [{"id": PUBLIC}]}


FORGED: dict[str, Callable[[EmbeddedServer, Herd], str]] = {
    "Update": forged("Update", inside_of),
    "Update of one's own, it says": forged("Update", lambda target: inside_of(target) | {"attributedTo": "me"}),
    "Delete": forged("Delete", lambda target: target),
    "Delete of a Tombstone": forged("Delete", lambda target: {"id": target, "type": "Tombstone"}),
    "Create again": forged("Create", inside_of),
    "Announce with other words": forged("Announce", inside_of),
    "Undo": forged_undo,
}
"""name -> builder. None of them changes what bob wrote or did."""
