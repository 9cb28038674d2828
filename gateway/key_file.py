"""The server key's own file (DESIGN section 6): made once, readable by its owner only, and rotated.

As made it holds 32 random bytes, from which everything is derived. Once rotated it is text:

    oldbird keys 2
    hash <64 hex digits>   what logins are found by: never changes, for no client secret is known to hash anew
    key <64 hex digits>    seals and opens
    key <64 hex digits>    opens only: what a rotation under way has not come to yet
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.logs import without
from gateway.problems import Problem

KEY_BYTES: Final = 32
KEY_FILE = "server.key"
MOST_BYTES = 4096
TEXT = re.compile(rb"oldbird keys 2\nhash ([0-9a-f]{64})\n((?:key [0-9a-f]{64}\n){1,2})")

Stamp = tuple[int, int, int]
"""(inode, size, time of change in nanoseconds): another one means another content."""


class KeyProblem(Problem):
    """The server key is missing, damaged or readable by others."""


class Keys(msgspec.Struct, frozen=True):
    """`hash`: what login hashes are keyed with. `ring`: server keys, the first seals, all open."""

    hash: bytes
    ring: tuple[bytes, ...]

    def __repr__(self) -> str:
        """Without the keys."""
        return without(self, "hash", "ring")


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes of `secret` for one purpose."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"oldbird {purpose} 1".encode()).derive(secret)


def first_keys(server_key: bytes) -> Keys:
    """What follows from a server key that was never rotated. Raises KeyProblem."""
    if len(server_key) != KEY_BYTES:
        raise KeyProblem(f"The server key must be {KEY_BYTES} bytes long.")
    return Keys(derive(server_key, "login hash"), (server_key,))


class KeyFile:
    """`server.key` in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / KEY_FILE

    def stamp(self) -> Stamp | None:
        """Changes when the file does; None where there is none to look at."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def read(self) -> Keys | None:
        """None when there is no file yet. Raises KeyProblem."""
        try:
            with self.path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                content = file.read(MOST_BYTES)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyProblem(f"The server key {self.path} cannot be read: {error.strerror}.") from error
        if mode & 0o077:
            raise KeyProblem(f"The server key {self.path} is open to others (mode {mode:o}): chmod 600 it.")
        return self._parsed(content)

    def _parsed(self, content: bytes) -> Keys:
        if len(content) == KEY_BYTES:
            return first_keys(content)
        found = TEXT.fullmatch(content)
        if found is None:
            raise KeyProblem(
                f"The server key {self.path} is damaged: it must be {KEY_BYTES} bytes long, or as a rotation wrote it."
            )
        ring = [bytes.fromhex(line[4:].decode()) for line in found[2].splitlines()]
        return Keys(bytes.fromhex(found[1].decode()), tuple(ring))

    def make(self) -> Keys:
        """A new server key; whoever comes second takes the first one's. Raises KeyProblem."""
        self._write(secrets.token_bytes(KEY_BYTES), replace=False)
        keys = self.read()
        if keys is None:
            raise KeyProblem(f"The server key {self.path} vanished while it was made.")
        return keys

    def replace(self, keys: Keys) -> None:
        """Put these keys in the place of those there are, all or none. Raises KeyProblem."""
        lines = ["oldbird keys 2", f"hash {keys.hash.hex()}", *(f"key {key.hex()}" for key in keys.ring)]
        self._write("".join(f"{line}\n" for line in lines).encode(), replace=True)

    def _write(self, content: bytes, *, replace: bool) -> None:
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = _aside(folder, content)
            try:
                self._place(aside, replace=replace)
            finally:
                aside.unlink(missing_ok=True)
            _settle(folder)
        except OSError as error:
            raise KeyProblem(f"The server key cannot be written to {folder}: {error.strerror}.") from error

    def _place(self, aside: Path, *, replace: bool) -> None:
        """A whole file or none; a link never takes the place of another file."""
        if replace:
            aside.replace(self.path)
            return
        with contextlib.suppress(FileExistsError):
            self.path.hardlink_to(aside)


def _aside(folder: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=KEY_FILE, dir=folder)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _settle(folder: Path) -> None:
    """The new name outlives a loss of power too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
