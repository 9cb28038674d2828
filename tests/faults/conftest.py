"""The real Mastodon server of the tests, with its fault rules."""

from __future__ import annotations

from tests.mock_server import mock, mock_server

__all__ = ["mock", "mock_server"]
