"""Calls that the specification does not name and live clients use (wire-friendica.md sections 6 and 11-13)."""

from __future__ import annotations

from gateway.calls import Call

ROWS: tuple[Call, ...] = ()
