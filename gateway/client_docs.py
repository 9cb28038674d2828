"""`docs/clients.md`, from the known clients. `python -m gateway.client_docs > docs/clients.md` writes it anew."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from gateway.cli_clients import LOGIN
from gateway.client_presets import PRESETS, Preset
from gateway.dialects import AGENTS, FRIENDICA, TWITTER, Dialect, dialect_of
from gateway.web.clients import Shown, shown
from gateway.web.texts import Texts

BASE_URL = "https://gateway.example"

INTRODUCTION = """# Clients

This page is generated from the table of known clients (`gateway/client_presets.py`) by `python -m gateway.client_docs`.

Any client of the Friendica, GNU social, StatusNet or Twitter API works whose server can be chosen: user name is the
login name of the linked account, password an app password. In what follows the gateway is
`{base_url}` and the login name `{login}`; `oldbird clients` says the same with the address of your gateway.

Some clients want ids, marks or errors in a way that others cannot read. For these say which client a password is for:
in the browser at `/settings`, or

```sh
oldbird password add {login} --device "Old telephone" --client dica
oldbird password client {login} ID dica
oldbird consumer add "My program" --client tweepy
```

The forms of replies can be changed at any time. How wide the ids are is fixed when the password is first used: the same
post must not get another number. A password that is for no client in particular gets what the path says that the
client calls.
"""

FIELDS = {
    "id_bits": "bits that ids have",
    "message_bits": "bits that ids of messages have, 0: as other ids",
    "message_ids": "ids of messages, as number or text",
    "escape": "`&amp;` `&lt;` `&gt;` in `text`",
    "source_link": "`source` as HTML anchor",
    "cursors": "lists of ids in an envelope, also without `cursor`",
    "screen_names": "people of other servers by nick, or by address",
    "seen": "seen marks of messages and notifications, as 0 and 1, boolean or text",
    "photo_numbers": "width, height and profile of a photo, as number or text",
    "wrong_users": "who could not be put into a group, by id or as object",
    "albums_in_object": "lists of albums and of photos of an album in an object",
    "deleted_message": "what direct_messages/destroy answers without `friendica_verbose`",
    "titled_messages": "messages nobody gave a title have the first words of their text for one",
    "whole_conversation": "conversation/show holds the post itself",
    "marks_self": "`uid` and `self` in people",
    "error_root": "root of errors in XML",
}
"""What each field of a dialect is about."""

LANGUAGES = {"python": "python", "curl": "sh"}
"""Preset -> what its example is written in."""


def document() -> str:
    """The text of `docs/clients.md`."""
    head = INTRODUCTION.format(base_url=BASE_URL, login=LOGIN)
    sections = [_section(one) for one in shown(Texts("en"), BASE_URL, LOGIN)]
    return "\n".join([head, _overview(), _agents(), "## What to type\n", *sections, _dialects()]).rstrip() + "\n"


def _overview() -> str:
    head = "| `--client` | client | versions | path | login | ids | replies |\n|---|---|---|---|---|---|---|\n"
    titles = {one.name: one.title for one in shown(Texts("en"), BASE_URL, LOGIN)}
    return head + "".join(
        f"| `{row.name}` | {titles[row.name]} | {row.versions} | `{row.mount}` | {_login(row)} "
        f"| {_ids(dialect_of(row.name, 'api'))} | {_replies(row)} |\n"
        for row in PRESETS.values()
    )


def _login(row: Preset) -> str:
    return "OAuth 1.0a" if row.oauth else "password"


def _ids(dialect: Dialect) -> str:
    messages = f", messages {dialect.message_bits}" if dialect.message_bits else ""
    return f"{dialect.id_bits} bits{messages}"


def _replies(row: Preset) -> str:
    """How they differ from those of the path."""
    own = [f"`{name}` {_value(value)}" for name, value in row.changes.items() if not name.endswith("_bits")]
    return ", ".join([f"as `{row.base}`", *own] if row.base else own) or "those of the path"


def _value(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _agents() -> str:
    words = ", ".join(f"`{word.decode().strip()}` ({name})" for word, name in AGENTS.items())
    return (
        "A password that is for no client in particular follows the name that a program gives itself, in the forms of "
        f"its replies and never in the ids, where that is safe: {words}.\n"
    )


def _dialects() -> str:
    head = "## What can differ\n\n| field | is | `/api` | `/1.1`, `/1` |\n|---|---|---|---|\n"
    sides = [msgspec.structs.asdict(dialect) for dialect in (FRIENDICA, TWITTER)]
    rows = ((f"`{name}`", words, *(_value(side[name]) for side in sides)) for name, words in FIELDS.items())
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _section(one: Shown) -> str:
    lines = [f"### {one.title}", ""]
    lines += [f"* {label}: `{value}`" for label, value in one.facts]
    lines += [f"* {remark}" for remark in one.remarks]
    lines += ["", f"```{LANGUAGES[one.name]}", one.example, "```"] if one.example else []
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(document())
