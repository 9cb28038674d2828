"""`oldbird clients`, and the clients that app passwords and consumers are for."""

from __future__ import annotations

import json
import re

import pytest

from gateway.client_presets import PRESETS
from tests.gateway.far_side import ALICE, HERE
from tests.gateway.test_cli import Run, far, link, run

__all__ = ["far", "run"]

GATE = "https://gate.example"


def test_all_clients_are_listed_with_what_to_type(run: Run) -> None:
    said = run("clients", base_url=GATE)
    assert said.status == 0
    assert re.findall(r"^([a-z0-9-]+): ", said.out, re.MULTILINE) == list(PRESETS)
    assert "choqok: Choqok 1.7.0\n  Kind of account  Friendica, GNU social\n  Host  " in said.out
    assert f"base_url {GATE}/api\n" in said.out


def test_one_client(run: Run) -> None:
    said = run("clients", "andstatus", base_url=GATE)
    assert said.out.splitlines() == [
        "andstatus: AndStatus 62.03", "  Kind of account  GNU social", f"  Server           {GATE}",
        "  User name        LOGIN", "  Leave OAuth off.",
    ]  # fmt: skip
    assert run("clients", "nobody").line == "No client is known as nobody; `oldbird clients` lists them."


def test_a_client_without_encryption_is_told_the_address_without(run: Run) -> None:
    setting = ("clients", "identica-mode")
    assert '(setq statusnet-server "gate.example")' in run(*setting, base_url=GATE).out
    assert '"192.168.1.5:8091")' in run(*setting, base_url=GATE, plain_http="192.168.1.5:8091").out
    assert '"[fd00::1]:8091")' in run(*setting, base_url=GATE, plain_http="[fd00::1]:8091").out
    everywhere = run(*setting, base_url=GATE, plain_http="0.0.0.0:8091").out
    assert '(setq statusnet-server "MACHINE:8091")' in everywhere
    assert everywhere.endswith("address that the gateway's machine has in your network.\n")
    assert GATE in run("clients", "dica", base_url=GATE, plain_http="192.168.1.5:8091").out


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("0.0.0.0", "http://MACHINE:8090"), ("::", "http://MACHINE:8090"), ("unix:/tmp/sock", "https://MACHINE"),
        ("fd00::1", "http://[fd00::1]:8090"), ("192.0.2.7", "http://192.0.2.7:8090"),
    ],
)  # fmt: skip
def test_no_address_is_told_that_cannot_be_typed(run: Run, host: str, server: str) -> None:
    told = run("clients", "dica", host=host, port="8090").out
    made = run("consumer", "add", "My program", host=host, port="8090").out
    linked = run("link", "alice", "--server", HERE, "--token-file", "-", stdin=ALICE, host=host, port="8090").out
    assert f"  Server     {server}\n" in told
    assert f"authorize        {server}/oauth/authorize\n" in made
    assert f"  server    {server}   (API address: {server}/api)\n" in linked
    for said in (told, made, linked):
        assert ("MACHINE stands for" in said, "Set base_url" in said) == (("MACHINE" in server),) * 2


def test_for_programs(run: Run) -> None:
    found = {row["name"]: row for row in json.loads(run("clients", "--json", base_url=GATE).out)}
    assert list(found) == list(PRESETS)
    assert found["dica"]["dialect"] == {"id_bits": 31}
    assert {"label": "Server", "value": GATE} in found["dica"]["type"]
    assert found["tweepy"]["login"] == "OAuth 1.0a"
    assert (found["tweepy"]["base"], found["tweepy"]["path"]) == ("twitter", "/1.1")
    (one,) = json.loads(run("clients", "curl", "--json", base_url=GATE).out)
    assert one["example"] == f"curl -u LOGIN '{GATE}/api/statuses/home_timeline.json?count=5'"


def test_a_password_is_made_for_a_client_and_told_what_to_type(run: Run) -> None:
    first = link(run, "--client", "andstatus")
    assert "In AndStatus:\n  Kind of account  GNU social\n" in first.out
    said = run("password", "add", "alice", "--device", "old", "--client", "dica", "--token-file", "-", stdin=ALICE)
    assert "In DiCa:\n" in said.out
    listed = run("password", "list", "alice").out
    assert set(re.findall(r"(\w+)  for (\S+)$", listed, re.MULTILINE)) == {("first", "andstatus"), ("old", "dica")}
    said = run("password", "add", "alice", "--device", "x", "--client", "nobody", "--token-file", "-", stdin=ALICE)
    assert "No client is known as nobody" in said.line


def test_it_is_another_client_later(run: Run) -> None:
    link(run, "--name", "phone")
    (line,) = run("password", "list", "alice").out.splitlines()
    id = line.split()[0]
    assert run("password", "client", "alice", id, "choqok").out == f"{id} (phone) is for choqok.\n"
    assert run("password", "list", "alice").out.endswith("  phone  for choqok\n")
    assert run("password", "client", "alice", id, "none").out == f"{id} (phone) is for any program.\n"
    assert "No client" in run("password", "client", "alice", id, "nobody").line
    assert run("password", "client", "alice", "none", "dica").line == "alice has no login with the id none."


def test_a_consumer_is_for_a_client(run: Run) -> None:
    link(run)
    assert run("consumer", "add", "My program", "--client", "tweepy").status == 0
    assert run("consumer", "list").out.endswith("  My program  for tweepy\n")
    assert "No client" in run("consumer", "add", "x", "--client", "nobody").line
