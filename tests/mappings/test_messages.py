"""The message object (reference/wire-friendica.md section 3.2)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import hub
from mappings.messages import Form, Frame, Side, default_title, letter, message
from mappings.trees import xml_bytes
from tests.mappings.samples import account, status

ALICE = hub.Mention(native="1", username="alice", acct="alice", url="https://there.example:8/@alice")
DORA = hub.Mention(native="0", username="dora@far.example", acct="dora@far.example", url="https://far.example/dora")
LINK = '<a href="https://there.example:8/@alice" class="u-url mention">@<span>alice</span></a>'


def direct(content: str, **changes: object) -> hub.Status:
    return msgspec.structs.replace(
        status(), content=content, visibility="direct", mentions=(ALICE, DORA), account=account(), **changes
    )


@pytest.mark.parametrize(
    ("content", "text", "html"),
    [
        (f'<p><span class="h-card">{LINK}</span> hello</p>', "hello", "<p>hello</p>"),
        (f"<p>{LINK} hello {LINK}</p>", "hello @alice", None),
        ("<p>@alice hello @alice</p>", "hello @alice", "<p>hello @alice</p>"),
        ("@alice @dora@far.example hello", "hello", "hello"),
        ('<a href="https://far.example/dora" class="u-url mention">@dora@far.example</a> hi<br>', "hi", None),
        ('@<a href="https://far.example/dora" class="mention">dora</a> hi', "hi", "hi"),
        ("<p>@alice<br>hello</p><p>more</p>", "hello\n\nmore", "<p>hello</p><p>more</p>"),
        ("<p>@alice</p><p>hello</p>", "hello", "<p>hello</p>"),
        ("@alice@there.example:8 hello", "hello", "hello"),
        ("<p>@alice@other.example hello</p>", "@alice@other.example hello", "<p>@alice@other.example hello</p>"),
        ("<p>@alicia hello</p>", "@alicia hello", "<p>@alicia hello</p>"),
        ("<p>hello @alice</p>", "hello @alice", "<p>hello @alice</p>"),
        ("<p>@alice</p>", "", ""),
        ("", "", ""),
    ],
)
def test_names_at_the_head_are_left_out(content: str, text: str, html: str | None) -> None:
    body = letter(direct(content))
    assert body.text == text
    assert html is None or body.html == html
    assert "".join(part if isinstance(part, str) else part.written for part in body.pieces()).strip() == text


def test_pictures_and_filters_are_in_the_text() -> None:
    media = hub.Media(native="9", type="image", url="https://there.example/p.png", description="A radio")
    body = letter(direct("<p>@alice look</p>", media=(media,), filters=("Radios",)))
    assert body.text == "Radios\n\nlook\n\nhttps://there.example/p.png [A radio]"
    assert "<h4>Radios</h4>" in body.html
    assert letter(direct("<p>@alice look</p>", title="T")).text == "look"


@pytest.mark.parametrize(
    ("text", "title"),
    [("short", "short"), ("exactly 10", "exactly 10"), ("Golden DM json", "Golden DM ..."), ("two\nlines", "two lines"),
     ("", ""), ("ÄÖÜ" * 4, "ÄÖÜÄÖÜÄÖÜÄ...")],
)  # fmt: skip
def test_titles_of_messages_without_one(text: str, title: str) -> None:
    assert default_title(text) == title


def frame(**changes: object) -> Frame:
    made = Frame(
        number=41, sender=Side(7, "bram", {"id": 7}), recipient=Side(3, "ada", {"id": 3}), title="Dinner", seen=False,
        parent_uri="ada@social.example:5f0c",
    )  # fmt: skip
    return made._replace(**changes)  # type: ignore[arg-type]


def test_keys_stand_in_the_order_of_the_wire() -> None:
    made = message(direct("<p>@alice See you &lt; six</p>"), Form(), frame())
    assert list(made) == [
        "id", "sender_id", "text", "recipient_id", "created_at", "sender_screen_name", "recipient_screen_name",
        "sender", "recipient", "title", "friendica_seen", "friendica_parent_uri",
    ]  # fmt: skip
    assert (made["text"], made["title"], made["friendica_seen"]) == ("Dinner\nSee you < six", "", 0)
    assert made["created_at"] == "Tue Jan 05 18:20:00 +0000 2021"


def test_xml_has_friendicas_own_names() -> None:
    made = message(direct("<p>@alice See you</p>"), Form(text="plain", users=False), frame(seen=True))
    body = xml_bytes("direct-messages", [made], "direct_message")
    assert b"<title>Dinner</title><friendica:seen>1</friendica:seen><friendica:parent_uri>ada@social" in body
    assert b"<sender>" not in body


@pytest.mark.parametrize(
    ("form", "text", "title"),
    [
        (Form(escape=True), "A &amp; B\n1 &lt; 2", ""),
        (Form("plain", escape=True), "1 &lt; 2", "A &amp; B"),
        (Form("html"), "<p>1 &lt; 2</p>", "A & B"),
        (Form("nonsense"), "", "A & B"),
    ],
)
def test_forms(form: Form, text: str, title: str) -> None:
    made = message(direct("<p>@alice 1 &lt; 2</p>"), form, frame(title="A & B"))
    assert (made["text"], made["title"]) == (text, title)


@given(st.text(alphabet="@ab.<>&# \n😀é/:", max_size=60), st.sampled_from(["", "plain"]), st.booleans())
def test_entities_stand_where_they_say(words: str, form: str, escape: bool) -> None:
    made = message(
        direct(f'<p>@alice {words.replace("<", "&lt;")} <a href="https://x.example/y">that</a></p>'),
        Form(form, entities=True, escape=escape),
        frame(title=words),
    )
    for link in made["entities"]["urls"]:
        start, end = link["indices"]
        assert made["text"][start:end] == link["url"]
    assert made["entities"]["urls"]
