"""Every captured reply of Friendica 2021.01 laid beside the gateway's (DESIGN section 11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest
from lxml import etree

from gateway.call_rows import TABLE
from tests.golden import rows as capture
from tests.golden.deviations import BROKEN, DETAILS, ROOTS, STATUSES, Otherwise
from tests.golden.replay import Answer, replay
from tests.golden.rows import Row
from tests.golden.structure import differences, of_json, of_xml

ROWS = capture.load()
OURS = capture.ours(ROWS)


@pytest.fixture(scope="session")
def answers() -> dict[str, Answer]:
    """The gateway's answers to all served rows."""
    return replay(OURS)


def otherwise(file: str) -> Otherwise | None:
    return next((row for row in STATUSES if fnmatch(file, row.files)), None)


def findings(row: Row, answer: Answer) -> list[str]:
    """How the answer differs, before anything is excused."""
    meant = otherwise(row.file)
    if meant and not meant.structure:
        return []
    return list(_differences(row, answer))


def _differences(row: Row, answer: Answer) -> Iterator[str]:
    if row.kind == "json":
        yield from differences(of_json(capture.parse(row.body)), of_json(capture.parse(answer.body)))
    elif row.kind == "xml":
        root = ROOTS.get(row.call, "") if answer.status == 200 else ""
        yield from differences(of_xml(_mended(row.body), root), of_xml(answer.body))
    elif row.kind == "feed":
        yield from _feed(row, answer)
    elif answer.body != row.body:
        yield f"body {answer.body[:60]!r}"


def _mended(body: bytes) -> bytes:
    for broken, meant in BROKEN.items():
        body = body.replace(broken, meant)
    return body


def _feed(row: Row, answer: Answer) -> Iterator[str]:
    """The original's feeds are no XML; ours are: real feeds of timelines, else the XML document."""
    root = etree.QName(etree.fromstring(answer.body)).localname
    call = TABLE.find(row.call)
    is_feed = call is not None and "rss" in call.formats and answer.status == 200
    if root not in ({"rss", "feed"} if is_feed else {call.root if call else "", "status"}):
        yield f"root {root}"


def excused(row: Row, finding: str) -> bool:
    return any(detail.excuses(row.file, finding) for detail in DETAILS)


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
    answer, meant = answers[row.file], otherwise(row.file)
    assert answer.status == (meant.status if meant else row.status), (answer.sent, answer.body[:300])
    if row.method != "HEAD":
        assert [finding for finding in findings(row, answer) if not excused(row, finding)] == []


def test_every_deviation_is_needed(answers: dict[str, Answer]) -> None:
    for row in STATUSES:
        files = [one for one in OURS if otherwise(one.file) is row]
        assert any(one.status != row.status or not row.structure for one in files), row
    found = [(row, finding) for row in OURS if row.method != "HEAD" for finding in findings(row, answers[row.file])]
    for detail in DETAILS:
        assert any(detail.excuses(row.file, finding) for row, finding in found), detail
