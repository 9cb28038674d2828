"""The captured answers to `attend*` and `unattend*`, laid beside those to a real event on servers of actors: nothing of
the seeded people of `test_golden_actors` is one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.c2s.bovine import bovine_server, herd
from tests.c2s.embedded import embedded, embedded_server
from tests.gateway.actors import Gate
from tests.gateway.test_actors import gate, having, make_event
from tests.golden import rows as capture
from tests.golden.judging import Judge
from tests.golden.replay import Answer

pytestmark = pytest.mark.anyio
__all__ = ["bovine_server", "embedded", "embedded_server", "gate", "herd"]

ROWS = tuple(row for row in capture.ours(capture.load()) if "attend" in row.call and ".ok." in row.file)
JUDGE = Judge((), ())


async def test_each_captured_answer_to_an_event(gate: Gate) -> None:
    assert len(ROWS) == 12
    await make_event(gate)
    (event,) = having("Party")(await gate.until("b", "statuses/home_timeline", having("Party")))
    for row in ROWS:
        sent: Any = {"id": event["id"]}
        answer = await gate.answer(row.method, "b", row.call, row.kind, data=sent)
        assert answer.status == row.status == 200, (row.file, answer.body)
        assert JUDGE.unexcused(row, Answer(answer.status, dict(answer.headers), answer.body, row.path)) == []
        assert answer.body.split(b"?>")[-1].strip() == row.body.split(b"?>")[-1].strip()
