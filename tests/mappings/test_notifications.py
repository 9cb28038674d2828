"""Notes in words, BBCode and HTML; dates as people say them; ids in the backend's order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from msgspec.structs import replace

from mappings import hub
from mappings.dates import from_milliseconds
from mappings.notifications import (
    EXCERPT,
    KINDS,
    SHOWN,
    TYPES,
    Note,
    date_rel,
    excerpt,
    note_tree,
    order,
    ping_tree,
    ping_xml,
    place,
    web,
)
from mappings.order import position
from mappings.trees import Element, xml_bytes

NOW = 1_700_000_000_000
NOTE = Note(
    id=7, kind="mention", name="Bram", url="https://b.example/u/bram", photo="https://b.example/a.png",
    created="2023-11-14T20:13:20.000Z", text="hello", link="https://b.example/p/1", iid=5, parent=4,
)  # fmt: skip


def tree(note: Note) -> dict[str, object]:
    return note_tree(note, uid=3, now_ms=NOW)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.9, "less than a second ago"), (1, "1 second ago"), (59, "59 seconds ago"), (60, "1 minute ago"),
        (89, "1 minute ago"), (90, "2 minutes ago"), (3 * 3600, "3 hours ago"), (36 * 3600, "2 days ago"),
        (86400 * 7, "1 week ago"), (86400 * 29, "4 weeks ago"), (86400 * 30, "1 month ago"),
        (86400 * 120, "4 months ago"), (86400 * 359, "12 months ago"), (86400 * 360, "1 year ago"),
        (86400 * 560, "2 years ago"), (-7200, "in 2 hours"), (-60, "in 1 minute"), (-0.5, "less than a second ago"),
    ],
)  # fmt: skip
def test_relative_dates_are_rounded(seconds: float, said: str) -> None:
    assert date_rel(NOW - int(seconds * 1000), NOW) == said


def test_no_date_is_never() -> None:
    assert date_rel(0, NOW) == "never"
    assert tree(replace(NOTE, created="yesterday"))["date_rel"] == "never"


def test_a_note_in_all_its_forms() -> None:
    found = tree(NOTE)
    assert found["msg_plain"] == 'Bram mentioned you: "hello"'
    assert found["msg_cache"] == '{0} mentioned you: "hello"'
    assert found["msg"] == (
        '[url=https://b.example/u/bram]Bram[/url] mentioned you: [url=https://b.example/p/1]"hello"[/url]'
    )
    assert html.fromstring(f"<p>{found['msg_html']}</p>").text_content() == found["msg_plain"]
    assert (found["date"], found["timestamp"]) == ("2023-11-14 20:13:20", 1_699_992_800)
    assert found["date_rel"] == "2 hours ago"
    assert (found["type"], found["otype"], found["seen"], found["uid"]) == (128, "item", 0, 3)
    assert found["verb"] == "http://activitystrea.ms/schema/1.0/tag"


def test_documented_numbers() -> None:
    assert {name: kind.type for name, kind in KINDS.items()} == {
        "comment": 8, "mention": 128, "status": 1024, "follow": 1, "follow_request": 1, "follow_accepted": 2,
    }  # fmt: skip
    for silent in ("favourite", "reblog", "poll", "update", "reaction", "admin.sign_up", "", "comment"):
        assert silent not in TYPES


def test_a_note_without_text_links_what_was_done() -> None:
    found = tree(replace(NOTE, text=""))
    assert found["msg"] == ("[url=https://b.example/u/bram]Bram[/url] [url=https://b.example/p/1]mentioned you[/url]")


HOSTILE = [
    "[url=https://evil.example]click[/url]", "[b]fat[/b]", "<script>alert(1)</script>", '"><img src=x onerror=y>',
    "{0}", "&rarr; {0}", "a\nb\r\nc", "[*]", "[/url][img]https://evil.example/t.png[/img]", "\x00\ufffe",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_stays_text(text: str) -> None:
    for note in (replace(NOTE, text=excerpt_of(text)), replace(NOTE, name=" ".join(text.split()))):
        check_inert(note)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_name_and_text_stay_text(name: str, text: str) -> None:
    clean = " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", name).split())
    check_inert(replace(NOTE, name=clean, text=excerpt_of(text)))


def excerpt_of(text: str) -> str:
    return excerpt(status(f"<p>{re.sub('[<&]', lambda found: f'&#{ord(found[0])};', text)}</p>"))


def status(content: str, **fields: object) -> hub.Status:
    account = hub.Account(native="1", username="bram", acct="bram")
    return hub.Status(native="9", account=account, content=content, **fields)  # type: ignore[arg-type]


def check_inert(note: Note) -> None:
    found = tree(note)
    tags = re.findall(r"\[(?:[/*]?\w[^\]]*|\*)\]", str(found["msg"]))
    assert len(tags) == 4, found["msg"]
    root = html.fromstring(f"<div>{found['msg_html']}</div>")
    assert {node.tag for node in root.iter()} <= {"div", "a"}
    assert len(list(root.iter("a"))) == 2
    assert str(found["msg_cache"]).count("{0}") == 1
    assert "\n" not in str(found["msg_plain"])
    (element,) = etree.fromstring(xml_bytes("notes", [Element(found)], "note"))
    assert set(element.attrib) == set(found)


def test_an_excerpt_is_short_and_warnings_come_alone() -> None:
    assert excerpt(status("<p>one</p><p>two</p>")) == "one two"
    long = excerpt(status("x" * 500))
    assert (len(long), long[-1]) == (EXCERPT, "…")
    assert excerpt(status("<p>the murderer is</p>", title="Spoiler")) == "Spoiler"
    assert "secret" not in excerpt(status("<p>secret</p>", filters=("Politics",)))
    inner = status("<p>shared</p>", title="Warned")
    assert excerpt(replace(status(""), reblog_of=inner)) == "Warned"


def test_only_web_addresses_are_links() -> None:
    for bad in ("javascript:alert(1)", "data:text/html,x", "//x.example", 'https://x.example/"onclick=', "", "/a b"):
        assert web(bad) == ""
    assert web("https://b.example/[x]") == "https://b.example/[x]"
    found = tree(replace(NOTE, link="https://b.example/[x]", url=""))
    assert found["msg"] == 'Bram mentioned you: [url=https://b.example/%5Bx%5D]"hello"[/url]'


# ids


def test_native_ids_compare_as_backends_count() -> None:
    assert order("9") < order("10") < order("101")
    assert order("01HXAAAA") < order("01HXAAAB")


def test_an_id_is_the_time_between_its_neighbours() -> None:
    created, wanted = from_milliseconds(NOW), position(NOW)
    assert place(created, floor=0, ceiling=0, used=(), now_ms=NOW) == wanted
    assert place(created, floor=wanted, ceiling=0, used=(), now_ms=NOW) == wanted + 1
    assert place(created, floor=0, ceiling=wanted - 5, used=(), now_ms=NOW) == wanted - 6
    assert place(created, floor=0, ceiling=wanted - 5, used={wanted - 6}, now_ms=NOW) == wanted - 7
    assert place(created, floor=0, ceiling=0, used={wanted}, now_ms=NOW) == wanted + 1
    later = from_milliseconds(NOW + 86_400_000)
    assert place(later, floor=0, ceiling=0, used=(), now_ms=NOW) == wanted, "no clock is ahead of ours"
    assert place("", floor=3, ceiling=0, used=(), now_ms=NOW) == 4


# /ping


def test_counters_tell_what_is_unseen() -> None:
    kinds = ("comment", "mention", "status", "follow", "follow_request", "comment")
    notes = [replace(NOTE, id=10 - at, kind=kind) for at, kind in enumerate(kinds)]
    notes.append(replace(NOTE, id=1, kind="comment", seen=True))
    found = ping_tree(notes, mail=2, base_url="https://gw.example", now_ms=NOW)
    assert (found["intro"], found["mail"], found["net"], found["home"]) == (1, 2, 2, 2)
    assert found["notification"] == 6
    assert found["notifications"][0]["href"] == "https://gw.example/notification/view/10"
    assert ping_xml(found)["notif"].attributes == {"count": 8}
    many = ping_tree([NOTE] * 90, mail=0, base_url="", now_ms=NOW)
    assert (len(many["notifications"]), many["notification"]) == (SHOWN, 90)


def test_only_unread_notes_begin_with_the_sign() -> None:
    notes = [replace(NOTE, seen=False), replace(NOTE, seen=True), replace(NOTE, name="&rarr; Bram", seen=True)]
    tree = ping_xml(ping_tree(notes, mail=0, base_url="", now_ms=NOW))
    root = etree.fromstring(xml_bytes("result", tree))
    texts = [note.text or "" for note in root.iter("note")]
    assert [text.startswith("&rarr;") for text in texts] == [True, False, False]
