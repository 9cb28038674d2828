"""Real clients, unmodified, over TLS: those that sign, and the examples of the specification."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.browser.gate import Gate
from tests.clients import spec_examples
from tests.clients.checks import CHECKS
from tests.clients.gear import CLIENTS, Far
from tests.clients.journeys import BY_PASSWORD, SEEN, Journey, Trip
from tests.clients.table import RECORDED

SIGNED = [name for name in CLIENTS if name not in BY_PASSWORD]


@pytest.mark.parametrize(("name", "step"), [(name, step) for name in SIGNED for step in CLIENTS[name].steps])
def test_step(
    name: str, step: str, journey: Callable[[str], Journey], gate_far: Far, gate_bob: httpx.Client, picture: Path
) -> None:
    CHECKS[step](Trip(name, journey(name).steps, gate_far, gate_bob, picture))


@pytest.mark.parametrize("name", SIGNED)
def test_a_client_takes_exactly_the_steps_it_has_calls_for(name: str, journey: Callable[[str], Journey]) -> None:
    assert set(journey(name).steps) - SEEN == set(CLIENTS[name].steps)


@pytest.mark.parametrize("name", SIGNED)
def test_the_calls_of_a_client_are_those_that_are_recorded(name: str, journey: Callable[[str], Journey]) -> None:
    assert sorted(journey(name).calls) == RECORDED[name], f"calls.toml, {name}"


def posts(far: Far) -> list[str]:
    """What everybody sees that alice posted."""
    account = far.get("accounts/lookup", acct="alice")
    found: list[dict[str, Any]] = far.get(f"accounts/{account['id']}/statuses", limit=40)
    return [status["content"] for status in found]


def test_the_curl_example_of_the_specification_posts(gate: Gate, gate_far: Far) -> None:
    text = "the status you want to post"
    before = sum(text in content for content in posts(gate_far))
    reply, calls = spec_examples.curl(gate)
    assert reply.startswith(b"<?xml")
    assert text.encode() in reply
    assert sum(text in content for content in posts(gate_far)) == before + 1
    assert sorted(calls) == RECORDED["spec-curl"]


def test_the_python_example_of_the_specification_posts(gate: Gate, gate_far: Far, tmp_path: Path) -> None:
    calls = spec_examples.python(gate, "An item for everybody", None, tmp_path)
    assert any("An item for everybody" in content for content in posts(gate_far))
    assert sorted(calls) == RECORDED["spec-python"]


def test_the_python_example_of_the_specification_posts_for_a_group(gate: Gate, gate_far: Far, tmp_path: Path) -> None:
    with gate.client("alice", gate.password("alice", "groups")) as alice:
        groups = alice.get("/api/friendica/group_show.json").json()
        friends = next(group["gid"] for group in groups if group["name"] == "Friends")
        spec_examples.python(gate, "An item for friends", [friends], tmp_path)
        own = alice.get("/api/statuses/user_timeline.json?count=20").json()
    there = gate_far.status(next(status for status in own if "An item for friends" in status["text"]))
    assert there["visibility"] == "direct"
    assert {mention["username"] for mention in there["mentions"]} == {"bob", "carol"}
    assert not any("An item for friends" in content for content in posts(gate_far))
