"""Letting somebody follow: no part of the contract, done as each kind of server has it."""

from __future__ import annotations

from typing import Any

from adapters.activitypub.backend import ActivityPubBackend
from mappings import activitypub_activities as acts
from tests.contract.conftest import Side, until


async def write(side: Side, path: str) -> Any:
    """A call of the Mastodon API."""
    return await side.backend.instance.upstream.call("POST", path, side.backend.token)  # type: ignore[attr-defined]


async def befriend(one: Side, two: Side) -> None:
    """`one` follows `two`, who agrees if asked."""
    forget(one)
    before = (await one.backend.relationships([two.me.account.native]))[0]
    if not before.following:
        await one.backend.follow(two.me.account.native)
        await agree(one, two)

    async def followed() -> bool:
        forget(one)
        return (await one.backend.relationships([two.me.account.native]))[0].following

    assert await until(followed, bool)


async def agree(one: Side, two: Side) -> None:
    """`two` lets `one` follow, where that is asked for."""
    asker, asked = one.backend, two.backend
    if isinstance(asked, ActivityPubBackend):
        assert isinstance(asker, ActivityPubBackend)
        native = await asker.standing(asked.me_id, "Follow")
        follow = {"id": native, "type": "Follow", "actor": asker.me_id, "object": asked.me_id}
        assert await until(lambda: asked.exists(native), bool)
        await asked.perform(acts.respond(asked.me_id, follow, asked.now(), accept=True))
        return
    asking = {person.native for person in (await asked.follow_requests(None)).items}
    if one.me.account.native in asking:
        await write(two, f"/api/v1/follow_requests/{one.me.account.native}/authorize")


def forget(side: Side) -> None:
    """Whom it follows is read again, not after the minutes it is remembered for."""
    if isinstance(side.backend, ActivityPubBackend):
        side.backend.link.sets.clear()
