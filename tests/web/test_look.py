"""What can be said of the looks without looking: contrasts, sizes, and that all files are in the package."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from gateway.web.assets import FOLDER

ROOT = Path(__file__).parent.parent.parent
SHEET = (FOLDER / "oldbird.css").read_text()
SCHEMES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL), strict=True))
TEXT = (
    ("ink", "paper"), ("ink", "sheet"), ("soft", "paper"), ("soft", "sheet"), ("accent", "paper"), ("accent", "sheet"),
    ("on-accent", "accent"), ("wrong", "paper"), ("wrong", "sheet"), ("wrong", "wrong-paper"), ("ink", "wrong-paper"),
    ("ink", "good-paper"), ("good", "good-paper"),
)  # fmt: skip
EDGES = (("line", "paper"), ("line", "sheet"), ("focus", "paper"), ("focus", "sheet"))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrasts(scheme: str) -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", SCHEMES[scheme]))
    assert {pair: contrast(*map(colours.get, pair)) for pair in TEXT if contrast(*map(colours.get, pair)) < 4.5} == {}
    assert {pair: contrast(*map(colours.get, pair)) for pair in EDGES if contrast(*map(colours.get, pair)) < 3} == {}


def test_colours_are_named_once() -> None:
    named = "".join(SCHEMES.values())
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", SHEET)) <= set(re.findall(r"#[0-9a-f]{6}", named))
    assert "@import" not in SHEET
    assert "url(" not in SHEET


def test_all_files_of_the_pages_are_in_the_package() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in FOLDER.parent.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]
    assert len(files) > 8
    assert [path.name for path in files if not any(fnmatch(path.name, pattern) for pattern in patterns)] == []
