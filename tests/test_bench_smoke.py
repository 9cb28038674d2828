"""The bench's pieces start, answer correctly and are read correctly. Nothing here is timed."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.bench import data, proxy, trips
from tests.bench.goals import GOALS, IDS
from tests.bench.inside import call
from tests.bench.linked import TOKEN, Linked, basic, link, serve
from tests.bench.load import Failed, Sample, measure, request, together
from tests.bench.plan import HOME, UPDATE, VARIANTS, VERIFY, maker
from tests.bench.processes import Processes, Server, ready
from tests.bench.references import PASSWORD, UPSTREAM, USER, one_route
from tests.bench.references import TOKEN as TOKEN_VARIABLE
from tests.bench.report import goal_rows, goals_text, variant_rows, variants_text
from tests.bench.results import Results
from tests.bench.stub import SCENARIOS, Timeline
from tests.bench.translation import Translation

AUTHORIZATION = basic("bench", "secret")


class Lab:
    """The stub, the references and a linked gateway."""

    def __init__(self, processes: Processes) -> None:
        stub, self.ports = processes.stub()
        self.stub = Server(name="stub", process=stub.process, port=self.ports["seen"], log=stub.log)
        self.linked: Linked = asyncio.run(link(processes.folder / "gateway", self.ports))
        env = {UPSTREAM: self.stub.url, USER: "bench", PASSWORD: "secret", TOKEN_VARIABLE: TOKEN}
        self.servers = {
            "static": processes.uvicorn("static", "tests.bench.references:static", env),
            "stock": processes.uvicorn("stock", "tests.bench.references:passthrough", env),
            "naive": processes.uvicorn("naive", "tests.bench.naive:gateway", env),
            "ours": serve(processes, self.linked),
        }
        for name, server in self.servers.items():
            login = self.linked.logins["seen"] if name == "ours" else AUTHORIZATION
            ready(server, f"{HOME}.json", {"Authorization": login})

    def body(self, name: str, path: str, *, login: str = "seen", form: bytes = b"") -> bytes:
        """What a server answers."""
        authorization = self.linked.logins[login] if name == "ours" else AUTHORIZATION
        made = request(path, authorization, method="POST" if form else "GET", form=form)
        return fetched(self.servers[name].port, made)


def fetched(port: int, made: bytes) -> bytes:
    """The body of one answer."""
    kept: list[bytes] = []
    together(port, lambda: made, 1, kept.append)
    return kept[0]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    usable = os.sched_getaffinity(0)
    with Processes(tmp_path_factory.mktemp("bench")) as processes:
        yield Lab(processes)
    assert os.sched_getaffinity(0) == usable


@pytest.mark.parametrize(("count", "size"), [(20, 95_000), (40, 167_000)])
def test_the_timeline_is_as_large_as_the_protocol_says(count: int, size: int) -> None:
    page = data.timeline(count)
    statuses = json.loads(page)
    assert abs(len(page) - size) < size / 50
    assert len({status["id"] for status in statuses}) == count
    assert sum(bool(status["reblog"]) for status in statuses) == 4
    assert sum(len(status["media_attachments"]) for status in statuses) == 11
    assert [status["id"] for status in statuses] == sorted((s["id"] for s in statuses), reverse=True)


@pytest.mark.parametrize(
    ("name", "texts", "people", "ids"),
    [
        ("seen", 0, 0, 0),
        ("cold", 20, 20, 0),
        ("authors", 20, 0, 0),
        ("tenth", 2, 0, 0),
        ("new", 2, 0, 2),
        ("slow", 0, 0, 0),
    ],
)
def test_a_scenario_changes_what_it_says(name: str, texts: int, people: int, ids: int) -> None:
    timeline = Timeline(SCENARIOS[name], 20)
    before, after = json.loads(timeline.next()), json.loads(timeline.next())
    pairs = list(zip(before, after, strict=True))
    assert sum(a["favourites_count"] != b["favourites_count"] for a, b in pairs) == texts
    assert sum((a["reblog"] or a)["content"] != (b["reblog"] or b)["content"] for a, b in pairs) == texts
    assert sum(a["account"]["note"] != b["account"]["note"] for a, b in pairs) == people
    assert sum(a["id"] != b["id"] for a, b in pairs) == ids


@pytest.mark.parametrize("name", ["static", "stock"])
def test_the_references_pass_the_bytes_through(lab: Lab, name: str) -> None:
    assert lab.body(name, f"{HOME}.json") == data.timeline()


def test_the_stock_proxy_passes_the_other_calls_on(lab: Lab) -> None:
    assert json.loads(lab.body("stock", f"{VERIFY}.json"))["username"] == "person00"
    assert "Bench post" in json.loads(lab.body("stock", f"{UPDATE}.json", form=b"status=Bench+post"))["content"]


@pytest.mark.parametrize("name", ["stock", "naive"])
def test_the_references_check_who_asks(lab: Lab, name: str) -> None:
    with pytest.raises(Failed, match="401"):
        fetched(lab.servers[name].port, request(f"{HOME}.json", basic("bench", "wrong")))


def test_the_naive_gateway_translates_the_same_statuses(lab: Lab) -> None:
    naive, ours = (json.loads(lab.body(name, f"{HOME}.json")) for name in ("naive", "ours"))
    assert [status["user"]["screen_name"] for status in naive] == [status["user"]["screen_name"] for status in ours]
    assert [status["created_at"] for status in naive] == [status["created_at"] for status in ours]
    missing = {key for status in naive for key in status} - {key for status in ours for key in status}
    assert not missing


@pytest.mark.parametrize("name", ["naive", "ours"])
def test_xml_holds_twenty_statuses(lab: Lab, name: str) -> None:
    root = etree.fromstring(lab.body(name, f"{HOME}.xml"))
    assert len([child for child in root if etree.QName(child).localname == "status"]) == 20


@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.server == "ours"], ids=lambda variant: variant.name)
def test_every_variant_of_the_gateway_is_answered(lab: Lab, variant: object) -> None:
    make = maker(variant, lab.linked.logins[variant.login])
    first, second = make(), make()
    assert (first != second) == variant.fresh
    for made in (first, second):
        assert fetched(lab.servers["ours"].port, made)


def test_the_load_counts_requests_and_processor_time(lab: Lab) -> None:
    server = lab.servers["static"]
    made = request(f"{HOME}.json")
    sample = measure(server.port, lambda: made, server.cpu, connections=4, warm=0.01, seconds=0.05)
    assert sample.requests == len(sample.latencies) > 0
    assert sample.cpu > 0
    assert sample.quantile(0.5) <= sample.quantile(0.99)
    assert server.memory() > 1_000_000


def test_calls_upstream_are_counted(lab: Lab) -> None:
    trips.upstream(lab.ports["seen"])
    for _ in range(3):
        lab.body("stock", f"{HOME}.json")
    assert trips.upstream(lab.ports["seen"]) == {"GET /api/v1/timelines/home": 3}


def test_round_trips_are_counted(lab: Lab) -> None:
    results = Results()
    rows = asyncio.run(trips.count(lab.linked, lab.ports, results))
    assert {row["call"]: row["status"] for row in rows if row["status"] != 200} == {}
    assert results.facts["trips known"] == [0]
    assert results.facts["trips login"] == [0]
    assert results.facts["timeline calls"] == [1]


def test_equal_requests_are_counted_at_the_stub(lab: Lab) -> None:
    results = Results()
    trips.equal_calls(lab.servers["ours"].port, lab.linked, lab.ports["slow"], results)
    assert results.facts["equal calls"] == [1, 1, 1]


@pytest.mark.anyio
async def test_a_cheap_call_without_a_socket() -> None:
    answer = await call(one_route(), "/api/help/test.json")
    assert (answer.status, answer.body) == (200, b'"ok"')


def test_the_translation_alone_gives_what_the_gateway_gives(lab: Lab) -> None:
    async def translated() -> bytes:
        async with trips.open_gateway(lab.linked.settings) as gateway:
            translation = await Translation.of(gateway, lab.linked.logins["seen"], "seen")
            return await translation.work("json")()

    def bare(body: bytes) -> list[str]:
        return [status["text"] for status in json.loads(body)]

    assert bare(asyncio.run(translated())) == bare(lab.body("ours", f"{HOME}.json"))


def test_the_proxy_keeps_everything_in_its_folder(tmp_path: Path) -> None:
    command = proxy.configured("nginx", tmp_path, 8081, 8082, TOKEN)
    written = (tmp_path / "nginx.conf").read_text()
    paths = re.findall(r"(?:temp_path|pid|error_log) (\S+?)[; ]", written)
    assert len(paths) == 7
    assert all(path.startswith(str(tmp_path)) for path in paths)
    assert str(tmp_path / "nginx.conf") in command


def test_every_goal_is_listed_and_can_be_missing() -> None:
    assert [f"P{number}" for number in range(1, 15)] == [name for name in IDS if name != "calls"]
    rows = goal_rows(Results(), IDS)
    assert len(rows) == len(GOALS)
    assert all(row["measured"] is None and row["met"] is None for row in rows)
    assert goals_text(rows).count("not measured") + sum(bool(goal.note) for goal in GOALS) == len(GOALS)


def test_ratios_are_medians_of_rounds() -> None:
    results = Results()
    for cost in (3.0, 1.0, 2.0):
        ours = Sample(requests=10, wall=1.0, cpu=10 * cost, latencies=[0.1] * 10)
        results.rounds.append({"seen json": ours, "R2": Sample(requests=20, wall=1.0, cpu=20.0, latencies=[0.1] * 20)})
    found = results.cost("seen json", "R2")
    assert found is not None
    assert (found.value, found.low, found.high) == (2.0, 1.0, 3.0)
    row = next(row for row in goal_rows(results, ["P3"]) if row["unit"] == "R2")
    assert (row["measured"], row["met"], row["target_met"]) == (2.0, False, False)
    assert "seen json" in variants_text(variant_rows(results))
