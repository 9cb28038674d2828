"""A real gateway process behind a real nginx with TLS, as the sample configuration sets it up."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import httpx2 as httpx
import pytest

from gateway.throttle import PER_ADDRESS
from tests.gateway.by_hand import header, signature
from tests.gateway.test_serve import OLDBIRD, environment
from tests.nginx_server import Front, nginx
from tests.redis_server import free_port
from tests.secrets_used import heard, register

HOME = "/api/statuses/home_timeline.json"


class Served(NamedTuple):
    """A gateway, and nginx in front of it."""

    direct: str
    front: Front
    client: httpx.Client


@contextmanager
def serving(folder: Path, *, nginx_port: int = 0, **settings: str) -> Iterator[Served]:
    """Both, running."""
    environ = environment(folder, **settings)
    with subprocess.Popen([*OLDBIRD, "serve"], env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in iter(process.stderr.readline, "") if "Listening at" in line)
        direct = json.loads(line)["message"].removeprefix("Listening at ")
        try:
            with (
                nginx(folder, direct.removeprefix("http://"), port=nginx_port) as front,
                httpx.Client(trust_env=False, verify=front.trust, timeout=30) as client,
            ):
                yield Served(direct, front, client)
        finally:
            process.terminate()
            heard("oldbird serve", process.stderr.read())
            process.wait(20)


def seen_base(client: httpx.Client, url: str, **headers: str) -> str:
    """What the front page, which tells the gateway's address, says."""
    return str(client.get(url + "/", headers=headers).text)


@pytest.mark.parametrize(("proxies", "right"), [("127.0.0.1", True), ("", False)])
def test_the_address_behind_nginx_is_the_public_one(tmp_path: Path, proxies: str, right: bool) -> None:
    with serving(tmp_path, trusted_proxies=proxies) as served:
        told = seen_base(served.client, served.front.url)
        assert (f"https://{served.front.name}" in told) == right
        assert (f"http://{served.front.name}" in told) != right
        forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
        assert "evil.example" not in seen_base(served.client, served.front.url, **forged)
        if not right:
            assert "evil.example" not in seen_base(served.client, served.direct, **forged)


def wrong(number: int) -> dict[str, str]:
    """A header with a guessed password for somebody."""
    return {"Authorization": "Basic " + base64.b64encode(f"user{number}:guess".encode()).decode()}


def test_guessing_is_counted_by_the_clients_address_and_that_cannot_be_forged(tmp_path: Path) -> None:
    with serving(tmp_path, trusted_proxies="127.0.0.1,192.0.2.0/24") as served:
        for number in range(PER_ADDRESS[0].failures):
            forged = {**wrong(number), "X-Forwarded-For": f"198.51.100.{number}, 127.0.0.1"}
            assert served.client.get(served.front.url + HOME, headers=wrong(number)).status_code == 401, forged
        blocked = served.client.get(served.front.url + HOME, headers=wrong(100))
        assert (blocked.status_code, int(blocked.headers["retry-after"]) > 0) == (429, True)
        # Another client behind the same proxy, as a second trusted proxy would name it, is not held back.
        other = {**wrong(101), "X-Forwarded-For": "203.0.113.5"}
        assert served.client.get(served.direct + HOME, headers=other).status_code == 401


def test_a_socket_behind_nginx(tmp_path: Path) -> None:
    path = tmp_path / "oldbird.sock"
    with serving(tmp_path, host=f"unix:{path}", trusted_proxies="unix") as served:
        assert served.direct == f"unix:{path}"
        assert path.stat().st_mode & 0o777 == 0o660
        assert f"https://{served.front.name}" in seen_base(served.client, served.front.url)
    assert not path.exists()


def test_what_is_too_large_is_told_by_the_gateway(tmp_path: Path) -> None:
    with serving(tmp_path, max_body="100000", trusted_proxies="127.0.0.1") as served:
        reply = served.client.post(f"{served.front.url}/api/help/test.json", content=b"x" * 200_000)
        assert reply.status_code in {405, 413}
        assert reply.headers["content-type"].startswith("application/json")


KEY, SECRET = "key-of-a-program", "its-secret-77-x"


def signed(verb: str, url: str, form: Mapping[str, str]) -> str:
    """An OAuth header over the address that the client knows."""
    told = {
        "oauth_consumer_key": KEY, "oauth_signature_method": "HMAC-SHA1", "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": uuid4().hex, "oauth_version": "1.0", "oauth_callback": "oob",
    }  # fmt: skip
    told["oauth_signature"] = signature(verb, url, [*told.items(), *form.items()], SECRET, "")
    return header(told)


@pytest.mark.parametrize("base_url", ["", "as it is"])
@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_signatures_over_the_public_address_are_right_behind_nginx(tmp_path: Path, kind: str, base_url: str) -> None:
    """Configured or found in the proxy's headers; what is signed for another scheme or host is not taken."""
    register(SECRET)
    own = {"host": f"unix:{tmp_path}/sock", "trusted_proxies": "unix"} if kind == "unix" else {}
    port = free_port()
    settings = {"consumers": f"{KEY}={SECRET}", "trusted_proxies": "127.0.0.1", **own}
    if base_url:
        settings["base_url"] = f"https://localhost:{port}"
    with serving(tmp_path, nginx_port=port, **settings) as served:
        assert served.front.url == f"https://localhost:{port}"
        for path in ("/oauth/request_token", "/api/oauth/request_token"):
            for address, status in (
                (served.front.url, 200),
                (served.front.url.replace("https:", "http:"), 401),
                (f"https://other.example:{port}", 401),
            ):
                told = {"Authorization": signed("POST", address + path, {"x": "1"})}
                reply = served.client.post(served.front.url + path, headers=told, data={"x": "1"})
                assert reply.status_code == status, (address, reply.text)
