"""What activities do, on the side of the one who posts (POSTED) and of the one who receives (RECEIVED)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.c2s.dialect.world import ADDRESSES, COLLECTIONS, Json, Refusal, World, as_list, id_of, now

ACTIVITIES = {
    "Accept", "Activity", "Add", "Announce", "Arrive", "Block", "Create", "Delete", "Dislike", "Flag", "Follow",
    "Ignore", "Invite", "Join", "Leave", "Like", "Listen", "Move", "Offer", "Question", "Read", "Reject", "Remove",
    "TentativeAccept", "TentativeReject", "Travel", "Undo", "Update", "View",
}  # fmt: skip
OBJECTS = {
    "Application", "Article", "Audio", "Collection", "Document", "Event", "Group", "Image", "Link", "Mention", "Note",
    "Object", "OrderedCollection", "Organization", "Page", "Person", "Place", "Profile", "Relationship", "Service",
    "Tombstone", "Video",
}  # fmt: skip
PROTECTED = {"first", "last", "totalItems", "likes", "replies", "shares", "attributedTo", "published", "updated"}
COUNTED = ("likes", "replies", "shares")
MISSING = "Cannot read properties of null (reading '{}')"
Effect = Callable[[World, str, Json], None]


def as_activity(data: Json) -> Json:
    """What was posted as an activity: bare objects are wrapped, unknown types get the kind they look like."""
    types = set(as_list(data.get("type")))
    if types & ACTIVITIES:
        return data
    if not types & OBJECTS:
        looks = "Activity" if "actor" in data or "object" in data or "target" in data else "Object"
        data = data | {"type": [*as_list(data["type"]), looks] if data.get("type") else looks}
        if looks == "Activity":
            return data
    return {"type": "Create", "object": data}


def kind(data: Json) -> str:
    """The first type that is known."""
    return next((one for one in as_list(data.get("type")) if one in POSTED), "")


def target(world: World, data: Json, name: str, refusal: str, missing: str) -> Json:
    """The document that a link of an activity leads to; servers of this dialect break where there is none."""
    if data.get(name) is None:
        raise Refusal(400, refusal)
    id_ = id_of(data[name])
    if id_ is None or id_ not in world.documents:
        raise Refusal(500, MISSING.format(missing))
    data[name] = id_
    return world.documents[id_]


def create(world: World, actor: str, data: Json) -> None:
    """Keep the object, with the addresses of both; answers go into the `replies` of what they answer."""
    inside = data.get("object")
    if not isinstance(inside, dict):
        raise Refusal(400, "No object to create")
    if inside.get("id"):
        data["object"] = inside["id"]  # taken for an object of elsewhere, whatever else it holds: measured
        return
    inside = dict(inside)
    parent = id_of(inside.get("inReplyTo"))
    if parent and parent not in world.documents:
        raise Refusal(500, MISSING.format("owner"))
    for name in ADDRESSES:
        for one, other in ((data, inside), (inside, data)):
            if name in one and name not in other:
                other[name] = one[name]
    inside["attributedTo"] = actor
    name = world.documents[actor].get("name", "")
    if not {"name", "nameMap", "summary", "summaryMap"} & inside.keys():
        inside["summaryMap"] = {"en": f"A(n) {as_list(inside.get('type'))[0]} by {name}"}
    data["object"] = world.save(inside, actor)
    _furnish(world, actor, inside)
    if parent:
        inside["inReplyTo"] = parent
        _count(world, parent, "replies", data["object"])


def _furnish(world: World, actor: str, inside: Json) -> None:
    if inside["type"] in COLLECTIONS:
        world.first_page(inside, "CollectionPage")
        return
    to = sorted(world.audiences[inside["id"]])
    for name in COUNTED:
        inside[name] = world.collection(actor, to, summaryMap={"en": f"{name} of a {inside['type']}"})


def _count(world: World, object_: str, name: str, item: str) -> None:
    collection = id_of(world.documents[object_].get(name))
    if collection in world.documents:
        world.prepend(str(collection), item)


def update(world: World, actor: str, data: Json) -> None:
    """A patch: fields that are listed change, null removes. The activity carries the whole new object."""
    patch = data.get("object")
    if not isinstance(patch, dict) or not patch.get("id"):
        raise Refusal(400, "No id for object to update")
    document = world.documents.get(patch["id"])
    if document is None or world.owners[patch["id"]] != actor:
        raise Refusal(400, "You can't update an object you don't own")
    for name in patch:
        if name in PROTECTED and patch[name] != document.get(name):
            raise Refusal(400, f"Cannot update {name} directly")
    for name, value in patch.items():
        if value is None:
            document.pop(name, None)
        else:
            document[name] = value
    document["updated"] = now()
    world.audiences[document["id"]] = set(_addresses(document))
    data["object"] = document["id"]


def _addresses(document: Json) -> list[str]:
    return [str(id_of(one)) for name in ADDRESSES for one in as_list(document.get(name))]


def delete(world: World, actor: str, data: Json) -> None:
    """A Tombstone stays; those who could read the object can read that."""
    document = target(world, data, "object", "No object to delete", "id")
    if world.owners[document["id"]] != actor:
        raise Refusal(400, "You can't delete an object you don't own")
    bury(world, document)


def bury(world: World, document: Json) -> None:
    """Make a document a Tombstone."""
    kept = {name: document[name] for name in ("id", "published") if name in document}
    former = document.get("formerType", document.get("type"))
    world.documents[document["id"]] = kept | {"type": "Tombstone", "formerType": former, "deleted": now()}


def follow(world: World, actor: str, data: Json) -> None:
    """Only asks. Whoever cannot be found is asked all the same."""
    whom = id_of(data.get("object"))
    if whom is None:
        raise Refusal(400, "No object followed")
    data["object"] = whom
    if whom in world.members(world.part(actor, "following")):
        raise Refusal(400, "Already following")
    if any(world.documents[one]["object"] == whom for one in world.members(world.part(actor, "pendingFollowing"))):
        raise Refusal(400, "Already pending following")
    data["id"] = world.new_id("Follow")
    world.prepend(world.part(actor, "pendingFollowing"), data["id"])
    if world.person_of(whom):
        world.prepend(world.part(whom, "pendingFollowers"), data["id"])


def respond(world: World, actor: str, data: Json) -> None:
    """Accept and Reject of a Follow; of anything else (an Event) only kept and delivered."""
    asked = target(world, data, "object", f"No object {data['type'].lower()}ed", "type")
    if asked.get("type") != "Follow":
        return
    if not world.take(world.part(actor, "pendingFollowers"), asked["id"]):
        raise Refusal(400, "Not awaiting acceptance for follow")
    if data["type"] == "Accept":
        world.prepend(world.part(actor, "followers"), asked["actor"])
    responded(world, asked["actor"], data)


def responded(world: World, who: str, data: Json) -> None:
    """The side of the one who had asked."""
    asked = world.documents.get(str(id_of(data["object"])))
    if not (asked and world.person_of(who) and world.take(world.part(who, "pendingFollowing"), asked["id"])):
        return
    if data["type"] == "Accept":
        world.prepend(world.part(who, "following"), str(asked["object"]))


def like(world: World, actor: str, data: Json) -> None:
    """Once per person."""
    liked = target(world, data, "object", "No object to like", "canRead")
    if not world.readable(liked["id"], actor):
        raise Refusal(400, "Can't like an object you can't read")
    if liked["id"] in world.members(world.part(actor, "liked")):
        raise Refusal(400, "Already liked!")
    data["id"] = world.new_id("Like")
    world.prepend(world.part(actor, "liked"), liked["id"])
    _count(world, liked["id"], "likes", data["id"])


def announce(world: World, actor: str, data: Json) -> None:
    """Shown in the object's `shares`."""
    shared = target(world, data, "object", "Nothing to announce", "owner")
    data["id"] = world.new_id("Announce")
    _count(world, shared["id"], "shares", data["id"])


def block(world: World, actor: str, data: Json) -> None:
    """Once per person."""
    blocked = target(world, data, "object", "No object to block", "id")
    if blocked["id"] in world.members(world.part(actor, "blocked")):
        raise Refusal(400, "Already blocked!")
    world.prepend(world.part(actor, "blocked"), blocked["id"])


def _own_collection(world: World, actor: str, data: Json, word: str) -> str:
    collection = target(world, data, "target", f"No target to {word}", "owner")
    if world.owners[collection["id"]] != actor:
        raise Refusal(400, f"You can't {word} an object you don't own")
    return str(collection["id"])


def add(world: World, actor: str, data: Json) -> None:
    """To an own collection."""
    collection, item = _own_collection(world, actor, data, "add to"), str(id_of(data.get("object")))
    if item in world.members(collection):
        raise Refusal(400, "Already a member")
    world.prepend(collection, item)
    data["object"] = item


def remove(world: World, actor: str, data: Json) -> None:
    """From an own collection."""
    data["object"] = str(id_of(data.get("object")))
    if not world.take(_own_collection(world, actor, data, "remove from"), data["object"]):
        raise Refusal(400, "Not a member")


def undo(world: World, actor: str, data: Json) -> None:
    """By the id of the activity; done once, recorded as often as it is asked for."""
    if data.get("object") is None:
        raise Refusal(400, "Nothing to undo")
    if id_of(data["object"]) is None:
        raise Refusal(500, "Can't get JSON without an ID")
    undone = target(world, data, "object", "Nothing to undo", "owner")
    if world.owners[undone["id"]] != actor:
        raise Refusal(400, "Cannot undo an object you do not own")
    shared = world.documents.get(str(id_of(undone.get("object"))), {})
    if (undone.get("type"), shared.get("type")) == ("Announce", "Tombstone"):
        raise Refusal(500, "No data provided")  # it has no `shares` any more: measured
    unmake(world, undone)


def unmake(world: World, undone: Json) -> None:
    """Take back a Like, Announce, Follow or Block."""
    who, what = undone.get("actor", ""), str(id_of(undone.get("object")))
    for owner, name, item in UNDONE.get(undone.get("type", ""), ()):
        holder = world.documents.get({"actor": who, "object": what}[owner], {})
        entry = {"activity": undone["id"], "object": what, "actor": who}[item]
        if id_of(holder.get(name)) in world.documents:
            world.take(str(id_of(holder[name])), entry)


UNDONE: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Like": (("actor", "liked", "object"), ("object", "likes", "activity")),
    "Announce": (("object", "shares", "activity"),),
    "Block": (("actor", "blocked", "object"),),
    "Follow": (
        ("actor", "pendingFollowing", "activity"), ("object", "pendingFollowers", "activity"),
        ("actor", "following", "object"), ("object", "followers", "actor"),
    ),
}  # fmt: skip
"""Whose collection, which, and what is taken out of it."""
POSTED: dict[str, Effect] = {
    "Create": create, "Update": update, "Delete": delete, "Follow": follow, "Accept": respond, "Reject": respond,
    "Like": like, "Announce": announce, "Block": block, "Add": add, "Remove": remove, "Undo": undo,
}  # fmt: skip


def received(world: World, owner: str, data: Json) -> None:
    """What an activity of another server does to somebody here. `data` is as kept: links are ids."""
    type_, what = data.get("type"), str(id_of(data.get("object")))
    if type_ == "Follow" and what == owner:
        world.prepend(world.part(owner, "pendingFollowers"), data["id"])
    elif type_ in ("Accept", "Reject"):
        responded(world, owner, data)
    elif type_ in ("Like", "Announce") and what in world.documents and world.mine(what):
        _count(world, what, {"Like": "likes", "Announce": "shares"}[type_], data["id"])
    elif type_ == "Create" and (parent := id_of(world.documents.get(what, {}).get("inReplyTo"))) in world.documents:
        _count(world, str(parent), "replies", what)
    elif type_ == "Undo" and world.owners.get(what) == data["actor"]:
        unmake(world, world.documents[what])
    elif type_ == "Delete" and world.owners.get(what) == data["actor"]:
        bury(world, world.documents[what])


def flat(value: Any) -> Any:
    """Links of a document of another server as ids."""
    if isinstance(value, list):
        return [flat(one) for one in value]
    return id_of(value) or value
