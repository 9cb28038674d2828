"""`docs/compatibility.md`: every call on every kind of backend, from the rows and the capabilities.

`python -m gateway.compatibility > docs/compatibility.md` writes it anew.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from adapters.activitypub.discovery import facts_of
from adapters.backend import Capabilities
from adapters.lacks import LACKS
from adapters.mastodon.capabilities import SOFTWARE, UNKNOWN, Software
from gateway.call_rows import FAMILIES
from gateway.calls import Call, Need
from gateway.needs import State, lacking, state

SUITE = Path(__file__).parents[1] / "tests" / "clients"
"""The clients that the tests drive, and their calls; part of the repository, not of the installed package."""

SERVER = "*Server*"
"""Stands for the name of the backend in the sentences."""
CURRENT = "9999"
"""A version that has everything its software ever brought."""

INTRODUCTION = f"""# Compatibility

This page is generated from the endpoint table (`gateway/rows/`) and the capabilities of the backends (`adapters/`) by
`python -m gateway.compatibility`. The columns are current releases of the servers an account may be on; what an
instance really has is asked of it, and printed by `oldbird doctor`.

| word | meaning |
|---|---|
| works | everything the call has |
| partly | some uses are refused, or something else is done: the footnote says which |
| refused | 501, with the sentence of the footnote |

{SERVER} in a sentence is the name of the backend. On every backend these answer 501 as well: changing, deleting or
renaming the picture of a post or of the profile by a photo call (it goes with its post, or by sending another one).
A Mastodon server that says of itself that it has reactions takes dislikes, too; Hometown is like Mastodon. C2S is
[ActivityPub's own client-to-server protocol](activitypub.md): onepage.pub has uploads and collections, bovine-herd has
neither.
"""

CLIENTS_HEAD = """## Tested clients

These programs run unmodified in the tests, with the gateway and a server behind it, and what they did is looked up on
that server: `mastodon_mock`, a server with the Mastodon API, and for some also a server of actors (ActivityPub C2S).
The calls are those that the gateway's access log names for a client's journey; the tests compare them.

| client | version | named below | servers | calls |
|---|---|---|---|---|
"""
TESTED_HEAD = """## Calls by tested client

Calls that are not here are tested without a client.

"""
SERVERS = ("Mastodon API", "ActivityPub C2S")


class Column(NamedTuple):
    """A kind of backend."""

    title: str
    capabilities: Capabilities


def _current(row: Software, title: str = "") -> Column:
    usual = Capabilities(software=row.name)
    return Column(title or row.label, row.capabilities(CURRENT, usual.max_chars, usual.max_media))


def _actor(software: str, **endpoints: str) -> Capabilities:
    """Of an account on a client-to-server ActivityPub server that has these endpoints."""
    base = "https://server.example"
    document = {"id": f"{base}/alice", "inbox": f"{base}/alice/inbox", "outbox": f"{base}/alice/outbox"}
    ends = {name: base + path for name, path in endpoints.items()}
    return facts_of({**document, "endpoints": ends}, software, CURRENT).capabilities


MASTODON_API = ("mastodon", "gotosocial", "pleroma", "akkoma", "takahe", "snac")
COLUMNS = (
    *(_current(SOFTWARE[name]) for name in MASTODON_API),
    _current(UNKNOWN, "other servers with the Mastodon API"),
    Column("ActivityPub C2S with uploads and collections", _actor("onepage.pub", uploadMedia="/upload")),
    Column("ActivityPub C2S without", _actor("bovine")),
)


class Notes:
    """Footnotes: equal texts share a number, in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, text: str) -> str:
        """The reference to a text."""
        return f"[^{self._numbers.setdefault(text, len(self._numbers) + 1)}]"

    def __str__(self) -> str:
        return "".join(f"[^{number}]: {text}\n" for text, number in self._numbers.items())


def document(columns: Sequence[Column] = COLUMNS) -> str:
    """The text of `docs/compatibility.md`."""
    notes = Notes()
    sections = [_section(family, columns, notes) for family in FAMILIES]
    parts = [INTRODUCTION, *sections, _clients(), _tested(), str(notes)]
    return "\n".join(parts)


def sentence(need: Need) -> str:
    """What is said of a need that is not met."""
    if need.instead:
        return f"{need.instead[0].upper()}{need.instead[1:]}."
    refusal = f'"{LACKS[need.capability].format(SERVER)}"'
    return f"501 for {need.use}: {refusal}" if need.use else f"501: {refusal}"


def _section(family: ModuleType, columns: Sequence[Column], notes: Notes) -> str:
    title = (family.__doc__ or "").partition("\n")[0].partition(" (")[0].rstrip(".")
    calls: Iterable[Call] = family.ROWS
    rows = (_row([_link(call), *(_cell(call, column, notes) for column in columns)]) for call in calls)
    return f"## {title}\n\n{_head(['call', *(column.title for column in columns)])}{''.join(rows)}"


def _cell(call: Call, column: Column, notes: Notes) -> str:
    if call.handler is None:
        return "planned"
    marks = (notes.mark(sentence(need)) for need in lacking(call, column.capabilities))
    found = state(call, column.capabilities)
    return found if found is State.WORKS else f"{found} {' '.join(marks)}"


def _link(call: Call) -> str:
    """To the section of `docs/calls.md`: its name is the heading's without signs."""
    return f"[`{call.path}`](calls.md#{re.sub(r'[^a-z0-9_-]', '', call.path)})"


def _clients() -> str:
    calls = recorded()
    return CLIENTS_HEAD + "".join(
        _row([one["title"], one["version"], name, ", ".join(servers(one)), str(len(calls.get(name, ())) or "")])
        for name, one in _suite("clients").items()
    )


def servers(client: Mapping[str, Any]) -> tuple[str, ...]:
    """What is behind the gateway when a client is tested. What signs with OAuth, or is driven elsewhere, has one."""
    return SERVERS[:1] if client.get("ways") or client.get("target") else SERVERS


def recorded() -> dict[str, list[str]]:
    """client -> its calls."""
    found: dict[str, list[str]] = _suite("calls")
    return found


def _tested() -> str:
    clients, calls = _suite("clients"), recorded()
    rows = []
    for call in sorted({call for found in calls.values() for call in found}):
        names = [name for name, found in calls.items() if call in found]
        rows.append(_row([f"`{call}`", *(_named(names, server, clients) for server in SERVERS)]))
    return f"{TESTED_HEAD}{_head(['call', *SERVERS])}{''.join(rows)}"


def _named(names: Iterable[str], server: str, clients: Mapping[str, Any]) -> str:
    return ", ".join(name for name in names if server in servers(clients[name]))


def _suite(name: str) -> dict[str, Any]:
    return tomllib.loads((SUITE / f"{name}.toml").read_text("utf-8"))


def _head(titles: Sequence[str]) -> str:
    return f"{_row(titles)}|{'---|' * len(titles)}\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(document())
