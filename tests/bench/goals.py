"""The goals P1-P14 (reference/performance.md section 9) and how each is read from the results."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tests.bench.plan import IN_FLIGHT
from tests.bench.results import Figure, Results
from tests.bench.stub import SCENARIOS

Read = Callable[[Results], Figure | None]
SLOW = SCENARIOS["slow"].delay
SLOW_NAMES = tuple(f"slow {k}" for k in IN_FLIGHT)


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report. `limit`: what section 9 asks, None: only printed. `target`: what this stage must reach,
    where it differs. `least`: the figure must not be below the limit, else not above."""

    id: str
    what: str
    unit: str
    read: Read
    limit: float | None = None
    target: float | None = None
    least: bool = False
    note: str = ""


def cost(name: str, beside: str) -> Read:
    """CPU per request, as a ratio."""
    return lambda results: results.cost(name, beside)


def fact(name: str) -> Read:
    """Something measured outside the rounds."""
    return lambda results: results.fact(name)


GOALS: tuple[Goal, ...] = (
    Goal(id="P1", what="JSON timeline, nothing cached but ids", unit="R2", limit=1.4, read=cost("cold json", "R2")),
    Goal(id="P1", what="the same, authors cached", unit="R2", read=cost("authors seen json", "R2")),
    Goal(id="P2", what="90 % of statuses seen", unit="R2", limit=0.75, target=0.9, read=cost("90 % seen json", "R2")),
    Goal(id="P2", what="the same as XML", unit="R2", limit=0.75, target=0.9, read=cost("90 % seen xml", "R2")),
    Goal(id="P2", what="2 of 20 new, with ids of their own", unit="R2", read=cost("2 of 20 new json", "R2")),
    Goal(id="P3", what="everything seen", unit="R2", limit=0.6, target=0.75, read=cost("seen json", "R2")),
    Goal(id="P3", what="the same as XML", unit="R2", limit=0.6, target=0.75, read=cost("seen xml", "R2")),
    Goal(id="P3", what="everything seen", unit="N", limit=11, read=cost("seen json", "N")),
    Goal(id="P4", what="identical poll in the window", unit="R1", limit=2, read=cost("same poll json", "R1")),
    Goal(id="P4", what="identical poll in the window", unit="N", limit=3, read=cost("same poll json", "N")),
    Goal(id="P4", what="upstream calls of 16 equal requests at once", unit="calls", limit=1, read=fact("equal calls")),
    Goal(id="P5", what="XML timeline cold", unit="R2", limit=1.8, target=2.0, read=cost("cold xml", "R2")),
    Goal(id="P5", what="XML timeline cold", unit="our JSON", limit=1.4, read=cost("cold xml", "cold json")),
    Goal(
        id="P6",
        what="throughput cold, JSON",
        unit="naive",
        limit=4.5,
        least=True,
        read=lambda results: results.rate("cold json", "naive json"),
    ),
    Goal(
        id="P6",
        what="throughput cold, XML",
        unit="naive",
        limit=6,
        least=True,
        read=lambda results: results.rate("cold xml", "naive xml"),
    ),
    Goal(
        id="P7",
        what="100 ms backend, 64 in flight",
        unit="ideal",
        limit=0.88,
        least=True,
        read=lambda results: results.ideal("slow 64", 64, SLOW),
    ),
    Goal(
        id="P7",
        what="100 ms backend, 128 in flight",
        unit="ideal",
        limit=0.88,
        least=True,
        read=lambda results: results.ideal("slow 128", 128, SLOW),
    ),
    Goal(id="P7", what="CPU at 256 in flight", unit="CPU at 16", limit=1.3, read=cost("slow 256", "slow 16")),
    Goal(
        id="P7",
        what="throughput at 256 in flight",
        unit="its peak",
        limit=0.75,
        least=True,
        read=lambda results: results.of_peak("slow 256", SLOW_NAMES),
    ),
    Goal(id="P8", what="translation alone, JSON cold", unit="U", limit=5, read=fact("json cold")),
    Goal(id="P8", what="JSON, authors cached", unit="U", limit=3.5, read=fact("json authors")),
    Goal(id="P8", what="JSON warm", unit="U", limit=0.7, read=fact("json seen")),
    Goal(id="P8", what="XML cold", unit="U", limit=9, read=fact("xml cold")),
    Goal(id="P8", what="XML warm", unit="U", read=fact("xml seen")),
    Goal(id="P9", what="store trips, known ids", unit="trips", limit=0, read=fact("trips known")),
    Goal(id="P9", what="store trips, new ids", unit="trips", limit=1, read=fact("trips new")),
    Goal(id="P9", what="store trips of a cached login", unit="trips", limit=0, read=fact("trips login")),
    Goal(id="P9", what="upstream calls of a timeline", unit="calls", limit=1, read=fact("timeline calls")),
    Goal(id="P10", what="Basic, repeat request", unit="R2", limit=0.01, read=fact("basic")),
    Goal(id="P10", what="OAuth 1", unit="R2", limit=0.15, read=fact("oauth"), note="with its nonce stored"),
    Goal(
        id="P11",
        what="p50 of one caller, everything seen",
        unit="R2",
        limit=0.9,
        read=lambda results: results.p50("seen c=1", "R2 c=1"),
    ),
    Goal(
        id="P11",
        what="p50 of one caller, cold",
        unit="R2",
        limit=2.0,
        read=lambda results: results.p50("cold c=1", "R2 c=1"),
    ),
    Goal(
        id="P11",
        what="added p99, everything seen",
        unit="added p50",
        limit=4,
        read=lambda results: results.tail("seen c=1", "stub c=1"),
    ),
    Goal(id="P12", what="memory after start", unit="bare", limit=1.6, read=fact("memory")),
    Goal(id="P12", what="memory after start, Redis", unit="bare", limit=2.2, read=fact("memory redis")),
    Goal(id="P12", what="growth over all requests of this run", unit="MiB", limit=64, read=fact("growth")),
    Goal(id="P12", what="growth over the last part of them", unit="MiB", read=fact("late growth")),
    Goal(id="P13", what="exec to first 200", unit="bare", limit=2.0, read=fact("start")),
    Goal(id="P13", what="exec to first 200, Redis", unit="bare", limit=3.2, read=fact("start redis")),
    Goal(id="P13", what="oldbird --help", unit="s", limit=0.15, read=fact("help")),
    Goal(id="P14", what="routing and middleware over one route", unit="us", limit=40, read=fact("routing")),
    Goal(id="calls", what="verify_credentials, JSON", unit="its R2", read=cost("verify json", "R2 verify")),
    Goal(id="calls", what="verify_credentials, XML", unit="its R2", read=cost("verify xml", "R2 verify")),
    Goal(id="calls", what="statuses/update, JSON", unit="its R2", read=cost("update json", "R2 update")),
    Goal(id="calls", what="statuses/update, XML", unit="its R2", read=cost("update xml", "R2 update")),
)

IDS: tuple[str, ...] = tuple(dict.fromkeys(goal.id for goal in GOALS))
