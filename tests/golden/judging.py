"""How an answer differs from the captured one, and what of it is excused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from typing import NamedTuple

from lxml import etree

from gateway.call_rows import TABLE
from tests.golden import rows as capture
from tests.golden.deviations import BROKEN, ROOTS, Detail, Otherwise
from tests.golden.replay import Answer
from tests.golden.rows import Row
from tests.golden.structure import differences, of_json, of_xml


class Judge(NamedTuple):
    """With the deviations of one backend."""

    statuses: Sequence[Otherwise]
    details: Sequence[Detail]

    def otherwise(self, file: str) -> Otherwise | None:
        """The first row that names the file."""
        return next((row for row in self.statuses if fnmatch(file, row.files)), None)

    def status(self, row: Row) -> int:
        """What is to be answered."""
        meant = self.otherwise(row.file)
        return meant.status if meant else row.status

    def findings(self, row: Row, answer: Answer) -> list[str]:
        """How the answer differs, before anything is excused."""
        meant = self.otherwise(row.file)
        if row.method == "HEAD" or (meant and not meant.structure):
            return []
        return list(_differences(row, answer))

    def unexcused(self, row: Row, answer: Answer) -> list[str]:
        """What no detail excuses."""
        found = self.findings(row, answer)
        return [line for line in found if not any(detail.excuses(row.file, line) for detail in self.details)]

    def idle(self, rows: Sequence[Row], answers: dict[str, Answer]) -> list[Otherwise | Detail]:
        """The deviations that nothing needs."""
        found = [(row.file, line) for row in rows for line in self.findings(row, answers[row.file])]
        needed = [self.otherwise(row.file) for row in rows if self.status(row) != row.status or self._free(row)]
        unused: list[Otherwise | Detail] = [row for row in self.statuses if row not in needed]
        return unused + [one for one in self.details if not any(one.excuses(*pair) for pair in found)]

    def _free(self, row: Row) -> bool:
        meant = self.otherwise(row.file)
        return meant is not None and not meant.structure


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
