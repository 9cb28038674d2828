"""Journeys of clients: what was seen on them, and what each client is told before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import httpx2 as httpx

from tests.clients.gear import CLIENTS, Answering, Demo, Far
from tests.clients.needs import device

PERSON = "alice"
BY_PASSWORD = tuple(name for name, client in CLIENTS.items() if not client.ways)
"""Those that send name and password."""
SEEN = {"doomed", "page", "after follow", "after unfollow"}
"""What a journey shows beside its steps."""


class Journey(NamedTuple):
    """step -> what the client made of the answer; the calls that the gateway answered meanwhile."""

    steps: dict[str, Any]
    calls: set[str]


class Trip(NamedTuple):
    """One client's journey, and where to look whether it is true; `bob`: the same gateway as he sees it."""

    name: str
    steps: dict[str, Any]
    far: Far
    bob: httpx.Client
    picture: Path

    def __getitem__(self, step: Any) -> Any:
        return self.steps[step]

    def received(self) -> list[dict[str, Any]]:
        """Bob's messages."""
        found: list[dict[str, Any]] = self.bob.get("/api/direct_messages.json?count=200&getText=plain").json()
        return found


def check_picture(trip: Trip, status: dict[str, Any]) -> None:
    """The status has the picture, and so has its record on the server."""
    assert len(status["attachments"]) == 1
    (there,) = trip.far.status(status)["media_attachments"]
    assert trip.far.web.get(there["url"]).content == trip.picture.read_bytes()


class Follows(Protocol):
    """A server that says whom somebody follows."""

    def followed(self, name: str) -> set[str]:
        """Their names."""


def looking(far: Follows) -> Answering:
    """Looks whom the person follows."""
    return Answering(lambda: sorted(far.followed(PERSON)))


def by_password(name: str, demo: Demo, picture: Path) -> dict[str, str]:
    """What a client with a device of its own is told."""
    password = asyncio.run(device(demo, PERSON, CLIENTS[name].dialect))
    return {"base_url": demo.base_url, "password": password, "picture": str(picture)}


def once(taken: Callable[[str], Journey]) -> Callable[[str], Journey]:
    """Each journey once; what failed once has failed for all who ask."""

    @cache
    def tried(name: str) -> Journey | AssertionError:
        try:
            return taken(name)
        except AssertionError as error:
            return error

    def journey(name: str) -> Journey:
        found = tried(name)
        if isinstance(found, AssertionError):
            raise found
        return found

    return journey
