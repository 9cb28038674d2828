"""Who will read a new status. Never wider than asked (DESIGN section 8).

A new post has the account's own default. A reply has the narrower of that default and the parent's; answering a
`direct` post is `direct` to the same people. An allow list is expressed exactly or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.groups import Group, members_of, shelf
from gateway.params import PERSON_DIGITS, whole_number
from mappings import hub
from mappings.hub import Visibility

WIDEST_FIRST = tuple(Visibility)
MOST_NAMED = 20
"""People a limited post may name: their names stand in its text."""

LISTED = "list"
"""What Pleroma calls the visibility of a status that is addressed to one of its lists."""

FOLLOWERS, MUTUALS = "~", "&"
"""Friendica's pseudo groups (reference/wire-statuses-users.md section 6.3)."""
FOLLOWERS_OR_MUTUALS = frozenset({FOLLOWERS, MUTUALS})


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """`people` are all who may read a DIRECT status beside its author, and all whom a LIMITED one may name; `lists`
    are native lists of the backend."""

    visibility: Visibility
    people: tuple[hub.Account | hub.Mention, ...] = ()
    lists: tuple[str, ...] = ()
    kind: str = ""

    @property
    def exact(self) -> bool:
        """Exactly `people` are meant: any other name in the text is made inert."""
        return self.visibility == Visibility.DIRECT or self.kind == hub.Kind.LIMITED

    @property
    def followers(self) -> bool:
        """Limited to the followers: it may name those of them whom its text names."""
        return self.kind == hub.Kind.LIMITED and self.visibility == Visibility.PRIVATE


def narrower(one: str, other: str) -> Visibility:
    """The one fewer people can read. Raises ApiError 400 for a visibility we do not know."""
    try:
        return WIDEST_FIRST[max(WIDEST_FIRST.index(Visibility(v)) for v in (one, other))]
    except ValueError:
        raise ApiError(400, "The audience of the answered post cannot be read; the reply was not sent.") from None


def holds(audience: Audience, visibility: str) -> bool:
    """`visibility` is what `audience` means; where nobody is named exactly, fewer readers than meant will do."""
    if audience.exact:
        return visibility == audience.visibility or (bool(audience.lists) and visibility == LISTED)
    return visibility in WIDEST_FIRST and narrower(visibility, audience.visibility) == visibility


def of_reply(parent: hub.Status, default: str, me: hub.Account) -> Audience:
    """The audience of an answer of mine to `parent`. Raises ApiError 400."""
    visibility = narrower(parent.visibility, default)
    author = () if parent.account.native == me.native else (parent.account,)
    if parent.visibility != Visibility.DIRECT:
        return Audience(visibility=visibility, people=author if visibility == Visibility.DIRECT else ())
    named = [m for m in parent.mentions if m.native != me.native and m.acct.casefold() != me.acct.casefold()]
    people: dict[str, hub.Account | hub.Mention] = {person.acct: person for person in (*named, *author)}
    return Audience(visibility=visibility, people=tuple(people.values()), kind=hub.Kind.MESSAGE)


def within(asked: Audience, reply: Audience) -> Audience:
    """The audience of an answer for which lists were sent: theirs, and nobody who cannot read the answered message.

    Raises ApiError 400.
    """
    if reply.visibility != Visibility.DIRECT:
        return asked
    readers = {person.acct.casefold() for person in reply.people}
    if not asked.people or any(person.acct.casefold() not in readers for person in asked.people):
        raise ApiError(400, "Not everybody who is allowed can read the answered message; the reply was not sent.")
    return Audience(visibility=Visibility.DIRECT, people=asked.people, kind=reply.kind)


def asked(ask: Ask) -> bool:
    """One of the four lists was sent with something in it."""
    return any(ask.texts(name) for name in ("group_allow", "contact_allow", "group_deny", "contact_deny"))


async def of_lists(ask: Ask) -> Audience:
    """The audience the allow and deny lists describe. Raises ApiError 400 when it cannot be expressed exactly."""
    groups, contacts = ask.texts("group_allow"), ask.texts("contact_allow")
    denied_groups, denied = ask.texts("group_deny"), ask.texts("contact_deny")
    if not groups and not contacts:
        raise ApiError(400, "This server cannot hide a post from single people: a deny list needs an allow list.")
    if groups == (FOLLOWERS,) and not contacts and not denied and not denied_groups:
        return Audience(visibility=Visibility.PRIVATE, kind=hub.Kind.LIMITED)
    only_groups = not contacts and not denied and not denied_groups
    if only_groups and len(groups) == 1 and ask.session.backend.capabilities.list_addressing:
        (group,) = await _lists(ask, groups)
        return Audience(visibility=Visibility.DIRECT, lists=(group.native,), kind=hub.Kind.LIMITED)
    return await _named(ask, groups, contacts, denied_groups, denied)


async def _named(
    ask: Ask, groups: Sequence[str], contacts: Sequence[str], denied_groups: Sequence[str], denied: Sequence[str]
) -> Audience:
    people = await _people(ask, groups, contacts)
    without = await _people(ask, denied_groups, denied)
    rest = {native: person for native, person in people.items() if native not in without}
    rest.pop(ask.session.account.native, None)
    if not rest:
        raise ApiError(400, "Nobody is left to read this post.")
    if len(rest) > MOST_NAMED:
        raise ApiError(400, f"This server can limit a post to at most {MOST_NAMED} people, {len(rest)} were asked for.")
    return Audience(visibility=Visibility.DIRECT, people=tuple(rest.values()), kind=hub.Kind.LIMITED)


async def _people(ask: Ask, groups: Sequence[str], contacts: Sequence[str]) -> dict[str, hub.Account]:
    people = {account.native: account for account in await _contacts(ask, contacts)}
    for members in await members_of(ask, await _lists(ask, groups)):
        people.update((account.native, account) for account in members)
    return people


async def _contacts(ask: Ask, numbers: Iterable[str]) -> list[hub.Account]:
    numbers = tuple(numbers)
    if not numbers:
        return []
    known = await ask.gateway.contacts.exact(ask.session)
    found = []
    for number in numbers:
        native = await ask.gateway.ids.account(ask.session.scope, _integer(number)) or ""
        account = known.get(native)
        if account is None:
            raise ApiError(400, f"Contact {number} not found.")
        found.append(account)
    return found


async def _lists(ask: Ask, numbers: Sequence[str]) -> list[Group]:
    """The account's own groups of these numbers, as they are now; one that is gone is an error like any unknown."""
    if not FOLLOWERS_OR_MUTUALS.isdisjoint(numbers):
        raise ApiError(400, "The groups of all followers and of mutual friends cannot be combined with others.")
    if not numbers:
        return []
    live = {group.gid: group for group in (await shelf(ask)).groups}
    for number in numbers:
        if _integer(number) not in live:
            raise ApiError(400, f"Group {number} not found.")
    return [live[_integer(number)] for number in numbers]


def _integer(number: str) -> int:
    id = whole_number(number, PERSON_DIGITS)
    if id is None:
        raise ApiError(400, f"{number[:20]!r} is no contact or group id.")
    return id
