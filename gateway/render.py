"""Replies to bytes: ids in one batch, fragments from the cache, the reader's own fields last (DESIGN section 12)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from cachetools import LRUCache

from adapters.errors import BadAnswer
from gateway import leaves
from gateway.ask import Ask
from gateway.cards import decoded
from gateway.contacts import Contacts
from gateway.fillings import Fillings, Reader, Readers
from gateway.ids import Ids
from gateway.kept import Kept
from gateway.narrow import STATUS, Narrow, NarrowIds, is_narrow
from gateway.replies import Empty, Form, OneStatus, OneUser, Reply, Statuses, Tree, Users
from gateway.replies import Ids as IdList
from mappings import feeds, hub, site, trees
from mappings.extended import added
from mappings.fragments import Fragment, Variant
from mappings.rdf import rdf
from mappings.statuses import status_fragment
from mappings.users import Person, UserKey, user_fragment

FEEDS = {"rss": feeds.rss, "atom": feeds.atom, "rdf": rdf}


class Renderer:
    """Makes the bytes of every reply. `fragment_bytes` bounds the cache: of the statuses that were `asked` for it knew
    all but those that were `made`."""

    def __init__(self, ids: Ids, narrow: Narrow, contacts: Contacts, *, fragment_bytes: int) -> None:
        self._ids = ids
        self._narrow = narrow
        self._contacts = contacts
        self._readers = Readers()
        self._statuses: Kept[tuple[int, bytes], Fragment] = Kept(fragment_bytes // 2, _weight)
        self._finished: Kept[tuple[int, int, bytes], bytes] = Kept(fragment_bytes // 4, _double)
        self._variants: LRUCache[Variant, int] = LRUCache(1000)
        self._count = count(1)
        self.asked = self.made = 0
        self.users: Kept[UserKey, Person] = Kept(fragment_bytes // 4, _person_weight)

    def clear(self) -> None:
        """Drop all that is kept."""
        for kept in (self._statuses, self._finished, self.users):
            kept.clear()

    async def render(self, ask: Ask, reply: Reply) -> bytes:
        """The body in the asked format. Raises StoreDown, BackendError (contacts never fail a reply)."""
        return await _BY_TYPE[type(reply)](self, ask, reply)

    async def statuses(self, ask: Ask, reply: Statuses) -> bytes:
        """A list of statuses as JSON, XML, RSS or Atom."""
        if ask.format in FEEDS:
            return await self._feed(ask, reply)
        variant, entries = variant_of(ask), reply.entries
        if variant.narrow:
            entries = await self._narrow.ids(ask.session).arranged(ask, entries)
        items = await self._items(ask, variant, entries)
        return trees.json_woven(items) if variant.format == "json" else trees.xml_woven("statuses", "status", items)

    async def _items(self, ask: Ask, variant: Variant, entries: Sequence[hub.Entry]) -> list[list[bytes]]:
        """Finished statuses, in pieces: what is asked for a second time is kept whole for the third."""
        number, fillings = self._number(variant), await self._fillings(ask)
        self.asked += len(entries)
        finished = [self._finished.get((fillings.number, number, entry.raw)) for entry in entries]
        if None not in finished:
            return [[item] for item in finished if item is not None]
        missing = [entry for entry, item in zip(entries, finished, strict=True) if item is None]
        known = self._known(variant, missing)
        fragments = await self._fragments(ask, variant, missing, known)
        if fillings.joined != self._numbering(ask).joined:  # what is finished holds no more
            fillings = await self._fillings(ask)
            missing, finished = list(entries), [None] * len(entries)
            known = self._known(variant, missing)
            fragments = await self._fragments(ask, variant, missing, known)
        made = iter([self._woven(*one, fillings, number) for one in zip(missing, fragments, known, strict=True)])
        items = [next(made) if item is None else [item] for item in finished]
        return [item for item in items if item]

    def _woven(
        self, entry: hub.Entry, fragment: Fragment | None, again: Fragment | None, fillings: Fillings, number: int
    ) -> list[bytes]:
        """One status in pieces; none of what cannot be decoded."""
        if again is None:
            return fragment.filled(fillings) if fragment else []
        item = self._finished[fillings.number, number, entry.raw] = again.fill(fillings)
        return [item]

    def _known(self, variant: Variant, entries: Sequence[hub.Entry]) -> list[Fragment | None]:
        """What is kept for each entry."""
        kept, number = self._statuses, self._number(variant)
        return [kept.get((number, entry.raw)) for entry in entries]

    async def _fragments(
        self, ask: Ask, variant: Variant, entries: Sequence[hub.Entry], known: Sequence[Fragment | None]
    ) -> list[Fragment | None]:
        """One for each entry, `known` or made; None for what cannot be decoded."""
        kept, number, fragments = self._statuses, self._number(variant), [*known]
        new = {i: s for i, f in enumerate(fragments) if f is None and (s := decoded(entries[i]))}
        if new:
            self.made += len(new)
            ids, pictures = self._numbering(ask), ask.pictures
            given = [None] * len(entries) if ids is not self._ids else [entry.numbers for entry in entries]
            numbers = await ids.number(ask.session.backend, [status for i, status in new.items() if given[i] is None])
            for i, status in new.items():
                its = given[i] or numbers
                if pictures is not None:
                    status = pictures.status(status)  # noqa: PLW2901  the same post
                kept[number, entries[i].raw] = fragments[i] = status_fragment(status, variant, its, users=self.users)
        if variant.narrow:
            await self._narrow.ids(ask.session).learn(fragments)
        return fragments

    def _numbering(self, ask: Ask) -> Ids | NarrowIds:
        """Where the numbers of statuses come from for this device."""
        return self._narrow.ids(ask.session) if is_narrow(ask.session) else self._ids

    def _number(self, variant: Variant) -> int:
        """A short name: hashing a whole variant per status would cost more than the look-up."""
        number = self._variants.get(variant)
        if number is None:
            number = self._variants[variant] = next(self._count)
        return number

    async def _feed(self, ask: Ask, reply: Statuses) -> bytes:
        found = [status for entry in reply.entries if (status := decoded(entry))]
        numbers = await self._numbering(ask).number(ask.session.backend, found)
        if pictures := ask.pictures:
            found = [pictures.status(status) for status in found]
        return FEEDS[ask.format](
            found, variant_of(ask), numbers, title=reply.title, self_url=ask.url, owner=ask.session.screen_name
        )

    async def one_status(self, ask: Ask, reply: OneStatus) -> bytes:
        """One status; with people behind it, it is not kept."""
        if ask.format in FEEDS:
            return await self._feed(ask, Statuses(entries=(reply.entry,), title="Status"))
        variant, activities = variant_of(ask), reply.activities
        if activities is None:
            entries = [reply.entry]
            self.asked += 1
            (fragment,) = await self._fragments(ask, variant, entries, self._known(variant, entries))
            if fragment is None:
                raise BadAnswer("The server sent a status that cannot be read.")
        else:
            status = reply.entry.status
            natives = [a.native for group in hub.ACTIVITIES for a in getattr(activities, group)]
            numbers = await self._numbering(ask).number(ask.session.backend, [status], natives)
            if pictures := ask.pictures:
                status, activities = pictures.status(status), pictures.activities(activities)
            fragment = status_fragment(status, variant, numbers, users=self.users, activities=activities)
        body = fragment.fill(await self._fillings(ask))
        if reply.own_boost:
            boost = await self._narrow.one(ask.session, STATUS, reply.own_boost)
            number = {"id": boost, "id_str": str(boost)}
            body = added(body, variant.format, {"current_user_retweet": number})
        return body if variant.format == "json" else trees.xml_document("status", body)

    async def user_list(self, ask: Ask, reply: Users) -> bytes:
        """A list of users, bare or in the Twitter cursor envelope."""
        variant = variant_of(ask)
        fragments = await self._people(ask, variant, [(account, reply.full) for account in reply.accounts])
        fillings = await self._fillings(ask)
        items = [fragment.fill(fillings) for fragment in fragments]
        if variant.format == "json":
            return trees.json_cursored("users", items, reply.cursors) if reply.cursors else trees.json_list(items)
        if reply.cursors:
            return trees.xml_cursored("users_list", "users", "user", items, reply.cursors)
        return trees.xml_list("users", "user", items)

    async def _people(self, ask: Ask, variant: Variant, people: Sequence[tuple[hub.Account, bool]]) -> list[Fragment]:
        """Users; true: with uid and self."""
        numbers = await self._ids.number(ask.session.backend, (), [account.native for account, _ in people])
        if pictures := ask.pictures:
            people = [(pictures.account(account), full) for account, full in people]
        return [
            user_fragment(account, variant, numbers.accounts[account.native], full=full, users=self.users)
            for account, full in people
        ]

    async def one_user(self, ask: Ask, reply: OneUser) -> bytes:
        """One user, with the last status inside."""
        variant, account = variant_of(ask), reply.account
        statuses = [status] if reply.status and (status := decoded(reply.status)) else []
        numbers = await self._numbering(ask).number(ask.session.backend, statuses, [account.native])
        if pictures := ask.pictures:
            account, statuses = pictures.account(account), [pictures.status(status) for status in statuses]
        last = status_fragment(statuses[0], variant, numbers, users=self.users, comments=False) if statuses else None
        fragment = user_fragment(
            account, variant, numbers.accounts[account.native], full=False, status=last, verified=reply.verified
        )
        body = fragment.fill(await self._fillings(ask, reply.relationship))
        return body if variant.format == "json" else trees.xml_document("user", body)

    async def ids(self, ask: Ask, reply: IdList) -> bytes:
        """Integers of people, bare or in the cursor envelope."""
        numbers = await self._ids.number(ask.session.backend, (), reply.natives)
        listed = [numbers.accounts[native] for native in reply.natives]
        tree = site.ids_tree(listed, stringify=reply.stringify, cursors=reply.cursors)
        return trees.json_bytes(tree) if ask.format == "json" else trees.xml_bytes("ids", listed, item="id")

    async def tree(self, ask: Ask, reply: Tree) -> bytes:
        """A small document, with the users and statuses that stand in it."""
        json = ask.format == "json"
        tree = reply.json if json or reply.xml is None else reply.xml
        tree = leaves.replaced(tree, await self._leaves(ask, leaves.found(tree)))
        if pictures := ask.pictures:
            tree = pictures.tree(tree)
        return trees.json_bytes(tree) if json else trees.xml_bytes(reply.root or ask.call.root, tree, ask.call.item)

    async def _leaves(self, ask: Ask, found: leaves.Leaves) -> Mapping[int, msgspec.Raw]:
        """The bytes of each leaf, by identity."""
        if not (found.users or found.posts):
            return {}
        variant, entries = variant_of(ask), [post.entry for post in found.posts]
        statuses = await self._fragments(ask, variant, entries, self._known(variant, entries))
        people = await self._people(ask, variant, [(user.account, user.full) for user in found.users])
        fillings, made = await self._fillings(ask), [*statuses, *people]
        return {
            id(leaf): msgspec.Raw(fragment.fill(fillings) if fragment else b"")
            for leaf, fragment in zip([*found.posts, *found.users], made, strict=True)
        }

    async def empty(self, ask: Ask, reply: Empty) -> bytes:  # noqa: ARG002  one signature for all
        """Nothing at all."""
        return b""

    async def form(self, ask: Ask, reply: Form) -> bytes:  # noqa: ARG002
        """`a=1&b=2`."""
        return urlencode(reply.pairs, quote_via=quote).encode()

    async def _fillings(self, ask: Ask, exact: hub.Relationship | None = None) -> Fillings:
        """What depends on the reader; with the exact relationship to one person where it was asked for."""
        session = ask.session
        contacts = await self._contacts.of(session)
        own = 0
        if session.account.native:
            numbers = await self._ids.number(session.backend, (), [session.account.native])
            own = numbers.accounts[session.account.native]
        reader = Reader(session, contacts, own, "json" if ask.format == "json" else "xml", ask.pictures)
        ids = self._numbering(ask)
        if exact is None:
            return self._readers.fillings(reader, ids)
        fillings = self._readers.single(reader, ids)
        fillings.exact[exact.native] = exact
        return fillings


def variant_of(ask: Ask) -> Variant:
    """Everything beside the upstream bytes that the output depends on."""
    session, dialect = ask.session, ask.session.dialect
    renamed = session.screen_name != session.account.username
    extended = ask.format == "json" and ask.text("tweet_mode") == "extended"
    return Variant(
        format="json" if ask.format == "json" else "xml",
        scope=session.scope,
        base_url=ask.base_url,
        entities=ask.flag("include_entities") or extended,
        extended=extended,
        trim=ask.flag("trim_user"),
        escape=dialect.escape,
        source_link=dialect.source_link,
        addresses=dialect.screen_names == "address",
        pictures=session.login.pictures,
        narrow=session.account.id if is_narrow(session) else "",
        self_native=session.account.native if renamed else "",
        self_name=session.screen_name if renamed else "",
    )


def _weight(fragment: Fragment) -> int:
    """The upstream bytes that are the key weigh about as much as the fragment; the parts share no bytes."""
    return sum([len(piece) for piece in fragment.pieces if type(piece) is bytes]) * 2 + 400


def _person_weight(person: Person) -> int:
    return _weight(person.short) + 400


def _double(item: bytes) -> int:
    return len(item) * 2


_BY_TYPE: dict[type[Reply], Callable[[Renderer, Ask, Any], Awaitable[bytes]]] = {
    Statuses: Renderer.statuses,
    OneStatus: Renderer.one_status,
    Users: Renderer.user_list,
    OneUser: Renderer.one_user,
    IdList: Renderer.ids,
    Tree: Renderer.tree,
    Form: Renderer.form,
    Empty: Renderer.empty,
}
