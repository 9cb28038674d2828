"""Actors to accounts: names that can be believed, and actors without fields."""

from __future__ import annotations

from typing import Any

import pytest

from mappings import activitypub as ap
from mappings import hub
from mappings.activitypub_known import Known
from tests.mappings.activitypub_samples import ALICE, BOB, DATE, KNOWN

HOME = Known(hosts=frozenset({"one.example", "localhost:8099"}))


def test_a_whole_actor() -> None:
    account = ap.account_of(
        {
            "id": BOB, "type": "Person", "preferredUsername": "bob", "name": " Bob\n B ", "summary": "<p>Hi</p>",
            "url": [{"type": "Link", "href": "https://two.example/@bob", "mediaType": "text/html"}],
            "icon": {"type": "Image", "url": "https://two.example/a.png"},
            "image": [{"type": "Image", "url": "https://two.example/h.png"}],
            "published": DATE, "manuallyApprovesFollowers": True, "inbox": f"{BOB}/inbox",
            "outbox": {"totalItems": 7},
            "followers": {"id": f"{BOB}/followers", "totalItems": 3}, "following": f"{BOB}/following",
            "attachment": [
                {"type": "PropertyValue", "name": "Site", "value": '<a href="https://bob.example">bob</a>'},
                {"type": "schema:PropertyValue", "name": "City", "schema:value": "Rome"}, {"type": "Note"}, "x",
            ],
        },
        HOME,
    )  # fmt: skip
    assert account == hub.Account(
        native=BOB, username="bob", acct="bob@two.example", name="Bob B", note="<p>Hi</p>",
        url="https://two.example/@bob", avatar="https://two.example/a.png", avatar_static="https://two.example/a.png",
        header="https://two.example/h.png", created_at="2026-11-22T01:50:17.000Z", followers_count=3,
        statuses_count=7,
        locked=True,
        fields=(
            hub.ProfileField(name="Site", value='<a href="https://bob.example">bob</a>'),
            hub.ProfileField(name="City", value="Rome"),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("actor", "handle", "acct"),
    [
        ({"id": BOB}, "", "bob@two.example"),
        ({"id": ALICE, "preferredUsername": "alice"}, "", "alice"),
        ({"id": "http://localhost:8099/endpoints/x", "preferredUsername": "eve"}, "", "eve"),
        ({"id": "http://localhost:8100/endpoints/x", "preferredUsername": "eve"}, "", "eve@localhost:8100"),
        ({"id": "https://two.example/@bob/"}, "", "bob@two.example"),
        ({"id": "https://two.example"}, "", "unknown@two.example"),
        ({"id": BOB, "preferredUsername": "not a name"}, "", "bob@two.example"),
        ({"id": BOB, "preferredUsername": {"a": 1}}, "", "bob@two.example"),
        ({"id": BOB, "preferredUsernameMap": {"en": "robert"}}, "", "robert@two.example"),
        ({"id": BOB, "webfinger": "bob@two.example:443"}, "", "bob@two.example"),
        ({"id": "https://x.two.example/u/1", "webfinger": "bob@two.example"}, "", "bob@two.example"),
        ({"id": "https://evil.example/u/1", "webfinger": "bob@two.example"}, "", "1@evil.example"),
        ({"id": "https://evil.example/u/1", "webfinger": "bob@example"}, "", "1@evil.example"),
        ({"id": "https://evil.example/u/1", "webfinger": "bob@one.example"}, "", "1@evil.example"),
        ({"id": "https://x.two.example/u/1"}, "bob@two.example", "bob@two.example"),
        ({"id": "https://x.two.example/u/1"}, "acct:bob@one.example", "bob"),
        ({"id": "https://two.example:8443/u/bob"}, "", "bob@two.example:8443"),
    ],
)  # fmt: skip
def test_names(actor: Any, handle: str, acct: str) -> None:
    account = ap.account_of(actor, HOME, handle=handle)
    assert account.acct == acct
    assert account.username == acct.partition("@")[0]


@pytest.mark.parametrize("wrong", [{}, {"id": "bob"}, {"id": "did:key:z6"}, {"id": None, "type": "Person"}, [], "x", 5])
def test_people_without_an_address_are_refused(wrong: Any) -> None:
    with pytest.raises(ap.Unreadable):
        ap.account_of(wrong, HOME)


def test_an_actor_without_fields_is_somebody() -> None:
    assert ap.account_of({"id": BOB, "type": "Person"}, HOME) == hub.Account(
        native=BOB, username="bob", acct="bob@two.example", url=BOB
    )


def test_what_a_server_says_for_want_of_a_summary_is_none() -> None:
    assert ap.account_of({"id": BOB, "summaryMap": {"en": "A(n) Person by Bob"}}, HOME).note == ""


def test_a_person_is_known_else_at_hand_else_as_the_document_says() -> None:
    brief = {"id": BOB, "type": "Person", "name": "Robert", "icon": "https://two.example/b.png"}
    assert ap.person_of(brief, KNOWN) is KNOWN.people[BOB]
    full = {"id": BOB, "type": "Person", "inbox": f"{BOB}/in", "preferredUsername": "bo"}
    assert ap.person_of(BOB, KNOWN._replace(people={}, documents={BOB: full})).acct == "bo@two.example"
    told = ap.person_of(brief, Known())
    assert (told.name, told.avatar, told.acct) == ("Robert", "https://two.example/b.png", "bob@two.example")
    with pytest.raises(ap.Unreadable):
        ap.person_of(None, KNOWN)


@pytest.mark.parametrize(
    ("native", "told", "acct"),
    [
        (BOB, "@anything@else.example", "bob@two.example"),
        ("https://three.example/u/9", "@dan@three.example", "dan@three.example"),
        ("https://three.example/u/9", "@dan", "dan@three.example"),
        ("https://www.three.example/u/9", "@dan@three.example", "dan@three.example"),
        ("https://three.example/u/9", "@bob@two.example", "9@three.example"),
        ("https://three.example/u/9", "Dan the Man", "9@three.example"),
        ("https://one.example/person/x", "@dan@one.example", "dan"),
        ("https://three.example/u/dan", "", "dan@three.example"),
    ],
)
def test_the_name_in_a_mention_cannot_be_that_of_another_server(native: str, told: str, acct: str) -> None:
    assert ap.mention_of(native, told, KNOWN).acct == acct
