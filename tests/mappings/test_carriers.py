"""The text of a carrier comes back from whatever servers make of it, and names, tags and links nothing."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.carriers import Carrier, carrier_of, encoded, written
from mappings.text import named
from tests.fake_world import as_html

WORDS = (
    "Holiday 2020", "Bob's \"best\" <cat>", "a/b\\c", "Fun & games", "été 😀 👨‍👩‍👧 日本", "@bob@far.test ＠carol",
    "#tag ＃tag", ":cat: :00:", "*bold* _under_ ~gone~ `code`", "two\nlines\r\nand\ttabs", "  spaces   around  ",
    "Album: x\nFile: y", "100% %41 %", "https://example.org/a?b=c www.example.org photo.md",
    "- item", "1. one", "> quote", "...---...", "~", "", " ",
)  # fmt: skip
TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)
NATIVES = st.lists(st.text("0123456789abcXYZ-_", min_size=1, max_size=20), max_size=4, unique=True).map(tuple)
CARRIERS = st.builds(
    Carrier, album=TEXTS, filename=TEXTS, desc=st.none() | TEXTS, allow_contacts=NATIVES, allow_groups=NATIVES,
    deny_contacts=NATIVES, deny_groups=NATIVES, first=st.text("0123456789ABC", max_size=10), created=TEXTS,
)  # fmt: skip


def mastodon(text: str) -> str:
    return as_html(text)


def quoted(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))


def joined(text: str) -> str:
    """A server that takes line ends for spaces, as Markdown does."""
    return f"<p>{escape(text)}</p>"


def linked(text: str) -> str:
    """A server that finds links where a word only looks like one."""
    html = as_html(text)
    return re.sub(r"\b([a-z]+\.(?:md|org|png))\b", r'<a href="http://\1" rel="nofollow">\1</a>', html)


SERVERS = (str, mastodon, quoted, joined, linked)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("word", WORDS)
def test_albums_names_and_descriptions_come_back(word: str, server: type[str]) -> None:
    carrier = Carrier(album=word, filename=word, desc=word, allow_contacts=("12", "34"), deny_groups=("a-b",))
    assert carrier_of(server(written(carrier))) == carrier


@given(CARRIERS)
def test_anything_comes_back(carrier: Carrier) -> None:
    text = written(carrier)
    assert carrier_of(as_html(text)) == carrier
    assert carrier_of(joined(text)) == carrier


@given(TEXTS)
def test_nothing_in_it_reaches_anybody(text: str) -> None:
    inside = encoded(text)
    assert not named(inside)
    assert not set(inside) & set("@#:/<>&*_~`[]\n\t\\")


def test_it_is_readable() -> None:
    text = written(Carrier(album="Holiday 2020", filename="cat.jpg", desc="Our cat, asleep (again)"))
    assert text.splitlines()[1:] == ["Album: Holiday 2020", "File: cat.jpg", "Description: Our cat, asleep (again)"]


def test_other_texts_are_no_carriers() -> None:
    heads = ("my Oldbird photo\nAlbum: x", "Oldbird photo of Album: x")
    for text in ("", "hello", "Album: Holiday", "Oldbird photo", *heads):
        assert carrier_of(as_html(text)) is None, text


def test_a_text_changed_by_hand_is_still_read() -> None:
    carrier = carrier_of("<p>Oldbird photo<br>Album: Cats & dogs<br>File:<br>Description: 5 % of them</p>")
    assert carrier == Carrier(album="Cats & dogs", filename="", desc="5 % of them")
