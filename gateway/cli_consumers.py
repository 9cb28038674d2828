"""`oldbird consumer`: the programs that may ask for access by OAuth 1.0a."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from gateway import cli_clients, services
from gateway.cli_info import settings_of
from gateway.cli_logins import day
from gateway.logins import Logins
from gateway.oauth.consumers import Consumer, ConsumerProblem, Consumers
from gateway.settings import Settings
from gateway.stores.store import Store


class Desk(NamedTuple):
    """What the commands of this module work with."""

    settings: Settings
    store: Store
    logins: Logins
    consumers: Consumers


@asynccontextmanager
async def opened(args: argparse.Namespace) -> AsyncIterator[Desk]:
    """The consumers of the configured store."""
    settings = settings_of(args)
    async with services.open_gateway(settings) as gateway:
        logins = Logins(gateway.store, gateway.vault, gateway.connections)
        yield Desk(settings, gateway.store, logins, gateway.consumers)


def add(args: argparse.Namespace) -> int:
    """`oldbird consumer add`"""
    consumer, settings = asyncio.run(_add(args))
    print(f"consumer key     {consumer.key}\nconsumer secret  {consumer.secret}\n")
    print(cli_clients.explained(_places(cli_clients.address(settings)), settings))
    return 0


def _places(server: str) -> str:
    return (
        f"request token    {server}/oauth/request_token\n"
        f"authorize        {server}/oauth/authorize\n"
        f"access token     {server}/oauth/access_token"
    )


async def _add(args: argparse.Namespace) -> tuple[Consumer, Settings]:
    async with opened(args) as desk:
        owner = (await desk.logins.account(args.user)).id if args.user else ""
        made = await desk.consumers.add(
            owner, args.name, args.callback or "", read_only=args.read_only, dialect=cli_clients.preset(args.client)
        )
        return made, desk.settings


def show(args: argparse.Namespace) -> int:
    """`oldbird consumer list`"""
    for line in asyncio.run(_lines(args)):
        print(line)
    return 0


async def _lines(args: argparse.Namespace) -> list[str]:
    async with opened(args) as desk:
        owners = {account.id: account.login for account in await desk.store.accounts()}
        return [_line(one, owners.get(one.account, "nobody")) for one in await desk.consumers.all()]


def _line(consumer: Consumer, owner: str) -> str:
    rights = "read only" if consumer.read_only else "read and write"
    made = "in the settings   " if consumer.listed else f"created {day(consumer.created)}"
    who = f"  by {owner}" if consumer.account else ""
    back = f"  back to {consumer.callback}" if consumer.callback else ""
    what = f"  for {consumer.dialect}" if consumer.dialect else ""
    return f"{consumer.key}  {rights:<14}  {made}  {consumer.name}{who}{back}{what}"


def revoke(args: argparse.Namespace) -> int:
    """`oldbird consumer revoke`"""
    ended = asyncio.run(_revoke(args))
    print(f"Revoked {args.key}, and with it {ended} {'login' if ended == 1 else 'logins'}.")
    return 0


async def _revoke(args: argparse.Namespace) -> int:
    async with opened(args) as desk:
        found = await desk.consumers.find(args.key)
        if found is None:
            raise ConsumerProblem(f"There is no consumer with the key {args.key}.")
        if found.listed:
            raise ConsumerProblem(f"The consumer {args.key} stands in the settings: take it out there.")
        return await desk.consumers.revoke(args.key)
