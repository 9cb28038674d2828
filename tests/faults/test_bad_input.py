"""Whatever a client sends, it gets a documented answer in its format; nothing crashes, nothing is posted by mistake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.calls import Call, Type
from tests import shapes
from tests.faults.calls import CALLS, CASES, FORMATS, PICTURE, good, name, send
from tests.gateway_harness import Answer, Ground
from tests.shapes_statuses import forms

NUMBERS = (
    "0", "-1", "abc", "", "99999999", "9" * 30, "1.5", "1e9", "0x10", "٣", " 5 ", "5\x00", "\x00", "null", "'--", "∞",
)  # fmt: skip
TEXTS = (
    "\x00", "\x07\x0b\x1b[31m", "\u202e\u2066", "\ufffe\uffff", "a" * 40_000, "%", "@", "@@@@", "<x>&\"'", "..%2f..",
    "<1><", "<99999>", '{"user":[{"cid":', '{"user":[{"cid":9},{"cid":9},{"cid":0},{"cid":1e99},{"cid":[]}]}',
)  # fmt: skip
VALUES: dict[Type, tuple[str, ...]] = {
    Type.ID: NUMBERS,
    Type.COUNT: NUMBERS,
    Type.FLAG: ("maybe", "2", "", "\x00", "TRUE", "null"),
    Type.NUMBER: (*NUMBERS, "nan", "inf", "1e999", "-91"),
    Type.LIST: (*NUMBERS, ",,,", "1," * 3000, "[1]"),
    Type.TEXT: TEXTS,
    Type.FILES: (*TEXTS, "data:image/png;base64,!!!", "iVBORw0KGgo="),
}
ALLOWED = {200, 302, 400, 403, 404, 413}

LEADING_ON = {"friendica/remoteauth", "notification/view", "display/status"}
"""Calls whose success is another address."""


def check(call: Call, sent: Any, answer: Answer) -> None:
    """A documented answer in the asked format, whose success has its shape."""
    documented = answer.status == 500 and shapes.shows_documented_500(answer.body)
    assert documented or answer.status in ALLOWED, (call.path, sent, answer.status, answer.body[:200])
    if answer.status == 302:
        assert call.path in LEADING_ON
        assert answer.headers["location"].startswith("https://")
    elif answer.status == 200:
        with forms(extended=None, trimmed=None):
            shapes.validate(call.path, answer.format, answer.body)
    else:
        shapes.validate_error(answer.status, answer.format, answer.body, answer.headers)


@pytest.mark.anyio
@pytest.mark.parametrize(("call", "format"), CASES, ids=name)
async def test_every_parameter_survives_every_bad_value(ground: Ground, call: Call, format: str) -> None:
    request = await good(ground, call)
    before, accepted = len(ground.world.posts), 0
    for param in call.params:
        for value in VALUES[param.type]:
            answer = await send(ground, call, request, format, **{param.name: value})
            check(call, (param.name, value), answer)
            accepted += answer.status == 200
    assert len(ground.world.posts) <= before + accepted


@pytest.mark.anyio
@pytest.mark.parametrize(("call", "format"), CASES, ids=name)
async def test_bytes_that_are_no_text_are_refused_or_read(ground: Ground, call: Call, format: str) -> None:
    request = await good(ground, call)
    raws = (b"\xff\xfe", b"%FF%FE", b"%", b"%zz", b"%00", b"%C3%28", b"%ED%A0%80", b"a=" * 3000, b"=&=&;&&&=")
    query, path = "&".join(f"{key}={value}" for key, value in request.params.items()), f"/api/{call.path}"
    for raw in raws:
        for url in (f"{path}.{format}?{query}&count=%FF&x={raw.decode('latin-1')}", f"{path}.{format}?%FF={query}"):
            answer = await ground.request(request.method, url, format=format, files=request.files)
            check(call, url, answer)
        form = {"content-type": "application/x-www-form-urlencoded"}
        content = b"status=" + raw + b"&id=" + raw + b"&q=" + raw + b"&screen_name=" + raw
        method = "POST" if "POST" in call.methods else "GET"
        answer = await ground.request(method, call.path, format=format, content=content, headers=form)
        check(call, content, answer)
        if call.tail:
            answer = await ground.request(request.method, f"{path}/{raw.decode('latin-1')}.{format}", format=format)
            assert answer.status in ALLOWED | {501}, (call.path, raw)


BODIES: tuple[tuple[str, bytes], ...] = (
    ("", b"status=x"),
    ("application/json", b'{"status": "x"}'),
    ("application/json", b'{"status":'),
    ("text/plain; charset=utf-16", b"\xff\xfes\x00"),
    ("application/octet-stream", bytes(range(256))),
    ("multipart/form-data", b"--b\r\n\r\n"),
    ("multipart/form-data; boundary=", b"----\r\n"),
    ("multipart/form-data; boundary=b", b""),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="media"; filename="a'),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="media"\r\n\r\n' + PICTURE),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: file; name=media\r\n\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: y\r\n" * 3000 + b"\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=" + "b" * 300, b"--" + b"b" * 300 + b"--\r\n"),
    ("nonsense", b"status=x"),
)


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["statuses/update", "statuses/update_with_media", "media/upload", "favorites/create"])
@pytest.mark.parametrize("format", FORMATS)
async def test_bodies_of_every_kind_are_answered(ground: Ground, path: str, format: str) -> None:
    call = next(call for call in CALLS if path in call.paths)
    for kind, content in BODIES:
        headers = {"content-type": kind} if kind else {}
        answer = await ground.request("POST", path, format=format, content=content, headers=headers)
        check(call, (kind, content), answer)


@pytest.mark.anyio
@pytest.mark.parametrize("format", FORMATS)
async def test_a_body_of_50_megabytes_is_refused_without_being_kept(ground: Ground, format: str) -> None:
    taken = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield bytes(1 << 20)

    for content in (bytes(50 << 20), flood()):
        reply = await ground.request("POST", "media/upload", format=format, content=content)
        assert reply.status == 413
        shapes.validate_error(413, format, reply.body, reply.headers)
    assert ground.wire.sent == []
    assert taken <= 50


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Empty post discarded."),
        ({"status": ""}, "Empty post discarded."),
        ({"status": " \t\n "}, "Empty post discarded."),
        ({"htmlstatus": "<p> </p>"}, "Empty post discarded."),
        ({"status": "x" * 501}, "500"),
        ({"status": "x" * 490, "title": "y" * 20}, "500"),
        ({"status": "x", "media_ids": "99999999"}, "media_ids"),
        ({"status": "x", "media_ids": "abc"}, "media_ids"),
    ],
)
@pytest.mark.parametrize("format", FORMATS)
async def test_what_cannot_be_posted_says_why(ground: Ground, form: dict[str, str], said: str, format: str) -> None:
    reply = await ground.post("statuses/update", format=format, **form)
    assert reply.status == 400
    assert said in reply.error
    assert ground.wire.count("post") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("parent", ["99999999", "abc", "9" * 30, "-7"])
async def test_an_answer_to_nothing_is_not_posted(ground: Ground, parent: str) -> None:
    reply = await ground.post("statuses/update", status="to whom?", in_reply_to_status_id=parent)
    assert (reply.status, reply.error) == (404, "Unable to locate original post.")
    assert ground.wire.count("post") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("parent", ["0", "", "-1"])
async def test_no_parent_is_a_new_post(ground: Ground, parent: str) -> None:
    reply = await ground.post("statuses/update", status="new", in_reply_to_status_id=parent)
    assert reply.json["in_reply_to_status_id"] is None


@pytest.mark.anyio
@pytest.mark.parametrize("data", [b"", b"not an image", b"<svg/>", b"GIF", PICTURE[:6], b"\x00" * 100])
async def test_what_is_no_picture_is_refused_before_sending(ground: Ground, data: bytes) -> None:
    for format in FORMATS:
        for files in ({"media": ("a.png", data, "image/png")}, {"media[]": ("", data)}):
            reply = await ground.post("media/upload", format=format, files=files)
            assert reply.status == 400, (data, files)
    assert ground.wire.count("upload") == 0


@pytest.mark.anyio
async def test_control_characters_leave_xml_well_formed(ground: Ground) -> None:
    text = "bell \x07 vt \x0b esc \x1b end \ufffe"
    posted = await ground.post("statuses/update", status=text, title="t\x00u")
    assert posted.status == 200
    for path in ("statuses/home_timeline", "statuses/user_timeline", "users/show"):
        for format in ("xml", "rss", "atom") if "timeline" in path else ("xml",):
            assert (await ground.get(path, format=format)).status == 200
