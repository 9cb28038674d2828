"""Rights of a photo: ACL strings of our numbers, and native ids as its carrier holds them.

Form and meaning: reference/wire-friendica.md section 2.4. Numbers are the store's and do not outlive it; native ids do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from adapters.lacks import require
from gateway import groups
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.ids import Ids
from gateway.session import Session
from gateway.stores.store import Store
from mappings.carriers import Carrier
from mappings.photos import Rights

MOST = 500
"""Ids in one ACL string."""
UNKNOWN = "unknown-"
"""How a native id begins that stands for a number whose native id is no longer known: it still keeps others out."""

_STRING = re.compile(r"(?:<[0-9]{1,10}>)*")
_NUMBER = re.compile(r"[0-9]+")

INVALID = "acl data invalid"


class Natives(NamedTuple):
    """The four lists as native ids of accounts and of lists of contacts."""

    allow_contacts: tuple[str, ...] = ()
    allow_groups: tuple[str, ...] = ()
    deny_contacts: tuple[str, ...] = ()
    deny_groups: tuple[str, ...] = ()


def numbers(acl: str) -> tuple[int, ...]:
    """The ids of an ACL string. Raises ApiError 400."""
    found = tuple(int(digits) for digits in _NUMBER.findall(acl))
    if not _STRING.fullmatch(acl.strip()) or 0 in found or len(found) > MOST:
        raise ApiError(400, INVALID)
    return tuple(dict.fromkeys(found))


def asked(ask: Ask, before: Rights) -> Rights:
    """The rights a request asks for: what it does not name stays as it was, in the form they are kept in.

    Raises ApiError 400 for what cannot be read.
    """
    named = {name: ask.text(name) for name in Rights.__struct_fields__ if ask.has(name)}
    strings = {name: "".join(f"<{number}>" for number in numbers(acl)) for name, acl in named.items()}
    return Rights(**{name: strings.get(name, getattr(before, name)) for name in Rights.__struct_fields__})


async def check(ask: Ask, rights: Rights) -> None:
    """Everybody in them is a contact of mine or I myself, every group one of mine.

    Raises ApiError 400, BackendError, StoreDown.
    """
    people = {*numbers(rights.allow_cid), *numbers(rights.deny_cid)}
    lists = {*numbers(rights.allow_gid), *numbers(rights.deny_gid)}
    if people:
        contacts = await ask.gateway.contacts.exact(ask.session)
        for number in people:
            native = await ask.gateway.ids.account(ask.session.scope, number) or ""
            if native not in contacts and (native != ask.session.account.native or not native):
                raise ApiError(400, INVALID)
    if lists and not lists <= await _groups(ask, lists):
        raise ApiError(400, INVALID)


async def _groups(ask: Ask, wanted: set[int]) -> set[int]:
    """Groups of mine; only where such numbers were ever given is the backend asked. Raises Unsupported."""
    require(ask.session.backend.capabilities, "lists")
    known = await ask.gateway.store.numbered(ask.session.account.id, groups.KIND, tuple(wanted))
    if len(known) < len(wanted):
        return set()
    return {group.gid for group in (await groups.shelf(ask)).groups}


async def natives(ask: Ask, rights: Rights) -> Natives:
    """The same as native ids, for the carrier. Asks the backend nothing. Raises StoreDown."""
    return Natives(
        allow_contacts=await _people(ask, rights.allow_cid),
        allow_groups=await _lists(ask, rights.allow_gid),
        deny_contacts=await _people(ask, rights.deny_cid),
        deny_groups=await _lists(ask, rights.deny_gid),
    )


async def _people(ask: Ask, acl: str) -> tuple[str, ...]:
    found = [(number, await ask.gateway.ids.account(ask.session.scope, number)) for number in numbers(acl)]
    return tuple(native or f"{UNKNOWN}{number}" for number, native in found)


async def _lists(ask: Ask, acl: str) -> tuple[str, ...]:
    return tuple([await _list(ask, number) for number in numbers(acl)])


async def _list(ask: Ask, number: int) -> str:
    try:
        return await groups.native_of(ask, number)
    except ApiError:
        return f"{UNKNOWN}{number}"


async def rights_of(session: Session, ids: Ids, store: Store, carriers: Iterable[Carrier]) -> list[Rights]:
    """The ACL strings of each, in one batch. Raises StoreDown."""
    carriers = tuple(carriers)
    people = {native for one in carriers for native in (*one.allow_contacts, *one.deny_contacts)}
    lists = {native for one in carriers for native in (*one.allow_groups, *one.deny_groups)}
    cids = (await ids.number(session.backend, (), tuple(people))).accounts if people else {}
    gids = await store.number(session.account.id, groups.KIND, tuple(sorted(lists))) if lists else {}
    return [
        Rights(
            allow_cid=_string(one.allow_contacts, cids),
            allow_gid=_string(one.allow_groups, gids),
            deny_cid=_string(one.deny_contacts, cids),
            deny_gid=_string(one.deny_groups, gids),
        )
        for one in carriers
    ]


def _string(natives: Iterable[str], given: Mapping[str, int]) -> str:
    return "".join(f"<{given[native]}>" for native in natives)
