"""Programs that ask to be let in, by Authlib's client half; and the place that a browser is sent back to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

import httpx2 as httpx

from tests.browser.gate import Gate
from tests.oauth_client import Signer


class Program:
    """One with a consumer of its own. `token`, `secret`: of the request, later of the access."""

    def __init__(self, gate: Gate, name: str) -> None:
        self.gate, self.consumer = gate, gate.consumer(name)
        self.token = self.secret = ""

    def send(self, verb: str, path: str, *, callback: str = "", verifier: str = "") -> httpx.Response:
        """A signed request without a body."""
        signer = Signer(
            self.consumer.key, self.consumer.secret, token=self.token, token_secret=self.secret, redirect_uri=callback,
            verifier=verifier,
        )  # fmt: skip
        url, headers, _ = signer.prepare(verb, self.gate.url + path, {}, "")
        with self.gate.client() as client:
            return client.request(verb, url, headers=headers)

    def asks(self, callback: str = "oob") -> str:
        """The page that a person has to see."""
        self._took(self.send("POST", "/oauth/request_token", callback=callback))
        return f"/oauth/authorize?oauth_token={self.token}"

    def enters(self, verifier: str) -> None:
        """The person said yes."""
        self._took(self.send("POST", "/oauth/access_token", verifier=verifier))

    def _took(self, reply: httpx.Response) -> None:
        assert reply.status_code == 200, reply.text
        told = dict(parse_qsl(reply.text))
        self.token, self.secret = told["oauth_token"], told["oauth_token_secret"]

    def me(self) -> httpx.Response:
        """Who it speaks for."""
        return self.send("GET", "/api/account/verify_credentials.json")


class Place:
    """Where a program waits for people to come back. `queries`: what they brought."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/back"
        self.queries: list[dict[str, str]] = []


@contextmanager
def waiting() -> Iterator[Place]:
    """A place that is open."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/back":
                place.queries.append(dict(parse_qsl(query)))
            self.send_response(200 if path == "/back" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><html lang=en><title>Back</title><h1>Back in the program</h1>")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        place = Place(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield place
        finally:
            server.shutdown()
            thread.join()
