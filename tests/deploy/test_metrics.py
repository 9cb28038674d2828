"""What `/metrics` tells, in what form, and what it never tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from adapters.tally import OUTCOMES, Histogram, outcome
from gateway.call_rows import TABLE
from gateway.metrics import FAMILIES, KINDS, Counts, buckets, escaped
from gateway.settings import Settings
from tests.clients.gear import ROOT
from tests.deploy.gateways import Running, environment, link, samples, until
from tests.gateway.edge import Edge
from tests.mock_server import MockServer
from tests.redis_server import RedisServer

HOME = "/api/statuses/home_timeline.json"
LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9][0-9.e+-]*')
NAMES = {family.name for family in FAMILIES}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, mock_server: MockServer) -> Iterator[tuple[Running, str]]:
    """A gateway with metrics, and alice's password."""
    settings = environment(tmp_path_factory.mktemp("data"), allow_hosts=mock_server.pair)
    password = link(settings, mock_server)
    running = Running(settings)
    yield running, password
    assert running.stop() == 0


def page(running: Running) -> str:
    """All of it."""
    answer = httpx.get(f"{running.metrics[0]}/metrics", trust_env=False)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return str(answer.text)


def test_it_is_the_text_format_and_every_family_is_there(served: tuple[Running, str]) -> None:
    text = page(served[0])
    assert text.endswith("\n")
    told: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in told
            told[name] = kind
        elif not line.startswith("# HELP "):
            assert LINE.fullmatch(line), line
            base = re.sub(r"_(bucket|sum|count)$", "", line.partition("{")[0].partition(" ")[0])
            assert base in told or line.partition(" ")[0] in told
    assert told == {family.name: family.kind for family in FAMILIES}
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in told.items())


def test_requests_are_counted_by_what_was_asked(served: tuple[Running, str], mock: MockServer) -> None:
    running, password = served
    with httpx.Client(base_url=running.url, trust_env=False, timeout=30) as client:
        before = samples(page(running))
        for _ in range(3):
            assert client.get(HOME, auth=("alice", password)).status_code == 200
        assert client.post("/api/statuses/update.json", auth=("alice", password), data={"status": "x"}).is_success
        for guess in ("wrong-1", "wrong-1", "wrong-2"):
            assert client.get(HOME, auth=("mallory", guess)).status_code == 401
        assert client.get(HOME).status_code == 401
        assert client.get("/secret-path-of-somebody").status_code == 404
        mock.fault({"status": 500}, path="/api/v1/timelines/home", count=1)
        assert client.get(HOME, auth=("alice", password), params={"count": 3}).status_code == 502
        text = page(running)
    after = samples(text)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('oldbird_requests_total{call="statuses/home_timeline",status="2xx"}') == 3
    assert more('oldbird_requests_total{call="statuses/home_timeline",status="4xx"}') == 4
    assert more('oldbird_requests_total{call="statuses/home_timeline",status="5xx"}') == 1
    assert more('oldbird_requests_total{call="statuses/update",status="2xx"}') == 1
    assert more('oldbird_requests_total{call="-",status="4xx"}') == 1
    assert more('oldbird_request_seconds_count{kind="write"}') == 1
    assert more('oldbird_request_seconds_count{kind="read"}') == 8
    assert more("oldbird_logins_refused_total") == 3
    assert more('oldbird_upstream_calls_total{kind="read",outcome="error"}') == 1
    assert more('oldbird_upstream_calls_total{kind="write",outcome="ok"}') == 1
    assert more('oldbird_rendered_statuses_total{from="memory"}') > 0
    assert more('oldbird_rendered_statuses_total{from="new"}') > 0
    assert more("oldbird_store_round_trips_total") > 0
    assert after["oldbird_ids_remembered"] > 0
    assert after["oldbird_requests_in_flight"] == 0
    assert after["process_resident_memory_bytes"] > 10_000_000
    for secret in ("alice", "mallory", "wrong-1", "secret-path", mock.pair, password):
        assert secret not in text


def test_beside_the_numbers_there_is_only_life(served: tuple[Running, str]) -> None:
    running, _ = served
    with httpx.Client(base_url=running.metrics[0], trust_env=False) as client:
        assert [client.get(path).status_code for path in ("/livez", "/readyz", "/", HOME)] == [200, 200, 404, 404]
        assert client.post("/metrics").status_code == 405
        assert client.head("/metrics").content == b""
    assert httpx.get(f"{running.url}/metrics", trust_env=False).status_code == 404


def readiness(running: Running) -> tuple[int, str]:
    """What `/readyz` says."""
    answer = httpx.get(f"{running.url}/readyz", trust_env=False, timeout=20)
    return answer.status_code, answer.text


def test_a_lost_store_or_key_is_told_by_one_word(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    server = RedisServer(tmp_path / "redis")
    server.start()
    running = Running(environment(tmp_path / "data", store=server.url))
    try:
        assert readiness(running) == (200, "ok\n")
        key = tmp_path / "data" / "server.key"
        content = key.read_bytes()
        key.unlink()
        assert readiness(running) == (503, "key\n")
        key.write_bytes(content)
        server.stop()
        assert readiness(running) == (503, "store\n")
        assert httpx.get(f"{running.url}/livez", trust_env=False).status_code == 200
        assert running.number("oldbird_store_failures_total") >= 1
        server.start()
        until(lambda: readiness(running)[0] == 200)
    finally:
        assert running.stop() == 0
        server.stop()


def test_requests_have_ids_in_replies_and_in_the_log(served: tuple[Running, str]) -> None:
    running, password = served
    with httpx.Client(base_url=running.url, trust_env=False, timeout=30) as client:
        answers = [client.get(path, auth=("alice", password)) for path in (HOME, "/", "/readyz", "/nothing", "/api/x")]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert len(set(ids)) == len(ids)

    def logged() -> set[str]:
        return {json.loads(line).get("request", "") for line in running.said if line.startswith("{")}

    until(lambda: set(ids) <= logged())


@pytest.mark.anyio
async def test_nothing_is_counted_where_nobody_asked() -> None:
    assert Settings().metrics == ""
    assert (await Edge().get("/metrics")).status == 404


def test_labels_are_bounded() -> None:
    counts = Counts()
    paths = {row.path for row in TABLE}
    for call in [*TABLE, None]:
        for status in (200, 404, 499, 503):
            counts.request(call, status, 0.1, denied=False)
    assert {call for call, _ in counts.requests} == paths | {"-"}
    assert len(counts.requests) == 3 * (len(paths) + 1)
    assert set(counts.seconds) == set(KINDS)
    assert {outcome(status) for status in range(100, 600)} <= set(OUTCOMES)


def test_a_histogram_adds_up() -> None:
    histogram = Histogram()
    for seconds in (0.001, 0.005, 0.006, 3.0, 100.0):
        histogram.add(seconds)
    told = {(rest, labels.get("le", "")): value for rest, labels, value in buckets(histogram, {})}
    assert told["_bucket", "0.005"] == 2
    assert told["_bucket", "5.0"] == 4
    assert told["_bucket", "+Inf"] == told["_count", ""] == 5
    assert told["_sum", ""] == pytest.approx(103.012)


def test_what_labels_may_not_hold_is_escaped() -> None:
    assert escaped('a"b\\c\nd') == r"a\"b\\c\nd"


def test_every_query_of_the_dashboard_names_metrics_that_exist() -> None:
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    queries = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    queries += [item["definition"] for item in board["templating"]["list"] if "definition" in item]
    assert len(queries) >= 10
    used = {name for query in queries for name in re.findall(r"\b(?:oldbird|process)_[a-z_]+", query)}
    assert {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in used} <= NAMES
    assert {name for name in NAMES if name.startswith("oldbird_")} - {"oldbird_id_round_trips_total"} <= {
        re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in used
    }
    labels = {label for query in queries for label in re.findall(r"\bby \(([^)]*)\)", query)}
    assert {name.strip() for group in labels for name in group.split(",")} <= {
        "call", "status", "kind", "outcome", "from", "le", "version", "instance"
    }  # fmt: skip
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
