"""The text as it is sent: who is named in it, and who never is (DESIGN section 8)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.backend import Capabilities
from gateway.audience import Audience
from gateway.compose import addressed, check_length, compose, compose_title, length, names_somebody
from gateway.contacts import NOBODY, ContactSet
from gateway.errors import ApiError
from gateway.stores.store import AccountRecord
from mappings import hub
from mappings.hub import Kind, Visibility

ME = AccountRecord(
    id="a1", login="alice", backend="https://own.test", software="x", native="1", username="alice", created=0
)
PARSERS = (
    re.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)(?:@([\w.-]+\w))?", re.IGNORECASE),
    re.compile(r"(?<![A-Za-z0-9_])[@＠](-?[A-Za-z0-9_][A-Za-z0-9_.-]*)(?:[@＠]([A-Za-z0-9][A-Za-z0-9.:-]*))?"),
)
"""How Mastodon finds names, and a server that takes nearly anything for one."""

PAGE = re.compile(r"https?://\S+")
FOLLOWERS = Audience(visibility=Visibility.PRIVATE, kind=Kind.LIMITED)


def person(acct: str) -> hub.Account:
    return hub.Account(native=f"p:{acct}", username=acct.partition("@")[0], acct=acct)


def contacts(*accts: str, followers: tuple[str, ...] = ()) -> ContactSet:
    """Followed people, newest first, and followers."""
    return ContactSet(
        following={f"p:{acct}": person(acct) for acct in accts}, followers={f"p:{a}": person(a) for a in followers}
    )


def direct(*accts: str) -> Audience:
    return Audience(visibility=Visibility.DIRECT, people=tuple(person(acct) for acct in accts), kind=Kind.LIMITED)


def post(text: str, known: ContactSet = NOBODY, parent: hub.Status | None = None) -> str:
    return compose(text, Audience(visibility=Visibility.PUBLIC), parent, known, ME)


def only(text: str, *accts: str) -> str:
    return compose(text, direct(*accts), None, contacts("dora@far.test"), ME)


def named(text: str) -> set[str]:
    """Everybody some server would tell, as an address."""
    found = set()
    for parser in PARSERS:
        for match in parser.finditer(text):
            loose = parser is PARSERS[1] and text[match.start() - 1 : match.start()] in {"/", "="}
            if not (loose and any(page.start() < match.start() < page.end() for page in PAGE.finditer(text))):
                found.add(match[0].lstrip("@＠").rstrip(".-:").casefold().replace("＠", "@"))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi @dora", "hi @dora@far.test"),
        ("hi @DORA!", "hi @dora@far.test!"),
        ("hi @dora@else.test", "hi @dora@else.test"),
        ("hi @nobody", "hi @nobody"),
        ("mail dora@far.test", "mail dora@far.test"),
        ("https://x.test/@dora", "https://x.test/@dora"),
        ("@dora, @bob. (@dora)", "@dora@far.test, @bob. (@dora@far.test)"),
        ("hi @bob@OWN.test", "hi @bob"),
    ],
)
def test_short_names_are_completed_from_the_contacts(text: str, expected: str) -> None:
    assert post(text, contacts("bob", "dora@far.test")) == expected


def test_of_two_contacts_the_older_follow_counts() -> None:
    assert post("@dora", contacts("dora@new.test", "dora@old.test")) == "@dora@old.test"


def test_a_followed_person_goes_before_a_follower_of_the_same_name() -> None:
    assert post("@dora", contacts("dora@far.test", followers=("dora@evil.test",))) == "@dora@far.test"


def test_my_own_name_is_never_somebody_elses() -> None:
    assert post("RT @alice: old", contacts("alice@evil.test")) == "RT @alice: old"


def test_the_thread_goes_before_me_and_the_contacts() -> None:
    mention = hub.Mention(native="p:dora@there.test", username="dora", acct="dora@there.test")
    parent = hub.Status(native="s", account=person("alice@far.test"), mentions=(mention,))
    text = post("@alice and @dora", contacts("dora@far.test"), parent)
    assert text == "@alice@far.test and @dora@there.test"


def test_who_is_answered_is_named_once() -> None:
    parent = hub.Status(native="s", account=person("bob"))
    for text in ("hello", "@bob hello", "@bob@own.test hello", "@BOB hello"):
        assert post(text, NOBODY, parent).casefold() == "@bob hello"
    mine = hub.Status(native="s", account=hub.Account(native="1", username="alice", acct="alice"))
    assert post("hello", NOBODY, mine) == "hello"


@pytest.mark.parametrize(
    "text",
    [
        "not @dave", "@dave@far.test", "＠dave", "@dave＠far.test", "(@dave)", "a,@dave", "x=@dave", "and/@dave",
        "é@dave", "²@dave", "これは@dave", "@bob@dave", "@bob.@dave", "@bob-dave", "@@dave", "@-dave", "@dora",
        "https://x.test/?a,@dave", "https://x.test/ /@dave", "[@dave](https://x.test)", "@alice", "\t@dave\n@dave",
    ],
)  # fmt: skip
def test_others_are_made_inert_where_the_audience_is_exact(text: str) -> None:
    for audience in (only(text, "bob"), compose_title(text, direct("bob"), ME)):
        assert named(audience) <= {"bob"}, audience
    assert named(only(text, "bob")) == {"bob"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi", "@bob @eve@far.test hi"),
        ("hi @bob", "@eve@far.test hi @bob"),
        ("@Bob@own.test and @eve@FAR.test", "@Bob and @eve@FAR.test"),
        ("＠bob ＠eve@far.test", "@bob @eve@far.test ＠bob ＠eve@far.test"),
        ("see https://far.test/@eve", "@bob @eve@far.test see https://far.test/@eve"),
    ],
)
def test_everybody_meant_is_named(text: str, expected: str) -> None:
    assert only(text, "bob", "eve@far.test") == expected


def test_a_short_name_never_stands_for_somebody_elsewhere_in_an_exact_text() -> None:
    """`@eve` would be the eve of the own server."""
    assert named(only("@eve", "eve@far.test")) == {"eve@far.test"}


def test_a_title_in_public_is_left_alone() -> None:
    assert compose_title("by @dave", Audience(visibility=Visibility.PUBLIC), ME) == "by @dave"


def test_a_post_for_followers_names_followers_only() -> None:
    known = contacts("dora@far.test", followers=("bob", "eve@far.test"))
    for text, people in (
        ("@bob @dave @dora @eve", {"bob"}),
        ("@eve@far.test", {"eve@far.test"}),
        ("@bob@own.test", {"bob"}),
        ("nobody", set()),
    ):
        audience = addressed(text, FOLLOWERS, known, ME)
        assert {one.acct for one in audience.people} == people
        assert named(compose(text, audience, None, known, ME)) == people
    assert addressed("@bob", direct("eve"), known, ME) == direct("eve")


PIECES = st.lists(
    st.sampled_from(
        ["@", "＠", "bob", "dave", "eve", "far.test", "own.test", " ", "\n", ".", "-", "_", "/", "=", ",", "(", ")",
         ":", "é", "²", "の", "\u200b", "\u0301", "https://x.test/", "#", "&", "1", "K", "@bob", "@dave@far.test"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(PIECES | st.text("@＠ab.:/ é-_", max_size=30))
def test_an_exact_text_never_names_anybody_else(text: str) -> None:
    assert named(only(text, "bob", "eve@far.test")) <= {"bob", "eve@far.test"}
    assert named(compose_title(text, direct("bob"), ME)) <= {"bob"}
    followers = contacts(followers=("bob",))
    audience = addressed(text, FOLLOWERS, followers, ME)
    assert named(compose(text, audience, None, followers, ME)) <= {"bob"}


@given(PIECES)
def test_composing_changes_nothing_but_names(text: str) -> None:
    def rest(text: str) -> str:
        return re.sub(r"[\u200b@＠]", "", text)

    if "own.test" not in text:
        assert rest(only(text, "bob")).endswith(rest(text))


def test_names_are_looked_for_only_where_there_are_any() -> None:
    assert names_somebody("hi @bob")
    assert not names_somebody("mail bob@far.test")


def test_length_counts_links_and_hosts_as_mastodon_does() -> None:
    assert length("https://x.test/" + "a" * 100, "") == 23
    assert length("@dora@far.test hi", "cw") == len("@dora hi") + 2
    check_length("x" * 500, "", Capabilities(software="x"))
    with pytest.raises(ApiError, match="takes 500"):
        check_length("x" * 499, "cw", Capabilities(software="x"))
