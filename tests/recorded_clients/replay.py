"""Sends what a recording holds to a gateway, and lays the replies beside the recorded ones.

Ids and names of a recording are not those of the gateway it is replayed on. Which stands for which is learned from the
replies: what stands at the same place is the same thing. Then the requests after it are asked with the gateway's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx
import msgspec
from lxml import etree

from gateway.recorder_files import INDEX, Index, Recorded
from gateway.recorder_redaction import Redaction, Sent
from gateway.recorder_words import Words

PIECES = re.compile(r"[^\W_]+")
NEAR = (0, 1, -1)
"""Clients ask for the id before or after one they know."""
LEAST_ID = 1 << 20


def recording(folder: Path) -> list[Recorded]:
    """The exchanges of a folder, in order."""
    index = msgspec.json.decode((folder / INDEX).read_bytes(), type=Index)
    return [msgspec.json.decode((folder / name).read_bytes(), type=Recorded) for name in index.exchanges]


class Difference(NamedTuple):
    """What was not as it is in the recording."""

    what: str
    recorded: Any
    now: Any


class Replay:
    """One recording, replayed through a client that is signed in. `picture` goes in the place of every file."""

    def __init__(self, client: httpx.Client, picture: bytes) -> None:
        self._client, self._picture = client, picture
        self._redaction = Redaction(Words(b"replay"), texts=False)
        self._words: dict[str, str] = {}
        self._ids: dict[int, int] = {}

    def step(self, recorded: Recorded) -> list[Difference]:
        """Ask it again; what is different now."""
        asked = recorded.asked
        reply = self._client.request(
            asked.method, self._own(asked.path), params=[(name, self._own(value)) for name, value in asked.query],
            headers={"User-Agent": asked.agent}, auth=httpx.USE_CLIENT_DEFAULT if asked.auth else None,
            **self._body(asked.body),
        )  # fmt: skip
        now = self._redaction.answered(reply.status_code, reply.headers.items(), reply.content)
        then = recorded.answered
        if (now.status, now.kind) != (then.status, then.kind):
            return [Difference("status", (then.status, then.kind), (now.status, now.kind))]
        if then.kind == "json":
            self._learn(then.body, reply.json())
            return list(missing(then.body, now.body))
        if then.kind == "xml":
            gone = elements(then.body) - elements(now.body)
            return [Difference("elements", sorted(gone), "missing")] if gone else []
        return []

    def _body(self, sent: Sent | None) -> dict[str, Any]:
        if sent is None:
            return {}
        if sent.kind == "json":
            return {"json": self._owned(sent.document)}
        fields: dict[str, list[str]] = {}
        for name, value in sent.fields:
            fields.setdefault(name, []).append(self._own(value))
        if sent.kind == "form":
            return {"data": fields}
        return {"data": fields, "files": [(name, ("x.png", self._picture, "image/png")) for name, _ in sent.files]}

    def _owned(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._owned(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._owned(inner) for inner in value]
        return self._own(value) if isinstance(value, str) else value

    def _own(self, text: str) -> str:
        """A text of the recording as it is here."""
        return PIECES.sub(lambda found: self._piece(found[0]), text)

    def _piece(self, piece: str) -> str:
        if piece.isdigit() and int(piece) >= LEAST_ID:
            near = (self._ids[int(piece) + by] - by for by in NEAR if int(piece) + by in self._ids)
            return str(next(near, int(piece)))
        return self._words.get(piece, piece)

    def _learn(self, then: Any, now: Any) -> None:
        if isinstance(then, dict) and isinstance(now, dict):
            for name in then.keys() & now.keys():
                self._learn(then[name], now[name])
        elif isinstance(then, list) and isinstance(now, list):
            for one, other in zip(then, now, strict=False):
                self._learn(one, other)
        elif isinstance(then, int) and isinstance(now, int) and then >= LEAST_ID:
            self._ids[then] = now
        elif isinstance(then, str) and isinstance(now, str):
            pieces = PIECES.findall(then), PIECES.findall(now)
            if len(pieces[0]) == len(pieces[1]):
                self._words |= {one: other for one, other in zip(*pieces, strict=True) if not one.isdigit()}


def missing(then: Any, now: Any, where: str = "") -> Iterator[Difference]:
    """Fields of the recorded reply that are gone, or of another type, and lists that are empty now. Null may become
    anything, and anything null; lists inside may be empty, because others have written meanwhile."""
    if then is None or now is None:
        return
    if type(then) is not type(now):
        yield Difference(where, type(then).__name__, type(now).__name__)
    elif isinstance(then, dict):
        for name, value in then.items():
            if name not in now:
                yield Difference(f"{where}.{name}", type(value).__name__, "missing")
            else:
                yield from missing(value, now[name], f"{where}.{name}")
    elif isinstance(then, list) and then:
        if not now and not where:
            yield Difference(where, f"{len(then)} items", "none")
        for one, other in zip(then, now, strict=False):
            yield from missing(one, other, f"{where}[]")


def elements(document: str) -> set[str]:
    """The paths of all elements of an XML document."""
    root = etree.fromstring(document)
    return {
        "/".join(etree.QName(one).localname for one in [*reversed(list(element.iterancestors())), element])
        for element in root.iter("*")
    }
