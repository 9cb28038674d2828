"""Every link between the documents leads to something, and every page is found from the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.clients.gear import ROOT
from tests.documents.commands import prose
from tests.documents.test_commands import documents, name

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
START = ROOT / "README.md"


def links(document: Path) -> Iterator[tuple[Path, str]]:
    """(what a link names, its anchor or "") of every link that stays here."""
    for target in LINK.findall(prose(document.read_text("utf-8"))):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            yield ((document.parent / path).resolve() if path else document), anchor


@cache
def anchors(document: Path) -> frozenset[str]:
    """Of its headings, as they are made on the web."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(document.read_text("utf-8")), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w -]", "", plain).replace(" ", "-")
        more = (f"{slug}-{number}" for number in range(1, 100))
        found.add(slug if slug not in found else next(one for one in more if one not in found))
    return frozenset(found)


@pytest.mark.parametrize("document", documents(), ids=name)
def test_every_link_leads_somewhere(document: Path) -> None:
    lost = [(name(path), anchor) for path, anchor in links(document) if not path.exists()]
    assert lost == []
    wrong = [(name(path), anchor) for path, anchor in links(document) if anchor and anchor not in anchors(path)]
    assert wrong == []


def test_every_page_is_found_from_the_readme() -> None:
    direct = pages_of(START)
    found = {START} | direct | {page for one in direct for page in pages_of(one)}
    assert [name(page) for page in documents() if page not in found] == []


def pages_of(document: Path) -> set[Path]:
    """The pages it links to; of a folder all in it."""
    named = {path for path, _ in links(document)}
    return {page for page in documents() if page in named or page.parent in named - {ROOT}}


def test_anchors_are_those_of_the_web(tmp_path: Path) -> None:
    page = tmp_path / "x.md"
    page.write_text("# What is `kept` here?\n\n## A, b\n\n## A, b\n\n    # no heading\n\n## [Link](x.md) (c/d_e)\n")
    assert anchors(page) == {"what-is-kept-here", "a-b", "a-b-1", "link-cd_e"}
