"""The fidelity page says what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings import fidelity
from mappings.fields import UNSET, Field

DOCS = Path(__file__).parent.parent.parent / "docs" / "fidelity.md"
FIELDS = [field for _, fields in fidelity.TABLES for field in fields]


def test_the_file_is_made_from_the_tables() -> None:
    assert DOCS.read_text("utf-8") == fidelity.page(), "python -m mappings.fidelity > docs/fidelity.md"


@pytest.mark.parametrize("field", FIELDS, ids=[field.name for field in FIELDS])
def test_a_baked_value_is_never_called_exact(field: Field) -> None:
    assert (field.const is UNSET) or field.fidelity in {"constant", "lost"}
    assert field.note
    assert f"| `{field.name}` | {field.fidelity} |" in fidelity.page()
