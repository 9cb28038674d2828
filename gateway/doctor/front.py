"""The way from a client to the gateway, gone once: address, certificate, proxy, what arrives of a request.

The gateway tells what it sees (`gateway.echo`); here that is laid beside what was sent.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import secrets
import time
from typing import NamedTuple
from urllib.parse import urlsplit

from gateway import __version__
from gateway.doctor.asking import Address, Asked, Trouble, Untrusted, at, certificate_ends
from gateway.doctor.findings import Finding, fail, ok, warn, within
from gateway.doctor.servers import ahead
from gateway.echo import Echo, Seen
from gateway.forwarded import UNIX, network
from gateway.settings import Settings

UPLOAD = 3 * 1024 * 1024
"""A picture of a telephone; proxies as they come let one MiB through."""
DAYS = 14
DAY = 86_400
FORGED_HOST, FORGED_CLIENT = "forged.invalid", "203.0.113.77"
DEFAULT_PORTS = {"http": "80", "https": "443"}
OTHER_KEY = {
    "key": ("An Oldbird with another server.key answers at {url}.", "All that share a store need the same server.key."),
    "time": ("The clock of the gateway at {url} is not that of this machine.", "Let both keep their time by NTP."),
}
"""What a gateway says to a question that is not its doctor's -> text and advice."""


class Reached(NamedTuple):
    """How far the way leads. `trusted`: over a certificate that clients accept, or without TLS as configured; `ours`:
    it is this gateway that answers there; `ahead`: seconds its clock is ahead."""

    url: str
    trusted: bool = False
    ours: bool = False
    ahead: float | None = None


async def front(settings: Settings, echo: Echo, url: str) -> tuple[Reached, list[Finding]]:
    """From a client to the gateway over `url`."""
    found: list[Finding] = []
    for trusted in (True, False):
        try:
            async with at(url, trusted=trusted) as address:
                found += await certificate(url) if trusted else []
                reached, more = await _through(address, settings, echo)
                return reached._replace(trusted=trusted), [*found, *more]
        except Untrusted as error:
            advice = "Have it made or renewed for this very name (certbot, Caddy); clients refuse it as it is."
            found = [fail("certificate", f"That of {url} is not accepted: {error}.", advice)]
        except Trouble as error:
            advice = "Is its name in DNS, does the proxy run, does a firewall let it through, is base_url right?"
            return Reached(url), [*found, fail("address", f"{url} cannot be reached: {error}.", advice)]
    return Reached(url), found


async def certificate(url: str, now: float | None = None) -> list[Finding]:
    """How long it is valid. Whether it is, is seen when it is used."""
    ends = await certificate_ends(url)
    if ends is None:
        return []
    days = int((ends - (time.time() if now is None else now)) // DAY)
    if days < DAYS:
        return [warn("certificate", f"It ends in {days} days.", "See that it is renewed by itself.")]
    return [ok("certificate", f"It is accepted, and valid for {days} more days.")]


async def _through(address: Address, settings: Settings, echo: Echo) -> tuple[Reached, list[Finding]]:
    """Raises Trouble, Untrusted."""
    sent = "Basic " + base64.b64encode(f"doctor:{secrets.token_hex(12)}".encode()).decode()
    answer, seen = await address.echo(echo, headers={"Authorization": sent})
    reached = Reached(address.base_url, ours=seen is not None)
    if seen is None:
        return reached, [stranger(address.base_url, answer)]
    reached = reached._replace(ahead=ahead(answer.headers.get("date", ""), answer.began, answer.ended))
    more = await asyncio.gather(
        within("proxy", forged(address, settings, echo, seen)),
        within("uploads", uploads(address, settings, echo)),
        within("pages", pages(address)),
    )
    found = [
        ok("address", f"{address.base_url} leads to this gateway."),
        *same(seen, echo, settings),
        *arrived(seen, address.base_url, settings),
        authorization(seen.authorization == echo.mark(f"header {sent}")),
    ]
    return reached, [*found, *(finding for findings in more for finding in findings)]


def stranger(url: str, answer: Asked) -> Finding:
    """Something answers, but not this gateway."""
    if answer.is_redirect:
        text = f"{url} sends calls on to {answer.location.partition('?')[0]}."
        advice = "Clients lose what they post on the way: base_url must be the address that answers itself."
        return fail("address", text, advice)
    word = answer.body[:20].decode("latin-1").strip()
    if answer.status == 403 and word in OTHER_KEY:
        text, advice = OTHER_KEY[word]
        return fail("address", text.format(url=url), advice)
    if answer.status in {502, 503, 504}:
        text = f"A proxy answers at {url}, but reaches no gateway ({answer.status})."
        return fail("address", text, "Does oldbird serve run, and does the proxy pass on to its host and port?")
    if answer.status == 401:
        text = f"Something before the gateway asks for a password at {url}."
        return fail("address", text, "Let the proxy ask for none: clients send theirs to the gateway.")
    text = f"Something else answers at {url} ({answer.status})."
    return fail("address", text, "Does the proxy pass on all paths, as they are, to oldbird serve of this release?")


def same(seen: Seen, echo: Echo, settings: Settings) -> list[Finding]:
    """The process that answers is what is installed and configured here."""
    if seen.version != __version__:
        text = f"The gateway that runs is release {seen.version}, this is {__version__}."
        return [warn("gateway", text, "Restart it, or use the oldbird that it runs from.")]
    if seen.settings != echo.settings(settings):
        text = "The gateway that runs has other settings than those read here."
        return [warn("gateway", text, "Restart it; or give this command the same --config and OLDBIRD_ variables.")]
    return []


def arrived(seen: Seen, url: str, settings: Settings) -> list[Finding]:
    """Scheme, host and client as the proxy hands them on."""
    parts = urlsplit(url)
    # With base_url only token calls, cookies and the counting of guesses look at what the proxy says.
    wrong = warn if settings.base_url else fail
    if not seen.believed and any(name.startswith("x-forwarded-") for name in seen.told):
        text = f"The proxy at {seen.peer or 'an unknown address'} says who asks, but is not believed."
        return [wrong("proxy", text, f"Name it in trusted_proxies: {seen.peer or 'its address'}.")]
    found = []
    if seen.scheme != parts.scheme:
        text = f"Clients use {parts.scheme}, the gateway sees {seen.scheme}."
        found.append(wrong("proxy", text, f"The proxy must send X-Forwarded-Proto: {parts.scheme}."))
    if bare(seen.host, parts.scheme) != bare(parts.netloc, parts.scheme):
        text = f"Clients ask for {parts.netloc}, the gateway sees {seen.host or 'no Host'}."
        advice = "The proxy must pass the Host on as it came, port and all (nginx: proxy_set_header Host $http_host)."
        found.append(wrong("proxy", text, advice))
    if parts.scheme == "https" and "x-forwarded-for" not in seen.told:
        text = "Everybody has the address of the proxy: guesses at passwords are counted for all together."
        found.append(warn("proxy", text, "The proxy must send X-Forwarded-For."))
    proxy = f"through a proxy at {seen.peer}" if seen.told else "without a proxy"
    return found or [ok("proxy", f"Scheme, host and address of clients arrive {proxy}.")]


def bare(netloc: str, scheme: str) -> str:
    """Host and port in their usual form."""
    return netloc.lower().removesuffix(f":{DEFAULT_PORTS.get(scheme, '')}")


def authorization(whole: bool) -> Finding:
    """The header with which clients sign in."""
    if whole:
        return ok("signing in", "The Authorization header arrives as it was sent.")
    text = "The Authorization header does not arrive: nobody can sign in."
    return fail("signing in", text, "The proxy must pass it on (Apache: CGIPassAuth or ProxyPass; no auth of its own).")


async def forged(address: Address, settings: Settings, echo: Echo, seen: Seen) -> list[Finding]:
    """What a client says about itself must not be believed. Raises Trouble."""
    if not seen.told:
        return []  # nobody is in between whose place a client could take
    other = "http" if seen.scheme == "https" else "https"
    headers = {
        "X-Forwarded-Host": FORGED_HOST, "X-Forwarded-Proto": other, "X-Forwarded-For": FORGED_CLIENT,
    }  # fmt: skip
    _, made_up = await address.echo(echo, headers=headers)
    if made_up is None:
        return []
    believed = [
        name
        for name, is_believed in (
            ("Host", made_up.host == FORGED_HOST),
            ("Proto", made_up.scheme == other),
            # Who asks from a trusted address may say for whom: that is us, where the proxy is on this machine.
            ("For", made_up.client == FORGED_CLIENT and not _is_trusted(seen.client, settings)),
        )
        if is_believed
    ]
    if not believed:
        return []
    text = f"Clients can make up X-Forwarded-{', -'.join(believed)}: the proxy passes on what they send."
    return [warn("proxy", text, "The proxy must set these headers itself; trusted_proxies must name proxies only.")]


def _is_trusted(client: str, settings: Settings) -> bool:
    if client in {"", UNIX}:
        return True
    here = ipaddress.ip_address(client)
    return any(here in network(entry) for entry in settings.trusted_proxies if entry != UNIX)


async def uploads(address: Address, settings: Settings, echo: Echo) -> list[Finding]:
    """A picture of a telephone arrives whole. Raises Trouble."""
    size = min(UPLOAD, settings.max_body)
    text = f"{size / 1024 / 1024:.1f} MiB"
    advice = f"Let the proxy take a little more than {settings.max_body:,} bytes (nginx: client_max_body_size)."
    try:
        answer, seen = await address.echo(echo, content=secrets.token_bytes(size))
    except Trouble as error:
        return [fail("uploads", f"A picture of {text} does not arrive: {error}.", advice)]
    if seen is None or seen.size != size:
        return [fail("uploads", f"A picture of {text} does not arrive: the answer is {answer.status}.", advice)]
    return [ok("uploads", f"A picture of {text} arrives.")]


async def pages(address: Address) -> list[Finding]:
    """The pages for people are there as well, and the metrics are not. Raises Trouble."""
    page, metrics = await asyncio.gather(address.ask("GET", "/connect"), address.ask("GET", "/metrics"))
    found = []
    if "x-request-id" not in page.headers:
        text = f"{address.base_url}/connect is not answered by the gateway ({page.status})."
        found.append(warn("pages", text, "Let the proxy pass on all paths: people link their accounts there."))
    if b"oldbird_" in metrics.body:
        text = f"Everybody can read the metrics at {address.base_url}/metrics."
        found.append(fail("metrics", text, "The proxy must not lead to the port of the setting metrics."))
    return found or [ok("pages", "The pages for people are there, the metrics are not.")]
