"""`oldbird export`, `import` and `unlink`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gateway.cli_info import DAY, opened, settings_of
from gateway.exports import export as exported
from gateway.imports import Import, Imported
from gateway.logins import ACTIVITYPUB, LoginProblem
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.stores.store import AccountRecord, Store
from gateway.unlinking import unlink as unlinked
from gateway.vault import open_vault

STANDARD = "-"
LINK_AGAIN = "{login} was not linked here: oldbird link {login} --server {backend} --token-file F (or in the browser)"
WARNING = """\
This removes {login} ({username} at {backend}): every app password, every token of a client, the consumers it made,
lists and marks. Posts at {backend} stay, and their numbers here, which others may share.
To keep a copy first: oldbird export {login} --file F
Nothing was removed; if that is meant: oldbird unlink {login} --yes"""
IN_THE_CLEAR = "Posts and messages of ActivityPub accounts are in it, for whoever has it to read: keep it to yourself."
UNLINKED = "Removed {login}. Revoke Oldbird's access in the settings of {backend} too: its token is not known here."


def export(args: argparse.Namespace) -> int:
    """`oldbird export`"""
    settings = settings_of(args)
    accounts = asyncio.run(_export(settings, args.name, args.file))
    if args.file != STANDARD:
        print(f"Exported {len(accounts)} accounts to {args.file}. It holds no passwords and no tokens.")
        if any(account.software == ACTIVITYPUB for account in accounts):
            print(IN_THE_CLEAR)
    return 0


async def _export(settings: Settings, name: str | None, file: str) -> tuple[AccountRecord, ...]:
    async with opened(settings) as store:
        accounts = (await found(store, name),) if name else await store.accounts()
        with written(file) as out:
            async for piece in exported(store, await open_vault(settings.data_dir, store), *accounts):
                out.write(piece)
    return accounts


def import_(args: argparse.Namespace) -> int:
    """`oldbird import`"""
    settings = settings_of(args)
    try:
        with Path(args.file).open("rb") as file:
            done = asyncio.run(_import(settings, file, keep_mine=args.keep_mine))
    except OSError as error:
        raise Problem(f"The file {args.file} cannot be read: {error.strerror}.") from error
    rows = ", ".join(f"{number:,} {part}" for part, number in done.rows.items())
    print(f"Imported {rows or 'nothing'}.")
    if done.left_out:
        print(f"{done.left_out:,} rows contradict what is here and were left out.")
    for account in done.new:
        print(LINK_AGAIN.format(login=account.login, backend=account.backend))
    return 0


async def _import(settings: Settings, file: BinaryIO, *, keep_mine: bool) -> Imported:
    async with opened(settings) as store:
        vault = await open_vault(settings.data_dir, store)
        return await Import(store, vault, file, today=int(time.time()) // DAY, keep_mine=keep_mine).run()


def unlink(args: argparse.Namespace) -> int:
    """`oldbird unlink`"""
    account = asyncio.run(_unlink(settings_of(args), args.name, sure=args.yes))
    text = UNLINKED if args.yes else WARNING
    print(text.format(login=account.login, username=account.username, backend=account.backend))
    return 0 if args.yes else 1


async def _unlink(settings: Settings, name: str, *, sure: bool) -> AccountRecord:
    async with opened(settings) as store:
        account = await found(store, name)
        if sure:
            await unlinked(store, await open_vault(settings.data_dir, store), account)
        return account


async def found(store: Store, name: str) -> AccountRecord:
    """The account with this login name, in any case. Raises LoginProblem."""
    for account in await store.accounts():
        if account.login.lower() == name.strip().lower():
            return account
    raise LoginProblem(f"Nobody is linked under the name {name}.")


@contextmanager
def written(file: str) -> Iterator[BinaryIO]:
    """A file that is there when it is whole, for its owner only; `-` is standard output. Raises Problem."""
    if file == STANDARD:
        yield sys.stdout.buffer
        return
    path = Path(file)
    try:
        handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # mode 0600
    except OSError as error:
        raise Problem(f"The file {file} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        Path(name).replace(path)
    except OSError as error:
        raise Problem(f"The file {file} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
