"""Any HTML to pieces of readable plain text: the thorough reader for what `mappings.html` cannot read quickly.

Paragraphs are set off by a blank line, list items begin with `* ` or a number, quotes with `> `, `pre` is kept.
"""

from __future__ import annotations

import re

from lxml import etree

from mappings.links import Link, piece

_SPACES = re.compile(r"[ \t\r\n\f]+")

PARAGRAPHS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dl", "table", "figure"})
LINES = frozenset({"li", "dt", "dd", "tr", "ul", "ol"})
HIDDEN = frozenset({"head", "script", "style", "template", "noscript", "rp"})


def prose(html: str) -> list[str | Link]:
    """The pieces of text of sanitised HTML, without space at either end."""
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(f"<html><body>{html}</body></html>", parser)
    writer = _Writer()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            writer.start(element)
            writer.words(element.text or "")
        else:
            writer.end(element)
            writer.words(element.tail or "")
    return writer.pieces


class _Writer:
    """Collects pieces; line breaks wait until more text comes, so none stand at either end."""

    def __init__(self) -> None:
        self.pieces: list[str | Link] = []
        self._breaks = 0
        self._space = False
        self._before = False
        self._quotes = 0
        self._kept = 0
        self._hidden = 0
        self._marker = ""
        self._lists: list[int | None] = []
        self._anchor: list[str] | None = None

    def words(self, text: str) -> None:
        """Character data: white space runs are one space, none at the start of a line; `pre` keeps all."""
        if not text or self._hidden:
            return
        if self._kept:
            self._lines(text)
            return
        self._space |= text[0] in " \t\r\n\f"
        words = _SPACES.sub(" ", text).strip(" ")
        if words:
            self._put(words)
            self._space = text[-1] in " \t\r\n\f"

    def _lines(self, text: str) -> None:
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            self._breaks += number > 0
            if line:
                self._put(line)

    def _put(self, item: str | Link) -> None:
        if self._anchor is not None:
            self._collect(item if isinstance(item, str) else "")
        else:
            lead = self._lead()
            self.pieces += [lead, item] if lead else [item]
        self._space = False

    def _collect(self, words: str) -> None:
        if not self._anchor:
            self._before |= self._space
        elif self._space:
            words = f" {words}"
        if words and self._anchor is not None:
            self._anchor.append(words)

    def _lead(self) -> str:
        """Waiting line breaks, quote signs and list marker, or the space between words."""
        quote, marker = "> " * self._quotes, self._marker
        breaks, self._breaks, self._marker = self._breaks, 0, ""
        if not self.pieces:
            return quote + marker
        if breaks:
            return "\n" + (quote.rstrip() + "\n") * (breaks - 1) + quote + marker
        return " " if self._space else ""

    def _break(self, count: int) -> None:
        if self._anchor is None:
            self._breaks = max(self._breaks, count)
        self._space = self._anchor is not None

    def start(self, element: etree._Element) -> None:
        """A start tag."""
        tag = element.tag
        if tag in HIDDEN:
            self._hidden += 1
        elif tag == "a":
            self._open()
        elif tag in PARAGRAPHS:
            self._break(2)
            self._quotes += tag == "blockquote"
            self._kept += tag == "pre"
        elif tag in LINES:
            self._break(1 if self._lists or tag not in {"ul", "ol"} else 2)
            self._list(element)
        else:
            self._empty(element)

    def _list(self, element: etree._Element) -> None:
        if element.tag in {"ul", "ol"}:
            self._lists.append(0 if element.tag == "ol" else None)
        elif element.tag == "li":
            count = self._lists[-1] if self._lists else None
            indent = "  " * (len(self._lists) - 1)
            self._marker = indent + ("* " if count is None else f"{count + 1}. ")
            if count is not None:
                self._lists[-1] = count + 1

    def _empty(self, element: etree._Element) -> None:
        if element.tag == "br":
            self._breaks = min(self._breaks + 1, 2) if self._anchor is None else self._breaks
            self._space = self._anchor is not None
        elif element.tag == "hr":
            self._break(2)
            self._put("---")
            self._break(2)
        elif element.tag == "img":
            self._picture(element.get("alt", "").strip(), element.get("src", ""))
        elif element.tag in {"td", "th"}:
            self._space = True

    def _picture(self, alt: str, source: str) -> None:
        item = alt or piece("", source, "")
        if item:
            self._put(item)

    def _open(self) -> None:
        if self._anchor is None:
            self._anchor, self._before, self._space = [], self._space, False

    def _close(self, element: etree._Element) -> None:
        """The whole anchor is one piece; space inside its ends belongs outside."""
        shown, self._anchor = "".join(self._anchor or ()), None
        item = piece(shown, element.get("href", "").strip(), element.get("class", ""))
        after, self._space = self._space, self._before
        if item:
            self._put(item)
            self._space = after

    def end(self, element: etree._Element) -> None:
        """An end tag."""
        tag = element.tag
        if tag in HIDDEN:
            self._hidden -= 1
        elif tag == "a" and self._anchor is not None:
            self._close(element)
        elif tag in PARAGRAPHS:
            self._quotes -= tag == "blockquote"
            self._kept -= tag == "pre"
            self._break(2)
        elif tag in LINES:
            self._leave(tag)

    def _leave(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        self._break(1 if self._lists else 2 if tag in {"ul", "ol"} else 1)
