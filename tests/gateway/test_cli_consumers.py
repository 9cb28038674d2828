"""`oldbird consumer`."""

from __future__ import annotations

import re

from tests.gateway.test_cli import Run, far, link, run

__all__ = ["far", "run"]


def test_added_listed_and_revoked(run: Run) -> None:
    link(run)
    said = run(
        "consumer", "add", "My program", "--callback", "https://p.example/cb", "--user", "Alice", "--read-only",
        base_url="https://gate.example",
    )  # fmt: skip
    assert said.status == 0
    key, secret = re.findall(r"consumer (?:key|secret) +(\S+)\n", said.out)
    assert re.fullmatch("[0-9a-f]{20}", key)
    assert re.fullmatch("[0-9a-f]{40}", secret)
    for step in ("request_token", "authorize", "access_token"):
        assert f"https://gate.example/oauth/{step}\n" in said.out
    listed = run("consumer", "list")
    rest = r"read only +created \d{4}-\d\d-\d\d  My program  by alice  back to https://p.example/cb\n"
    assert re.fullmatch(f"{key}  {rest}", listed.out)
    assert secret not in listed.out
    assert run("consumer", "revoke", key).out == f"Revoked {key}, and with it 0 logins.\n"
    assert run("consumer", "list").out == ""


def test_of_the_gateway(run: Run) -> None:
    assert run("consumer", "add", "Everybody's").status == 0
    assert run("consumer", "list").out.endswith("  Everybody's\n")


def test_refused(run: Run) -> None:
    assert "name of at most" in run("consumer", "add", " ").line
    assert "https://" in run("consumer", "add", "x", "--callback", "javascript:x").line
    assert "nobody" in run("consumer", "add", "x", "--user", "nobody").line
    assert run("consumer", "revoke", "none").line == "There is no consumer with the key none."


def test_those_of_the_settings(run: Run) -> None:
    pairs = "old=hush=Old program,other=hush2"
    listed = run("consumer", "list", consumers=pairs)
    assert listed.out.splitlines() == [
        "old  read and write  in the settings     Old program", "other  read and write  in the settings     other",
    ]  # fmt: skip
    assert "stands in the settings" in run("consumer", "revoke", "old", consumers=pairs).line
    shown = run("config", consumers=pairs)
    assert "consumers = " in shown.out
    assert "hush" not in shown.out
