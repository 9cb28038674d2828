"""Entities: every index fits the text, whatever the characters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import hub
from mappings.entities import find_mention, layout, sizes
from mappings.links import Link
from tests.mappings.samples import account, as_json, picture, status

BOB = hub.Mention(native="2", username="bob", acct="bob@x.example", url="https://x.example/@bob")
CONTENT = (
    '<p>🦜🦜 <span class="h-card" translate="no"><a href="https://x.example/@bob" class="u-url mention">@<span>bob'
    '</span></a></span> é́ שלום <a href="https://e.example/?a=1&amp;b=2" rel="nofollow">some words</a> &lt;&gt; '
    '<a href="https://m.example/tags/radio" class="mention hashtag" rel="tag">#<span>radio</span></a></p>'
)


def found(post: hub.Status, **options: Any) -> tuple[str, dict[str, Any]]:
    data = as_json(post, entities=True, **options)
    return data["text"], data["entities"]


def cut(text: str, item: dict[str, Any]) -> str:
    start, end = item["indices"]
    return text[start:end]


@pytest.mark.parametrize("escape", [False, True])
def test_each_kind_stands_where_it_says(escape: bool) -> None:
    text, entities = found(status(content=CONTENT, mentions=(BOB,), media=(picture(),)), escape=escape)
    (url,), (mention,), (tag,), (media,) = (entities[k] for k in ("urls", "user_mentions", "hashtags", "media"))
    assert cut(text, url) == url["url"]
    assert url["expanded_url"] == "https://e.example/?a=1&b=2"
    assert url["display_url"] == "some words"
    assert cut(text, mention) == "@bob"
    assert {k: mention[k] for k in ("id", "id_str", "name", "screen_name")} == {
        "id": 2, "id_str": "2", "name": "bob", "screen_name": "bob",
    }  # fmt: skip
    assert (cut(text, tag), tag["text"]) == ("#radio", "radio")
    assert cut(text, media) == media["url"] == "https://files.example/7.png"
    assert ("&amp;" in text) is escape
    assert entities["symbols"] == []


def test_media_is_described() -> None:
    _, entities = found(status("500", media=(picture(), picture("8", type="gifv"), picture("9", type="audio"))))
    first, second = entities["media"]
    assert (first["id"], second["id"]) == (500, 501)
    assert (first["type"], second["type"]) == ("photo", "animated_gif")
    assert first["media_url"] == "http://files.example/7.png"
    assert first["media_url_https"] == first["expanded_url"] == "https://files.example/7.png"
    assert first["ext_alt_text"] == "A radio"
    assert entities["urls"][0]["url"] == "https://files.example/9.png"


def test_without_media_there_is_no_such_key() -> None:
    assert set(found(status())[1]) == {"hashtags", "symbols", "urls", "user_mentions"}


def test_a_boost_names_whom_it_boosts() -> None:
    boosted = status("90", account=account("3", "ann", acct="ann@far.example"), content=CONTENT, mentions=(BOB,))
    text, entities = found(status(reblog_of=boosted, content=""))
    assert [cut(text, item) for item in entities["user_mentions"]] == ["@ann", "@bob"]
    assert entities["user_mentions"][0]["id"] == 3
    inner = as_json(status(reblog_of=boosted, content=""), entities=True)["retweeted_status"]
    assert cut(inner["text"], inner["entities"]["user_mentions"][0]) == "@bob"


def test_signs_that_friendica_leaves_outside_belong_to_it() -> None:
    content = 'Ping @<a href="https://x.example/@bob" class="mention">Bob B</a> #<a href="/t" class="hashtag">x</a>'
    text, entities = found(status(content=content, mentions=(BOB,)))
    assert cut(text, entities["user_mentions"][0]) == "@Bob B"
    assert entities["user_mentions"][0]["screen_name"] == "bob"
    assert entities["hashtags"][0]["text"] == "x"
    assert cut(text, entities["hashtags"][0]) == "#x"


@pytest.mark.parametrize(
    ("link", "mentions", "name"),
    [
        (Link("mention", "@bob", "https://x.example/@bob"), (BOB,), "bob"),
        (Link("mention", "@bob@x.example", "https://other.example/"), (BOB,), "bob"),
        (Link("mention", "@BOB", ""), (hub.Mention(native="0", username="bob@x.example"),), "bob@x.example"),
        (Link("mention", "@eve", ""), (BOB,), None),
    ],
)
def test_who_is_meant(link: Link, mentions: tuple[hub.Mention, ...], name: str | None) -> None:
    person = find_mention(link, mentions)
    assert (person and person.username) == name


def test_nobody_known_is_zero() -> None:
    _, entities = found(status(content=CONTENT))
    assert (entities["user_mentions"][0]["id"], entities["user_mentions"][0]["id_str"]) == (0, "0")


@pytest.mark.parametrize(
    ("shown", "url", "display"),
    [
        ("https://www.e.example/a", "https://www.e.example/a", "e.example/a"),
        ("https://e.example/0123456789012345", "https://e.example/0123456789012345", "e.example/0123456789012345"),
        ("x", "https://e.example/01234567890123456", "e.example/012345678901234…"),
        ("e.example/0123…", "https://e.example/01234567890", "e.example/01234567890"),
        ("a page", "https://e.example/", "a page"),
        ("https://lie.example/", "https://e.example/", "e.example/"),
    ],
)
def test_display_url(shown: str, url: str, display: str) -> None:
    assert Link("url", shown, url).display == display


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [
        (2000, 1000, {"thumb": (150, 75), "small": (340, 170), "medium": (600, 300), "large": (1024, 512)}),
        (500, 400, {"thumb": (150, 120), "small": (340, 272), "medium": (500, 400)}),
        (100, 50, {"thumb": (100, 50), "medium": (100, 50)}),
        (5000, 1, {"thumb": (150, 1), "small": (340, 1), "medium": (600, 1), "large": (1024, 1)}),
        (0, 0, {"thumb": (150, 150), "medium": (600, 600)}),
    ],
)
def test_sizes(width: int, height: int, wanted: dict[str, tuple[int, int]]) -> None:
    assert {name: (size["w"], size["h"]) for name, size in sizes(width, height).items()} == wanted


ANY = st.text(st.characters(exclude_categories=()), max_size=12)
LINKS = st.builds(Link, st.sampled_from(["url", "mention", "hashtag", "media"]), ANY, ANY)


@given(st.lists(st.one_of(ANY, st.sampled_from(["@", "#", "&", "\r\n", "👩‍👩‍👧"]), LINKS), max_size=8), st.booleans())
def test_marks_fit_any_pieces(pieces: list[str | Link], escape: bool) -> None:
    text, marks = layout(pieces, escape=escape)
    assert all(text[mark.start : mark.end] == mark.text for mark in marks)
    assert [mark.start for mark in marks] == sorted(mark.start for mark in marks)
    if escape:
        assert "<" not in text
        assert ">" not in text


WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="<>&\"'"), min_size=1, max_size=6)


@given(WORDS, WORDS, st.booleans())
def test_indices_fit_around_any_words(before: str, after: str, escape: bool) -> None:
    text, entities = found(status(content=f"{before} {CONTENT} {after}", title=after, mentions=(BOB,)), escape=escape)
    assert cut(text, entities["user_mentions"][0]) == "@bob"
    assert cut(text, entities["hashtags"][0]) == "#radio"
    assert cut(text, entities["urls"][0]) == entities["urls"][0]["url"]
