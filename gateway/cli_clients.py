"""`oldbird clients`: the known clients and what to type into each."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

import msgspec

from gateway.cli_info import settings_of
from gateway.client_presets import PRESETS
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.web.clients import Shown, shown
from gateway.web.texts import Texts

LOGIN = "LOGIN"
"""What stands for a login name nobody said."""


def clients(args: argparse.Namespace) -> int:
    """`oldbird clients`"""
    found = known(settings_of(args), LOGIN, args.client)
    if args.json:
        print(msgspec.json.format(msgspec.json.encode([as_json(one) for one in found]), indent=2).decode())
    else:
        print("\n\n".join("\n".join([f"{one.name}: {heading(one)}", *lines(one)]) for one in found))
    return 0


def known(settings: Settings, login: str, only: str | None = None) -> list[Shown]:
    """All clients, or the one with the name `only`, in English. Raises Problem."""
    found = shown(Texts("en"), address(settings), login)
    return [one for one in found if one.name == preset(only)] if only else found


def preset(name: str | None) -> str:
    """The name of a preset, "" for none or "none". Raises Problem."""
    if not name or name == "none":
        return ""
    if name not in PRESETS:
        raise Problem(f"No client is known as {name}; `oldbird clients` lists them.")
    return name


def address(settings: Settings) -> str:
    """Where clients find the gateway."""
    return settings.base_url or f"http://{settings.host}:{settings.port}"


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
