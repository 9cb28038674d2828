"""`oldbird calls`, `status`, `forget` and `config`."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from gateway import __version__, access_log, doubts, forwarded, listeners, logs, needs, settings, single_user
from gateway.call_rows import TABLE
from gateway.calls import ANY
from gateway.key_file import KeyFile
from gateway.stores.open import open_store
from gateway.stores.store import Store

DAY = 86_400


def settings_of(args: argparse.Namespace) -> settings.Settings:
    """The settings of one command, from its environment and `--config`; log lines go where they say."""
    found = settings.load(os.environ, args.config)
    logs.configure(found.log_level, json=found.log_json)
    if found.log_json:
        access_log.configure()
    return found


@asynccontextmanager
async def opened(found: settings.Settings) -> AsyncIterator[Store]:
    """The configured store."""
    found.make_data_dir()
    store = open_store(found)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def status(args: argparse.Namespace) -> int:
    """`oldbird status`"""
    found = settings_of(args)
    print(f"oldbird {__version__}, Python {platform.python_version()}")
    print(f"store    {masked(found.store_url)}")
    for name, number in asyncio.run(_counts(found)).items():
        print(f"{name:<16} {number:>14,}")
    return 0


async def _counts(found: settings.Settings) -> dict[str, int]:
    async with opened(found) as store:
        return await store.counts()


def forget(args: argparse.Namespace) -> int:
    """`oldbird forget`"""
    found = settings_of(args)
    if not found.forget_days:
        print("The setting forget_days is 0: nothing is ever forgotten.")
        return 0
    print(f"Forgot {asyncio.run(_forget(found)):,} status ids not asked for in {found.forget_days} days.")
    return 0


async def _forget(found: settings.Settings) -> int:
    async with opened(found) as store:
        return await store.forget(int(time.time()) // DAY - found.forget_days)


def config(args: argparse.Namespace) -> int:
    """`oldbird config`"""
    if args.markdown:
        print(settings.document(), end="")
        return 0
    found = settings_of(args)
    for row in settings.table():
        value = getattr(found, row.name)
        print(f"{row.name} = {logs.HIDDEN if row.secret and value else _toml(value)}")
    if args.check:
        print("\n".join(["", *checked(found), "The settings can be used."]))
    return 0


def checked(found: settings.Settings) -> list[str]:
    """What is doubtful in settings that can be used, a sentence each; nothing is opened or made. Raises Problem."""
    for entry in found.trusted_proxies:
        if entry != forwarded.UNIX:
            forwarded.network(entry)
    open_store(found)
    KeyFile(found.data_dir).read()
    single_user.check(found)
    listeners.check(found)
    return [f"Doubtful: {text}" for text in doubts.of(found)]


def _toml(value: Any) -> str:
    shown = masked(value) if isinstance(value, str) else value
    return msgspec.json.encode(shown, enc_hook=str).decode()


def masked(url: str) -> str:
    """`url` without its user and password, whatever characters these hold."""
    return logs.redact(re.sub(r"^([a-z0-9+.-]+)://.*@", rf"\1://{logs.HIDDEN}@", url))


def calls(args: argparse.Namespace) -> int:
    """`oldbird calls`"""
    for call in TABLE.planned() if args.planned else TABLE:
        methods = "any" if call.methods == ANY else ",".join(call.methods)
        print(f"{methods:<16} {' '.join(call.paths)}" + (f"  needs {needs.words(call)}" if call.needs else ""))
    return 0
