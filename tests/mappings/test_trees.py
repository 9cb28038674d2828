"""Small documents: the XML rules, characters, and wrappers around finished bytes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mappings import trees
from mappings.characters import clean
from mappings.trees import Typed, json_bytes, xml_bytes

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
TWITTER = "{http://api.twitter.com}"


def test_the_bytes_of_a_document() -> None:
    data = xml_bytes("user", {"a": True, "b": None, "c": "", "d": 1, "statusnet_x": "<&>", "friendica_y": 'ü"'})
    assert data == (
        HEAD + b'<user xmlns="http://api.twitter.com" xmlns:statusnet="http://status.net/schema/api/1/" '
        b'xmlns:friendica="http://friendi.ca/schema/api/1/" xmlns:georss="http://www.georss.org/georss">'
        b"<a>true</a><b/><c/><d>1</d><statusnet:x>&lt;&amp;&gt;</statusnet:x>"
        b'<friendica:y>\xc3\xbc"</friendica:y></user>\n'
    )


@pytest.mark.parametrize("root", sorted(trees.BARE_ROOTS))
def test_roots_without_namespaces(root: str) -> None:
    assert b"xmlns" not in xml_bytes(root, {"a": 1})
    assert b"xmlns" not in xml_bytes("user", {"a": 1}, namespaces=False)


def test_lists_become_elements() -> None:
    assert xml_bytes("ids", [45, 47], item="id") == HEAD + b"<ids><id>45</id><id>47</id></ids>\n"
    assert xml_bytes("ids", [45]) == HEAD + b"<ids><id>45</id></ids>\n"
    assert xml_bytes("ids", []) == HEAD + b"<ids/>\n"
    root = etree.fromstring(
        xml_bytes("x", {"attachments": [{"url": "a"}, {"url": "b"}], "indices": [1, 2], "odd": [3]})
    )
    assert [node.text for node in root.iterfind(f"{TWITTER}attachments/{TWITTER}attachment/{TWITTER}url")] == ["a", "b"]
    assert [node.text for node in root.iterfind(f"{TWITTER}indices/{TWITTER}index")] == ["1", "2"]
    assert [node.text for node in root.iterfind(f"{TWITTER}odd/{TWITTER}item")] == ["3"]


def test_text_alone() -> None:
    assert xml_bytes("ok", "true") == HEAD + b"<ok>true</ok>\n"
    assert xml_bytes("version", "0.9.7") == HEAD + b"<version>0.9.7</version>\n"


def test_hash_says_its_types() -> None:
    tree = {"reset-time": Typed("2021", 'date"time'), "hits": 150, "on": False, "word": "x"}
    assert xml_bytes("hash", tree) == (
        HEAD + b'<hash><reset-time type="date&quot;time">2021</reset-time><hits type="integer">150</hits>'
        b'<on type="boolean">false</on><word>x</word></hash>\n'
    )


def test_a_place_is_a_point() -> None:
    root = etree.fromstring(xml_bytes("status", {"geo": {"type": "Point", "coordinates": [1.5, -2.0]}}))
    assert root[0].tag == "{http://www.georss.org/georss}point"
    assert root[0].text == "1.5 -2.0"
    assert etree.fromstring(xml_bytes("status", {"geo": None}))[0].text is None


def test_wrappers() -> None:
    assert trees.json_list([b"1", b'{"a":2}']) == b'[1,{"a":2}]'
    assert trees.json_list([]) == b"[]"
    assert trees.xml_list("ids", "id", [b"1", b"2"]) == HEAD + b"<ids><id>1</id><id>2</id></ids>\n"
    empty = etree.fromstring(trees.xml_list("statuses", "status", []))
    assert (empty.tag, len(empty)) == (f"{TWITTER}statuses", 0)


def test_cursors() -> None:
    data = msgspec.json.decode(trees.json_cursored("users", [b'{"id":1}'], trees.Cursors(12, -3, 40)))
    assert data == {
        "users": [{"id": 1}], "next_cursor": 12, "next_cursor_str": "12", "previous_cursor": -3,
        "previous_cursor_str": "-3", "total_count": 40,
    }  # fmt: skip
    root = etree.fromstring(trees.xml_cursored("users_list", "users", "user", [b"<id>1</id>"], trees.Cursors(0, 0, 7)))
    assert [etree.QName(node).localname for node in root] == list(data)
    assert root.findtext(f"{TWITTER}users/{TWITTER}user/{TWITTER}id") == "1"
    assert root.findtext(f"{TWITTER}total_count") == "7"


ANY = st.text(st.characters(exclude_categories=()), max_size=10)
KEYS = st.sampled_from(["a", "statusnet_b", "friendica_c", "urls", "geo_d"])
SCALARS = st.one_of(ANY, st.integers(), st.booleans(), st.none())
TREES = st.recursive(
    SCALARS,
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(KEYS, inside, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, TREES, max_size=4))
def test_any_tree_is_well_formed(tree: dict[str, Any]) -> None:
    root = etree.fromstring(xml_bytes("root", tree))
    assert len(root) == len(tree)
    data = msgspec.json.decode(json_bytes(tree))
    for node, (key, value) in zip(root, tree.items(), strict=True):
        if isinstance(value, str):
            assert (node.text or "") == data[key] == clean(value)


@given(ANY)
def test_keys_are_cleaned_too(key: str) -> None:
    assert list(msgspec.json.decode(json_bytes({key: key}))) == [clean(key)]


@given(ANY)
def test_attributes_hold_any_text(text: str) -> None:
    root = etree.fromstring(xml_bytes("hash", {"a": Typed(text, text)}))
    assert root[0].get("type") == clean(text)
    assert (root[0].text or "") == clean(text)
