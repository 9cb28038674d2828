"""What is doubtful in settings that can be used, for `oldbird config check` and the doctor."""

from __future__ import annotations

from collections.abc import Iterator

from gateway import forwarded, single_user
from gateway.listeners import UNIX_PREFIX
from gateway.settings import Settings


def of(settings: Settings) -> Iterator[str]:
    """A sentence each."""
    by_socket = settings.host.startswith(UNIX_PREFIX)
    no_proxy = by_socket and forwarded.UNIX not in settings.trusted_proxies
    doubts = (
        (not by_socket and not forwarded.is_loopback(settings.host), "host is not loopback, and TLS needs a proxy."),
        (settings.base_url.startswith("http:"), "base_url is not https: passwords can be read on the way."),
        (not _is_private(settings.metrics), "metrics is not loopback: whoever reaches it can read it."),
        (no_proxy, "host is a socket, but unix is no trusted proxy."),
    )
    yield from (text for doubtful, text in doubts if doubtful)
    if not single_user.whose(settings):
        yield from _admission(settings)


def _admission(settings: Settings) -> Iterator[str]:
    """Lists of people without their rule let everybody in, the rule without its list nobody."""
    lists = {"instances": settings.sign_up_instances, "people": settings.sign_up_people}
    for choice, named in lists.items():
        if named and settings.sign_up != choice:
            yield f"sign_up_{choice} is set, but sign_up is {settings.sign_up}, not {choice}: it limits nobody."
        if not named and settings.sign_up == choice:
            yield f"sign_up is {choice}, but nobody is listed in sign_up_{choice}: nobody new can link an account."


def _is_private(listener: str) -> bool:
    return not listener or forwarded.is_loopback(listener.rpartition(":")[0].strip("[]"))
