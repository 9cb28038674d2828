"""What every backend promises of messages, notifications, lists, own files, edits and the profile."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.backend import Draft, ProfileChange, Window
from adapters.errors import Missing, Refused, Unsupported
from mappings import hub
from tests.contract.conftest import Pair, Side, delete, until
from tests.contract.contacts import befriend
from tests.contract.test_backend import PICTURE, natives, unique, uploads

pytestmark = pytest.mark.anyio
Visibility = hub.Visibility
NO_BLOCKS = {"snac", "takahe"}
NOBODY = {"mastodon_mock": "1", "gotosocial": "01" + "Z" * 24}


@pytest.fixture
async def friends(pair: Pair) -> AsyncIterator[Pair]:
    """Both follow each other; the lists that a test makes are removed."""
    await befriend(pair.one, pair.two)
    await befriend(pair.two, pair.one)
    known = {group.native for group in await pair.one.backend.groups()}
    yield pair
    for group in await pair.one.backend.groups():
        if group.native not in known:
            await pair.one.backend.remove_group(group.native)


async def test_a_message_reaches_one_person(pair: Pair) -> None:
    word, one, two = unique(), pair.one.me.account, pair.two.backend
    sent = await pair.one.post(f"@{pair.two.me.account.acct} {word}", Visibility.DIRECT)
    assert [named.acct for named in sent.mentions] == [pair.two.me.account.acct]

    def there(page: hub.Page[hub.Notification]) -> bool:
        return any(note.status and note.status.status.native == sent.native for note in page.items)

    page = await until(lambda: two.notifications(None), there)
    [note] = [note for note in page.items if note.status and note.status.status.native == sent.native]
    assert (note.type, note.account.native) == ("mention", one.native)
    if not two.capabilities.conversations:
        with pytest.raises(Unsupported):
            await two.conversations(None)
        return
    talks = (await two.conversations(None)).items
    [talk] = [talk for talk in talks if talk.last and talk.last.status.native == sent.native]
    assert talk.unread
    own = (await pair.one.backend.conversations(None)).items
    assert [talk.last.status.native for talk in own if talk.last].count(sent.native) == 1


async def test_conversations_go_on(pair: Pair) -> None:
    if not pair.one.backend.capabilities.conversations:
        return
    page, seen = await pair.one.backend.conversations(None), set[str]()
    for _ in range(4):
        lasts = {talk.last.status.native for talk in page.items if talk.last}
        assert seen.isdisjoint(lasts)
        seen |= lasts
        if not page.older:
            break
        page = await pair.one.backend.conversations(page.older)


async def test_what_happened_is_told_and_marked(pair: Pair) -> None:
    status = await pair.one.post(unique())
    await pair.two.backend.favourite(status.native)
    await pair.two.backend.reblog(status.native)
    backend, two = pair.one.backend, pair.two.me.account.native

    def kinds(page: hub.Page[hub.Notification]) -> dict[str, str]:
        about = [note for note in page.items if note.status and note.status.status.original.native == status.native]
        return {note.type: note.account.native for note in about}

    page = await until(lambda: backend.notifications(None), lambda page: len(kinds(page)) == 2)
    assert kinds(page) == {"favourite": two, "reblog": two}
    below = await backend.notifications(page.items[0].native)
    assert page.items[0].native not in {note.native for note in below.items}
    if not backend.capabilities.markers:
        assert await backend.notification_marker() is None
        return
    await backend.mark_notifications(page.items[0].native)
    assert await backend.notification_marker() == page.items[0].native


async def test_a_list_from_its_first_day_to_its_last(friends: Pair) -> None:
    backend, two = friends.one.backend, friends.two.me.account.native
    if not backend.capabilities.lists:
        with pytest.raises(Unsupported):
            await backend.create_group("x")
        return
    made = await backend.create_group(name := unique())
    assert made.name == name
    assert made in await backend.groups()
    for _ in range(2):  # who is on it stays
        await backend.add_to_group(made.native, [two])
    assert [person.native for person in await backend.group_members(made.native)] == [two]
    status = await friends.two.post(unique())
    page = await until(
        lambda: backend.group_timeline(made.native, Window()), lambda page: status.native in natives(page)
    )
    assert status.native in natives(page)
    await rename(friends.one, made)
    await backend.remove_from_group(made.native, [two])
    assert await backend.group_members(made.native) == ()
    await backend.remove_group(made.native)
    assert made.native not in {group.native for group in await backend.groups()}
    if friends.one.quirk("lists that never were are empty"):
        assert await backend.group_members(made.native) == ()
        return
    with pytest.raises(Missing):
        await backend.group_members(made.native)


async def rename(side: Side, group: hub.Group) -> None:
    """Another name, where the server lets lists be renamed."""
    try:
        renamed = await side.backend.rename_group(group.native, name := unique())
    except Unsupported:
        assert side.backend.capabilities.software == "snac"
    else:
        assert renamed == hub.Group(native=group.native, name=name)


async def test_unfollowing_and_lists(friends: Pair) -> None:
    backend, two = friends.one.backend, friends.two.me.account.native
    made = await backend.create_group(unique())
    assert (await backend.unfollow(two)).following is False
    assert (await backend.relationships([two]))[0].following is False
    try:
        await backend.add_to_group(made.native, [two])
    except Refused:
        assert await backend.group_members(made.native) == ()
    else:
        assert friends.one.quirk("lists take anybody")
    await befriend(friends.one, friends.two)


async def test_a_file_only_for_me(pair: Pair) -> None:
    if not await uploads(pair.one):
        return
    backend = pair.one.backend
    upload = await backend.upload(PICTURE)
    sent = await pair.one.post(unique(), Visibility.DIRECT, media=(upload.native,))
    plain = await pair.one.post(unique())
    assert (sent.visibility, sent.mentions) == ("direct", ())
    page = await until(lambda: backend.own_media(None), lambda page: sent.native in natives(page))
    assert sent.native in natives(page)
    assert plain.native not in natives(page)
    assert sent.native not in natives(await backend.own_media(sent.native))
    if not pair.one.quirk("anybody reads by id"):
        with pytest.raises(Missing):
            await pair.two.backend.status(sent.native)
    data, mime = await backend.fetch(sent.media[0].url)
    assert (data[:1] != b"<", mime) == (True, "image/png")
    with pytest.raises(Missing):
        await backend.fetch(f"{backend.base_url}/no/such/{unique()}.png")


async def test_an_edit_changes_words_and_nothing_else(pair: Pair) -> None:
    backend, word = pair.one.backend, unique()
    files = ((await backend.upload(PICTURE)).native,) if await uploads(pair.one) else ()
    sent = await pair.one.post(unique(), Visibility.PRIVATE, media=files, sensitive=True)
    kept = [media.native for media in sent.media]
    assert len(kept) == len(files)
    changed = (await backend.edit(sent.native, Draft(text=word, visibility=Visibility.PUBLIC, title="CW"))).status
    for status in (changed, (await backend.status(sent.native)).status):
        assert (status.native, status.visibility, status.title) == (sent.native, "private", "CW")
        assert word in status.content
        assert (status.sensitive, [one.native for one in status.media]) == (True, kept)
        assert status.edited_at or pair.one.quirk("an edit at once has no date")
    described = Draft(
        text=word, visibility=Visibility.PRIVATE, media=tuple(kept), descriptions=tuple((one, "A cat") for one in kept)
    )
    again = (await backend.edit(sent.native, described)).status
    assert [one.native for one in again.media] == kept
    if kept and not pair.one.quirk("no new descriptions"):
        assert [one.description for one in again.media] == ["A cat"]
        assert again.sensitive is False


async def test_a_file_is_described_before_it_is_attached(pair: Pair) -> None:
    if not await uploads(pair.one):
        return
    backend = pair.one.backend
    upload = await backend.upload(PICTURE)
    await backend.describe(upload.native, "Zwei Vögel & ein Wurm")
    [media] = (await pair.one.post(unique(), media=(upload.native,))).media
    assert media.description == "Zwei Vögel & ein Wurm"
    if pair.one.quirk("describes anything"):
        return
    with pytest.raises(Missing):
        await backend.describe(NOBODY.get(backend.capabilities.software, "999"), "x")


async def test_the_profile_changes_where_it_is_told_to(pair: Pair) -> None:
    backend, before = pair.one.backend, (await pair.one.backend.me()).account
    try:
        changed = (await backend.update_profile(ProfileChange(name=unique(), note="Half & half"))).account
        assert (changed.native, changed.avatar) == (before.native, before.avatar)
        assert "Half &amp; half" in changed.note or "Half & half" in changed.note
        if not await uploads(pair.one):
            with pytest.raises(Unsupported, match="upload"):
                await backend.update_profile(ProfileChange(avatar=PICTURE))
            return
        pictured = (await backend.update_profile(ProfileChange(avatar=PICTURE, header=PICTURE))).account
        assert (pictured.name, pictured.note) == (changed.name, changed.note)
        assert (await backend.me()).account.avatar == pictured.avatar
        if not pair.one.quirk("no profile pictures"):
            assert pictured.avatar not in {"", before.avatar}
            assert (await backend.fetch(pictured.avatar))[1].startswith("image/")
    finally:
        await backend.update_profile(ProfileChange(name=before.name, note=""))


async def test_several_people_at_once(pair: Pair) -> None:
    one, two = pair.one.me.account.native, pair.two.me.account.native
    found = await pair.one.backend.accounts([two, NOBODY["mastodon_mock"], one])
    assert {native: person.native for native, person in found.items()} == {two: two, one: one}
    assert list(found) == [two, one]
    assert await pair.one.backend.accounts([]) == {}


async def test_lists_of_people(pair: Pair) -> None:
    backend = pair.one.backend
    assert (await backend.follow_requests(None)).items == ()
    two = pair.two.me.account.native
    if backend.capabilities.software in NO_BLOCKS:
        with pytest.raises(Unsupported):
            await backend.blocks(None)
        return
    assert two not in {person.native for person in (await backend.blocks(None)).items}


async def test_who_is_blocked_and_who_asks(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account
    if backend.capabilities.software in NO_BLOCKS:
        return
    await backend.block(two.native)
    try:
        assert [person.acct for person in (await backend.blocks(None)).items] == [two.acct]
        assert (await backend.relationships([two.native]))[0].blocking
    finally:
        await backend.unblock(two.native)
    await befriend(pair.one, pair.two)
    await befriend(pair.two, pair.one)


async def test_posts_are_found_by_their_words_and_tags(pair: Pair) -> None:
    backend, word = pair.one.backend, unique()
    if backend.capabilities.software == "takahe":
        with pytest.raises(Unsupported):
            await backend.search_statuses(word, 5, 0)
        return
    ids = [(await pair.one.post(f"{word} #{word}tag")).native for _ in range(3)][::-1]

    async def look(offset: int) -> tuple[hub.Entry, ...]:
        return await backend.search_statuses(word, 2, offset)

    assert natives(await until(lambda: look(0), lambda found: len(found) == 2)) == ids[:2]
    assert natives(await look(2)) == ids[2:]
    page = await until(lambda: backend.tagged(f"{word}tag", Window()), lambda page: len(page.items) == 3)
    assert natives(page) == ids
    assert (await backend.tagged(unique(), Window())).items == ()


async def test_emoji_under_a_post(pair: Pair) -> None:
    status, backend = await pair.one.post(unique()), pair.two.backend
    if backend.capabilities.reactions:
        await backend.react(status.native, "\U0001f44e")
        [reaction] = await backend.reactions(status.native)
        assert (reaction.name, reaction.me) == ("\U0001f44e", True)
        await backend.unreact(status.native, "\U0001f44e")
        assert await backend.reactions(status.native) == ()
        return
    for call in (backend.reactions(status.native), backend.react(status.native, "\U0001f44e")):
        with pytest.raises(Unsupported, match=backend.capabilities.label[:8]):
            await call


async def test_what_is_deleted_cannot_be_edited(pair: Pair) -> None:
    status = await pair.one.post(unique())
    await delete(pair.one.backend, status.native)
    for media in ((), ("1",)):
        with pytest.raises(Missing):
            await pair.one.backend.edit(status.native, Draft(text="x", visibility=Visibility.PUBLIC, media=media))
