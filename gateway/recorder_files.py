"""A recording as files: one of JSON for each exchange, and `index.json`."""

from __future__ import annotations

import os
import zlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gateway import __version__
from gateway.bodies import Body
from gateway.exchange import Exchange
from gateway.problems import Problem
from gateway.recorder_orders import Order
from gateway.recorder_redaction import Answered, Asked, Redaction
from gateway.recorder_words import Words

INDEX = "index.json"
VERSION = 1
"""Of the form of these files."""
MOST_BYTES = 32 << 20
"""A packed exchange that would be larger was not made here."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange. `at`: seconds since the first one, in files; until then since 1970. `ms`: how long it took."""

    asked: Asked
    answered: Answered
    at: float = 0.0
    ms: float = 0.0

    @classmethod
    def of(
        cls, order: Order, exchange: Exchange, body: Body, answer: tuple[int, list[tuple[str, str]], bytes]
    ) -> Recorded:
        """A request and its reply, redacted."""
        redaction = Redaction(Words(order.secret), texts=order.texts)
        return cls(asked=redaction.asked(exchange, body), answered=redaction.answered(*answer))

    def without_bodies(self) -> Recorded:
        """For one that is too large."""
        asked = msgspec.structs.replace(self.asked, body=None)
        return msgspec.structs.replace(
            self, asked=asked, answered=msgspec.structs.replace(self.answered, kind="other", body=None)
        )

    @property
    def line(self) -> str:
        """For people."""
        return f"{self.answered.status} {self.asked.method} {self.asked.path}"


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder holds. `texts`: they are as they were, else placeholders. `agents`: names of the programs."""

    version: int
    oldbird: str
    recorded: str
    texts: bool
    agents: list[str]
    exchanges: list[str]


def packed(recorded: Recorded, most: int) -> bytes:
    """As it lies in the store: at most so many bytes, if need be without bodies."""
    made = zlib.compress(msgspec.json.encode(recorded))
    return made if len(made) <= most else zlib.compress(msgspec.json.encode(recorded.without_bodies()))


def unpacked(data: bytes) -> Recorded:
    """The exchange again."""
    return msgspec.json.decode(zlib.decompressobj().decompress(data, MOST_BYTES), type=Recorded)


class Folder:
    """Where a recording is written. Raises Problem for one that cannot be made, or holds anything."""

    def __init__(self, path: Path, *, texts: bool) -> None:
        self.path, self._texts = path, texts
        self._began: float | None = None
        self._names: dict[int, str] = {}
        self._agents: set[str] = set()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(path.iterdir()):
                raise Problem(f"The folder {path} is not empty.")
        except OSError as error:
            raise Problem(f"The folder {path} cannot be made: {error.strerror}.") from error

    def __len__(self) -> int:
        return len(self._names)

    def add(self, number: int, recorded: Recorded) -> None:
        """Write one exchange. Raises Problem."""
        if self._began is None:
            self._began = recorded.at
        name = f"{number:04d}-{_word(recorded.asked)}.json"
        self._write(name, msgspec.structs.replace(recorded, at=round(recorded.at - self._began, 1)))
        self._names[number] = name
        self._agents |= {recorded.asked.agent} - {""}

    def finish(self) -> None:
        """Write the index. Raises Problem."""
        index = Index(
            version=VERSION, oldbird=__version__, recorded=datetime.now(UTC).date().isoformat(), texts=self._texts,
            agents=sorted(self._agents), exchanges=[self._names[number] for number in sorted(self._names)],
        )  # fmt: skip
        self._write(INDEX, index)

    def _write(self, name: str, content: msgspec.Struct) -> None:
        text = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
        try:
            handle = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(text)
        except OSError as error:
            raise Problem(f"{self.path / name} cannot be written: {error.strerror}.") from error


def _word(asked: Asked) -> str:
    """What the name of a file says of its request."""
    return (asked.call or "unknown").replace("/", "-").replace("{", "").replace("}", "")
