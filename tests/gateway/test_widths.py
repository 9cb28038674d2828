"""A device keeps the width of the ids it was given first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from gateway.logins import Logins, WidthFixed
from gateway.stores.store import LoginRecord
from gateway.vault import open_vault
from gateway.widths import WIDE, Width, fixed
from tests.fake_notices import START
from tests.gateway.narrow_ground import use
from tests.gateway_harness import Ground, gateway_on, village

pytestmark = pytest.mark.anyio

LOGIN = LoginRecord(hash="h", id="i", account="a", name="n")


def test_what_was_used_and_says_nothing_was_given_53_bits():
    assert fixed(LOGIN) is None
    assert fixed(msgspec.structs.replace(LOGIN, last_used=5)) == WIDE
    assert fixed(msgspec.structs.replace(LOGIN, id_bits=31, message_bits=16)) == Width(31, 16)


async def desk_of(ground: Ground) -> Logins:
    """Where logins are changed."""
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    return Logins(ground.gateway.store, vault, ground.connections)


async def device(ground: Ground, preset: str) -> LoginRecord:
    """The login for a client, as it is now."""
    return next(one for one in await (await desk_of(ground)).list("alice") if one.name == preset)


async def test_the_first_answer_writes_the_width_down(tmp_path: Path):
    async with gateway_on(tmp_path) as ground:
        await use(ground, "friendica-mobile")
        assert (await device(ground, "friendica-mobile")).id_bits == 0
        await ground.get("statuses/home_timeline")
        assert fixed(await device(ground, "friendica-mobile")) == Width(31, 16)


async def test_the_usual_width_costs_no_write(tmp_path: Path):
    async with gateway_on(tmp_path) as ground:
        await ground.get("statuses/home_timeline", twin=False)
        assert "swap_login" not in ground.store.trips


async def test_first_requests_at_once_agree(tmp_path: Path):
    async with gateway_on(tmp_path) as ground:
        await use(ground, "dica")
        answers = await asyncio.gather(*(ground.request("GET", "statuses/home_timeline") for _ in range(6)))
        assert {answer.status for answer in answers} == {200}
        assert fixed(await device(ground, "dica")) == Width(31, 0)


async def test_a_used_device_is_not_given_another_width(tmp_path: Path):
    world = village()
    world.post("bob", "hello", at=START + 10**7)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        desk, login = await desk_of(ground), await device(ground, "dica")
        await desk.choose("alice", login.id, "friendica-mobile")
        await desk.choose("alice", login.id, "dica")
        (id,) = (await ground.get("statuses/home_timeline")).ids
        for preset in ("friendica-mobile", "choqok", ""):
            with pytest.raises(WidthFixed):
                await desk.choose("alice", login.id, preset)
        assert (await ground.get("statuses/home_timeline")).ids == [id]


async def test_the_width_outlives_its_preset(tmp_path: Path):
    world = village()
    world.post("bob", "hello", at=START + 10**7)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        (id,) = (await ground.get("statuses/home_timeline")).ids
        for preset in ("a preset of another release", "choqok"):
            login = await device(ground, "dica")
            await ground.gateway.store.put_login(msgspec.structs.replace(login, dialect=preset))
            assert (await ground.get("statuses/home_timeline")).ids == [id]


async def test_the_width_never_follows_the_name_of_the_program(tmp_path: Path):
    world = village()
    world.post("bob", "hello", at=START + 10**7)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        (id,) = (await ground.get("statuses/home_timeline")).ids
        await ground.gateway.store.put_login(msgspec.structs.replace(await device(ground, "dica"), dialect=""))
        named = await ground.request("GET", "statuses/home_timeline", headers={"User-Agent": "Tweepy/4.0"})
        assert named.ids == [id]


async def test_a_device_used_with_53_bits_keeps_them(tmp_path: Path):
    world = village()
    world.post("bob", "hello", at=START + 10**7)
    async with gateway_on(tmp_path, world=world) as ground:
        (id,) = (await ground.get("statuses/home_timeline")).ids
        used = msgspec.structs.replace(await device(ground, "device 0"), dialect="dica", last_used=1)
        await ground.gateway.store.put_login(used)
        assert (await ground.get("statuses/home_timeline")).ids == [id]


async def test_a_login_revoked_meanwhile_is_not_brought_back(tmp_path: Path):
    async with gateway_on(tmp_path) as ground:
        await use(ground, "dica")
        desk, login = await desk_of(ground), await device(ground, "dica")
        await desk.revoke("alice", login.id)
        assert (await ground.get("statuses/home_timeline")).status == 401
        assert login.id not in [one.id for one in await desk.list("alice")]
