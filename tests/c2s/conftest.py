"""Fixtures of the servers."""

from __future__ import annotations

from tests.c2s.bovine import bovine_server, herd
from tests.c2s.embedded import embedded, embedded_server, second, second_server

__all__ = ["bovine_server", "embedded", "embedded_server", "herd", "second", "second_server"]
