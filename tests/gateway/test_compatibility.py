"""The page of what works where says what rows and capabilities say."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.mastodon.capabilities import ROWS
from gateway.call_rows import TABLE
from gateway.compatibility import COLUMNS, MASTODON_API, Column, document
from tests.clients.gear import ALL
from tests.clients.journeys import BY_PASSWORD
from tests.clients.table import RECORDED

PAGE = Path(__file__).parents[2] / "docs" / "compatibility.md"
LIKE_MASTODON = {"hometown", "mastodon_mock"}
EVERYTHING = Capabilities(
    software="all", **{field.name: True for field in msgspec.structs.fields(Capabilities) if field.type is bool}
)


def cells(page: str) -> dict[str, list[str]]:
    """Call -> its cells."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if "calls.md#" in line]
    return {row[0].split("`")[1]: row[1:] for row in rows}


def footnotes(page: str) -> dict[str, str]:
    """Number -> text."""
    return dict(re.findall(r"^\[\^(\d+)\]: (.+)$", page, re.MULTILINE))


def test_page_is_what_the_tables_give() -> None:
    assert PAGE.read_text("utf-8") == document(), "python -m gateway.compatibility > docs/compatibility.md"


def test_every_call_has_its_row_and_every_backend_its_column() -> None:
    found = cells(document())
    assert set(found) == {call.path for call in TABLE}
    for row in found.values():
        assert len(row) == len(COLUMNS)
        assert all(re.fullmatch(r"works|(partly|refused)( \[\^\d+\])+", cell) for cell in row)


def test_every_software_is_a_column() -> None:
    assert {row.name for row in ROWS} - LIKE_MASTODON == set(MASTODON_API)


def test_every_footnote_is_used_once_defined_once_and_a_sentence() -> None:
    page = document()
    notes = footnotes(page)
    assert len(set(notes.values())) == len(notes)
    assert {number for row in cells(page).values() for cell in row for number in re.findall(r"\d+", cell)} == set(notes)
    assert all(text.endswith((".", '."')) for text in notes.values())


@pytest.mark.parametrize(
    ("title", "call", "word", "sentence"),
    [
        ("Takahe", "friendica/group_create", "refused", "*Server* has no lists of contacts."),
        ("snac", "statuses/networkpublic_timeline", "refused", "*Server* has no timeline of other servers' posts."),
        ("snac", "lists/update", "refused", "*Server* cannot rename a list of contacts."),
        ("Mastodon", "friendica/activity", "partly", "*Server* has no dislikes."),
        ("Takahe", "search", "partly", "501 for words"),
        ("GoToSocial", "favorites", "works", ""),
        ("ActivityPub C2S with", "media/upload", "works", ""),
        ("ActivityPub C2S without", "media/upload", "refused", "not supported by the ActivityPub backend."),
        ("ActivityPub C2S without", "statuses/update", "partly", "501 for pictures"),
        ("ActivityPub C2S without", "friendica/activity", "works", ""),
        ("ActivityPub C2S with", "statuses/public_timeline", "partly", "that reached the account"),
    ],
)
def test_cells(title: str, call: str, word: str, sentence: str) -> None:
    page = document()
    column = next(at for at, column in enumerate(COLUMNS) if column.title.startswith(title))
    cell = cells(page)[call][column]
    notes = footnotes(page)
    assert cell.startswith(word)
    assert sentence in " ".join(notes[number] for number in re.findall(r"\d+", cell))


def test_a_backend_that_has_everything_needs_no_footnote() -> None:
    page = document([Column("All", EVERYTHING)])
    assert {cell for row in cells(page).values() for cell in row} == {"works"}
    assert footnotes(page) == {}


def test_links_lead_to_sections_of_the_page_of_calls() -> None:
    headings = re.findall(r"^## (.+)$", (PAGE.parent / "calls.md").read_text("utf-8"), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"calls\.md#([^)]+)", document())) <= anchors


def test_the_clients_of_the_suite_are_listed() -> None:
    page = document()
    for client in ALL.values():
        assert f"| {client.title} | {client.version} | " in page


def test_each_call_names_the_clients_that_make_it_by_server() -> None:
    *_, tested = document().split("## Calls by tested client")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in tested.splitlines() if line.startswith("| `")]
    found = {row[0].strip("`"): [{*cell.split(", ")} - {""} for cell in row[1:]] for row in rows}
    assert set(found) <= {call.path for call in TABLE}
    for name, calls in RECORDED.items():
        for call in calls:
            mastodon, actors = found[call]
            assert name in mastodon
            assert (name in actors) == (name in BY_PASSWORD)
