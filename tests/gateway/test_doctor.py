"""What `oldbird doctor` finds without a network: store, key, files, clock, words; and that it changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
import redis

from adapters.backend import Capabilities
from gateway.call_rows import TABLE
from gateway.doctor.beside import metrics_port, plain_listener, process
from gateway.doctor.examination import Wish, examine
from gateway.doctor.findings import Finding, State, fail, ok, warn, within, worst
from gateway.doctor.local import files, key_of, settings_checked
from gateway.doctor.servers import ahead, clock, refusals, servers_of
from gateway.doctor.stored import Linked, file_system, store
from gateway.echo import SECONDS, Echo
from gateway.key_file import KEY_BYTES, KeyFile, Keys
from gateway.needs import State as Fares
from gateway.needs import state
from gateway.settings import Settings
from gateway.stores.open import open_store
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import AccountRecord, LoginRecord
from gateway.vault import Vault, open_vault
from tests.gateway.test_cli import Run, far, link, run
from tests.redis_server import RedisServer

__all__ = ["far", "run"]

KEY = b"k" * KEY_BYTES
ALICE = AccountRecord(
    id="a1", login="alice", backend="https://fedi.test", software="fake", native="1", username="alice", created=1
)


def kept(settings: Settings, account: AccountRecord = ALICE, *, login: bool = True) -> None:
    """A store with one person in it, closed again."""

    async def made() -> None:
        opened = open_store(settings)
        await opened.open()
        vault = await open_vault(settings.data_dir, opened)
        await opened.put_account(account)
        public = vault.public("a secret of a device 1")
        sealed = vault.seal(b"token", public)
        if login:
            await opened.put_login(LoginRecord(hash="h", id="l", account="a1", name="x", public=public, sealed=sealed))
        await opened.close()

    asyncio.run(made())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of a gateway with one person."""
    made = Settings(data_dir=tmp_path / "data")
    made.data_dir.mkdir(mode=0o700)
    kept(made)
    return made


def looked(settings: Settings) -> tuple[Linked, list[Finding]]:
    """What is found in the store."""
    return asyncio.run(store(settings, key_of(settings)[0]))


def bad(found: Sequence[Finding]) -> list[tuple[str, State]]:
    """Where something is wrong, and how much."""
    return [(finding.check, finding.state) for finding in found if finding.state is not State.OK]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file there."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_whole_store_is_told_and_left_as_it_is(settings: Settings) -> None:
    before = contents(settings.data_dir)
    assert sorted(before) == ["oldbird.sqlite", "server.key"]
    linked, found = looked(settings)
    assert (bad(found), [account.login for account in linked.accounts]) == ([], ["alice"])
    assert "1 accounts, 1 logins" in next(finding.text for finding in found if finding.check == "store")
    assert "opens all 1 secrets" in next(finding.text for finding in found if finding.check == "key")
    assert contents(settings.data_dir) == before


def test_a_store_in_use_is_read_as_it_is_now(settings: Settings) -> None:
    async def in_use() -> None:
        async with contextlib.AsyncExitStack() as closing:
            opened = SqliteStore(settings.data_dir / "oldbird.sqlite")
            await opened.open()
            closing.push_async_callback(opened.close)
            await opened.put_account(msgspec.structs.replace(ALICE, id="a2", login="bob"))
            before = {name: data for name, data in contents(settings.data_dir).items() if not name.endswith("-shm")}
            linked, _ = await store(settings, None)
            assert {account.login for account in linked.accounts} == {"alice", "bob"}
            after = contents(settings.data_dir)
            assert {name: after[name] for name in before} == before

    asyncio.run(in_use())


def test_what_is_new_makes_nothing(tmp_path: Path) -> None:
    found = asyncio.run(examine(Settings(data_dir=tmp_path / "none"), Wish(local=True))).findings
    assert {check for check, _ in bad(found)} == {"files", "key", "store"}
    assert worst(found) is State.WARN
    assert list(tmp_path.iterdir()) == []


def test_another_key_a_lost_one_and_one_for_all_to_read(settings: Settings) -> None:
    file = KeyFile(settings.data_dir)
    file.path.write_bytes(b"another key, of the right length")
    assert bad(looked(settings)[1]) == [("key", State.FAIL)]
    file.path.chmod(0o644)
    keys, found = key_of(settings)
    assert (keys, bad(found)) == (None, [("key", State.FAIL)])
    file.path.unlink()
    assert bad(looked(settings)[1]) == [("key", State.FAIL)]


def test_a_rotation_that_was_not_finished(settings: Settings) -> None:
    file = KeyFile(settings.data_dir)
    keys = file.read()
    assert keys is not None
    file.replace(Keys(keys.hash, (KEY, *keys.ring)))
    assert bad(key_of(settings)[1]) == [("key", State.WARN)]
    assert bad(looked(settings)[1]) == []


def test_a_store_of_a_newer_release_and_a_damaged_one(settings: Settings) -> None:
    file = settings.data_dir / "oldbird.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 999")
        db.execute("PRAGMA journal_mode = DELETE")
    found = looked(settings)[1]
    assert sorted(bad(found)) == [("store", State.FAIL), ("store", State.WARN)]
    assert "schema 999" in " ".join(finding.text for finding in found)
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    assert ("store", State.FAIL) in bad(looked(settings)[1])
    file.write_text("something else")
    assert bad(looked(settings)[1]) == [("store", State.FAIL)]


def test_accounts_that_need_something(settings: Settings) -> None:
    kept(settings, msgspec.structs.replace(ALICE, broken=True))
    (finding,) = [finding for finding in looked(settings)[1] if finding.state is not State.OK]
    assert (finding.check, finding.state) == ("accounts", State.WARN)
    assert "alice" in finding.text
    kept(settings, msgspec.structs.replace(ALICE, id="a2", login="bob"), login=False)
    texts = [finding.text for finding in looked(settings)[1] if finding.state is State.WARN]
    assert len(texts) == 2
    assert any("bob has no login" in text for text in texts)


def test_who_may_look_into_the_folder(settings: Settings) -> None:
    assert bad(files(settings)) == []
    for mode, how in ((0o755, State.FAIL), (0o750, State.WARN)):
        settings.data_dir.chmod(mode)
        assert bad(files(settings)) == [("files", how)]


def test_who_may_read_the_store_itself(settings: Settings) -> None:
    file = settings.data_dir / "oldbird.sqlite"
    file.chmod(0o644)
    assert bad(files(settings)) == [], "nobody gets as far as the file"
    for mode, how in ((0o644, State.FAIL), (0o640, State.WARN)):
        file.chmod(mode)
        settings.data_dir.chmod(0o755)
        said = files(settings)
        assert bad(said) == [("files", State.FAIL), ("files", how)]
        assert (said[1].advice.startswith(f"chmod 600 {file}"), str(file) in said[1].text) == (True, True)


def test_a_store_elsewhere_is_looked_at_too(settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "srv" / "x.sqlite"
    other.parent.mkdir()
    other.parent.chmod(0o755)
    elsewhere = msgspec.structs.replace(settings, store=f"sqlite:///{other}")
    assert [finding.text for finding in files(elsewhere)] == [f"{settings.data_dir} is its owner's alone."]
    shutil.copy(settings.data_dir / "oldbird.sqlite", other)
    (tmp_path / "srv" / "x.sqlite-wal").write_bytes(b"")
    other.chmod(0o600)
    (tmp_path / "srv" / "x.sqlite-wal").chmod(0o604)
    (said,) = files(elsewhere)
    assert (said.state, said.advice) == (State.FAIL, f"chmod 600 {other}-wal")
    (tmp_path / "srv" / "x.sqlite-wal").unlink()
    assert [finding.text for finding in files(elsewhere)] == [
        f"{settings.data_dir} is its owner's alone, and so is {other}."
    ]
    other.parent.chmod(0o1777)
    (said,) = files(elsewhere)
    assert (said.state, "may put files beside" in said.text) == (State.FAIL, True)


def test_file_systems(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"a / ext4 rw 0 0\nb {tmp_path.resolve()} nfs4 rw 0 0\nc {tmp_path.resolve()}x ext4 rw 0 0\n")
    assert file_system(tmp_path / "oldbird.sqlite", mounts) == "nfs4"
    assert file_system(Path("/oldbird.sqlite"), mounts) == "ext4"
    assert file_system(tmp_path, tmp_path / "none") == ""


def test_redis_that_forgets(redis_server: RedisServer, redis_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, store=redis_url)
    with redis.Redis.from_url(redis_url) as client:
        linked, found = asyncio.run(store(settings, None))
        assert (linked.accounts, bad(found)) == ((), [("accounts", State.WARN)])
        assert client.keys("*") == [], "nothing is set by looking"
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        try:
            for unsafe, how in ((False, State.FAIL), (True, State.WARN)):
                given = msgspec.structs.replace(settings, redis_unsafe=unsafe)
                found = asyncio.run(store(given, None))[1]
                assert bad(found)[:2] == [("store", how)] * 2
        finally:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("appendonly", "yes")
    gone = msgspec.structs.replace(settings, store="redis://127.0.0.1:1")
    assert bad(asyncio.run(store(gone, None))[1]) == [("store", State.FAIL)]


def test_settings_are_checked_as_config_check_does(tmp_path: Path) -> None:
    doubtful = Settings(data_dir=tmp_path, host="0.0.0.0", base_url="http://gate.example")
    assert bad(settings_checked(doubtful)) == [("settings", State.WARN)] * 2
    assert bad(settings_checked(Settings(data_dir=tmp_path, trusted_proxies=("x.example",)))) == [
        ("settings", State.FAIL)
    ]
    for given in ({"single_server": "https://x.example"}, {"plain_http": "192.0.2.7:8090"}):
        assert bad(settings_checked(Settings(data_dir=tmp_path, **given))) == [("settings", State.FAIL)]


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Wed, 15 Nov 2023 00:00:00 GMT", 0.0), ("Wed, 15 Nov 2023 00:00:30 GMT", 30.0),
        ("Tue, 14 Nov 2023 23:59:00 GMT", -59.0), ("", None), ("yesterday", None),
    ],
)  # fmt: skip
def test_how_far_a_clock_is_ahead(date: str, seconds: float | None) -> None:
    assert ahead(date, 1_700_006_400.0, 1_700_006_400.0) == seconds


@pytest.mark.parametrize(
    ("differences", "how", "text"),
    [
        ({"a": 0.0, "b": 1.0, "c": 7200.0}, State.OK, "2 of 3"),
        ({"a": 60.0, "b": None}, State.WARN, "60 seconds behind"),
        ({"a": -400.0, "b": -410.0}, State.FAIL, "405 seconds ahead"),
        ({"a": None}, State.OK, "no other clock"),
    ],
)
def test_the_clock_is_laid_beside_others(differences: dict[str, float | None], how: State, text: str) -> None:
    (finding,) = clock(differences, 300)
    assert (finding.state, text in finding.text) == (how, True)
    assert finding.details == (("the clock of c differs from the others",) if "c" in differences else ())


def test_what_a_server_cannot_do_is_that_of_the_table() -> None:
    lacking = Capabilities(software="x", label="Some Server", reports=False, lists=False)
    refused, partly = refusals(lacking)
    assert {call for calls in refused.values() for call in calls} == {
        call.path for call in TABLE if call.handler and state(call, lacking) is Fares.REFUSED
    }
    assert {call for calls in partly.values() for call in calls} == {
        call.path for call in TABLE if call.handler and state(call, lacking) is Fares.PARTLY
    }
    assert refused['501 "Some Server takes no reports."'] == ["users/report_spam"]


def test_each_server_is_asked_once(tmp_path: Path) -> None:
    actor = msgspec.structs.replace(
        ALICE, backend="https://ap.test", software="activitypub", native="https://ap.test/a"
    )
    asked = servers_of([ALICE, ALICE, actor], Settings(data_dir=tmp_path, anonymous="https://open.test/"))
    assert [(one.url, one.actor) for one in asked] == [
        ("https://open.test", ""), ("https://fedi.test", ""), ("https://ap.test", "https://ap.test/a")
    ]  # fmt: skip


def test_questions_hold_for_a_minute_and_for_one_key() -> None:
    now = 1_700_000_000.0
    mine = Echo(Vault(KEY), lambda: now)
    question = mine.question()
    assert mine.trouble(question) == ""
    assert Echo(Vault(b"o" * KEY_BYTES), lambda: now).trouble(question) == "key"
    assert Echo(Vault(KEY), lambda: now + SECONDS + 1).trouble(question) == "time"
    assert Echo(Vault(KEY), lambda: now - SECONDS - 1).trouble(question) == "time"
    assert mine.trouble(question[:-1] + "x") == "unreadable"
    assert mine.trouble(question[:-1] + ("0" if question[-1] != "0" else "1")) == "key"
    assert mine.proof(question) != mine.proof(mine.question())


def test_a_check_that_breaks_or_hangs_is_a_finding() -> None:
    async def breaks() -> Sequence[Finding]:
        raise RuntimeError("password=S3CRET-77-x")

    async def hangs() -> Sequence[Finding]:
        await asyncio.Event().wait()
        return []

    (broken,) = asyncio.run(within("x", breaks()))
    assert broken.state is State.FAIL
    assert "S3CRET" not in broken.text
    (late,) = asyncio.run(within("x", hangs(), 0.01))
    assert (late.state, "0.01 seconds" in late.text) == (State.FAIL, True)


def test_what_others_wrote_stays_on_its_line() -> None:
    said = warn("x", "a\nb\x1b[31m", "token=abcdefgh", "oauth_token=S3CRET\r\n")
    assert (said.text, said.advice) == ("a b [31m", "token=[hidden]")
    assert "S3CRET" not in said.details[0]
    assert [worst(found) for found in ([], [ok("x", "")], [ok("x", ""), said], [said, fail("x", "", "")])] == [
        State.OK, State.OK, State.WARN, State.FAIL
    ]  # fmt: skip


def test_without_a_gateway_that_is_said(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=1, plain_http="127.0.0.1:2", metrics="127.0.0.1:9100")
    (gone,) = asyncio.run(process(settings, Echo(Vault(KEY))))
    assert (gone.state, "No gateway runs at http://127.0.0.1:1" in gone.text) == (State.WARN, True)
    assert bad(asyncio.run(plain_listener(settings))) == [("plain_http", State.WARN)]
    assert bad(asyncio.run(metrics_port(settings, "https://gate.example"))) == []


def test_the_command_prints_a_line_a_check_and_says_how_it_went(run: Run) -> None:
    assert link(run, "--client", "dica").status == 0
    said = run("doctor", "--local", base_url="https://gate.example")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert {line.split()[1] for line in lines if line.startswith("ok ")} == {"settings", "files", "key", "store"}
    assert "Nothing was asked over a network" in said.out
    assert "To type for alice into DiCa 2019-2020:" in said.out
    assert "https://gate.example" in said.out
    assert "To type for alice into Choqok" in run("doctor", "--local", "--client", "choqok").out
    doubtful = run("doctor", "--local", "--json", base_url="http://gate.example")
    assert doubtful.status == 2
    assert json.loads(doubtful.out)["state"] == "warn"
    assert run("doctor", "--local", trusted_proxies="nobody.example").status == 1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--client", "nothing"), "No client is known as nothing"),
        (("--user", "alice"), "belong together"),
        (("--local", "--url", "https://gate.example"), "--local asks nothing"),
        (("--url", "gate.example"), "must begin with https://"),
    ],
)
def test_arguments_that_mean_nothing(run: Run, words: tuple[str, ...], text: str) -> None:
    assert text in run("doctor", *words).line


def test_nothing_secret_is_printed(run: Run) -> None:
    given = {"store": "redis://user:S3CRET-1@127.0.0.1:1/0", "consumers": "a-key=S3CRET-2"}
    for words in (("doctor", "--local"), ("doctor", "--local", "--json")):
        said = run(*words, **given)
        assert said.status == 1
        assert "S3CRET" not in said.out + said.err
    assert "S3CRET" not in repr(Wish(user="alice", password="S3CRET"))
