"""Server key, app passwords, sealing."""

from __future__ import annotations

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gateway import vault
from gateway.key_file import Keys
from gateway.vault import Unsealable, Vault

SECRET = "abcd-efgh-2345-ijkl-mnop-6723-qrst"
OTHER = "abcd-efgh-2345-ijkl-mnop-6723-qrsu"
VAULT = Vault(b"s" * 32)
A, B, C = b"a" * 32, b"b" * 32, b"c" * 32
ONLY_C = Vault(Keys(b"h" * 32, (C,)))


def test_passwords_carry_140_bits_in_groups_that_can_be_typed() -> None:
    made = {vault.new_password() for _ in range(200)}
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


def test_what_was_wrapped_is_unwrapped_for_the_same_purpose_only() -> None:
    wrapped = VAULT.wrap(b"secret of a client", "consumer a")
    assert VAULT.unwrap(wrapped, "consumer a") == b"secret of a client"
    assert VAULT.unwrap(VAULT.wrap(b"")) == b""
    assert b"secret" not in wrapped
    assert wrapped != VAULT.wrap(b"secret of a client", "consumer a")
    for purpose in ("", "consumer b", "consumer", "consumer aa"):
        with pytest.raises(Unsealable):
            VAULT.unwrap(wrapped, purpose)
    with pytest.raises(Unsealable):
        Vault(b"t" * 32).unwrap(wrapped, "consumer a")


def test_a_changed_byte_of_something_wrapped_opens_nothing() -> None:
    wrapped = VAULT.wrap(b"secret", "app")
    for place in range(len(wrapped)):
        broken = bytearray(wrapped)
        broken[place] ^= 1
        for read in (lambda found: VAULT.unwrap(found, "app"), VAULT.rewrap):
            with pytest.raises(Unsealable):
                read(bytes(broken))
    for length in range(len(wrapped)):
        with pytest.raises(Unsealable):
            VAULT.rewrap(wrapped[:length])


def test_what_is_sealed_is_not_wrapped_and_the_other_way_round() -> None:
    with pytest.raises(Unsealable):
        VAULT.open(VAULT.wrap(b"token"), SECRET)
    with pytest.raises(Unsealable):
        VAULT.unwrap(VAULT.seal(b"token", VAULT.public(SECRET)))


@given(st.lists(st.uuids(), min_size=1, max_size=6, unique=True), st.binary(max_size=80))
def test_a_token_sealed_for_many_logins_opens_with_the_own_secret_of_each_only(ids: list[UUID], token: bytes) -> None:
    secrets = [str(id) for id in ids]
    sealed = {secret: VAULT.seal(token, VAULT.public(secret)) for secret in secrets}
    assert len(set(sealed.values())) == len(secrets)
    for secret in secrets:
        assert VAULT.open(sealed[secret], secret) == token
        for other in {*secrets, SECRET} - {secret}:
            with pytest.raises(Unsealable):
                VAULT.open(sealed[secret], other)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.booleans())
def test_mixed_rings_open_all_and_bring_all_to_the_newest(made_with: list[str], interrupted: bool) -> None:
    rings = {"a": (A,), "b": (B, A) if interrupted else (B,), "c": (C, B)}
    vaults = {name: Vault(Keys(b"h" * 32, ring)) for name, ring in rings.items()}
    everything = Vault(Keys(b"h" * 32, (C, B, A)))
    public = everything.public(SECRET)
    for name in made_with:
        sealed, wrapped = vaults[name].seal(b"token", public), vaults[name].wrap(b"own", "p")
        assert (everything.open(sealed, SECRET), everything.unwrap(wrapped, "p")) == (b"token", b"own")
        newest, own = everything.reseal(sealed, public), everything.rewrap(wrapped)
        assert (newest == sealed, own == wrapped) == (name == "c", name == "c")
        assert ONLY_C.open(newest, SECRET) == b"token"
        assert ONLY_C.unwrap(own, "p") == b"own"
        assert (everything.reseal(newest, public), everything.rewrap(own)) == (newest, own)


def test_sealing_anew_needs_the_right_half_and_a_known_key() -> None:
    sealed = VAULT.seal(b"token", VAULT.public(SECRET))
    with pytest.raises(Unsealable):
        VAULT.reseal(sealed, VAULT.public(OTHER))
    with pytest.raises(Unsealable):
        ONLY_C.reseal(sealed, VAULT.public(SECRET))
