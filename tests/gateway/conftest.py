"""A real Redis for the tests that want one."""

from __future__ import annotations

from tests.redis_server import redis_server, redis_url

__all__ = ["redis_server", "redis_url"]
