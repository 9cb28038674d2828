"""The text of a new status: mentions completed or made inert, people named, length checked (DESIGN section 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from adapters.backend import Capabilities
from gateway.audience import Audience
from gateway.contacts import ContactSet
from gateway.errors import TOO_LONG, ApiError
from mappings import hub
from mappings.text import inert, named

LINK = re.compile(r"https?://\S+")
LINK_LENGTH = 23
"""Every link counts as this many characters on Mastodon; the shortest count decides, the backend has the last word."""

Person = hub.Account | hub.Mention


def compose(text: str, audience: Audience, parent: hub.Status | None, contacts: ContactSet, me: str) -> str:
    """`text` as it is sent: everybody who must be named is named, nobody else where the audience is exact."""
    if audience.exact:
        text = inert(text, {form for person in audience.people for form in _forms(person)})
        return _name_missing(text, audience.people)
    text = _complete(text, _thread(parent), contacts)
    if parent is not None and parent.account.native != me:
        text = _name_missing(text, (parent.account,))
    return text


def _forms(person: Person) -> set[str]:
    return {person.acct.casefold()} | ({person.username.casefold()} if "@" not in person.acct else set())


def _thread(parent: hub.Status | None) -> tuple[Person, ...]:
    return (parent.account, *parent.mentions) if parent else ()


def _complete(text: str, thread: Iterable[Person], contacts: ContactSet) -> str:
    """`@nick` of somebody on another server becomes `@nick@host`."""
    people = tuple(thread)

    def address(nick: str) -> str | None:
        wanted = nick.casefold()
        found: list[Person] = [p for p in people if p.username.casefold() == wanted]
        found += [a for a in contacts.named(nick) if a.username.casefold() == wanted]
        return found[0].acct if found else None

    return _replace(text, address)


def _replace(text: str, address: Callable[[str], str | None]) -> str:
    out, at = [], 0
    for start, end, name, host in named(text):
        acct = None if host else address(name)
        out += [text[at:start], f"@{acct}" if acct else text[start:end]]
        at = end
    return "".join([*out, text[at:]])


def _name_missing(text: str, people: Iterable[Person]) -> str:
    present = {f"{name}@{host}".rstrip("@").casefold() for _, _, name, host in named(text)}
    missing = [f"@{person.acct}" for person in people if person.acct.casefold() not in present]
    return " ".join([*missing, text]) if missing else text


def length(text: str, title: str) -> int:
    """Characters as the most lenient server counts them."""
    short = LINK.sub("x" * LINK_LENGTH, text)
    hosts = sum(len(host) + 1 for _, _, _, host in named(short) if host)
    return len(short) - hosts + len(title)


def check_length(text: str, title: str, capabilities: Capabilities) -> None:
    """Raises ApiError 400 that says the limit."""
    size = length(text, title)
    if size > capabilities.max_chars:
        raise ApiError(
            400, f"The post is too long: {size} characters, this server takes {capabilities.max_chars}.", TOO_LONG
        )
