"""What there is beside the way over the base URL: the process, port 80, the listener without TLS, the metrics."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from adapters.guard import is_public, pair
from gateway.doctor.asking import Trouble, at
from gateway.doctor.findings import Finding, fail, ok, warn
from gateway.doctor.front import same
from gateway.echo import Echo
from gateway.forwarded import is_loopback
from gateway.listeners import UNIX_PREFIX
from gateway.settings import Settings

EVERY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  compared with, not bound
HERE = "127.0.0.1"
STARTED = "Start it (oldbird serve, systemctl start oldbird); what was said of store, key and servers needs none."


def local_url(settings: Settings) -> str:
    """Where the process listens, as this machine reaches it; "" where it takes any port."""
    if settings.host.startswith(UNIX_PREFIX):
        return "http://localhost"
    return f"http://{_written(settings.host)}:{settings.port}" if settings.port else ""


def _written(host: str) -> str:
    host = HERE if host in EVERY else host
    return f"[{host}]" if ":" in host else host


async def process(settings: Settings, echo: Echo) -> list[Finding]:
    """The gateway itself, without anything in between. Raises nothing but what is nobody's fault."""
    url, unix = local_url(settings), ""
    if not url:
        return []
    if settings.host.startswith(UNIX_PREFIX):
        unix = settings.host.removeprefix(UNIX_PREFIX)
    where = unix or url
    async with at(url, unix=unix) as address:
        try:
            _, seen = await address.echo(echo)
            if seen is None:
                text = f"What listens at {where} is not this gateway."
                return [fail("gateway", text, "Another port for one of them; or restart it, if its release is older.")]
            ready = await address.ask("GET", "/readyz")
        except Trouble as error:
            return [warn("gateway", f"No gateway runs at {where}: {error}.", STARTED)]
    if ready.status != 200:
        word = ready.body[:20].decode("latin-1").strip()
        return [fail("gateway", f"It runs at {where}, but is not ready: {word}.", "Look at its log.")]
    return same(seen, echo, settings) or [ok("gateway", f"It runs at {where}, and is ready.")]


async def unsecured(url: str, echo: Echo, port: int = 80) -> list[Finding]:
    """What happens to calls on the port without TLS: sent on, they lose what is posted, and had their password read."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return []
    place = f"http://{_written(parts.hostname or '')}" + (f":{port}" if port != 80 else "")
    async with at(place + parts.path) as address:
        try:
            answer, seen = await address.echo(echo)
        except Trouble:
            return [ok("http", f"Nobody answers calls without TLS at {place}.")]
    if seen is not None:
        text = f"Calls are answered without TLS too, at {place}: passwords can be read on the way."
        return [fail("http", text, "Answer 403 below /api there; for old devices there is the setting plain_http.")]
    if answer.is_redirect:
        text = f"{place} sends calls on to https: passwords were readable by then, and old clients lose what they post."
        return [warn("http", text, "Answer 403 below /api there, and redirect nothing but pages.")]
    return [ok("http", f"Calls are not answered without TLS at {place} ({answer.status}).")]


async def plain_listener(settings: Settings) -> list[Finding]:
    """The listener for old devices: it is there, has no pages, and is for the own network."""
    if not settings.plain_http:
        return []
    host, port = pair(settings.plain_http)
    where = f"http://{_written(host)}:{port}"
    async with at(where) as address:
        try:
            page = await address.ask("GET", "/connect")
        except Trouble as error:
            return [warn("plain_http", f"The listener at {where} does not answer: {error}.", STARTED)]
    if page.status != 403:
        text = f"What answers at {where} is not the listener without TLS ({page.status})."
        return [fail("plain_http", text, "Another port for one of them.")]
    if host not in EVERY and _is_public(host):
        text = f"The listener without TLS is on a public address, {host}: passwords can be read on the way."
        return [fail("plain_http", text, "Name an address of the own network in plain_http.")]
    if host in EVERY:
        text = "The listener without TLS is on every address of this machine."
        return [warn("plain_http", text, "Name one of the own network, or see that no router leads to it.")]
    return [ok("plain_http", f"The listener without TLS answers at {where}, and has no pages.")]


async def metrics_port(settings: Settings, url: str) -> list[Finding]:
    """The port of the metrics, by the name that clients know the gateway by."""
    if not settings.metrics:
        return []
    host, port = pair(settings.metrics)
    name = urlsplit(url).hostname or HERE
    if not port or is_loopback(host) or is_loopback(name):
        return [ok("metrics", "They are for this machine alone.")]
    async with at(f"http://{_written(name)}:{port}") as address:
        try:
            answer = await address.ask("GET", "/metrics")
        except Trouble:
            return [ok("metrics", f"They are not to be had at {name}.")]
    if b"oldbird_" not in answer.body:
        return [ok("metrics", f"They are not to be had at {name}.")]
    said = fail if _is_public(name) else warn
    text = f"The metrics are to be had at {name} port {port}."
    return [said("metrics", text, "Bind the setting metrics to an address of the own network, or close the port.")]


def _is_public(host: str) -> bool:
    """Any address of a name is an ordinary one of the internet."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(is_public(str(address[0]).partition("%")[0]) for *_, address in found)
