"""How two people stand to each other, in the words of friendships/show and friendships/lookup."""

from __future__ import annotations

from itertools import product

import pytest

from mappings import hub
from mappings.relations import CONNECTIONS, Party, categories, connections, relationship
from tests.shapes_relations import relationship as check
from tests.shapes_relations import relationships

ALICE, BOB = Party(1, "alice"), Party(2, "bob", "Bob")
FLAGS = ("following", "followed_by", "requested", "requested_by", "blocking", "blocked_by", "muting", "notifying")
ALL = [hub.Relationship(native="2", **dict(zip(FLAGS, row, strict=True))) for row in product((False, True), repeat=8)]


def test_both_directions_agree_whatever_is_between_two() -> None:
    for found in ALL:
        ours = relationship(ALICE, BOB, found)
        theirs = relationship(BOB, ALICE, found, by_target=True)
        for tree in (ours, theirs):
            check({"relationship": tree}, "friendships/show")
        for mine, other in (("following", "followed_by"), ("blocking", "blocked_by"), ("can_dm", "can_dm")):
            assert ours["source"][mine] == theirs["source"][other]
        assert ours["source"]["following_requested"] == theirs["source"]["following_received"] == found.requested
        assert theirs["source"]["muting"] is theirs["source"]["notifications_enabled"] is None


@pytest.mark.parametrize(
    ("following", "shown", "wanted"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_boosts_are_wanted_of_whom_one_follows(following: bool, shown: bool, wanted: bool) -> None:
    found = hub.Relationship(native="2", following=following, showing_reblogs=shown)
    assert relationship(ALICE, BOB, found)["source"]["want_retweets"] is wanted


def test_connections_have_twitters_words() -> None:
    rows = [connections(BOB, found) for found in ALL]
    relationships(rows, "friendships/lookup")
    assert [row["connections"] for row in rows].count(["none"]) == 4  # blocked by, told of posts: no words for these
    assert {word for row in rows for word in row["connections"]} == {"none", *(word for _, word in CONNECTIONS)}


def test_everybody_is_in_one_category() -> None:
    people = [hub.Account(native=str(number), username=f"u{number}", acct=f"u{number}") for number in range(3)]
    found = categories(
        hub.Suggestion(account=account, source=source)
        for account, source in [(people[0], "friends_of_friends"), (people[1], ""), (people[0], ""), (people[2], "")]
    )
    assert [(one.slug, one.name, len(one.accounts)) for one in found.values()] == [
        ("friends_of_friends", "Friends of friends", 1), ("suggested", "Suggested", 2),
    ]  # fmt: skip
    assert categories([]) == {}
