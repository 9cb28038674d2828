"""The server key's file: made once, whole or not at all, readable by its owner only, followed when it is rotated."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from gateway.key_file import KEY_FILE, KeyFile, KeyProblem, Keys, first_keys
from gateway.vault import Unsealable, Vault, open_vault
from tests.gateway.far_side import desk_on

SECRET = "abcd-efgh-2345-ijkl-mnop-6723-qrst"
NEW = b"n" * 32


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    """In a folder that is not there yet."""
    return KeyFile(tmp_path / "data")


def test_it_is_private_and_made_once(file: KeyFile) -> None:
    assert (file.read(), file.stamp()) == (None, None)
    keys = file.make()
    assert len(keys.ring) == 1
    assert file.make() == keys == file.read() == first_keys(file.path.read_bytes())
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [other.name for other in file.path.parent.iterdir()] == [KEY_FILE]


def test_two_makers_at_once_end_with_one_key(file: KeyFile) -> None:
    barrier, made = threading.Barrier(8), []

    def make() -> None:
        barrier.wait()
        made.append(file.make())

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len({keys.ring for keys in made}) == 1


@pytest.mark.parametrize("number", [1, 2])
def test_rotated_keys_come_back_whole_and_private(file: KeyFile, number: int) -> None:
    old = file.make()
    before = file.stamp()
    keys = Keys(old.hash, (NEW, *old.ring)[:number])
    file.replace(keys)
    assert file.read() == keys
    assert file.stamp() != before
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [other.name for other in file.path.parent.iterdir()] == [KEY_FILE]
    assert file.path.read_text("ascii").count("key ") == number
    if number == 1:
        assert old.ring[0] not in file.path.read_bytes()
        assert old.ring[0].hex().encode() not in file.path.read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_open_to_others_is_refused(file: KeyFile, mode: int) -> None:
    file.make()
    file.path.chmod(mode)
    with pytest.raises(KeyProblem, match="chmod 600"):
        file.read()


HASH, KEY = b"hash " + b"0" * 64 + b"\n", b"key " + b"a" * 64 + b"\n"
DAMAGED = [
    *(b"x" * size for size in (0, 31, 33)),
    b"oldbird keys 3\n" + HASH + KEY,
    b"oldbird keys 2\n" + HASH,
    b"oldbird keys 2\n" + HASH + KEY * 3,
    b"oldbird keys 2\n" + HASH + KEY[:-1],
    b"oldbird keys 2\n" + HASH + KEY.replace(b"a", b"g"),
    b"oldbird keys 2\n" + KEY,
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_key_is_refused_and_never_replaced(file: KeyFile, content: bytes) -> None:
    file.make()
    file.path.write_bytes(content)
    with pytest.raises(KeyProblem, match="damaged"):
        file.make()
    assert file.path.read_bytes() == content


def test_a_key_of_another_length_is_none() -> None:
    with pytest.raises(KeyProblem, match="32 bytes"):
        Vault(b"x" * 31)


def test_a_folder_that_is_a_file_is_a_clear_problem(file: KeyFile) -> None:
    file.path.parent.write_text("")
    with pytest.raises(KeyProblem, match="cannot be"):
        file.make()
    with pytest.raises(KeyProblem, match="cannot be read"):
        file.read()


async def test_a_lost_key_is_not_replaced_while_accounts_are_linked(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "store.sqlite") as desk:
        first = await open_vault(tmp_path, desk.store)
        assert (await open_vault(tmp_path, desk.store)).hash(SECRET) == first.hash(SECRET)
        (tmp_path / KEY_FILE).unlink()
        await desk.alice()
        with pytest.raises(KeyProblem, match="put the file back"):
            await open_vault(tmp_path, desk.store)
        assert not (tmp_path / KEY_FILE).exists()


def rotated(file: KeyFile, *, done: bool = False) -> Vault:
    """The vault of a process that starts after a rotation began, or ended."""
    keys = file.read()
    file.replace(Keys(keys.hash, (NEW,) if done else (NEW, *keys.ring)))
    return Vault.on(file)


@pytest.mark.parametrize("done", [False, True])
def test_a_running_process_opens_what_was_sealed_under_the_new_key(file: KeyFile, done: bool) -> None:
    running = Vault.on(file)
    new = rotated(file, done=done)
    sealed, wrapped = new.seal(b"token", new.public(SECRET)), new.wrap(b"own", "p")
    assert running.open(sealed, SECRET) == b"token"
    assert running.unwrap(wrapped, "p") == b"own"
    assert running.hash(SECRET) == new.hash(SECRET)


def test_a_running_process_seals_under_the_new_key(file: KeyFile) -> None:
    running, other = Vault.on(file), Vault.on(file)
    new = rotated(file, done=True)
    assert new.open(running.seal(b"token", new.public(SECRET)), SECRET) == b"token"
    assert new.unwrap(other.wrap(b"own")) == b"own"


def test_what_is_written_while_a_process_starts_is_noticed(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.make()
    read, turned = KeyFile.read, []

    def read_late(self: KeyFile) -> Keys | None:
        keys = read(self)
        if not turned:
            turned.append(True)
            self.replace(Keys(keys.hash, (NEW,)))
        return keys

    monkeypatch.setattr(KeyFile, "read", read_late)
    running = Vault.on(file)
    new = Vault.on(file)
    assert running.open(new.seal(b"token", new.public(SECRET)), SECRET) == b"token"


@pytest.mark.parametrize("trouble", ["gone", "damaged", "open", "foreign"])
def test_a_file_that_cannot_be_used_changes_nothing_for_a_running_process(file: KeyFile, trouble: str) -> None:
    running = Vault.on(file)
    sealed = running.seal(b"token", running.public(SECRET))
    if trouble == "gone":
        file.path.unlink()
    elif trouble == "foreign":
        file.replace(first_keys(NEW))
    else:
        file.path.write_bytes(b"nonsense")
        file.path.chmod(0o644 if trouble == "open" else 0o600)
    assert running.open(sealed, SECRET) == b"token"
    assert running.open(running.seal(b"more", running.public(SECRET)), SECRET) == b"more"
    with pytest.raises(Unsealable):
        running.open(Vault(b"?" * 32).seal(b"token", running.public(SECRET)), SECRET)
