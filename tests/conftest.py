"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gateway_harness import Ground


@pytest.fixture
def anyio_backend() -> str:
    """All async tests run on asyncio."""
    return "asyncio"


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A gateway over the fake far side, with alice, bob, carol and dave linked."""
    from tests.gateway_harness import gateway_on  # noqa: PLC0415  tests without a gateway need none of it

    async with gateway_on(tmp_path) as ground:
        yield ground
