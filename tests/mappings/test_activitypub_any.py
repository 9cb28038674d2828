"""Whatever JSON a stranger sends: only `Unreadable` comes out of it, and what can be read can be kept."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import activitypub as ap
from mappings.activitypub_known import Known
from mappings.activitypub_raw import entry, read, written
from mappings.html import read as read_html
from tests.mappings.activitypub_drawn import URLS, anything, authored, objects

either = st.one_of(anything, objects, authored)
KNOWN = Known(
    me="https://a.example/u/al", hosts=frozenset({"a.example"}), arrived="2026-11-22T00:00:00Z", language="de"
)


def knowing(document: Any, other: Any) -> Known:
    """`other` is at hand under every id."""
    return KNOWN._replace(documents=dict.fromkeys(URLS, other), now=KNOWN.arrived, expanded=True)


@given(either, either)
def test_statuses_are_read_or_refused(document: Any, other: Any) -> None:
    for known in (KNOWN, knowing(document, other)):
        with suppress(ap.Unreadable):
            status = ap.status_of(document, known)
            kept = entry(status)
            assert read(kept.raw) == status
            assert written(read(kept.raw)) == kept.raw
            assert status.native.startswith(("https://", "http://"))
            hash(status)
            read_html(status.original.content)


@given(either)
def test_people_are_read_or_refused(document: Any) -> None:
    with suppress(ap.Unreadable):
        account = ap.account_of(document, KNOWN)
        assert account.username
        assert "@" not in account.username
        assert account.acct.partition("@")[0] == account.username
        hash(account)


@given(either)
def test_everything_else_never_raises(document: Any) -> None:
    ap.wanted(document, KNOWN)
    ap.applies(document, document, document)
    ap.id_of(document)
    ap.ids_of(document)
    ap.when(document)
    ap.total(document)
    ap.line(document)
    with suppress(ap.Unreadable):
        normal = ap.normal(document)
        assert ap.normal(normal) == normal or normal != normal  # NaN is not equal to itself
    with suppress(ap.Unreadable):
        assert isinstance(ap.page_of(document).items, list)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_status_are_refused(raw: bytes) -> None:
    with pytest.raises(ap.Unreadable):
        read(raw)


def test_a_document_nested_without_end_is_read_as_far_as_it_makes_sense() -> None:
    document: Any = {}
    for _ in range(5000):
        document = {"type": "Note", "object": [document]}
    with pytest.raises(ap.Unreadable):
        ap.status_of(document, KNOWN)
    assert ap.wanted(document, KNOWN) == ap.Wanted()


def test_a_document_of_more_objects_than_anybody_needs_is_refused() -> None:
    document = {"type": "Collection", "items": [{}] * 100_000}
    with pytest.raises(ap.Unreadable):
        ap.page_of(document)
    assert len(ap.page_of({"type": "Collection", "items": ["https://a.example/1"] * 30_000}).items) == 30_000
