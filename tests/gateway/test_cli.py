"""The command line, run in this process on a store of its own; the far side is a fake."""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from adapters.errors import Unavailable
from gateway import cli, cli_info, cli_logins, logs, services
from gateway.auth import Authenticator
from gateway.call_rows import TABLE
from gateway.errors import ApiError
from gateway.settings import Settings, document
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import StoreDown, TooNew
from gateway.vault import open_vault
from tests.gateway.far_side import ALICE, HERE, Far
from tests.gateway.test_auth import basic
from tests.gateway.test_serve import OLDBIRD, environment

PASSWORD = re.compile(r"(?:[a-z2-7]{4}-){6}[a-z2-7]{4}")


class Said:
    """What one command did."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def password(self) -> str:
        """The one app password it printed."""
        (found,) = PASSWORD.findall(self.out)
        return str(found)

    @property
    def line(self) -> str:
        """The one line of an error."""
        assert (self.status, self.out) == (1, "")
        assert self.err.startswith("oldbird: ")
        assert self.err.count("\n") == 1
        return self.err[9:-1]


Run = Callable[..., Said]


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Far:
    """The far side of every command."""
    far = Far()
    monkeypatch.setattr(services, "Connections", lambda **_: far)
    return far


@pytest.fixture
def run(far: Far, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command as `oldbird` would, with `stdin` and with settings from the environment."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def command(*words: str, stdin: str = "", **settings: str) -> Said:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            for name, value in settings.items():
                patch.setenv(f"OLDBIRD_{name.upper()}", value)
            status = cli.main(words)
        return Said(status, *capsys.readouterr())

    yield command
    root.handlers[:] = handlers
    root.setLevel(level)


def link(run: Run, *words: str, token: str = ALICE, server: str = HERE) -> Said:
    """`oldbird link alice`, the token on standard input."""
    return run("link", "alice", "--server", server, "--token-file", "-", *words, stdin=f"{token}\n")


def test_linking_prints_the_first_password_and_what_to_type(run: Run) -> None:
    said = run("link", "alice", "--server", HERE, "--token-file", "-", stdin=ALICE, base_url="https://gate.example/")
    assert said.status == 0
    assert "Linked alice at https://fedi.test (fake) as alice." in said.out
    assert re.search(r"server +https://gate.example +\(API address: https://gate.example/api\)", said.out)
    assert re.search(rf"user +alice\n +password +{said.password}\n", said.out)
    assert ALICE not in said.out + said.err
    assert said.password not in said.err


def test_the_token_may_come_from_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f" {ALICE}\n")
    assert run("link", "alice", "--server", HERE, "--token-file", str(tmp_path / "token")).password


def test_logins_are_added_listed_and_revoked(run: Run) -> None:
    first = link(run, "--name", "phone").password
    second = run("password", "add", "alice", "--device", "reader", "--read-only", stdin=f"{first}\n")
    assert "It is for one device, read only." in second.out
    third = run("password", "add", "ALICE", "--device", "desk", "--token-file", "-", stdin=ALICE)
    assert len({first, second.password, third.password}) == 3
    listed = run("password", "list", "alice").out.splitlines()
    assert {line.split()[-1] for line in listed} == {"phone", "reader", "desk"}
    reader = next(line for line in listed if line.endswith("reader"))
    assert "read only" in reader
    assert "last used never" in reader
    id = reader.split()[0]
    assert run("password", "revoke", "alice", id).out == f"Revoked {id}.\n"
    assert len(run("password", "list", "alice").out.splitlines()) == 2
    assert run("password", "revoke", "alice", id).line == f"alice has no login with the id {id}."
    assert not PASSWORD.search("\n".join(listed))


def test_linking_again_renews_the_token_and_keeps_the_passwords(run: Run, far: Far) -> None:
    link(run)
    far.tokens[HERE, "tok-new"] = "alice"
    again = link(run, token="tok-new")
    assert again.status == 0
    assert "they go on working" in again.out
    assert not PASSWORD.search(again.out)
    assert link(run, "--name", "tablet").password
    assert "read only" in link(run, "--read-only").out


def test_what_is_wrong_is_said_in_one_line(run: Run, far: Far, tmp_path: Path) -> None:
    assert link(run, token="made-up").line == "https://fedi.test does not accept the token."
    assert "holds no token" in link(run, token="").line
    assert "holds no token" in link(run, token="two\nlines").line
    assert "must look like" in link(run, server="ftp://x").line
    assert "must look like" in link(run, server="").line
    missing = str(tmp_path / "none")
    assert run("link", "a", "--server", HERE, "--token-file", missing).line.endswith("No such file or directory.")
    (tmp_path / "bin").write_bytes(b"\xff\xfe")
    assert "not text" in run("link", "a", "--server", HERE, "--token-file", str(tmp_path / "bin")).line
    assert run("password", "list", "nobody").line == "Nobody is linked under the name nobody."
    link(run)
    assert "existing app password is needed" in run("password", "add", "alice", "--device", "x").line
    assert "no app password of alice" in run("password", "add", "alice", "--device", "x", stdin="wrong\n").line
    far.error = Unavailable("The server cannot be reached.")
    add = ("password", "add", "alice", "--device", "x", "--token-file", "-")
    assert run(*add, stdin=ALICE).line == "The server cannot be reached."


@pytest.mark.parametrize(
    ("server", "pair", "why"),
    [
        ("http://127.0.0.1:3000", "127.0.0.1:3000", "not reached over https"),
        ("http://social.example", "social.example:80", "not reached over https"),
        ("https://localhost", "localhost:443", "not public"),
        ("https://10.1.2.3:8443/x", "10.1.2.3:8443", "not public"),
        ("https://[::1]", "[::1]:443", "not public"),
    ],
)
def test_servers_off_the_public_network_name_the_setting(run: Run, far: Far, server: str, pair: str, why: str) -> None:
    said = link(run, server=server)
    assert why in said.line
    assert f'OLDBIRD_ALLOW_HOSTS={pair}, or allow_hosts = ["{pair}"]' in said.line
    assert far.asked == 0  # the token went nowhere
    words = ("link", "alice", "--server", server, "--token-file", "-")
    assert "does not accept" in run(*words, stdin=ALICE, allow_hosts=f"other:1,{pair}").line
    assert far.asked == 1


def test_a_name_that_leads_to_a_private_address_names_the_setting_too(
    run: Run, far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = {"inside.test": "192.168.0.9", "fedi.test": "93.184.215.14"}

    def resolved(host: str, port: None) -> list[tuple[Any, ...]]:
        if host not in addresses:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (addresses[host], 0))]

    far.error = Unavailable("The server cannot be reached.")
    monkeypatch.setattr(cli_logins, "socket", SimpleNamespace(getaddrinfo=resolved, gaierror=socket.gaierror))
    assert "OLDBIRD_ALLOW_HOSTS=inside.test:443" in link(run, server="https://inside.test").line
    for server in (HERE, "https://unknown.test"):
        assert link(run, server=server).line == f"{server}: The server cannot be reached."
    words = ("link", "alice", "--server", "https://inside.test", "--token-file", "-")
    assert run(*words, stdin=ALICE, allow_hosts="inside.test:443").line.endswith("cannot be reached.")


class Terminal(io.StringIO):
    """A standard input with a person before it, from which nothing is to be read in the open."""

    def isatty(self) -> bool:
        """It is one."""
        return True

    def readline(self, size: int | None = -1, /) -> str:
        """Shown while it is typed."""
        raise AssertionError


def test_a_password_is_not_shown_while_it_is_typed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    password = link(run).password
    monkeypatch.setattr(cli_logins.getpass, "getpass", lambda prompt: f"{password} ")
    monkeypatch.setattr(io, "StringIO", Terminal)
    assert run("password", "add", "alice", "--device", "x").password != password


def test_revoking_in_a_second_process_reaches_a_running_worker(run: Run, far: Far, tmp_path: Path) -> None:
    password = link(run).password
    id = run("password", "list", "alice").out.split()[0]

    async def worker() -> None:
        store = SqliteStore(tmp_path / "data" / "oldbird.sqlite")
        await store.open()
        auth = Authenticator(store, await open_vault(tmp_path / "data", store), far, Settings())
        header = basic("alice", password)
        assert await auth.session(header, "api") is await auth.session(header, "api")
        revoke = [*OLDBIRD, "password", "revoke", "alice", id]
        await asyncio.to_thread(subprocess.run, revoke, env=environment(tmp_path), check=True, timeout=60)
        with pytest.raises(ApiError, match="requires login"):
            await auth.session(header, "api")
        await auth.close()
        await store.close()

    asyncio.run(worker())


def test_status_counts_and_hides_passwords(run: Run) -> None:
    link(run)
    said = run("status")
    assert re.search(r"^oldbird \d", said.out)
    assert re.search(r"^logins +1$", said.out, re.MULTILINE)
    assert re.search(r"^bytes +[\d,]+$", said.out, re.MULTILINE)
    assert "sqlite:///" in said.out


def test_forget_asks_the_store_for_the_day(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def forget(self: SqliteStore, before_day: int) -> int:
        asked.append(before_day)
        return 1234

    monkeypatch.setattr(SqliteStore, "forget", forget)
    monkeypatch.setattr(cli_info, "time", SimpleNamespace(time=lambda: 100 * 86_400 + 5))
    assert "nothing is ever forgotten" in run("forget").out
    assert asked == []
    assert run("forget", forget_days="30").out == "Forgot 1,234 status ids not asked for in 30 days.\n"
    assert asked == [70]


def test_config_shows_what_is_in_force_and_hides_passwords(run: Run, tmp_path: Path) -> None:
    (tmp_path / "o.toml").write_text('store = "redis://user:p/w@d@h:1/0"\nport = 5\nallow_hosts = ["a:1"]')
    out = run("--config", str(tmp_path / "o.toml"), "config").out
    assert 'store = "redis://[hidden]@h:1/0"\n' in out
    assert 'allow_hosts = ["a:1"]\n' in out
    assert "port = 0\n" in out  # the environment wins
    assert "p/w" not in out
    assert len(out.splitlines()) == len(Settings.__struct_fields__)
    assert run("config", "--markdown").out == document()
    assert run("config", prot="1").line == "OLDBIRD_PROT: there is no setting of that name."


def test_calls_come_from_the_table(run: Run) -> None:
    every, planned = run("calls").out.splitlines(), run("calls", "--planned").out.splitlines()
    assert len(every) == len(TABLE)
    assert len(planned) == len(TABLE.planned())
    assert set(planned) < set(every)
    assert any(re.fullmatch(r"POST,PUT +statuses/update( .+)?", line) for line in every)
    assert any(re.fullmatch(r"any +lists/statuses +needs lists", line) for line in every)


def test_the_demo_gets_its_arguments(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[argparse.Namespace] = []
    demo = ModuleType("gateway.demo")
    demo.run = lambda args: seen.append(args) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gateway.demo", demo)
    assert run("demo", "--json", "--port", "0").status == 0
    assert (seen[0].json, seen[0].port) == (True, 0)


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (StoreDown("The store\nis gone."), 1, "oldbird: The store is gone.\n"),
        (TooNew(), 1, "oldbird: TooNew\n"),
        (Unavailable("down"), 1, "oldbird: down\n"),
        (PermissionError(13, "Permission denied"), 1, "oldbird: [Errno 13] Permission denied\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_end_in_a_status_and_a_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, line: str
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(cli, "import_module", lambda _: SimpleNamespace(status=fail))
    said = run("status")
    assert (said.status, said.err) == (status, line)


def test_a_reader_that_went_away_is_no_fault(tmp_path: Path) -> None:
    given = environment(tmp_path)
    with subprocess.Popen(
        [*OLDBIRD, "calls"], env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_our_own_faults_keep_their_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_info, "status", lambda _: int("x"))
    with pytest.raises(ValueError, match="invalid literal"):
        run("status")


@pytest.mark.parametrize("words", ["", "fly", "password", "link a", "link a --server s --token t", "demo --port x"])
def test_wrong_arguments_are_refused(run: Run, words: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*words.split())
    assert caught.value.code == 2


def test_every_command_has_its_function_and_no_secret_among_its_arguments() -> None:
    for command in cli.COMMANDS:
        module, _, function = command.function.partition(":")
        assert callable(getattr(cli.import_module(module), function))
        names = {option.name for option in command.options}
        assert not names & {"--token", "--password", "--secret"}
    assert logs.HIDDEN not in cli.parser().format_help()


def test_help_imports_next_to_nothing() -> None:
    look = "import sys; from gateway.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert "usage: oldbird" in done.stdout
    assert "password" in done.stdout
    loaded = set(done.stdout.rpartition("\n")[0].rpartition("\n")[2].split())
    assert "argparse" in loaded
    assert not loaded & {"asyncio", "msgspec", "cryptography", "starlette", "uvicorn", "aiohttp", "gateway.settings"}
