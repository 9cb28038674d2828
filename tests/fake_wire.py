"""What crosses between the gateway and the fake far side: a record of calls, and the faults that calls meet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar, cast

import msgspec

from adapters.errors import BackendError, BadAnswer
from mappings import hub

READER = msgspec.json.Decoder(hub.Status)
WRITER = msgspec.json.Encoder()


def read(raw: bytes) -> hub.Status:
    """The reader of all entries."""
    try:
        return READER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadAnswer("The server sent something that is no post.") from error


class Sent(NamedTuple):
    """One recorded call: who asked, what, with what."""

    viewer: str
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Gate:
    """Holds one call: it sets `reached` and waits for `go`."""

    def __init__(self) -> None:
        self.reached, self.go = asyncio.Event(), asyncio.Event()


class Fault(NamedTuple):
    """What the next matching call meets; an empty `names` matches every call."""

    names: tuple[str, ...]
    error: BackendError | None = None
    after: bool = False
    raw: bytes | None = None
    gate: Gate | None = None


class Wire:
    """Everything that crosses between gateway and far side."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.faults: list[Fault] = []

    @property
    def names(self) -> list[str]:
        """Names of all calls so far, in order."""
        return [sent.name for sent in self.sent]

    def count(self, *names: str) -> int:
        """How many calls (of these names) were made."""
        return sum(1 for name in self.names if not names or name in names)

    def clear(self) -> None:
        """Start counting anew."""
        self.sent.clear()

    def fail(self, error: BackendError, *names: str, times: int = 1, after: bool = False) -> None:
        """The next `times` matching calls raise `error`; `after`: having done their work."""
        self.faults += [Fault(names, error=error, after=after)] * times

    def garble(self, raw: bytes, *names: str, times: int = 1) -> None:
        """Entries of the next matching calls carry `raw` instead of their own bytes."""
        self.faults += [Fault(names, raw=raw)] * times

    def hold(self, *names: str) -> Gate:
        """The next matching call waits at the returned gate."""
        self.faults.append(Fault(names, gate=(gate := Gate())))
        return gate

    def take(self, name: str) -> list[Fault]:
        """The faults that this call meets now: at most one gate, and one error or garbling."""
        found: dict[bool, Fault] = {}
        for fault in self.faults:
            if not fault.names or name in fault.names:
                found.setdefault(fault.gate is not None, fault)
        for fault in found.values():
            self.faults.remove(fault)
        return list(found.values())


class Party(Protocol):
    """Whose method is called."""

    viewer: str
    wire: Wire


Who = TypeVar("Who", bound=Party)
Args = ParamSpec("Args")
Answer = TypeVar("Answer")
Method = Callable[Concatenate[Who, Args], Coroutine[Any, Any, Answer]]


def upstream(method: Method[Who, Args, Answer]) -> Method[Who, Args, Answer]:
    """Record the call and let it meet its faults."""
    name = method.__name__

    @wraps(method)
    async def call(self: Who, /, *args: Args.args, **kwargs: Args.kwargs) -> Answer:
        self.wire.sent.append(Sent(self.viewer, name, args, kwargs))
        faults = self.wire.take(name)
        for gate in [fault.gate for fault in faults if fault.gate]:
            gate.reached.set()
            await gate.go.wait()
        fault = next((fault for fault in faults if not fault.gate), Fault(()))
        if fault.error and not fault.after:
            raise fault.error
        result = await method(self, *args, **kwargs)
        if fault.error:
            raise fault.error
        return result if fault.raw is None else cast("Answer", spoil(result, fault.raw))

    return call


def spoil(result: Any, raw: bytes) -> Any:
    """`result` with `raw` as the bytes of every entry; what holds no entries is unreadable as a whole."""
    match result:
        case hub.Entry():
            return hub.Entry(raw=raw, read=read)
        case hub.Thread():
            return hub.Thread(status=spoil(result.status, raw), descendants=(spoil(result.status, raw),))
        case hub.Page(items=items) if items and not isinstance(items[0], hub.Account):
            return msgspec.structs.replace(result, items=tuple(spoil(item, raw) for item in items))
        case hub.Notification():
            return msgspec.structs.replace(result, status=hub.Entry(raw=raw, read=read))
        case hub.Conversation():
            return msgspec.structs.replace(result, last=hub.Entry(raw=raw, read=read))
        case dict():
            return {key: spoil(entry, raw) for key, entry in result.items()}
        case (hub.Entry(), *_):
            return tuple(spoil(entry, raw) for entry in result)
    raise BadAnswer("The server sent something that cannot be read.")
