"""All checks: first what this machine has, then, side by side, everything that is asked over a network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence

import msgspec

from gateway.cli_clients import address
from gateway.doctor.beside import local_url, metrics_port, plain_listener, process, unsecured
from gateway.doctor.client import signed_in
from gateway.doctor.findings import Finding, State, warn, within
from gateway.doctor.front import Reached, front
from gateway.doctor.local import files, key_of, settings_checked
from gateway.doctor.servers import clock, servers, servers_of
from gateway.doctor.stored import Linked, store
from gateway.echo import Echo
from gateway.key_file import Keys
from gateway.settings import Settings
from gateway.vault import Vault

STORE_SECONDS, SERVERS_SECONDS = 60.0, 90.0
NO_BASE = "base_url is not set: the address is taken from each request, and cannot be tried as clients see it."
SET_IT = "Set base_url to the address that clients type; or give it here: --url."


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted. `url`: in place of `base_url`. `local`: nothing over a network. `user`, `password`: to sign in
    with as a client."""

    url: str = ""
    local: bool = False
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Wish(url={self.url!r}, local={self.local}, user={self.user!r})"


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """All that was found, and who is linked. `url`: where clients find the gateway."""

    findings: tuple[Finding, ...]
    linked: Linked
    url: str


async def examine(settings: Settings, wish: Wish) -> Examined:
    """Everything. Raises nothing: what goes wrong is a finding."""
    url = (wish.url or settings.base_url).rstrip("/")
    found = [*settings_checked(settings), *files(settings)]
    keys, more = key_of(settings)
    linked, stored = await _stored(settings, keys)
    found += [*more, *stored]
    if not wish.local:
        found += await _networks(settings, wish, linked, Echo(Vault(keys)) if keys else None, url)
    return Examined(findings=tuple(found), linked=linked, url=url or address(settings))


async def _stored(settings: Settings, keys: Keys | None) -> tuple[Linked, list[Finding]]:
    linked = Linked()

    async def looked() -> Sequence[Finding]:
        nonlocal linked
        linked, found = await store(settings, keys)
        return found

    found = await within("store", looked(), STORE_SECONDS)
    return linked, found


async def _networks(settings: Settings, wish: Wish, linked: Linked, echo: Echo | None, url: str) -> list[Finding]:
    clocks: dict[str, float | None] = {}

    async def theirs() -> Sequence[Finding]:
        asked, found = await servers(servers_of(linked.accounts, settings), settings)
        clocks.update({server.url.partition("://")[2]: server.seconds for server in asked})
        return found

    async def ours() -> Sequence[Finding]:
        if echo is None:
            return [warn("address", "Without the server key the running gateway cannot be asked.", "See key, above.")]
        reached, found = await _front(settings, wish, echo, url)
        clocks["the gateway"] = reached.ahead
        return found

    work: list[Awaitable[list[Finding]]] = [
        within("servers", theirs(), SERVERS_SECONDS),
        within("address", ours(), SERVERS_SECONDS),
    ]
    if echo is not None:
        work += [
            within("gateway", process(settings, echo)),
            within("http", unsecured(url, echo)),
            within("plain_http", plain_listener(settings)),
            within("metrics", metrics_port(settings, url)),
        ]
    servers_found, front_found, *beside = await asyncio.gather(*work)
    found = [*servers_found, *clock(clocks, settings.oauth_window)]
    for more in (*beside[:1], front_found, *beside[1:]):
        found += more
    return _once(found)


async def _front(settings: Settings, wish: Wish, echo: Echo, url: str) -> tuple[Reached, list[Finding]]:
    local = local_url(settings)
    found = [] if url else [warn("address", NO_BASE, SET_IT)]
    if not url and (not local or local == "http://localhost"):
        return Reached(""), found
    reached, more = await front(settings, echo, url or local)
    if not url:
        more = [finding for finding in more if finding.check not in {"proxy", "address"} or finding.state is State.FAIL]
    if wish.password:
        more += await within("client", signed_in(reached, wish.user, wish.password))
    return reached, [*found, *more]


def _once(found: list[Finding]) -> list[Finding]:
    """Without what two checks said alike."""
    return list(dict.fromkeys(found))
