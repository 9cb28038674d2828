"""Every captured reply of Friendica 2021.01 laid beside the gateway's (DESIGN section 11)."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway.call_rows import TABLE
from tests.golden import rows as capture
from tests.golden.deviations import DETAILS, STATUSES
from tests.golden.judging import Judge
from tests.golden.replay import Answer, demo, replay
from tests.golden.rows import Row

ROWS = capture.load()
OURS = capture.ours(ROWS)
JUDGE = Judge(STATUSES, DETAILS)


@pytest.fixture(scope="session")
def answers() -> dict[str, Answer]:
    """The gateway's answers to all served rows."""
    with demo() as running:
        return replay(OURS, running)


def test_every_captured_row_is_ours_or_marked_with_its_issue() -> None:
    count = Counter(row.issue for row in ROWS)
    assert len(ROWS) == len({row.file for row in ROWS}) == capture.TOTAL == sum(count.values())
    assert set(count) == {0, 4, 6}
    assert all((capture.FOLDER / row.file).exists() for row in OURS)


def test_marks_name_calls_that_are_still_planned() -> None:
    done = {call.path for call in TABLE if call.handler}
    assert not [row.file for row in ROWS if row.issue and row.call in done]


@pytest.mark.parametrize("row", OURS, ids=lambda row: row.file)
def test_the_reply_has_the_captured_shape(row: Row, answers: dict[str, Answer]) -> None:
    answer = answers[row.file]
    assert answer.status == JUDGE.status(row), (answer.sent, answer.body[:300])
    assert JUDGE.unexcused(row, answer) == []


def test_every_deviation_is_needed(answers: dict[str, Answer]) -> None:
    assert JUDGE.idle(OURS, answers) == []
