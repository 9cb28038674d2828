"""Events that people join (FEP-8a8e, Mobilizon), beside those they answer as in Friendica."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.activitypub.filing import ANSWERS
from adapters.errors import Rejected
from mappings import activitypub as ap
from mappings import hub
from tests.adapters.activitypub.sides import Two
from tests.c2s.bovine import eventually
from tests.c2s.talk import PUBLIC

pytestmark = pytest.mark.anyio
CONTEXT = ["https://www.w3.org/ns/activitystreams", {"mz": "https://joinmobilizon.org/ns#", "joinMode": "mz:joinMode"}]


async def event(both: Two, mode: str) -> str:
    """An event of alice's that bob has got."""
    alice, bob = both.alice.party.actor, both.bob.party.actor
    around = {"@context": CONTEXT, "to": [PUBLIC], "cc": [bob], "published": "2026-11-22T01:50:17Z"}
    party = {"type": "Event", "name": "Party", "startTime": "2026-12-05T18:00:00Z", "content": "<p>Come</p>"}
    made = party | around | {"attributedTo": alice, "joinMode": mode}
    done = await both.alice.backend.perform(around | {"type": "Create", "actor": alice, "object": made})
    native = ap.id_of(done["object"])
    await both.bob.sees(native)
    return native


async def answered(both: Two, native: str, expected: dict[str, int]) -> None:
    """The organiser sees so many of each answer, and no others."""

    async def told() -> dict[str, int]:
        await both.alice.home()
        found: hub.Activities = await both.alice.backend.activities(native)
        counts = {verb: len(getattr(found, verb)) for verb in ("attendyes", "attendno", "attendmaybe")}
        return {verb: count for verb, count in counts.items() if count}

    await eventually(told, lambda found: found == expected)


def sent(both: Two) -> list[str]:
    """The answers in bob's log that stand."""
    log = both.bob.backend.link.mirror.log
    return [log.rows[id].verb for _, id in log.order if log.rows[id].marks and log.rows[id].verb in ANSWERS]


@pytest.mark.parametrize("mode", ["free", "restricted"])
async def test_who_comes_joins_and_who_does_not_leaves(both: Two, mode: str) -> None:
    native = await event(both, mode)
    for verb, expected in (("attendyes", "Join"), ("attendno", "Leave"), ("attendyes", "Join")):
        await both.bob.backend.attend(native, verb)
        assert sent(both) == [expected]
        await answered(both, native, {verb: 1})
    await both.bob.backend.attend(native, "attendyes")
    assert sent(both) == ["Join"]


async def test_taking_a_join_back_is_leaving(both: Two) -> None:
    native = await event(both, "free")
    await both.bob.backend.attend(native, "attendyes")
    await answered(both, native, {"attendyes": 1})
    await both.bob.backend.attend(native, "")
    await answered(both, native, {"attendno": 1})
    await both.bob.backend.attend(native, "")
    assert sent(both) == ["Leave"]


async def test_who_joined_and_may_come_leaves_first(both: Two) -> None:
    native = await event(both, "free")
    await both.bob.backend.attend(native, "attendyes")
    await both.bob.backend.attend(native, "attendmaybe")
    await answered(both, native, {"attendmaybe": 1})
    assert sent(both) == ["TentativeAccept"]
    await both.bob.backend.attend(native, "")
    await answered(both, native, {})


@pytest.mark.parametrize("mode", ["external", "invite", "new"])
async def test_answers_that_nobody_takes_are_not_sent(both: Two, mode: str) -> None:
    native = await event(both, mode)
    both.server.requests()
    with pytest.raises(Rejected):
        await both.bob.backend.attend(native, "attendyes")
    assert both.server.requests() == []
    assert sent(both) == []


async def test_a_boost_of_what_was_deleted_is_taken_back_although_the_server_breaks(both: Two) -> None:
    posted = await both.alice.post(f"Post @{both.bob.party.name}")
    await both.bob.sees(posted.native)
    boost: Any = (await both.bob.backend.reblog(posted.native)).status
    await both.alice.backend.remove(posted.native)
    await both.bob.backend.remove(boost.native)
    assert boost.native not in [status.native for status in await both.bob.home()]
    assert boost.native not in [entry.status.native for entry in await both.bob.backend.own_newest()]
