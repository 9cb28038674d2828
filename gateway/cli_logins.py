"""`oldbird link` and `oldbird password`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from adapters.activitypub.credentials import Credential, Unusable
from adapters.connect import Connections
from adapters.errors import BackendError, TokenGone, Unavailable
from adapters.guard import PORTS, is_public
from adapters.guard import pair as host_port
from adapters.webfinger import origin
from gateway import cli_clients, services
from gateway.cli_info import settings_of
from gateway.logins import FIRST_DEVICE, MAX_NAME, Device, Linked, Logins, base_url, device_name
from gateway.problems import Problem
from gateway.settings import Settings

T = TypeVar("T")


class Desk(NamedTuple):
    """What the commands of this module work with."""

    settings: Settings
    logins: Logins
    connections: Connections


@asynccontextmanager
async def opened(args: argparse.Namespace) -> AsyncIterator[Desk]:
    """The logins of the configured store."""
    settings = settings_of(args)
    async with services.open_gateway(settings) as gateway:
        yield Desk(settings, Logins(gateway.store, gateway.vault, gateway.connections), gateway.connections)


def done(args: argparse.Namespace, work: Callable[[Logins], Awaitable[T]]) -> T:
    """What `work` makes of the logins."""

    async def working() -> T:
        async with opened(args) as desk:
            return await work(desk.logins)

    return asyncio.run(working())


def link(args: argparse.Namespace) -> int:
    """`oldbird link`"""
    return asyncio.run(_link(args))


async def _link(args: argparse.Namespace) -> int:
    if args.basic_file and not args.actor:
        raise Problem("--basic-file is for accounts named by --actor.")
    server = base_url(args.server if args.server is not None else server_named(args.actor))
    token = credential_from(args)
    if args.server is not None or "://" in args.actor:
        check_allowed(server, settings_of(args))
    named = bool(args.device) or args.read_only or args.plain_http or args.pictures or bool(args.client)
    async with opened(args) as desk:
        linked = await _linked(args, desk, server, token, device_of(args) if named else None)
    account = linked.account
    print(f"Linked {account.username} at {account.backend} ({account.software}) as {account.login}.")
    if not linked.password:
        print("The new token is stored for the app passwords there are; they go on working.")
        print(f"A further one: oldbird password add {account.login} --device NAME")
        return 0
    print(typing_hint(linked, desk.settings))
    return 0


async def _linked(args: argparse.Namespace, desk: Desk, server: str, token: str, device: Device | None) -> Linked:
    """Ask the server. Raises Problem."""
    try:
        actor = await desk.connections.actor_of(args.actor, token) if args.actor else ""
        server = origin(actor) or server
        return await desk.logins.link(server, token, name=args.name, device=device, actor=actor)
    except TokenGone as error:
        raise Problem(f"{server} does not accept the {'password' if args.basic_file else 'token'}.") from error
    except Unavailable as error:
        raise unreachable(server, error, desk.settings) from error
    except BackendError as error:
        raise Problem(f"{server}: {error}") from error


def server_named(actor: str) -> str:
    """The server in a handle or the address of an actor. Raises Problem."""
    if "://" in actor:
        return actor
    user, _, host = actor.rpartition("@")
    if not user or not host:
        raise Problem(f"{actor!r} names no server: it takes a handle, such as alice@social.example, or an address.")
    return host


def credential_from(args: argparse.Namespace) -> str:
    """What proves the account, as it is sealed. Raises Problem."""
    if not args.basic_file:
        return secret_from(args.token_file)
    try:
        return Credential.of_password(secret_from(args.basic_file)).text()
    except Unusable as error:
        raise Problem(f"{args.basic_file}: {error}") from error


def add(args: argparse.Namespace) -> int:
    """`oldbird password add`"""
    return asyncio.run(_add(args))


async def _add(args: argparse.Namespace) -> int:
    if args.token_file and args.basic_file:
        raise Problem("--token-file and --basic-file: one of them is enough.")
    token = credential_from(args) if args.token_file or args.basic_file else ""
    password = "" if token else ask(f"An app password of {args.name}: ")
    async with opened(args) as desk:
        linked = await desk.logins.add(args.name, device_of(args), password=password, token=token)
    print(typing_hint(linked, desk.settings))
    return 0


def show(args: argparse.Namespace) -> int:
    """`oldbird password list`"""
    for login in done(args, lambda logins: logins.list(args.name)):
        rights = "read only" if login.read_only else "read and write"
        dates = f"created {day(login.created)}  last used {day(login.last_used)}"
        where = "  (also without TLS)" if login.plain_http else ""
        where += "  (small pictures)" if login.pictures else ""
        where += f"  for {login.dialect}" if login.dialect else ""
        print(f"{login.id}  {rights:<14}  {dates}  {login.name}{where}")
    return 0


def revoke(args: argparse.Namespace) -> int:
    """`oldbird password revoke`"""
    done(args, lambda logins: logins.revoke(args.name, args.id))
    print(f"Revoked {args.id}.")
    return 0


def plain_http(args: argparse.Namespace) -> int:
    """`oldbird password plain-http`"""
    login = done(args, lambda logins: logins.let_plain_http(args.name, args.id, allowed=args.allowed == "on"))
    print(f"{login.id} ({login.name}) may{'' if login.plain_http else ' not'} be used without TLS.")
    return 0


def pictures(args: argparse.Namespace) -> int:
    """`oldbird password pictures`"""
    login = done(args, lambda logins: logins.let_pictures(args.name, args.id, wanted=args.wanted == "on"))
    told = "small pictures from here" if login.pictures else "the addresses of the pictures' own servers"
    print(f"{login.id} ({login.name}) gets {told}.")
    return 0


def client(args: argparse.Namespace) -> int:
    """`oldbird password client`"""
    chosen = cli_clients.preset(args.client)
    login = done(args, lambda logins: logins.choose(args.name, args.id, chosen))
    print(f"{login.id} ({login.name}) is for {login.dialect or 'any program'}.")
    return 0


def device_of(args: argparse.Namespace) -> Device:
    """The device that the arguments name. Raises Problem."""
    name = device_name(args.device or FIRST_DEVICE)
    if not name:
        raise Problem(f"The name of a device has at most {MAX_NAME} characters, all of which can be shown.")
    return Device(
        name=name, read_only=args.read_only, plain_http=args.plain_http, pictures=args.pictures,
        dialect=cli_clients.preset(args.client),
    )  # fmt: skip


def day(seconds: int) -> str:
    """A date for people, "never" for 0."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat() if seconds else "never"


def typing_hint(linked: Linked, settings: Settings) -> str:
    """What to type into a client."""
    server = cli_clients.address(settings)
    rights = ", read only" if linked.login and linked.login.read_only else ""
    plain = cli_clients.plain_address(settings) if linked.login and linked.login.plain_http else ""
    hint = (
        f"Type into the client (account type Friendica, GNU social or StatusNet):\n"
        f"  server    {server}   (API address: {server}/api)\n"
        f"{f'  no TLS    {plain}' + chr(10) if plain else ''}"
        f"  user      {linked.account.login}\n"
        f"  password  {linked.password}\n"
        f"{client_hint(linked, settings)}"
        f"The password is shown only now. It is for one device{rights}."
    )
    return cli_clients.explained(hint, settings)


def client_hint(linked: Linked, settings: Settings) -> str:
    """The same in the words of the client that was named."""
    if not linked.login or not linked.login.dialect:
        return ""
    (one,) = cli_clients.known(settings, linked.account.login, linked.login.dialect)
    return "\n".join([f"In {one.title}:", *cli_clients.lines(one), ""])


def secret_from(file: str) -> str:
    """The secret in `file`, `-` for standard input. Raises Problem."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        raise Problem(f"The token file {file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Problem(f"The token file {file} is not text.") from error
    secret = text.strip()
    if not secret or not secret.isascii() or not secret.isprintable():
        raise Problem(f"The token file {file} holds no token: it must be one line of plain text.")
    return secret


def ask(prompt: str) -> str:
    """A line from standard input, not shown on a terminal. Raises Problem when there is none."""
    answer = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
    if not answer.strip():
        raise Problem("An existing app password is needed on standard input, or --token-file.")
    return answer.strip()


def check_allowed(server: str, settings: Settings) -> None:
    """Say which setting is missing before the token is sent in the clear or the guard refuses. Raises Problem."""
    host, pair = _address(server)
    if _allowed(pair, settings):
        return
    if server.startswith("http:"):
        raise not_allowed(server, pair, "is not reached over https")
    if host == "localhost" or _private(host):
        raise not_allowed(server, pair, "is not public")


def not_allowed(server: str, pair: str, why: str) -> Problem:
    """The line that says what to set."""
    return Problem(
        f"{server} {why}: if that is meant, add it to the setting allow_hosts "
        f'(OLDBIRD_ALLOW_HOSTS={pair}, or allow_hosts = ["{pair}"] in the settings file).'
    )


def unreachable(server: str, error: BackendError, settings: Settings) -> Problem:
    """Why `server` could not be asked: perhaps its name leads to a private address, which the guard refuses."""
    host, pair = _address(server)
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except OSError:
        found = set()
    if any(_private(address) for address in found) and not _allowed(pair, settings):
        return not_allowed(server, pair, "is not public")
    return Problem(f"{server}: {error}")


def _address(server: str) -> tuple[str, str]:
    """(host, host:port as in the setting allow_hosts)."""
    parts = urlsplit(server)
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    return host, f"{name}:{parts.port or PORTS[parts.scheme]}"


def _allowed(pair: str, settings: Settings) -> bool:
    return host_port(pair) in {host_port(allowed) for allowed in settings.allow_hosts}


def _private(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False
