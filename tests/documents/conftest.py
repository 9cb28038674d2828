"""Fixtures: real servers behind the gateway, the demo, and where commands are run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.c2s.embedded import embedded_server
from tests.clients.gear import Demo, running_demo
from tests.documents.desk import Desk
from tests.mock_server import MockServer, mock, mock_server

__all__ = ["embedded_server", "mock", "mock_server"]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """A running `oldbird demo`."""
    with running_demo() as (demo, _):
        yield demo


@pytest.fixture
def desk(
    tmp_path: Path, mock: MockServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A folder without anything."""
    found = Desk(tmp_path, mock, request.getfixturevalue, monkeypatch)
    yield found
    found.close()
