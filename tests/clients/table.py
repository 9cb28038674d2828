"""The table of tested clients, from what the suite runs and asserts.

python -m tests.clients.table               the table
python -m tests.clients.table README.md     the README with the table in its place, for make check
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tests.clients.gear import ALL, Client

BEGIN, END = "<!-- begin: python -m tests.clients.table -->\n", "<!-- end -->\n"

STEPS: dict[str, tuple[str, ...]] = {
    "login": ("login",),
    "timelines": ("home", "newer", "older", "below", "mentions", "timelines"),
    "post": ("post",),
    "reply": ("reply",),
    "picture": ("picture", "upload"),
    "favourite": ("favourite", "favourites", "unfavourite"),
    "boost": ("boost",),
    "delete": ("delete", "gone"),
    "message": ("message", "inbox"),
    "search": ("search", "find"),
    "follow": ("follow", "unfollow"),
}
"""The steps that everybody is asked for, and which of `gear.EVERYTHING` (of Choqok's own tests) they are made of."""

RECORDED: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("calls.toml").read_text("utf-8"))
"""client -> the calls that the gateway answered while it was on its way; the journeys' tests hold it to that."""


def passed(client: Client) -> list[str]:
    """The steps of a client, each with everything it has calls for."""
    return [step for step, parts in STEPS.items() if {*parts} & {*client.steps}]


def table() -> str:
    """Markdown."""
    rows = [("client", "version", "steps passed", "dialect", "remarks"), ("---",) * 5]
    rows += [
        (client.title, client.version, _passed(client), _code(client.dialect), _remarks(client))
        for client in ALL.values()
    ]
    return "".join(_line(row) for row in rows)


def put(readme: str) -> str:
    """A text with the table between its marks. Raises ValueError when it has none."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{BEGIN.strip()} and {END.strip()} are missing")
    return f"{before}{begin}\n{table()}\n{end}{after}"


def _passed(client: Client) -> str:
    found = passed(client)
    missing = [step for step in STEPS if step not in found]
    if not missing:
        return f"all {len(STEPS)}"
    words = f"all but {', '.join(missing)}" if len(missing) < len(found) else ", ".join(found)
    return f"{len(found)}: {words}"


def _remarks(client: Client) -> str:
    ways = {"pin": "PIN", "callback": "callback", "xauth": "xAuth"}
    let_in = ", ".join(ways[way] for way in client.ways)
    return "; ".join(filter(None, (f"OAuth 1.0a by {let_in}" if let_in else "", client.remarks)))


def _code(name: str) -> str:
    return f"`{name}`" if name else "that of the path"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(put(Path(sys.argv[1]).read_text("utf-8")) if sys.argv[1:] else table())
