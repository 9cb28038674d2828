"""The way of a request to its handler and back, over the whole table."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from adapters.backend import RateState
from adapters.errors import RateLimited, TokenGone, Unavailable
from gateway.ask import Ask
from gateway.call_rows import CALLS
from gateway.calls import ANY, FORM, Call
from gateway.dialects import MOUNTS
from gateway.paths import Target
from gateway.replies import Empty, Reply, Tree
from gateway.stores.store import StoreDown
from tests.gateway.edge import JSON_TYPES, XML_TYPE, Edge, basic, send

pytestmark = pytest.mark.anyio

WORKING = [call for call in CALLS if call.handler and call.formats != FORM]
METHODS = (*ANY, "TRACE", "PROPFIND")
TYPES = {
    "": "application/json",
    ".json": "application/json",
    ".xml": XML_TYPE,
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
}
ALONE = {".rdf": "application/rdf+xml"}
"""Of rows with one format, which no extension changes."""


def method_of(call: Call) -> str:
    return call.methods[0]


async def test_every_working_row_on_every_mount_and_extension() -> None:
    edge = Edge()
    for call in WORKING:
        for path in call.paths:
            for mount in MOUNTS:
                for extension in TYPES:
                    reply = await edge.must(method_of(call), f"/{mount}/{path}{extension}")
                    first = f".{call.formats[0]}"
                    kind = ALONE.get(first) or TYPES[extension or first]
                    assert (reply.status, reply.type) == (200, kind), (path, mount, extension)
                    ask = edge.asked.pop()
                    assert ask.call == call
                    asked = call.formats[0] if first in ALONE else extension[1:] or call.formats[0]
                    assert ask.format == (asked if asked in call.formats else "xml")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.path)
async def test_wrong_methods_are_405_before_anybody_logs_in(call: Call) -> None:
    edge = Edge()
    for method in METHODS:
        reply = await edge.must(method, f"/api/{call.path}.json", login=False)
        if method in call.methods:
            assert reply.status != 405
        else:
            assert reply.status == 405
            assert reply.headers["allow"] == ", ".join(call.methods)
            assert "www-authenticate" not in reply.headers


async def test_planned_rows_are_501(monkeypatch: pytest.MonkeyPatch) -> None:
    for extension, kind in TYPES.items():
        planned = Target(Call(path="help/later"), "api", extension[1:] or "json", "")
        monkeypatch.setattr("gateway.dispatch.resolve", lambda path, planned=planned: planned)
        reply = await Edge().get(f"/api/help/later{extension}", login=False)
        assert (reply.status, reply.type) == (501, kind)


@pytest.mark.parametrize("call", WORKING, ids=lambda call: call.path)
async def test_who_may_call(call: Call) -> None:
    edge = Edge()
    path, method = f"/api/{call.path}.json", method_of(call)
    assert (await edge.must(method, path, login=False)).status == (401 if call.auth else 200)
    wrong = await edge.must(method, path, headers=[basic(password="bad")], login=False)
    assert wrong.status == (401 if call.auth or call.anonymous else 200)
    reader = await edge.must(method, path, headers=[basic("reader")], login=False)
    assert reader.status == (403 if call.write else 200)
    for reply in (wrong, reader):
        assert ("www-authenticate" in reply.headers) == (reply.status == 401)


async def test_challenge() -> None:
    reply = await Edge().get("/api/account/verify_credentials.json", login=False)
    assert reply.headers["www-authenticate"] == 'Basic realm="Friendica"'
    assert reply.json()["error"] == "This API requires login"


async def test_anonymous_backend() -> None:
    edge = Edge()
    edge.anonymous_session = edge.session()
    for call in WORKING:
        edge.asked.clear()
        await edge.must(method_of(call), f"/api/{call.path}.json", login=False)
        assert [ask.anonymous for ask in edge.asked] == ([] if call.auth else [not call.anonymous])


async def test_calls_for_everybody_need_nothing_at_all() -> None:
    edge = Edge()
    for error in (StoreDown("gone"), Unavailable("down")):
        edge.auth_error = error
        assert (await edge.get("/api/help/test.json")).status == 200
        assert (await edge.get("/api/users/show.json")).status == 503


async def test_index_php() -> None:
    edge = Edge()
    reply = await edge.get("/index.php?pagename=api/statuses/show/9.xml&include_entities=true")
    assert (reply.status, reply.type) == (200, XML_TYPE)
    assert (edge.asked[0].params["id"], edge.asked[0].params["include_entities"]) == (9, True)
    assert (await edge.get("/index.php?pagename=api/nothing.xml")).status == 501
    assert (await edge.get("/index.php")).status == 404


async def test_mounted_below_a_path() -> None:
    edge = Edge()

    async def below(scope: Any, receive: Any, take: Any) -> None:
        await edge.app({**scope, "root_path": "/sub"}, receive, take)

    reply = await send(below, "GET", "/sub/api/help/test.json", [], [])
    assert reply is not None
    assert reply.status == 200


async def test_head_is_get_without_body() -> None:
    edge = Edge()
    got = await edge.get("/api/help/test.json")
    head = await edge.must("HEAD", "/api/help/test.json")
    assert (head.status, head.body, head.type) == (200, b"", got.type)
    assert head.headers["content-length"] == str(len(got.body))
    refused = await edge.must("HEAD", "/api/statuses/update.json")
    assert (refused.status, refused.body) == (405, b"")


@pytest.mark.parametrize("name", ["cb", "jQuery.x_1$", "a" * 64])
async def test_jsonp(name: str) -> None:
    reply = await Edge().get(f"/api/help/test.json?callback={name}")
    assert reply.body == f'{name}({{"call":"help/test"}})'.encode()
    assert reply.type == "application/json"


@pytest.mark.parametrize("name", ["a b", "alert(1)", "a" * 65, "%FF", "<x>", "a%00b-"])
async def test_bad_callback(name: str) -> None:
    reply = await Edge().get(f"/api/help/test.json?callback={name}")
    assert reply.status == 400
    assert reply.json()["status"]["request"] == "api/help/test.json"


async def test_where_jsonp_does_not_apply() -> None:
    edge = Edge()
    assert (await edge.get("/api/help/test.xml?callback=cb")).body == b"<xml/>\n"
    assert (await edge.get("/api/statuses/update.json?callback=cb")).body.startswith(b"{")
    assert (await edge.post("/api/help/test.json", b"callback=cb")).body == b'{"call":"help/test"}'
    assert (await edge.get("/api/help/test.json?callback=")).body == b'{"call":"help/test"}'


async def test_empty_reply() -> None:
    edge = Edge()

    async def nothing(_: Ask) -> Reply:
        return Empty()

    edge.answer = nothing
    reply = await edge.get("/api/help/test.json?callback=cb")
    assert (reply.status, reply.body, reply.type) == (200, b"", "")
    assert reply.headers["content-length"] == "0"


async def test_json_names_its_charset_only_when_it_matters() -> None:
    edge = Edge()
    assert (await edge.get("/api/help/test")).type == "application/json"

    async def words(_: Ask) -> Reply:
        return Tree(json="grün")

    edge.answer = words
    assert (await edge.get("/api/help/test")).type == "application/json; charset=utf-8"


async def test_nosniff_and_id_on_everything() -> None:
    edge = Edge()
    ids = set()
    for path in ("/", "/livez", "/none", "/api/help/test.json", "/api/none.json", "/api/statuses/update"):
        reply = await edge.get(path)
        assert reply.headers["x-content-type-options"] == "nosniff"
        ids.add(reply.headers.get("x-request-id", path))
    assert len(ids) == 6


async def test_rate_headers() -> None:
    edge = Edge()
    assert "x-rate-limit-limit" not in (await edge.get("/api/help/test.json")).headers
    edge.rate = RateState(limit=300, remaining=-1, reset=1_800_000_000)

    async def limited(_: Ask) -> Reply:
        raise RateLimited("The server asks to wait.", 77)

    good = await edge.get("/api/help/test.json")
    edge.answer = limited
    bad = await edge.get("/api/help/test.json")
    assert (bad.status, bad.headers["retry-after"]) == (429, "77")
    for reply in (good, bad):
        names = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")
        assert [reply.headers[name] for name in names] == ["300", "0", "1800000000"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("Origin", "https://evil.example")], 403),
        ([("Origin", "null")], 403),
        ([("Origin", "http://[")], 403),
        ([("Sec-Fetch-Site", "cross-site")], 403),
        ([("Origin", "https://gw.example"), ("Sec-Fetch-Site", "Cross-Site")], 403),
        ([("Origin", "https://gw.example")], 200),
        ([("Origin", "http://GW.example")], 200),
        ([("Origin", "https://public.example:8443")], 200),
        ([("Sec-Fetch-Site", "same-origin")], 200),
        ([("Sec-Fetch-Site", "none")], 200),
    ],
)
async def test_other_sites_pages(headers: list[tuple[str, str]], status: int) -> None:
    edge = Edge(base_url="https://public.example:8443")
    assert (await edge.post("/api/statuses/update", b"status=x", headers=headers)).status == status
    assert len(edge.asked) == (status == 200)
    assert (await edge.get("/api/help/test", headers=headers, login=False)).status == 200


async def test_what_a_handler_is_told() -> None:
    edge = Edge()
    await edge.get("/1.1/statuses/show/9.json?trim_user=1&oauth_token=SECRET")
    ask = edge.asked.pop()
    assert ask.request_path == "1.1/statuses/show/9.json?trim_user=1"
    assert (ask.url, ask.base_url) == ("http://gw.example/1.1/statuses/show/9.json?trim_user=1", "http://gw.example")
    public = Edge(base_url="https://public.example/gw")
    await public.get("/api/help/test.json")
    assert public.asked[0].url == "https://public.example/gw/api/help/test.json"


async def test_host_that_is_none() -> None:
    edge = Edge()
    await edge.get("/api/help/test.json", headers=[("X", "y")])
    await send(edge.app, "GET", "/api/help/test.json", [("Host", 'a"><script>')], [])
    assert edge.asked[-1].base_url == "http://localhost"


async def test_slow_read_is_504_and_ended() -> None:
    edge = Edge(request_seconds=0.02)
    ended = asyncio.Event()

    async def slow(_: Ask) -> Reply:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError("unreachable")

    edge.answer = slow
    reply = await edge.get("/api/statuses/home_timeline.json")
    assert (reply.status, reply.json()["error"]) == (504, "This took too long.")
    assert ended.is_set()


@pytest.mark.parametrize("fails", [False, True])
async def test_slow_write_is_504_and_goes_on(fails: bool, caplog: pytest.LogCaptureFixture) -> None:
    edge = Edge(request_seconds=0.02)
    go, done = asyncio.Event(), asyncio.Event()

    async def slow(_: Ask) -> Reply:
        await go.wait()
        done.set()
        if fails:
            raise Unavailable("down")
        return Tree(json="ok")

    edge.answer = slow
    reply = await edge.post("/api/statuses/update.json", b"status=x")
    assert (reply.status, reply.json()["error"]) == (504, "This took too long; it may still be carried out.")
    go.set()
    await asyncio.wait_for(done.wait(), 5)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert caplog.messages[-1].endswith("over before its work: " + ("failed" if fails else "done"))


async def test_server_that_cancels_a_request_does_not_cut_a_write() -> None:
    edge = Edge()
    begun, go, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: Ask) -> Reply:
        begun.set()
        await go.wait()
        done.set()
        return Tree(json="ok")

    edge.answer = slow
    request = asyncio.create_task(edge.post("/api/statuses/update.json", b"status=x"))
    await begun.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    go.set()
    await asyncio.wait_for(done.wait(), 5)


async def test_client_that_leaves_early_is_not_answered(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "oldbird.access")
    edge = Edge()
    assert await edge.call("POST", "/api/statuses/update.json", body=b"status=ha", leave=True) is None
    assert edge.asked == []
    assert json.loads(str(caplog.records[-1].msg))["status"] == 499


async def test_token_gone_is_written_down() -> None:
    edge = Edge()

    async def gone(_: Ask) -> Reply:
        raise TokenGone("The server does not know the token.")

    edge.answer = gone
    reply = await edge.get("/api/help/test.json")
    assert (reply.status, [account.id for account in edge.broken]) == (403, ["alice"])


async def test_too_large_and_stalled_bodies() -> None:
    edge = Edge(max_body=2048, request_seconds=0.02)
    large = await edge.post("/api/statuses/update.xml", b"status=" + b"x" * 50_000_000)
    assert (large.status, large.type) == (413, XML_TYPE)
    pieces = [b"status=" + b"x" * 1000] * 3
    chunked = await edge.post("/api/statuses/update.json", pieces, headers=[("Transfer-Encoding", "chunked")])
    assert (chunked.status, chunked.json()["error"]) == (413, "The request is too large: at most 2048 bytes.")
    assert edge.asked == []


@pytest.mark.parametrize(("headers", "left"), [([], 0), ([("Expect", "100-continue")], 4)])
async def test_refused_body_is_taken_unless_the_client_waits(headers: list[tuple[str, str]], left: int) -> None:
    rest = iter([b"x" * 1000] * 3)
    reply = await Edge().call("DELETE", "/api/direct_messages/new.json", body=rest, headers=headers)
    assert reply is not None
    assert (reply.status, reply.unread) == (405, left)


async def test_get_with_a_body_is_read() -> None:
    edge = Edge()
    assert (await edge.params("GET", "/api/statuses/show.json", b"id=9"))["id"] == 9


@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream", "text/plain", ""])
async def test_post_with_parameters_in_the_query_only(kind: str) -> None:
    params = await Edge().params("POST", "/api/statuses/update.json?status=hello&in_reply_to_status_id=", b"", kind)
    assert (params["status"], params["in_reply_to_status_id"]) == ("hello", None)


async def test_types_of_replies_are_the_known_ones() -> None:
    assert (await Edge().get("/api/help/test.json")).type in JSON_TYPES
