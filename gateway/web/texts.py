"""The texts of the pages: one catalogue a language, `catalogues/<language>.toml`, with the same keys in each.

A key is `group.name`. What stands in braces is filled in by name; templates escape the result like any other text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "catalogues"
LANGUAGES: dict[str, str] = {"en": "English", "de": "Deutsch"}
"""Language tag -> its own name. The first is used when nothing the browser asks for is there."""
DEFAULT = next(iter(LANGUAGES))
MAX_RANGES = 32
"""Entries of an Accept-Language header that are looked at."""


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Key -> text of one of `LANGUAGES`."""
    groups = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return {f"{group}.{name}": text for group, texts in groups.items() for name, text in texts.items()}


class Texts:
    """The texts of one language."""

    __slots__ = ("_texts", "language")

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = catalogue(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The text under `key`, filled in. Raises KeyError for a key or a value that is not there."""
        text = self._texts[key]
        return text.format(**values) if values else text


def negotiated(header: str) -> str:
    """The language of an Accept-Language header (RFC 9110 section 12.5.4): its best range that is here."""
    weighted = [_weighted(part) for part in header.split(",")[:MAX_RANGES]]
    for weight, language in sorted(weighted, key=lambda pair: -pair[0]):
        if weight > 0 and language in LANGUAGES:
            return language
    return DEFAULT


def _weighted(part: str) -> tuple[float, str]:
    """(weight, primary language) of one range; weight 0 where it cannot be read."""
    name, _, parameters = part.partition(";")
    _, _, weight = parameters.partition("q=")
    try:
        return (float(weight) if weight.strip() else 1.0), name.strip().lower().partition("-")[0]
    except ValueError:
        return 0.0, ""
