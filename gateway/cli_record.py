"""`oldbird record`: writes down, redacted, what the clients of one person ask and get."""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gateway.cli_copies import found
from gateway.cli_info import opened, settings_of
from gateway.problems import Problem
from gateway.recorder import LOOK_SECONDS, Taken
from gateway.recorder_files import Folder, unpacked
from gateway.recorder_orders import STANDS_SECONDS, Order, Orders, new_order
from gateway.settings import Settings
from gateway.stores.store import StoreDown
from gateway.vault import open_vault

LONGEST = 24 * 60
SECONDS = 1.0
BEGUN = """\
Recording what the clients of {login} ask and get, for {minutes} minutes, or until Ctrl-C, into {folder}.
{texts} The person sees that under /settings, and can end it there."""
REPLACED = "Texts and names are replaced. Passwords, tokens, e-mail addresses and pictures are never written down."
KEPT = "Texts and names are kept as they are; passwords, tokens, e-mail addresses and pictures are never written down."
DONE = "{number} exchanges are in {folder}."
NONE = "Nothing came: does the client use this gateway, and does oldbird serve run on this store?"


def record(args: argparse.Namespace) -> int:
    """`oldbird record`. Raises Problem, StoreDown."""
    if not 0 < args.minutes <= LONGEST:
        raise Problem(f"--minutes must be between 1 and {LONGEST}.")
    folder = Folder(Path(args.out or f"recording-{datetime.now(UTC):%Y%m%d-%H%M%S}"), texts=args.with_texts)
    asyncio.run(_record(settings_of(args), args, folder))
    folder.finish()
    print(DONE.format(number=len(folder), folder=folder.path) if len(folder) else NONE)
    return 0


async def _record(settings: Settings, args: argparse.Namespace, folder: Folder) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(settings) as store:
        account = await found(store, args.name)
        vault = await open_vault(settings.data_dir, store)
        orders = Orders(store, vault)
        order = new_order(account, args.minutes * 60, texts=args.with_texts)
        if not await orders.give(order):
            raise Problem(f"{account.login} is being recorded already.")
        texts = KEPT if args.with_texts else REPLACED
        print(BEGUN.format(login=account.login, minutes=args.minutes, folder=folder.path, texts=texts), flush=True)
        try:
            await _follow(Taken(store, vault, order), orders, order, folder, stop)
        finally:
            with suppress(StoreDown):
                await orders.end(account.id)


async def _follow(taken: Taken, orders: Orders, order: Order, folder: Folder, stop: asyncio.Event) -> None:
    """Until the time is over, somebody ends it, or `stop`; then what is still on its way."""
    renewed = 0.0
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        if loop.time() - renewed > STANDS_SECONDS / 3:
            renewed = loop.time()
            if not await orders.renew(order):
                print("The recording has ended.", flush=True)
                break
        await _take(taken, folder)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), SECONDS)
    await orders.end(order.account)
    await asyncio.sleep(LOOK_SECONDS + SECONDS)
    await _take(taken, folder)


async def _take(taken: Taken, folder: Folder) -> None:
    for number, data in await taken.new():
        with suppress(msgspec.DecodeError):
            recorded = unpacked(data)
            folder.add(number, recorded)
            print(f"{number:4d}  {recorded.line}", flush=True)
