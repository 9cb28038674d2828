"""Parameters: typed, cleaned, bounded, wherever the client put them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ask import UNKNOWN
from gateway.bodies import Body, parse_form
from gateway.call_rows import CALLS, TABLE
from gateway.calls import Call, Param, Type
from gateway.errors import ApiError
from gateway.params import MAX_CHARS, MAX_ITEMS, MAX_NUMBER, clean, read

CALL = Call(
    path="t",
    params=(
        Param(name="text"),
        Param(name="short", cap=5, aliases=("brief",)),
        Param(name="count", type=Type.COUNT, default=20, cap=200),
        Param(name="page", type=Type.COUNT, default=1),
        Param(name="id", type=Type.ID),
        Param(name="off", type=Type.FLAG, default=False),
        Param(name="on", type=Type.FLAG, default=True),
        Param(name="list", type=Type.LIST, aliases=("liste",)),
        Param(name="lat", type=Type.NUMBER),
        Param(name="media", type=Type.FILES, aliases=("media_data",)),
    ),
    tail="id",
)


def params(query: str | bytes = "", body: str | bytes = "", tail: str = "") -> dict[str, Any]:
    raw = [part.encode() if isinstance(part, str) else part for part in (query, body)]
    return read(CALL, parse_form(raw[0]), Body(parse_form(raw[1])), tail)


def refusal(query: bytes) -> str:
    with pytest.raises(ApiError) as caught:
        params(query)
    assert caught.value.status == 400
    return caught.value.text


def test_defaults_without_anything() -> None:
    assert params() == {
        "text": None,
        "short": None,
        "count": 20,
        "page": 1,
        "id": None,
        "off": False,
        "on": True,
        "list": None,
        "lat": None,
        "media": None,
    }


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("5", 5),
        ("0", 20),
        ("-1", 20),
        ("abc", 20),
        ("", 20),
        ("200", 200),
        ("201", 200),
        ("9" * 5000, 200),
        ("1.5", 20),
        ("+7", 7),
        (" 7 ", 7),
        ("007", 7),
        ("٣", 20),
        ("0x10", 20),
        ("1e3", 20),
    ],
)
def test_count(value: str, number: int) -> None:
    assert params(f"count={value}")["count"] == number


def test_page_is_bounded_too() -> None:
    assert params("page=3")["page"] == 3
    assert params("page=" + "9" * 30)["page"] == MAX_NUMBER
    assert params("page=0")["page"] == 1


@pytest.mark.parametrize(
    ("value", "id"),
    [
        ("9", 9),
        ("0", None),
        ("000", None),
        ("-1", None),
        ("", None),
        ("-2", UNKNOWN),
        ("abc", UNKNOWN),
        ("9abc", UNKNOWN),
        ("1.0", UNKNOWN),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", UNKNOWN),
        ("1" * 30, UNKNOWN),
        ("0" * 30 + "7", 7),
        ("0" * 6000, None),
        ("٣", UNKNOWN),
        (" 12 ", 12),
        ("%00", UNKNOWN),
    ],
)
def test_id(value: str, id: int | None) -> None:
    assert params(f"id={value}")["id"] == id


@pytest.mark.parametrize("word", ["true", "True", "TRUE", "1", "t", "yes", "on", "ON"])
def test_true_words(word: str) -> None:
    assert params(f"off={word}")["off"] is True


@pytest.mark.parametrize("word", ["false", "False", "0", "no", "off", "OFF"])
def test_false_words(word: str) -> None:
    assert params(f"on={word}")["on"] is False


def test_other_words_mean_the_default() -> None:
    got = params("on=maybe&off=2")
    assert (got["on"], got["off"]) == (True, False)


@pytest.mark.parametrize(
    "query",
    [
        "list=1,2",
        "list[]=1&list[]=2",
        "list=1&list=2",
        "list%5B%5D=1&list%5B%5D=2",
        "list[0]=1&list[1]=2",
        "list= 1 , ,2,",
        "liste=1,2",
        "list=['1', '2']",
        "list=[1, 2]",
        "list=&liste=1,2",
    ],
)
def test_lists(query: str) -> None:
    assert params(query)["list"] == ("1", "2")


@pytest.mark.parametrize("query", ["list=", "list=,,", "list[]=None", "list[]="])
def test_empty_lists_are_absent(query: str) -> None:
    assert params(query)["list"] is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("48.1", 48.1),
        ("-7", -7.0),
        ("0", 0.0),
        ("", None),
        ("north", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
    ],
)
def test_numbers(value: str, number: float | None) -> None:
    assert params(f"lat={value}")["lat"] == number


def test_body_goes_before_query_and_empty_is_absent() -> None:
    assert params("text=query", "text=body")["text"] == "body"
    assert params("text=query", "text=")["text"] == "query"
    assert params("text=query&id=3", "id=4") | {"text": ""} == params("", "id=4") | {"text": ""}
    assert params("text=query", "other=1")["text"] == "query"


def test_what_may_be_cleared_tells_empty_from_absent() -> None:
    call = Call(path="t", params=(Param(name="desc", clearable=True, aliases=("description",)),))
    for sent, text in ((b"", None), (b"desc=", ""), (b"description=", ""), (b"desc=a", "a"), (b"desc=&desc=b", "b")):
        assert read(call, {}, Body(parse_form(sent))) == read(call, parse_form(sent), Body()) == {"desc": text}


def test_last_of_several_scalars_wins() -> None:
    assert params("text=a&text=b")["text"] == "b"
    assert params("text=a&text=b&text=")["text"] == "b"


def test_name_goes_before_alias() -> None:
    assert params("brief=b&short=a")["short"] == "a"
    assert params("brief=b")["short"] == "b"


def test_unknown_parameters_do_not_matter_even_when_damaged() -> None:
    assert params(b"timestamp=\xff%FE&xyz[]=%80&text=ok") == params("text=ok")


def test_text_is_decoded_and_cleaned() -> None:
    assert params("text=a+b%20c%26%3D")["text"] == "a b c&="
    assert params("text=%F0%9F%A6%9C")["text"] == "🦜"
    assert params("text=a%00b%07c%0Bd%7Fe%C2%85f%09%0A%0D")["text"] == "abcdef\t\n\r"
    assert params("text=%00")["text"] is None
    assert params("text=%zz%")["text"] == "%zz%"


@pytest.mark.parametrize("bad", [b"%FF", b"%C3%28", b"%ED%A0%80", b"\xe9"])
def test_invalid_utf8_is_refused(bad: bytes) -> None:
    assert refusal(b"text=" + bad) == "Invalid UTF-8 in text."
    assert refusal(b"list=1&list=" + bad) == "Invalid UTF-8 in list."


def test_long_fields_are_refused_with_their_limit() -> None:
    assert params("short=12345")["short"] == "12345"
    assert refusal(b"short=123456") == "short is too long: at most 5 characters."
    assert params("short=%F0%9F%A6%9C" * 1)["short"] == "🦜"
    assert refusal(b"text=" + b"x" * (MAX_CHARS + 1)) == f"text is too long: at most {MAX_CHARS} characters."
    assert refusal(b"list=" + b"1," * MAX_ITEMS) == f"list is too long: at most {MAX_ITEMS} items."
    assert refusal(b"list=" + b"x" * 321) == "An item of list is too long: at most 320 characters."


def test_tail_wins_over_the_parameter() -> None:
    assert params("id=4", "id=5", tail="9")["id"] == 9
    assert params("id=4", tail="abc")["id"] == UNKNOWN
    assert params("id=4")["id"] == 4


def test_tail_that_is_no_parameter_is_text() -> None:
    users = TABLE.find("users/show")
    assert users is not None
    assert read(users, {}, Body(), "bob@host.example")["user"] == "bob@host.example"
    assert "user" not in read(users, parse_form(b"user=eve"), Body())
    with pytest.raises(ApiError, match=r"Invalid UTF-8 in the path\."):
        read(users, {}, Body(), "b\ufffdb")
    with pytest.raises(ApiError, match="path is too long"):
        read(users, {}, Body(), "b" * 400)


def test_clean_counts_characters_not_bytes() -> None:
    assert clean("ü".encode() * 5, "x", 5) == "üüüüü"


def attempt(call: Call, query: bytes, body: bytes = b"", tail: str = "") -> dict[str, Any] | ApiError:
    try:
        return read(call, parse_form(query), Body(parse_form(body)), tail)
    except ApiError as error:
        return error


@given(st.binary(max_size=200), st.binary(max_size=200), st.text(max_size=20))
def test_anything_is_read_or_refused(query: bytes, body: bytes, tail: str) -> None:
    for call in (CALL, *CALLS):
        got = attempt(call, query, body, tail if call.tail else "")
        if isinstance(got, ApiError):
            assert got.status == 400
        else:
            assert {param.name for param in call.params} <= set(got)


NAMES = st.sampled_from([param.name for param in CALL.params])


@given(st.lists(st.tuples(NAMES, st.binary(max_size=30)), max_size=6))
def test_any_value_has_its_type_or_is_refused(pairs: list[tuple[str, bytes]]) -> None:
    query = b"&".join(name.encode() + b"=" + value for name, value in pairs)
    got = attempt(CALL, query)
    if isinstance(got, ApiError):
        assert got.status == 400
        return
    assert 1 <= got["count"] <= 200
    assert got["page"] >= 1
    assert got["id"] is None or got["id"] == UNKNOWN or 0 < got["id"] < 2**63
    assert isinstance(got["off"], bool)
    assert got["text"] is None or (got["text"] and "\x00" not in got["text"])
    assert got["list"] is None or all(got["list"])
