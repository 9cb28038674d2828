"""The text of a status for clients, and the text of a post for backends (DESIGN section 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mappings import hub
from mappings.html import SPACE, Reading, read, written
from mappings.links import Link

INERT = "\u200b"
"""Zero width space: behind an @ it keeps every server from taking the word for a name."""

_NAME = re.compile(r"(?<![\w/=])[@＠](\w(?:[\w.-]*\w)?)(?:[@＠](\w(?:[\w.-]*\w)?(?::\d+)?))?")
_SIGN = re.compile(r"[@＠](?=\w)")


def named(text: str) -> list[tuple[int, int, str, str]]:
    """Every `@name` or `@name@host` of `text`: start, end, name, host ("" when none is given).

    Takes more for a name than any one server does, because it guards who is reached.
    """
    return [(found.start(), found.end(), found[1], found[2] or "") for found in _NAME.finditer(text)]


def inert(text: str, keep: set[str]) -> str:
    """`text` with every name outside `keep` (casefolded `name` or `name@host`) made inert."""
    out, at = [], 0
    for start, end, name, host in named(text):
        if f"{name}@{host}".rstrip("@").casefold() not in keep:
            out += [text[at:start], _SIGN.sub(lambda sign: sign[0] + INERT, text[start:end])]
            at = end
    return "".join([*out, text[at:]])


def text_from_html(html: str) -> str:
    """What a backend for plain text takes for `htmlstatus`: links as `description URL`, lists, paragraphs."""
    return read(html).text


def heads(status: hub.Status) -> list[str]:
    """What must be read before the body: the reader's filters that matched, then the content warning."""
    return [*status.filters, status.title] if status.title else [*status.filters]


def warnings(status: hub.Status, reading: Reading) -> str:
    """The heads that the body does not hold, a line each."""
    return "\n".join([title for title in heads(status) if title not in reading.text])


def extras(status: hub.Status, reading: Reading, quote: Reading) -> list[str | Link]:
    """Pieces for what the HTML does not show: the poll, the quoted post, the media."""
    out: list[str | Link] = []
    if status.poll is not None:
        out += _poll(status.poll, status.url)
    if status.quote_of is not None and not quoted_inside(status.quote_of, reading):
        out += _quote(status.quote_of, quote)
    for index, item in enumerate(status.media):
        url, alternative = address(item), f" [{item.description}]" if item.description else ""
        if url and url not in reading.text:
            out += ["\n" if index else "\n\n", Link("media", "", url, index), alternative]
        elif url and item.description not in reading.text:
            out += ["\n\n", alternative[1:]]
    return out


def quoted_inside(quoted: hub.Status, reading: Reading) -> bool:
    """The body already links to the quoted post, as servers write it for those that know no quotes."""
    return any(link and link in reading.text for link in (quoted.url, quoted.uri))


def whole_text(status: hub.Status, reading: Reading, more: Sequence[str | Link]) -> str:
    """The text of a status that is no boost, links written out. A head that the body already holds is left out."""
    text = reading.text + written(more) if more else reading.text
    if status.title or status.filters:
        text = _lead(status, reading) + text
    return text if reading.text else text.strip(SPACE)


def whole_pieces(status: hub.Status, reading: Reading, more: Sequence[str | Link]) -> list[str | Link]:
    """The same in pieces. Links to the status's own files are marked as media."""
    files = {address(item): place for place, item in enumerate(status.media)}
    body = [_marked(piece, files) for piece in reading.pieces] if files else [*reading.pieces]
    pieces = [_lead(status, reading), *body, *more]
    first = next((at for at, piece in enumerate(pieces) if not isinstance(piece, str) or piece.strip(SPACE)), 0)
    if first < len(pieces) and isinstance(head := pieces[first], str):
        return [head.lstrip(SPACE), *pieces[first + 1 :]]
    return pieces[first:]


def _lead(status: hub.Status, reading: Reading) -> str:
    lead = warnings(status, reading)
    return f"{lead}\n\n" if lead and reading.text else lead


def _marked(piece: str | Link, files: dict[str, int]) -> str | Link:
    if isinstance(piece, Link) and piece.kind == "url" and piece.url in files:
        return Link("media", piece.shown, piece.url, files[piece.url])
    return piece


def _poll(poll: hub.Poll, url: str) -> list[str | Link]:
    lines = [f"* {option.title}{votes(option.votes_count)}" for option in poll.options]
    vote = "Vote, several answers:" if poll.multiple else "Vote:"
    end = f"Closed, {poll.votes_count} votes" if poll.expired else vote
    out: list[str | Link] = ["\n\n" + "\n".join([*lines, end])]
    return out if poll.expired or not url else [*out, " ", Link("url", url, url)]


def votes(count: int | None) -> str:
    """What follows an answer; nothing while the counts are hidden."""
    return "" if count is None else f": {count}"


def _quote(quoted: hub.Status, quote: Reading) -> list[str | Link]:
    """`♲ @who: text` and the link; its warnings first."""
    link, before = quoted.url or quoted.uri, warnings(quoted, quote)
    out: list[str | Link] = [f"\n\n♲ @{quoted.account.acct}: ", f"{before}\n\n" if before else "", *quote.pieces]
    return [*out, "\n" if quote.pieces else "", Link("url", link, link)] if link else out


def address(media: hub.Media) -> str:
    """Where the file itself is."""
    return media.url or media.remote_url or media.preview_url
