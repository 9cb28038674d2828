"""A real Redis and a real server for the tests that want one."""

from __future__ import annotations

from tests.mock_server import mock, mock_server
from tests.redis_server import redis_server, redis_url

__all__ = ["mock", "mock_server", "redis_server", "redis_url"]
