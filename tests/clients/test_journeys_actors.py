"""The same clients before a server of actors: what each saw, and what that server then knew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx
import pytest

from adapters.backend import UNSTATED_CHARS
from mappings import activitypub as ap
from tests.c2s.dialect.world import PUBLIC, World
from tests.c2s.embedded import EmbeddedServer, running
from tests.c2s.village import village
from tests.clients import heard_calls
from tests.clients.checks import CHECKS
from tests.clients.gear import CLIENTS, Demo, native, travelled
from tests.clients.journeys import BY_PASSWORD, Journey, Trip, by_password, looking, once
from tests.clients.needs import signed_in
from tests.clients.table import RECORDED

LISTS = {"favourited_by": "likes", "reblogged_by": "shares"}


class FarActors(NamedTuple):
    """The server behind the gateway, asked as `tests.clients.gear.Far` is and answering as a Mastodon server would."""

    web: httpx.Client
    world: World

    def get(self, path: str) -> Any:
        """What its API says of itself: nothing of this kind, so there is only our own limit."""
        assert path == "instance"
        return {"configuration": {"statuses": {"max_characters": UNSTATED_CHARS}}}

    def code(self, path: str) -> int:
        """404 for what is deleted."""
        return 404 if self._document(path.rpartition("/")[2])["type"] == "Tombstone" else 200

    def status(self, status: dict[str, Any]) -> Any:
        """The server's own record of a status the gateway showed."""
        found = self._document(native(status))
        tags = [tag for tag in ap.as_list(found.get("tag")) if tag["type"] == "Mention"]
        return {
            "id": found["id"].rpartition("/")[2],
            "visibility": "public" if PUBLIC in ap.ids_of(found["to"]) else "other",
            "content": found["content"],
            "in_reply_to_id": ap.id_of(found.get("inReplyTo")).rpartition("/")[2] or None,
            "mentions": [{"username": self._name(tag["href"])} for tag in tags],
            "media_attachments": [{"url": file["url"]} for file in ap.as_list(found.get("attachment"))],
        }

    def names(self, status: dict[str, Any], what: str) -> set[str]:
        """Who did `what` with a status the gateway showed."""
        done = self.world.members(self._document(native(status))[LISTS[what]])
        return {self._name(self.world.documents[id]["actor"]) for id in done}

    def followed(self, name: str) -> set[str]:
        """Whom somebody follows or asked to follow."""
        actor = self.world.people[name].actor
        asked = self.world.members(self.world.part(actor, "pendingFollowing"))
        whom = [self.world.documents[one]["object"] for one in asked]
        return {self._name(one) for one in (*self.world.members(self.world.part(actor, "following")), *whom)}

    def _document(self, last: str) -> Any:
        (found,) = [one for id, one in self.world.documents.items() if id.rpartition("/")[2] == last]
        return found

    def _name(self, actor: str) -> str:
        name: str = self.world.documents[actor]["preferredUsername"]
        return name


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """A server of the embedded dialect, for these alone."""
    yield from running()


@pytest.fixture(scope="session")
def place(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Everybody on it, and the gateway before it."""
    folder = tmp_path_factory.mktemp("village")
    with village(folder, server) as place:
        yield Demo(place.base_url, place.backend_url, place.users, place.consumer, folder / "gateway")


@pytest.fixture(scope="session")
def actor_bob(place: Demo) -> Iterator[httpx.Client]:
    """The gateway as bob sees it."""
    with signed_in(place, "bob") as web:
        yield web


@pytest.fixture(scope="session")
def far_actors(server: EmbeddedServer) -> Iterator[FarActors]:
    """The server, looked into."""
    with httpx.Client(base_url=server.base_url, trust_env=False, timeout=30) as web:
        yield FarActors(web, server.world)


@pytest.fixture(scope="session")
def actor_journey(
    place: Demo, far_actors: FarActors, picture: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Journey]:
    """name of a client -> its journey, taken when first asked for."""

    def taken(name: str) -> Journey:
        facts, home = by_password(name, place, picture), tmp_path_factory.mktemp("home")
        with heard_calls.here(place.base_url) as calls:
            return Journey(travelled(name, facts, looking(far_actors), home), calls)

    return once(taken)


@pytest.mark.parametrize(("name", "step"), [(name, step) for name in BY_PASSWORD for step in CLIENTS[name].steps])
def test_step(
    name: str,
    step: str,
    actor_journey: Callable[[str], Journey],
    far_actors: Any,
    actor_bob: httpx.Client,
    picture: Path,
) -> None:
    CHECKS[step](Trip(name, actor_journey(name).steps, far_actors, actor_bob, picture))


@pytest.mark.parametrize("name", BY_PASSWORD)
def test_the_calls_of_a_client_are_those_that_are_recorded(name: str, actor_journey: Callable[[str], Journey]) -> None:
    assert sorted(actor_journey(name).calls) == RECORDED[name], f"calls.toml, {name}"


def test_four_libraries_and_more_take_the_journey() -> None:
    assert {"twitter", "gnusocial", "statusnet", "curl", "urllib"} == set(BY_PASSWORD)
