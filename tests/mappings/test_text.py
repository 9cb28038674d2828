"""The text of a status, and names in a text to be posted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import hub
from mappings.text import INERT, inert, named, text_from_html
from tests.mappings.samples import account, as_json, picture, status


def text(post: hub.Status, **options: object) -> str:
    found: str = as_json(post, **options)["text"]
    return found


def test_the_title_stands_first_with_a_blank_line() -> None:
    post = status(title="Careful", content="<p>the body</p>")
    found = as_json(post)
    assert (found["friendica_title"], found["text"]) == ("Careful", "Careful\n\nthe body")
    assert found["statusnet_html"] == "<h4>Careful</h4><br><p>the body</p>"
    assert found["friendica_html"] == "<p>the body</p>"


def test_a_title_that_the_body_holds_is_not_said_twice() -> None:
    assert text(status(title="Careful", content="<p>Careful, hot</p>")) == "Careful, hot"


def test_filters_that_matched_come_before_the_title() -> None:
    assert text(status(title="Food", filters=("spoilers", "sport"))) == "spoilers\nsport\nFood\n\nFound a valve radio"


def test_a_title_alone_and_nothing_at_all() -> None:
    assert text(status(title="Careful", content="")) == "Careful"
    assert text(status(content="")) == ""


def test_pictures_are_linked_with_their_description() -> None:
    post = status(media=(picture("7"), picture("8", description="")))
    told = "Found a valve radio\n\nhttps://files.example/7.png [A radio]\nhttps://files.example/8.png"
    assert text(post) == text(post, entities=True) == told
    (entity, _) = as_json(post, entities=True)["entities"]["media"]
    assert told[slice(*entity["indices"])] == entity["url"] == "https://files.example/7.png"


def test_a_picture_alone_is_the_text() -> None:
    assert text(status(content="", media=(picture(description=""),))) == "https://files.example/7.png"


def test_a_file_the_body_links_to_is_not_named_twice() -> None:
    post = status(content='<p>see <a href="https://files.example/7.png">this</a></p>', media=(picture(),))
    assert text(post) == "see this https://files.example/7.png\n\n[A radio]"
    assert text(post, entities=True) == "see https://files.example/7.png\n\n[A radio]"
    assert as_json(post)["statusnet_html"].endswith("</a></p><p>A radio</p>")
    entity = as_json(post, entities=True)["entities"]
    assert entity["urls"] == []
    assert entity["media"][0]["indices"] == [4, 31]


def test_a_poll_is_readable_and_can_be_reached() -> None:
    options = (hub.PollOption(title="Tea", votes_count=2), hub.PollOption(title="Mate"))
    post = status(poll=hub.Poll(options=options, votes_count=2), url="https://there.example/1")
    assert text(post) == "Found a valve radio\n\n* Tea: 2\n* Mate\nVote: https://there.example/1"
    assert "<li>Tea: 2</li><li>Mate</li>" in as_json(post)["friendica_html"]
    closed = status(poll=hub.Poll(options=options, votes_count=2, expired=True))
    assert text(closed).endswith("* Mate\nClosed, 2 votes")


def test_a_quoted_post_is_told_with_its_address() -> None:
    quoted = status(
        "90", account=account("3", "ann", acct="ann@far.example"), url="https://far.example/90", content="<p>Q</p>"
    )
    assert text(status(quote_of=quoted)) == "Found a valve radio\n\n♲ @ann@far.example: Q\nhttps://far.example/90"
    inside = '<p>RE: <a href="https://far.example/90">https://far.example/90</a></p><p>so true</p>'
    assert text(status(quote_of=quoted, content=inside)) == "RE: https://far.example/90\n\nso true"


def test_a_boost_says_whose_words_they_are() -> None:
    boosted = status("90", account=account("3", "ann"), content="<p>words</p>", title="T")
    boost = status("100", reblog_of=boosted, content="")
    assert text(boost) == "RT @ann: T\n\nwords"
    assert as_json(boost)["retweeted_status"]["text"] == "T\n\nwords"
    assert text(status("100", reblog_of=boosted, content="", filters=("f",))) == "RT @ann: f\nT\n\nwords"


def test_twitter_mounts_escape_the_text() -> None:
    post = status(content="<p>1 &lt; 2 &amp; 3</p>")
    assert text(post, escape=True) == "1 &lt; 2 &amp; 3"
    assert text(post) == "1 < 2 & 3"


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<b>bold</b> and <a href='https://e.example/'>a link</a><ul><li>one</li><li>two</li></ul>",
         "bold and a link https://e.example/\n\n* one\n* two"),
        ("no markup &amp; all", "no markup & all"),
        ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
    ],
)  # fmt: skip
def test_htmlstatus_becomes_plain_text(html: str, plain: str) -> None:
    assert text_from_html(html) == plain


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bob hi", [("bob", "")]),
        ("hi @bob@far.example.", [("bob", "far.example")]),
        ("(@bob), @ann_e! @a.b-c", [("bob", ""), ("ann_e", ""), ("a.b-c", "")]),
        ("@@bob and ＠ann", [("bob", ""), ("ann", "")]),
        ("mail bob@far.example, see https://far.example/@bob?x=@ann", []),
        ("@bob@localhost:3000", [("bob", "localhost:3000")]),
        ("@ bob, @", []),
        ("@Ünïcode", [("Ünïcode", "")]),
    ],
)
def test_names(text: str, names: list[tuple[str, str]]) -> None:
    found = named(text)
    assert [(name, host) for _, _, name, host in found] == names
    assert all(
        text[start] in "@＠" and text[start:end].endswith((name, host or name)) for start, end, name, host in found
    )


def test_inert_keeps_only_who_is_meant() -> None:
    found = inert("@bob @Bob@Far.example @eve @eve@far.example mail@eve.example", {"bob", "bob@far.example"})
    assert found == (f"@bob @Bob@Far.example @{INERT}eve @{INERT}eve@{INERT}far.example mail@eve.example")


@given(
    st.text(st.sampled_from("@＠ab. _-:/=\n\u200béß"), max_size=40), st.sets(st.sampled_from(["a", "b", "a@b", "ab"]))
)
def test_nobody_else_can_be_named(text: str, keep: set[str]) -> None:
    for _, _, name, host in named(inert(text, keep)):
        assert f"{name}@{host}".rstrip("@").casefold() in keep
