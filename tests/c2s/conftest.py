"""Fixtures of the servers, and of a bare client of the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from tests.c2s import onepage
from tests.c2s.bovine import bovine_server, herd
from tests.c2s.embedded import embedded, embedded_server, second, second_server
from tests.c2s.talk import Talk

__all__ = ["bovine_server", "embedded", "embedded_server", "herd", "second", "second_server"]


@pytest.fixture
async def talk(request: pytest.FixtureRequest) -> AsyncIterator[Talk]:
    """Three people who do not know each other, on our server or on a live onepage.pub."""
    herd = onepage.people() if onepage.URL else request.getfixturevalue("embedded")
    async with httpx.AsyncClient(base_url=herd.base_url, trust_env=False, timeout=30) as web:
        yield Talk(herd, web)
