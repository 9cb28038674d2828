"""All captured requests that are served, sent once, in their order, to a gateway over a seeded server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec

from gateway.demo_seed import RED, picture
from tests.golden.names import Names
from tests.golden.rows import Row
from tests.golden.signed import USER, SignedReplay

OLDBIRD = Path(sys.executable).parent / "oldbird"


class Answer(msgspec.Struct, frozen=True):
    """What the gateway said to one captured request."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: str


@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """What `oldbird demo --json` prints, while it runs."""
    with subprocess.Popen([OLDBIRD, "demo", "--json", "--port", "0"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, "oldbird demo did not start"
            yield msgspec.json.decode(line)
        finally:
            process.terminate()
            process.wait(20)


class Replay:
    """A client of the demo that sends captured requests."""

    def __init__(self, client: httpx.Client, demo: dict[str, Any]) -> None:
        self._client = client
        self._signed = SignedReplay(client, demo)
        self._base: str = demo["base_url"]
        self._passwords: dict[str, str] = demo["users"]
        hosts = {"gateway": urlsplit(self._base).hostname or "", "backend": urlsplit(demo["backend_url"]).netloc}
        self.names = Names(self._call, hosts)

    def _call(
        self, method: str, path: str, user: str, form: list[tuple[str, str]] | None = None, upload: str = ""
    ) -> Any:
        files = {upload: ("f.png", picture(RED), "image/png")} if upload else None
        auth = (user, self._passwords[user])
        answer = self._client.request(method, self._base + path, auth=auth, data=dict(form or ()), files=files)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def send(self, row: Row) -> Answer:
        """The gateway's answer to one row."""
        path, headers = self.names.path(row), dict(row.extra.headers)
        if row.user == USER:
            answer = self._signed.send(row, path)
            return Answer(answer.status_code, dict(answer.headers), answer.content, path)
        if row.extra.body:
            headers["Content-Type"] = row.extra.ctype or "application/json"
        answer = self._client.request(
            row.method, self._base + path, auth=self._auth(row), headers=headers, **self._body(row)
        )
        return Answer(answer.status_code, dict(answer.headers), answer.content, path)

    def _auth(self, row: Row) -> tuple[str, str] | None:
        if row.user is None:
            return None
        nick = row.user.partition("@")[0].lower()
        right = self._passwords.get(nick, "wrong") if row.status != 401 else "wrong"
        return self.names.user(row.user), right

    def _body(self, row: Row) -> dict[str, Any]:
        if row.extra.body:
            return {"content": self.names.body(row)}
        form: dict[str, list[str]] = {}
        for name, value in self.names.pairs(row, row.form or ()):
            form.setdefault(name, []).append(value)
        files = {part: (name, file_of(size), mime) for part, (name, mime, size) in (row.files or {}).items()}
        return {"data": form, "files": files or None} if form or files else {}


def file_of(size: int) -> bytes:
    """What stands for a captured file of that many bytes: nothing of use, a tiny picture, a picture."""
    if size < 20:
        return b"not an image"
    return picture(RED, 32, 32) if size < 200 else picture(RED)


def replay(rows: tuple[Row, ...], running: dict[str, Any]) -> dict[str, Answer]:
    """Answers by file name. `running`: what `oldbird demo --json` prints, of a gateway over seeded people."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        replaying = Replay(client, running)
        return {row.file: replaying.send(row) for row in rows}
