"""The cache of two generations: bounded by weight, what is used stays."""

from __future__ import annotations

import pytest

from gateway.kept import Kept, Recent


def kept(most: int = 100) -> Kept[str, bytes]:
    return Kept(most, len)


def test_it_is_a_mapping() -> None:
    cache = kept()
    cache["a"] = b"1"
    assert cache["a"] == cache.get("a") == b"1"
    assert (cache.get("b"), cache.get("b", b"2"), "b" in cache) == (None, b"2", False)
    assert (list(cache), len(cache)) == (["a"], 1)
    del cache["a"]
    assert len(cache) == 0
    for missing in (lambda: cache["a"], lambda: cache.__delitem__("a")):
        with pytest.raises(KeyError):
            missing()


def test_everything_weighs_no_more_than_agreed() -> None:
    cache = kept(100)
    for number in range(1000):
        cache[f"{number}"] = b"x" * (number % 20)
        cache.get(f"{number - 7}")
        assert sum(map(len, (*cache.old.values(), *cache.young.values()))) <= 100


def test_what_is_used_stays_and_the_rest_goes() -> None:
    cache = kept(100)
    cache["used"], cache["unused"] = b"x" * 10, b"y" * 10
    for number in range(50):
        cache[f"{number}"] = b"z" * 10
        assert cache["used"] == b"x" * 10
    assert "unused" not in cache


def test_a_key_moved_up_is_counted_once() -> None:
    cache = kept(100)
    for key in "abcdef":
        cache[key] = b"x" * 10
    cache.get("a")
    assert sorted(cache) == list("abcdef")
    del cache["a"]
    assert "a" not in cache


def test_what_is_too_heavy_is_not_kept() -> None:
    cache = kept(100)
    cache["small"] = b"x"
    cache["large"] = b"x" * 26
    assert list(cache) == ["small"]
    nothing: Kept[str, bytes] = Kept(0, len)
    nothing["a"] = b"1"
    assert len(nothing) == 0


def test_what_is_replaced_or_removed_weighs_nothing_any_more() -> None:
    cache = kept(100)
    cache["other"] = b"x" * 10
    for number in range(1000):
        cache["same"] = b"y" * (10 + number % 5)
    for _ in range(1000):
        cache["gone"] = b"z" * 10
        del cache["gone"]
    assert sorted(cache) == ["other", "same"]
    cache.clear()
    assert list(cache) == []


def test_without_weights_generations_turn_when_told_to() -> None:
    recent: Recent[str, int] = Recent()
    recent["a"], recent["b"] = 1, 2
    recent.turn()
    assert (recent.get("a"), sorted(recent)) == (1, ["a", "b"])
    recent.turn()
    assert (recent.get("a"), recent.get("b")) == (1, None)
