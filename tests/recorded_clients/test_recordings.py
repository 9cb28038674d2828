"""Every recording is replayed against the gateway on the seeded server: same status, and nothing of a reply gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import msgspec
import pytest

from gateway import demo_seed
from gateway.recorder_files import INDEX
from tests.clients.gear import Demo, running_demo
from tests.recorded_clients.replay import Difference, Replay, missing, recording
from tests.recorded_clients.scripts import CLIENTS

HERE = Path(__file__).parent
FIELDS = {"friendica", "https", "media", "message", "number", "picture", "public", "request", "title"}
"""Words of posts that are also words of the API."""
FOLDERS = sorted(path.parent.name for path in HERE.glob(f"*/{INDEX}"))


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A running `oldbird demo`."""
    with running_demo() as (demo, _):
        yield demo


@pytest.mark.parametrize("name", FOLDERS)
def test_it_is_answered_as_it_was(demo: Demo, name: str) -> None:
    auth, found = ("alice", demo.users["alice"]), dict[str, list[Difference]]()
    with httpx.Client(base_url=demo.base_url, auth=auth, trust_env=False, timeout=30) as client:
        replay = Replay(client, demo_seed.picture((10, 200, 90), 40, 30))
        for number, recorded in enumerate(recording(HERE / name)):
            if differences := replay.step(recorded):
                found[f"{number} {recorded.line}"] = differences
    assert found == {}


def test_each_client_that_can_be_recorded_is() -> None:
    assert set(CLIENTS) <= set(FOLDERS)


@pytest.mark.parametrize("name", FOLDERS)
def test_nobody_and_nothing_of_the_demo_stands_in_it(name: str) -> None:
    text = "".join(path.read_text() for path in (HERE / name).iterdir())
    people = {word for person in demo_seed.PEOPLE.items() for part in person for word in part.split()}
    said = {word for post in demo_seed.POSTS for word in re.findall(r"[A-Za-z]{5,}", post.text)}
    found = set(re.findall(r"[A-Za-z]+", text))
    assert not found & people
    assert found & said <= FIELDS
    assert "127.0.0.1" not in text
    assert not re.search(r'"authorization"|"cookie"|oauth_|"password"', text, re.IGNORECASE)


def test_what_is_gone_or_of_another_type_is_seen() -> None:
    then = {"id": 1, "user": {"name": "x"}, "list": [{"a": 1}], "none": None}
    assert list(missing(then, {**then, "more": 1, "none": 5})) == []
    changes: list[tuple[dict[str, Any], str]] = [
        ({"id": "1"}, ".id"), ({"user": {}}, ".user.name"), ({"list": [{"a": "1"}]}, ".list[].a"),
        ({"user": 1}, ".user"),
    ]  # fmt: skip
    for change, where in changes:
        assert [one.what for one in missing(then, {**then, **change})] == [where]
    assert [one.recorded for one in missing([then], [])] == ["1 items"]
    assert [one.what for one in missing(then, msgspec.json.decode(b'{"id":1}'))] == [".user", ".list", ".none"]
