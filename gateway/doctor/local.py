"""What needs no running gateway and no network: settings, files, key. The store is in `gateway.doctor.stored`."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway import cli_info, single_user
from gateway.doctor.findings import Finding, fail, ok, warn
from gateway.key_file import KeyFile, KeyProblem, Keys
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.stores.store import StoreDown

START = "oldbird serve makes it when it first starts"


def settings_checked(settings: Settings) -> list[Finding]:
    """As `oldbird config check` says it."""
    try:
        single_user.check(settings)
        doubts = cli_info.checked(settings)
    except (Problem, StoreDown) as error:
        return [fail("settings", str(error), "Put it right, see docs/settings.md.")]
    advice = "Leave it only if it is meant."
    found = [warn("settings", doubt.removeprefix("Doubtful: "), advice) for doubt in doubts]
    return found or [ok("settings", "They can be used, and nothing about them is doubtful.")]


def files(settings: Settings) -> list[Finding]:
    """Who may read what is in `data_dir`, and whether the gateway may write it."""
    folder = settings.data_dir
    try:
        here = folder.stat()
        inside = [(path, path.lstat()) for path in sorted(folder.iterdir())]
    except FileNotFoundError:
        return [warn("files", f"There is no {folder} yet: {START}.", "Nothing, if this gateway is new.")]
    except OSError as error:
        return [fail("files", f"{folder} cannot be read: {error.strerror}.", "Run this as the user of the gateway.")]
    found = [*_modes(folder, here.st_mode), *_owners(folder, here.st_uid, inside)]
    return found or [ok("files", f"{folder} is its owner's alone.")]


def _modes(folder: Path, mode: int) -> Iterator[Finding]:
    bits = stat.S_IMODE(mode)
    if bits & 0o007:
        advice = f"chmod 700 {folder}"
        yield fail("files", f"Everybody on this machine may look into {folder} (mode {bits:o}).", advice)
    elif bits & 0o070:
        text = f"A group may look into {folder} (mode {bits:o})."
        yield warn("files", text, f"chmod 700 {folder}, unless it is meant.")


def _owners(folder: Path, owner: int, inside: Iterable[tuple[Path, object]]) -> Iterator[Finding]:
    others = [path.name for path, found in inside if getattr(found, "st_uid", owner) != owner]
    if others:
        text = f"In {folder} there are files of another user: {', '.join(others)}."
        yield fail("files", text, "Give them to the owner of the folder (chown), and run oldbird as that user.")


def key_of(settings: Settings) -> tuple[Keys | None, list[Finding]]:
    """The server key, and what is to be said about its file."""
    file = KeyFile(settings.data_dir)
    try:
        keys = file.read()
    except KeyProblem as error:
        advice = "Nobody can sign in without it: a backup of it helps, a new one does not."
        return None, [fail("key", str(error), advice)]
    if keys is None:
        return None, [warn("key", f"There is no {file.path} yet: {START}.", "Nothing, if nobody is linked yet.")]
    if len(keys.ring) > 1:
        text = f"A rotation of {file.path} was begun and not finished."
        return keys, [warn("key", text, "oldbird rotate-key finishes it.")]
    return keys, []
