"""What needs no running gateway and no network: settings, files, key. The store is in `gateway.doctor.stored`."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway import cli_info
from gateway.doctor.findings import Finding, fail, ok, warn
from gateway.doctor.looking import sqlite_file
from gateway.key_file import KeyFile, KeyProblem, Keys
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.stores.sqlite_schema import beside
from gateway.stores.store import StoreDown

START = "oldbird serve makes it when it first starts"


def settings_checked(settings: Settings) -> list[Finding]:
    """As `oldbird config check` says it."""
    try:
        doubts = cli_info.checked(settings)
    except (Problem, StoreDown) as error:
        return [fail("settings", str(error), "Put it right, see docs/settings.md.")]
    advice = "Leave it only if it is meant."
    found = [warn("settings", doubt.removeprefix("Doubtful: "), advice) for doubt in doubts]
    return found or [ok("settings", "They can be used, and nothing about them is doubtful.")]


def files(settings: Settings) -> list[Finding]:
    """Who may read what is in `data_dir` and the file of the store, and whether the gateway may write it."""
    folder, file = settings.data_dir, sqlite_file(settings)
    found = [*_folder(folder), *(_store(file) if file is not None else ())]
    if found:
        return found
    elsewhere = file is not None and file.parent.absolute() != folder.absolute() and file.exists()
    return [ok("files", f"{folder} is its owner's alone{f', and so is {file}' if elsewhere else ''}.")]


def _folder(folder: Path) -> Iterator[Finding]:
    try:
        here = folder.stat()
        inside = [(path, path.lstat()) for path in sorted(folder.iterdir())]
    except FileNotFoundError:
        yield warn("files", f"There is no {folder} yet: {START}.", "Nothing, if this gateway is new.")
    except OSError as error:
        yield fail("files", f"{folder} cannot be read: {error.strerror}.", "Run this as the user of the gateway.")
    else:
        yield from _modes(folder, here.st_mode)
        yield from _owners(folder, here.st_uid, inside)


def _store(file: Path) -> Iterator[Finding]:
    """The file of the store, what SQLite keeps beside it, and their folder, which may be one for other things too."""
    try:
        folder = file.parent.stat().st_mode
        bits = {path: stat.S_IMODE(path.stat().st_mode) for path in beside(file) if path.exists()}
    except OSError:
        return  # said of data_dir or of the store
    if folder & 0o002:
        text = f"Everybody on this machine may put files beside {file}, and SQLite would read them."
        yield fail("files", text, "Move it into a folder of its own, and let `store` name it there.")
    for path, mode in bits.items():
        if mode & 0o007 and folder & 0o001:
            yield fail("files", f"Everybody on this machine may read {path} (mode {mode:o}).", f"chmod 600 {path}")
        elif mode & 0o070 and folder & 0o011:
            yield warn("files", f"A group may read {path} (mode {mode:o}).", f"chmod 600 {path}, unless it is meant.")


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
