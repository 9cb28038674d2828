"""Pages taken apart item by item hold what they hold taken apart whole, whatever was here before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import BadAnswer
from adapters.mastodon import capabilities
from adapters.mastodon import pages as pages_read
from adapters.mastodon.decode import Reader, id_of, split
from adapters.mastodon.pages import MOST_NEW, Pages
from mappings import hub

READER = Reader(capabilities.SOFTWARE["mastodon"], frozenset({"b.example"}))

names = st.sampled_from(["1", "22", "333", "109", "1091"])
inner = st.lists(st.fixed_dictionaries({"id": names, "type": st.just("image")}), max_size=3)
statuses = st.fixed_dictionaries(
    {
        "id": names,
        "created_at": st.sampled_from(["2026-01-01", "},{", '},{"id":"9","created_at":']),
        "media_attachments": inner,
        "mentions": inner,
        "content": st.sampled_from(["", "[]", '"', "]", "\\", "ä"]),
    }
)
odd = st.sampled_from([1, None, "text", [], {}, {"id": 5}, {"id": "22"}])
pages = st.lists(st.lists(st.one_of(statuses, statuses, odd), max_size=6), min_size=1, max_size=6)


def written(page: list[Any], spaced: bool) -> bytes:
    """A page as servers write it, or with spaces."""
    return json.dumps(page, separators=(", ", ": ") if spaced else (",", ":")).encode()


def whole(body: bytes) -> dict[str, bytes]:
    """What the page holds: the first item of each id."""
    items: dict[str, bytes] = {}
    for raw in split(body):
        native = id_of(raw)
        if native:
            items.setdefault(native, raw)
    return items


def raws(entries: dict[str, hub.Entry]) -> dict[str, bytes]:
    """The items by id."""
    return {native: entry.raw for native, entry in entries.items()}


@given(pages, st.booleans(), st.sampled_from([1 << 20, 2000, 200]))
def test_what_was_here_before_changes_nothing(before: list[list[Any]], spaced: bool, most: int) -> None:
    read = Pages(READER.entry, most=most)
    for page in before:
        body = written(page, spaced)
        found = read.read(body)
        assert raws(found.entries) == whole(body)
        assert list(found.entries) == list(whole(body))
        assert found.repeats is (sum(1 for raw in split(body) if id_of(raw)) > len(found.entries))


@given(st.lists(statuses, min_size=1, max_size=4), st.integers(1, 200), st.binary(max_size=3))
def test_a_page_that_is_cut_is_refused_as_ever(page: list[Any], cut: int, more: bytes) -> None:
    read = Pages(READER.entry)
    body = written(page, False)
    read.read(body)
    broken = body[: -min(cut, len(body) - 1)] + more
    try:
        expected = whole(broken)
    except BadAnswer:
        with pytest.raises(BadAnswer):
            read.read(broken)
    else:
        assert raws(read.read(broken).entries) == expected


def page_of(*items: tuple[str, str]) -> bytes:
    """Statuses by id and content."""
    return written([{"id": id, "created_at": "2026", "content": content} for id, content in items], False)


def test_items_seen_before_are_the_same_objects() -> None:
    read = Pages(READER.entry)
    old = [(str(id), "old") for id in range(100, 120)]
    first = read.read(page_of(*old)).entries
    new = [(str(id), "new") for id in range(200, 200 + MOST_NEW - 1)]
    second = read.read(page_of(*new, *old)).entries
    assert all(second[id] is first[id] for id, _ in old)
    changed = read.read(page_of(("100", "changed"), *old[1:])).entries
    assert changed["100"].raw != first["100"].raw
    assert changed["119"] is first["119"]


def test_a_status_full_of_what_begins_as_it_does_is_not_read_up_to_each(monkeypatch: pytest.MonkeyPatch) -> None:
    read, tried = Pages(READER.entry), list[int]()
    decoder = pages_read.RAW

    class Counted:
        def decode(self, raw: bytes) -> object:
            tried.append(len(raw))
            return decoder.decode(raw)

    monkeypatch.setattr(pages_read, "RAW", Counted())
    like = {"id": "1", "a": 5}
    body = written([{"id": "1", "a": [like] * 1000}, {"id": "2", "a": 5}], False)
    assert list(read.read(body).entries) == list(whole(body))
    assert len(tried) <= pages_read.MOST_ENDS * MOST_NEW
