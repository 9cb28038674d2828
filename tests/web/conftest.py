"""A mastodon_mock, and a gateway before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.far_server import FarServer, far_server
from tests.mock_server import MockServer, mock, mock_server
from tests.web.browser import Browser, Site, site_on
from tests.web.far import willing

__all__ = ["mock", "mock_server"]


@pytest.fixture
async def site(tmp_path: Path, mock: MockServer) -> AsyncIterator[Site]:
    """A gateway that may reach the mock."""
    async with site_on(tmp_path / "data", [mock.pair]) as opened:
        yield opened


@pytest.fixture
def browser(site: Site) -> Browser:
    """A browser without a past."""
    return site.browser()


@pytest.fixture
async def far() -> AsyncIterator[FarServer]:
    """A server whose answers the test scripts; it lets alice in."""
    async with far_server() as server:
        willing(server)
        yield server


@pytest.fixture
async def far_site(tmp_path: Path, far: FarServer) -> AsyncIterator[Site]:
    """A gateway that may reach it."""
    async with site_on(tmp_path / "far-data", [far.pair], upstream_seconds=2.0) as opened:
        yield opened
