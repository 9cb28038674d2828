"""P9 and the exact half of P4: upstream calls and store round trips, counted, never timed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.app import create_app
from gateway.services import open_gateway
from tests.bench.inside import App, Trips, call
from tests.bench.linked import Linked
from tests.bench.load import request, together
from tests.bench.plan import CONNECTIONS, HOME, UPDATE, VERIFY
from tests.bench.results import Results

BACKGROUND = frozenset({"touch_login"})
"""Trips nobody waits for: at most hourly, beside the request."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call to count. `login`: the scenario behind it."""

    call: str
    path: str
    login: str = "cold"
    form: bytes = b""


ROWS: tuple[Row, ...] = (
    Row(call="home_timeline json", path=f"{HOME}.json"),
    Row(call="home_timeline xml", path=f"{HOME}.xml"),
    Row(call="home_timeline, 2 of 20 new", path=f"{HOME}.json", login="new"),
    Row(call="verify_credentials", path=f"{VERIFY}.json"),
    Row(call="update", path=f"{UPDATE}.json", form=b"status=Bench"),
    Row(call="user_timeline", path="/api/statuses/user_timeline.json"),
    Row(call="public_timeline", path="/api/statuses/public_timeline.json"),
    Row(call="mentions", path="/api/statuses/mentions.json"),
    Row(call="favorites", path="/api/favorites.json"),
    Row(call="statuses/friends", path="/api/statuses/friends.json"),
    Row(call="followers/ids", path="/api/followers/ids.json"),
    Row(call="rate_limit_status", path="/api/account/rate_limit_status.json"),
)


def upstream(port: int) -> dict[str, int]:
    """What the stub was asked since the last time, by method and path."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/_bench/counts")
    counts: dict[str, int] = json.loads(connection.getresponse().read())
    connection.close()
    return counts


async def count(linked: Linked, ports: Mapping[str, int], results: Results) -> list[dict[str, Any]]:
    """One row per call; facts trips known, trips new, trips login, timeline calls."""
    async with open_gateway(linked.settings) as gateway:
        app, trips = create_app(gateway), Trips(gateway.store)
        for login in linked.logins.values():  # contacts and sessions are read once, not per request
            await call(app, f"{HOME}.json?count=1", login)
        rows = [await _row(app, trips, row, linked, ports) for row in ROWS]
    seen = {row["call"]: row for row in rows}
    home, new = seen["home_timeline json"], seen["home_timeline, 2 of 20 new"]
    results.add("trips known", home["again"])
    results.add("trips new", new["again"])
    results.add("trips login", home["login trips"])
    results.add("timeline calls", home["upstream"])
    return rows


async def _row(app: App, trips: Trips, row: Row, linked: Linked, ports: Mapping[str, int]) -> dict[str, Any]:
    counted = []
    for number in range(3):
        trips.take()
        upstream(ports[row.login])
        form = row.form + b"+%d" % number if row.form else b""
        answer = await call(app, row.path, linked.logins[row.login], method="POST" if form else "GET", form=form)
        names = [name for name in trips.take() if name not in BACKGROUND]
        counted.append((answer.status, names, sum(upstream(ports[row.login]).values())))
    (status, first, _), (_, _, _), (_, again, calls) = counted
    return {
        "call": row.call,
        "status": status,
        "upstream": calls,
        "first": len(first),
        "again": len(again),
        "names": again,
        "login trips": again.count("login"),
    }


def equal_calls(port: int, linked: Linked, stub: int, results: Results) -> None:
    """16 equal requests at once on the slow backend; what of them reached it."""
    made = request(f"{HOME}.json", linked.logins["slow"])
    together(port, lambda: made, 1)
    for _ in range(3):
        upstream(stub)
        together(port, lambda: made, CONNECTIONS)
        results.add("equal calls", upstream(stub).get("GET /api/v1/timelines/home", 0))
