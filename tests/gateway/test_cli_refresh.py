"""`oldbird refresh NAME on|off`."""

from __future__ import annotations

import pytest

from gateway import cli
from tests.c2s.bovine import Herd
from tests.c2s.embedded import embedded, embedded_server
from tests.gateway.test_cli_actors import Run, pair, run
from tests.mock_server import TOKENS, MockServer, mock, mock_server

__all__ = ["embedded", "embedded_server", "mock", "mock_server", "run"]


def test_the_operator_says_it_for_somebody(run: Run, embedded: Herd, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, allow = embedded.alice, pair(embedded)
    words = ("link", "me", "--actor", alice.actor, "--token-file", "-")
    assert run(*words, secret=alice.token, allow=allow)[0] == 0
    status, out, err = run("refresh", "me", "on", secret="", allow=allow)
    assert (status, err) == (0, "")
    assert "me may be read in the background; the setting refresh_minutes is 0" in out
    monkeypatch.setenv("OLDBIRD_REFRESH_MINUTES", "15")
    assert "me is read every 15 minutes" in run("refresh", "ME", "on", secret="", allow=allow)[1]
    assert "me is read only when a client asks" in run("refresh", "me", "off", secret="", allow=allow)[1]


def test_only_who_has_something_to_refresh(run: Run, mock: MockServer) -> None:
    words = ("link", "old", "--server", mock.url, "--token-file", "-")
    assert run(*words, secret=TOKENS["alice"], allow=mock.pair)[0] == 0
    status, _, err = run("refresh", "old", "on", secret="", allow=mock.pair)
    assert (status, "nothing to refresh" in err) == (1, True)
    assert run("refresh", "old", "off", secret="", allow=mock.pair)[0] == 0
    status, _, err = run("refresh", "nobody", "on", secret="", allow=mock.pair)
    assert (status, err) == (1, "oldbird: Nobody is linked under the name nobody.\n")


def test_it_is_on_or_off() -> None:
    with pytest.raises(SystemExit):
        cli.parser().parse_args(["refresh", "me", "perhaps"])
