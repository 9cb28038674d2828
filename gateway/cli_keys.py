"""`oldbird rotate-key`."""

from __future__ import annotations

import argparse
import asyncio

from gateway.cli_info import opened, settings_of
from gateway.key_file import KeyFile
from gateway.rotation import Rotated, Rotation
from gateway.settings import Settings

PREPARED = """\
{path} holds a new key beside the old one.
Copy it to every machine on this store, then run `oldbird rotate-key` on this one."""
ROTATED = """\
The server key is a new one; {renewed} secrets were brought to it.
Running processes on this machine have it already. Copy {path} to every other machine on this store.
People sign in to the web page again. Backups of the store made until now need the old key."""
LEFT = "{unreadable} secrets could not be opened and were left as they are."


def rotate(args: argparse.Namespace) -> int:
    """`oldbird rotate-key`"""
    settings = settings_of(args)
    path = KeyFile(settings.data_dir).path
    done = asyncio.run(_rotate(settings, prepare=args.prepare, leave_unreadable=args.leave_unreadable))
    if done is None:
        print(PREPARED.format(path=path))
        return 0
    print(ROTATED.format(renewed=done.renewed, path=path))
    if done.unreadable:
        print(LEFT.format(unreadable=done.unreadable))
    return 0


async def _rotate(settings: Settings, *, prepare: bool, leave_unreadable: bool) -> Rotated | None:
    async with opened(settings) as store:
        rotation = Rotation(store, KeyFile(settings.data_dir))
        if prepare:
            rotation.prepare()
            return None
        return await rotation.run(leave_unreadable=leave_unreadable)
