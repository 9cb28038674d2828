"""What is measured inside one process: U, translation (P8), the login check (P10), routing (P14).

Minimum over interleaved rounds, because nothing but the machine can make these slower than they are.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import NamedTuple

from gateway.app import create_app
from gateway.services import Gateway, open_gateway
from tests.bench.inside import call
from tests.bench.linked import Linked
from tests.bench.references import one_route
from tests.bench.results import Results
from tests.bench.signed import TIMES, SignedCalls
from tests.bench.translation import Translation

Work = Callable[[], Awaitable[object]]


class Timed(NamedTuple):
    """`work` is timed, `prepare` before each run is not. `times`: what is too short for the clock runs so often."""

    work: Work
    prepare: Callable[[], object] = bool
    times: int = 1


ROUNDS = 40
REPEATS = 10
"""Runs in a row. The first parse after other work also pays for that work's memory: as the unit, run by run in turns
with a translation, it would be half as dear again and make every figure look better than it is."""
ROUTED = ("/api/help/test.json", "/api/help/test.xml", "/1.1/help/test.json", "/api/gnusocial/version.json")


async def fastest(works: dict[str, Timed], rounds: int = ROUNDS) -> dict[str, float]:
    """CPU seconds of one run of each, the least of all rounds."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, timed in works.items():
            best[name] = min([best[name], *[await _once(timed) for _ in range(REPEATS)]])
    return best


async def _once(timed: Timed) -> float:
    timed.prepare()
    began = time.process_time()
    for _ in range(timed.times):
        await timed.work()
    return (time.process_time() - began) / timed.times


async def measure(linked: Linked, results: Results, goals: frozenset[str]) -> None:
    """The facts of P8, P10 and P14."""
    async with open_gateway(linked.settings) as gateway:
        if "P8" in goals:
            await translation(gateway, linked, results)
        if "P10" in goals:
            await login(gateway, linked, results)
        if "P14" in goals:
            await routing(gateway, results)


async def translation(gateway: Gateway, linked: Linked, results: Results) -> None:
    """Decode, map and render 20 statuses, in units of U."""
    works: dict[str, Timed] = {}
    for scenario in ("cold", "authors", "seen"):
        translator = await Translation.of(gateway, linked.logins[scenario], scenario)
        if not works:
            works["U"] = Timed(translator.parse, translator.turn)
        for format in ("json", "xml"):
            works[f"{format} {scenario}"] = Timed(translator.work(format), translator.turn)
    best = await fastest(works)
    results.add("U us", best["U"] * 1e6)
    for name in works:
        results.add(name, best[name] / best["U"])


async def login(gateway: Gateway, linked: Linked, results: Results) -> None:
    """A repeated Basic header, and calls signed with a known token, in units of the CPU time of R2."""
    header = linked.logins["seen"]
    await gateway.auth.session(header, "api")
    calls = await SignedCalls.of(gateway)

    async def check() -> None:
        await gateway.auth.session(header, "api")

    async def check_signed() -> None:
        sent = calls.next()
        await gateway.auth.session(sent.header, "api", sent=sent)

    best = await fastest({"basic": Timed(check, times=20), "oauth": Timed(check_signed, calls.refill, times=TIMES)})
    costs = [sample.cost for (sample,) in results.per_round(("R2",))]
    for name, seconds in best.items():
        results.add(f"{name} us", seconds * 1e6)
        if costs:
            results.add(name, seconds / median(costs))


async def routing(gateway: Gateway, results: Results) -> None:
    """The dearest of several cheap calls over a Starlette app with one route, in microseconds."""
    app, bare = create_app(gateway), one_route()
    for path in ROUTED:
        answer = await call(app, path)
        assert answer.status == 200, path
    works = {path: Timed(lambda path=path: call(app, path), times=10) for path in ROUTED}
    best = await fastest({"bare": Timed(lambda: call(bare, ROUTED[0]), times=10), **works})
    results.add("routing", (max(best[path] for path in ROUTED) - best["bare"]) * 1e6)
