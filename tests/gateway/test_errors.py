"""Every error in every format: one shape, no secrets, never a stack trace, never an unhandled 500."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters import errors as backend
from gateway.ask import Ask
from gateway.bodies import FORM_TYPE
from gateway.call_rows import CALLS
from gateway.dialects import MOUNTS
from gateway.errors import ApiError
from gateway.exchange import public_query
from gateway.replies import Reply
from gateway.stores.store import StoreDown
from tests.gateway.edge import JSON_TYPES, XML_TYPE, Edge, Got, basic

pytestmark = pytest.mark.anyio

NAMESPACE = "{http://api.twitter.com}"


class Three(msgspec.Struct, forbid_unknown_fields=True):
    """What the specification promises."""

    error: str
    request: str
    code: str


class Coded(msgspec.Struct, forbid_unknown_fields=True):
    """What Twitter libraries read."""

    code: int
    message: str


class JsonError(msgspec.Struct, forbid_unknown_fields=True):
    """The whole body."""

    error: str
    request: str
    code: str
    status: Three
    errors: list[Coded]


def checked(reply: Got) -> dict[str, str]:
    """error, request and code of a reply in the declared shape."""
    assert reply.headers["x-content-type-options"] == "nosniff"
    if reply.type in JSON_TYPES:
        body = msgspec.json.decode(reply.body, type=JsonError, strict=True)
        assert (body.status.error, body.status.request, body.status.code) == (body.error, body.request, body.code)
        assert [coded.message for coded in body.errors] == [body.error]
        found = {"error": body.error, "request": body.request, "code": body.code}
    elif reply.type == FORM_TYPE.decode():  # of which the text is all there is
        ((name, text),) = parse_qsl(reply.body.decode(), strict_parsing=True)
        assert (name, bool(text)) == ("error", True)
        return {}
    else:
        found = xml_error(reply.body)
    assert found["error"]
    assert found["code"].startswith(f"{reply.status} ")
    return found


def xml_error(body: bytes) -> dict[str, str]:
    """The same from XML."""
    assert body.startswith(b"<?xml")
    assert body.endswith(b">\n")
    root = etree.fromstring(body)
    assert root.tag == f"{NAMESPACE}status"
    found = {str(child.tag).removeprefix(NAMESPACE): child.text or "" for child in root}
    assert set(found) == {"error", "request", "code"}
    assert len(root) == 3
    return found


def raising(error: Exception) -> Edge:
    edge = Edge()

    async def fail(_: Ask) -> Reply:
        raise error

    edge.answer = fail
    return edge


ERRORS: list[tuple[Exception, int, str]] = [
    (ApiError(400, "There is no status with this id."), 400, "There is no status with this id."),
    (ApiError(404, "User <b> & \x07 not found."), 404, ""),
    (backend.BadAnswer("The server answered something else."), 502, "The server answered something else."),
    (backend.Unavailable("The server is not there.", 12), 503, "The server is not there."),
    (backend.Slow("The server did not answer in time."), 504, "The server did not answer in time."),
    (backend.OutcomeUnknown("It is not known whether it was posted."), 504, "It is not known whether it was posted."),
    (backend.RateLimited("Wait.", 12), 429, "Wait."),
    (backend.Refused("Not allowed."), 403, "Not allowed."),
    (backend.Missing("Not there."), 404, "Not there."),
    (backend.Rejected("Not taken."), 400, "Not taken."),
    (backend.Unsupported("snac has no lists."), 501, "snac has no lists."),
    (StoreDown("redis://secret"), 503, "The store is not available, try again."),
    (TimeoutError("inside"), 504, "This took too long."),
    (ValueError("secret detail"), 500, "Internal Server Error"),
    (RecursionError("deep"), 500, "Internal Server Error"),
]


@pytest.mark.parametrize("extension", [".json", ".xml", ".rss", ".atom", ""])
@pytest.mark.parametrize(("error", "status", "text"), ERRORS, ids=lambda value: type(value).__name__)
async def test_whatever_a_handler_raises(error: Exception, status: int, text: str, extension: str) -> None:
    reply = await raising(error).get(f"/api/statuses/home_timeline{extension}?count=3")
    found = checked(reply)
    assert reply.status == status
    assert found["request"] == f"api/statuses/home_timeline{extension}?count=3"
    assert text in {found["error"], ""}
    assert b"secret" not in reply.body


async def test_unforeseen_errors_are_in_the_log_only(caplog: pytest.LogCaptureFixture) -> None:
    reply = await raising(ValueError("hidden detail")).get("/api/help/test.json")
    assert b"hidden" not in reply.body
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert reply.headers["x-request-id"] in record.getMessage()
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "hidden detail"


async def test_foreseen_errors_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    await raising(ApiError(500, "image upload failed")).get("/api/help/test.json")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/1/nothing", "/1.1", "/api/1.1/a/b/c", "/api/1/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "OPTIONS", "TRACE"])
async def test_unknown_call(path: str, method: str) -> None:
    reply = await Edge().must(method, f"{path}?a=b", login=False)
    assert reply.status == 501
    assert checked(reply) == {"error": "Not Implemented", "request": f"{path[1:]}?a=b", "code": "501 Not Implemented"}


@pytest.mark.parametrize(
    ("extension", "kind"), [(".xml", XML_TYPE), (".rss", "application/rss+xml"), ("", "application/json")]
)
async def test_unknown_call_in_the_asked_format(extension: str, kind: str) -> None:
    reply = await Edge().get(f"/api/does/not/exist{extension}")
    assert (reply.status, reply.type) == (501, kind)
    checked(reply)
    head = await Edge().must("HEAD", f"/api/does/not/exist{extension}")
    assert (head.status, head.body) == (501, b"")


@pytest.mark.parametrize("extension", ["json", "xml"])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.path)
async def test_every_row_has_its_errors_in_shape(call: Any, extension: str) -> None:
    edge = raising(backend.BadAnswer("Not readable."))
    path = f"/api/{call.path}.{extension}"
    for method in ("GET", "POST", "TRACE"):
        reply = await edge.must(method, path)
        assert reply.status in {405, 501, 502}
        assert checked(reply).get("request", path[1:]) == path[1:]
    bad = await edge.must(call.methods[0], path, headers=[basic(password="x")], login=False)
    assert bad.status in {401, 501, 502}
    checked(bad)


SECRETS = "password oauth_token oauth_n x_auth_password callback access_token Password pass%77ord %20token OAUTH_N"


@pytest.mark.parametrize("name", SECRETS.split())
async def test_secrets_are_not_repeated(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    edge = raising(ValueError("x"))
    for path in ("/api/statuses/show.json", "/api/nothing.xml", "/nothing"):
        reply = await edge.get(f"{path}?id=9&{name}=S3CRET&count=1")
        assert b"S3CRET" not in reply.body
        assert path == "/nothing" or b"id=9" in reply.body
    assert "S3CRET" not in caplog.text


def test_query_as_it_is_repeated() -> None:
    assert public_query(b'id=9&a=%C3%A4&b=x+y&c=<z>&d=\xff\x00"&') == "id=9&a=%C3%A4&b=x+y&c=%3Cz%3E&d=%FF%00%22"
    assert public_query(b"") == ""


async def test_long_requests_are_repeated_in_part() -> None:
    reply = await Edge().get("/api/nothing.json?" + "a=b&" * 900)
    assert len(checked(reply)["request"]) == 2000


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("id=%FF", 200),
        ("status=%FF", 400),
        ("status=" + "x" * 200_001, 400),
        ("a&" * 1001, 400),
        ("title=" + "x" * 1001, 400),
    ],
)
async def test_bad_parameters(query: str, status: int) -> None:
    reply = await Edge().post("/api/statuses/update.xml?" + query)
    assert reply.status == status
    if status != 200:
        checked(reply)


EDGE = Edge()
Headers = list[tuple[str, str]]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"]
PATHS = st.one_of(
    st.binary(max_size=60).filter(lambda raw: b"?" not in raw).map(lambda raw: b"/" + raw),
    st.builds(
        lambda mount, call, extra: b"/".join([b"", mount.encode(), call.path.encode()]) + extra,
        st.sampled_from(list(MOUNTS)),
        st.sampled_from(CALLS),
        st.sampled_from([b"", b".json", b".xml", b"/9.json", b"/%FF.xml", b"/", b"/a%00b.json", b"/\xff", b"//x@y"]),
    ),
)
KINDS = st.sampled_from(
    [
        "",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/xml",
        '\xff;="',
        "application/json; charset=utf-16",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda body: b"--x\r\nContent-Disposition: form-data; name=media\r\n\r\n" + body, st.binary(max_size=80)),
    st.sampled_from([b'{"id": 9, "status": ["a"]}', b"status=%FF", b"[" * 3000, b"--x--", b"--x\r\n\r\n\r\n--x--"]),
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Authorization", "Origin", "Host", "Content-Length", "User-Agent", "Sec-Fetch-Site"]),
        st.text(st.characters(max_codepoint=255), max_size=20),
    ),
    max_size=3,
)


@pytest.fixture
def quiet() -> Iterator[None]:
    """The parser of multipart bodies comments on each damaged one."""
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    yield
    logging.getLogger("python_multipart").setLevel(logging.NOTSET)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(METHODS), PATHS, st.binary(max_size=80), KINDS, BODIES, HEADERS, st.booleans())
async def test_nothing_a_client_sends_is_our_fault(
    quiet: None, method: str, path: bytes, query: bytes, kind: str, body: bytes, extra: Headers, login: bool
) -> None:
    headers = [*extra, *([("Content-Type", kind)] if kind else [])]
    reply = await EDGE.must(method, path + b"?" + query, headers=headers, body=body, login=login)
    EDGE.asked.clear()
    assert reply.status in {200, 400, 401, 403, 404, 405, 408, 413, 501}
    if reply.status != 200 and reply.body and not reply.type.startswith("text/plain"):
        checked(reply)
