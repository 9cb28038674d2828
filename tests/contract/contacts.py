"""Who follows and blocks whom: no part of the contract, done as each kind of server has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.activitypub.backend import ActivityPubBackend
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from tests.contract.conftest import Side, until

Ask = Callable[[], Awaitable[Any]]


async def write(side: Side, path: str) -> Any:
    """A call of the Mastodon API."""
    return await side.backend.instance.upstream.call("POST", path, side.backend.token)  # type: ignore[attr-defined]


async def befriend(one: Side, two: Side) -> None:
    """`one` follows `two`, who agrees if asked."""
    if isinstance(one.backend, ActivityPubBackend):
        await ask_and_agree(one, two)
    else:
        await write(one, f"/api/v1/accounts/{two.me.account.native}/follow")
        asking = {person.native for person in (await two.backend.follow_requests(None)).items}
        if one.me.account.native in asking:
            await write(two, f"/api/v1/follow_requests/{one.me.account.native}/authorize")

    async def followed() -> bool:
        forget(one)
        return (await one.backend.relationships([two.me.account.native]))[0].following

    assert await until(followed, bool)


async def ask_and_agree(one: Side, two: Side) -> None:
    """The same by activities; nothing where it is so."""
    asker, asked = one.backend, two.backend
    assert isinstance(asker, ActivityPubBackend)
    assert isinstance(asked, ActivityPubBackend)
    if (await asker.relationships([asked.me_id]))[0].following:
        return
    done = await asker.perform(acts.follow(asker.me_id, asked.me_id, asker.now()))
    follow = {**done, "type": "Follow", "actor": asker.me_id, "object": asked.me_id}
    assert await until(lambda: asked.exists(ap.id_of(follow)), bool)
    await asked.perform(acts.respond(asked.me_id, follow, asked.now(), accept=True))


def forget(side: Side) -> None:
    """Whom it follows is read again, not after the minutes it is remembered for."""
    if isinstance(side.backend, ActivityPubBackend):
        side.backend.link.sets.clear()


async def block(one: Side, two: Side) -> None:
    """`one` wants nothing of `two`."""
    backend = one.backend
    if isinstance(backend, ActivityPubBackend):
        await backend.perform(acts.block(backend.me_id, two.me.account.native, backend.now()))
        forget(one)
    else:
        await write(one, f"/api/v1/accounts/{two.me.account.native}/block")


async def unblock(one: Side, two: Side) -> None:
    """No longer."""
    backend = one.backend
    if isinstance(backend, ActivityPubBackend):
        assert await backend.take_back(two.me.account.native, "Block")
        forget(one)
    else:
        await write(one, f"/api/v1/accounts/{two.me.account.native}/unblock")
