"""P12 and P13: memory after start, time from exec to the first 200, and the command line."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable

from tests.bench.linked import Linked, command, serve
from tests.bench.processes import Processes, Server, cores, end, free_port, ready
from tests.bench.results import Results

HELP_TEST = "/api/help/test.json"


def measure(processes: Processes, linked: Linked, results: Results, rounds: int) -> None:
    """Start everything anew `rounds` times; facts start, memory (each also with Redis) and help."""
    redis = redis_server(processes)
    for _ in range(rounds):
        bare = started(lambda: processes.uvicorn("bare", "tests.bench.references:one_route"))
        note(results, "", bare, started(lambda: serve(processes, linked, "fresh")))
        if redis:
            note(results, " redis", bare, started(lambda: on_redis(processes, linked, redis)))
        began = time.perf_counter()
        subprocess.run([command(), "--help"], check=True, stdout=subprocess.DEVNULL)
        results.add("help", time.perf_counter() - began)


def on_redis(processes: Processes, linked: Linked, redis: Server) -> Server:
    """The gateway on Redis instead of SQLite."""
    url = f"redis://127.0.0.1:{redis.port}/0"
    return serve(processes, linked, "fresh-redis", OLDBIRD_STORE=url, OLDBIRD_REDIS_UNSAFE="true")


def note(results: Results, kind: str, bare: tuple[float, int], ours: tuple[float, int]) -> None:
    """Ratios of seconds and of bytes."""
    results.add(f"start{kind}", ours[0] / bare[0])
    results.add(f"memory{kind}", ours[1] / bare[1])


def started(start: Callable[[], Server]) -> tuple[float, int]:
    """(seconds until the first 200, resident bytes then); the process is ended."""
    began = time.perf_counter()
    server = start()
    ready(server, HELP_TEST)
    seconds, memory = time.perf_counter() - began, server.memory()
    end(server.process)
    return seconds, memory


def redis_server(processes: Processes) -> Server | None:
    """A Redis of our own, None where it is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        return None
    port = free_port()
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(processes.folder),
        "--appendonly",
        "yes",
        "--save",
        "",
        "--maxmemory-policy",
        "noeviction",
    ]
    return processes.start("redis", command, port, cores()[0])
