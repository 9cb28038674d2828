"""Devices with narrow ids on the harness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gateway.logins import Device, Logins
from gateway.vault import open_vault
from tests import shapes
from tests.gateway_harness import TOKEN, Answer, Ground

MOST = 2**31
NO_IDS = {"friendica_parent_uri", "created_timestamp"}
"""Keys whose text is a name, even where the server's names are digits, or a time in milliseconds."""

_DIGITS = re.compile(r"\d+")
_LINKED = re.compile(r"/(?:notification/view|display/status)/(\d+)")


async def device(ground: Ground, preset: str, acct: str = "alice") -> str:
    """A further app password of a person, for a client."""
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    logins = Logins(ground.gateway.store, vault, ground.connections)
    linked = await logins.link(ground.world.base_url, TOKEN + acct, device=Device(name=preset, dialect=preset))
    return linked.password


async def use(ground: Ground, preset: str, acct: str = "alice") -> None:
    """From here on the person sits before such a device."""
    ground.passwords[acct] = await device(ground, preset, acct)


def numbers(answer: Answer) -> Iterator[tuple[str, int]]:
    """Every integer of a body, with the name of its field: also those that are texts of digits or end our addresses."""
    if not answer.body:
        return
    if answer.body.lstrip().startswith(b"<"):
        for node in shapes.parse_xml(answer.body).iter():
            name = str(node.tag).rpartition("}")[2]
            for key, value in ((name, node.text or ""), *((str(k), str(v)) for k, v in node.attrib.items())):
                yield from _in(key, value)
    else:
        yield from _walked("", answer.json)


def _walked(name: str, value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _in("key", key)
            yield from _walked(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walked(name, inner)
    elif isinstance(value, (int, str)) and not isinstance(value, bool):
        yield from _in(name, str(value))


def _in(name: str, text: str) -> Iterator[tuple[str, int]]:
    if name not in NO_IDS:
        if _DIGITS.fullmatch(text.strip()):
            yield name, int(text)
        yield from ((name, int(found)) for found in _LINKED.findall(text))


def too_wide(answer: Answer) -> list[tuple[str, int]]:
    """Integers that such a device cannot read."""
    return [(name, number) for name, number in numbers(answer) if number >= MOST]


async def read(ground: Ground, path: str, **params: Any) -> Any:
    """What a GET gives whose shape is not the declared one: ids as texts, or 0."""
    answer = await ground.request("GET", path, params=params)
    assert answer.status == 200, answer.body
    return answer.json


async def all_pages(ground: Ground, path: str, size: int, **params: Any) -> list[dict[str, Any]]:
    """A whole timeline by `max_id = last id - 1`, as clients page."""
    found: list[dict[str, Any]] = []
    last: dict[str, int] = {}
    for _ in range(200):
        page: Sequence[dict[str, Any]] = await read(ground, path, count=size, **params, **last)
        if not page:
            return found
        found += page
        last = {"max_id": int(page[-1]["id"]) - 1}
    raise AssertionError("the pages do not end")
