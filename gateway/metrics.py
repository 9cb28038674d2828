"""What one process counts about its requests, and the families of numbers that `/metrics` shows (setting `metrics`).

Label sets are bounded: rows of the table, classes of status numbers, words of `adapters.tally`. No login, address, path
or server ever is a label. Numbers that others count anyway are read when somebody asks.
"""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from adapters.tally import BUCKETS, Histogram, Tally
from gateway import __version__

if TYPE_CHECKING:
    from uvicorn.server import ServerState

    from gateway.calls import Call
    from gateway.services import Gateway

KINDS: Final = ("read", "write", "page")
NO_CALL: Final = "-"
REFUSED: Final = frozenset({401, 429})

Sample = tuple[str, Mapping[str, str], float]
"""(what follows the family's name, labels, value)."""


class Counts:
    """`requests`: (call, first digit of the status) -> how many. `refused`: logins that were sent and not let in."""

    __slots__ = ("refused", "requests", "seconds")

    def __init__(self) -> None:
        self.requests: dict[tuple[str, int], int] = {}
        self.seconds = {kind: Histogram() for kind in KINDS}
        self.refused = 0

    def request(self, call: Call | None, status: int, seconds: float, *, denied: bool) -> None:
        """One that is over. `denied`: it brought a login and got no session."""
        key = (call.path if call else NO_CALL, status // 100)
        self.requests[key] = self.requests.get(key, 0) + 1
        self.seconds["page" if call is None else "write" if call.write else "read"].add(seconds)
        if denied and status in REFUSED:
            self.refused += 1


class Process(NamedTuple):
    """What a family may read."""

    gateway: Gateway
    counts: Counts
    tally: Tally
    state: ServerState
    started: float


class Family(NamedTuple):
    """One metric: its name, kind and meaning, and where its samples come from."""

    name: str
    kind: str
    help: str
    read: Callable[[Process], Iterable[Sample]]


def one(value: Callable[[Process], float]) -> Callable[[Process], Iterable[Sample]]:
    """A single sample without labels."""
    return lambda process: [("", {}, value(process))]


def requests(process: Process) -> Iterator[Sample]:
    """By call and class of status."""
    for (call, digit), number in sorted(process.counts.requests.items()):
        yield "", {"call": call, "status": f"{digit}xx"}, number


def durations(process: Process) -> Iterator[Sample]:
    """Of requests, by kind."""
    for kind, histogram in process.counts.seconds.items():
        yield from buckets(histogram, {"kind": kind})


def buckets(histogram: Histogram, labels: Mapping[str, str]) -> Iterator[Sample]:
    """A histogram as Prometheus wants it: each bucket holds all below it."""
    below = 0
    for bound, number in zip((*map(str, BUCKETS), "+Inf"), histogram.counts, strict=True):
        below += number
        yield "_bucket", {**labels, "le": bound}, below
    yield "_sum", labels, histogram.total
    yield "_count", labels, below


def upstream(process: Process) -> Iterator[Sample]:
    """By what they do and what became of them."""
    for (reads, outcome), number in process.tally.ended.items():
        yield "", {"kind": "read" if reads else "write", "outcome": outcome}, number


def fragments(process: Process) -> Iterator[Sample]:
    """Statuses of replies: kept from before, or made."""
    renderer = process.gateway.renderer
    yield "", {"from": "memory"}, max(renderer.asked - renderer.made, 0)
    yield "", {"from": "new"}, renderer.made


def build(_: Process) -> Iterator[Sample]:
    """Always 1."""
    yield "", {"version": __version__, "python": platform.python_version()}, 1


def memory(_: Process) -> float:
    """Bytes of memory in use, of this process."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  a file of the system, in one read
        return int(file.read().split()[1]) * resource.getpagesize()


def cpu(_: Process) -> float:
    """Seconds of both kinds."""
    used = os.times()
    return used.user + used.system


def files(_: Process) -> float:
    """Open ones, sockets too."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  names suffice


COUNTER, GAUGE, HISTOGRAM = "counter", "gauge", "histogram"

FAMILIES: Final = (
    Family("oldbird_requests_total", COUNTER, "Requests answered, by call (- for pages) and status.", requests),
    Family("oldbird_request_seconds", HISTOGRAM, "Time until the answer was written.", durations),
    Family("oldbird_requests_in_flight", GAUGE, "Requests under way.", one(lambda p: len(p.state.tasks))),
    Family("oldbird_connections", GAUGE, "Open connections of clients.", one(lambda p: len(p.state.connections))),
    Family(
        "oldbird_logins_refused_total", COUNTER, "Requests whose login was wrong or guessed too often.",
        one(lambda p: p.counts.refused),
    ),
    Family("oldbird_upstream_calls_total", COUNTER, "Calls to people's servers, by what became of them.", upstream),
    Family(
        "oldbird_upstream_seconds", HISTOGRAM, "Time of calls to people's servers.",
        lambda p: buckets(p.tally.seconds, {}),
    ),
    Family(
        "oldbird_store_round_trips_total", COUNTER, "Questions to the store.",
        one(lambda p: p.gateway.store.round_trips),
    ),
    Family(
        "oldbird_store_failures_total", COUNTER, "Questions that the store did not answer.",
        one(lambda p: p.gateway.store.failures),
    ),
    Family("oldbird_rendered_statuses_total", COUNTER, "Statuses of replies, kept ready or made.", fragments),
    Family("oldbird_ids_remembered", GAUGE, "Ids in memory.", one(lambda p: p.gateway.ids.remembered)),
    Family(
        "oldbird_id_round_trips_total", COUNTER, "Questions to the store for ids.", one(lambda p: p.gateway.ids.trips)
    ),
    Family("oldbird_build_info", GAUGE, "Version of the gateway and of Python.", build),
    Family("process_start_time_seconds", GAUGE, "When the process started, since 1970.", one(lambda p: p.started)),
    Family("process_cpu_seconds_total", COUNTER, "Processor time used.", one(cpu)),
    Family("process_resident_memory_bytes", GAUGE, "Memory in use.", one(memory)),
    Family("process_open_fds", GAUGE, "Open files and connections.", one(files)),
)  # fmt: skip


def exposition(process: Process) -> bytes:
    """All families in the text format of Prometheus, version 0.0.4."""
    lines: list[str] = []
    for family in FAMILIES:
        lines += [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
        for rest, labels, value in family.read(process):
            lines.append(f"{family.name}{rest}{labelled(labels)} {number(value)}")
    return "".join(f"{line}\n" for line in lines).encode()


def labelled(labels: Mapping[str, str]) -> str:
    """`{a="b"}`, nothing without labels."""
    pairs = ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def escaped(text: str) -> str:
    """A label's value."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def number(value: float) -> str:
    """Whole numbers without a point."""
    return str(int(value)) if value == int(value) else repr(float(value))


def process_of(gateway: Gateway, counts: Counts, state: ServerState) -> Process:
    """The numbers of this process, counting from now."""
    tally = gateway.connections.transport.tally = Tally()
    return Process(gateway, counts, tally, state, time.time())
