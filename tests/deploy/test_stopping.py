"""A stop loses nothing: what is under way is answered, writes are finished, nothing new is taken."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx2 as httpx
import pytest

from tests.deploy.gateways import Running, environment, link, posts, until
from tests.mock_server import MockServer

SECONDS = 20.0
IN_FLIGHT = "oldbird_requests_in_flight"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, mock_server: MockServer) -> tuple[dict[str, str], str]:
    """Settings with alice linked, and her password."""
    environ = environment(tmp_path_factory.mktemp("home"), allow_hosts=mock_server.pair, request_seconds=str(SECONDS))
    return environ, link(environ, mock_server)


@pytest.fixture
def running(home: tuple[dict[str, str], str], mock: MockServer) -> Iterator[Running]:
    """A gateway."""
    found = Running(home[0])
    yield found
    found.stop()


def refuses(url: str) -> bool:
    """Nobody takes connections there."""
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) != 0


def test_requests_under_way_are_answered_and_nothing_new_is_taken(
    running: Running, home: tuple[dict[str, str], str], mock: MockServer
) -> None:
    auth = ("alice", home[1])
    with httpx.Client(base_url=running.url, auth=auth, trust_env=False, timeout=SECONDS) as client:
        assert client.get("/api/account/verify_credentials.json").status_code == 200  # the instance is known now
    for path in ("/api/v1/statuses", "/api/v1/timelines/home"):
        mock.fault({"type": "latency", "delay_ms": 1200}, path=path, count=1)
    kept = httpx.Client(base_url=running.url, auth=auth, trust_env=False, timeout=SECONDS)
    with ThreadPoolExecutor(3) as threads, kept:
        assert kept.get("/api/help/test.json").status_code == 200
        write: Future[httpx.Response] = threads.submit(
            httpx.post, f"{running.url}/api/statuses/update.json", auth=auth, data={"status": "said while it stops"},
            trust_env=False, timeout=SECONDS,
        )  # fmt: skip
        read: Future[httpx.Response] = threads.submit(
            httpx.get, f"{running.url}/api/statuses/home_timeline.xml", auth=auth, trust_env=False, timeout=SECONDS
        )
        until(lambda: running.number(IN_FLIGHT) == 2)
        assert httpx.get(f"{running.metrics[0]}/readyz", trust_env=False).text == "ok\n"
        began = time.monotonic()
        running.signal(signal.SIGTERM)
        until(lambda: refuses(running.url))
        assert (running.number(IN_FLIGHT), write.done(), read.done()) == (2, False, False)
        ready = httpx.get(f"{running.metrics[0]}/readyz", trust_env=False)
        assert (ready.status_code, ready.text) == (503, "stopping\n")
        assert httpx.get(f"{running.metrics[0]}/livez", trust_env=False).status_code == 200
        for answer in (write.result(), read.result()):
            assert (answer.status_code, answer.headers["connection"]) == (200, "close")
        assert "said while it stops" in write.result().json()["text"]
    assert running.end() == 0
    assert time.monotonic() - began < SECONDS
    assert len(posts(mock, "said while it stops")) == 1
    assert "Traceback" not in "".join(running.said)


def test_who_had_connected_before_the_stop_is_answered(running: Running) -> None:
    """Stopped by hand at the worst moment: connected and sent, but neither accepted nor read."""
    host, port = running.url.removeprefix("http://").split(":")
    running.signal(signal.SIGSTOP)
    waiting = []
    for _ in range(5):
        connection = socket.create_connection((host, int(port)), SECONDS)
        connection.sendall(b"GET /api/help/test.json HTTP/1.1\r\nHost: x\r\n\r\n")
        waiting.append(connection)
    running.signal(signal.SIGTERM)
    running.signal(signal.SIGCONT)
    for connection in waiting:
        with connection:
            answer = b""  # a reset would be an error
            while piece := connection.recv(65536):
                answer += piece
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.endswith(b'\r\n\r\n"ok"')
    assert running.end() == 0
