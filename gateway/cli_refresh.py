"""`oldbird refresh`"""

from __future__ import annotations

import argparse
import asyncio

from gateway import refresh
from gateway.cli_copies import found
from gateway.cli_info import opened, settings_of
from gateway.logins import ACTIVITYPUB
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.stores.store import AccountRecord


def say(args: argparse.Namespace) -> int:
    """`oldbird refresh NAME on|off`. Raises Problem, StoreDown."""
    settings, yes = settings_of(args), args.wanted == "on"
    account = asyncio.run(_said(settings, args.name, yes=yes))
    if not yes:
        print(f"{account.login} is read only when a client asks.")
    elif settings.refresh_minutes:
        print(f"{account.login} is read every {settings.refresh_minutes} minutes, once a client of theirs came.")
    else:
        print(f"{account.login} may be read in the background; the setting refresh_minutes is 0, so nobody is.")
    return 0


async def _said(settings: Settings, name: str, *, yes: bool) -> AccountRecord:
    async with opened(settings) as store:
        account = await found(store, name)
        if yes and account.software != ACTIVITYPUB:
            raise Problem(f"The server of {account.login} keeps the timelines itself: there is nothing to refresh.")
        await refresh.say(store, account.id, yes=yes)
    return account
