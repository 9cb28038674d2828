"""`oldbird export`, `import`, `unlink` and `rotate-key`, as people type them."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import msgspec
import pytest

from gateway import cli_keys, rotation
from gateway.key_file import KeyFile
from gateway.oauth.consumers import Consumers
from gateway.photos import PLACES, RECORDS
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import LoginRecord, Store
from gateway.vault import Vault
from tests.gateway.far_side import ALICE, BOB, HERE
from tests.gateway.test_cli import Run, far, link, run
from tests.gateway.test_rotation import no_pause
from tests.stores.conftest import NOW
from tests.stores.samples import DAY, flake

__all__ = ["far", "run"]

T = TypeVar("T")


def stored(folder: Path, ask: Callable[[Store], Awaitable[T]]) -> T:
    """What the commands' own store answers."""

    async def asked() -> T:
        store = SqliteStore(folder / "data" / "oldbird.sqlite")
        await store.open()
        try:
            return await ask(store)
        finally:
            await store.close()

    return asyncio.run(asked())


async def seen(store: Store) -> None:
    """Something to export."""
    await store.assign(HERE, [flake(NOW)], ["p:alice"], DAY)
    (alice,) = [account for account in await store.accounts() if account.login == "alice"]
    await store.put_records(alice.id, "seen", {"a": b"1"})


def test_an_export_is_private_and_comes_back_elsewhere(run: Run, tmp_path: Path) -> None:
    password = link(run).password
    stored(tmp_path, seen)
    file = tmp_path / "alice.jsonl"
    said = run("export", "ALICE", "--file", str(file))
    assert (said.status, said.out) == (0, f"Exported 1 accounts to {file}. It holds no passwords and no tokens.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("alice")] == ["alice.jsonl"]
    content = file.read_text()
    assert ALICE not in content
    assert password not in content
    there = run("import", str(file), data_dir=str(tmp_path / "other"))
    assert there.out == (
        "Imported 1 statuses, 1 people, 1 records.\n"
        f"alice was not linked here: oldbird link alice --server {HERE} --token-file F (or in the browser)\n"
    )
    again = run("import", str(file), data_dir=str(tmp_path / "other"))
    assert again.out == there.out.splitlines()[0] + "\n"
    new = run("link", "alice", "--server", HERE, "--token-file", "-", stdin=ALICE, data_dir=str(tmp_path / "other"))
    assert new.password != password
    assert "as alice." in new.out


def test_without_a_name_everybody_is_exported_to_standard_output(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    link(run)
    run("link", "bob", "--server", HERE, "--token-file", "-", stdin=BOB)
    written: list[bytes] = []
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=SimpleNamespace(write=written.append), flush=int))
    from gateway.cli import main  # noqa: PLC0415

    assert main(["export", "--file", "-"]) == 0
    lines = [msgspec.json.decode(line) for line in b"".join(written).splitlines()]
    assert {line["login"] for line in lines if line["part"] == "account"} == {"alice", "bob"}
    assert lines[-1]["part"] == "end"


def test_what_is_wrong_with_a_file_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    link(run)
    assert run("export", "carol", "--file", str(tmp_path / "c")).line == "Nobody is linked under the name carol."
    assert not (tmp_path / "c").exists()
    assert "cannot be written" in run("export", "--file", str(tmp_path / "none" / "f")).line
    assert "cannot be read: No such file" in run("import", str(tmp_path / "none")).line
    (tmp_path / "odd").write_text("hello\n")
    assert run("import", str(tmp_path / "odd")).line == "The file was not made by `oldbird export`."


def test_contradictions_are_said_and_can_be_left_out(run: Run, tmp_path: Path) -> None:
    link(run)
    stored(tmp_path, seen)
    file = tmp_path / "export"
    run("export", "--file", str(file))
    lines = file.read_text().replace(f'"id":{stored(tmp_path, known).id}', '"id":5')
    file.write_text(lines)
    assert "1 rows contradict what is in the store (statuses 5 " in run("import", str(file)).line
    said = run("import", str(file), "--keep-mine")
    assert said.out == "Imported 0 statuses, 1 people, 1 records.\n1 rows contradict what is here and were left out.\n"


async def known(store: Store):
    return await store.status_by_key(HERE, flake(NOW).key)


def test_unlinking_asks_first(run: Run) -> None:
    password = link(run).password
    said = run("unlink", "Alice")
    assert said.status == 1
    assert "Nothing was removed; if that is meant: oldbird unlink alice --yes" in said.out
    assert f"Posts at {HERE} stay, and their numbers here, which others may share." in said.out
    assert len(run("password", "list", "alice").out.splitlines()) == 1
    assert password not in said.out


def test_unlinking_removes_everything_of_one_account_and_of_no_other(run: Run, tmp_path: Path) -> None:
    link(run)
    run("link", "bob", "--server", HERE, "--token-file", "-", stdin=BOB)
    vault = Vault.on(KeyFile(tmp_path / "data"))
    stored(tmp_path, lambda store: belongings(store, vault))
    stored(tmp_path, seen)
    said = run("unlink", "alice", "--yes")
    assert stored(tmp_path, known), "as the warning says"
    assert (
        said.out
        == f"Removed alice. Revoke Oldbird's access in the settings of {HERE} too: its token is not known here.\n"
    )
    assert run("password", "list", "alice").line == "Nobody is linked under the name alice."
    assert stored(tmp_path, lambda store: left(store, vault)) == {
        "accounts": ["bob"], "logins": ["first"], "consumers": ["of bob"], "places": ["of bob"], "granted": [],
    }  # fmt: skip
    assert run("unlink", "alice", "--yes").line == "Nobody is linked under the name alice."
    assert link(run).password


async def belongings(store: Store, vault: Vault) -> None:
    """What alice and bob keep beside their logins; bob granted alice's program a token."""
    consumers = Consumers(store, vault)
    accounts = {account.login: account.id for account in await store.accounts()}
    made = {name: await consumers.add(id, f"of {name}") for name, id in accounts.items()}
    for name, id in accounts.items():
        await store.put_records(id, RECORDS, {f"of {name}": b"{}"})
        await store.put_records(PLACES, RECORDS, {f"of {name}": b"{}"})
    granted = LoginRecord(
        hash="granted", id="granted", account=accounts["bob"], name="x", kind="oauth", consumer=made["alice"].key
    )
    await store.put_login(granted)


async def left(store: Store, vault: Vault) -> dict[str, list[str]]:
    accounts = await store.accounts()
    logins = [login for account in accounts for login in await store.logins(account.id)]
    return {
        "accounts": [account.login for account in accounts],
        "logins": [login.name for login in logins],
        "consumers": [consumer.name for consumer in await Consumers(store, vault).all()],
        "places": list(await store.records(PLACES, RECORDS)),
        "granted": [login.id for login in logins if login.consumer],
    }


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between the passes of a rotation."""
    monkeypatch.setattr(cli_keys, "Rotation", lambda store, file: rotation.Rotation(store, file, no_pause))


@pytest.mark.usefixtures("at_once")
def test_after_a_rotation_passwords_work_as_before(run: Run, tmp_path: Path) -> None:
    password = link(run).password
    old = KeyFile(tmp_path / "data").read()
    said = run("rotate-key")
    assert said.status == 0
    assert said.out.startswith("The server key is a new one; 1 secrets were brought to it.\n")
    new = KeyFile(tmp_path / "data").read()
    assert not set(old.ring) & set(new.ring)
    for key in (*old.ring, *new.ring, new.hash):
        assert key.hex() not in said.out + said.err
    assert run("password", "add", "alice", "--device", "tablet", stdin=f"{password}\n").password


@pytest.mark.usefixtures("at_once")
def test_a_rotation_may_be_prepared_for_other_machines(run: Run, tmp_path: Path) -> None:
    password = link(run).password
    said = run("rotate-key", "--prepare")
    assert "Copy it to every machine" in said.out
    prepared = KeyFile(tmp_path / "data").read()
    assert len(prepared.ring) == 2
    assert run("password", "add", "alice", "--device", "tablet", stdin=f"{password}\n").password
    assert run("rotate-key").out.startswith("The server key is a new one; 1 secrets")
    assert KeyFile(tmp_path / "data").read().ring == prepared.ring[:1]


@pytest.mark.usefixtures("at_once")
def test_the_wrong_key_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    link(run)
    file = KeyFile(tmp_path / "data")
    file.path.write_bytes(b"w" * 32)
    assert run("rotate-key").line.startswith("1 secrets in the store cannot be opened with")
    assert file.path.read_bytes() == b"w" * 32
    said = run("rotate-key", "--leave-unreadable")
    assert said.out.splitlines()[-1] == "1 secrets could not be opened and were left as they are."


def test_linked_again_after_an_import_the_account_is_the_same(run: Run, tmp_path: Path) -> None:
    link(run)
    (before,) = stored(tmp_path, lambda store: store.accounts())
    file = tmp_path / "f"
    run("export", "--file", str(file))
    run("unlink", "alice", "--yes")
    run("import", str(file))
    link(run)
    (after,) = stored(tmp_path, lambda store: store.accounts())
    assert after.id == before.id
