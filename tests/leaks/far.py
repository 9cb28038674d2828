"""The same asked of the backend itself, without the gateway: every reading method of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from inspect import iscoroutinefunction, signature
from itertools import product
from typing import Any

import msgspec

from adapters.backend import Backend, Window
from adapters.errors import BackendError
from mappings import hub
from tests.leaks.matrix import Leak, Secret

CHANGES = frozenset({
    "post", "upload", "remove", "edit", "describe", "mark_notifications", "react", "unreact", "create_group",
    "rename_group", "remove_group", "add_to_group", "remove_from_group", "unfollow", "update_profile", "favourite",
    "unfavourite", "reblog", "unreblog", "fetch", "attend", "unattend", "remove_header", "follow", "block", "unblock",
    "mute", "unmute", "report",
})  # fmt: skip
"""Methods that read nothing about posts."""
WINDOW = Window(limit=40)
NEVER = "01"
"""No native id of a post."""


def methods() -> list[str]:
    """The reading methods, from the protocol."""
    return [name for name, it in vars(Backend).items() if iscoroutinefunction(it) and name not in CHANGES]


def _calls(name: str, secrets: Sequence[Secret], author: str) -> Iterable[dict[str, Any]]:
    """Arguments for a method: each native id, word, or none."""
    wanted = [one for one in signature(getattr(Backend, name)).parameters if one != "self"]
    natives = [native for secret in secrets for native in secret.natives]
    words = [one for secret in secrets for one in secret.words]
    known: Mapping[str, Sequence[Any]] = {
        "window": [WINDOW], "cursor": [None], "local": [True, False], "replies": [True, False], "limit": [40],
        "offset": [0], "natives": [natives], "query": words, "tag": words, "acct": words, "url": words,
        "native": [*natives, author], "kind": list(hub.Paper),
    }  # fmt: skip
    missing = set(wanted) - known.keys()
    assert not missing, f"Backend.{name} has arguments nobody gives yet: {missing}"
    return [dict(zip(wanted, values, strict=True)) for values in product(*(known[one] for one in wanted))]


async def seen(backend: Backend, user: str, secrets: Sequence[Secret], author: str) -> list[Leak]:
    """What somebody with this backend sees of what they must not. `author`: native id of the author."""
    hidden = [secret for secret in secrets if user not in secret.readers]
    owners = {mark: secret.name for secret in hidden for mark in secret.marks}
    found = []
    for name in methods():
        lone = [*signature(getattr(Backend, name)).parameters] == ["self", "native"]
        tells = lone and await _told(backend, name, {"native": NEVER}) is None
        for given in _calls(name, hidden, author):
            told = await _told(backend, name, given)
            asked = given.get("native", given.get("query", ""))
            if told is None:
                continue
            found += [Leak(owners[mark], user, f"{name} {given}"[:200], mark) for mark in owners if mark in told]
            if tells and asked in owners:
                found.append(Leak(owners[asked], user, f"{name} {given}", "is there"))
    return found


async def _told(backend: Backend, name: str, given: Mapping[str, Any]) -> str | None:
    """The answer as text without what was asked for; None when there is none."""
    try:
        told = repr(_plain(await getattr(backend, name)(**given)))
    except BackendError:
        return None
    for value in given.values():
        for one in [value] if isinstance(value, str) else value if isinstance(value, list) else ():
            told = told.replace(one, "*")
    return told


def _plain(told: Any) -> Any:
    """Entries as what they hold."""
    match told:
        case hub.Entry():
            return told.raw.decode("utf-8", "replace")
        case dict():
            return {key: _plain(value) for key, value in told.items()}
        case list() | tuple():
            return [_plain(value) for value in told]
        case msgspec.Struct():
            return {name: _plain(getattr(told, name)) for name in told.__struct_fields__}
    return told
