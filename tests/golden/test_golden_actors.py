"""Captured replies of Friendica 2021.01 laid beside those of a gateway before servers of actors, same people and posts.

Rows that never reach a backend (errors of the gateway's own, formats, OAuth) are replayed in `test_golden` only.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.demo_seed import POSTS
from tests.c2s.bovine import BovineServer, bovine_server
from tests.c2s.embedded import running
from tests.c2s.village import Village, village
from tests.golden import rows as capture
from tests.golden.deviations_actors import judge
from tests.golden.replay import Answer, replay
from tests.golden.rows import Row

__all__ = ["bovine_server"]

OURS = capture.ours(capture.load())
OF_THE_GATEWAY = ("auth", "error", "format", "http", "help", "oauth", "statusnet/version", "gnusocial")
"""Calls, or first parts of them, that no backend is asked for."""
FEW = {
    "account/verify_credentials", "statuses/home_timeline", "statuses/user_timeline", "statuses/mentions",
    "statuses/show", "conversation/show", "favorites", "statuses/followers", "friends/ids", "users/show",
    "direct_messages", "direct_messages/sent", "friendica/notifications", "friendica/group_show",
    "statuses/update", "favorites/create", "statuses/retweet", "direct_messages/new", "friendica/activity/dislike",
}  # fmt: skip
"""Calls of the smaller set: one row of each."""
STREAM = {"stream_05", "stream_28", "stream_29"}
STORY = {"friendica/photoalbum/update"}
"""Calls of which later rows need every one."""


def asks_a_backend(row: Row) -> bool:
    """It says something of a backend: what it has, or has not."""
    own = any(f"{row.call}/".startswith(f"{name}/") for name in OF_THE_GATEWAY)
    return not own and row.method != "HEAD" and row.status in {200, 404}


def chosen() -> tuple[Row, ...]:
    """In JSON, or in XML where a call has nothing else: both are made of the same tree."""
    asking = [row for row in OURS if asks_a_backend(row)]
    in_json = {row.call for row in asking if row.kind == "json"} - STORY
    return tuple(row for row in asking if row.kind == "json" or (row.kind == "xml" and row.call not in in_json))


def few(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The first good one of each call in FEW."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.call in FEW and row.status == 200 and row.kind == "json":
            found.setdefault(row.call, row)
    return tuple(found.values())


ROWS = chosen()
SMALL = few(ROWS)
JUDGE = judge(ROWS)


def replayed(rows: tuple[Row, ...], place: Village) -> dict[str, Answer]:
    """The answers of a gateway before the server."""
    return replay(rows, place._asdict())


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Answer]]:
    """Of the embedded dialect, to all chosen rows."""
    for server in running():
        with village(tmp_path_factory.mktemp("embedded"), server) as place:
            yield replayed(ROWS, place)


@pytest.fixture(scope="session")
def bare_answers(tmp_path_factory: pytest.TempPathFactory, bovine_server: BovineServer) -> dict[str, Answer]:
    """Of bovine-herd, to a few; of the stream, which is the same again and again, little."""
    posts = [post for post in POSTS if not post.name.startswith("stream") or post.name in STREAM]
    with village(tmp_path_factory.mktemp("bovine"), bovine_server, posts) as place:
        return replayed(SMALL, place)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.file)
def test_the_reply_has_the_captured_shape(row: Row, answers: dict[str, Answer]) -> None:
    answer = answers[row.file]
    assert answer.status == JUDGE.status(row), (answer.sent, answer.body[:300])
    assert JUDGE.unexcused(row, answer) == []


@pytest.mark.parametrize("row", SMALL, ids=lambda row: row.file)
def test_it_has_on_the_bare_dialect(row: Row, bare_answers: dict[str, Answer]) -> None:
    answer = bare_answers[row.file]
    assert answer.status == JUDGE.status(row), (answer.sent, answer.body[:300])
    assert JUDGE.unexcused(row, answer) == []


def test_every_deviation_is_needed(answers: dict[str, Answer]) -> None:
    assert JUDGE.idle(ROWS, answers) == []


def test_each_call_that_asks_a_backend_is_replayed() -> None:
    asking = {row.call for row in OURS if asks_a_backend(row) and row.kind in {"json", "xml"}}
    assert {row.call for row in ROWS} == asking
    assert {row.call for row in SMALL} == FEW
