"""What every backend promises, whatever software is behind it (`adapters.backend`)."""

from __future__ import annotations

import struct
import zlib
from uuid import uuid4

import pytest

from adapters.backend import File, Window
from adapters.errors import Missing, Rejected, TokenGone, Unsupported
from mappings import dates, hub
from tests.contract.conftest import Pair, Side, delete, until

pytestmark = pytest.mark.anyio
Visibility = hub.Visibility


def unique() -> str:
    """A word no server has seen."""
    return f"oldbird{uuid4().hex[:10]}"


def png(width: int = 4, height: int = 3) -> bytes:
    """A small picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80\x20\x60" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PICTURE = File(data=png(), name="bird.png", mime="image/png", description="A bird")


def natives(page: hub.Page[hub.Entry] | tuple[hub.Entry, ...]) -> list[str]:
    entries = page.items if isinstance(page, hub.Page) else page
    return [entry.status.native for entry in entries]


async def series(side: Side, count: int) -> list[str]:
    """Ids of new statuses, newest first."""
    return [(await side.post(f"{unique()} {number}")).native for number in range(count)][::-1]


async def test_two_people_are_known_to_the_server(pair: Pair) -> None:
    one, two = pair.one.me.account, pair.two.me.account
    assert one.native != two.native
    assert "@" not in one.acct + two.acct
    found = await pair.one.backend.account(two.native)
    assert (found.native, found.acct, found.username, found.host) == (two.native, two.acct, two.username, "")
    assert found.url.startswith("http")
    assert (dates.milliseconds(found.created_at) == 0) is pair.one.quirk("nobody has a first day")
    assert (await pair.one.backend.lookup(two.username)).native == two.native
    assert two.native in [person.native for person in await pair.one.backend.search_accounts(two.username, 10)]


async def test_the_site_describes_itself(pair: Pair) -> None:
    site, told = await pair.one.backend.site(), pair.one.backend.capabilities
    assert site.title
    assert (site.max_chars, site.max_media) == (told.max_chars, told.max_media)
    assert told.software
    assert told.version


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE])
async def test_a_post_is_what_was_asked_for(pair: Pair, visibility: Visibility) -> None:
    word = unique()
    status = await pair.one.post(f"{word} <b> & \u00e4\U0001f426", visibility, title="Careful", language="en")
    assert (status.visibility, status.title, status.account.native) == (
        visibility,
        "Careful",
        pair.one.me.account.native,
    )
    assert word in status.content
    assert ("<b>" in status.content) is pair.one.quirk("text is markup")
    assert status.reblog_of is None
    assert status.created_at.endswith("Z")
    again = (await pair.one.backend.status(status.native)).status
    assert (again.native, again.content, again.created_at) == (status.native, status.content, status.created_at)
    home = lambda: pair.one.backend.home(Window(limit=1))  # noqa: E731
    assert natives(await until(home, lambda page: natives(page) == [status.native])) == [status.native]


async def test_a_direct_post_reaches_whom_it_names(pair: Pair) -> None:
    status = await pair.one.post(f"@{pair.two.me.account.acct} {unique()}", Visibility.DIRECT)
    assert status.visibility == "direct"
    assert {mention.native for mention in status.mentions} <= {pair.two.me.account.native, "0"}
    assert [mention.acct for mention in status.mentions] == [pair.two.me.account.acct]
    told = lambda page: [note for note in page.items if note.status.status.native == status.native]  # noqa: E731
    [note] = told(await until(lambda: pair.two.backend.mentions(None), told))
    assert (note.type, note.account.native) == ("mention", pair.one.me.account.native)
    assert status.native not in natives(await pair.two.backend.public(Window(limit=40), local=True))


async def test_answers_make_a_thread(pair: Pair) -> None:
    first = await pair.one.post(unique())
    second = await pair.two.post(f"@{pair.one.me.account.acct} {unique()}", in_reply_to=first.native)
    third = await pair.one.post(f"@{pair.two.me.account.acct} {unique()}", in_reply_to=second.native)
    assert (second.in_reply_to, second.in_reply_to_account) == (first.native, pair.one.me.account.native)
    thread = await pair.one.backend.thread(second.native)
    assert natives(thread.ancestors) == [first.native]
    assert natives((thread.status,)) == [second.native]
    assert natives(thread.descendants) == [third.native]
    child = pair.one.backend.sighting(second)
    above = pair.one.backend.parent_sighting(first.native, child)
    assert child.parent == above.key == pair.one.backend.sighting(first).key
    alone = await pair.two.backend.user(pair.two.me.account.native, Window(limit=40), replies=False)
    assert second.native not in natives(alone)


async def test_likes(pair: Pair) -> None:
    status = await pair.one.post(unique())
    assert (await pair.two.backend.favourite(status.native)).status.favourited
    told = await until(lambda: pair.one.backend.activities(status.native), lambda told: told.like)
    assert [person.native for person in told.like] == [pair.two.me.account.native]
    if pair.two.backend.capabilities.favourites_list:
        assert natives(await pair.two.backend.favourites(None))[0] == status.native
    assert not (await pair.two.backend.unfavourite(status.native)).status.favourited
    if pair.two.backend.capabilities.favourites_list:
        assert status.native not in natives(await pair.two.backend.favourites(None))


async def test_likes_page_by_their_own_cursor(pair: Pair) -> None:
    if not pair.two.backend.capabilities.favourites_list:
        with pytest.raises(Unsupported):
            await pair.two.backend.favourites(None)
        return
    wanted = await series(pair.one, 3)
    for native in wanted:
        await pair.two.backend.favourite(native)
    page = await pair.two.backend.favourites(None)
    seen = natives(page)
    assert set(wanted) <= set(seen)
    while page.older:
        page = await pair.two.backend.favourites(page.older)
        assert not set(natives(page)) & set(seen)
        seen += natives(page)
        if not page.items:
            break
    for native in wanted:
        await pair.two.backend.unfavourite(native)


async def test_boosts(pair: Pair) -> None:
    status = await pair.one.post(unique())
    boost = (await pair.two.backend.reblog(status.native)).status
    assert (boost.original.native, boost.original.account.native) == (status.native, pair.one.me.account.native)
    assert boost.native != status.native
    assert boost.account.native == pair.two.me.account.native
    seen = pair.two.backend.sighting(boost)
    assert (seen.boosted, seen.booster) == (status.native, pair.two.me.account.native)
    assert boost.native in natives(await pair.two.backend.own_newest())
    told = await until(lambda: pair.one.backend.activities(status.native), lambda told: told.announce)
    assert [person.native for person in told.announce] == [pair.two.me.account.native]
    await pair.two.backend.unreblog(status.native)
    left = await until(pair.two.backend.own_newest, lambda own: boost.native not in natives(own))
    assert boost.native not in natives(left)


async def test_a_boost_that_was_taken_back_is_no_boost_any_more(pair: Pair) -> None:
    status, mine = await pair.one.post(unique()), pair.two.backend
    boosts = []
    for _ in range(2):
        boosts.append((await mine.reblog(status.native)).status)
        assert (await mine.status(status.native)).status.reblogged
        await mine.unreblog(status.native)
    assert not (await mine.status(status.native)).status.reblogged
    for boost in boosts:
        with pytest.raises(Missing):
            await mine.status(boost.native)


async def test_a_boost_can_be_deleted_like_a_post(pair: Pair) -> None:
    status = await pair.one.post(unique())
    boost = (await pair.two.backend.reblog(status.native)).status
    await pair.two.backend.remove(boost.native)
    left = await until(pair.two.backend.own_newest, lambda own: boost.native not in natives(own))
    assert boost.native not in natives(left)
    assert (await pair.one.backend.status(status.native)).status.native == status.native


async def test_deleting(pair: Pair) -> None:
    status = await pair.one.post(unique())
    await delete(pair.one.backend, status.native)
    for call in (pair.one.backend.status, pair.one.backend.remove, pair.one.backend.favourite):
        with pytest.raises(Missing):
            await call(status.native)


async def test_a_walk_down_a_timeline_meets_everything_once(pair: Pair) -> None:
    wanted, me = await series(pair.one, 5), pair.one.me.account.native
    page = await pair.one.backend.user(me, Window(limit=2), replies=True)
    found = natives(page)
    while page.older and not set(wanted) <= set(found):
        page = await pair.one.backend.user(me, Window(limit=2, older_than=page.older), replies=True)
        found += natives(page)
    assert found[:5] == wanted
    assert len(found) == len(set(found))


@pytest.mark.parametrize("where", ["home", "user", "public"])
async def test_only_what_is_new(pair: Pair, where: str) -> None:
    ids, backend = await series(pair.one, 4), pair.one.backend
    window = Window(newer_than=ids[2])
    pages = {
        "home": lambda: backend.home(window),
        "user": lambda: backend.user(pair.one.me.account.native, window, replies=True),
        "public": lambda: backend.public(window, local=True),
    }
    assert natives(await until(pages[where], lambda page: natives(page) == ids[:2])) == ids[:2]


async def test_what_lies_between(pair: Pair) -> None:
    ids, backend = await series(pair.one, 4), pair.one.backend
    between = Window(newer_than=ids[3], older_than=ids[0])
    page = await until(lambda: backend.home(between), lambda page: natives(page) == ids[1:3])
    assert natives(page) == ids[1:3]


async def test_native_order_is_the_order_of_sightings(pair: Pair) -> None:
    await series(pair.one, 3)
    entries = (await pair.one.backend.own_newest())[:3]
    seen = [pair.one.backend.sighting(entry.status) for entry in entries]
    assert {sighting.order for sighting in seen} == {pair.one.backend.capabilities.order}
    assert [sighting.key for sighting in seen] == [
        sighting.key for sighting in sorted(seen, key=lambda one: (one.sort, one.ms), reverse=True)
    ]
    for entry, sighting in zip(entries, seen, strict=True):
        assert abs(sighting.ms - dates.milliseconds(entry.status.created_at)) < 5000


async def test_a_time_is_a_bound_where_ids_carry_time(pair: Pair) -> None:
    ids, backend = await series(pair.one, 3), pair.one.backend
    times = [backend.sighting((await backend.status(native)).status).ms for native in ids]
    before, after = Window(limit=40, before_ms=times[1]), Window(limit=40, after_ms=times[1])
    below = natives(await until(lambda: backend.home(before), lambda page: set(ids[1:]) <= set(natives(page))))
    above = natives(await until(lambda: backend.home(after), lambda page: set(ids[:2]) <= set(natives(page))))
    assert set(ids[1:]) <= set(below)
    assert set(ids[:2]) <= set(above)
    if backend.capabilities.order is hub.Order.TIMED and times[0] - times[1] > 1 and times[1] - times[2] > 1:
        assert ids[0] not in below
        assert ids[2] not in above


async def test_several_at_once(pair: Pair) -> None:
    ids = await series(pair.one, 3)
    await delete(pair.one.backend, ids[1])
    found = await pair.one.backend.statuses(ids)
    assert {native: entry.status.native for native, entry in found.items()} == {ids[0]: ids[0], ids[2]: ids[2]}
    assert await pair.one.backend.statuses([]) == {}


async def test_a_picture_goes_with_a_post(pair: Pair) -> None:
    if not await uploads(pair.one):
        return
    upload = await pair.one.backend.upload(PICTURE)
    assert upload.url.startswith("http")
    [media] = (await pair.one.post(unique(), media=(upload.native,))).media
    assert (media.type, media.description) == ("image", "A bird")
    assert media.mime.startswith("image/")
    assert media.url.startswith("http")


async def uploads(side: Side) -> bool:
    """Whether files can be sent; else it is said."""
    if not side.backend.capabilities.uploads:
        with pytest.raises(Unsupported, match="upload"):
            await side.backend.upload(PICTURE)
    return side.backend.capabilities.uploads


def followed(page: hub.Page[hub.Account], native: str) -> bool:
    """Whether the person is on the page."""
    return native in {person.native for person in page.items}


async def test_people_and_groups_are_lists(pair: Pair) -> None:
    backend = pair.one.backend
    for page in (await backend.followers(None), await backend.following(None)):
        assert all(person.native and person.acct for person in page.items)
    [row] = await backend.relationships([pair.two.me.account.native])
    assert row.native == pair.two.me.account.native
    page = await until(lambda: backend.following(None), lambda page: followed(page, row.native) is row.following)
    assert followed(page, row.native) is row.following
    try:
        groups = await backend.groups()
    except Unsupported:
        assert not backend.capabilities.lists
    else:
        assert all(isinstance(group, hub.Group) for group in groups)


async def test_an_equal_key_posts_once_where_the_server_says_so(pair: Pair) -> None:
    word, key = unique(), uuid4().hex
    first = await pair.one.post(word, idempotency_key=key)
    if pair.one.backend.capabilities.idempotency:
        assert (await pair.one.post(word, idempotency_key=key)).native == first.native
    found = [entry for entry in await pair.one.backend.own_newest() if word in entry.status.content]
    assert len(found) == 1


async def test_what_is_not_there_is_missing(pair: Pair) -> None:
    status = await pair.one.post(unique())
    await delete(pair.one.backend, status.native)
    for call in (pair.one.backend.status, pair.one.backend.thread, pair.one.backend.reblog):
        for native in (status.native, "no such thing"):
            with pytest.raises(Missing):
                await call(native)
    for name in (f"nobody{uuid4().hex[:6]}", f"nobody@{uuid4().hex[:6]}.invalid"):
        with pytest.raises(Missing):
            await pair.one.backend.lookup(name)


async def test_what_is_too_long_is_rejected(pair: Pair) -> None:
    if pair.one.quirk("no limits"):  # it would work on such a text for half a minute
        return
    with pytest.raises(Rejected):
        await pair.one.post("x" * (pair.one.backend.capabilities.max_chars + 1))


async def test_a_token_nobody_gave_out_is_gone(pair: Pair) -> None:
    async def ask(call: str) -> None:
        stranger = await pair.enter("not-a-token")  # servers of actors are asked who it is
        await getattr(stranger, call)()

    for call in ("me", "own_newest"):
        with pytest.raises(TokenGone):
            await ask(call)


async def test_entries_can_be_made_again_from_their_bytes(pair: Pair) -> None:
    await series(pair.one, 1)
    entry = (await pair.one.backend.own_newest())[0]
    again = pair.two.backend.entry(entry.raw)
    assert again == entry
    assert again.status == entry.status
