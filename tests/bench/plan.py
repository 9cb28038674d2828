"""The variants: which server is asked for what, by how many callers, and for which goals."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import msgspec

from tests.bench.load import Make, request

CONNECTIONS = 16
IN_FLIGHT = (16, 64, 128, 256)

HOME = "/api/statuses/home_timeline"
VERIFY = "/api/account/verify_credentials"
UPDATE = "/api/statuses/update"


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """`server`: a process of the bench. `login`: the stub's scenario behind it (gateway only). `fresh`: every request
    differs from the one before, so that none is answered from another one's reply. `goals`: who needs it."""

    name: str
    server: str
    path: str
    goals: tuple[str, ...]
    login: str = "seen"
    connections: int = CONNECTIONS
    fresh: bool = False
    post: bool = False


def ours(name: str, path: str, login: str, *goals: str, connections: int = CONNECTIONS, post: bool = False) -> Variant:
    """A variant of the gateway whose requests all differ."""
    return Variant(
        name=name, server="ours", path=path, login=login, goals=goals, connections=connections, fresh=True, post=post
    )


R2_GOALS = ("P1", "P2", "P3", "P5", "P10", "calls")

VARIANTS: tuple[Variant, ...] = (
    Variant(name="R1", server="static", path=f"{HOME}.json", goals=("P4",)),
    Variant(name="R2", server="stock", path=f"{HOME}.json", goals=R2_GOALS),
    Variant(name="N", server="nginx", path=f"{HOME}.json", goals=("P3", "P4")),
    Variant(name="naive json", server="naive", path=f"{HOME}.json", goals=("P6",)),
    Variant(name="naive xml", server="naive", path=f"{HOME}.xml", goals=("P6",)),
    ours("cold json", f"{HOME}.json", "cold", "P1", "P5", "P6"),
    ours("cold xml", f"{HOME}.xml", "cold", "P5", "P6"),
    ours("authors seen json", f"{HOME}.json", "authors", "P1"),
    ours("90 % seen json", f"{HOME}.json", "tenth", "P2"),
    ours("90 % seen xml", f"{HOME}.xml", "tenth", "P2"),
    ours("2 of 20 new json", f"{HOME}.json", "new", "P2"),
    ours("seen json", f"{HOME}.json", "seen", "P3"),
    ours("seen xml", f"{HOME}.xml", "seen", "P3"),
    Variant(name="same poll json", server="ours", path=f"{HOME}.json", goals=("P4",)),
    Variant(name="R2 verify", server="stock", path=f"{VERIFY}.json", goals=("calls",)),
    ours("verify json", f"{VERIFY}.json", "seen", "calls"),
    ours("verify xml", f"{VERIFY}.xml", "seen", "calls"),
    Variant(name="R2 update", server="stock", path=f"{UPDATE}.json", goals=("calls",), fresh=True, post=True),
    ours("update json", f"{UPDATE}.json", "seen", "calls", post=True),
    ours("update xml", f"{UPDATE}.xml", "seen", "calls", post=True),
    *(ours(f"slow {k}", f"{HOME}.json", "slow", "P7", connections=k) for k in IN_FLIGHT),
    Variant(name="stub c=1", server="stub", path="/api/v1/timelines/home?limit=20", goals=("P11",), connections=1),
    Variant(name="R2 c=1", server="stock", path=f"{HOME}.json", goals=("P11",), connections=1),
    ours("seen c=1", f"{HOME}.json", "seen", "P11", connections=1),
    ours("cold c=1", f"{HOME}.json", "cold", "P11", connections=1),
)

_numbers = count(1)


def maker(variant: Variant, authorization: str) -> Make:
    """What makes the bytes of the requests of a variant."""
    method = "POST" if variant.post else "GET"

    def one(number: int = 0) -> bytes:
        form = b"status=Bench+post+%d" % number if variant.post else b""
        path = f"{variant.path}?_={number}" if number and not variant.post else variant.path
        return request(path, authorization, method=method, form=form)

    if variant.fresh:
        return lambda: one(next(_numbers))
    return _constant(one())


def _constant(made: bytes) -> Callable[[], bytes]:
    return lambda: made
