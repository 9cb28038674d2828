"""`oldbird link NAME --actor`: bearer tokens and application passwords, on both servers."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway import cli
from gateway.cli_copies import IN_THE_CLEAR
from tests.c2s.bovine import Herd, bovine_server, herd
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.gateway.test_serve import environment

__all__ = ["bovine_server", "embedded", "embedded_server", "herd"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command: (status, out, err). The secret comes on standard input."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)

    def command(*words: str, secret: str, allow: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(f"{secret}\n"))
            patch.setenv("OLDBIRD_ALLOW_HOSTS", allow)
            status, (out, err) = cli.main(words), capsys.readouterr()
        # the access log of the test server, which runs in this process, is there, too
        return status, out, "".join(line for line in err.splitlines(keepends=True) if line.startswith("oldbird"))

    yield command
    root.handlers[:] = handlers
    root.setLevel(level)


def pair(people: Herd) -> str:
    """As the allow list names the server."""
    return people.base_url.partition("://")[2]


@pytest.fixture(params=["herd", "embedded"])
def people(request: pytest.FixtureRequest) -> Herd:
    """Those of either server."""
    found: Herd = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("by", ["handle", "actor"])
def test_a_token_links_an_actor(run: Run, people: Herd, by: str, tmp_path: Path) -> None:
    alice = people.alice
    words = ("link", "me", "--actor", getattr(alice, by), "--token-file", "-")
    status, out, err = run(*words, secret=alice.token, allow=pair(people))
    assert (status, err) == (0, "")
    assert f"Linked {alice.name} at {people.base_url} (activitypub) as me." in out
    exported = run("export", "me", "--file", str(tmp_path / "me"), secret="", allow="")[1].splitlines()
    assert exported[1:] == [IN_THE_CLEAR]
    assert alice.token not in out
    status, out, _ = run(*words, secret=alice.token, allow=pair(people))
    assert (status, "go on working" in out) == (0, True)
    added = ("password", "add", "me", "--device", "desk", "--token-file", "-")
    assert run(*added, secret=alice.token, allow=pair(people))[0] == 0
    assert run(*added, secret=people.bob.token, allow=pair(people))[0] == 1


def test_an_application_password_links_an_actor(run: Run, embedded: Herd, embedded_server: EmbeddedServer) -> None:
    embedded_server.world.basic = True
    alice = embedded.alice
    words = ("link", "me", "--actor", alice.actor, "--basic-file", "-")
    status, out, err = run(*words, secret=f"{alice.name}:secret", allow=pair(embedded))
    assert (status, err) == (0, ""), err
    assert "(activitypub) as me." in out
    status, out, err = run(*words, secret=f"{alice.name}:wrong", allow=pair(embedded))
    assert (status, "does not accept the password" in err) == (1, True)
    assert run(*words, secret="no-colon", allow=pair(embedded))[0] == 1


def test_further_devices_by_an_application_password_a_token_or_an_app_password(
    run: Run, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    embedded_server.world.basic = True
    alice, allow = embedded.alice, pair(embedded)
    pairs = {"basic": f"{alice.name}:secret", "token": alice.token}
    status, out, _ = run("link", "me", "--actor", alice.actor, "--basic-file", "-", secret=pairs["basic"], allow=allow)
    assert status == 0
    first = next(line.split()[-1] for line in out.splitlines() if line.strip().startswith("password"))
    adding = ("password", "add", "me", "--device", "desk")
    for kind, secret in pairs.items():
        status, out, err = run(*adding, f"--{kind}-file", "-", secret=secret, allow=allow)
        assert (status, err, secret in out) == (0, "", False)
    assert run(*adding, secret=first, allow=allow)[0] == 0
    assert run(*adding, "--basic-file", "-", secret=f"{alice.name}:wrong", allow=allow)[0] == 1
    assert run(*adding, "--basic-file", "-", secret="no-colon", allow=allow)[0] == 1
    both = run(*adding, "--basic-file", "-", "--token-file", "-", secret=alice.token, allow=allow)
    assert (both[0], "one of them is enough" in both[2]) == (1, True)
    assert len(run("password", "list", "me", secret="", allow=allow)[1].splitlines()) == 4


def test_the_token_of_somebody_else_links_nobody(run: Run, people: Herd) -> None:
    words = ("link", "me", "--actor", people.alice.actor, "--token-file", "-")
    status, _, err = run(*words, secret=people.bob.token, allow=pair(people))
    assert (status, err) == (1, "oldbird: The token belongs to somebody else.\n")
    status, _, err = run(*words, secret="nobodys.token", allow=pair(people))
    assert (status, "does not accept the token" in err) == (1, True)


@pytest.mark.parametrize("actor", ["nobody@{pair}", "http://{pair}/person/nobody", "alice"])
def test_who_cannot_be_found_is_said(run: Run, embedded: Herd, actor: str) -> None:
    words = ("link", "me", "--actor", actor.format(pair=pair(embedded)), "--token-file", "-")
    status, out, err = run(*words, secret=embedded.alice.token, allow=pair(embedded))
    assert (status, out, err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("actor", ["bob", "@bob", "bob@", ""])
def test_a_name_without_a_server_is_asked_of_nobody(run: Run, actor: str) -> None:
    status, out, err = run("link", "me", "--actor", actor, "--token-file", "-", secret="x", allow="")
    wanted = "it takes a handle, such as alice@social.example, or an address."
    assert (status, out, err) == (1, "", f"oldbird: {actor!r} names no server: {wanted}\n")


@pytest.mark.parametrize(
    "words",
    ["", "--server https://a.example --actor b@a.example --token-file -", "--actor b@a.example",
     "--actor b@a.example --token-file - --basic-file -"],
)  # fmt: skip
def test_one_of_each_is_needed(run: Run, words: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run("link", "me", *words.split(), secret="x", allow="")
    assert caught.value.code == 2


def test_a_password_file_is_for_actors(run: Run) -> None:
    status, _, err = run("link", "me", "--server", "https://a.example", "--basic-file", "-", secret="a:b", allow="")
    assert (status, err) == (1, "oldbird: --basic-file is for accounts named by --actor.\n")


def test_the_help_names_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.parser().parse_args(["link", "--help"])
    shown = capsys.readouterr().out
    assert "(--server URL | --actor ACTOR)" in " ".join(shown.split())
