"""The people on both sides of messages, by how a letter names them: native id, or `@acct` where there is none.

Accounts come from what is at hand (authors of the messages, contacts), else in one call for all, kept for a while. Only
people without an id are looked up one by one, a few a request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from cachetools import TTLCache

from adapters.errors import Missing
from gateway.contacts import Contacts
from gateway.mailbox import UNNAMED, address
from gateway.messages import Mail
from gateway.session import Session
from mappings import hub
from mappings.entities import mention_name

SECONDS, MOST = 600, 4000
MOST_ASKED = 10
"""People without an id who are looked up in one request, each with a call; of the others it tells the names."""


class Correspondents:
    """Accounts by backend and name."""

    def __init__(self, contacts: Contacts, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._contacts = contacts
        self._kept: TTLCache[tuple[str, str], hub.Account] = TTLCache(MOST, SECONDS, clock)
        self._gone: TTLCache[tuple[str, str], bool] = TTLCache(MOST, SECONDS, clock)

    def renew(self, session: Session, me: hub.Account) -> None:
        """After a change of the own profile."""
        self._kept[session.scope, me.native] = me

    async def of(self, session: Session, mails: Iterable[Mail], *, whole: bool) -> dict[str, hub.Account]:
        """Everybody whom `mails` name. `whole` false: only ids and names are needed. Who is gone is made of what the
        message says of them, or of the id alone where it names them no longer. Raises BackendError."""
        me = session.account.native
        found, stand_ins, unknown = {me: own(session)}, dict[str, hub.Account](), dict[str, hub.Account]()
        wanted = {me} if whole else set[str]()
        for letter, status in mails:
            self._kept[session.scope, letter.author] = status.account
            name = letter.recipient(me)
            wanted |= {letter.author, name}
            named = [one for one in status.mentions if address(one) == name]
            if named:
                stand_ins[name] = _stand_in(name, named[0])
            else:
                unknown[name] = _stand_in(name, hub.Mention(native=name, acct=name.removeprefix(UNNAMED)))
        if not whole:
            found |= {name: one for name, one in stand_ins.items() if not name.startswith(UNNAMED)}
            wanted -= found.keys()
        return unknown | stand_ins | found | await self._look_up(session, wanted)

    async def _look_up(self, session: Session, names: set[str]) -> dict[str, hub.Account]:
        found = {name: kept for name in names if (kept := self._kept.get((session.scope, name)))}
        if left := names - found.keys():
            contacts = await self._contacts.of(session)
            for name in left:
                people = contacts.named(name[1:]) if name.startswith(UNNAMED) else [contacts.get(name)]
                exact = [one for one in people if one and name in {one.native, UNNAMED + one.acct}]
                if exact:
                    found[name] = exact[0]
        if left := names - found.keys():
            found |= await self._ask(session, left)
        self._kept.update({(session.scope, name): account for name, account in found.items()})
        return found

    async def _ask(self, session: Session, names: set[str]) -> dict[str, hub.Account]:
        natives = [name for name in names if not name.startswith(UNNAMED)]
        found = await session.backend.accounts(natives) if natives else {}
        unnamed = [name for name in names if name.startswith(UNNAMED) and (session.scope, name) not in self._gone]
        for name in unnamed[:MOST_ASKED]:
            try:
                found[name] = await session.backend.lookup(name.removeprefix(UNNAMED))
            except Missing:
                self._gone[session.scope, name] = True
        return found


def own(session: Session) -> hub.Account:
    """The signed-in person, as far as the login knows them."""
    account = session.account
    return hub.Account(native=account.native, username=account.username, acct=account.username)


def _stand_in(name: str, mention: hub.Mention) -> hub.Account:
    return hub.Account(native=name, username=mention_name(mention), acct=mention.acct, url=mention.url)
