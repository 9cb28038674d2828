"""A screen nobody sees, with a session of its own: Xvfb, a D-Bus session bus, and the programs started there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from tests.clients.gear import clean_environment
from tests.desktop.accessible import Widget, connected, programs

T = TypeVar("T")

SIZE = "1280x1000x24"
PATIENCE, PAUSE = 60, 0.1
"""Seconds until something must have appeared, and between two looks."""


def appears(what: Callable[[], T], said: str) -> T:
    """What `what` finds, as soon as it finds something."""
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until, f"not on the screen: {said}"
        time.sleep(PAUSE)
    return found


class Screen(NamedTuple):
    """A running session. `environment` is for what is started in it."""

    environment: dict[str, str]

    @contextmanager
    def started(self, program: str, title: str, log: Path) -> Iterator[Widget]:
        """A program that shows a window whose title begins so. Only then is it asked what is accessible: Qt finds the
        bus for that only when nobody did before."""
        with log.open("w") as told, ended(subprocess.Popen([program], env=self.environment, stdout=told, stderr=told)):
            self.window(title)
            with connected(self.environment["DBUS_SESSION_BUS_ADDRESS"]) as bus:
                yield appears(lambda: next((one for one in programs(bus) if one.name == program), None), program)

    def focus(self, window: str) -> None:
        """Give the keyboard to the window whose title begins so."""
        self._xdotool("windowfocus", "--sync", self.window(window))

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other, in whatever has the keyboard: a field, an open menu."""
        self._xdotool("key", *keys)

    def write(self, text: str) -> None:
        """Type a text into whatever has the keyboard."""
        self._xdotool("type", text)

    def move(self, x: int, y: int) -> None:
        """Move the mouse there."""
        self._xdotool("mousemove", "--sync", str(x), str(y))

    def click(self, x: int, y: int) -> None:
        """Press the left button there."""
        self._xdotool("mousemove", "--sync", str(x), str(y), "click", "1")

    def window(self, title: str) -> str:
        """The number of the window whose title begins so."""

        def found() -> list[str]:
            return self._xdotool("search", "--onlyvisible", "--name", f"^{title}", check=False).split()

        return appears(found, f"a window {title}")[-1]

    def windows(self) -> set[str]:
        """The numbers of all windows that are shown; menus are windows too."""
        return set(self._xdotool("search", "--onlyvisible", "--name", "", check=False).split())

    def widen(self, title: str, width: int, height: int) -> None:
        """Move a window to the corner and make it that large."""
        window = self.window(title)
        self._xdotool("windowsize", "--sync", window, str(width), str(height), "windowmove", window, "0", "0")

    def picture(self, path: Path) -> None:
        """What is to be seen, for whoever reads the failure."""
        if shutil.which("import"):
            subprocess.run(["import", "-window", "root", path], env=self.environment, check=False)

    def _xdotool(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout


@contextmanager
def screen(home: Path) -> Iterator[Screen]:
    """A session whose programs have `home` for their home."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700, parents=True)
    environment = {
        **clean_environment(),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_RUNTIME_DIR": str(runtime),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }
    with _left_behind(home), _display() as display, _session_bus({**environment, "DISPLAY": display}) as address:
        yield Screen({**environment, "DISPLAY": display, "DBUS_SESSION_BUS_ADDRESS": address})


@contextmanager
def _left_behind(home: Path) -> Iterator[None]:
    """KDE's helpers leave the session of the program they work for; they still have its home."""
    try:
        yield
    finally:
        mark = f"HOME={home}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGKILL)


@contextmanager
def _display() -> Iterator[str]:
    """A free one, chosen by the server itself."""
    told, tells = os.pipe()
    command = ["Xvfb", "-displayfd", str(tells), "-screen", "0", SIZE, "-nolisten", "tcp"]
    with ended(subprocess.Popen(command, pass_fds=[tells], stderr=subprocess.DEVNULL)), os.fdopen(told) as line:
        os.close(tells)
        number = line.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"


@contextmanager
def _session_bus(environment: dict[str, str]) -> Iterator[str]:
    """What it starts for others (the accessibility bus, KDE's services) inherits the display."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    with ended(process):
        assert process.stdout is not None
        yield process.stdout.readline().strip()


@contextmanager
def ended(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> Iterator[None]:
    """The process is over afterwards."""
    with process:
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
