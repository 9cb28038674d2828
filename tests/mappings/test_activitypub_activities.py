"""The activities that go to an outbox, and what readers make of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import json

from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub
from mappings.activitypub_activities import Post
from mappings.activitypub_known import Known
from mappings.activitypub_writing import Audience, audience_of, body
from tests.mappings.activitypub_samples import ALICE, BOB, CAROL, DATE, KNOWN, PUBLIC, act, note

FOLLOWERS = f"{ALICE}/f"
LATER = "2026-11-22T02:00:00Z"
OPEN = audience_of("public", followers=FOLLOWERS, people=[BOB])
LIKE = {"id": "https://one.example/like/1", "type": "Like", "actor": ALICE, "object": note(), "to": BOB, "cc": []}
MINE = note(
    id="https://one.example/note/1", attributedTo=ALICE, to="as:Public", cc=[FOLLOWERS], likes="x", summary="War",
    tag=[{"type": "Emoji", "name": ":x:"}], bcc=[CAROL],
)  # fmt: skip


def recipients(activities: Sequence[ap.Document]) -> frozenset[str]:
    """Everybody the activities reach."""
    return frozenset(id for one in activities for name in ("to", "cc") for id in ap.ids_of(one.get(name)))


def post(**fields: Any) -> Post:
    """A post of alice's."""
    made = {
        "actor": ALICE,
        "published": DATE,
        "audience": OPEN,
        "written": body("Hi @bob@two.example #tag", PEOPLE),
        "text": "Hi",
    }
    return Post(**made | fields)


PEOPLE = {"bob@two.example": KNOWN.people[BOB]}


def sent(activity: dict[str, Any], **ids: str) -> dict[str, Any]:
    """The activity as a server hands it to others, and as JSON carries it."""
    object = activity["object"]
    if isinstance(object, dict):
        object = object | {"id": ids.get("object", "https://one.example/note/9")}
    made: dict[str, Any] = json.decode(json.encode(activity | {"id": "https://one.example/create/9", "object": object}))
    return made


def test_a_post_is_complete() -> None:
    made = acts.create(
        post(
            place=hub.Place(lat=52.5, long=13.4), source="AndStatus", language="en", sensitive=True, warning="War",
            in_reply_to=note()["id"], parent=note(conversation="tag:1", context={"id": "https://two.example/c/1"}),
            attachments=({"type": "Image", "url": "https://one.example/a.png"},),
        )
    )  # fmt: skip
    assert {key: made[key] for key in ("type", "actor", "published", "to", "cc")} == {
        "type": "Create", "actor": ALICE, "published": DATE, "to": [PUBLIC], "cc": [FOLLOWERS, BOB],
    }  # fmt: skip
    assert made["@context"][0] == ap.CONTEXT
    object = made["object"]
    assert {**object, "content": "", "tag": [], "contentMap": {}} == {
        "type": "Note", "attributedTo": ALICE, "published": DATE, "to": [PUBLIC], "cc": [FOLLOWERS, BOB],
        "content": "",
        "mediaType": "text/html", "summary": "War", "sensitive": True, "inReplyTo": note()["id"], "tag": [],
        "attachment": [{"type": "Image", "url": "https://one.example/a.png"}], "contentMap": {},
        "source": {"content": "Hi", "mediaType": "text/plain"}, "conversation": "tag:1",
        "context": "https://two.example/c/1",
        "location": {"type": "Place", "latitude": 52.5, "longitude": 13.4},
        "generator": {"type": "Application", "name": "AndStatus"},
    }  # fmt: skip
    assert [tag["type"] for tag in object["tag"]] == ["Mention", "Hashtag"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [({}, "Note"), ({"title": "Title"}, "Article"), ({"title": "Title", "kind": "Note"}, "Note")],
)
@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
def test_what_is_written_reads_back(fields: dict[str, Any], kind: str, visibility: str) -> None:
    audience = audience_of(visibility, followers=FOLLOWERS, people=[BOB])
    made = acts.create(post(audience=audience, place=hub.Place(lat=1.0, long=2.0), source="x", **fields))
    assert made["object"]["type"] == kind
    found = ap.status_of(sent(made), KNOWN)
    assert (found.visibility, found.title, found.account.native) == (visibility, fields.get("title", ""), ALICE)
    assert found.content == made["object"]["content"]
    assert [mention.acct for mention in found.mentions] == ["bob@two.example"]
    assert [tag.name for tag in found.tags] == ["tag"]
    assert (found.place, found.source, found.created_at) == (
        hub.Place(lat=1.0, long=2.0),
        "x",
        "2026-11-22T01:50:17.000Z",
    )
    theirs = ap.status_of(sent(made), Known(me=BOB, hosts=frozenset({"two.example"}), followers={FOLLOWERS}))
    assert theirs.visibility == visibility


def test_a_bare_post_holds_nothing_superfluous() -> None:
    made = acts.create(Post(actor=ALICE, published=DATE, audience=Audience(), written=body("x", {})))
    assert made["object"].keys() == {"type", "attributedTo", "published", "to", "cc", "content", "mediaType"}
    assert made["object"]["to"] == made["to"] == []


# about posts of others ------------------------------------------------------------------------------------------------


def test_likes_and_dislikes_go_to_the_author_alone() -> None:
    for kind in ("Like", "Dislike"):
        made = acts.like(ALICE, note(), DATE, kind=kind)
        assert (made["type"], made["object"], made["to"], made["cc"]) == (kind, note()["id"], [BOB], [])


def test_a_boost_reaches_its_author_too() -> None:
    made = acts.announce(ALICE, note(), audience_of("public", followers=FOLLOWERS), DATE)
    assert (made["type"], made["object"], made["to"], made["cc"]) == (
        "Announce",
        note()["id"],
        [PUBLIC],
        [FOLLOWERS, BOB],
    )


@pytest.mark.parametrize(
    ("verb", "kind", "joining"),
    [
        ("attendyes", "Accept", "Join"),
        ("attendno", "Reject", "Leave"),
        ("attendmaybe", "TentativeAccept", "TentativeAccept"),
    ],
)
def test_answers_to_events(verb: str, kind: str, joining: str) -> None:
    event = note(type="Event", id="https://two.example/events/1")
    made = acts.attend(ALICE, event, verb, DATE)
    assert (made["type"], made["object"], made["to"]) == (kind, event["id"], [BOB])
    assert acts.attend(ALICE, event, verb, DATE, joining=True)["type"] == joining
    theirs = Known(me=BOB, documents={event["id"]: event})
    found = ap.notification_of(made | {"id": "https://one.example/a/1"}, theirs)
    assert found is not None
    assert found.type == verb


def test_undo_names_the_activity_and_reaches_whom_it_reached() -> None:
    made = acts.undo(ALICE, LIKE, LATER)
    kept = {key: LIKE[key] for key in ("id", "type", "actor", "to")}
    assert made["object"] == kept | {"object": note()["id"]}
    assert (made["type"], made["to"], made["published"]) == ("Undo", [BOB], LATER)
    bare = acts.undo(ALICE, {"id": LIKE["id"], "type": "Like"}, LATER)
    assert bare["object"] == {"id": LIKE["id"], "type": "Like", "actor": ALICE}
    assert ap.applies(made | {"id": "https://one.example/undo/1"}, None, LIKE)


# people ---------------------------------------------------------------------------------------------------------------


def test_following_blocking_and_letting_in() -> None:
    follow = acts.follow(ALICE, BOB, DATE)
    assert (follow["type"], follow["object"], follow["to"]) == ("Follow", BOB, [BOB])
    block = acts.block(ALICE, BOB, DATE)
    assert (block["type"], block["object"], block["to"], block["cc"]) == ("Block", BOB, [], [])
    asked = act("Follow", ALICE)
    for accept, kind in ((True, "Accept"), (False, "Reject")):
        made = acts.respond(ALICE, asked, DATE, accept=accept)
        assert (made["type"], made["object"]["id"], made["to"]) == (kind, asked["id"], [BOB])


# own things -----------------------------------------------------------------------------------------------------------


def test_an_update_where_the_server_keeps_the_rest_sends_the_change_alone() -> None:
    made = acts.update(ALICE, MINE, {"content": "new", "summary": None}, LATER, whole=False)
    assert made["object"] == {"id": MINE["id"], "type": "Note", "content": "new", "summary": None}
    assert (made["to"], made["cc"]) == (["as:Public"], [FOLLOWERS])


def test_an_update_where_the_server_forgets_the_rest_sends_everything() -> None:
    made = acts.update(ALICE, MINE, {"content": "new", "summary": None}, LATER, whole=True)["object"]
    assert made == {
        "id": MINE["id"], "type": "Note", "attributedTo": ALICE, "to": "as:Public", "cc": [FOLLOWERS],
        "published": DATE,
        "content": "new", "tag": MINE["tag"], "updated": LATER,
    }  # fmt: skip


def test_an_edit_keeps_audience_and_emoji() -> None:
    changes = acts.edited(post(warning="", title="Title"), MINE)
    assert changes["name"] == "Title"
    assert changes["summary"] is None
    assert [tag["type"] for tag in changes["tag"]] == ["Mention", "Hashtag", "Emoji"]
    assert not changes.keys() & {"to", "cc", "published", "attributedTo", "inReplyTo"}


def test_deleting_reaches_the_audience() -> None:
    made = acts.delete(ALICE, MINE, LATER)
    assert (made["type"], made["object"], made["to"], made["cc"]) == ("Delete", MINE["id"], ["as:Public"], [FOLLOWERS])


def test_lists_are_private() -> None:
    made = acts.create_collection(ALICE, "Friends", DATE)
    assert made["object"] == {"type": "Collection", "name": "Friends", "attributedTo": ALICE, "to": [], "cc": []}
    assert acts.create_collection(ALICE, "Album", DATE, ordered=True)["object"]["type"] == "OrderedCollection"
    collection = "https://one.example/collection/1"
    for change, kind in ((acts.add, "Add"), (acts.remove, "Remove")):
        moved = change(ALICE, BOB, collection, DATE)
        assert (moved["type"], moved["object"], moved["target"], moved["to"]) == (kind, BOB, collection, [])
    assert recipients([made]) == frozenset()


def test_an_upload_reaches_nobody_until_it_is_attached() -> None:
    shell = acts.shell(ALICE, "image/png", "A bird")
    assert shell == {
        "@context": ap.CONTEXT, "type": "Image", "attributedTo": ALICE, "mediaType": "image/png", "name": "A bird",
    }  # fmt: skip
    assert acts.shell(ALICE, "application/pdf", "")["type"] == "Document"
    stored = shell | {"id": "https://one.example/image/1"}
    made = acts.opened(ALICE, stored, OPEN, DATE, whole=False)
    assert (made["to"], made["cc"]) == ([], [])
    assert made["object"] == {"id": stored["id"], "type": "Image", **OPEN.fields()}


@pytest.mark.parametrize("hidden", ["bto", "bcc"])
def test_hidden_recipients_are_never_sent(hidden: str) -> None:
    document = MINE | {hidden: [CAROL]}
    activities = [
        acts.update(ALICE, document, {hidden: [CAROL]}, DATE, whole=True), acts.delete(ALICE, document, DATE),
        acts.undo(ALICE, LIKE | {hidden: [CAROL]}, DATE), acts.create(post(parent=document)),
        acts.activity("Create", ALICE, document, OPEN, DATE),
    ]  # fmt: skip
    for activity in activities:
        assert hidden.encode() not in json.encode(activity)
        assert CAROL.encode() not in json.encode(activity)
    assert CAROL not in recipients(activities)
