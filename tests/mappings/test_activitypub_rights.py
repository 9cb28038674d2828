"""Only the owner changes a thing, and only from the owner's server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import activitypub as ap
from tests.mappings.activitypub_samples import ALICE, BOB, act, note

EVE = "https://two.example/users/eve"
MINE = note(id="https://one.example/note/1", attributedTo=ALICE)
LIKE = {"id": "https://two.example/like/1", "type": "Like", "actor": BOB, "object": MINE["id"]}


@pytest.mark.parametrize(
    ("activity", "known"),
    [
        (act("Create", note()), None), (act("Update", note()), note()), (act("Delete", note()["id"]), note()),
        (act("Delete", note()["id"]), None), (act("Update", {"id": BOB, "type": "Person", "inbox": "x"}), None),
        (act("Delete", BOB), {"id": BOB, "type": "Person", "inbox": "x"}), (act("Undo", LIKE), LIKE),
        (act("Undo", LIKE["id"]), LIKE), (act("Like", MINE), MINE), (act("Announce", MINE), MINE),
        (act("Delete", {"id": note()["id"], "type": "Tombstone"}), note()),
        (act("Create", note(attributedTo=None)), None),
        (act("Update", note(), id=None), note()), (act("Update", note(attributedTo=[EVE, BOB])), None),
    ],
)  # fmt: skip
def test_owners_may(activity: Any, known: Any) -> None:
    assert ap.applies(activity, None, known)


@pytest.mark.parametrize(
    ("activity", "known"),
    [
        (act("Update", MINE), MINE), (act("Update", MINE), None), (act("Delete", MINE["id"]), MINE),
        (act("Delete", MINE["id"]), None), (act("Update", note(), actor=EVE), note()),
        (act("Update", note(attributedTo=EVE), actor=EVE), note()), (act("Delete", note()["id"], actor=EVE), note()),
        (act("Undo", LIKE, actor=EVE), LIKE), (act("Undo", LIKE["id"], actor=EVE), LIKE),
        (act("Undo", LIKE | {"actor": EVE}, actor=EVE), LIKE), (act("Create", note(attributedTo=ALICE)), None),
        (act("Create", note(attributedTo=EVE)), None), (act("Update", note(), id="https://evil.example/1"), note()),
        (act("Like", MINE, id="https://evil.example/1"), None), (act("Update", note(), actor=None), note()),
        (act("Update", {"type": "Note"}), None),
        (act("Delete", BOB, actor=EVE), {"id": BOB, "type": "Person", "inbox": "x"}),
        (act("Update", {"id": BOB, "type": "Person", "inbox": "x"}, actor=EVE), None),
        (act("Update", note(id="https://two.example/notes/2")), note()), ("junk", None), (None, None), ([], {}),
    ],
)  # fmt: skip
def test_nobody_else_may(activity: Any, known: Any) -> None:
    assert not ap.applies(activity, None, known)


def test_what_was_fetched_counts_before_what_the_activity_brings() -> None:
    assert ap.applies(act("Create", note()["id"]), note())
    assert not ap.applies(act("Create", note()["id"]), note(attributedTo=EVE))


PEOPLE = st.sampled_from([ALICE, BOB, EVE])


@given(PEOPLE, PEOPLE, st.sampled_from(["Update", "Delete", "Create"]))
def test_an_activity_applies_exactly_when_its_actor_is_the_owner(actor: str, owner: str, kind: str) -> None:
    home = owner.rpartition("/person/")[0] or owner.rpartition("/users/")[0]
    thing = note(id=f"{home}/notes/5", attributedTo=owner)
    theirs = actor.partition("://")[2].partition("/")[0]
    activity = act(kind, thing, actor=actor, id=f"https://{theirs}/activities/1")
    assert ap.applies(activity, None, thing) is (actor == owner)
