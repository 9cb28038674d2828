"""From the Authorization header to a session."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import TokenGone, Unavailable
from gateway.auth import KEPT_SECONDS, LOGIN_TEXT, TOUCH_SECONDS, read_basic
from gateway.dialects import FRIENDICA, TWITTER
from gateway.errors import LINK_AGAIN, ApiError
from gateway.session import Session
from gateway.throttle import PER_NAME
from tests.gateway.far_side import ALICE, ALICE_THERE, BOB, HERE, START, THERE, Desk, desk_on

pytestmark = pytest.mark.anyio
FAILURES = PER_NAME[0].failures


def basic(name: str, password: str, *, word: str = "Basic", pad: bool = True, encoding: str = "utf-8") -> str:
    """The header of a client."""
    text = base64.b64encode(f"{name}:{password}".encode(encoding)).decode()
    return f"{word} {text if pad else text.rstrip('=')}"


async def signed_in(desk: Desk, header: str, mount: str = "api", **caller: str) -> Session:
    """The session; the header is right."""
    session = await desk.auth.session(header, mount, **caller)
    assert session is not None
    return session


async def refused(desk: Desk, header: str, mount: str = "api", **caller: str) -> ApiError:
    """The error; the header is not right."""
    with pytest.raises(ApiError) as caught:
        await desk.auth.session(header, mount, **caller)
    return caught.value


async def settled(desk: Desk) -> None:
    """Let background work finish."""
    await asyncio.gather(*desk.auth._background._tasks)


async def test_no_header_is_nobody(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        assert await desk.auth.session(None, "api") is None
        assert await desk.auth.anonymous("api") is None
        assert desk.store.trips == []


async def test_a_right_password_gives_the_account_its_backend_and_the_dialect(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice(read_only=True)
        session = await signed_in(desk, basic("alice", linked.password))
        assert (session.account, session.login) == (linked.account, linked.login)
        assert session.login.read_only
        assert (session.scope, session.screen_name, session.dialect) == (HERE, "alice", FRIENDICA)
        assert (await session.backend.me()).account.native == "p:alice"
        assert (await signed_in(desk, basic("alice", linked.password), "1.1")).dialect == TWITTER


@pytest.mark.parametrize("word", ["Basic", "basic", "BASIC", " bAsIc "])
@pytest.mark.parametrize("pad", [True, False])
async def test_forms_of_the_header(tmp_path: Path, word: str, pad: bool) -> None:
    async with desk_on(tmp_path / "s") as desk:
        password = (await desk.alice()).password
        for name in ("alice", "alice@fedi.test", " alice  "):  # all three lengths of padding
            assert await signed_in(desk, basic(name, f" {password}  ", word=word, pad=pad))


@pytest.mark.parametrize(
    ("typed", "base", "host"),
    [
        ("alice", "", ""),
        ("ALICE", "", ""),
        ("Alice@Fedi.Test", "", ""),
        ("alice@gate.example", "https://gate.example", ""),
        ("alice@GATE.example", "", "gate.example:8090"),
        ("boss", "", ""),
        ("BOSS", "", ""),
        ("boss@gate.example", "https://gate.example:8090/x", "other.example"),
    ],
)
async def test_names_of_one_account_come_back_as_typed(tmp_path: Path, typed: str, base: str, host: str) -> None:
    async with desk_on(tmp_path / "s", base_url=base) as desk:
        linked = await desk.logins.link(HERE, ALICE, name="boss")
        session = await signed_in(desk, basic(typed, linked.password), host=host)
        assert session.screen_name == typed


@pytest.mark.parametrize(
    "typed", ["bob", "alice@elsewhere.test", "alice@", "@fedi.test", "alice@gate.example", "p:alice", ""]
)
async def test_names_of_others_are_wrong(tmp_path: Path, typed: str) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await desk.logins.link(HERE, BOB)
        password = (await desk.alice()).password
        for host in ("", "[::1", "my.gate"):
            assert (await refused(desk, basic(typed, password), host=host)).status == 401


async def test_people_of_one_nick_are_told_apart_by_their_passwords(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        here, there = await desk.alice(), await desk.logins.link(THERE, ALICE_THERE)
        assert (await signed_in(desk, basic("alice", there.password))).scope == THERE
        assert (await signed_in(desk, basic("alice@other.test", there.password))).scope == THERE
        assert (await signed_in(desk, basic("alice", here.password))).scope == HERE
        assert (await refused(desk, basic("alice@other.test", here.password))).status == 401


WRONG = (
    "",
    " ",
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic a",
    "Basic YWxpY2U",
    "Basic Og==",
    "Basic YWxpY2U6",
    "Basic OnNlY3JldA==",
    "Basic äö",
    "Basic " + "QUFB" * 5000,
    "\udcff\udcfe",
    "Bearer tok-alice-3f9c",
    'OAuth oauth_token="x"',
    "Digest username=alice",
    basic("alice", "wrong"),
    basic("nobody", "wrong"),
    basic("al\x00ice", "\x00"),
)


@pytest.mark.parametrize("header", WRONG)
async def test_whatever_is_wrong_is_the_same_401(tmp_path: Path, header: str) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await desk.alice()
        for _ in range(2):
            error = await refused(desk, header)
            assert (error.status, error.text, error.code) == (401, LOGIN_TEXT, 32)
            assert error.headers == {"WWW-Authenticate": 'Basic realm="Friendica"'}


@given(st.text())
def test_any_text_behind_basic_is_read_or_refused(text: str) -> None:
    read = read_basic(text)
    assert read is None or ":" not in read.name


def test_reading_splits_at_the_first_colon_and_falls_back_to_latin_1() -> None:
    for encoding in ("utf-8", "latin-1"):
        read = read_basic(basic("zoë", "p:ä", encoding=encoding).removeprefix("Basic "))
        assert read == ("zoë", "p:ä")


async def test_a_kept_session_costs_no_trip_and_no_backend(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        header = basic("alice", (await desk.alice()).password)
        first = await signed_in(desk, header)
        await settled(desk)
        desk.store.trips.clear()
        asked = desk.far.asked
        assert await signed_in(desk, header) is first
        assert (desk.store.trips, desk.far.asked) == ([], asked)
        assert await signed_in(desk, header, "1.1") is not first
        assert desk.store.trips == ["login"]


async def test_nothing_kept_shows_the_password(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        password = (await desk.alice()).password
        header = basic("alice", password)
        await signed_in(desk, header)
        await refused(desk, basic("alice", "guessed-it"))
        kept = repr(vars(desk.auth))
        for secret in (password, header.removeprefix("Basic "), "guessed-it"):
            assert secret not in kept


async def test_a_kept_session_is_read_again_after_an_hour(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        header = basic("alice", (await desk.alice()).password)
        first = await signed_in(desk, header)
        desk.clock.now += KEPT_SECONDS - 1
        assert await signed_in(desk, header) is first
        desk.clock.now += 1
        assert await signed_in(desk, header) is not first


async def test_revoking_in_another_process_reaches_this_one(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as worker, desk_on(tmp_path / "s", worker.far) as console:
        phone, tablet = await worker.alice("phone"), await worker.alice("tablet")
        for linked in (phone, tablet):
            await signed_in(worker, basic("alice", linked.password))
        assert phone.login is not None
        await console.logins.revoke("alice", phone.login.id)
        assert (await refused(worker, basic("alice", phone.password))).status == 401
        assert await signed_in(worker, basic("alice", tablet.password))


async def test_a_wrong_password_that_becomes_right_is_let_in(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as worker, desk_on(tmp_path / "s", worker.far) as console:
        linked = await console.alice()
        assert linked.login is not None
        await console.logins.revoke("alice", linked.login.id)
        header = basic("alice", linked.password)
        await refused(worker, header)
        worker.store.trips.clear()
        await refused(worker, header)
        assert worker.store.trips == []  # a client that repeats itself is answered from memory
        await console.store.put_login(linked.login)
        assert await signed_in(worker, header)


async def test_a_session_read_before_a_revocation_is_not_kept_after_it(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        phone, tablet = await desk.alice("phone"), await desk.alice("tablet")
        assert phone.login is not None
        header, connect = basic("alice", phone.password), desk.far.backend
        reached, go = asyncio.Event(), asyncio.Event()

        async def held(base_url: str, token: str | None) -> object:
            reached.set()
            await go.wait()
            return await connect(base_url, token)

        desk.far.backend = held  # type: ignore[assignment, method-assign]
        late = asyncio.create_task(desk.auth.session(header, "api"))
        await reached.wait()
        await desk.logins.revoke("alice", phone.login.id)
        go.set()
        desk.far.backend = connect  # type: ignore[method-assign]
        await signed_in(desk, basic("alice", tablet.password))  # notices the change first
        assert await late is not None  # it had begun in time
        assert (await refused(desk, header)).status == 401


async def test_use_is_written_down_at_most_hourly(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice()
        assert linked.login is not None

        async def used() -> int:
            for name in ("alice", "ALICE", "alice@fedi.test"):
                await signed_in(desk, basic(name, linked.password))
            await settled(desk)
            return int((await desk.logins.list("alice"))[0].last_used)

        desk.store.trips.clear()
        assert await used() == START
        desk.clock.now += TOUCH_SECONDS - 1
        assert await used() == START
        desk.clock.now += 1
        assert await used() == START + TOUCH_SECONDS
        assert desk.store.trips.count("touch_login") == 2


async def test_a_broken_link_says_what_to_do_until_it_is_linked_again(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as worker, desk_on(tmp_path / "s", worker.far) as console:
        linked = await worker.alice()
        header = basic("alice", linked.password)
        session = await signed_in(worker, header)
        await worker.auth.mark_broken(session.account)
        error = await refused(worker, header)
        assert (error.status, error.text) == (403, LINK_AGAIN)
        assert (await refused(worker, basic("alice", "wrong"))).status == 401
        worker.far.tokens[HERE, "tok-new"] = "alice"
        console.clock.now += 1
        await console.logins.link(HERE, "tok-new")
        assert not (await signed_in(worker, header)).account.broken
        await worker.auth.mark_broken(session.account)  # a late answer to the old token
        assert await signed_in(worker, header)


async def test_a_token_that_is_gone_marks_the_account(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice()
        del desk.far.tokens[HERE, ALICE]
        error = await refused(desk, basic("alice", linked.password))
        assert (error.status, error.text) == (403, LINK_AGAIN)
        assert (await desk.store.account(linked.account.id)).broken
        asked = desk.far.asked
        assert (await refused(desk, basic("alice", linked.password))).status == 403
        assert desk.far.asked == asked  # the backend is not asked again


async def test_marking_nobody_is_no_error(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        account = (await desk.alice()).account
        await desk.auth.mark_broken(msgspec.structs.replace(account, id="unknown"))
        assert await desk.store.accounts() == (account,)


async def test_a_damaged_record_asks_to_link_again(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice()
        assert linked.login is not None
        await desk.store.put_login(msgspec.structs.replace(linked.login, sealed=b""))
        assert (await refused(desk, basic("alice", linked.password))).text == LINK_AGAIN


async def test_other_kinds_of_login_do_not_come_in_by_basic(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice()
        assert linked.login is not None
        await desk.store.put_login(msgspec.structs.replace(linked.login, kind="oauth1"))
        assert (await refused(desk, basic("alice", linked.password))).status == 401


async def test_a_backend_that_is_down_is_no_wrong_password(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        header = basic("alice", (await desk.alice()).password)
        desk.far.error = Unavailable("down")
        with pytest.raises(Unavailable):
            await desk.auth.session(header, "api")
        desk.far.error = None
        assert await signed_in(desk, header)


async def test_guessing_is_slowed_down_but_never_the_right_password(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        right = basic("alice", (await desk.alice()).password)
        seen = [(await refused(desk, basic("alice", f"guess {n}"))).status for n in range(FAILURES + 1)]
        assert seen == [401] * FAILURES + [429]
        error = await refused(desk, basic("Alice", "another guess"))
        assert (error.status, error.headers) == (429, {"Retry-After": "61"})
        assert (await refused(desk, basic("bob", "guess"))).status == 401
        assert await signed_in(desk, right)
        desk.clock.now += 60
        assert (await refused(desk, basic("alice", "yet another"))).status == 401


async def test_guessing_is_counted_by_address_too(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        for n in range(FAILURES):
            assert (await refused(desk, basic(f"user{n}", "guess"), address="192.0.2.1")).status == 401
        assert (await refused(desk, basic("user", "guess"), address="192.0.2.1")).status == 429
        assert (await refused(desk, basic("user", "other"), address="192.0.2.2")).status == 401


async def test_a_device_that_repeats_a_wrong_password_is_not_guessing(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        await desk.alice()
        old = basic("alice", "old one")
        assert {(await refused(desk, old, address="192.0.2.1")).status for _ in range(3 * FAILURES)} == {401}


@pytest.mark.parametrize("mount", ["api", "1.1"])
async def test_nobody_reads_the_backend_that_the_operator_named(tmp_path: Path, mount: str) -> None:
    async with desk_on(tmp_path / "s", anonymous=HERE + "/") as desk:
        session = await desk.auth.anonymous(mount)
        assert session is not None
        assert (session.scope, session.account.id, session.screen_name) == (HERE, "", "")
        assert session.login.read_only
        assert session.backend.base_url == HERE
        assert session.dialect == (TWITTER if mount == "1.1" else FRIENDICA)
        desk.far.error = TokenGone("no")
        with pytest.raises(TokenGone):
            await desk.auth.anonymous(mount)
