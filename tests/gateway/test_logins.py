"""Linking accounts, giving out and revoking app passwords."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from adapters.errors import TokenGone, Unavailable
from gateway.logins import Device, LoginProblem, WidthFixed, base_url, host_of
from gateway.stores.store import LoginRecord
from tests.gateway.far_side import ALICE, ALICE_THERE, BOB, HERE, START, THERE, Desk, desk_on

pytestmark = pytest.mark.anyio


async def opened_with(desk: Desk, password: str) -> bytes:
    """The backend token behind a password."""
    login, _ = await desk.store.login(desk.vault.hash(password))
    return desk.vault.open(login.sealed, password)


async def test_linking_verifies_the_token_and_keeps_the_account(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.logins.link("FEDI.test/", ALICE)
        account = await desk.store.account(linked.account.id)
        assert account == linked.account
        assert (account.login, account.username, account.native) == ("alice", "alice", "p:alice")
        assert (account.backend, account.software, account.created) == (HERE, "fake", START)
        assert linked.login is not None
        assert (linked.login.name, linked.login.kind, linked.login.read_only) == ("first", "password", False)
        assert await opened_with(desk, linked.password) == ALICE.encode()


async def test_a_token_that_nobody_has_links_nothing(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        with pytest.raises(TokenGone):
            await desk.logins.link(HERE, "made-up")
        with pytest.raises(LoginProblem, match="empty"):
            await desk.logins.link(HERE, "")
        desk.far.error = Unavailable("down")
        with pytest.raises(Unavailable):
            await desk.logins.link(HERE, ALICE)
        assert await desk.store.accounts() == ()


async def test_the_second_alice_is_called_by_her_host(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await desk.alice()
        assert (await desk.logins.link(THERE, ALICE_THERE)).account.login == "alice@other.test"


async def test_servers_on_one_host_still_give_different_names(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        for port in range(1, 4):
            server = f"https://lab.test:{port}"
            desk.far.worlds[server] = desk.far.worlds[HERE]
            desk.far.tokens[server, "t"] = "alice"
            await desk.logins.link(server, "t")
        names = {account.login for account in await desk.store.accounts()}
        assert names == {"alice", "alice@lab.test", "alice-2"}


@pytest.mark.parametrize(
    ("wanted", "given"), [("Ally", "Ally"), ("ALICE", "alice@other.test"), ("", "alice@other.test")]
)
async def test_a_wanted_name_wins_when_it_is_free_in_any_case(tmp_path: Path, wanted: str, given: str) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await desk.alice()
        assert (await desk.logins.link(THERE, ALICE_THERE, name=wanted)).account.login == given


@pytest.mark.parametrize("name", ["a:b", "a b", "ä", "a@b@c", "@", "a/b", "\n"])
async def test_names_that_basic_cannot_carry_are_refused(tmp_path: Path, name: str) -> None:
    async with desk_on(tmp_path / "s") as desk:
        with pytest.raises(LoginProblem, match="consists of"):
            await desk.logins.link(HERE, ALICE, name=name)


async def test_a_user_name_that_cannot_be_typed_asks_for_another(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        desk.far.worlds[HERE].person("zoë:1")
        desk.far.tokens[HERE, "t"] = "zoë:1"
        with pytest.raises(LoginProblem, match="give a login name"):
            await desk.logins.link(HERE, "t")
        assert (await desk.logins.link(HERE, "t", name="zoe")).account.login == "zoe"


async def test_linking_again_seals_the_new_token_for_every_login(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        phone, tablet = await desk.alice("phone"), await desk.alice("tablet")
        bob = await desk.logins.link(HERE, BOB)
        await desk.store.put_account(msgspec.structs.replace(tablet.account, broken=True))
        desk.far.tokens[HERE, "tok-new"] = "alice"
        desk.clock.now += 60
        again = await desk.logins.link(HERE, "tok-new", name="renamed")
        assert (again.password, again.login) == ("", None)
        assert again.account == msgspec.structs.replace(phone.account, created=START + 60)
        assert await desk.store.account(phone.account.id) == again.account
        for linked in (phone, tablet):
            assert await opened_with(desk, linked.password) == b"tok-new"
        assert await opened_with(desk, bob.password) == BOB.encode()
        assert len(await desk.store.accounts()) == 2


async def test_linking_again_for_a_device_gives_a_further_password(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        first, second = await desk.alice("phone"), await desk.alice("tablet")
        assert first.password != second.password
        assert {login.name for login in await desk.logins.list("alice")} == {"phone", "tablet"}


async def test_a_further_login_takes_a_password_or_the_token(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        first = await desk.alice()
        device = Device(name="reader", read_only=True, dialect="twitter")
        by_password = await desk.logins.add("ALICE", device, password=f" {first.password} ")
        by_token = await desk.logins.add("alice", Device(name="desk"), token=ALICE)
        for linked in (by_password, by_token):
            assert await opened_with(desk, linked.password) == ALICE.encode()
        login, _ = await desk.store.login(desk.vault.hash(by_password.password))
        assert (login.name, login.read_only, login.dialect) == ("reader", True, "twitter")


async def test_a_login_is_for_another_client_later_but_not_for_one_with_ids_of_another_width(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice("phone")
        assert linked.login is not None
        id = linked.login.id
        for preset in ("dica", "friendica-mobile", "choqok", ""):
            assert (await desk.logins.choose("alice", id, preset)).dialect == preset
        await desk.store.touch_login(linked.login.hash, 1)
        for preset in ("raccoon", "choqok", ""):
            assert (await desk.logins.choose("ALICE", id, preset)).dialect == preset
        for preset in ("dica", "friendica-mobile"):
            with pytest.raises(WidthFixed, match="used already"):
                await desk.logins.choose("alice", id, preset)
        (login,) = await desk.logins.list("alice")
        assert login.dialect == ""
        with pytest.raises(LoginProblem, match="no login with the id"):
            await desk.logins.choose("alice", "nosuch", "choqok")


async def test_a_first_password_is_for_the_client_that_was_named(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.logins.link(HERE, ALICE, client="dica")
        assert linked.login is not None
        assert linked.login.dialect == "dica"
        assert (await desk.logins.link(HERE, ALICE, client="choqok")).login is None, "one that is there is not changed"


async def test_a_further_login_takes_nothing_less(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await desk.alice()
        bob = await desk.logins.link(HERE, BOB)
        reader = await desk.alice("reader", read_only=True)
        for password in ("", "wrong", bob.password, reader.password):
            with pytest.raises(LoginProblem, match="no app password of alice"):
                await desk.logins.add("alice", Device(name="x"), password=password)
        with pytest.raises(LoginProblem, match="somebody else"):
            await desk.logins.add("alice", Device(name="x"), token=BOB)
        with pytest.raises(TokenGone):
            await desk.logins.add("alice", Device(name="x"), token="made-up")
        with pytest.raises(LoginProblem, match="Nobody is linked"):
            await desk.logins.add("nobody", Device(name="x"), token=ALICE)
        assert len(await desk.logins.list("alice")) == 2


async def test_a_login_that_cannot_be_opened_asks_to_link_again(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice()
        assert linked.login is not None
        await desk.store.put_login(msgspec.structs.replace(linked.login, sealed=b"damaged"))
        with pytest.raises(TokenGone, match="link"):
            await desk.logins.add("alice", Device(name="x"), password=linked.password)


async def test_revoking_ends_one_login_of_that_account(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        phone, tablet = await desk.alice("phone"), await desk.alice("tablet")
        await desk.logins.link(HERE, BOB)
        assert phone.login is not None
        with pytest.raises(LoginProblem, match="no login with the id"):
            await desk.logins.revoke("bob", phone.login.id)
        await desk.logins.revoke("alice", phone.login.id)
        assert await desk.logins.list("alice") == (tablet.login,)
        with pytest.raises(LoginProblem, match="no login with the id"):
            await desk.logins.revoke("alice", phone.login.id)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("social.example", "https://social.example"),
        ("https://Social.Example/@alice?x=1#y", "https://social.example"),
        ("https://social.example:443", "https://social.example"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://social.example:80", "https://social.example:80"),
    ],
)
def test_what_people_type_for_a_server(typed: str, url: str) -> None:
    assert base_url(typed) == url


@pytest.mark.parametrize(
    "typed", ["", "ftp://a.example", "https://", "https://u:p@a.example", "https://a:x", "http://[::1"]
)
def test_what_is_no_server(typed: str) -> None:
    with pytest.raises(LoginProblem, match="address"):
        base_url(typed)


@pytest.mark.parametrize(
    ("url", "host"), [("https://A.example:1/x", "a.example"), ("", ""), ("//[::1", ""), ("//h:1", "h")]
)
def test_the_host_in_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


async def test_a_login_revoked_while_its_account_is_linked_again_stays_revoked(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        phone = await desk.alice("phone")
        tablet = await desk.alice("tablet")
        swap = desk.store.swap_login

        async def revoked_first(before: LoginRecord, after: LoginRecord) -> bool:
            if before.name == "phone":
                await desk.store.remove_login(before.account, before.id)
            elif before.last_used == 0 and before.plain_http is False:
                await desk.store.put_login(msgspec.structs.replace(before, plain_http=True))
            return bool(await swap(before, after))

        desk.store.swap_login = revoked_first
        desk.far.tokens[HERE, "newer"] = "alice"
        await desk.logins.link(HERE, "newer")
        assert await desk.store.login(desk.vault.hash(phone.password)) is None
        assert await opened_with(desk, tablet.password) == b"newer"
        (left,) = await desk.store.logins(tablet.account.id)
        assert left.plain_http, "what was changed meanwhile is kept"
