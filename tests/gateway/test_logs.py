"""Log lines, and what never stands in them."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import logs
from gateway.errors import ApiError
from gateway.vault import new_password
from tests.gateway.far_side import ALICE, HERE, desk_on

log = logging.getLogger("oldbird.test")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Everything logged in the test; logging is as before afterwards."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in logs.QUIET}
    logs.configure("debug", stream=written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    """The decoded lines."""
    return [msgspec.json.decode(line) for line in stream.getvalue().splitlines()]


def failed(error: Exception) -> None:
    """Log `error` with its traceback."""
    try:
        raise error
    except type(error):
        log.exception("It failed")


def test_a_line_is_one_json_object(stream: io.StringIO) -> None:
    log.info("Hello %s\nworld", "ä", extra={"call": "help/test", "ms": 1.5, "size": 3, "ok": True, "who": None})
    (line,) = lines(stream)
    time = line.pop("time")
    assert isinstance(time, str)
    assert datetime.fromisoformat(time).utcoffset() is not None
    assert line == {
        "level": "info", "logger": "oldbird.test", "message": "Hello ä\nworld",
        "call": "help/test", "ms": 1.5, "size": 3, "ok": True, "who": None,
    }  # fmt: skip


def test_an_error_carries_its_traceback_without_secrets(stream: io.StringIO) -> None:
    failed(ValueError("Authorization: Bearer tok-alice-3f9c"))
    (line,) = lines(stream)
    assert "ValueError: Authorization: [hidden]" in str(line["error"])
    assert "Traceback" in str(line["error"])


def test_plain_text_for_people(stream: io.StringIO) -> None:
    logs.configure("info", json=False, stream=stream)
    log.debug("not wanted")
    log.warning("token=%s", "abc", extra={"password": "p", "ms": 3})
    line = stream.getvalue()
    assert "WARNING oldbird.test: token=[hidden] [password=[hidden] ms=3]" in line
    assert "not wanted" not in line


def test_configuring_twice_writes_once_and_uvicorn_writes_here(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").addHandler(logging.StreamHandler(stream))
    logs.configure("info", stream=stream)
    logging.getLogger("uvicorn.error").info("started", extra={"color_message": "\x1b[36m"})
    logging.getLogger("httpx2").info("GET /?access_token=x")
    (line,) = lines(stream)
    assert (line["message"], line["logger"]) == ("started", "uvicorn.error")
    assert "color_message" not in line


HEADER = "Basic " + base64.b64encode(b"alice:abcd-efgh").decode()
SECRETS = [
    (f"Authorization: {HEADER}", HEADER[6:]),
    (f"headers={{'authorization': '{HEADER}'}}", HEADER[6:]),
    (f"(b'authorization', b'{HEADER}')", HEADER[6:]),
    (f"sent {HEADER.lower()[:6]}{HEADER[6:]} to", HEADER[6:]),
    ("Bearer tok-alice-3f9c", "tok-alice-3f9c"),
    ("GET /x?count=1&access_token=tok_1&b=2", "tok_1"),
    ('{"access_token": "a b c", "x": 1}', "a b c"),
    (r"{\"client_secret\": \"xyz\"}", "xyz"),
    ("x_auth_password=xyz&x_auth_mode=client_auth", "xyz"),
    ('OAuth oauth_consumer_key="ck", oauth_signature="sig"', "sig"),
    ("redirected to /callback?state=1&code=c0de", "c0de"),
    ("redis://user:pw@h:6379/0", "pw@"),
    ("redis://:pw@h", "pw@"),
    ("Set-Cookie: session=xyz; Path=/", "xyz"),
    ("the password is abcd-efgh-ijkl-mnop-qrst-uvwx-2345.", "abcd-efgh"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_secrets_are_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in logs.redact(text)
    assert logs.HIDDEN in logs.redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET https://social.example/@alice 200", "error code: 404", '"code": "400 Bad Request"',
        "basic authentication failed", "Bearer tokens are sealed", "the token of alice is gone", "status=200 count=3",
        "abcd-efgh",
        "sqlite:///var/x.sqlite",
    ],
)  # fmt: skip
def test_ordinary_text_stays(text: str) -> None:
    assert logs.redact(text) == text


@given(st.text(min_size=1), st.text(min_size=3))
def test_any_basic_header_is_taken_out(name: str, password: str) -> None:
    text = base64.b64encode(f"{name}:{password}".encode("utf-8", "surrogatepass")).decode()
    assert text not in logs.redact(f"got Authorization: Basic {text} from")
    assert text not in logs.redact(f"{{'Authorization': 'Basic {text}'}}")


def test_any_app_password_is_taken_out() -> None:
    for password in (new_password() for _ in range(200)):
        for text in (password, f"({password})", f"password {password}, {password}.", f"alice:{password}@x"):
            assert password not in logs.redact(text)


@pytest.mark.anyio
async def test_a_day_of_logins_leaves_no_secret_in_the_log(stream: io.StringIO, tmp_path: Path) -> None:
    async with desk_on(tmp_path / "s") as desk:
        linked = await desk.alice()
        assert linked.login is not None
        header = "Basic " + base64.b64encode(f"alice:{linked.password}".encode()).decode()
        assert await desk.auth.session(header, "api")
        await desk.store.put_login(msgspec.structs.replace(linked.login, sealed=b"damaged"))
        with pytest.raises(ApiError):
            await desk.auth.session(header, "api")
        del desk.far.tokens[HERE, ALICE]
        log.info("Refused %s", header, extra={"authorization": header, "token": ALICE})
        failed(RuntimeError(f"{{'Authorization': 'Bearer {ALICE}'}} password={linked.password}"))
    text = stream.getvalue()
    assert linked.login.id in text  # the damaged login was reported
    for secret in (ALICE, linked.password, header.removeprefix("Basic ")):
        assert secret not in text
