"""Fixtures of the servers."""

from __future__ import annotations

from tests.c2s.bovine import bovine_server, herd

__all__ = ["bovine_server", "herd"]
