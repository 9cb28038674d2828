"""The table of clients in the README says what the suite runs and asserts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from gateway.call_rows import TABLE
from gateway.client_presets import PRESETS
from tests.clients.checks import CHECKS
from tests.clients.gear import ALL, CLIENTS, EVERYTHING, ROOT, Client
from tests.clients.table import RECORDED, STEPS, passed, put, table

README = ROOT / "README.md"


def named_tests(path: Path) -> set[str]:
    """Names of test functions."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_the_readme_has_the_table() -> None:
    assert put(README.read_text("utf-8")) == README.read_text("utf-8"), "python -m tests.clients.table README.md"


def test_a_readme_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="missing"):
        put("# Oldbird\n")


def test_every_step_of_the_table_is_made_of_steps_that_are_checked() -> None:
    assert {part for parts in STEPS.values() for part in parts} - set(EVERYTHING) == {"timelines"}
    assert set(EVERYTHING) <= set(CHECKS)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_step_has_passed_when_the_journey_has_a_part_of_it(name: str) -> None:
    client = CLIENTS[name]
    for step, parts in STEPS.items():
        assert (step in passed(client)) == any(part not in client.lacks for part in parts if part in EVERYTHING)


def test_what_is_missing_is_said() -> None:
    assert "| all 11 |" in table()
    assert "| 10: all but picture | `statusnet` |" in table()
    assert passed(Client("none", "0", done=("login", "newer"))) == ["login", "timelines"]


@pytest.mark.parametrize("name", ["spec-curl", "spec-python"])
def test_the_examples_of_the_specification_post(name: str) -> None:
    client = ALL[name]
    language = name.removeprefix("spec-")
    assert f"test_the_{language}_example_of_the_specification_posts" in named_tests(
        ROOT / "tests/clients" / client.target
    )
    assert (client.done, RECORDED[name]) == (("post",), ["statuses/update"])


def test_choqok_does_what_the_table_says() -> None:
    """Signed in is who sees a timeline."""
    words = {word for test in named_tests(ROOT / "tests/desktop/test_choqok.py") for word in test.split("_")}
    assert set(ALL["choqok"].done) - {"login"} <= words
    assert re.search(rf"^{ALL['choqok'].target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_dialects_are_presets() -> None:
    assert {client.dialect for client in ALL.values()} <= {"", *PRESETS}


def test_the_calls_of_every_client_are_recorded() -> None:
    assert set(RECORDED) == set(ALL)
    for name, calls in RECORDED.items():
        assert calls == sorted({*calls}), name
        assert {*calls} <= {call.path for call in TABLE}
