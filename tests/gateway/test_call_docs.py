"""The page of the calls says what the table says."""

from __future__ import annotations

from pathlib import Path

from gateway.call_docs import TYPES, document, planned
from gateway.call_rows import CALLS
from gateway.calls import Type

PAGE = Path(__file__).parents[2] / "docs" / "calls.md"


def test_page_is_what_the_table_gives() -> None:
    assert PAGE.read_text("utf-8") == document(), "python -m gateway.call_docs > docs/calls.md"


def test_every_call_and_parameter_is_on_the_page() -> None:
    page = document()
    for call in CALLS:
        section = page.partition(f"\n## {call.path}\n")[2].partition("\n## ")[0]
        for name in (*call.aliases, *(param.name for param in call.params), *call.ignored):
            assert f"`{name}`" in section


def test_types_are_explained() -> None:
    assert set(TYPES) == set(Type)


def test_planned_calls_in_words() -> None:
    lines = planned()
    assert len(lines) == sum(call.handler is None for call in CALLS)
    assert lines == tuple(f"{call.path}: {call.doc}" for call in CALLS if call.handler is None)
