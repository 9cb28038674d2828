"""Fixtures: a real server behind the gateways, and a real Redis."""

from tests.mock_server import mock, mock_server
from tests.redis_server import redis_server, redis_url

__all__ = ["mock", "mock_server", "redis_server", "redis_url"]
