"""The text of a new status: mentions completed or made inert, people named, length checked (DESIGN section 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from adapters.backend import Capabilities
from gateway.audience import Audience
from gateway.contacts import ContactSet
from gateway.errors import TOO_LONG, ApiError
from gateway.stores.store import AccountRecord
from mappings import hub
from mappings.text import INERT, inert, named

LINK = re.compile(r"https?://\S+")
LINK_LENGTH = 23
"""Every link counts as this many characters on Mastodon; the shortest count decides, the backend has the last word."""

WIDE = "\uff20"
"""The full-width @, which hardly any server takes for a name."""

_SIGN = re.compile(f"(?<![A-Za-z0-9_])[@{WIDE}](?=[\\w-])")
"""What the least strict server may take for the start of a name: after any letter but the plain ones, after / and =."""

Person = hub.Account | hub.Mention
Address = Callable[[str, str], str | None]


def compose(text: str, audience: Audience, parent: hub.Status | None, contacts: ContactSet, me: AccountRecord) -> str:
    """`text` as it is sent: everybody who must be named is named, nobody else where the audience is exact."""
    text = _without_own_host(text, me)
    if audience.exact:
        return _name_missing(_silent(text, audience), audience.people)
    text = _complete(text, parent, contacts, me)
    if parent is not None and parent.account.native != me.native:
        text = _name_missing(text, (parent.account,))
    return text


def compose_title(title: str, audience: Audience, me: AccountRecord) -> str:
    """The title as it is sent: it names nobody outside an exact audience."""
    return _silent(_without_own_host(title, me), audience) if audience.exact else title


def addressed(text: str, audience: Audience, contacts: ContactSet, me: AccountRecord) -> Audience:
    """`audience` with the followers whom the text names, where it is limited to followers."""
    if not audience.followers:
        return audience
    names = {_form(name, host) for _, _, name, host in named(_without_own_host(text, me))}
    people = tuple(person for person in contacts.followers.values() if person.acct.casefold() in names)
    return replace(audience, people=people)


def names_somebody(text: str) -> bool:
    """There is a name in it, so the contacts are needed."""
    return bool(named(text))


def _form(name: str, host: str) -> str:
    return f"{name}@{host}".rstrip("@").casefold()


def _without_own_host(text: str, me: AccountRecord) -> str:
    """`@nick@host` of somebody of the own server becomes `@nick`, as the server itself writes it."""
    here = me.backend.partition("://")[2].casefold()
    return _replace(text, lambda name, host: name if host.casefold() == here else None)


def _silent(text: str, audience: Audience) -> str:
    """`text` with every name outside the audience made inert; addresses of web pages stay what they are."""
    text = inert(text, {person.acct.casefold() for person in audience.people})
    kept = {start for start, *_ in named(text)}
    kept |= {at for link in LINK.finditer(text) for at in range(*link.span()) if text[at - 1] in "/="}
    return _SIGN.sub(lambda sign: sign[0] if sign.start() in kept else sign[0] + INERT, text)


def _complete(text: str, parent: hub.Status | None, contacts: ContactSet, me: AccountRecord) -> str:
    """`@nick` of somebody on another server becomes `@nick@host`: from the thread, me, then from the contacts."""
    thread: tuple[Person, ...] = (parent.account, *parent.mentions) if parent else ()

    def address(name: str, host: str) -> str | None:
        wanted = name.casefold()
        found: list[Person] = [person for person in thread if person.username.casefold() == wanted]
        if not found and wanted != me.username.casefold():
            found = [person for person in contacts.named(name) if person.username.casefold() == wanted]
        return found[0].acct if found and not host else None

    return _replace(text, address)


def _replace(text: str, address: Address) -> str:
    out, at = [], 0
    for start, end, name, host in named(text):
        acct = address(name, host)
        out += [text[at:start], f"@{acct}" if acct else text[start:end]]
        at = end
    return "".join([*out, text[at:]])


def _name_missing(text: str, people: Iterable[Person]) -> str:
    present = {_form(name, host) for start, end, name, host in named(text) if WIDE not in text[start:end]}
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
