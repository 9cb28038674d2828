"""Requests byte for byte, for what no HTTP library would send."""

from __future__ import annotations

import base64
import socket
from typing import NamedTuple

from tests.clients.gear import Demo


class Answer(NamedTuple):
    """An answer as it came: status number, version, header lines by lower-case name, body."""

    code: int
    version: str
    headers: dict[str, str]
    body: bytes


def basic(name: str, password: str, *, padded: bool = True) -> str:
    """The value of an Authorization header."""
    text = base64.b64encode(f"{name}:{password}".encode()).decode()
    return f"Basic {text if padded else text.rstrip('=')}"


def say(demo: Demo, request: bytes) -> Answer:
    """Send bytes, read until the server closes the connection; the request must ask it to."""
    with socket.create_connection(demo.address, timeout=30) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, code, *_ = first.split(" ")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Answer(int(code), version, headers, body)


def asked(
    demo: Demo, method: str, path: str, *lines: str, user: str = "bob", version: str = "1.1", body: bytes = b""
) -> Answer:
    """One request with Basic credentials of `user` and further header `lines`."""
    sent = [f"{method} {path} HTTP/{version}", f"Authorization: {basic(user, demo.users[user])}", *lines]
    if not any(line.lower().startswith("host:") for line in lines):
        sent.append(f"Host: {demo.address[0]}:{demo.address[1]}")
    if version == "1.1":
        sent.append("Connection: close")
    if body or method != "GET":
        sent.append(f"Content-Length: {len(body)}")
    return say(demo, "\r\n".join([*sent, "", ""]).encode() + body)
