"""The reading half of a Mastodon-API backend. Each method is one bounded call unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from adapters.backend import Capabilities, Person, RateState, Window
from adapters.errors import Missing, Rejected, TokenGone, Unsupported
from adapters.lacks import require
from adapters.mastodon import discretion, entities, wire
from adapters.mastodon.decode import one, split
from adapters.mastodon.detect import instance, site
from adapters.mastodon.instance import Instance, each, next_cursor, readable, unique, where
from adapters.transport import Answer
from adapters.upstream import Query, known_as
from mappings import hub

STATUS, CONTEXT = "/api/v1/statuses/{}", "/api/v1/statuses/{}/context"
LIKED_BY, BOOSTED_BY = "/api/v1/statuses/{}/favourited_by", "/api/v1/statuses/{}/reblogged_by"
ACCOUNT, ACCOUNT_STATUSES = "/api/v1/accounts/{}", "/api/v1/accounts/{}/statuses"
FOLLOWERS, FOLLOWING = "/api/v1/accounts/{}/followers", "/api/v1/accounts/{}/following"
ME = "/api/v1/accounts/verify_credentials"

PAGE, PEOPLE_PAGE, MENTIONS_PAGE = "40", "80", "40"
STATUSES_AT_ONCE, RELATIONSHIPS_AT_ONCE = 20, 40
NOBODY = hub.Account(native="\0", username="", acct="\0")
"""Who reads without a token."""
PRIVACY = {name.value: name for name in hub.Visibility}


class Reading:
    """Reads with one token, or none, from one instance."""

    def __init__(self, instance: Instance, token: str | None) -> None:
        self.instance, self.token = instance, token
        self.reader = instance.reader
        self.capabilities: Capabilities = instance.capabilities
        self.base_url = instance.upstream.base_url
        self._me: hub.Account | None = None

    def entry(self, raw: bytes) -> hub.Entry:
        """An entry from bytes that this backend once gave."""
        return self.reader.entry(raw)

    def rate_state(self) -> RateState:
        """The limit as last seen."""
        return self.instance.upstream.rate_state(self.token)

    async def get(self, path: str, query: Query = ()) -> Answer:
        """A read with this token."""
        return await self.instance.upstream.get(path, self.token, query)

    # people
    async def own_account(self) -> bytes:
        """The token's account as it came. Raises TokenGone also for the 400 and 422 of Takahe and snac."""
        try:
            body = (await self.get(ME)).body
        except Rejected as error:
            raise TokenGone("The server no longer accepts the stored login; link the account again.") from error
        self.instance.own_ids[known_as(self.token)] = self.reader.account(body).native
        return body

    async def own_id(self) -> str:
        """The native id of the token's account; asked for once."""
        known = self.instance.own_ids.get(known_as(self.token))
        return known or self.reader.account(await self.own_account()).native

    async def me(self) -> Person:
        """The token's account and its posting defaults. A default that the hub has no word for counts as private."""
        return self.person(await self.own_account())

    def person(self, body: bytes) -> Person:
        """Whose credentials these are."""
        source = one(body, entities.Credentials).source or entities.Source()
        return Person(
            account=self.reader.account(body),
            default_visibility=PRIVACY.get(source.privacy, hub.Visibility.PRIVATE)
            if source.privacy
            else hub.Visibility.PUBLIC,
            follow_requests=source.follow_requests_count or 0,
            language=source.language or "",
        )

    async def account(self, native: str) -> hub.Account:
        """A person by id."""
        return self.reader.account((await self.get(self.instance.path(ACCOUNT, native))).body)

    async def lookup(self, acct: str) -> hub.Account:
        """By name: those the server has met, then, with a host, whoever it can find. At most two calls."""
        wanted = self.reader.acct(acct)
        try:
            return self.reader.account((await self.get("/api/v1/accounts/lookup", [("acct", wanted)])).body)
        except (Missing, Unsupported, Rejected):
            if "@" not in wanted:
                raise Missing("There is nobody of that name.") from None
        # GoToSocial finds nobody without the leading @.
        for person in await self.find(f"@{wanted}", resolve=True):
            if person.acct.lower() == wanted.lower():
                return person
        raise Missing("There is nobody of that name.")

    async def lookup_url(self, url: str) -> hub.Account:
        """By profile address; one of the instance's own by the name at its end, where searching does not find it."""
        for person in await self.find(url, resolve=True):
            if url in {person.url, person.uri}:
                return person
        host, _, path = url.partition("://")[2].partition("/")
        if host.lower() in self.reader.hosts:
            known = await self.lookup(path.rpartition("/")[2].removeprefix("@"))
            if known.url == url:
                return known
        raise Missing("There is nobody with that address.")

    async def find(self, query: str, *, resolve: bool, limit: int = 5) -> tuple[wire.Found, ...]:
        """People by v2/search."""
        asked = [("q", query), ("type", "accounts"), ("limit", str(limit)), ("resolve", str(resolve).lower())]
        found = one((await self.get("/api/v2/search", asked)).body, entities.Found)
        return readable((bytes(raw) for raw in found.accounts), self.reader.found)

    async def search_accounts(self, query: str, limit: int) -> tuple[hub.Account, ...]:
        """People the server has met. A second call only where the first knows nobody."""
        limit = max(1, min(limit, self.capabilities.page_size))
        asked = [("q", query), ("limit", str(limit)), ("resolve", "false")]
        try:
            found = readable(split((await self.get("/api/v1/accounts/search", asked)).body), self.reader.account)
        except (Missing, Unsupported, Rejected):
            found = ()
        return found or await self.find(query, resolve=False, limit=limit)

    async def followers(self, cursor: str | None) -> hub.Page[hub.Account]:
        """The reader's own."""
        return await self.people(self.instance.path(FOLLOWERS, await self.own_id()), cursor)

    async def following(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader follows."""
        return await self.people(self.instance.path(FOLLOWING, await self.own_id()), cursor)

    async def people(self, path: str, cursor: str | None) -> hub.Page[hub.Account]:
        """A page of accounts; goes on where the Link header says."""
        answer = await self.get(path, [("limit", PEOPLE_PAGE), *([("max_id", cursor)] if cursor else [])])
        return hub.Page(
            items=readable(unique(answer).values(), self.reader.account),
            older=next_cursor(answer),
        )

    async def relationships(self, natives: Sequence[str]) -> tuple[hub.Relationship, ...]:
        """How the reader stands to people; one call for every 40."""
        parts = [natives[at : at + RELATIONSHIPS_AT_ONCE] for at in range(0, len(natives), RELATIONSHIPS_AT_ONCE)]
        return tuple(row for rows in await each(parts, self.some_relationships) for row in rows)

    async def some_relationships(self, natives: Sequence[str]) -> tuple[hub.Relationship, ...]:
        """One call of them."""
        answer = await self.get("/api/v1/accounts/relationships", [("id[]", native) for native in natives])
        return readable(split(answer.body), lambda raw: one(raw, entities.Relationship).hub())

    # statuses
    async def home(self, window: Window) -> hub.Page[hub.Entry]:
        """The reader's timeline."""
        return await self.timeline("/api/v1/timelines/home", window)

    async def public(self, window: Window, *, local: bool) -> hub.Page[hub.Entry]:
        """What everybody may read."""
        return await self.timeline("/api/v1/timelines/public", window, [("local", "true")] if local else [])

    async def user(self, native: str, window: Window, *, replies: bool) -> hub.Page[hub.Entry]:
        """One person's statuses. Without `replies`, answers to oneself stay."""
        path = self.instance.path(ACCOUNT_STATUSES, native)
        page = await self.timeline(path, window, [] if replies else [("exclude_replies", "true")])
        page = self.by_author(page, native)
        if replies or self.instance.software.filters_on_accounts:
            return page
        return msgspec.structs.replace(page, items=tuple(entry for entry in page.items if entry.status.starts))

    def by_author(self, page: hub.Page[hub.Entry], native: str) -> hub.Page[hub.Entry]:
        """Somebody's posts as themselves: snac lists boosts of them by others in their place."""
        if not self.instance.software.wrapper_by_case:
            return page
        taken = {id(entry) for entry in where(page.items, lambda status: is_by(status.reblog_of, native))}
        own = {id(entry) for entry in where(page.items, lambda status: status.account.native == native)}
        return msgspec.structs.replace(
            page,
            items=tuple(self.reader.original(entry.raw) if id(entry) in taken - own else entry for entry in page.items),
        )

    async def timeline(self, path: str, window: Window, more: Query = ()) -> hub.Page[hub.Entry]:
        """Any timeline."""
        query = self.instance.query(window)
        return self.instance.page(await self.get(path, [*query, *more]), window)

    async def favourites(self, cursor: str | None) -> hub.Page[hub.Entry]:
        """What the reader likes, latest like first; goes on where the Link header says."""
        require(self.capabilities, "favourites_list")
        answer = await self.get("/api/v1/favourites", [("limit", PAGE), *([("max_id", cursor)] if cursor else [])])
        return hub.Page(items=tuple(self.entry(raw) for raw in unique(answer).values()), older=next_cursor(answer))

    async def mentions(self, cursor: str | None) -> hub.Page[hub.Notification]:
        """Who spoke to the reader. GoToSocial needs the whole 40: it filters after counting."""
        query = [("limit", MENTIONS_PAGE), ("types[]", "mention"), *([("max_id", cursor)] if cursor else [])]
        found = unique(await self.get("/api/v1/notifications", query))
        read = readable(found.values(), self.reader.notification)
        return hub.Page(
            items=tuple(note for note in read if note.type == "mention" and note.status),
            older=next(reversed(found), None),
        )

    async def status(self, native: str) -> hub.Entry:
        """A status by id."""
        entry = await self.shown(native)
        if not await self.readable([entry]):
            raise Missing("The server does not show the post to this account.")
        return entry

    async def shown(self, native: str) -> hub.Entry:
        """A status as far as the server shows it."""
        return self.asked(native, (await self.get(self.instance.path(STATUS, native))).body)

    def asked(self, native: str, raw: bytes) -> hub.Entry:
        """The status with this id, of two that the server does not tell apart: a boost, and what it boosts."""
        boost = self.instance.software.wrapper_by_case and native != native.lower()
        return self.entry(raw) if boost else self.reader.original(raw)

    async def readable(self, entries: Sequence[hub.Entry]) -> Sequence[hub.Entry]:
        """Those the reader may read; no call where the server sees to that itself, else two at most."""
        if self.instance.software.guards_reads:
            return entries
        return await discretion.readable(entries, self.reader_account, self.relationships)

    async def reader_account(self) -> hub.Account:
        """Whose token it is; asked for once."""
        if self._me is None:
            self._me = NOBODY if self.token is None else self.reader.account(await self.own_account())
        return self._me

    async def statuses(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        """Several that the reader may read: one call for every 20 where the server can, else one each, four at a
        time."""
        found = await self.some_shown(natives)
        readable = {id(entry) for entry in await self.readable([*found.values()])}
        return {native: entry for native, entry in found.items() if id(entry) in readable}

    async def some_shown(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        """Several as far as the server shows them."""
        if not self.capabilities.statuses_by_id:
            entries = await each(natives, self.status_or_none)
            return {native: entry for native, entry in zip(natives, entries, strict=True) if entry}
        parts = [natives[at : at + STATUSES_AT_ONCE] for at in range(0, len(natives), STATUSES_AT_ONCE)]
        found = {native: entry for some in await each(parts, self.some_statuses) for native, entry in some.items()}
        return {native: found[native] for native in natives if native in found}

    async def status_or_none(self, native: str) -> hub.Entry | None:
        """A status, if it is there."""
        try:
            return await self.shown(native)
        except Missing:
            return None

    async def some_statuses(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        """One batch."""
        answer = await self.get("/api/v1/statuses", [("id[]", native) for native in natives])
        return {native: self.entry(raw) for native, raw in unique(answer).items()}

    async def thread(self, native: str) -> hub.Thread:
        """A status and what stands around it: two calls at once."""
        paths = [self.instance.path(form, native) for form in (STATUS, CONTEXT)]
        status, around = await each(paths, self.get)
        context = one(around.body, entities.Context)
        top = self.asked(native, status.body)
        above, below = (
            [self.reader.original(bytes(raw)) for raw in some] for some in (context.ancestors, context.descendants)
        )
        shown = {id(entry) for entry in await self.readable([*above, top, *below])}
        if id(top) not in shown:
            raise Missing("The server does not show the post to this account.")
        above, below = ([entry for entry in some if id(entry) in shown] for some in (above, below))
        return hub.Thread(status=top, ancestors=tuple(above), descendants=tuple(below))

    async def activities(self, native: str) -> hub.Activities:
        """Who likes and who boosted a status: two calls at once, one page of each."""
        paths = [self.instance.path(form, native) for form in (LIKED_BY, BOOSTED_BY)]
        likes, boosts = await each(paths, lambda path: self.people(path, None))
        return hub.Activities(like=likes.items, announce=boosts.items)

    async def own_newest(self) -> tuple[hub.Entry, ...]:
        """The newest statuses of the reader."""
        return (await self.own_statuses(Window(limit=20))).items

    async def own_statuses(self, window: Window, more: Query = ()) -> hub.Page[hub.Entry]:
        """The reader's own, messages too; `more` narrows them where the server can. Pages may be short or empty."""
        me = await self.own_id()
        if not self.instance.software.own_from_home:
            return await self.timeline(self.instance.path(ACCOUNT_STATUSES, me), window, more)
        page = self.by_author(await self.home(msgspec.structs.replace(window, limit=self.capabilities.page_size)), me)
        return msgspec.structs.replace(page, items=where(page.items, lambda status: status.account.native == me))

    async def site(self) -> hub.Site:
        """The instance as its people see it."""
        found = await instance(self.instance.upstream, self.instance.software)
        return site(found, self.capabilities)


def is_by(status: hub.Status | None, native: str) -> bool:
    """By this person."""
    return status is not None and status.account.native == native
