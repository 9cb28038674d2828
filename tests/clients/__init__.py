"""Clients, run or played."""

import pytest

pytest.register_assert_rewrite(*(f"tests.clients.{name}" for name in ("checks", "extras", "gear", "journeys")))
