"""Several processes on the same sockets (setting `workers`), and the one that watches over them.

They are forked from a process that holds the listeners and nothing else: no loop, no store, no thread. The kernel
gives each connection to one of them; what waits to be accepted is lost with none. One that dies is started anew. The
first must have started before the others are: so a store is made or brought up to date once, and a wrong setting ends
the start.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable

from gateway.listeners import Listeners
from gateway.settings import Settings

log = logging.getLogger("oldbird.workers")

WATCHED = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
PAUSE_SECONDS = 1.0
"""Between two starts of the same worker."""

Place = tuple[int, Callable[[], None], int]
"""`gateway.serve.Place`."""
Work = Callable[[Place], None]


def run(settings: Settings, found: Listeners, work: Work) -> int:
    """Until SIGINT or SIGTERM, and all have ended. 0 when all ended well."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        return Watcher(settings, found, work).run()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def tell_ready() -> None:
    """Tell systemd (`Type=notify`) that requests are answered."""
    _notify(b"READY=1")


def _notify(state: bytes) -> None:
    where = os.environ.get("NOTIFY_SOCKET", "")
    if not where:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, contextlib.suppress(OSError):
        told.sendto(state, "\0" + where[1:] if where.startswith("@") else where)


class Watcher:
    """Starts workers, starts those anew that die, ends them all."""

    def __init__(self, settings: Settings, found: Listeners, work: Work) -> None:
        self._count, self._found, self._work = settings.workers, found, work
        self._running: dict[int, int] = {}
        self._due: dict[int, float] = {}
        self._gone, self._held = os.pipe()
        self._status = 0
        self._stopping = False

    def run(self) -> int:
        """See `run`."""
        if not self._first():
            return self._status or 1
        for number in range(1, self._count):
            self._start(number, lambda: None)
        log.info("%d workers", self._count)
        tell_ready()
        while self._running or self._due:
            self._wait()
        return self._status

    def _first(self) -> bool:
        """Start the first worker; whether it came as far as answering."""
        heard, tell = os.pipe()
        self._start(0, lambda: os.close(tell) if os.write(tell, b".") else None)
        os.close(tell)
        came = os.read(heard, 1) == b"."
        os.close(heard)
        if not came:
            _, status = os.waitpid(next(iter(self._running)), 0)
            self._status = os.waitstatus_to_exitcode(status)
        return came

    def _start(self, number: int, ready: Callable[[], None]) -> None:
        child = os.fork()
        if child:
            self._running[child] = number
            return
        status = 1
        try:
            os.close(self._held)
            self._found.only(number)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
            status = self._as_worker((number, ready, self._gone))
        finally:
            os._exit(status)

    def _as_worker(self, place: Place) -> int:
        """In the new process. What goes wrong is told as `oldbird` tells it."""
        from gateway.cli import explained  # noqa: PLC0415  the command line imports this module's caller

        try:
            self._work(place)
        except Exception as error:  # nothing may come back into the watcher's stack
            if line := explained(error):
                print(f"oldbird: {line}", file=sys.stderr, flush=True)
            else:
                log.exception("Worker %d failed", place[0])
            return 1
        return 0

    def _wait(self) -> None:
        """For a signal, or until a worker is due."""
        patience = min(self._due.values(), default=time.monotonic() + 3600.0) - time.monotonic()
        heard = signal.sigtimedwait(WATCHED, max(patience, 0.0))
        if heard is not None and heard.si_signo != signal.SIGCHLD:
            self._stop(heard.si_signo)
        self._bury()
        now = time.monotonic()
        for number in [number for number, due in self._due.items() if due <= now]:
            del self._due[number]
            self._start(number, lambda: None)

    def _stop(self, number: int) -> None:
        """Pass the signal on; the listeners must be closed here too, or connections would still be taken."""
        self._stopping = True
        self._due.clear()
        self._found.close()
        for child in self._running:
            os.kill(child, number)

    def _bury(self) -> None:
        """Note who has ended."""
        for child in tuple(self._running):
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended:
                continue
            number, code = self._running.pop(child), os.waitstatus_to_exitcode(status)
            if self._stopping:
                self._status = self._status or (1 if code else 0)
            else:
                log.error("Worker %d ended with %d and is started anew", number, code)
                self._due[number] = time.monotonic() + PAUSE_SECONDS
