"""HTML of a backend, read once: pieces of readable plain text, and sanitised HTML.

Nearly all posts hold paragraphs, line breaks, spans and plain anchors only: `_quick` reads those by splitting at the
anchors (reference/performance.md section 3). Whatever is not exactly known goes through nh3 and `mappings.prose`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import NamedTuple

import nh3
from lxml import etree

from mappings.characters import clean
from mappings.links import Link, piece
from mappings.prose import HIDDEN, prose

ATTRIBUTES = {
    "a": {"href", "class"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "p": {"class"},
    "span": {"class"},
}
TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "th", "tr", "u", "ul",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "xmpp", "gemini", "gopher", "ftp", "ftps", "magnet", "tel", "matrix", "irc"}
REL = "nofollow noopener"

_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=set(HIDDEN),
    attributes=ATTRIBUTES,
    link_rel=REL,
    url_schemes=SCHEMES,
    url_relative="deny",
)

_HREF = re.compile(r'(?:^| )href="(https?://[!#-;=?-~]+)"').search
_HINT = re.compile(r'(?:^| )(?:class|rel)="([^"]*)"').findall
_INLINE = re.compile(
    r"</?(?:p|span|em|strong|b|i|u|s|del|code|small)>"
    r'|<(?:p|span)(?: (?:class|lang|dir|translate)="[\w .:/-]*")+>'
)
_MASTODON = re.compile(
    r"<(?:/(?:span></a>(?:</span>)?|(?:p|span|a|em|strong|b|i|u|s|del|code|small)>)"
    r'|span(?: class="[\w -]*"(?: translate="no")?)?>'
    r'|p>|(?:em|strong|b|i|u|s|del|code|small)>|p class="[\w -]*"(?: translate="no")?>'
    r'|a href="(?:https?://[!#-;=?-~]+" class="(?:u-url mention|mention hashtag" rel="tag)">'
    r'|(https?://(?:www\.)?)([!#-;=?-~]{1,30})([!#-;=?-~]*)"'
    r'(?: target="_blank")? rel="nofollow noopener[\w ]*"(?: target="_blank")?(?: translate="no")?>'
    r'(?=<span class="invisible">\1</span><span class="(?:ellipsis)?">\2</span>'
    r'(?:<span class="invisible">\3</span>|\3)</a>)))'
)
"""The tags of Mastodon, the frequent first. A shortened link counts only where its parts make up its address."""

_LINKS = re.compile(
    r'<(?:span class="h-card"(?: translate="no")?><a href="https?://[!#-;=?-~]+" class="u-url mention">'
    r"@<span>([^<>]*)</span></a></span>"
    r'|a href="(?:https?://[!#-;=?-~]+" class="mention hashtag" rel="tag">#<span>([^<>]*)</span></a>'
    r'|((https?://(?:www\.)?)([!#-;=?-~]{1,30})([!#-;=?-~]*))"'
    r'(?: target="_blank")? rel="nofollow noopener[\w ]*"(?: target="_blank")?(?: translate="no")?>'
    r'<span class="invisible">\4</span><span class="(?:ellipsis)?">\5</span>'
    r'(?:<span class="invisible">\6</span>|\6)</a>))'
)
"""Whole names, hashtags and addresses as Mastodon writes them: most of its tags, in a few matches."""

_MENTION_END, _TAG_END = 'class="u-url mention"', 'class="mention hashtag" rel="tag"'
_SOURCE_BREAK = re.compile(r"(<br ?/?>|</?p(?: [^<>]*)?>)?(?<!\s)\s*[\r\n]\s*")
_MANY = re.compile(r"\n{3,}")


class Reading(NamedTuple):
    """`text` with links written out, no space at either end; `html` is safe to hand to any client.

    `parts` are the pieces of the text, or None where they can be made from `source` when they are asked for.
    """

    text: str
    html: str
    parts: tuple[str | Link, ...] | None = ()
    source: str = ""

    @property
    def pieces(self) -> tuple[str | Link, ...]:
        """The text in pieces."""
        if self.parts is not None:
            return self.parts
        try:
            return _split(self.source)[0]
        except Odd:
            return _thorough(self.source).pieces


class Odd(Exception):
    """HTML that the quick reader does not know exactly."""


NOTHING = Reading("", "")


def read(content: str) -> Reading:
    """The reading of any text sent as HTML."""
    if not content:
        return NOTHING
    if "<" not in content:
        return _plain_text(content)
    try:
        return _swift(content) or _quick(content)
    except Odd:
        return _thorough(content)


def plain(content: str) -> str:
    """Readable plain text of a short piece of HTML: a note, a profile field."""
    text = _stripped(content)
    return read(content).text if text is None else text


def html_clean(content: str) -> str:
    """Sanitised HTML: few tags, no scripts, no relative links, every link `rel="nofollow noopener"`."""
    made = _CLEANER.clean(clean(content))
    left = clean(made)  # forbidden characters may have been written as `&#1;`
    return made if left == made else _CLEANER.clean(left)


def _plain_text(content: str) -> Reading:
    text = clean(unescape(content)).strip(SPACE)
    return Reading(text, escape(text, quote=False).replace("\n", "<br>"), (text,)) if text else NOTHING


def _swift(content: str) -> Reading | None:
    """What Mastodon itself writes: without its tags it is the text. None for anything else."""
    text = _stripped(content)
    if text is None:
        return None
    html = content.replace(_MENTION_END, f'{_MENTION_END} rel="{REL}"').replace(_TAG_END, f'{_TAG_END[:-1]} {REL}"')
    return Reading(text, html, None, content)


def _stripped(content: str) -> str | None:
    if "\n" in content or "\r" in content:
        return None
    text = _LINKS.sub(_linked, content).replace("</p>", "\n\n").replace("<p>", "").replace("<br />", "\n")
    if "<" in text:
        if text.count("<a ") != text.count("</a>"):
            return None
        text = _MASTODON.sub("", text)
        if "<" in text:
            text = _breaks(text)
            if "<" in text:
                return None
    if "\n\n\n" in text:
        text = _MANY.sub("\n\n", text)
    return (unescape(text) if "&" in text else text).strip(SPACE)


def _linked(found: re.Match[str]) -> str:
    """What a link shows, an address written out."""
    kind = found.lastindex
    return f"@{found[1]}" if kind == 1 else f"#{found[2]}" if kind == 2 else found[3]


def _breaks(source: str) -> str:
    source = source.replace("</p>", "\n\n")
    if "<br" in source:
        source = source.replace("<br />", "\n").replace("<br>", "\n").replace("<br/>", "\n")
    return source


def _quick(content: str) -> Reading:
    """Any plain anchors. Raises Odd."""
    pieces, html = _split(content)
    return Reading(written(pieces), html, pieces)


def written(pieces: Iterable[str | Link]) -> str:
    """The text of pieces with links written out."""
    return "".join([part if isinstance(part, str) else part.written for part in pieces])


def _split(content: str) -> tuple[tuple[str | Link, ...], str]:
    """Pieces and HTML. A forbidden character in the HTML stands in the pieces too: looking at the text is enough.

    Raises Odd.
    """
    if "\n" in content or "\r" in content:
        content = _SOURCE_BREAK.sub(lambda found: found[1] or " ", content)
    first, *anchors = content.split("<a ")
    pieces: list[str | Link] = [_words(first).lstrip(SPACE)]
    html = [first]
    for anchor in anchors:
        attributes, _, rest = anchor.partition(">")
        inner, closed, after = rest.partition("</a>")
        if not closed:
            raise Odd
        part, made = _anchor(attributes, inner)
        pieces += (part, _words(after))
        html += (made, after)
    last = pieces[-1]
    pieces[-1] = last.rstrip(SPACE) if isinstance(last, str) else last
    return tuple([part for part in pieces if part]), "".join(html)


SPACE = " \t\n\xa0"


def _words(source: str) -> str:
    if "<" in source:
        source = _INLINE.sub("", _breaks(source))
        if "<" in source:
            raise Odd
        if "\n\n\n" in source:
            source = _MANY.sub("\n\n", source)
    return unescape(source) if "&" in source else source


def _anchor(attributes: str, inner: str) -> tuple[str | Link, str]:
    """The piece, and the anchor made anew: whatever else its tag held is gone."""
    found = _HREF(attributes)
    if found is None or attributes.count('"') % 2:
        raise Odd
    href = found[1]
    url = unescape(href) if "&" in href else href
    if inner.startswith(_INVISIBLE):
        return Link("url", url, url), f'<a href="{href}" rel="{REL}">{href}</a>'
    shown = _shown(inner)
    if shown[:1] == "@" and "mention" in attributes:
        part: str | Link = Link("mention", shown, url)
    elif shown[:1] == "#" and "tag" in attributes:
        part = Link("hashtag", shown, url)
    else:
        part = piece(shown, url, " ".join(_HINT(attributes)))
    kind = _MARKS[part.kind] if isinstance(part, Link) else ""
    return part, f'<a href="{href}" rel="{REL}"{kind}>{inner}</a>'


def _shown(inner: str) -> str:
    if "<" in inner:
        inner = inner.replace("<span>", "").replace("</span>", "")
        if "<" in inner:
            inner = _INLINE.sub("", inner)
            if "<" in inner:
                raise Odd
    return (unescape(inner) if "&" in inner else inner).strip(SPACE)


_INVISIBLE = '<span class="invisible">http'
"""How Mastodon begins a shortened link: what is shown and what is hidden make up the URL, so the URL is shown."""

_MARKS = {"mention": ' class="u-url mention"', "hashtag": ' class="mention hashtag"', "url": "", "media": ""}


def _thorough(content: str) -> Reading:
    if _depth(content) > DEEPEST:
        return _plain_text(_TAG.sub(" ", content))
    html = html_clean(content)
    try:
        pieces = tuple(prose(html))
    except (etree.LxmlError, ValueError):
        return _plain_text(_TAG.sub(" ", html))
    return Reading(written(pieces), html, pieces)


def _depth(content: str) -> int:
    """How deep the elements may be nested: parsers need time that grows with the square of it."""
    deepest = depth = 0
    for tag in _TAG.findall(content):
        depth += -1 if tag[1] == "/" else tag[1:3].lower() not in _VOID
        deepest = max(deepest, depth)
    return deepest


DEEPEST = 250
_TAG = re.compile(r"<[^<>]+>?")
_VOID = {"br", "im", "hr", "wb"}
