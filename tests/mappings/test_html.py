"""HTML of real servers to readable text and to HTML that is safe to hand on."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import html
from mappings.characters import clean
from mappings.html import html_clean, read, written
from mappings.text import text_from_html

MASTODON = (
    '<p>Hello <span class="h-card" translate="no"><a href="https://x.example/@bob" class="u-url mention">@<span>bob'
    '</span></a></span>, see <a href="https://www.example.com/a/very/long/path/indeed?x=1" target="_blank" '
    'rel="nofollow noopener" translate="no"><span class="invisible">https://www.</span><span class="ellipsis">'
    'example.com/a/very/long/path/i</span><span class="invisible">ndeed?x=1</span></a><br />next &amp; last</p>'
    '<p><a href="https://m.example/tags/radio" class="mention hashtag" rel="tag">#<span>radio</span></a></p>'
)
GOTOSOCIAL = (
    '<p><span class="h-card"><a href="https://g.example/@ann" class="u-url mention" rel="nofollow noreferrer '
    'noopener" target="_blank">@<span>ann</span></a></span> <a href="https://g.example/tags/x" class="mention '
    'hashtag" rel="tag nofollow noreferrer noopener" target="_blank">#<span>x</span></a><br><a '
    'href="https://e.example/?a=1&amp;b=2" rel="nofollow noreferrer noopener" target="_blank">'
    "https://e.example/?a=1&amp;b=2</a></p>"
)
PLEROMA = (
    '<span class="h-card"><a class="u-url mention" data-user="A" href="https://p.example/users/u" rel="ugc">@<span>u'
    '</span></a></span> hi<br/><a class="hashtag" data-tag="y" href="https://p.example/tag/y" rel="tag ugc">#y</a>'
)
CASES = [
    (MASTODON, "Hello @bob, see https://www.example.com/a/very/long/path/indeed?x=1\nnext & last\n\n#radio"),
    (GOTOSOCIAL, "@ann #x\nhttps://e.example/?a=1&b=2"),
    (PLEROMA, "@u hi\n#y"),
    # snac: a full address is shown
    (
        '<a href="https://s.example/u" class="h-card">@u@s.example</a> good <b>morning</b><br>',
        "@u@s.example good morning",
    ),
    # Friendica: the sign stands outside
    ('@<a href="https://f.example/u" class="userinfo mention">Ann</a>!', "@Ann!"),
    # words for a link are kept in front of it; shortened and equal ones are not
    ('see <a href="https://e.example/page">this page</a>.', "see this page https://e.example/page."),
    ('<a href="https://e.example/page">e.example/pa…</a>', "https://e.example/page"),
    ('<a href="https://e.example/caf%C3%A9">e.example/café</a>', "https://e.example/caf%C3%A9"),
    ('<a href="javascript:alert(1)">click</a>', "click"),
    ('<a href="/relative">there</a>', "there"),
    ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
    ("<p>one</p>\n<p>two<br>\nthree\nfour</p>", "one\n\ntwo\nthree four"),
    ("<p>a</p><p></p><p></p><p>b</p>", "a\n\nb"),
    ("plain &lt;text&gt;\nwith &#8364; no tags", "plain <text>\nwith € no tags"),
    ("<ul><li>one</li><li>two<ol><li>x</li></ol></li></ul>end", "* one\n* two\n  1. x\n\nend"),
    ("<blockquote><p>said</p><p>more</p></blockquote><p>so</p>", "> said\n>\n> more\n\nso"),
    ("<pre>  a\n   b</pre>", "  a\n   b"),
    ("<h2>Head</h2><p>text</p><hr>", "Head\n\ntext\n\n---"),
    ('<p>look <img src="https://i.example/a.png" alt=":blob:"> here</p>', "look :blob: here"),
    ('<img src="https://i.example/a.png">', "https://i.example/a.png"),
    ("<script>alert(1)</script><style>p {}</style>ok", "ok"),
    ("<p>1 < 2 & 3 > 2</p>", "1 < 2 & 3 > 2"),
    ("<p>unclosed <b>bold", "unclosed bold"),
    ("", ""),
    ("<p></p>", ""),
]


@pytest.mark.parametrize(("content", "text"), CASES)
def test_text(content: str, text: str) -> None:
    assert read(content).text == text
    assert written(read(content).pieces) == text


@pytest.mark.parametrize("content", [content for content, _ in CASES])
def test_every_reader_says_the_same(content: str) -> None:
    """The quick readers are shortcuts: where they read at all, they read what the thorough one does."""
    tight = re.compile(r"\s+")
    thorough = tight.sub(" ", html._thorough(content).text).strip()
    assert tight.sub(" ", read(content).text).strip() == thorough


def test_a_shortened_link_that_lies_shows_where_it_leads() -> None:
    lie = (
        '<p><a href="https://evil.example/" target="_blank" rel="nofollow noopener"><span class="invisible">https://'
        '</span><span class="">good.example/</span><span class="invisible"></span></a></p>'
    )
    assert read(lie).text == "https://evil.example/"
    assert "good.example" not in read(lie).html


@pytest.mark.parametrize("content", [content for content, _ in CASES])
def test_every_link_is_nofollow(content: str) -> None:
    anchors = re.findall(r"<a [^>]*>", read(content).html)
    assert all("nofollow" in anchor and "noopener" in anchor for anchor in anchors), anchors


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="https://e.example/" onclick="alert(1)">x</a>',
        '<p onmouseover="alert(1)">x</p>',
        '<span class="a" style="position:fixed">x</span>',
        '<iframe src="https://e.example/"></iframe>',
        "<svg/onload=alert(1)>",
        '<a href="https://e.example/"><script>alert(1)</script></a>',
        '<a href="https://e.example/" class="u-url mention" onclick="alert(1)">@x</a>',
        "<!-- --!> <img src=1 onerror=alert(1)> -->",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<form action="https://e.example/"><input name="a"></form>',
        '<p><a href="https://e.example/" rel="nofollow noopener"><span class="invisible">https://<b onclick=a()></a>',
    ],
)
def test_nothing_active_comes_through(attack: str) -> None:
    for made in (read(attack).html, html_clean(attack)):
        assert not re.search(
            r"(?i)<[^>]*(\son\w+\s*=|style=|javascript:)|<(script|iframe|svg|style|form|input|math)", made
        )


TAGS = ["p", "b", "ul", "li", "ol", "blockquote", "pre", "span", "a", "div", "h1", "br", "img", "script", "x-y", "td"]
MARKUP = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=8),
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
        st.sampled_from(
            ['<a href="https://e.example/x">', '<a href="https://e.example/@b" class="u-url mention">', "&amp;", "&#0;",
             '<span class="invisible">', "<p class='x'>", "<br />", "\r\n", "<!--", "-->", "<a ", '">', "&#xFFFE;"]
        ),
    ),
    max_size=24,
).map("".join)  # fmt: skip


@given(MARKUP)
def test_any_markup_can_be_read(content: str) -> None:
    reading = read(content)
    assert clean(reading.text).split() == clean(written(reading.pieces)).split()
    assert not re.search(r"(?i)<(script|p|li|blockquote|div)>", reading.text.replace("&", "")) or "&" in content
    assert text_from_html(content) == reading.text


@given(MARKUP)
def test_cleaned_html_holds_known_tags_only(content: str) -> None:
    made = html_clean(content)
    assert {name.lower() for name in re.findall(r"</?([^\s>/]*)", made)} <= html.TAGS
    assert clean(made) == made


WORDS = st.lists(
    st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="<>&"), min_size=1), max_size=5
)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_words_come_through_in_order(paragraphs: list[list[str]]) -> None:
    content = "".join(f"<p>{' '.join(words)}</p>" for words in paragraphs)
    assert read(content).text.split() == [word for words in paragraphs for word in words]


@pytest.mark.parametrize(
    "bomb",
    ["<b>" * 40_000 + "x", "<a b>" * 40_000, "<a " * 40_000, "<ul><li>" * 20_000,
     '<a href="https://e.example/x">' * 20_000, " " * 200_000 + "\nx<br>",
     "\n " * 80_000 + "<br>", '<p class="a" ' * 40_000, "<p>" * 40_000 + "</b" * 40_000,
     "<blockquote>" * 20_000, "&" * 200_000 + "<b", '<span class="invisible">' * 30_000],
)  # fmt: skip
def test_no_markup_takes_long(bomb: str) -> None:
    """Measured in CPU seconds, against readers whose time grows with the square: those take minutes."""
    before = time.process_time()
    read(bomb)
    assert time.process_time() - before < 5
