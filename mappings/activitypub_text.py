"""Texts in several languages, numbers and dates of ActivityPub documents, and HTML of plain text. Nothing raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from math import isnan
from typing import Any

from mappings import dates
from mappings.activitypub_terms import MOST, Document, as_list
from mappings.characters import clean

LONGEST_TEXT, LONGEST_LINE = 200_000, 500
LARGEST = 2**31 - 1
AHEAD = timedelta(days=1)
"""A date further than this beyond the arrival is a mistake or a lie."""


def text_of(document: Document, name: str, language: str = "") -> str:
    """`name` or `nameMap`: in the preferred language where there is one, else as the author put it first."""
    plain, by_language = _literal(document.get(name)), _languages(document.get(f"{name}Map"))
    wanted = language.lower().partition("-")[0]
    for key, text in by_language.items():
        if wanted and (key.lower() == language.lower() or key.lower().partition("-")[0] == wanted):
            return text
    return plain or next(iter(by_language.values()), "")


def _literal(value: Any) -> str:
    """A text, `{"@value": ...}`, or the first of a list of these that holds something."""
    for item in as_list(value)[:MOST]:
        text = item.get("@value") if isinstance(item, dict) else item
        if isinstance(text, str) and text.strip():
            return _cut(text)
    return ""


def _languages(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    found = ((_language(key), _literal(text)) for key, text in list(value.items())[:MOST])
    return {key: text for key, text in found if text and key}


def _language(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", value) else ""


def _cut(text: str) -> str:
    """At most LONGEST_TEXT characters, not ending inside a tag."""
    if len(text) <= LONGEST_TEXT:
        return text
    text = text[:LONGEST_TEXT]
    return text[: text.rfind("<")] if text.rfind("<") > text.rfind(">") else text


def line(value: Any, most: int = LONGEST_LINE) -> str:
    """One line of plain text, bounded; "" for what is none."""
    text = _literal(value)
    return " ".join(text[: most * 4].split())[:most] if text else ""


def named(document: Document, language: str = "") -> str:
    """The name of anything, one line."""
    return line(text_of(document, "name", language))


def count(value: Any) -> int:
    """A number of things, 0 to LARGEST; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, float) and isnan(value)):
        return 0
    return int(min(max(value, 0), LARGEST))


def total(value: Any) -> int:
    """How many are in a collection, as far as the document says."""
    if isinstance(value, dict):
        told = count(value.get("totalItems"))
        return told or len(as_list(value.get("items"))) or len(as_list(value.get("orderedItems")))
    return count(value)


# dates ----------------------------------------------------------------------------------------------------------------


def when(value: Any) -> datetime | None:
    """An RFC 3339 date, UTC where it has no offset; None when it is none or lies before 1970."""
    if not isinstance(value, str) or not 8 <= len(value) <= 64:
        return None
    try:
        found = datetime.fromisoformat(value.strip().upper())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found >= dates.EPOCH + timedelta(milliseconds=1) else None


def iso(found: datetime | None) -> str:
    """ISO 8601 in UTC with milliseconds, "" for None."""
    return "" if found is None else found.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def date_of(*values: Any, arrived: str = "") -> str:
    """The first readable date, else that of the arrival, else the epoch. Nothing lies more than a day beyond the
    arrival."""
    found, limit = next((one for one in map(when, values) if one), None), when(arrived)
    if found is None or (limit is not None and found - limit > AHEAD):
        found = limit
    return iso(found) or dates.EPOCH_ISO


# HTML of plain text ---------------------------------------------------------------------------------------------------

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?')\]}]", re.IGNORECASE)


def paragraphs(text: str, inline: Callable[[str], str] | None = None) -> str:
    """Plain text as HTML: paragraphs, line breaks, links. `inline(part)` may make the HTML of what is no link."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", clean(text).strip())]
    made = [_lines(block, inline or _escaped) for block in blocks if block.strip()]
    return "".join(f"<p>{block}</p>" for block in made)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _lines(text: str, inline: Callable[[str], str]) -> str:
    out, at = [], 0
    for found in _URL.finditer(text):
        out += [inline(text[at : found.start()]), anchor(found[0])]
        at = found.end()
    return "".join([*out, inline(text[at:])]).replace("\n", "<br>")


def anchor(url: str, shown: str = "", marks: str = "") -> str:
    """A link."""
    return f'<a href="{escape(url)}"{marks}>{escape(shown or url, quote=False)}</a>'


def mentions_url(html: str, url: str) -> bool:
    """The address stands somewhere in the HTML."""
    return url in html or url in unescape(html)


def first_of(values: Sequence[str]) -> str:
    """The first that holds something."""
    return next((value for value in values if value), "")
