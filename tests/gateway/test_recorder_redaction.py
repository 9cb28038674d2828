"""What stays of an exchange in a recording, and what never does."""

from __future__ import annotations

import random
import string
import unicodedata
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.ask import Upload
from gateway.bodies import Body, parse
from gateway.exchange import Exchange
from gateway.paths import resolve
from gateway.recorder_redaction import Answered, Asked, Redaction
from gateway.recorder_words import Words

SECRET, MAIL = "S3CRET-of-a-person-77", "someone@mail.example"
SEED = b"seed"


def redaction(*, texts: bool = False) -> Redaction:
    """Of a recording."""
    return Redaction(Words(SEED), texts=texts)


def asked(
    method: str, target: str, body: Body | None = None, headers: dict[str, str] | None = None, *, texts: bool = False
) -> Asked:
    """A request as it is kept."""
    path, _, query = target.partition("?")
    given = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"method": method, "path": path, "query_string": query.encode(), "headers": given, "type": "http"}
    return redaction(texts=texts).asked(Exchange(scope, path, resolve(path)), body or Body())


def answered(document: Any, kind: str = "application/json", *, texts: bool = False, **headers: str) -> Answered:
    """A reply as it is kept."""
    body = document if isinstance(document, bytes) else msgspec.json.encode(document)
    pairs = [("Content-Type", kind), *headers.items()]
    return redaction(texts=texts).answered(200, pairs, body)


def said(kept: msgspec.Struct) -> str:
    """Everything that is written down."""
    return msgspec.json.encode(kept).decode()


SECRET_FIELDS = (
    "password", "pass", "oauth_token", "oauth_signature", "oauth_consumer_key", "x_auth_password", "x_auth_username",
    "access_token", "api_key", "client_secret", "session", "cookie", "authenticity_token", "oauth_verifier", "pin",
)  # fmt: skip


@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize("name", SECRET_FIELDS)
def test_secrets_are_left_out_wherever_they_stand(name: str, texts: bool) -> None:
    pair = urlencode({name: SECRET, "count": "5"})
    for path in ("/api/statuses/home_timeline.json", "/api/no/such/call.json"):
        kept = said(asked("POST", f"{path}?{pair}", parse(pair.encode()), texts=texts))
        assert SECRET not in kept
        assert name not in kept
        assert '"count","5"' in kept
    document = msgspec.json.encode({name: SECRET, "inner": {name: SECRET, "id": 5}})
    for kept in (
        said(asked("POST", "/api/direct_messages/events/new.json", parse(document, b"application/json"), texts=texts)),
        said(answered(document, texts=texts)),
        said(answered(f"<r><{name}>{SECRET}</{name}><id>5</id></r>".encode(), "text/xml", texts=texts)),
    ):
        assert SECRET not in kept
        assert "5" in kept


@pytest.mark.parametrize("texts", [False, True])
def test_headers_are_kept_by_name_only(texts: bool) -> None:
    headers = {
        "Authorization": f"Basic {SECRET}", "Cookie": f"a={SECRET}", "X-Forwarded-For": "203.0.113.9", "X-Api": SECRET,
        "Host": "h.example", "Referer": f"https://x/{SECRET}", "Accept": "*/*", "Expect": "100-continue",
        "Content-Type": f"multipart/form-data; {SECRET}",
        "User-Agent": f"Program/1.0 (+https://{SECRET}.example) {MAIL}",
    }  # fmt: skip
    kept = asked("GET", "/api/help/test.json", headers=headers, texts=texts)
    assert kept.headers == {"accept": "*/*", "expect": "100-continue", "content-type": "multipart/form-data"}
    assert (kept.auth, kept.agent.startswith("Program/1.0")) == ("basic", True)
    assert not {SECRET, MAIL, "203.0.113.9", "h.example"} & set(said(kept).split('"'))
    assert SECRET not in said(kept)
    assert MAIL not in said(kept)
    reply = answered({}, texts=texts, **{"Set-Cookie": SECRET, "Location": f"https://x/?{SECRET}", "Retry-After": "5"})
    assert reply.headers == {"content-type": "application/json", "retry-after": "5"}


def test_bytes_of_files_are_never_kept() -> None:
    picture = b"\x89PNG" + SECRET.encode()
    files = {"media": [Upload(data=picture, name=SECRET)]}
    kept = asked("POST", "/api/statuses/update_with_media.json", Body(files=files))
    assert kept.body is not None
    assert kept.body.files == [("media", len(picture))]
    assert SECRET not in said(kept)
    text = asked("POST", "/api/media/upload.json", parse(urlencode({"media": SECRET}).encode()), texts=True)
    assert SECRET not in said(text)
    assert answered(picture, "image/png").body is None


def test_files_in_replies_are_never_kept() -> None:
    """friendica/photo has the picture in its answer."""
    picture = "iVBORw0KGgo" + SECRET
    for reply in (answered({"id": "5", "data": picture}, texts=True),
                  answered(f"<photo><data>{picture}</data></photo>".encode(), "text/xml", texts=True)):  # fmt: skip
        assert SECRET not in said(reply)
        assert f"{len(picture)} characters of a file" in said(reply)


def test_no_address_that_opens_a_picture_is_kept() -> None:
    private = f"https://h.example/photo/{'0a' * 16}-2.jpg?sig={SECRET}"
    old = f"https://h.example/pictures/{SECRET}/a_normal.jpg"
    form = parse(urlencode({"status": f"{old} {private}"}).encode())
    for kept in (
        answered({"link": private, "profile_image_url": old, "text": f'<img src="{old}"> {private}.'}, texts=True),
        answered(f'<r><l a="{old}">{private}</l></r>'.encode(), "text/xml", texts=True),
        asked("POST", "/api/statuses/update.json", form, texts=True),
    ):
        assert SECRET not in said(kept)
        assert "h.example" in said(kept)


@pytest.mark.parametrize("text", ["a" * 100_000, "a@" + "a-" * 50_000, "token" * 20_000, "a@a." * 20_000, "<" * 50_000])
def test_no_text_takes_long(text: str) -> None:
    """Anybody can send it with a name that is recorded: with the square of its length, it would take many minutes."""
    for texts in (False, True):
        said(asked("POST", "/api/statuses/update.json", parse(urlencode({"status": text}).encode()), texts=texts))
        said(answered({"text": text}, texts=texts))
    large = asked("POST", "/api/statuses/update.json", parse(urlencode({"status": text * 50}).encode()))
    assert (large.body is not None, large.body and large.body.fields) == (True, [])


NAMES = ("status", "text", "screen_name", "user_id_text", "description", "title", "name", "in_reply_to_screen_name",
         "statusnet_html", "error", "message", "url", "something_new")  # fmt: skip


@pytest.mark.parametrize("key", NAMES)
def test_texts_and_names_become_placeholders(key: str) -> None:
    text = "Zanzibar wrote to @quentin: Grüße 🦜 at https://zanzibar.example/x?y=1"
    kept = answered({key: text, "user": {key: text}, "list": [text]}).body
    assert len({kept[key], kept["user"][key]}) == 1
    for word in ("Zanzibar", "zanzibar", "quentin", "Grüße", "🦜", "wrote"):
        assert word not in said(answered({key: text}))
    assert [len(kept["list"][0]), len(kept["list"][0].encode())] == [len(text), len(text.encode())]
    query = asked("GET", f"/api/no_such/call.json?{urlencode({key: text})}")
    assert "Zanzibar" not in said(query)
    xml = answered(f"<r a='{text}'><{key}>{text}</{key}>{text}</r>".encode(), "text/xml; charset=utf-8").body
    assert "anzibar" not in xml
    assert etree.fromstring(xml).find(key) is not None


@pytest.mark.parametrize("word", ["true", "no", "1", "on", "None"])
def test_a_text_of_one_word_is_a_text_too(word: str) -> None:
    assert word not in said(answered({"text": word})).partition('"body"')[2].replace("text", "")
    kept = asked("POST", "/api/statuses/update.json", parse(urlencode({"status": word}).encode()))
    assert kept.body is not None
    assert kept.body.fields[0][1] != word or word == kept.body.fields[0][1].swapcase()


def test_names_in_paths_are_replaced_and_ids_are_not() -> None:
    assert asked("GET", "/api/statuses/show/12345.json").path == "/api/statuses/show/12345.json"
    shown = asked("GET", "/1.1/users/show/quentin.xml").path
    assert shown.startswith("/1.1/users/show/")
    assert "quentin" not in shown
    assert len(shown) == len("/1.1/users/show/quentin.xml")
    unknown = asked("GET", f"/api/statuses/lookup_timeline/quentin/{SECRET}.json").path
    assert unknown.startswith("/api/statuses/lookup_timeline/")
    assert not any(word in unknown for word in (SECRET, "quentin"))
    assert "quentin" in asked("GET", "/api/statuses/quentin", texts=True).path
    request = f"api/users/show/quentin.json?token={SECRET}&id=5"
    error = answered({"error": "User quentin not found.", "request": request})
    assert error.body["error"].startswith("User ")
    assert error.body["error"].endswith(" not found.")
    assert "quentin" not in said(error)
    assert SECRET not in said(error)
    assert error.body["request"].endswith("?id=5")


def test_ids_counts_dates_and_truths_stay() -> None:
    status = {
        "id": 4611686018427387905, "id_str": "4611686018427387905", "in_reply_to_status_id": None, "favorited": False,
        "created_at": "Sun Nov 22 01:50:17 +0000 2026", "user": {"id": 7, "followers_count": 12}, "truncated": False,
        "entities": {"hashtags": [], "user_mentions": [{"indices": [0, 6]}]},
    }  # fmt: skip
    assert answered(status).body == status
    assert answered({"lat": 52.5, "coordinates": [13.25, 52.5], "telephone": 5551234}).body["coordinates"] == [0.0, 0.0]
    assert answered({"telephone": 5551234}).body["telephone"] != 5551234
    kept = asked("GET", "/api/statuses/home_timeline.json?count=5&since_id=99&include_entities=true&lat=52.5")
    assert kept.query == [("count", "5"), ("since_id", "99"), ("include_entities", "true"), ("lat", kept.query[3][1])]
    assert "52.5" not in said(kept)


def test_wanted_texts_stay_but_for_addresses_and_what_looks_secret() -> None:
    kept = answered({"text": f"Hello Zanzibar, write to {MAIL}; password=abc123", "id": 1}, texts=True).body
    assert kept["text"].startswith("Hello Zanzibar, write to ")
    assert MAIL not in kept["text"]
    assert "abc123" not in kept["text"]
    form = parse(urlencode({"status": "Hello Zanzibar", "unheard_of": "Zanzibar"}).encode())
    body = asked("POST", "/api/statuses/update.json", form, texts=True).body
    assert body is not None
    assert body.fields[0] == ("status", "Hello Zanzibar")
    assert body.fields[1][1] != "Zanzibar", "what no call knows is replaced whatever is wanted"


def test_what_cannot_be_read_is_not_kept() -> None:
    for body, kind in ((b"oauth_token=x&y", "application/x-www-form-urlencoded"), (b"f({})", "application/json"),
                       (b"<r>", "text/xml"), (b"<p>", "text/html"), (b"[" * 9000, "application/json")):  # fmt: skip
        assert (answered(body, kind).kind, answered(body, kind).body) == ("other", None)
    bomb = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r>&a;</r>'
    assert "hostname" not in said(answered(bomb, "text/xml"))


@given(st.text(max_size=60))
def test_placeholders_have_the_length_and_kinds_of_what_they_stand_for(text: str) -> None:
    made = Words(SEED).text(text)
    if not any(unicodedata.category(letter) == "Cs" for letter in text):
        assert len(made.encode()) == len(text.encode())
    assert len(made) == len(text)
    assert made == Words(SEED).text(text)
    for before, after in zip(text, made, strict=True):
        assert before.isspace() == after.isspace() or not before.isascii() or before not in string.printable
        assert (before in string.punctuation) == (after in string.punctuation) or not before.isascii() or after == "?"


def test_the_same_word_is_the_same_everywhere_and_another_seed_makes_others() -> None:
    words = Words(SEED)
    name = words.text("quentin")
    assert words.text('<p>Hi <a href="https://x.example/@quentin">@quentin</a> &amp; QUENTIN</p>').count(name) == 2
    assert words.text("<p>a</p>").startswith("<p>")
    assert words.text("0123456789abcdef0123456789abcdef").strip("0123456789abcdef") == ""
    others = {Words(random.Random(number).randbytes(8)).text("quentin") for number in range(20)}
    assert len(others) == 20
