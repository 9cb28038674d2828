"""`oldbird clients`: the known clients and what to type into each."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

import msgspec

from gateway.cli_info import settings_of
from gateway.client_presets import PRESETS
from gateway.listeners import UNIX_PREFIX, plain_url_told, url_told
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.web.clients import MACHINE, MACHINE_IS, Shown, shown
from gateway.web.texts import Texts

LOGIN = "LOGIN"
"""What stands for a login name nobody said."""
ENGLISH = Texts("en")


def clients(args: argparse.Namespace) -> int:
    """`oldbird clients`"""
    settings = settings_of(args)
    found = known(settings, LOGIN, args.client)
    if args.json:
        print(msgspec.json.format(msgspec.json.encode([as_json(one) for one in found]), indent=2).decode())
    else:
        text = "\n\n".join("\n".join([f"{one.name}: {heading(one)}", *lines(one)]) for one in found)
        print(explained(text, settings))
    return 0


def known(settings: Settings, login: str, only: str | None = None) -> list[Shown]:
    """All clients, or the one with the name `only`, in English. Raises Problem."""
    found = shown(ENGLISH, address(settings), login, plain_address(settings))
    return [one for one in found if one.name == preset(only)] if only else found


def preset(name: str | None) -> str:
    """The name of a preset, "" for none or "none". Raises Problem."""
    if not name or name == "none":
        return ""
    if name not in PRESETS:
        raise Problem(f"No client is known as {name}; `oldbird clients` lists them.")
    return name


def address(settings: Settings) -> str:
    """Where clients find the gateway; a word in place of its host where no setting says it."""
    if settings.base_url:
        return settings.base_url
    if settings.host.startswith(UNIX_PREFIX):  # a proxy is before it
        return f"https://{ENGLISH(MACHINE)}"
    return url_told(settings.host, settings.port, ENGLISH(MACHINE))


def plain_address(settings: Settings) -> str:
    """Where they find it without TLS, "" where they do not."""
    return plain_url_told(settings, ENGLISH(MACHINE))


def explained(text: str, settings: Settings) -> str:
    """With what the word means, where it stands in the text."""
    word, told = ENGLISH(MACHINE), ENGLISH(MACHINE_IS)
    lines = [text]
    if word in text and told not in text:
        lines.append(told)
    if word in address(settings):
        lines.append("Set base_url to have it named.")
    return "\n".join(lines)


def heading(one: Shown) -> str:
    """Title and versions."""
    return f"{one.title} {PRESETS[one.name].versions}".strip()


def lines(one: Shown) -> Iterable[str]:
    """What to type, a line each."""
    width = max((len(label) for label, _ in one.facts), default=0)
    yield from (f"  {label:<{width}}  {value}" for label, value in one.facts)
    yield from (f"  {remark}" for remark in one.remarks)
    yield from (f"    {line}" for line in one.example.splitlines())


def as_json(one: Shown) -> dict[str, Any]:
    """One client for programs."""
    row = PRESETS[one.name]
    return {
        "name": one.name, "title": one.title, "versions": row.versions, "path": row.mount,
        "login": "OAuth 1.0a" if row.oauth else "app password",
        "type": [{"label": label, "value": value} for label, value in one.facts],
        "remarks": one.remarks, "example": one.example, "base": row.base or None, "dialect": dict(row.changes),
    }  # fmt: skip
