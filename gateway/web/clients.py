"""What to type into each known client, in the words of a language (`gateway.client_presets` are the facts)."""

from __future__ import annotations

from typing import NamedTuple

from gateway.client_presets import PRESETS, Preset, example, holes_of, typed
from gateway.web.texts import Texts

OTHERS = {"friendica": "dialect.friendica", "twitter": "dialect.twitter"}
"""Presets that are no single client: key of their title."""
PLAIN_ONLY = "plain_http"
"""The remark of presets that have no encryption."""
MACHINE, MACHINE_IS = "type.machine", "client.machine"
"""Keys of the word for a machine whose name is not known here, and of what that word stands for."""


class Shown(NamedTuple):
    """One client. `facts`: (label, value) of what to type; `example` is to be copied."""

    name: str
    title: str
    facts: list[tuple[str, str]]
    remarks: list[str]
    example: str


def shown(texts: Texts, base_url: str, login: str, plain: str = "") -> list[Shown]:
    """All clients, as the table orders them. `plain`: the address without TLS, for those that have none."""
    return [
        _shown(texts, preset, plain if plain and PLAIN_ONLY in preset.remarks else base_url, login)
        for preset in PRESETS.values()
    ]


def _shown(texts: Texts, preset: Preset, base_url: str, login: str) -> Shown:
    facts = [(texts(f"type.{label}"), value) for label, value in typed(preset, base_url, login) if value]
    holes = holes_of(base_url, login)
    remarks = [texts(f"client.{remark}", **holes) for remark in remarks_of(preset)]
    if PLAIN_ONLY in preset.remarks and texts(MACHINE) in base_url:
        remarks.append(texts(MACHINE_IS))
    return Shown(preset.name, title(texts, preset.name), facts, remarks, example(preset, base_url, login))


def remarks_of(preset: Preset) -> tuple[str, ...]:
    """Its remarks; who signs in by OAuth is told what that needs."""
    return ("consumer", *preset.remarks) if preset.oauth else preset.remarks


def title(texts: Texts, name: str) -> str:
    """What a preset is called, "" for that of the mount; one that is gone by its name."""
    if name in OTHERS:
        return texts(OTHERS[name])
    return PRESETS[name].title if name in PRESETS else name


def choices(texts: Texts, *, oauth: bool = False) -> list[tuple[str, str]]:
    """(name, title) of what can be chosen for an app password, or with `oauth` for a consumer."""
    return [(preset.name, title(texts, preset.name)) for preset in PRESETS.values() if oauth or not preset.oauth]
