"""Activities aimed at the reader."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import activitypub as ap
from tests.mappings.activitypub_drawn import URLS, anything, authored, objects
from tests.mappings.activitypub_samples import ALICE, BOB, CAROL, DATE, KNOWN, act, note

MINE = note(id="https://one.example/note/1", attributedTo=ALICE)
EVENT = MINE | {"id": "https://one.example/event/1", "type": "Event", "name": "Party"}
FOLLOW = {"id": "https://one.example/follow/1", "type": "Follow", "actor": ALICE, "object": BOB}
AT_HAND = KNOWN._replace(documents={one["id"]: one for one in (MINE, EVENT, FOLLOW)})
NAMED = {"type": "Mention", "href": ALICE, "name": "@alice@one.example"}
QUESTION = note(type="Question", oneOf=[{"name": "a"}], tag=NAMED)


@pytest.mark.parametrize(
    ("activity", "kind"),
    [
        (act("Follow", ALICE), "follow_request"),
        (act("Follow", {"id": ALICE, "type": "Person"}), "follow_request"),
        (act("Accept", FOLLOW), "follow_accepted"),
        (act("Accept", FOLLOW["id"]), "follow_accepted"),
        (act("Create", note(tag=[NAMED])), "mention"),
        (act("Create", note(tag=NAMED, to=ALICE, cc=[])), "mention"),
        (act("Create", note(to=ALICE, cc=[])), "mention"),
        (act("Create", note(type="ChatMessage", to=[ALICE], cc=[])), "mention"),
        (act("Create", note(inReplyTo=MINE["id"])), "mention"),
        (act("Like", MINE), "favourite"),
        (act("Like", MINE["id"]), "favourite"),
        (act("Dislike", MINE["id"]), "dislike"),
        (act("EmojiReact", MINE["id"]), "reaction"),
        (act("Announce", MINE["id"]), "reblog"),
        (act("Accept", EVENT["id"]), "attendyes"),
        (act("Join", EVENT), "attendyes"),
        (act("Reject", EVENT["id"]), "attendno"),
        (act("Leave", EVENT["id"]), "attendno"),
        (act("TentativeAccept", EVENT["id"]), "attendmaybe"),
        (act("Invite", EVENT["id"], target=ALICE), "mention"),
        (act("Update", QUESTION | {"closed": DATE}), "poll"),
    ],
)
def test_what_is_aimed_at_me(activity: Any, kind: str) -> None:
    found = ap.notification_of(activity, AT_HAND)
    assert found is not None
    assert (found.type, found.native, found.account.native) == (kind, activity["id"], BOB)
    assert found.created_at == "2026-11-22T01:50:17.000Z"


@pytest.mark.parametrize(
    "activity",
    [
        act("Follow", CAROL),
        act("Accept", FOLLOW | {"id": "https://one.example/follow/2", "actor": CAROL}),
        act("Accept", FOLLOW["id"], actor="https://two.example/users/eve"),
        act("Accept", "https://one.example/follow/unknown"),
        act("Create", note()),
        act("Create", note(cc=[ALICE])),
        act("Create", note(inReplyTo="https://one.example/note/unknown")),
        act("Create", note(tag=NAMED, attributedTo="https://two.example/users/eve")),
        act("Create", MINE | {"tag": NAMED}, actor=ALICE, id="https://one.example/create/1"),
        act("Like", note()),
        act("Like", MINE, id="https://evil.example/like/1"),
        act("Like", MINE, id=None),
        act("Like", MINE, actor=None),
        act("Accept", MINE["id"]),
        act("Undo", act("Like", MINE)),
        act("Delete", note()["id"]),
        act("Update", QUESTION),
        act("Update", note(closed=DATE, tag=NAMED)),
        act("Create", {"id": note()["id"], "type": "Tombstone", "tag": NAMED}),
        act("Nothing", MINE),
        "junk", None, [], {},
    ],
)  # fmt: skip
def test_what_is_not_makes_no_notification(activity: Any) -> None:
    assert ap.notification_of(activity, AT_HAND) is None


def test_somebody_let_in_follows() -> None:
    found = ap.notification_of(act("Follow", ALICE), KNOWN._replace(followed_by={BOB}))
    assert found is not None
    assert (found.type, found.status) == ("follow", None)


def test_the_post_comes_along_where_it_can_be_believed() -> None:
    written = ap.notification_of(act("Create", note(tag=NAMED)), KNOWN)
    liked = ap.notification_of(act("Like", MINE | {"content": "forged"}), AT_HAND)
    forged = ap.notification_of(act("Like", MINE | {"content": "forged"}), KNOWN._replace(own={MINE["id"]}))
    assert written is not None
    assert written.status is not None
    assert written.status.status.native == note()["id"]
    assert liked is not None
    assert liked.status is not None
    assert liked.status.status.content == "<p>Hello</p>"
    assert forged is not None
    assert forged.status is None


@given(st.one_of(anything, objects, authored), st.one_of(objects, authored))
def test_any_json_is_a_notification_or_none(activity: Any, other: Any) -> None:
    known = KNOWN._replace(me="https://b.example:8443/u/al", documents=dict.fromkeys(URLS, other), own=URLS)
    found = ap.notification_of(activity, known)
    assert found is None or found.account.native != known.me
