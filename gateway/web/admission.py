"""Who may link an account: the operator's choice (settings `sign_up`, `sign_up_instances`, `sign_up_people`).

Who is linked already can always sign in and link again; the choice is about new people.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from gateway.settings import Settings
from gateway.single_user import whose
from gateway.stores.store import AccountRecord
from gateway.web.notices import Notice


class Admission:
    """The choice, for questions."""

    def __init__(self, settings: Settings) -> None:
        self._choice = "closed" if whose(settings) else settings.sign_up
        self._instances = frozenset(plain_host(text) for text in settings.sign_up_instances)
        self._people = frozenset(text.strip().lower().removeprefix("@") for text in settings.sign_up_people)

    @property
    def instances(self) -> list[str]:
        """The servers whose people may come, where that is the rule."""
        return sorted(self._instances) if self._choice == "instances" else []

    @property
    def is_closed(self) -> bool:
        """Nobody new may come."""
        return self._choice == "closed"

    def check_start(self, hosts: Iterable[str], handle: str, known: Iterable[AccountRecord]) -> None:
        """Somebody of a server at one of `hosts` wants to come; `handle` is who, as typed, or "". Raises Notice 403."""
        hosts = frozenset(hosts)
        if any(plain_host(account.backend) in hosts for account in known):
            return
        people = {name.rpartition("@")[2] for name in self._people}
        may = {
            "open": True,
            "instances": bool(hosts & self._instances),
            "people": handle.lower() in self._people or (not handle and bool(hosts & people)),
        }
        if not may.get(self._choice, False):
            raise self._refusal()

    def check_person(self, host: str, username: str, *, known: bool) -> None:
        """Somebody came back from `host`. What a server says of its domain proves nothing. Raises Notice 403."""
        may = {
            "open": True,
            "instances": plain_host(host) in self._instances,
            "people": f"{username}@{host}".lower() in self._people,
        }
        if not known and not may.get(self._choice, False):
            raise self._refusal()

    def _refusal(self) -> Notice:
        if self._choice == "instances":
            return Notice("connect.not_your_server", 403, field="server", servers=", ".join(self.instances))
        return Notice("connect.not_you" if self._choice == "people" else "connect.closed", 403, field="server")


def plain_host(text: str) -> str:
    """Host, and port where there is one, of an address or a name."""
    text = text.strip().lower()
    return urlsplit(text if "://" in text else f"//{text}").netloc.rpartition("@")[2]
