"""Restricted posts on real servers: asked for by everybody else, through the gateway and directly."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.conftest import LIVE_TOKENS, QUIRKS, TARGETS, URL
from tests.leaks import far
from tests.leaks.landscape import Landscape, landscape
from tests.leaks.matrix import NOBODY, Leak, Sweep
from tests.leaks.pictures import pictures
from tests.leaks.secrets import all_kinds
from tests.mock_server import TOKENS, MockServer

pytestmark = pytest.mark.anyio
FEW, EVERY = 2, 7
"""Secrets named in one parameter; one in so many combinations of lists: a sample, over HTTP."""
AS_IT_SHOWS = {
    "anybody reads by id": {"activities", "reactions"},
}
"""What of a server's holes no adapter can mend: methods of the backend, and the calls that stand on them."""


@pytest.fixture(params=TARGETS)
async def land(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Landscape]:
    """A gateway before each server in turn."""
    if request.param == "live":
        url, tokens = os.environ[URL], os.environ[LIVE_TOKENS].split(",")
    else:
        server: MockServer = request.getfixturevalue("mock")
        url, tokens = server.url, list(TOKENS.values())
    async with landscape(tmp_path, url, tokens) as made:
        yield made


def mended(land: Landscape, leaks: list[Leak]) -> list[Leak]:
    """Without what the server itself shows to everybody."""
    shown = [AS_IT_SHOWS.get(quirk, ()) for quirk in QUIRKS.get(land.author.backend.capabilities.software, ())]
    return [leak for leak in leaks if not any(set(leak.request.split()[:2]) & set(some) for some in shown)]


async def test_nobody_sees_it(land: Landscape) -> None:
    made = await land.village()
    secrets = await all_kinds(made, every=EVERY)
    await land.arrived(secrets)
    sweep = Sweep(land.ask, secrets, few=FEW if LIVE_TOKENS in os.environ else 1)
    await sweep.everything(await land.targets())
    left = mended(land, sweep.leaks)
    assert not left, "\n".join(map(str, left))
    assert {one.name for one in secrets if one.readers} == {name for name, _ in sweep.seen}
    users = [*(one.name for one in land.people[1:]), NOBODY]
    assert await pictures(land.ask, made, secrets, users) == []
    for user in users:
        assert mended(land, await far.seen(land.backend(user), user, secrets, land.author.native)) == []
