"""What the tests of photos have in common: a client that stores them, and a look at the far side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.backend import Capabilities
from mappings import hub
from mappings.hub import Order
from tests.fake_notices import picture
from tests.fake_world import Post
from tests.gateway_harness import Answer, Ground

EDITING = Capabilities(
    software="fake", version="1.0", label="Fake", order=Order.TIMED, statuses_by_id=True, editing=True
)
"""A far side whose posts can be changed; the harness's own cannot."""
PLAIN = Capabilities(software="fake", version="1.0", label="Fake", order=Order.TIMED, statuses_by_id=True)

PICTURE = picture(32, 16)


async def create(ground: Ground, album: str = "Holiday", *, number: int = 0, name: str = "cat.png", **form: Any) -> Any:
    """A stored photo, as the call shows it. `number` makes its bytes, else equal ones would be the same request."""
    reply = await ground.post(
        "friendica/photo/create", album=album, files={"media": (name, picture(32, 16 + number), "image/png")}, **form
    )
    assert reply.status == 200, reply.body
    return reply.json


async def albums_of(ground: Ground, **given: Any) -> dict[str, list[str]]:
    """File names by album, in the order of the list."""
    found: dict[str, list[str]] = {}
    for row in (await ground.get("friendica/photos/list", **given)).json:
        found.setdefault(row["album"], []).append(row["filename"])
    return found


async def ids_of(ground: Ground, **given: Any) -> set[str]:
    """Ids of all photos in the list."""
    return {row["id"] for row in (await ground.get("friendica/photos/list", **given)).json}


def carriers(ground: Ground, acct: str = "alice") -> list[Post]:
    """The statuses of a person that only carry photos."""
    return [
        post for post in ground.world.posts.values()
        if post.author == f"p:{acct}" and post.visibility == hub.Visibility.DIRECT and post.media
    ]  # fmt: skip


def lose_store(folder: Path) -> None:
    """As if the disk had been lost, but not the server key."""
    for file in folder.glob("oldbird.sqlite*"):
        file.unlink()


def message(reply: Answer) -> tuple[str, str]:
    """Result and message of a verbose answer."""
    assert reply.status == 200, reply.body
    return reply.json["result"], reply.json["message"]
