"""Writing as one person and reading as the other, on bovine-herd and on the embedded server."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.backend import Draft, File, ProfileChange
from adapters.errors import Missing, Refused, Rejected, Unsupported
from mappings import hub
from mappings.hub import Visibility
from tests.adapters.activitypub.sides import Two
from tests.c2s.bovine import eventually

pytestmark = pytest.mark.anyio

PICTURE = File(data=b"\x89PNG\r\n\x1a\n" + b"x" * 64, name="cat.png", mime="image/png", description="A cat")
DIRECT = Visibility.DIRECT


@pytest.mark.parametrize("visibility", ["public", "unlisted", "direct"])
async def test_a_post_reads_the_same_on_both_sides(both: Two, visibility: str) -> None:
    point = hub.Place(lat=52.5, long=13.25)
    text = f"Hello @{both.bob.party.name} #cats"
    posted = await both.alice.post(text, Visibility(visibility), place=point, source="Bird", language="en")
    received = await both.bob.sees(posted.native)
    for found in (posted, received):
        assert (found.visibility, found.account.acct) == (visibility, both.alice.party.name)
        assert [mention.native for mention in found.mentions] == [both.bob.party.actor]
        assert ([tag.name for tag in found.tags], found.place, found.source) == (["cats"], point, "Bird")
    assert posted.content == received.content
    assert await both.bob.types(1) == ["mention"]


async def test_a_title_makes_an_article_and_a_message_keeps_its(both: Two) -> None:
    article = await both.alice.post(f"Text @{both.bob.party.name}", title="Title")
    message = await both.alice.post(f"@{both.bob.party.name} Text", DIRECT, title="Subject")
    assert (article.title, message.title) == ("Title", "Subject")
    kinds = [(await both.alice.backend.known(one.native))["type"] for one in (article, message)]
    assert kinds == ["Article", "Note"]


async def test_answers_stay_in_the_thread_and_reach_the_author(both: Two) -> None:
    posted = await both.alice.post(f"Question @{both.bob.party.name}")
    await both.bob.sees(posted.native)
    answer = await both.bob.post("Answer", in_reply_to=posted.native)
    assert answer.in_reply_to == posted.native
    received = await both.alice.sees(answer.native)
    assert received.in_reply_to == posted.native
    assert [mention.native for mention in received.mentions] == [both.alice.party.actor]
    assert "mention" in await both.alice.types(1)


async def test_a_message_is_for_whom_it_names_and_nobody_else(both: Two) -> None:
    sent = await both.alice.post(f"@{both.bob.party.name} secret", DIRECT)
    document = await both.alice.backend.known(sent.native)
    addressed = [*as_ids(document.get("to")), *as_ids(document.get("cc"))]
    assert addressed == [both.bob.party.actor]
    assert not {"bto", "bcc"} & document.keys()
    assert (await both.bob.sees(sent.native)).visibility == "direct"
    note = await both.alice.post("to myself", DIRECT)
    assert note.mentions == ()


async def test_a_post_for_followers_is_addressed_to_them_and_who_is_named(both: Two) -> None:
    posted = await both.alice.post(f"@{both.bob.party.name} for us", Visibility.PRIVATE)
    assert posted.visibility == "private"
    document = await both.alice.backend.known(posted.native)
    assert as_ids(document.get("to")) == [both.alice.backend.link.facts.followers]
    assert as_ids(document.get("cc")) == [both.bob.party.actor]
    received = await both.bob.sees(posted.native)
    assert received.visibility not in {"public", "unlisted"}


async def test_requests_of_a_post(both: Two) -> None:
    await both.alice.post("First")
    _, asked = await both.counted(lambda: both.alice.post("Second"))
    assert [method for method, _ in asked] == (["POST", "GET", "GET"] if both.bare else ["POST"])
    _, asked = await both.counted(lambda: both.alice.post(f"Hello @{both.bob.party.name}"))
    assert [method for method, _ in asked][:2] == ["GET", "GET"]  # WebFinger, and the actor
    _, asked = await both.counted(lambda: both.alice.post(f"Again @{both.bob.party.name}"))
    assert len([path for method, path in asked if method == "GET"]) <= (3 if both.bare else 1)


def as_ids(value: Any) -> list[str]:
    """Ids as the servers write them."""
    several = value if isinstance(value, list) else [value] if value else []
    return [one if isinstance(one, str) else one["id"] for one in several]


async def test_who_is_named_in_a_message_must_be_there(both: Two) -> None:
    with pytest.raises(Missing):
        await both.alice.post(f"@nobody-of-that-name @{both.bob.party.name} secret", DIRECT)
    assert await both.alice.backend.own_newest() == ()
    posted = await both.alice.post("Hello @nobody-of-that-name")
    assert posted.mentions == ()


async def test_likes_dislikes_and_boosts_are_told_and_taken_back(both: Two) -> None:
    posted = await both.alice.post(f"Post @{both.bob.party.name}")
    await both.bob.sees(posted.native)
    mine = both.bob.backend
    for _ in range(2):  # twice changes nothing
        assert (await mine.favourite(posted.native)).status.favourited
        await mine.react(posted.native, "👎")
        boost = await mine.reblog(posted.native)
    assert boost.status.reblog_of is not None
    assert boost.status.reblog_of.native == posted.native
    assert await both.alice.types(3) == ["dislike", "favourite", "reblog"]
    assert not (await mine.unfavourite(posted.native)).status.favourited
    await mine.unreact(posted.native, "👎")
    await mine.unreblog(posted.native)

    async def left() -> hub.Activities:
        await both.alice.home()
        return await both.alice.backend.activities(posted.native)

    found = await eventually(left, lambda found: not (found.like or found.dislike or found.announce))
    assert found == hub.Activities()
    assert not (await mine.unfavourite(posted.native)).status.favourited


async def test_other_reactions_are_refused_with_the_name_of_the_server(both: Two) -> None:
    posted = await both.alice.post("Post")
    with pytest.raises(Unsupported, match="has no reactions but likes and dislikes"):
        await both.alice.backend.react(posted.native, "🎉")


async def test_what_is_not_public_is_not_shared(both: Two) -> None:
    sent = await both.alice.post(f"@{both.bob.party.name} secret", DIRECT)
    await both.bob.sees(sent.native)
    with pytest.raises(Rejected):
        await both.bob.backend.reblog(sent.native)


async def test_an_own_boost_is_removed_by_its_id(both: Two) -> None:
    posted = await both.alice.post(f"Post @{both.bob.party.name}")
    await both.bob.sees(posted.native)
    boost = (await both.bob.backend.reblog(posted.native)).status
    await both.bob.backend.remove(boost.native)
    assert boost.native not in [status.native for status in await both.bob.home()]
    again = (await both.bob.backend.reblog(posted.native)).status
    assert again.native != boost.native


async def event(both: Two) -> str:
    """An event of alice's that bob has got: nothing in the old API makes one."""
    mine = both.alice.backend
    name = {"type": "Event", "name": "Party", "startTime": "2026-12-05T18:00:00Z", "content": "<p>Come</p>"}
    to = {"to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [both.bob.party.actor]}
    whole = {"@context": "https://www.w3.org/ns/activitystreams", "type": "Create", "actor": both.alice.party.actor}
    date = {"published": "2026-11-22T01:50:17Z"}
    made = name | to | date | {"attributedTo": both.alice.party.actor}
    done = await mine.perform(whole | to | date | {"object": made})
    native = str(done["object"]["id"])
    await both.bob.sees(native)
    return native


async def test_an_event_is_answered_and_the_answer_changed(both: Two) -> None:
    native = await event(both)
    await both.bob.backend.attend(native, "attendmaybe")
    assert await both.alice.types(1) == ["attendmaybe"]
    await both.bob.backend.attend(native, "attendyes")
    await both.bob.backend.attend(native, "attendyes")

    async def answers() -> hub.Activities:
        await both.alice.home()
        return await both.alice.backend.activities(native)

    found = await eventually(answers, lambda found: found.attendyes and not found.attendmaybe)
    assert [person.native for person in found.attendyes] == [both.bob.party.actor]
    await both.bob.backend.attend(native, "")
    await eventually(answers, lambda found: not found.attendyes)
    posted = await both.alice.post(f"No event @{both.bob.party.name}")
    await both.bob.sees(posted.native)
    with pytest.raises(Rejected):
        await both.bob.backend.attend(posted.native, "attendyes")


async def test_a_post_is_changed_and_keeps_its_readers(both: Two) -> None:
    posted = await both.alice.post(f"Old @{both.bob.party.name}", title="Title")
    await both.bob.sees(posted.native)
    draft = Draft(text="New", visibility=Visibility.PUBLIC, title="Other")
    changed = (await both.alice.backend.edit(posted.native, draft)).status
    assert ("New" in changed.content, changed.title, changed.visibility) == (True, "Other", "public")

    async def received() -> str:
        return (await both.bob.sees(posted.native)).content

    await eventually(received, lambda content: "New" in content)
    with pytest.raises(Refused):
        await both.bob.backend.edit(posted.native, draft)


async def test_a_deleted_post_is_gone_for_both(both: Two) -> None:
    posted = await both.alice.post(f"Post @{both.bob.party.name}")
    await both.bob.sees(posted.native)
    with pytest.raises((Refused, Missing)):
        await both.bob.backend.remove(posted.native)
    await both.alice.backend.remove(posted.native)
    with pytest.raises(Missing):
        await both.alice.backend.status(posted.native)
    with pytest.raises(Missing):
        await both.alice.backend.remove(posted.native)

    async def theirs() -> list[str]:
        return [status.native for status in await both.bob.home()]

    await eventually(theirs, lambda natives: posted.native not in natives)


async def test_uploads_are_refused_where_there_are_none(both: Two) -> None:
    if not both.bare:
        both.server.strange.missing.add("uploadMedia")  # type: ignore[union-attr]
        facts = both.alice.backend.link.facts
        both.alice.backend.link.facts = type(facts)(**{
            **{name: getattr(facts, name) for name in facts.__struct_fields__}, "upload_url": "", "upload": ""
        })  # fmt: skip
    with pytest.raises(Unsupported) as caught:
        await both.alice.backend.upload(PICTURE)
    assert str(caught.value) == "Media upload is not supported by the ActivityPub backend."


async def test_the_profile_is_changed(both: Two) -> None:
    person = await both.alice.backend.update_profile(ProfileChange(name="Alice A.", note="About\n\n<me>"))
    assert (person.account.name, "&lt;me&gt;" in person.account.note) == ("Alice A.", True)
    assert person.account.username == both.alice.party.name
    again = (await both.alice.backend.update_profile(ProfileChange(name="Al"))).account
    assert (again.name, again.note) == ("Al", person.account.note)


async def test_groups_are_made_renamed_and_removed(both: Two) -> None:
    mine = both.alice.backend
    made = await mine.create_group("Friends")
    assert await mine.groups() == (made,)
    assert made.native.startswith("local-") is both.bare
    with pytest.raises(Refused):
        await mine.add_to_group(made.native, [both.bob.party.actor])
    renamed = await mine.rename_group(made.native, "Pals")
    assert (renamed.native, [group.name for group in await mine.groups()]) == (made.native, ["Pals"])
    await mine.remove_group(made.native)
    assert await mine.groups() == ()
    with pytest.raises(Missing):
        await mine.remove_group(made.native)
