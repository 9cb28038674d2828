"""A real nginx (Debian's nginx-light) with TLS on a private port, on a sample of `deploy/`.

with nginx(folder, upstream="127.0.0.1:8090") as front:
    httpx.get(f"{front.url}/livez", verify=front.trust)
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx2 as httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.redis_server import free_port

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
ONE = {
    "listen 443 ssl": "listen 127.0.0.1:{port} ssl",
    "/etc/ssl/gate.example": "{folder}/gate",
    "http://127.0.0.1:8090": "http://{upstream}",
}
"""What `nginx.conf` has, and what it is here. All samples are for gate.example."""
PATIENCE = 15.0

FRAME = """
user {user};
daemon off;
pid {folder}/pid;
error_log {folder}/error.log notice;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


class Front(NamedTuple):
    """A running one. `name`: host and port as in its certificate."""

    url: str
    name: str
    trust: ssl.SSLContext


def certificate(folder: Path, *, old: bool = False) -> ssl.SSLContext:
    """A key and a certificate for localhost in `folder`; what trusts it. `old`: RSA, as old devices know it."""
    key = rsa.generate_private_key(65537, 2048) if old else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    start = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = start.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(60))
    named = dated.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    text = named.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "gate.pem").write_bytes(text)
    (folder / "gate.key").write_bytes(private)
    return ssl.create_default_context(cadata=text.decode())


def user() -> str:
    """Us, and our group: who may use a gateway's socket. nginx ignores it unless it is started by root."""
    return f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"


@contextmanager
def nginx(
    folder: Path,
    upstream: str,
    *,
    port: int = 0,
    sample: str = "nginx.conf",
    places: Mapping[str, str] = ONE,
    old: bool = False,
    more: str = "",
) -> Iterator[Front]:
    """nginx in front of `upstream` (host:port, or unix: and a path), stopped at the end.

    `places`: texts of the sample -> ours, with {port}, {folder} and {upstream}. `old`: for old devices. `more`: further
    servers, as they are.
    """
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if binary is None:
        pytest.fail("nginx is not installed: apt-get install nginx-light")
    trust, port = certificate(folder, old=old), port or free_port()
    server = (DEPLOY / sample).read_text()
    for theirs, ours in {"gate.example;": "localhost;", **places}.items():
        assert theirs in server, f"{sample} no longer has {theirs}"
        server = server.replace(theirs, ours.format(port=port, folder=folder, upstream=upstream))
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, server=server + more, user=user()))
    command = [binary, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        front = Front(f"https://localhost:{port}", f"localhost:{port}", trust)
        _until_it_answers(front, process, folder / "error.log")
        yield front
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _until_it_answers(front: Front, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False, verify=front.trust) as client:
        while time.monotonic() < end and process.poll() is None:
            try:
                client.get(f"{front.url}/livez")
            except httpx.TransportError:
                time.sleep(0.01)  # nothing tells when a port opens
            else:
                return
    pytest.fail(f"nginx did not start: {log.read_text() if log.exists() else ''}")
