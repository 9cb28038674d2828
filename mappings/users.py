"""The user object (reference/wire-statuses-users.md section 3.1): `Account` to bytes, the reader's fields apart."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from mappings import hub
from mappings.characters import json_value, xml_value
from mappings.dates import wire
from mappings.extended import trimmed
from mappings.fields import USER_FIELDS
from mappings.fragments import Format, Fragment, Hole, Variant
from mappings.html import plain
from mappings.template import pair, template

NETWORK = "apub"

LOCATIONS = frozenset(
    {
        "location", "place", "city", "based in", "lives in", "living in", "country", "ort", "wohnort",
        "standort", "stadt", "lieu", "ville", "ubicación", "ubicacion", "lugar", "ciudad", "località",
        "luogo", "città", "localização", "cidade", "locatie", "plaats", "woonplaats", "plats", "sted",
        "sijainti", "miejsce", "lokalizacja", "město", "konum", "город", "місто", "場所", "居住地", "位置", "地点",
        "위치", "📍",
    }
)  # fmt: skip
"""Names of profile fields that tell where somebody is, casefolded, without a colon."""

_FORMATS: tuple[Format, ...] = ("json", "xml")
_TEMPLATES = {format: template(USER_FIELDS, USER_FIELDS, format) for format in _FORMATS}


class Person(msgspec.Struct, frozen=True, gc=False):
    """The user object of an account without status, in the two forms the calls send: with and without uid and self."""

    account: hub.Account
    short: Fragment
    full: Fragment


UserKey = tuple[str, Variant]
UserCache = MutableMapping[UserKey, Person]
"""People as they were last, by native id and variant. A dict or an LRU. Numbers of accounts never change."""


def screen_name(account: hub.Account, variant: Variant) -> str:
    """The user name, with host where addresses are asked for; for the reader the form of the login on this request."""
    if account.native == variant.self_native and variant.self_name:
        return variant.self_name
    return account.acct if variant.addresses else account.username


def location(account: hub.Account, label: str) -> str:
    """Never empty: the profile field that says where, else the label of the network."""
    for field in account.fields:
        if tells_where(field):
            return plain(field.value) or label
    return label


def tells_where(field: hub.ProfileField) -> bool:
    """The field's name is a word for a place."""
    return field.name.strip(" :\t").casefold() in LOCATIONS


def with_location(fields: Sequence[hub.ProfileField], place: str) -> tuple[hub.ProfileField, ...]:
    """Profile fields that say this place, in the field that says one already, else in a new one; "" takes it away."""
    known = next((field for field in fields if tells_where(field)), hub.ProfileField(name="Location"))
    said = hub.ProfileField(name=known.name, value=place)
    rows = [said if field is known else field for field in fields]
    if said not in rows:
        rows.append(said)
    return tuple(field for field in rows if field is not said or place)


def user_values(account: hub.Account, variant: Variant, number: int) -> tuple[Any, ...]:
    """The computed values of `USER_FIELDS` in wire order, the same for every format and reader."""
    avatar, url = account.avatar or account.avatar_static, account.url
    middle, large = account.avatar_sizes or (avatar, avatar)
    return (
        number,
        str(number),
        account.name or account.username,
        screen_name(account, variant),
        location(account, variant.label) if account.fields else variant.label,
        plain(account.note),
        avatar,
        avatar,
        middle,
        large,
        url,
        account.locked,
        account.followers_count,
        account.following_count,
        wire(account.created_at),
        account.statuses_count,
        url,
        number,
    )


def user_fragment(
    account: hub.Account,
    variant: Variant,
    number: int,
    *,
    full: bool,
    users: UserCache | None = None,
    status: Fragment | None = None,
    verified: bool = True,
) -> Fragment:
    """The user object with the hole "contact". `full`: with uid and self. `status`: the last post, where it is sent.

    `verified` false: as verify_credentials has it, without that key and, because it can only be the reader, no hole.
    """
    contact: bytes | Hole = Hole("contact", account.native, number, full)
    if not verified:
        contact = contact_bytes(
            variant.format, number=number, relationship=None, is_self=True, is_contact=False, full=full,
            viewer_number=number, verified=False,
        )  # fmt: skip
    elif status is None and users is not None:
        made = person(account, variant, number, users)
        return made.full if full else made.short
    return _TEMPLATES[variant.format].render(user_values(account, variant, number), (contact, status))


def person(account: hub.Account, variant: Variant, number: int, users: UserCache) -> Person:
    """Both forms, rendered once: to compare accounts costs less than to hash them."""
    key = (account.native, variant)
    found = users.get(key)
    if found is None or found.account != account:
        found = users[key] = _person(account, variant, number)
    return found


def _person(account: hub.Account, variant: Variant, number: int) -> Person:
    if variant.trim:
        ids = trimmed(number, variant.format)
        return Person(account, ids, ids)
    template = _TEMPLATES[variant.format]
    native, body = account.native, template.own(user_values(account, variant, number)) + template.first
    short, full = Hole("contact", native, number, False), Hole("contact", native, number, True)
    return Person(account, Fragment((body, short, template.end)), Fragment((body, full, template.end)))


def contact_bytes(
    format: Format,
    *,
    number: int,
    relationship: hub.Relationship | None,
    is_self: bool,
    is_contact: bool,
    full: bool,
    viewer_number: int,
    verified: bool = True,
) -> bytes:
    """The filling of the hole "contact": `verified` to `network`.

    `following` is Twitter's: the reader follows them. Without a relationship the contact set decides. `uid` is the
    reader's own user id and `cid` the user id, for the reader and contacts, else 0. `verified` false leaves it out.
    """
    known = is_self or is_contact
    if relationship is None:
        flags = (is_contact and not is_self, False, False, False)
    else:
        flags = (relationship.following, relationship.requested, relationship.blocking, relationship.notifying)
    tail = _tail(format, flags, known if verified else None, is_self if full else None)
    cid = number if known else 0
    return tail % (viewer_number if known else 0, cid) if full else tail % cid


@lru_cache(512)
def _tail(format: Format, flags: tuple[bool, bool, bool, bool], verified: bool | None, is_self: bool | None) -> bytes:
    """The fields as a template: `%d` for uid (where it is sent) and cid."""
    values: dict[str, Any] = {} if verified is None else {"verified": verified}
    values |= dict(zip(("following", "follow_request_sent", "statusnet_blocking", "notifications"), flags, strict=True))
    values |= {"cid": None} if is_self is None else {"uid": None, "cid": None, "self": int(is_self)}
    values["network"] = NETWORK
    code = json_value if format == "json" else xml_value
    cells = [pair(name, b"%d" if value is None else code(value), format) for name, value in values.items()]
    return (b"," if format == "json" else b"").join(cells)
