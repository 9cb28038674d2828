"""Gateway processes as an operator runs them: started, watched through their metrics, stopped or killed."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx2 as httpx

from tests.mock_server import TOKENS, MockServer
from tests.secrets_used import heard, register

OLDBIRD = [sys.executable, "-c", "from gateway.cli import main; raise SystemExit(main())"]
SECONDS = 30.0


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a gateway that keeps its things in `folder`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("OLDBIRD_")}
    given = {"data_dir": str(folder), "port": "0", "metrics": "127.0.0.1:0", **settings}
    return {**own, **{f"OLDBIRD_{name.upper()}": value for name, value in given.items()}}


def link(environ: Mapping[str, str], mock: MockServer, name: str = "alice") -> str:
    """Link a person of the mock; the app password."""
    done = subprocess.run(
        [*OLDBIRD, "link", name, "--server", mock.url, "--token-file", "-"],
        env={**environ, "OLDBIRD_ALLOW_HOSTS": mock.pair}, input=TOKENS[name], capture_output=True, text=True,
        check=False, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    password = next(line.split()[-1] for line in done.stdout.splitlines() if "assword" in line)
    register(password)
    return password


class Running:
    """`oldbird serve`. `url` of the gateway, `metrics` of the port beside it (of each worker, as they come up)."""

    def __init__(
        self, environ: Mapping[str, str], workers: int = 1, *, command: Sequence[str] = (*OLDBIRD, "serve")
    ) -> None:
        self.process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.url, self.metrics = "", list[str]()
        for _ in range(2 * workers):
            line = self.wait_for(r" at (http|unix)")
            if "Metrics at " in line:
                self.metrics.append(line.removeprefix("Metrics at ").removesuffix("/metrics"))
            else:
                self.url = line.removeprefix("Listening at ").partition(" and, ")[0]

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            self._lines.put(line)
        self._lines.put("")

    def wait_for(self, pattern: str) -> str:
        """The message of the next log line like this."""
        while True:
            line = self._lines.get(timeout=SECONDS)
            assert line, f"it ended: {''.join(self.said)}"
            if not line.startswith("{"):
                continue
            message = json.loads(line).get("message", "")
            if re.search(pattern, message):
                return str(message)

    def number(self, name: str, at: int = 0) -> float:
        """The value of a metric; 0 where there is no such sample."""
        return samples(httpx.get(f"{self.metrics[at]}/metrics", trust_env=False).text).get(name, 0.0)

    def signal(self, number: int) -> None:
        """Send one to the process."""
        self.process.send_signal(number)

    def end(self) -> int:
        """Its exit code, once it has ended."""
        status = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        if self.process.stderr is not None:
            self.process.stderr.close()
        heard("oldbird serve", "".join(self.said))
        return status

    def stop(self) -> int:
        """As systemd does."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            return self.end()
        finally:
            if self.process.poll() is None:
                self.process.kill()


def samples(text: str) -> dict[str, float]:
    """`name{labels}` -> value, of a page in Prometheus's text format."""
    return {
        name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line[:1] != "#")
    }


def until(true: Callable[[], object]) -> None:
    """Look until something has happened in another process."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)  # nothing tells


def posts(mock: MockServer, text: str) -> list[str]:
    """Ids of what alice has posted with this text."""
    found = mock.client.get(
        "/api/v1/timelines/home", params={"limit": 40}, headers={"Authorization": f"Bearer {TOKENS['alice']}"}
    ).json()
    return [post["id"] for post in found if text in post["content"]]


def fill(mock: MockServer, count: int) -> Iterator[str]:
    """Make so many posts of bob's, whom alice follows; their texts."""
    for number in range(count):
        text = f"post number {number:03d}"
        mock.client.post(
            "/api/v1/statuses", json={"status": text}, headers={"Authorization": f"Bearer {TOKENS['bob']}"}
        ).raise_for_status()
        yield text
