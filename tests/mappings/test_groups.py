"""Members of a group as clients send them."""

from __future__ import annotations

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import hub
from mappings.groups import MOST_MEMBERS, Member, by_name, members, result

SHAPES = [
    '{"name":"n","gid":0,"user":[{"cid":9},{"cid":14}]}',
    '[{"name":"n","gid":6,"user":[{"cid":9,"name":"Bob"},{"cid":14}]}]',
    '[{"cid":9},{"cid":14}]',
    "[9,14]",
    '{"user":["9"," 14 "]}',
    '{"user":{"0":{"cid":9},"2":{"cid":"14.0"}}}',
    '{"user":[{"cid":9.0},{"cid":14},{"cid":"9"},{"cid":9}]}',
    '{"name":"n","json":"{\\"user\\":[{\\"cid\\":9},{\\"cid\\":14}]}"}',
    '{"json":{"user":[{"cid":9},{"cid":14}]}}',
    '{"gid":6,"name":"n","users":[{"cid":9},{"cid":14}]}',
    '[{"gid":6,"name":"n","users":[{"cid":9},{"cid":14}]}]',
    '{"json":{"users":{"0":9,"2":14}}}',
    '{"user":null,"users":[9,14]}',
    '{"user":[9,14],"users":[]}',
]


@pytest.mark.parametrize("document", SHAPES)
def test_every_shape_names_the_same_members_once(document: str) -> None:
    assert [member.number for member in members(document)] == [9, 14]


@pytest.mark.parametrize(
    "document",
    ["", "  ", "null", '""', "[]", '{"user":null}', '{"user":[]}', '{"user":""}', '{"users":null}', '{"users":[]}',
     '{"users":""}', '[{"users":[]}]', '{"user":[],"users":null}', '{"json":""}', '{"json":null}'],
)  # fmt: skip
def test_no_members(document: str) -> None:
    assert members(document) == ()


@pytest.mark.parametrize(
    "cid",
    ["0", "-9", '"0"', '"abc"', '""', "1.5", '"1.5"', "true", "null", "1e300", '"1e1"', '"1_2"', "2147483648",
     "99999999999999999999999999", '"99999999999"', '"0x9"', "{}", "[9]"],
)  # fmt: skip
def test_what_is_nobody_is_told_as_it_came(cid: str) -> None:
    (member,) = members(f'{{"user":[{{"cid":{cid}}}]}}')
    assert member.number == 0
    sent = msgspec.json.decode(cid)
    told = None if isinstance(sent, (dict, list)) else str(sent) if cid.startswith("999999") else sent
    assert member.posted == told
    json, xml = result(3, "n", "ok", [member.posted])
    assert msgspec.json.decode(msgspec.json.encode(json)) == json
    assert (json["status"], json["wrong users"], xml["wrong_users"]) == ("missing user", [told], [told])


def test_a_user_without_cid_is_nobody() -> None:
    assert members('{"user":[{"name":"Bob"}]}') == (Member(None, 0),)


@pytest.mark.parametrize(
    "document",
    ["{", "nonsense", '{"user":[{"cid":9}', "[" * 100_000, '{"user":"bob"}', '{"user":9}', "9", '"text"', "null1",
     '{"json":"{"}', '{"user":[{"cid":NaN}]}', '{"user":[{"cid":1e999}]}', '{"user":true}', "{}", '{"json":{}}',
     '{"gid":6,"name":"n"}', '[{"gid":6,"name":"n"}]', '{"members":[9]}', '{"users":"bob"}',
     '[{"gid":6,"user":[9]},{"gid":7,"user":[14]}]'],
)  # fmt: skip
def test_what_holds_no_list_is_refused_with_a_sentence(document: str) -> None:
    with pytest.raises(ValueError, match=r"JSON.*\.$"):
        members(document)


def test_a_group_has_a_largest_size() -> None:
    assert len(members(f"[{','.join(map(str, range(1, MOST_MEMBERS + 1)))}]")) == MOST_MEMBERS
    with pytest.raises(ValueError, match="at most"):
        members(f"[{'1,' * MOST_MEMBERS}1]")


LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=9)
NAMES = st.sampled_from(["user", "users", "gid", "cid", "json", "0"])
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


@given(TREES.map(json.dumps) | st.text(max_size=30))
def test_any_document_is_members_that_can_be_shown_or_an_error(document: str) -> None:
    with suppress(ValueError):
        found = members(document)
        assert all(0 <= member.number < 2**31 for member in found)
        assert msgspec.json.encode([member.posted for member in found])


def test_people_are_ordered_by_name() -> None:
    people = [
        hub.Account(native=name, username=name, acct=name, name=shown)
        for name, shown in (("zoe", "alice"), ("bob", "Bob"), ("amy", ""), ("al", "bob"))
    ]
    assert [account.native for account in by_name(people)] == ["zoe", "amy", "al", "bob"]
