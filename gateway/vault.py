"""Secrets at rest (DESIGN section 6).

A login is a secret that only its client knows. Of it the store keeps a keyed hash to find it by, the public half of an
X25519 key pair derived from it, and the backend token sealed to that half and then under the server key:

    sealed = version | nonce | AES-GCM(server subkey, ephemeral public | AES-GCM(agreed key, token))

So a token can be sealed for every login without knowing any secret; opening one takes the server key and the secret.
What the gateway itself must be able to read (secrets of OAuth consumers) is wrapped: under the server key alone.

    wrapped = version | length of purpose | purpose | nonce | AES-GCM(server subkey, data)

A running process follows the key file: it looks at it before it seals, and when something does not open.
"""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.key_file import KEY_BYTES, KEY_FILE, KeyFile, KeyProblem, Keys, Stamp, derive, first_keys
from gateway.stores.store import Store

log = logging.getLogger("oldbird.vault")

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
GROUPS, GROUP = 7, 4  # 28 characters of 5 bits: 140 bits

_SEALED, _WRAPPED = b"\x01", b"\x02"
_NONCE_BYTES = 12
_ONCE = bytes(_NONCE_BYTES)  # for keys that encrypt exactly one message


class Unsealable(Exception):
    """Sealed bytes that this secret, or this server key, does not open."""


def new_password() -> str:
    """A fresh app password: seven groups of four lower-case base32 characters."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


class Ring:
    """One subkey of every server key. The first encrypts, any decrypts."""

    def __init__(self, keys: Keys, purpose: str) -> None:
        self._ciphers = [AESGCM(derive(key, purpose)) for key in keys.ring]

    def encrypt(self, data: bytes, bound: bytes) -> bytes:
        """nonce | ciphertext; `bound` must be the same again to decrypt."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, data, bound)

    def decrypt(self, found: bytes, bound: bytes) -> tuple[bytes, bool]:
        """(data, whether the first key did it). Raises Unsealable."""
        nonce, rest = found[:_NONCE_BYTES], found[_NONCE_BYTES:]
        for number, cipher in enumerate(self._ciphers):
            try:
                return cipher.decrypt(nonce, rest, bound), number == 0
            except (InvalidTag, ValueError):
                continue
        raise Unsealable("Not made under this server key.")


class Vault:
    """Hashes, seals and opens with one server key of 32 bytes, or with a key file that may be rotated meanwhile."""

    def __init__(self, keys: bytes | Keys, file: KeyFile | None = None, stamp: Stamp | None = None) -> None:
        self._file = file
        self._stamp = stamp
        self._use(first_keys(keys) if isinstance(keys, bytes) else keys)

    @classmethod
    def on(cls, file: KeyFile) -> Vault:
        """With the keys in `file`, which is made when missing. Raises KeyProblem."""
        keys = None
        while keys is None:
            stamp = file.stamp()  # before reading: what is written in between is noticed later
            keys = file.read()
            if keys is None:
                file.make()
        return cls(keys, file, stamp)

    def _use(self, keys: Keys) -> None:
        self._hash_key = keys.hash
        self._outer, self._own = Ring(keys, "seal"), Ring(keys, "wrap")

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
        self._follow()
        return _SEALED + self._outer.encrypt(inner, _SEALED + public)

    def open(self, sealed: bytes, secret: str) -> bytes:
        """The token. Raises Unsealable."""
        private = _private(secret)
        public = private.public_key().public_bytes_raw()
        inner, _ = self._inner(sealed, public)
        half = inner[:KEY_BYTES]
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(half))
            return _agreed(shared, half, public).decrypt(_ONCE, inner[KEY_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            raise Unsealable("Not sealed for this secret.") from error

    def reseal(self, sealed: bytes, public: bytes) -> bytes:
        """The same token under the newest server key, without its secret; unchanged where it is. Raises Unsealable."""
        inner, newest = self._inner(sealed, public)
        return sealed if newest else _SEALED + self._outer.encrypt(inner, _SEALED + public)

    def _inner(self, sealed: bytes, public: bytes) -> tuple[bytes, bool]:
        if sealed[:1] != _SEALED:
            raise Unsealable("An unknown way of sealing.")
        try:
            return self._outer.decrypt(sealed[1:], _SEALED + public)
        except Unsealable:
            if not self._follow():
                raise
            return self._outer.decrypt(sealed[1:], _SEALED + public)

    def wrap(self, data: bytes, purpose: str = "") -> bytes:
        """`data` readable with the server key alone, for the same purpose (at most 255 bytes of UTF-8)."""
        self._follow()
        head = _head(purpose)
        return head + self._own.encrypt(data, head)

    def unwrap(self, wrapped: bytes, purpose: str = "") -> bytes:
        """What was wrapped for this purpose. Raises Unsealable."""
        return self._unwrapped(wrapped, _head(purpose))[0]

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data for the same purpose under the newest server key; unchanged where it is. Raises Unsealable."""
        head = wrapped[: 2 + (wrapped[1] if len(wrapped) > 1 else 0)]
        data, newest = self._unwrapped(wrapped, head)
        return wrapped if newest else head + self._own.encrypt(data, head)

    def _unwrapped(self, wrapped: bytes, head: bytes) -> tuple[bytes, bool]:
        if not head.startswith(_WRAPPED) or not wrapped.startswith(head):
            raise Unsealable("Not wrapped for this purpose.")
        try:
            return self._own.decrypt(wrapped[len(head) :], head)
        except Unsealable:
            if not self._follow():
                raise
            return self._own.decrypt(wrapped[len(head) :], head)

    def _follow(self) -> bool:
        """Take up what a rotation wrote meanwhile; whether there was something."""
        stamp = self._file.stamp() if self._file else None
        if self._file is None or stamp in (None, self._stamp):
            return False
        try:
            keys = self._file.read()
        except KeyProblem as error:
            log.warning("The server key has changed but cannot be used: %s", error)
            return False
        if keys is None or keys.hash != self._hash_key:
            log.warning("The file of the server key holds another one, which is not used before a restart.")
            return False
        self._stamp = stamp
        self._use(keys)
        log.info("The server key was rotated; this process uses the new one.")
        return True


def is_wrapped(value: bytes) -> bool:
    """It was made by `Vault.wrap`. JSON and text never look like it."""
    return value.startswith(_WRAPPED)


def _head(purpose: str) -> bytes:
    name = purpose.encode()
    return _WRAPPED + bytes([len(name)]) + name


def _bytes(secret: str) -> bytes:
    return secret.strip().encode("utf-8", "surrogatepass")


def _private(secret: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(derive(_bytes(secret), "login key"))


def _agreed(shared: bytes, half: bytes, public: bytes) -> AESGCM:
    return AESGCM(derive(shared + half + public, "token"))


def read_key(folder: Path) -> Keys | None:
    """The server key in `folder`, None when there is none yet. Raises KeyProblem."""
    return KeyFile(folder).read()


async def open_vault(folder: Path, store: Store) -> Vault:
    """The vault of an opened `store`. A key is made only while there are no logins: a lost one makes them all useless.

    Raises KeyProblem, StoreDown.
    """
    if read_key(folder) is None and await _has_logins(store):
        raise KeyProblem(
            f"{folder / KEY_FILE} is missing, but accounts are linked: put the file back, "
            "or start with an empty store and link them again."
        )
    return Vault.on(KeyFile(folder))


async def _has_logins(store: Store) -> bool:
    """Imported accounts have none before they are linked again."""
    for account in await store.accounts():
        if await store.logins(account.id):
            return True
    return False
