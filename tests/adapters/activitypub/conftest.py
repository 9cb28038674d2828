"""Alice and bob, who know each other from before, on two kinds of server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.transport import Transport
from tests.adapters.activitypub.sides import Two, two
from tests.c2s.bovine import bovine_server, herd
from tests.c2s.embedded import embedded, embedded_server, second, second_server

__all__ = ["bovine_server", "embedded", "embedded_server", "herd", "second", "second_server"]


@pytest.fixture(params=["herd", "embedded"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Two]:
    """Alice and bob on either server."""
    people = request.getfixturevalue(request.param)
    server = request.getfixturevalue("bovine_server" if request.param == "herd" else "embedded_server")
    transport = Transport("oldbird/test", allow_hosts=[server.pair])
    yield await two(server, people, transport)
    await transport.close()
