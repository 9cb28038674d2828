"""A mastodon_mock, and a gateway before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.mock_server import MockServer, mock, mock_server
from tests.web.browser import Browser, Site, site_on

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
