"""Reads the commands and files out of a document, so that a test can run them.

Commands are what stands in blocks fenced as `sh`, and in blocks indented by four spaces. A block fenced otherwise
is a file where its first line is a comment with a path (`# /etc/x.toml`), else only text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```(\w*)\s*$")
INDENT = "    "
NAMED = re.compile(r"^# (/\S+)$")


class Command(NamedTuple):
    """One command: where it stands and below which heading."""

    line: int
    heading: str
    text: str


class Block(NamedTuple):
    """Lines that belong together. `kind`: the word behind the fence, "sh" of an indented block."""

    line: int
    heading: str
    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """All blocks of a document, in order."""
    heading, kind, start, held = "", "", 0, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        fence = FENCE.match(line)
        if kind.startswith("fenced"):
            if fence:
                yield Block(start, heading, kind.removeprefix("fenced "), tuple(held))
                kind, held = "", []
            else:
                held.append(line)
        elif line.startswith(INDENT):
            kind, start = "indented", start if kind else number
            held.append(line.removeprefix(INDENT))
        else:
            if kind and not line.strip():
                yield Block(start, heading, "sh", tuple(held))
            kind, held = "", []
            if fence:
                kind, start = f"fenced {fence[1]}", number + 1
            elif line.startswith("#"):
                heading = line.lstrip("# ")


def prose(text: str) -> str:
    """A document without its blocks, line by line."""
    lines, inside = text.splitlines(), False
    for number, line in enumerate(lines):
        fence = bool(FENCE.match(line))
        if inside or fence or line.startswith(INDENT):
            lines[number] = ""
        inside ^= fence
    return "\n".join(lines)


def commands(document: Path) -> list[Command]:
    """All commands of a document; a line that ends in a backslash goes on in the next."""
    found = []
    for block in blocks(document.read_text("utf-8")):
        if block.kind != "sh":
            continue
        held, start = "", block.line
        for number, line in enumerate(block.lines, block.line):
            held, start = (held + line.strip(), start) if held else (line.strip(), number)
            if held.endswith("\\"):
                held = held[:-1]
                continue
            if held and not held.startswith("#"):
                found.append(Command(start, block.heading, held))
            held = ""
    return found


def files(document: Path) -> dict[str, str]:
    """Path -> content of the files that a document shows whole."""
    found = {}
    for block in blocks(document.read_text("utf-8")):
        named = NAMED.match(block.lines[0]) if block.lines else None
        if named and block.kind != "sh":
            found[named[1]] = "\n".join(block.lines) + "\n"
    return found
