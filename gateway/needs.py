"""What a backend makes of a call: refused as a whole, refused in part, done in another way, or nothing to say.

The rows say what they need (`gateway.calls.Need`); the sentences are those of `adapters.lacks`.
"""

from __future__ import annotations

from enum import StrEnum

from adapters.backend import Capabilities
from adapters.lacks import require
from gateway.calls import Call, Need


class State(StrEnum):
    """How a call fares on a backend."""

    WORKS = "works"
    PARTLY = "partly"
    REFUSED = "refused"


def refuse(call: Call, capabilities: Capabilities) -> None:
    """Refuse a call no use of which is possible, before anything is done for it. Raises Unsupported."""
    for need in call.needs:
        if need.whole:
            require(capabilities, need.capability)


def lacking(call: Call, capabilities: Capabilities) -> tuple[Need, ...]:
    """What the call needs and the backend has not; where all is refused only that counts."""
    lacks = tuple(need for need in call.needs if _lacks(need, capabilities))
    return tuple(need for need in lacks if need.whole)[:1] or lacks


def _lacks(need: Need, capabilities: Capabilities) -> bool:
    matters = not need.given or getattr(capabilities, need.given)
    return matters and not getattr(capabilities, need.capability)


def state(call: Call, capabilities: Capabilities) -> State:
    """How the call fares."""
    lacks = lacking(call, capabilities)
    if any(need.whole for need in lacks):
        return State.REFUSED
    return State.PARTLY if lacks else State.WORKS


def words(call: Call) -> str:
    """Its needs in a line."""
    return ", ".join(need.capability if need.whole else f"partly {need.capability}" for need in call.needs)
