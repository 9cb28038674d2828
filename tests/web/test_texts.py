"""The catalogues: the same keys in every language, each of them used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from gateway.client_presets import PRESETS
from gateway.web import notices, pages, texts
from gateway.web.clients import OTHERS, remarks_of

WEB = Path(texts.__file__).parent
KEY = re.compile(r"[a-z]+\.[a-z_]+")
FILES = (".html", ".css", ".js")
TEXTS = {language: texts.catalogue(language) for language in texts.LANGUAGES}
ENGLISH = TEXTS["en"]


def in_templates() -> Iterator[str]:
    """Keys that templates ask for by name."""
    for path in pages.FOLDER.glob("*.html"):
        yield from re.findall(r"""\bt\(\s*["']([a-z]+\.[a-z_]+)["']""", path.read_text())


def in_code() -> Iterator[str]:
    """Every string of the code that has the form of a key and begins with a group of the catalogues."""
    groups = {key.partition(".")[0] for key in ENGLISH}
    nodes = (node for path in WEB.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    strings = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    for text in strings:
        if KEY.fullmatch(text) and text.partition(".")[0] in groups and not text.endswith(FILES):
            yield text


def asked_for() -> set[str]:
    """All keys in use."""
    labels = {f"type.{label}" for preset in PRESETS.values() for label, _ in preset.typed}
    remarks = {f"client.{remark}" for preset in PRESETS.values() for remark in remarks_of(preset)}
    return {*in_templates(), *in_code(), *labels, *remarks, *OTHERS.values()}


def holes(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_text_is_missing_or_unused(language: str) -> None:
    assert set(TEXTS[language]) == asked_for()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_texts_are_whole(language: str) -> None:
    for key, text in TEXTS[language].items():
        assert text == text.strip()
        assert text
        assert holes(text) == holes(ENGLISH[key]), key


def test_languages_differ() -> None:
    same = {key for key in ENGLISH if ENGLISH[key] == TEXTS["de"][key]}
    assert same <= {"type.server", "type.host"}


def test_every_catalogue_is_a_language() -> None:
    assert {path.stem for path in texts.FOLDER.glob("*.toml")} == set(texts.LANGUAGES)


def test_a_key_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        texts.Texts("en")("front.nothing")
    with pytest.raises(KeyError):
        texts.Texts("de")("connect.already", other="x")


def test_errors_of_the_far_side_have_texts() -> None:
    assert {key for key, _ in notices.FAR.values()} | set(notices.BODY.values()) <= set(ENGLISH)
