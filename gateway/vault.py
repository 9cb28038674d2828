"""Secrets at rest (DESIGN section 6).

A login is a secret that only its client knows. Of it the store keeps a keyed hash to find it by, the public half of an
X25519 key pair derived from it, and the backend token sealed to that half and then under the server key:

    sealed = version | nonce | AES-GCM(server subkey, ephemeral public | AES-GCM(agreed key, token))

So a token can be sealed for every login without knowing any secret; opening one takes the server key and the secret.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.problems import Problem
from gateway.stores.store import Store

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
GROUPS, GROUP = 7, 4  # 28 characters of 5 bits: 140 bits
KEY_BYTES = 32
KEY_FILE = "server.key"

_VERSION = b"\x01"
_NONCE_BYTES = 12
_ONCE = bytes(_NONCE_BYTES)  # for keys that encrypt exactly one message


class KeyProblem(Problem):
    """The server key is missing, damaged or readable by others."""


class Unsealable(Exception):
    """Sealed bytes that this secret, or this server key, does not open."""


def new_password() -> str:
    """A fresh app password: seven groups of four lower-case base32 characters."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"oldbird {purpose} 1".encode()).derive(secret)


class Vault:
    """Hashes, seals and opens with one server key of 32 bytes."""

    def __init__(self, server_key: bytes) -> None:
        if len(server_key) != KEY_BYTES:
            raise KeyProblem(f"The server key must be {KEY_BYTES} bytes long.")
        self._hash_key = _derive(server_key, "login hash")
        self._outer = AESGCM(_derive(server_key, "seal"))

    def hash(self, secret: str) -> str:
        """What the store finds a login by: 64 hex digits. Taken literally, only surrounding space is dropped."""
        return hmac.digest(self._hash_key, _bytes(secret), "sha256").hex()

    def public(self, secret: str) -> bytes:
        """The public half (32 bytes) of the login's key pair."""
        return _private(secret).public_key().public_bytes_raw()

    def seal(self, token: bytes, public: bytes) -> bytes:
        """`token` readable only with the server key and the secret behind `public`."""
        ephemeral = X25519PrivateKey.generate()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
        half = ephemeral.public_key().public_bytes_raw()
        inner = half + _agreed(shared, half, public).encrypt(_ONCE, token, None)
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._outer.encrypt(nonce, inner, _VERSION + public)

    def open(self, sealed: bytes, secret: str) -> bytes:
        """The token. Raises Unsealable."""
        private = _private(secret)
        public = private.public_key().public_bytes_raw()
        version, nonce, outer = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if version != _VERSION:
                raise Unsealable("An unknown way of sealing.")
            inner = self._outer.decrypt(nonce, outer, version + public)
            half = inner[:KEY_BYTES]
            shared = private.exchange(X25519PublicKey.from_public_bytes(half))
            return _agreed(shared, half, public).decrypt(_ONCE, inner[KEY_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            raise Unsealable("Not sealed for this secret under this server key.") from error


def _bytes(secret: str) -> bytes:
    return secret.strip().encode("utf-8", "surrogatepass")


def _private(secret: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_derive(_bytes(secret), "login key"))


def _agreed(shared: bytes, half: bytes, public: bytes) -> AESGCM:
    return AESGCM(_derive(shared + half + public, "token"))


def read_key(folder: Path) -> bytes | None:
    """The server key in `folder`, None when there is none yet. Raises KeyProblem."""
    path = folder / KEY_FILE
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyProblem(f"The server key {path} cannot be read: {error.strerror}.") from error
    if mode & 0o077:
        raise KeyProblem(f"The server key {path} is open to others (mode {mode:o}): chmod 600 it.")
    if len(key) != KEY_BYTES:
        raise KeyProblem(f"The server key {path} is damaged: it must be {KEY_BYTES} bytes long.")
    return key


def make_key(folder: Path) -> bytes:
    """A new server key in `folder`; whoever comes second takes the first one's. Raises KeyProblem."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _place(folder, secrets.token_bytes(KEY_BYTES))
    except OSError as error:
        raise KeyProblem(f"The server key cannot be written to {folder}: {error.strerror}.") from error
    key = read_key(folder)
    if key is None:
        raise KeyProblem(f"The server key in {folder} vanished while it was made.")
    return key


def _place(folder: Path, key: bytes) -> None:
    """A whole file or none: written aside, then linked to its name, which never replaces another."""
    handle, aside = tempfile.mkstemp(prefix=KEY_FILE, dir=folder)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        Path(folder / KEY_FILE).hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        Path(aside).unlink()


async def open_vault(folder: Path, store: Store) -> Vault:
    """The vault of an opened `store`. A key is made only while nobody is linked: a lost one makes every login useless.

    Raises KeyProblem, StoreDown.
    """
    key = read_key(folder)
    if key is None and await store.accounts():
        raise KeyProblem(
            f"{folder / KEY_FILE} is missing, but accounts are linked: put the file back, "
            "or start with an empty store and link them again."
        )
    return Vault(key or make_key(folder))
