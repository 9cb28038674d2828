"""Server key, app passwords, sealing."""

from __future__ import annotations

import base64
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gateway import vault
from gateway.vault import KEY_FILE, KeyProblem, Unsealable, Vault, make_key, new_password, open_vault, read_key
from tests.gateway.far_side import desk_on

SECRET = "abcd-efgh-2345-ijkl-mnop-6723-qrst"
OTHER = "abcd-efgh-2345-ijkl-mnop-6723-qrsu"
VAULT = Vault(b"s" * 32)


def test_passwords_carry_140_bits_in_groups_that_can_be_typed() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        groups = password.split("-")
        assert [len(group) for group in groups] == [vault.GROUP] * vault.GROUPS
        assert set("".join(groups)) <= set(vault.ALPHABET)
    assert len(vault.ALPHABET) ** (vault.GROUP * vault.GROUPS) == 2**140
    assert set("".join(made)) == {*vault.ALPHABET, "-"}


@given(st.binary(max_size=300), st.text(min_size=1, max_size=40).filter(str.strip))
def test_what_was_sealed_opens_again(token: bytes, secret: str) -> None:
    assert VAULT.open(VAULT.seal(token, VAULT.public(secret)), secret) == token


def test_sealing_takes_the_public_half_only_and_never_repeats_itself() -> None:
    public = VAULT.public(SECRET)
    first, second = VAULT.seal(b"token", public), VAULT.seal(b"token", public)
    assert first != second
    assert b"token" not in first
    assert len({first[1:13], second[1:13]}) == 2  # nonces


def test_surrounding_space_is_the_only_thing_forgiven() -> None:
    sealed = VAULT.seal(b"token", VAULT.public(SECRET))
    assert VAULT.open(sealed, f" {SECRET}\n") == b"token"
    assert VAULT.hash(f"\t{SECRET} ") == VAULT.hash(SECRET)
    for typed in (SECRET.upper(), SECRET.replace("-", ""), SECRET.replace("-", " ")):
        assert VAULT.hash(typed) != VAULT.hash(SECRET)
        with pytest.raises(Unsealable):
            VAULT.open(sealed, typed)


def test_another_secret_or_another_server_key_opens_nothing() -> None:
    sealed = VAULT.seal(b"token", VAULT.public(SECRET))
    with pytest.raises(Unsealable):
        VAULT.open(sealed, OTHER)
    with pytest.raises(Unsealable):
        Vault(b"t" * 32).open(sealed, SECRET)


def test_a_changed_byte_anywhere_opens_nothing() -> None:
    sealed = VAULT.seal(b"token", VAULT.public(SECRET))
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(Unsealable):
            VAULT.open(bytes(broken), SECRET)
    for length in range(len(sealed)):
        with pytest.raises(Unsealable):
            VAULT.open(sealed[:length], SECRET)


def test_hashes_are_keyed_and_halves_are_not() -> None:
    other = Vault(b"t" * 32)
    assert len(VAULT.hash(SECRET)) == 64
    assert VAULT.hash(SECRET) != other.hash(SECRET)
    assert VAULT.public(SECRET) == other.public(SECRET)
    assert VAULT.public(SECRET) != X25519PrivateKey.generate().public_key().public_bytes_raw()


def test_the_key_file_is_private_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert read_key(tmp_path) is None
    key = make_key(folder)
    assert len(key) == 32
    assert make_key(folder) == key == read_key(folder)
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_two_makers_at_once_end_with_one_key(tmp_path: Path) -> None:
    barrier, keys = threading.Barrier(8), []

    def make() -> None:
        barrier.wait()
        keys.append(make_key(tmp_path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    make_key(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(KeyProblem, match="chmod 600"):
        read_key(tmp_path)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_damaged_key_is_refused(tmp_path: Path, size: int) -> None:
    make_key(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(b"x" * size)
    with pytest.raises(KeyProblem, match="damaged"):
        make_key(tmp_path)
    with pytest.raises(KeyProblem, match="32 bytes"):
        Vault(b"x" * size)


def test_a_folder_that_is_a_file_is_a_clear_problem(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(KeyProblem, match="cannot be"):
        make_key(tmp_path / "data")
    with pytest.raises(KeyProblem, match="cannot be read"):
        read_key(tmp_path / "data")


@pytest.mark.anyio
async def test_a_lost_key_is_not_replaced_while_accounts_are_linked(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "store.sqlite") as desk:
        first = await open_vault(tmp_path, desk.store)
        assert (await open_vault(tmp_path, desk.store)).hash(SECRET) == first.hash(SECRET)
        (tmp_path / KEY_FILE).unlink()
        await desk.alice()
        with pytest.raises(KeyProblem, match="put the file back"):
            await open_vault(tmp_path, desk.store)
        assert not (tmp_path / KEY_FILE).exists()


def everything_in(folder: Path) -> bytes:
    """The bytes of all files."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


@pytest.mark.anyio
async def test_a_stolen_store_holds_no_secret_and_opens_nothing(tmp_path: Path) -> None:
    async with desk_on(tmp_path / "store.sqlite") as desk:
        linked = await desk.alice()
        stolen = everything_in(tmp_path)
        login, _ = await desk.store.login(desk.vault.hash(linked.password))
    stolen += everything_in(tmp_path)
    assert b"phone" in stolen  # it is the right file, and readable
    token, password = b"tok-alice-3f9c", linked.password.encode()
    for secret in (token, password, password.replace(b"-", b""), b"k" * 32):
        for form in (secret, secret.hex().encode(), base64.b64encode(secret)[:-4]):
            assert form not in stolen
    assert desk.vault.open(login.sealed, linked.password) == token
    with pytest.raises(Unsealable):  # the store and the server key, but no secret
        desk.vault.open(login.sealed, new_password())
    with pytest.raises(Unsealable):  # the store and the secret, but no server key
        Vault(b"?" * 32).open(login.sealed, linked.password)
