"""Terms, ids, texts, dates, addresses and collections."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import activitypub as ap
from mappings.activitypub_links import last_part, media_url
from mappings.activitypub_terms import term
from mappings.activitypub_text import LONGEST_TEXT, count
from mappings.dates import EPOCH_ISO
from mappings.html import read as read_html

URL = "https://a.example/x"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("as:Note", "Note"), ("https://www.w3.org/ns/activitystreams#Note", "Note"), ("Note", "Note"),
        ("http://ostatus.org#conversation", "conversation"), ("toot:sensitive", "sensitive"), ("ldp:inbox", "inbox"),
        ("https://misskey-hub.net/ns#_misskey_quote", "quoteUrl"), ("_misskey_quote", "quoteUrl"), ("@id", "id"),
        ("litepub:ChatMessage", "ChatMessage"), ("https://evil.example#content", "https://evil.example#content"),
        ("as:", "as:"), ("", ""),
    ],
)  # fmt: skip
def test_known_prefixes_are_taken_off(name: str, plain: str) -> None:
    assert term(name) == plain


def test_a_plain_key_counts_before_one_with_a_prefix() -> None:
    made = ap.normal(
        {"as:content": "no", "content": "yes", "@type": ["as:Note", 3, "toot:X"], "null": None, "b": "\ud800"}
    )
    assert made == {"content": "yes", "type": ["Note", "X"], "b": ""}
    assert ap.types_of(made) == ("Note", "X")


@pytest.mark.parametrize("wrong", [None, 1, True, "text", [], [{}], 1.5])
def test_what_is_no_object_is_unreadable(wrong: Any) -> None:
    with pytest.raises(ap.Unreadable):
        ap.normal(wrong)
    assert ap.types_of(wrong) == ()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (URL, URL), ({"id": URL}, URL), ({"@id": URL}, URL), ({"type": "Link", "href": URL}, URL),
        ([None, {"id": URL}], URL),
        ({"id": 7}, ""), ("", ""), (None, ""), (5, ""), ([[URL]], ""), ({}, ""), ("x" * 3000, ""),
        ({"id": {"id": URL}}, ""),
    ],
)  # fmt: skip
def test_ids(value: Any, found: str) -> None:
    assert ap.id_of(value) == found


def test_lists_may_be_single_things() -> None:
    assert ap.as_list(None) == []
    assert ap.as_list("x") == ["x"]
    assert ap.as_list([1, 2]) == [1, 2]
    assert ap.ids_of([URL, {"id": URL}, "b", None, 3]) == (URL, "b")
    assert ap.ids_of(URL) == (URL,)


@pytest.mark.parametrize(
    ("document", "language", "text"),
    [
        ({"content": "a"}, "", "a"),
        ({"contentMap": {"de": "b", "en": "c"}}, "", "b"),
        ({"content": "a", "contentMap": {"de": "b", "en": "a"}}, "", "a"),
        ({"content": "a", "contentMap": {"de": "b", "en": "a"}}, "de", "b"),
        ({"content": "a", "contentMap": {"pt-BR": "b"}}, "pt", "b"),
        ({"contentMap": {"und-x!": "b", "en": ["", "c"]}}, "", "c"),
        ({"content": {"@value": "d", "@language": "fr"}}, "", "d"),
        ({"content": ["", {"@value": "e"}, "f"]}, "", "e"),
        ({"content": 5, "contentMap": "no"}, "en", ""),
        ({"content": "  ", "contentMap": {"en": 3}}, "en", ""),
        ({f"content{'Map'}": {f"{a}{b}": f"{a}{b}" for a in "abc" for b in "xyz"}}, "by", "by"),
    ],
)  # fmt: skip
def test_texts_in_several_languages(document: Any, language: str, text: str) -> None:
    assert ap.text_of(document, "content", language) == text


def test_gigantic_content_is_cut_between_tags() -> None:
    html = "x" * (LONGEST_TEXT - 5) + '<a href="https://a.example/very/long">y</a>'
    cut = ap.text_of({"content": html}, "content")
    assert cut == "x" * (LONGEST_TEXT - 5)


@pytest.mark.parametrize(
    ("values", "arrived", "date"),
    [
        (("2026-11-22T01:50:17Z",), "", "2026-11-22T01:50:17.000Z"),
        (("2026-11-22T01:50:17.123456789Z",), "", "2026-11-22T01:50:17.123Z"),
        (("2026-11-22t01:50:17z",), "", "2026-11-22T01:50:17.000Z"),
        (("2026-11-22T03:50:17+02:00",), "", "2026-11-22T01:50:17.000Z"),
        (("2026-11-22T01:50:17",), "", "2026-11-22T01:50:17.000Z"),
        ((None, "2026-11-22T01:50:17Z"), "", "2026-11-22T01:50:17.000Z"),
        (("yesterday", 5), "2026-11-22T01:50:17Z", "2026-11-22T01:50:17.000Z"),
        (("0001-01-01T00:00:00Z",), "2026-11-22T01:50:17Z", "2026-11-22T01:50:17.000Z"),
        (("2126-11-22T01:50:17Z",), "2026-11-22T01:50:17Z", "2026-11-22T01:50:17.000Z"),
        (("2026-11-22T02:00:00Z",), "2026-11-22T01:50:17Z", "2026-11-22T02:00:00.000Z"),
        (("9999-12-31T23:59:59-23:00",), "", EPOCH_ISO),
        ((), "", EPOCH_ISO),
    ],
)  # fmt: skip
def test_dates(values: tuple[Any, ...], arrived: str, date: str) -> None:
    assert ap.date_of(*values, arrived=arrived) == date


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, 3), (3.9, 3), (-1, 0), (True, 0), ("3", 0), (None, 0), (float("nan"), 0), (float("inf"), 2**31 - 1),
    (10**400, 2**31 - 1)],
)  # fmt: skip
def test_numbers(value: Any, number: int) -> None:
    assert count(value) == number


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example/x", "a.example"), ("https://a.example:443/x", "a.example"),
        ("http://a.example:80", "a.example"),
        ("https://a.example:80/x", "a.example:80"), ("https://good.example@evil.example/", "evil.example"),
        ("https://[::1]:8000/x", "[::1]:8000"), ("https://[bad", ""), ("ftp://a.example", ""), ("x", ""), ("", ""),
    ],
)  # fmt: skip
def test_hosts(url: str, host: str) -> None:
    assert ap.host_of(url) == host


def test_hosts_that_cannot_be_told_are_never_the_same() -> None:
    assert ap.same_host("https://a.example/1", "http://a.example/2")
    assert not ap.same_host("https://a.example/1", "https://a.example:8443/1")
    assert not ap.same_host("", "")
    assert not ap.same_host("x", "x")


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "https://a.example/a b", 'https://a.example/"', "https://", "http:///x",
    "//a.example", 5, None]
)  # fmt: skip
def test_only_addresses_of_the_web_are_taken(bad: Any) -> None:
    assert ap.web(bad) == ""


PAGE, FILE = "https://a.example/page", "https://a.example/file.mp4"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (PAGE, PAGE),
        ({"type": "Link", "href": PAGE, "mediaType": "text/html"}, PAGE),
        ([{"href": FILE, "mediaType": "video/mp4"}, {"href": PAGE, "mediaType": "text/html"}], PAGE),
        ([{"href": FILE, "mediaType": "video/mp4"}], URL),
        ([{"href": URL + "2", "mediaType": "application/pdf"}, PAGE], PAGE),
        (None, URL), ("javascript:x", URL), ([[], 3, {}], URL),
    ],
)  # fmt: skip
def test_pages(url: Any, page: str) -> None:
    assert ap.page_url({"id": URL, "url": url}) == page


@pytest.mark.parametrize(
    "icon",
    [
        "https://a.example/i.png",
        {"type": "Image", "url": "https://a.example/i.png"},
        {"type": "Image", "mediaType": "image/png", "url": {"type": "Link", "href": "https://a.example/i.png"}},
        [{"type": "Image", "url": [{"href": "https://a.example/i.png", "mediaType": "image/png; charset=x"}]},
        {"url": "x"}],
        {"type": "Link", "href": "https://a.example/i.png"},
    ],
)  # fmt: skip
def test_pictures_in_all_their_forms(icon: Any) -> None:
    assert media_url(icon, "image") == "https://a.example/i.png"


def test_the_last_part_of_a_path() -> None:
    assert last_part("https://a.example/u/J%C3%BCrgen/") == "Jürgen"
    assert last_part("https://a.example") == ""
    assert last_part("https://[bad/x") == ""


# collections ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["items", "orderedItems", "as:items"])
@pytest.mark.parametrize("items", [URL, [URL], {"id": URL}])
def test_items_of_any_form(key: str, items: Any) -> None:
    page = ap.page_of({"type": "OrderedCollection", key: items, "totalItems": 1})
    assert [ap.id_of(item) for item in page.items] == [URL]
    assert page.total == 1


@pytest.mark.parametrize("way", [URL, {"id": URL, "type": "OrderedCollectionPage"}, {"type": "Link", "href": URL}])
def test_the_way_on_is_a_text_or_an_object(way: Any) -> None:
    page = ap.page_of({"type": "OrderedCollectionPage", "first": way, "next": way})
    assert (page.first, page.next, page.items, page.total) == (URL, URL, [], None)
    assert page.embedded is None


def test_a_first_page_may_come_along() -> None:
    page = ap.page_of({"type": "Collection", "first": {"type": "CollectionPage", "items": [URL]}})
    assert page.embedded is not None
    assert ap.page_of(page.embedded).items == [URL]


@pytest.mark.parametrize("wrong", [{"type": "Note"}, [], None, {}, {"next": URL}])
def test_what_is_no_collection_is_refused(wrong: Any) -> None:
    with pytest.raises(ap.Unreadable):
        ap.page_of(wrong)


# plain text to HTML ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a", "<p>a</p>"), ("a\nb", "<p>a<br>b</p>"), ("a\n\nb\r\n\r\n\r\nc", "<p>a</p><p>b</p><p>c</p>"),
        ("", ""), (" \n ", ""),
        ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
        ("see https://a.example/x?a=1&b=2.",
        '<p>see <a href="https://a.example/x?a=1&amp;b=2">https://a.example/x?a=1&amp;b=2</a>.</p>'),
        ("(https://a.example/)", '<p>(<a href="https://a.example/">https://a.example/</a>)</p>'),
    ],
)  # fmt: skip
def test_plain_text_becomes_html(text: str, html: str) -> None:
    assert ap.paragraphs(text) == html


@given(
    st.lists(st.text(alphabet="ab <>&\"'#@.é", min_size=1).filter(lambda line: line.strip()), min_size=1, max_size=5)
)
def test_the_html_of_a_plain_text_reads_back_as_the_text(lines: list[str]) -> None:
    text = "\n\n".join(" ".join(line.split()) for line in lines)
    assert read_html(ap.paragraphs(text)).text == text
