"""Rules for the project as a whole: what may import what, sizes, pinned requirements, documents that are true."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import __version__
from tests.clients.gear import CLIENTS, ROOT

PACKAGES = ("gateway", "adapters", "mappings")
FORBIDDEN = {
    "mappings": {"gateway", "adapters", "httpx", "httpx2", "redis", "starlette", "aiohttp", "uvicorn", "tests"},
    "adapters": {"gateway", "httpx", "starlette", "uvicorn", "tests"},
    "gateway": {"httpx", "tests"},
}
FILE_LINES, FUNCTION_LINES, MEDIAN_LINES = 400, 60, 10


def sources(*folders: str) -> list[Path]:
    """Python files below the folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    """A file as a test names it."""
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    """Text files of the repository, without captured replies."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / line for line in listed.split("\0") if line and "tests/golden/friendica" not in line]
    return [path for path in paths if path.is_file()]


def imported(tree: ast.Module) -> Iterator[str]:
    """The first word of every module that is imported anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield (node.module or "").partition(".")[0]


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file."""
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function is, from `def` to its last line."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", sources(*PACKAGES), ids=name)
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    assert not set(imported(ast.parse(path.read_text()))) & FORBIDDEN[package]


@pytest.mark.parametrize("path", sources(*PACKAGES, "tests"), ids=name)
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") < FILE_LINES
    assert {node.name: lines(node) for node in functions(ast.parse(text)) if lines(node) > FUNCTION_LINES} == {}


def test_the_median_function_is_small() -> None:
    lengths = [lines(node) for path in sources(*PACKAGES) for node in functions(ast.parse(path.read_text()))]
    assert statistics.median(lengths) <= MEDIAN_LINES


UNWANTED = {
    "a path of one machine": r"(?<![\w./-])/(work|root|home)/\w",
    "the address of a package index": r"(pypi|pythonhosted)\.org|--(extra-)?index-url\b|--find-links\b",
    "work left for later": r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
    "a test that cannot fail": r"\b(pytest\.(mark\.)?(skip|xfail|importorskip)|unittest\.skip)",
    "a check switched off without its name": r"type: ignore(?!\[)|# noqa(?!: [A-Z])",
}


@pytest.mark.parametrize("what", UNWANTED)
def test_nothing_unwanted_is_in_the_repository(what: str) -> None:
    pattern = re.compile(UNWANTED[what])
    found = []
    for path in tracked():
        if path != Path(__file__):
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_requirements_are_pinned_and_hashed(path: Path) -> None:
    text = path.read_text().replace("\\\n", " ")
    rows = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert rows
    for row in rows:
        assert re.fullmatch(r"[\w.-]+==[\w.+!]+( ;.*?)?( +--hash=sha256:[0-9a-f]{64})+ *", row), row[:80]


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE))
    assert {re.split(r"[\[><=]", line)[0] for line in project["dependencies"]} <= pinned


def test_every_table_of_hashes_is_installed_by_make() -> None:
    makefile = (ROOT / "Makefile").read_text()
    clients = re.search(r"^CLIENTS := (.*)$", makefile, re.MULTILINE)
    assert clients
    assert {client.venv for client in CLIENTS.values()} - {""} == {f"client-{one}" for one in clients[1].split()}
    for path in (ROOT / "requirements").glob("*.txt"):
        assert path.name in makefile or path.stem.startswith("client-")


def test_the_changelog_knows_the_version() -> None:
    assert f"\n## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()
