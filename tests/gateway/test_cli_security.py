"""`oldbird config check`, logins for the listener without TLS, and settings that are not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import logs
from tests.gateway.far_side import ALICE
from tests.gateway.test_cli import Run, far, link, run

__all__ = ["far", "run"]


def test_checked_settings_say_what_is_doubtful(run: Run, tmp_path: Path) -> None:
    said = run("config", "check")
    assert (said.status, said.err) == (0, "")
    assert said.out.endswith("\n\nThe settings can be used.\n")
    assert "port = 0" in said.out
    doubtful = run("config", "check", host="0.0.0.0", base_url="http://gate.example", trusted_proxies="10.0.0.0/8,::1")
    assert doubtful.out.count("Doubtful: ") == 2
    assert "Doubtful: metrics is not loopback" in run("config", "check", metrics="0.0.0.0:9100").out
    assert "Doubtful" not in run("config", "check", metrics="127.0.0.1:9100").out
    socket_only = run("config", "check", host=f"unix:{tmp_path}/sock")
    assert "Doubtful: host is a socket" in socket_only.out
    assert "Doubtful" not in run("config", "check", host=f"unix:{tmp_path}/sock", trusted_proxies="unix").out
    assert list(tmp_path.iterdir()) == []  # nothing is made


@pytest.mark.parametrize("rule", ["instances", "people"])
def test_a_list_without_its_rule_and_a_rule_without_its_list_are_doubtful(run: Run, rule: str) -> None:
    listed, ruled = {f"sign_up_{rule}": "alice@social.example"}, {"sign_up": rule}
    said = run("config", "check", **listed)
    assert f"Doubtful: sign_up_{rule} is set, but sign_up is open, not {rule}: it limits nobody.\n" in said.out
    assert f"nobody is listed in sign_up_{rule}: nobody new can link" in run("config", "check", **ruled).out
    assert "Doubtful" not in run("config", "check", **listed, **ruled).out
    person = {"single_server": "https://social.example", "single_token": "t", "single_password": "p" * 20}
    assert "Doubtful" not in run("config", "check", **listed, **person).out  # nobody else comes anyway


UNSTARTABLE = [
    ({"single_server": "https://social.example"}, "belong together"),
    ({"single_server": "https://social.example", "single_token": "t", "single_password": "short"}, "20 characters"),
    ({"plain_http": "192.0.2.7:8090"}, "port and plain_http must name different ports"),
    ({"plain_http": "192.0.2.7:99999"}, "no port 99999 (setting plain_http)"),
    ({"metrics": "localhost:8090"}, "port and metrics must name different ports"),
    ({"metrics": "127.0.0.1:8088", "workers": "3"}, "port and metrics must name different ports"),
    ({"metrics": "127.0.0.1:65535", "workers": "2"}, "no port 65536 (setting metrics)"),
    ({"metrics": "0.0.0.0:8091", "plain_http": "192.0.2.7:8091"}, "plain_http and metrics must name different ports"),
]


@pytest.mark.parametrize(("given", "why"), UNSTARTABLE, ids=lambda value: "")
def test_settings_that_stop_the_start_cannot_be_used(run: Run, given: dict[str, str], why: str) -> None:
    said = run("config", "check", **{"port": "8090", **given})
    assert (said.status, why in said.err) == (1, True)
    assert "The settings can be used" not in said.out


@pytest.mark.parametrize(
    "given",
    [
        {"metrics": "192.0.2.7:8090"}, {"metrics": "127.0.0.1:8091", "workers": "4"}, {"metrics": "[::]:8090"},
        {"host": "unix:/run/sock", "plain_http": "192.0.2.7:8090"}, {"port": "0", "metrics": "127.0.0.1:0"},
    ],
)  # fmt: skip
def test_listeners_beside_each_other_can_be_used(run: Run, given: dict[str, str]) -> None:
    assert "The settings can be used." in run("config", "check", **{"port": "8090", **given}).out


def test_checked_settings_name_what_cannot_be_used(run: Run, tmp_path: Path) -> None:
    for name, value in {"trusted_proxies": "proxy.example", "store": "mysql://x"}.items():
        said = run("config", "check", **{name: value})
        assert said.status == 1
        assert said.err.startswith("oldbird: ")
        assert "The settings can be used" not in said.out
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "server.key").write_bytes(b"short")
    (tmp_path / "data" / "server.key").chmod(0o600)
    assert "is damaged" in run("config", "check").err


def test_a_login_is_let_onto_the_address_without_tls_and_off_it(run: Run) -> None:
    said = link(run, "--plain-http")
    assert "no TLS" not in said.out  # there is no such address
    (line,) = run("password", "list", "alice").out.splitlines()
    assert line.endswith("(also without TLS)")
    words = ("password", "plain-http", "alice", line.split()[0])
    assert "may not be used without TLS" in run(*words, "off").out
    assert "without TLS" not in run("password", "list", "alice").out
    assert "may be used without TLS" in run(*words, "on").out
    assert run("password", "plain-http", "alice", "nothing", "on").line == "alice has no login with the id nothing."
    more = ("password", "add", "alice", "--device", "clock", "--plain-http", "--token-file", "-")
    assert "http://192.0.2.7:8091" in run(*more, stdin=ALICE, plain_http="192.0.2.7:8091").out
    everywhere = run(*more, stdin=ALICE, plain_http="0.0.0.0:8091").out
    assert "no TLS    http://MACHINE:8091\n" in everywhere
    assert "MACHINE stands for the name or address" in everywhere


def test_the_name_of_a_device_is_one_line_that_can_be_shown(run: Run) -> None:
    link(run, "--name", "old\nphone")
    assert run("password", "list", "alice").out.endswith("  old phone\n")
    adding = ("password", "add", "alice", "--token-file", "-", "--device")
    for name in ("x" * 61, "a\x07b", "a\u202eb", " "):
        assert "at most 60 characters" in run(*adding, name, stdin=ALICE).line
    assert len(run("password", "list", "alice").out.splitlines()) == 1


def test_a_login_gets_pictures_from_here_and_no_more(run: Run) -> None:
    link(run, "--pictures")
    (line,) = run("password", "list", "alice").out.splitlines()
    assert line.endswith("(small pictures)")
    words = ("password", "pictures", "alice", line.split()[0])
    assert "the pictures' own servers" in run(*words, "off").out
    assert "small pictures" not in run("password", "list", "alice").out
    assert "gets small pictures from here" in run(*words, "on").out
    assert run("password", "pictures", "alice", "nothing", "on").line == "alice has no login with the id nothing."
    run("password", "add", "alice", "--device", "clock", "--pictures", "--token-file", "-", stdin=ALICE)
    assert run("password", "list", "alice").out.count("small pictures") == 2


def test_no_secret_of_the_settings_is_shown(run: Run) -> None:
    given = {"store": "redis://user:S3CRET-1@h:1/0", "consumers": "a-key=S3CRET-2,b-key=S3CRET-3=Name"}
    for words in (("config",), ("config", "check")):
        said = run(*words, **given)
        assert "S3CRET" not in said.out + said.err
        assert f"consumers = {logs.HIDDEN}" in said.out
        assert "h:1/0" in said.out
    assert "consumers = []" in run("config").out
