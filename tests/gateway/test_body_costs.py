"""What anybody can send costs no more than its size: names and values that are hard to read."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import bodies
from gateway.bodies import from_base64, parse_form
from gateway.oauth.parameters import from_form


@pytest.mark.parametrize("sign", [b"[", b"]", b"[]", b"[a", b"[\n"])
def test_names_of_brackets_are_read_in_one_go(sign: bytes) -> None:
    """With the square of its length, this name would take many minutes."""
    name = b"a" + sign * 500_000
    assert list(parse_form(name + b"=1").values()) == [[b"1"]]


@pytest.mark.parametrize(
    ("read", "start"),
    [(parse_form, b"a="), (from_base64, b"data:,"), (lambda raw: dict(from_form(raw)), b"a=")],
    ids=["form", "data", "signed form"],
)
def test_escapes_do_not_become_objects_all_at_once(read: Callable[[bytes], object], start: bytes) -> None:
    body = start + b"%41" * 200_000
    tracemalloc.start()
    try:
        found = read(body)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(body)
    finally:
        tracemalloc.stop()
    assert found in ({"a": [b"A" * 200_000]}, b"A" * 200_000, {"a": "A" * 200_000})


@given(st.lists(st.sampled_from([b"%", b"4", b"1", b"f", b"+", b"%41", b"%2b"]), max_size=40).map(b"".join))
def test_a_value_read_in_pieces_is_the_value(text: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bodies, "PIECE_BYTES", 7)
        assert parse_form(b"a=" + text) == {"a": [unquote_to_bytes(text.replace(b"+", b" "))]}
