"""The user guide quotes the gateway: what errors say, and what is written on the pages of the browser."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache

import pytest

from adapters.lacks import LACKS
from gateway.errors import BACKEND
from tests.clients.gear import ROOT
from tests.documents.commands import prose

GUIDE = prose((ROOT / "docs" / "user-guide.md").read_text("utf-8"))
ROWS = re.findall(r"^\| (\d{3}) \| (.*?) \| ", GUIDE, re.MULTILINE)
EXAMPLE = re.compile(r'a sentence such as "(.*)"')


@cache
def sentences() -> tuple[str, ...]:
    """Every text in the sources as an expression; what is filled in is anything."""
    found = set()
    for path in [*(ROOT / "gateway").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (str(part.value) if isinstance(part, ast.Constant) else None for part in node.values)
                found.add("".join(".+" if part is None else re.escape(part) for part in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.escape(node.value))
    return tuple(text for text in found if " " in text)


@pytest.mark.parametrize(("number", "text"), ROWS)
def test_an_error_says_that(number: str, text: str) -> None:
    if example := EXAMPLE.fullmatch(text):
        assert int(number) in BACKEND.values()
        assert example[1] in {sentence.format("Mastodon") for sentence in LACKS.values()}
        return
    assert any(re.fullmatch(one, text) or one.startswith(re.escape(text)) for one in sentences())


def test_the_table_is_there() -> None:
    assert {number for number, _ in ROWS} >= {"401", "403", "429", "500", "501", "502", "503", "504"}


def test_the_pages_have_these_words() -> None:
    catalogue = tomllib.loads((ROOT / "gateway" / "web" / "catalogues" / "en.toml").read_text("utf-8"))
    words = {text for section in catalogue.values() for text in section.values()}
    named = set(re.findall(r"(?<![*\w])\*([^*\n]+)\*(?!\*)", GUIDE))
    assert named
    assert named <= words
