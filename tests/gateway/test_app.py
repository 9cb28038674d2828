"""The application around the calls: front page, life sign, what is no call; and the access log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gateway import access_log
from tests.gateway.edge import Edge, basic

pytestmark = pytest.mark.anyio


async def test_front_page_says_what_to_type() -> None:
    page = (await Edge().get("/", login=False)).body.decode()
    assert "http://gw.example\n" in page
    assert "http://gw.example/api " in page
    configured = (await Edge(base_url="https://public.example").get("/")).body.decode()
    assert "https://public.example/api " in configured
    assert "gw.example" not in configured


async def test_life_sign() -> None:
    edge = Edge()
    assert (await edge.get("/livez", login=False)).body == b"ok\n"
    assert (await edge.must("HEAD", "/livez", login=False)).status == 200


@pytest.mark.parametrize("path", ["/nothing", "/livez/", "/photo/x-1.jpg", "/statuses", "/api2/help", "/%FF", "//evil"])
async def test_what_is_no_page_and_no_call(path: str) -> None:
    reply = await Edge().get(path)
    assert reply.status == 404
    assert "location" not in reply.headers


async def test_nothing_is_redirected() -> None:
    edge = Edge()
    for path in ("/api/help/test/", "/api//help/test", "/api", "/1.1/", "/livez/", "//api/help/test.json"):
        reply = await edge.get(path)
        assert reply.status in {200, 404, 501}
        assert "location" not in reply.headers


async def test_methods_of_pages() -> None:
    assert (await Edge().must("POST", "/livez")).status == 405


async def test_other_protocols_go_to_the_router() -> None:
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup" if not sent else "lifespan.shutdown"}

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    await Edge().app({"type": "lifespan", "state": {}}, receive, send)  # type: ignore[arg-type]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where the access log writes during the test."""
    before = (access_log.log.handlers[:], access_log.log.propagate, access_log.log.level)
    stream = io.StringIO()
    access_log.configure(stream=stream)
    access_log.log.setLevel(logging.INFO)
    yield stream
    access_log.log.handlers[:], access_log.log.propagate = before[:2]
    access_log.log.setLevel(before[2])


async def test_one_line_a_request(lines: io.StringIO) -> None:
    edge = Edge()
    reply = await edge.post(
        "/1.1/statuses/update/.xml?status=QUERYWORD&password=PW", b"title=BODYWORD", headers=[("User-Agent", "A" * 900)]
    )
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(written) == 1
    (line,) = written
    assert line.pop("time").endswith("+00:00")
    assert line.pop("ms") >= 0
    assert line == {
        "level": "info",
        "logger": "oldbird.access",
        "request": reply.headers["x-request-id"],
        "method": "POST",
        "status": 200,
        "bytes": len(reply.body),
        "call": "statuses/update",
        "mount": "1.1",
        "format": "xml",
        "login": "login-1",
        "agent": "A" * 200,
    }
    assert not any(word in lines.getvalue() for word in ("QUERYWORD", "BODYWORD", "PW", basic()[1].split()[1]))


async def test_lines_of_everything_else(lines: io.StringIO) -> None:
    edge = Edge()
    for path in ("/", "/api/nothing.json", "/x?secret=S", "/api/token=abcdefgh", "/api/account/verify_credentials"):
        await edge.get(path, login=False)
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(line["status"], line.get("path")) for line in written] == [
        (200, "/"),
        (501, "/api/nothing.json"),
        (404, "/x"),
        (501, "/api/token=[hidden]"),
        (401, None),
    ]
    assert [line.get("call") for line in written][-1] == "account/verify_credentials"


async def test_no_line_when_nobody_wants_it(lines: io.StringIO) -> None:
    access_log.log.setLevel(logging.WARNING)
    await Edge().get("/api/help/test.json")
    assert lines.getvalue() == ""


async def test_control_characters_do_not_break_the_line(lines: io.StringIO) -> None:
    await Edge().get("/nothing%0Aforged%1B[31m")
    assert len(lines.getvalue().splitlines()) == 1
