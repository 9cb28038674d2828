"""`docs/fidelity.md`: how true every field is, from the tables the replies are made from.

`python -m mappings.fidelity` prints the page; a test compares it with the file.
"""

from __future__ import annotations

import sys

from mappings.fields import ATTACHMENT_FIELDS, ENTITY_FIELDS, EXTENDED_FIELDS, STATUS_FIELDS, USER_FIELDS, Field

INTRO = """# How true each field is

What a client reads in a user or a status, and where it comes from. This page is made from the tables in
`mappings/fields.py`, from which the replies are made, too.

| word | meaning |
|---|---|
| exact | the backend's own value, in the form the API asks for |
| derived | made from what the backend says |
| constant | always the same, because nothing on such servers answers to it |
| lost | the API has a place for it, the backend does not tell |
"""

TABLES: tuple[tuple[str, tuple[Field, ...]], ...] = (
    ("User", USER_FIELDS),
    ("Status", STATUS_FIELDS),
    ("Status: one of `attachments`", ATTACHMENT_FIELDS),
    ("Status: `entities`", ENTITY_FIELDS),
    ("Status: with `tweet_mode=extended`, `include_my_retweet`", EXTENDED_FIELDS),
)


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join([INTRO, *[_table(title, fields) for title, fields in TABLES]])


def _table(title: str, fields: tuple[Field, ...]) -> str:
    rows = [f"| `{field.name}` | {field.fidelity} | {_note(field)} |" for field in fields]
    return "\n".join([f"## {title}", "", "| field | fidelity | note |", "|---|---|---|", *rows, ""])


def _note(field: Field) -> str:
    remarks = [field.note]
    if field.full:
        remarks.append("only where the call sends it")
    if field.optional and "absent" not in field.note:
        remarks.append("absent when there is none")
    return "; ".join(remarks)


if __name__ == "__main__":
    sys.stdout.write(page())
