"""The addresses a client may have signed its request for.

Nearly always that is the first one. But clients are pointed at a gateway by names it does not know of (an entry for
api.twitter.com in a hosts file), leave the port out of Host and sign with it (BitlBee), or sign a path with dots that
their library takes out (bti). Which one it was does not matter: nobody can sign for any of them without the secrets.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from gateway.oauth.parameters import Sent

if TYPE_CHECKING:
    from gateway.exchange import Exchange

OAUTH = "oauth/"
DOTTED = "statuses/../"


def sent(exchange: Exchange, header: str, form: bytes, base_url: str) -> Sent:
    """What of a request a signature covers. `base_url`: the configured public address, "" when there is none."""
    secure = not exchange.plain_http and (exchange.scheme == "https" or _is_here(exchange.address))
    return Sent(
        method=exchange.method, urls=_urls(exchange, base_url), header=header, query=exchange.query, form=form,
        secure=secure, plain_http=exchange.plain_http, address=exchange.address, host=exchange.header(b"host"),
    )  # fmt: skip


def _urls(exchange: Exchange, base_url: str) -> tuple[str, ...]:
    scheme, host = exchange.scheme, exchange.host
    places = [exchange.base_url(base_url), f"{scheme}://{host}"]
    if base_url.startswith("https:") and not exchange.plain_http:
        places.append(f"https://{host}")
    if ":" not in host and exchange.port:
        places.append(f"{scheme}://{host}:{exchange.port}")
    path = exchange.raw_path
    paths = [path]
    if exchange.call and exchange.call.path.startswith(OAUTH):
        paths.append(path.replace(OAUTH, DOTTED + OAUTH, 1))
    return tuple(dict.fromkeys(place + path for path in paths for place in places))


def _is_here(address: str) -> bool:
    """This very machine."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
