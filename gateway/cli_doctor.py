"""`oldbird doctor`: prints what `gateway.doctor` finds, and what to type into clients."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator

import msgspec

from gateway.cli_clients import as_json, heading, known, lines, preset
from gateway.cli_info import settings_of
from gateway.cli_logins import secret_from
from gateway.client_presets import PRESETS
from gateway.doctor.examination import Examined, Wish, examine
from gateway.doctor.findings import Finding, State, worst
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.web.clients import Shown

EXIT = {State.OK: 0, State.FAIL: 1, State.WARN: 2}
WORDS = {
    State.OK: "All is well.",
    State.WARN: "It works, but see the warnings.",
    State.FAIL: "Something does not work.",
}
LOCAL = "Nothing was asked over a network, so the running gateway, its proxy and the servers were not looked at."
EVERYWHERE = "friendica"
"""What is shown where no program is named: it does for any."""


def doctor(args: argparse.Namespace) -> int:
    """`oldbird doctor`. 0: all is well; 1: something fails; 2: there are warnings only. Raises Problem."""
    settings = settings_of(args)
    preset(args.client)
    examined = asyncio.run(examine(settings, wish_of(args)))
    state = worst(examined.findings)
    typed = list(typing(examined, settings, args.client))
    if args.json:
        print(as_document(examined, state, typed))
    else:
        print("\n".join(text_of(examined, state, typed, local=args.local)))
    return EXIT[state]


def wish_of(args: argparse.Namespace) -> Wish:
    """What the arguments ask for. Raises Problem."""
    if bool(args.user) != bool(args.password_file):
        raise Problem("--user and --password-file belong together.")
    if args.local and (args.password_file or args.url):
        raise Problem("--local asks nothing over a network: leave out --url and --password-file.")
    if args.url and not args.url.startswith(("https://", "http://")):
        raise Problem("--url must begin with https:// or http://.")
    password = secret_from(args.password_file) if args.password_file else ""
    return Wish(url=args.url or "", local=args.local, user=args.user or "", password=password)


def typing(examined: Examined, settings: Settings, client: str | None) -> Iterator[tuple[str, Shown]]:
    """(login, what to type): for the client that was named, else for those that the account's devices are for."""
    here = msgspec.structs.replace(settings, base_url=examined.url)
    for account in examined.linked.accounts:
        devices = {login.dialect for login in examined.linked.logins[account.id]} & PRESETS.keys()
        for name in [client] if client else sorted(devices) or [EVERYWHERE]:
            yield from ((account.login, shown) for shown in known(here, account.login, name))


def text_of(examined: Examined, state: State, typed: list[tuple[str, Shown]], *, local: bool) -> Iterator[str]:
    """For people."""
    width = max(len(finding.check) for finding in examined.findings)
    for finding in examined.findings:
        yield from finding_lines(finding, width)
    if local:
        yield LOCAL
    yield f"\n{WORDS[state]}"
    for login, shown in typed:
        yield f"\nTo type for {login} into {heading(shown)}:"
        yield from lines(shown)


def finding_lines(finding: Finding, width: int) -> Iterator[str]:
    """The line of a check, and its details below it."""
    advice = f" -> {finding.advice}" if finding.advice and finding.state is not State.OK else ""
    yield f"{finding.state:<4}  {finding.check:<{width}}  {finding.text}{advice}"
    yield from (f"{'':{width + 8}}{detail}" for detail in finding.details)


def as_document(examined: Examined, state: State, typed: list[tuple[str, Shown]]) -> str:
    """For programs."""
    document = {
        "state": state,
        "base_url": examined.url,
        "checks": [msgspec.to_builtins(finding) for finding in examined.findings],
        "clients": [{"account": login, **as_json(shown)} for login, shown in typed],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
