"""`python -m tests.bench`: every goal P1-P14 with the measured figure beside it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import micro, proxy, starting, trips
from tests.bench.goals import IDS
from tests.bench.linked import TOKEN, Linked, basic, link, serve
from tests.bench.load import Sample, measure
from tests.bench.plan import HOME, VARIANTS, Variant, maker
from tests.bench.processes import Processes, Server, cores, free_port, ready
from tests.bench.references import PASSWORD, UPSTREAM, USER
from tests.bench.references import TOKEN as TOKEN_VARIABLE
from tests.bench.report import goal_rows, goals_text, trips_text, variant_rows, variants_text
from tests.bench.results import Results

WARM, SECONDS = 0.25, 0.9
NAME, SECRET = "bench", "bench-password"


class Bench:
    """One run: the processes, the accounts, the results."""

    def __init__(self, processes: Processes, goals: frozenset[str]) -> None:
        self.processes = processes
        self.goals = goals
        self.results = Results()
        self.servers: dict[str, Server] = {}
        self.variants = [variant for variant in VARIANTS if goals.intersection(variant.goals)]
        self.trips: list[dict[str, Any]] = []
        stub, self.ports = processes.stub()
        self.servers["stub"] = Server(name="stub", process=stub.process, port=self.ports["seen"], log=stub.log)
        self.linked: Linked = asyncio.run(link(processes.folder / "gateway", self.ports))
        self.born = 0

    def start(self) -> None:
        """Everything that is measured, together."""
        env = {UPSTREAM: self.servers["stub"].url, USER: NAME, PASSWORD: SECRET, TOKEN_VARIABLE: TOKEN}
        for name, factory in (
            ("static", "tests.bench.references:static"),
            ("stock", "tests.bench.references:passthrough"),
            ("naive", "tests.bench.naive:gateway"),
        ):
            self.servers[name] = self.processes.uvicorn(name, factory, env)
        self.servers["ours"] = serve(self.processes, self.linked)
        self._start_nginx()
        for name, server in self.servers.items():
            if name == "ours":
                ready(server, starting.HELP_TEST)
            elif name != "stub":
                ready(server, f"{HOME}.json", {"Authorization": basic(NAME, SECRET)})
        self.born = self.servers["ours"].memory()

    def _start_nginx(self) -> None:
        program = proxy.nginx()
        if program is None:
            print("nginx is not installed: N is not measured.", file=sys.stderr)
            self.variants = [variant for variant in self.variants if variant.server != "nginx"]
            return
        port = free_port()
        command = proxy.configured(program, self.processes.folder, port, self.ports["seen"], TOKEN)
        self.servers["nginx"] = self.processes.start("nginx", command, port, cores()[1])

    def round(self) -> None:
        """Every variant once."""
        self.results.rounds.append({variant.name: self.one(variant) for variant in self.variants})

    def one(self, variant: Variant) -> Sample:
        """One variant under load."""
        server = self.servers[variant.server]
        authorization = self.linked.logins[variant.login] if server.name == "ours" else basic(NAME, SECRET)
        return measure(
            server.port,
            maker(variant, authorization),
            server.cpu,
            connections=variant.connections,
            warm=WARM,
            seconds=SECONDS,
        )

    def growth(self, wanted: int) -> None:
        """P12: memory after all requests so far and, from there on, more of them until `wanted`."""
        ours = self.servers["ours"]
        mixed = [variant for variant in VARIANTS if variant.server == "ours" and "P7" not in variant.goals]
        for variant in mixed:
            self.one(variant)
        middle = ours.memory()
        made = self.requests()
        while True:
            for variant in mixed:
                made += self.one(variant).requests
            if made >= wanted:
                break
        self.results.add("growth", (ours.memory() - self.born) / 2**20)
        self.results.add("late growth", (ours.memory() - middle) / 2**20)
        self.results.add("mixed requests", made)

    def requests(self) -> int:
        """How many requests the gateway has answered in the rounds."""
        names = {variant.name for variant in VARIANTS if variant.server == "ours"}
        return sum(sample.requests for r in self.results.rounds for name, sample in r.items() if name in names)


def run(bench: Bench, rounds: int, wanted: int) -> None:
    """All parts that the goals need, in turn."""
    goals, results = bench.goals, bench.results
    if goals & {"P9"}:
        bench.trips = asyncio.run(trips.count(bench.linked, bench.ports, results))
    if bench.variants or goals & {"P4", "P12"}:
        bench.start()
    for number in range(rounds if bench.variants else 0):
        bench.round()
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    if "P4" in goals:
        trips.equal_calls(bench.servers["ours"].port, bench.linked, bench.ports["slow"], results)
    if "P12" in goals:
        bench.growth(wanted)
    if goals & {"P8", "P10", "P14"}:
        asyncio.run(micro.measure(bench.linked, results, goals))
    if goals & {"P12", "P13"}:
        starting.measure(bench.processes, bench.linked, results, min(rounds, 5))


def machine() -> dict[str, Any]:
    """What it ran on; ratios can be compared, absolute figures cannot."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg()[0],
    }


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (5)")
    parser.add_argument("--json", type=Path, help="write everything to this file")
    parser.add_argument("--only", default=",".join(IDS), help="goals to measure, such as P1,P8")
    parser.add_argument("--full", action="store_true", help="P12 over 100,000 requests")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    args = arguments()
    goals = frozenset(args.only.split(","))
    about = machine()
    began = time.perf_counter()
    os.sched_setaffinity(0, {cores()[0]})
    with tempfile.TemporaryDirectory(prefix="oldbird-bench-") as folder, Processes(Path(folder)) as processes:
        bench = Bench(processes, goals)
        run(bench, args.rounds, 100_000 if args.full else 0)
    results = bench.results
    about["seconds"] = round(time.perf_counter() - began)
    found = {
        "machine": about,
        "goals": goal_rows(results, sorted(goals)),
        "variants": variant_rows(results),
        "trips": bench.trips,
        "facts": results.facts,
    }
    print(goals_text(found["goals"]))
    print(variants_text(found["variants"]))
    if bench.trips:
        print(trips_text(bench.trips))
    print(f"{about['seconds']} s on {about['cores']} cores, Python {about['python']}. Compare the ratios only.")
    if args.json:
        args.json.write_text(json.dumps(found, indent=1))
    else:
        print(json.dumps({"goals": found["goals"]}))


if __name__ == "__main__":
    main()
