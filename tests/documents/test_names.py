"""Whatever stands in backticks in a page for people exists: settings, commands, calls, files; others by table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from gateway import settings
from gateway.call_rows import TABLE
from gateway.cli import COMMANDS, GROUPS, Command
from gateway.client_presets import PRESETS
from gateway.dialects import Dialect
from gateway.metrics import FAMILIES
from gateway.paths import API_MOUNTS
from gateway.web.routes import routes
from mappings.fidelity import TABLES as FIDELITY
from tests.clients.gear import ROOT
from tests.documents.commands import prose
from tests.test_project import tracked
from tests.test_security_page import names_in

PAGES = (
    "README.md", "CHANGELOG.md", "deploy/README.md", "docs/user-guide.md", "docs/operator.md", "docs/activitypub.md",
    "docs/security.md", "docs/benchmarks.md",
)  # fmt: skip
"""Pages that are written by hand, for people who use or run a gateway."""

BESIDE = {"/livez", "/readyz", "/metrics", "/photo/<id>-<scale>.<ext>", "/api", "/1", "/1.1"}
"""Paths that are no page of the browser and no call."""
EXAMPLES = ("https://gateway.example", "http://127.0.0.1:8090")
SETTINGS = {row.name for row in settings.table()}
WORDS = {command.words: command for command in COMMANDS}
OPTIONS = {option.name for command in COMMANDS for option in command.options} | {"--config", "--version"}
CALLS = {path for call in TABLE for path in call.paths}
PARAMETERS = {name for call in TABLE for name in (*(param.name for param in call.params), *call.ignored)}
MAKEFILE = (ROOT / "Makefile").read_text()
PACKAGES = " python3-venv".join(re.findall(r"requirements/debian( .*\n)", MAKEFILE))

FROM = {
    "headers": ("-Host", "-Proto", "Host", "Retry-After", "X-Forwarded-*", "X-Forwarded-For", "X-Request-Id"),
    "Twitter's sizes": (":large", ":thumb", "_bigger", "_normal"),
    "Redis": ("appendonly yes", "maxmemory-policy noeviction", "redis.conf"),
    "ActivityPub": ("bcc", "bto", "joinMode", "uploadMedia"),
    "OAuth and its scopes": ("oauth_token", "state", "read", "write"),
    "how things are written": ("#tag", "host:port", "http:", "https", "user@host", "unix", "unattendyes"),
    "programs": (".netrc", "-F", "-d", "chmod 600", "nginx", "orjson.loads"),
    "files of the reader": (".venv", "/etc/oldbird/secrets.env", "cat.jpg", "oldbird", "server.key", "token.txt"),
    "what the gateway says": ("request", "stopping", "warning"),
    "a volume of compose.yaml": ("records",),
}
OTHER = {word: place for place, words in FROM.items() for word in words}
"""What comes from elsewhere -> from where."""


def is_command(text: str) -> bool:
    """`oldbird X`, with options it has; also X alone, and `make X`, `python -m X`."""
    text = text.removeprefix(".venv/bin/")
    if text.startswith("make "):
        return re.search(rf"^{re.escape(text[5:])}:", MAKEFILE, re.MULTILINE) is not None
    words = text.removeprefix("oldbird ").split()
    if words and words[0].startswith("--"):
        return any({word for word in words if word.startswith("--")} <= options(one) for one in COMMANDS)
    found = next((WORDS[tuple(words[:size])] for size in (2, 1) if tuple(words[:size]) in WORDS), None)
    if found is None:
        return text.removeprefix("oldbird ") in GROUPS
    return {word for word in words if word.startswith("--")} <= options(found)


def options(command: Command) -> set[str]:
    """Those that it has."""
    return {option.name for option in command.options}


def is_call(text: str) -> bool:
    """With a `*`, and without its first parts, too; a setting of a call as `name=value`."""
    name = text.removeprefix("/")
    there = any(fnmatch(path, name) or fnmatch(path, f"*/{name}") for path in CALLS)
    return there or text.partition("=")[0] in PARAMETERS


def is_file(text: str) -> bool:
    """Or several, or a test in one."""
    path, _, test = text.partition("::")
    if test:
        return test in names_in(ROOT / path)
    return any(fnmatch(str(found.relative_to(ROOT)), path) for found in tracked())


def is_page(text: str) -> bool:
    """Of the gateway, also as a whole address."""
    path = next((text.removeprefix(example) for example in EXAMPLES if text.startswith(example)), text)
    places = {getattr(route, "path", "") for route in routes()} | BESIDE | {"", *(f"/{mount}" for mount in API_MOUNTS)}
    return path in places


def is_setting(text: str) -> bool:
    """Also with a value, and as a variable."""
    name, variable = text.partition(" = ")[0], text.removeprefix("OLDBIRD_").lower()
    return name in SETTINGS or (variable != text.lower() and variable in {*SETTINGS, "<name>"})


def names(*tables: Iterable[Any]) -> Callable[[str], bool]:
    """Whether a word is in one of them."""
    return {word for table in tables for word in table}.__contains__


STRUCTS = (*msgspec.structs.fields(Dialect), *msgspec.structs.fields(Capabilities))
FIELDS = {field.name for field in STRUCTS} | {field.name for _, rows in FIDELITY for field in rows}
KINDS: tuple[Callable[[str], bool], ...] = (
    is_setting, is_command, is_call, is_file, is_page,
    names(OPTIONS, PRESETS, FIELDS, (family.name for family in FAMILIES)),
    lambda text: f" {text} " in PACKAGES.replace("\n", " "),
)  # fmt: skip


def spans(page: str) -> set[str]:
    """What stands in backticks."""
    text = " ".join(prose((ROOT / page).read_text("utf-8")).split())
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize("page", PAGES)
def test_every_name_exists(page: str) -> None:
    unknown = spans(page) - OTHER.keys()
    assert [span for span in sorted(unknown) if not any(is_it(span) for is_it in KINDS)] == []


def test_nothing_in_the_table_is_left_over() -> None:
    used = set().union(*(spans(page) for page in PAGES))
    assert sorted(set(OTHER) - used) == []
    assert [span for span in OTHER if any(is_it(span) for is_it in KINDS)] == []
