"""`oldbird doctor` from the outside: a real gateway behind a real nginx, as it should be and as it should not."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx
import msgspec
import pytest

from gateway import settings as module
from gateway.doctor.beside import unsecured
from gateway.doctor.client import signed_in
from gateway.doctor.findings import Finding, State
from gateway.doctor.front import Reached, front
from gateway.echo import Echo
from gateway.key_file import KeyFile
from gateway.settings import Settings
from gateway.vault import Vault
from tests.deploy.gateways import Running, link
from tests.gateway.test_serve import OLDBIRD, environment
from tests.mock_server import MockServer
from tests.nginx_server import DEPLOY, ONE, nginx
from tests.redis_server import free_port
from tests.secrets_used import heard

HOST = "proxy_set_header Host $http_host;"
FORWARDED_HOST = "proxy_set_header X-Forwarded-Host $http_host;"
PROTO = "proxy_set_header X-Forwarded-Proto $scheme;"
FOR = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
LIMIT, PASS = "client_max_body_size 25m;", "proxy_pass http://127.0.0.1:8090;"
AT_HOME = "location / {"


class Wrong(NamedTuple):
    """`changes` of the sample; then where the doctor sees it, how bad it is, and a part of what it says."""

    changes: dict[str, str]
    check: str
    state: State
    text: str


BROKEN = {
    "wrong Host": Wrong({HOST: "", FORWARDED_HOST: ""}, "proxy", State.WARN, "the gateway sees 127.0.0.1:"),
    "no X-Forwarded-Proto": Wrong({PROTO: ""}, "proxy", State.WARN, "the gateway sees http."),
    "no X-Forwarded-For": Wrong({FOR: ""}, "proxy", State.WARN, "Everybody has the address of the proxy"),
    "not trusted": Wrong({PASS: PASS + "proxy_bind 127.0.0.2;"}, "proxy", State.WARN, "127.0.0.2 says who asks, but"),
    "no Authorization": Wrong(
        {PROTO: PROTO + ' proxy_set_header Authorization "";'}, "signing in", State.FAIL, "does not arrive"
    ),
    "1 MiB at most": Wrong({LIMIT: "client_max_body_size 1m;"}, "uploads", State.FAIL, "the answer is 413"),
    "redirecting": Wrong({PASS: "return 301 https://other.example$request_uri;"}, "address", State.FAIL, "sends calls"),
    "another password": Wrong({PASS: "return 401;"}, "address", State.FAIL, "asks for a password"),
    "nobody behind": Wrong({PASS: "proxy_pass http://127.0.0.1:9;"}, "address", State.FAIL, "reaches no gateway (502)"),
    "only pages": Wrong(
        {AT_HOME: "location /api { return 404; } location / {"}, "address", State.FAIL, "Something else answers"
    ),
    "only calls": Wrong(
        {AT_HOME: "location = /connect { return 404; } location / {"}, "pages", State.WARN, "/connect is not answered"
    ),
    "metrics for all": Wrong(
        {AT_HOME: 'location = /metrics { return 200 "oldbird_up 1"; } location / {'}, "metrics", State.FAIL, "Everybody"
    ),
    "made up by clients": Wrong({FORWARDED_HOST: ""}, "proxy", State.WARN, "Clients can make up X-Forwarded-Host"),
}


class Here(NamedTuple):
    """A gateway with one person, and nginx before it: `url` is as it should be, `broken` what is not."""

    environ: dict[str, str]
    settings: Settings
    url: str
    broken: dict[str, str]
    plain: int
    password: str

    @property
    def echo(self) -> Echo:
        """The doctor's questions."""
        keys = KeyFile(self.settings.data_dir).read()
        assert keys is not None
        return Echo(Vault(keys))


def server(changes: Mapping[str, str], port: int, folder: Path, upstream: str) -> str:
    """The sample with changes, on a port of its own."""
    text = (DEPLOY / "nginx.conf").read_text().replace("gate.example;", "localhost;")
    for theirs, ours in changes.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    for theirs, ours in ONE.items():
        text = text.replace(theirs, ours.format(port=port, folder=folder, upstream=upstream))
    return text


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, mock_server: MockServer) -> Iterator[Here]:
    """All of it, running. What connects to the gateway from 127.0.0.2 is no trusted proxy."""
    mock_server.reset()
    folder, own, port, plain = tmp_path_factory.mktemp("doctor"), free_port(), free_port(), free_port()
    given = {"trusted_proxies": "127.0.0.1", "base_url": f"https://localhost:{port}", "port": str(own)}
    environ = environment(folder, **given, metrics="127.0.0.1:0", allow_hosts=mock_server.pair)
    ports = {what: free_port() for what in BROKEN}
    upstream = f"127.0.0.1:{own}"
    more = [server(BROKEN[what].changes, ports[what], folder, upstream) for what in BROKEN]
    more.append(f"server {{ listen 127.0.0.1:{plain}; return 301 https://localhost:{port}$request_uri; }}")
    password = link(environ, mock_server)
    gateway = Running(environ)
    try:
        with nginx(folder, upstream, port=port, places=ONE, more="\n".join(more)):
            trusting = {**environ, "SSL_CERT_FILE": str(folder / "gate.pem")}
            broken = {what: f"https://localhost:{ports[what]}" for what in BROKEN}
            yield Here(trusting, module.load(environ), f"https://localhost:{port}", broken, plain, password)
    finally:
        assert gateway.stop() == 0


@pytest.fixture
def trusted(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its certificate is accepted."""
    monkeypatch.setenv("SSL_CERT_FILE", here.environ["SSL_CERT_FILE"])


def told(environ: Mapping[str, str], *words: str, stdin: str = "") -> tuple[int, dict[str, Any]]:
    """What `oldbird doctor --json` says, and its exit code."""
    done = subprocess.run(
        [*OLDBIRD, "doctor", "--json", *words], env=environ, input=stdin, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    heard("oldbird doctor", done.stdout + done.stderr)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_all_is_well_and_a_client_sees_its_timeline(here: Here, mock_server: MockServer) -> None:
    words = ("--client", "choqok", "--user", "alice", "--password-file", "-")
    status, said = told(here.environ, *words, stdin=here.password)
    assert (status, said["state"]) == (0, "ok"), [check for check in said["checks"] if check["state"] != "ok"]
    checks = {check["check"]: check for check in said["checks"]}
    assert {"settings", "files", "key", "store", "clock", "gateway", "certificate", "address", "proxy", "signing in",
            "uploads", "pages", "metrics", f"server {mock_server.pair}"} <= checks.keys()  # fmt: skip
    refused = httpx.get(
        f"http://127.0.0.1:{here.settings.port}/api/friendships/outgoing.json", auth=("alice", here.password),
        trust_env=False, timeout=30,
    )  # fmt: skip
    sentence = f'501 "{refused.json()["error"]}": friendships/outgoing'
    assert sentence in checks[f"server {mock_server.pair}"]["details"], "as a client is told"
    (client,) = said["clients"]
    typed = {row["label"]: row["value"] for row in client["type"]}
    assert (client["name"], client["account"]) == ("choqok", "alice")
    assert here.url.removeprefix("https://") in typed.values()
    assert "alice" in typed.values()
    assert checks["client"]["text"].startswith("alice signs in and sees ")
    assert here.password not in json.dumps(said)


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_told_in_the_words_of_the_gateway(here: Here) -> None:
    reached = Reached(here.url, trusted=True, ours=True)
    (seen,) = asyncio.run(signed_in(reached, "alice", "no-such-password-1"))
    assert (seen.check, seen.state) == ("client", State.FAIL)
    assert seen.text.startswith("alice is not let in: 401 ")


def found(here: Here, url: str) -> list[Finding]:
    """What is found on the way over an address."""
    return asyncio.run(front(here.settings, here.echo, url))[1]


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.usefixtures("trusted")
def test_what_is_wrong_is_named(here: Here, what: str) -> None:
    wrong = BROKEN[what]
    bad = [finding for finding in found(here, here.broken[what]) if finding.state is not State.OK]
    assert {(finding.check, finding.state) for finding in bad} == {(wrong.check, wrong.state)}, bad
    assert any(wrong.text in finding.text for finding in bad)
    assert all(finding.advice for finding in bad)


@pytest.mark.usefixtures("trusted")
def test_nothing_else_is_wrong(here: Here) -> None:
    assert {finding.state for finding in found(here, here.url)} == {State.OK}


def test_a_certificate_that_clients_refuse_is_a_failure_and_gets_no_password(here: Here) -> None:
    reached, findings = asyncio.run(front(here.settings, here.echo, here.url))
    by_name = {finding.check: finding for finding in findings}
    assert by_name["certificate"].state is State.FAIL
    assert by_name["address"].state is State.OK, "what is behind it is looked at all the same"
    (client,) = asyncio.run(signed_in(reached, "alice", here.password))
    assert (client.state, client.text) == (State.FAIL, "The password was not sent: the certificate is not valid.")


@pytest.mark.usefixtures("trusted")
def test_another_gateway_is_told_apart(here: Here) -> None:
    strangers = Echo(Vault(b"another server key, of 32 bytes!"))
    reached, findings = asyncio.run(front(here.settings, strangers, here.url))
    assert not reached.ours
    assert "another server.key" in findings[-1].text


def test_sending_calls_on_to_https_is_a_trap(here: Here) -> None:
    (finding,) = asyncio.run(unsecured("https://127.0.0.1:1", here.echo, port=here.plain))
    assert (finding.state, finding.check) == (State.WARN, "http")
    assert "sends calls on to https" in finding.text
    assert asyncio.run(unsecured("https://127.0.0.1:1", here.echo, port=free_port()))[0].state is State.OK
    (open_to_all,) = asyncio.run(unsecured("https://127.0.0.1:1", here.echo, port=here.settings.port))
    assert open_to_all.state is State.FAIL


@pytest.mark.usefixtures("trusted")
def test_settings_of_the_running_process_are_those_read_here(here: Here) -> None:
    other = msgspec.structs.replace(here.settings, xauth=False)
    (bad,) = [finding for finding in asyncio.run(front(other, here.echo, here.url))[1] if finding.state is not State.OK]
    assert (bad.check, bad.state) == ("gateway", State.WARN)
    assert "other settings" in bad.text
    louder = msgspec.structs.replace(here.settings, log_level="debug")
    assert {finding.state for finding in asyncio.run(front(louder, here.echo, here.url))[1]} == {State.OK}
