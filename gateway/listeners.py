"""The sockets that `oldbird serve` listens on, opened first, so that a taken port ends in a clear line."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from adapters.guard import pair
from gateway.problems import Problem
from gateway.settings import Settings

BACKLOG = 2048
MAX_PORT = 65535
UNIX_PREFIX = "unix:"
EVERY = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared with, not bound
LOOPBACK = "127.0.0.1"


class Listeners(NamedTuple):
    """`main`: the one that `host` and `port` name and, where there is one, the one without TLS. `metrics`: one for each
    worker, or none."""

    main: list[socket.socket]
    metrics: list[socket.socket]

    def only(self, number: int) -> None:
        """Close, in this process, what belongs to other workers."""
        for other, bound in enumerate(self.metrics):
            if other != number:
                bound.close()

    def close(self) -> None:
        """All of them, in this process."""
        for bound in (*self.main, *self.metrics):
            bound.close()


class Place(NamedTuple):
    """Where a setting wants a listener; port 0 is any free one."""

    setting: str
    host: str
    port: int

    def meets(self, other: Place) -> bool:
        """Both cannot be there. `port` and `plain_http` are told apart by their ports, whatever their hosts."""
        by_port = {self.setting, other.setting} == {"port", "plain_http"}
        return 0 < self.port == other.port and (by_port or _overlap(self.host, other.host))


def _overlap(one: str, other: str) -> bool:
    """A listener on every address takes those of its own family only."""
    hosts = {LOOPBACK if host == "localhost" else host for host in (one, other)}
    families = {":" in host for host in hosts}
    return len(hosts) == 1 or (len(families) == 1 and bool(hosts & EVERY))


def places(settings: Settings) -> Iterator[Place]:
    """All of them, but for a socket; of the metrics one a worker, on ports that follow each other."""
    if not settings.host.startswith(UNIX_PREFIX):
        yield Place("port", settings.host, settings.port)
    if settings.plain_http:
        yield Place("plain_http", *pair(settings.plain_http))
    if settings.metrics:
        host, port = pair(settings.metrics)
        yield from (Place("metrics", host, port + number if port else 0) for number in range(settings.workers))


def check(settings: Settings) -> None:
    """Whether all could be listened on beside each other; nothing is opened. Raises Problem."""
    found = list(places(settings))
    for place in found:
        if place.port > MAX_PORT:
            raise Problem(f"There is no port {place.port} (setting {place.setting}).")
    for one, other in combinations(found, 2):
        if one.meets(other):
            raise Problem(f"The settings {one.setting} and {other.setting} must name different ports.")


@contextmanager
def listening(settings: Settings) -> Iterator[Listeners]:
    """All listeners; a Unix one is gone afterwards. Raises Problem."""
    check(settings)
    with ExitStack() as opened:
        main = [opened.enter_context(main_listener(settings))]
        if settings.plain_http:
            main.append(opened.enter_context(listener(*pair(settings.plain_http), "setting plain_http")))
            if main[0].family != socket.AF_UNIX and port_of(main[0]) == port_of(main[1]):  # ports tell them apart
                raise Problem("The settings port and plain_http must name different ports.")
        metrics = [opened.enter_context(bound) for bound in metrics_listeners(settings)]
        yield Listeners(main, metrics)


def metrics_listeners(settings: Settings) -> Iterator[socket.socket]:
    """One a worker, on ports that follow each other. Raises Problem."""
    for place in places(settings):
        if place.setting == "metrics":
            yield listener(place.host, place.port, "setting metrics")


def port_of(bound: socket.socket) -> int:
    """The port of a bound socket."""
    return int(bound.getsockname()[1])


@contextmanager
def main_listener(settings: Settings) -> Iterator[socket.socket]:
    """The listener that `host` and `port` name; a Unix one is gone afterwards. Raises Problem."""
    if not settings.host.startswith(UNIX_PREFIX):
        with listener(settings.host, settings.port) as bound:
            yield bound
        return
    path = Path(settings.host.removeprefix(UNIX_PREFIX))
    with unix_listener(path) as bound:
        try:
            yield bound
        finally:
            path.unlink(missing_ok=True)


def unix_listener(path: Path) -> socket.socket:
    """A socket at `path` for owner and group, in the place of one that a process which died left. Raises Problem."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and not is_answered(path):
            path.unlink()
        bound.bind(str(path))
        path.chmod(0o660)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise Problem(f"Cannot listen on {path}: {error.strerror or error} (setting host).") from error
    return bound


def is_answered(path: Path) -> bool:
    """Somebody listens on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


def listener(host: str, port: int, named: str = "settings host and port") -> socket.socket:
    """A socket bound to the address, so that a taken port ends in a clear line. Raises Problem."""
    if port > MAX_PORT:
        raise Problem(f"Cannot listen on {host} port {port}: there is no such port ({named}).")
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.create_server(where, family=family, backlog=BACKLOG)
    except OSError as error:
        raise Problem(f"Cannot listen on {host} port {port}: {error.strerror} ({named}).") from error
    return bound


def address(bound: socket.socket) -> str:
    """The URL of a bound socket; of a Unix one `unix:` and its path."""
    if bound.family == socket.AF_UNIX:
        return f"unix:{bound.getsockname()}"
    return url(*bound.getsockname()[:2])


def url(host: str, port: int) -> str:
    """Without TLS, as clients want it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def url_told(host: str, port: int, machine: str) -> str:
    """The same to be told to people: `machine` stands for a host that means every address, which nobody can type."""
    return url(machine if host in EVERY else host, port)


def plain_url_told(settings: Settings, machine: str) -> str:
    """That of the listener without TLS, "" where there is none."""
    return url_told(*pair(settings.plain_http), machine) if settings.plain_http else ""
