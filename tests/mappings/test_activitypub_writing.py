"""What is written: the HTML of a text, its tags, and exact addresses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import activitypub_writing as writing
from mappings import hub
from mappings.activitypub_writing import Audience, Unaddressable, audience_of, body, names_in
from mappings.html import html_clean
from mappings.html import read as read_html
from mappings.text import INERT
from tests.mappings.activitypub_samples import ALICE, BOB, CAROL, KNOWN, PUBLIC

FOLLOWERS, LIST = f"{ALICE}/f", "https://one.example/collection/1"
PEOPLE = {"bob@two.example": KNOWN.people[BOB], "alice": KNOWN.people[ALICE]}
BOB_LINK = '<span class="h-card"><a href="https://two.example/@bob" class="u-url mention">@<span>bob</span></a></span>'
BOB_TAG = {"type": "Mention", "href": BOB, "name": "@bob@two.example"}


# audience -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("visibility", "asked", "to", "cc"),
    [
        ("public", {"followers": FOLLOWERS, "people": [BOB, BOB]}, (PUBLIC,), (FOLLOWERS, BOB)),
        ("public", {}, (PUBLIC,), ()),
        ("unlisted", {"followers": FOLLOWERS, "people": [BOB]}, (FOLLOWERS,), (PUBLIC, BOB)),
        ("private", {"followers": FOLLOWERS, "people": [BOB]}, (FOLLOWERS,), (BOB,)),
        ("direct", {"followers": FOLLOWERS, "people": [BOB, CAROL]}, (BOB, CAROL), ()),
        ("direct", {"lists": [LIST], "people": [BOB]}, (LIST, BOB), ()),
        ("direct", {"followers": FOLLOWERS}, (), ()),
    ],
)
def test_audiences(visibility: str, asked: dict[str, Any], to: tuple[str, ...], cc: tuple[str, ...]) -> None:
    assert audience_of(visibility, **asked) == (to, cc)


@pytest.mark.parametrize(
    ("visibility", "asked"),
    [
        ("private", {}),
        ("public", {"lists": [LIST]}),
        ("list", {"followers": FOLLOWERS}),
        ("", {"followers": FOLLOWERS}),
    ],
)
def test_an_audience_that_cannot_be_expressed_is_refused(visibility: str, asked: dict[str, Any]) -> None:
    with pytest.raises(Unaddressable):
        audience_of(visibility, **asked)


IDS = st.lists(st.sampled_from([ALICE, BOB, CAROL]))


@given(st.sampled_from(["private", "direct"]), IDS, st.lists(st.just(LIST)))
def test_nobody_is_reached_who_was_not_meant(visibility: str, people: list[str], lists: list[str]) -> None:
    given = lists if visibility == "direct" else []
    made = audience_of(visibility, followers=FOLLOWERS, people=people, lists=given)
    meant = {*people, *given} | ({FOLLOWERS} if visibility == "private" else set())
    assert {*made.to, *made.cc} == meant
    assert made.fields().keys() == {"to", "cc"}


# texts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("hi", "<p>hi</p>"),
        ("a & b <c>\nd\n\ne", "<p>a &amp; b &lt;c&gt;<br>d</p><p>e</p>"),
        ("@bob@two.example hi", f"<p>{BOB_LINK} hi</p>"),
        ("@Bob@Two.Example hi", f"<p>{BOB_LINK.replace('>bob<', '>Bob<')} hi</p>"),
        ("@bob hi", "<p>@bob hi</p>"),
        (f"@{INERT}bob@two.example", f"<p>@{INERT}bob@two.example</p>"),
        ("x@bob@two.example", "<p>x@bob@two.example</p>"),
        ("https://two.example/@bob@two.example",
        '<p><a href="https://two.example/@bob@two.example">https://two.example/@bob@two.example</a></p>'),
        ("#1 #a1 &#38; a#b", "<p>#1 #a1 &amp;#38; a#b</p>"),
    ],
)  # fmt: skip
def test_texts(text: str, content: str) -> None:
    assert body(text, PEOPLE).content == content


def test_names_and_hashtags_become_tags_once_each() -> None:
    made = body(
        "@bob@two.example @alice and @bob@two.example #Birds #birds #2", PEOPLE, tags_at="https://one.example/t/"
    )
    assert made.tags == (
        BOB_TAG,
        {"type": "Mention", "href": ALICE, "name": "@alice@one.example"},
        {"type": "Hashtag", "name": "#Birds", "href": "https://one.example/t/birds"},
    )
    assert (
        '<a href="https://one.example/t/birds" class="mention hashtag" rel="tag">#<span>Birds</span></a>'
        in made.content
    )
    assert body("#Birds", {}).tags == ({"type": "Hashtag", "name": "#Birds"},)


def test_html_is_sent_sanitised_with_the_tags_of_its_text() -> None:
    made = body(
        "hi @bob@two.example", PEOPLE, html='<b>hi</b> <script>x</script><a onclick="y" href="https://a.example">z</a>'
    )
    assert made.content == '<b>hi</b> <a href="https://a.example" rel="nofollow noopener">z</a>'
    assert made.tags == (BOB_TAG,)


def test_names_to_look_up() -> None:
    assert names_in("@Bob@Two.example, @al https://x.example/@no@x.example @bob@two.example") == (
        "bob@two.example",
        "al",
    )


def test_everybody_addressed_is_tagged_once() -> None:
    made = writing.mention_tags(KNOWN.people.values(), [BOB_TAG])
    assert [tag["href"] for tag in made] == [BOB, ALICE]


@given(st.text(alphabet="ab@.#<>&\"' \n:/o2wtexample" + INERT, max_size=60))
def test_any_text_reads_back_and_names_only_whom_it_may(text: str) -> None:
    made = body(text, PEOPLE)
    assert {tag.get("href") for tag in made.tags if tag["type"] == "Mention"} <= {ALICE, BOB}
    assert "<script" not in html_clean(made.content)
    letters = "".join(text.split())
    if "http" not in text and "@two" not in text:
        assert "".join(read_html(made.content).text.split()) == letters


# parts ----------------------------------------------------------------------------------------------------------------


def test_a_stored_file_is_embedded_with_its_address() -> None:
    media = hub.Media(
        native="https://one.example/image/1", type="image", url="https://one.example/a.png", mime="image/png",
        description="A bird"
    )  # fmt: skip
    assert writing.attached({"id": media.native, "to": [ALICE]}, media) == {
        "id": media.native, "type": "Image", "mediaType": "image/png", "url": media.url, "name": "A bird",
    }  # fmt: skip
    bare = hub.Media(native="https://one.example/x", type="unknown", url="https://one.example/x", width=2)
    assert writing.attached({}, bare) == {"type": "Document", "url": bare.url, "width": 2}


def test_places_and_generators() -> None:
    assert writing.place(None) == {} == writing.generator("")
    assert writing.place(hub.Place(lat=1, long=0.0)) == {"location": {"type": "Place", "latitude": 1, "longitude": 0.0}}
    assert writing.generator("AndStatus") == {"generator": {"type": "Application", "name": "AndStatus"}}


def test_an_audience_is_written_as_lists() -> None:
    assert Audience((ALICE,)).fields() == {"to": [ALICE], "cc": []}
