"""A gateway for one person: everything in the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.errors import Unavailable
from gateway import single_user
from gateway.services import open_gateway
from gateway.settings import Settings
from gateway.single_user import SingleUserProblem
from gateway.web.admission import Admission
from gateway.web.notices import Notice
from tests.adapters.far_server import FarServer, Reply, far_server
from tests.adapters.samples import person, play
from tests.gateway.far_side import ALICE, ALICE_THERE, BOB, HERE, THERE, Desk, desk_on

pytestmark = pytest.mark.anyio

PASSWORD = "an-app-password-of-my-own-7"
ME = "/api/v1/accounts/verify_credentials"


def configured(**changes: Any) -> Settings:
    """The settings of a gateway for alice."""
    return Settings(**{"single_server": HERE, "single_token": ALICE, "single_password": PASSWORD, **changes})


async def token_behind(desk: Desk, password: str = PASSWORD) -> str:
    """What the app password opens."""
    login, _ = await desk.store.login(desk.vault.hash(password))
    return str(desk.vault.open(login.sealed, password).decode())


async def test_the_account_is_linked_and_later_starts_ask_nothing(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        assert await single_user.link(configured(), desk.logins)
        assert await token_behind(desk) == ALICE
        asked = desk.far.asked
        assert await single_user.link(configured(), desk.logins)
        assert desk.far.asked == asked
        assert len(await desk.logins.list("alice")) == 1


async def test_a_new_token_is_sealed_for_every_login(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await single_user.link(configured(), desk.logins)
        phone = await desk.alice("phone")
        desk.far.tokens[HERE, "tok-new-91"] = "alice"
        await single_user.link(configured(single_token="tok-new-91"), desk.logins)
        assert await token_behind(desk) == "tok-new-91"
        assert await token_behind(desk, phone.password) == "tok-new-91"


async def test_the_password_goes_with_the_person(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await single_user.link(configured(), desk.logins)
        await single_user.link(configured(single_server=THERE, single_token=ALICE_THERE), desk.logins)
        _, account = await desk.store.login(desk.vault.hash(PASSWORD))
        assert account.backend == THERE
        assert await desk.logins.list("alice") == ()
        await single_user.link(configured(single_token=BOB), desk.logins)
        _, account = await desk.store.login(desk.vault.hash(PASSWORD))
        assert account.username == "bob"


async def test_a_token_that_is_gone_stops_the_start(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        with pytest.raises(SingleUserProblem, match="single_token"):
            await single_user.link(configured(single_token="made-up-token-1"), desk.logins)


async def test_a_server_that_is_away_is_tried_again(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        desk.far.error = Unavailable("down")
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                desk.far.error = None

        assert not await single_user.link(configured(), desk.logins)
        await single_user.keep_trying(configured(), desk.logins, sleep)
        assert len(waits) == 3
        assert await token_behind(desk) == ALICE


async def test_trying_ends_when_the_server_says_no(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with desk_on(tmp_path / "s") as desk:

        async def sleep(_: float) -> None:
            pass

        await single_user.keep_trying(configured(single_token="made-up-token-1"), desk.logins, sleep)
        assert "not linked" in caplog.text
        assert "made-up" not in caplog.text


@pytest.mark.parametrize("changes", [{"single_token": ""}, {"single_server": ""}, {"single_password": "short"}])
def test_half_a_person_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(SingleUserProblem):
        single_user.check(configured(**changes))
    single_user.check(configured())
    single_user.check(Settings())


def test_nobody_else_links_an_account() -> None:
    with pytest.raises(Notice):
        Admission(configured()).check_start({"social.example"}, "", ())


@pytest.fixture
async def far() -> Any:
    """A scripted server."""
    async with far_server() as server:
        play(server, "mastodon")
        yield server


@pytest.mark.parametrize("reply", [Reply(503, b""), None])
async def test_the_gateway_starts_with_and_without_it(tmp_path: Path, far: FarServer, reply: Reply | None) -> None:
    far.on("GET", ME, reply, json=person("41", "alice"))
    settings = Settings(
        data_dir=tmp_path, allow_hosts=(far.pair,), single_server=far.url, single_token="tok-far-55e",
        single_password=PASSWORD,
    )  # fmt: skip
    async with open_gateway(settings) as gateway:
        assert len(await gateway.store.accounts()) == (0 if reply else 1)
