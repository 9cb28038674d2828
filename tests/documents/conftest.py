"""Fixtures: a real server behind the gateway."""

from tests.mock_server import mock, mock_server

__all__ = ["mock", "mock_server"]
