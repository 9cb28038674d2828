"""Objects and activities to statuses, in both dialects."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from mappings import activitypub as ap
from mappings import hub
from mappings.activitypub_known import Known
from mappings.activitypub_raw import entry, read, written
from tests.mappings.activitypub_samples import ALICE, BOB, CAROL, DATE, EXPANDED, KNOWN, PREFIXED, PUBLIC, act, note

ISO = "2026-11-22T01:50:17.000Z"


def status(document: Any, **known: Any) -> hub.Status:
    """As alice reads it."""
    return ap.status_of(document, KNOWN._replace(**known))


def test_an_embedded_note() -> None:
    found = status(EXPANDED)
    assert found == hub.Status(
        native="https://two.example/notes/1", key="https://two.example/notes/1", account=KNOWN.people[BOB],
        created_at=ISO, content="<p>Hello</p>", visibility="public", url="https://two.example/notes/1",
        uri="https://two.example/notes/1", favourites_count=3, replies_count=2, reblogs_count=1,
    )  # fmt: skip


def test_a_note_with_prefixed_terms() -> None:
    found = status(PREFIXED)
    assert (found.created_at, found.visibility) == ("2026-11-22T01:50:17.123Z", "public")
    assert found.tags == (hub.Tag(name="Birds"),)
    assert (found.account.acct, found.content) == ("bob@two.example", "<p>Hello</p>")


def test_a_bare_id_is_looked_up() -> None:
    activity = act("Create", "https://two.example/objects/7")
    with pytest.raises(ap.Unreadable):
        status(activity)
    assert ap.wanted(activity, KNOWN) == ap.Wanted(("https://two.example/objects/7",))
    assert status(activity, documents={"https://two.example/objects/7": PREFIXED}).content == "<p>Hello</p>"


def test_an_object_takes_from_its_activity_what_it_does_not_say() -> None:
    bare = {"id": "https://two.example/notes/1", "type": "Note", "content": "x"}
    found = status(act("Create", bare, cc=[ALICE]))
    assert (found.account.native, found.created_at, found.visibility) == (BOB, ISO, "public")
    assert status(act("Create", bare, published=None)).created_at == "2026-11-22T03:00:00.000Z"
    assert status(act("Create", note(to=[ALICE], cc=None), cc=[])).visibility == "direct"


@pytest.mark.parametrize(
    "document",
    [
        note(attributedTo="https://evil.example/u/x"),
        note(attributedTo=None),
        note(id="notes/1"),
        note(id=None),
        note(type="Person"),
        note(type="Like"),
        note(type=[]),
        act("Create", note(attributedTo="https://two.example/users/eve")),
        act("Create", note(), actor="https://evil.example/u/x"),
        act("Create", note(), actor=None),
        act("Update", note(id="https://one.example/notes/1", attributedTo=ALICE)),
        act("Like", note()),
        act("Announce", "https://two.example/notes/1"),
        act("Announce", note(id="https://one.example/notes/1", attributedTo=ALICE)),
        act("Announce", note(), id="https://evil.example/announce/1"),
        act("Announce", {"id": BOB, "type": "Person", "inbox": "x"}),
        act("Announce", {"id": "https://two.example/notes/1", "type": "Note", "content": "brief"}),
    ],
)
def test_what_is_no_status_or_claims_what_is_not_its_own_is_refused(document: Any) -> None:
    with pytest.raises(ap.Unreadable):
        status(document)


@pytest.mark.parametrize(
    "wrap", [lambda gone: gone, lambda gone: act("Create", gone), lambda gone: act("Announce", gone)]
)
def test_tombstones_are_gone(wrap: Any) -> None:
    gone = {"id": "https://two.example/notes/1", "type": "Tombstone", "formerType": "Note", "deleted": DATE}
    with pytest.raises(ap.Gone):
        status(wrap(gone))
    with pytest.raises(ap.Gone):
        status(act("Create", note()), documents={gone["id"]: gone})


# boosts ---------------------------------------------------------------------------------------------------------------

OWN = note(id="https://one.example/note/1", attributedTo=ALICE)


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (act("Announce", OWN), {"expanded": True}),
        (act("Announce", OWN["id"]), {"documents": {OWN["id"]: OWN}}),
        (act("Announce", OWN | {"content": "forged"}), {"documents": {OWN["id"]: OWN}}),
        (act("Announce", {"id": "https://one.example/c/1", "type": "Create", "actor": ALICE, "object": OWN}),
        {"expanded": True}),
    ],
)  # fmt: skip
def test_boosts(document: Any, known: dict[str, Any]) -> None:
    found = status(document, **known, shared={OWN["id"]})
    assert (found.native, found.account.native, found.created_at) == (document["id"], BOB, ISO)
    assert found.original.account.native == ALICE
    assert found.original.content == "<p>Hello</p>"
    assert found.reblogged
    assert found.original.reblogged
    assert found.visibility == "public"


# audience -------------------------------------------------------------------------------------------------------------

FOLLOWERS = f"{BOB}/followers"


@pytest.mark.parametrize(
    ("to", "cc", "visibility"),
    [
        (PUBLIC, None, "public"), ("as:Public", FOLLOWERS, "public"), ([{"id": "Public"}], [], "public"),
        (FOLLOWERS, "as:Public", "unlisted"), ([], [PUBLIC], "unlisted"), ([ALICE], [PUBLIC, FOLLOWERS], "unlisted"),
        ([FOLLOWERS], [], "private"), ([FOLLOWERS], [ALICE], "private"), (ALICE, FOLLOWERS, "private"),
        ("https://two.example/followers/bob", ALICE, "private"),
        ("https://one.example/endpoints/xyz", None, "private"),
        ([ALICE], [], "direct"), (ALICE, CAROL, "direct"),
        ([ALICE, "https://two.example/users/followers"], [], "direct"),
        ({"id": ALICE, "type": "Person"}, None, "direct"),
        ({"id": "https://two.example/c/1", "type": "Collection"}, ALICE, "list"),
        ("https://two.example/friends", None, "list"), (None, None, "direct"), ([], [], "direct"),
        ([BOB], [], "direct"),
    ],
)  # fmt: skip
def test_visibility(to: Any, cc: Any, visibility: str) -> None:
    found = status(note(to=to, cc=cc), collections={"https://two.example/friends"})
    assert found.visibility == visibility


def test_a_post_that_names_nobody_i_am_reached_me_by_a_collection() -> None:
    assert status(note(to="https://two.example/endpoints/Zm9v", cc=[])).visibility == "list"
    assert status(note(to="https://two.example/endpoints/Zm9v", cc=[]), me="").visibility == "direct"
    mine = OWN | {"to": "https://two.example/endpoints/Zm9v", "cc": []}
    assert status(mine).visibility == "direct"


def test_the_followers_an_author_names_are_known_as_such() -> None:
    to = {"id": "https://two.example/orderedcollection/x", "type": "OrderedCollection"}
    assert status(note(to=[to], cc=[])).visibility == "list"
    actor = {"id": BOB, "type": "Person", "inbox": f"{BOB}/in", "followers": to["id"]}
    assert status(note(to=[to], cc=[]), documents={BOB: actor}).visibility == "private"


def test_what_is_addressed_by_audience_is_seen() -> None:
    assert status(note(to=[], cc=[], audience=PUBLIC)).visibility == "public"
    assert status(note(to=[ALICE], cc=[], bcc=[FOLLOWERS])).visibility == "private"


def test_people_named_and_people_written_to() -> None:
    tag = {"type": "Mention", "href": ALICE, "name": "@alice@one.example"}
    others = {"type": "Mention", "href": "javascript:x", "name": "@x"}
    assert [m.native for m in status(note(tag=[tag, others, tag], cc=[CAROL])).mentions] == [ALICE]
    direct = status(note(tag=tag, to=[CAROL, ALICE, BOB], cc=[]))
    assert [m.native for m in direct.mentions] == [ALICE, CAROL]
    assert [m.acct for m in direct.mentions] == ["alice", "ca"]


# texts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "title", "content"),
    [
        ({"summary": "Spoiler &amp; <b>more</b>"}, "Spoiler & more", "<p>Hello</p>"),
        ({"summary": "Spoiler"}, "Spoiler", "<p>Hello</p>"),
        ({"summaryMap": {"en": "A(n) Note by Bob"}}, "", "<p>Hello</p>"),
        ({"name": "Subject"}, "Subject", "<p>Hello</p>"),
        ({"name": "Subject", "summary": "Spoiler"}, "Spoiler · Subject", "<p>Hello</p>"),
        ({"type": "Article", "name": "Title", "summary": "Excerpt"}, "Title", "<p>Hello</p>"),
        ({"type": "Article", "name": "Title", "summary": "War", "sensitive": True}, "War · Title", "<p>Hello</p>"),
        ({"type": "Article", "name": "Title", "summary": "<p>Excerpt</p>", "content": None}, "Title", "<p>Excerpt</p>"),
        ({"type": "Question", "name": "Tea?", "content": None}, "", "<p>Tea?</p>"),
        ({"type": "ChatMessage", "content": "hi &amp; ho"}, "", "hi &amp; ho"),
        ({"content": "a <b>\n\nb", "mediaType": "text/plain"}, "", "<p>a &lt;b&gt;</p><p>b</p>"),
        ({"content": None, "source": {"content": "a < b"}}, "", "<p>a &lt; b</p>"),
        ({"content": None, "source": {"content": "<i>a</i>", "mediaType": "text/html"}}, "", "<i>a</i>"),
        ({"content": None}, "", ""),
        ({"content": 5, "contentMap": {"de": "<p>Hallo</p>"}}, "", "<p>Hallo</p>"),
        ({"content": ":birb: flies", "tag": {"type": "Emoji", "name": ":birb:"}}, "", ":birb: flies"),
    ],
)
def test_texts_and_titles(fields: dict[str, Any], title: str, content: str) -> None:
    found = status(note(**fields))
    assert (found.title, found.content) == (title, content)


def test_an_event_tells_when_and_where() -> None:
    found = status(
        note(
            type="Event", name="Party", startTime="2026-12-05T19:00:00+01:00", endTime="2026-12-05T23:00:00Z",
            location={
                "type": "Place", "name": "Hall <1>", "latitude": 52, "longitude": -0.0,
                "address": {"type": "PostalAddress", "streetAddress": "Main 1", "addressLocality": "Town"},
            },
        )
    )  # fmt: skip
    assert found.title == "Party"
    assert found.place == hub.Place(lat=52.0, long=0.0)
    assert found.content == (
        "<p>Starts: 2026-12-05 18:00 UTC<br>Ends: 2026-12-05 23:00 UTC<br>Location: Hall &lt;1&gt;, Main 1, Town</p>"
        "<p>Hello</p>"
    )
    assert status(note(type="Event", startTime="soon", location="Town")).content == "<p>Location: Town</p><p>Hello</p>"


def test_a_link_post_shows_its_link_once() -> None:
    link = {"type": "Link", "href": "https://news.example/a?b=1&c=2", "name": "News"}
    shown = '<p><a href="https://news.example/a?b=1&amp;c=2">News</a></p>'
    page = note(type="Page", name="Title", attachment=[link])
    assert status(page).content == f"<p>Hello</p>{shown}"
    assert status(page | {"content": shown}).content == shown
    assert status(page).media == ()


def test_edits_generators_languages_places() -> None:
    found = status(
        note(
            updated="2026-11-22T02:00:00Z", generator={"type": "Application", "name": "AndStatus"}, sensitive=True,
            contentMap={"de": "<p>Hallo</p>", "en": "<p>Hello</p>"}, location={"latitude": "52", "longitude": 200},
        ),
        language="de",
    )  # fmt: skip
    assert (found.edited_at, found.source, found.sensitive) == ("2026-11-22T02:00:00.000Z", "AndStatus", True)
    assert (found.content, found.place) == ("<p>Hallo</p>", None)
    assert status(note(updated="2026-11-22T01:50:18Z")).edited_at == ""


# answers and quotes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parent", "fields", "known", "owner"),
    [
        (OWN["id"], {}, {"documents": {OWN["id"]: OWN}}, ALICE),
        (OWN["id"], {}, {"own": {OWN["id"]}}, ALICE),
        (OWN, {}, {}, ALICE),
        (OWN["id"], {}, {}, None),
        (f"{BOB}/statuses/5", {}, {}, BOB),
        (f"{CAROL}/5", {"tag": [{"type": "Mention", "href": CAROL}]}, {}, CAROL),
        (OWN | {"attributedTo": "https://evil.example/u/1"}, {}, {}, None),
        ([OWN["id"]], {}, {}, None),
        (None, {}, {}, None),
    ],
)
def test_whom_a_post_answers(parent: Any, fields: Any, known: Any, owner: str | None) -> None:
    found = status(note(inReplyTo=parent, **fields), **known)
    assert found.in_reply_to == (ap.id_of(parent) or None)
    assert found.in_reply_to_account == owner


@pytest.mark.parametrize(
    "fields",
    [
        {"quoteUrl": OWN["id"]}, {"quoteUri": OWN["id"]}, {"_misskey_quote": OWN["id"]}, {"quote": {"id": OWN["id"]}},
        {"https://w3id.org/fep/044f#quote": OWN["id"]}, {"as:quoteUrl": OWN["id"]},
        {"tag": {"type": "Link", "mediaType": 'application/ld+json; profile="x"', "href": OWN["id"]}},
        {"tag": [{"type": "Link", "rel": "https://misskey-hub.net/ns#_misskey_quote", "href": OWN["id"]}]},
    ],
)  # fmt: skip
def test_quotes(fields: dict[str, Any]) -> None:
    quoting = note(**fields)
    assert ap.wanted(quoting, KNOWN).documents == (OWN["id"],)
    link = f'<p>RE: <a href="{OWN["id"]}">{OWN["id"]}</a></p>'
    assert status(quoting).content == f"<p>Hello</p>{link}"
    found = status(quoting, documents={OWN["id"]: OWN | {"quoteUrl": quoting["id"]}, quoting["id"]: quoting})
    assert found.quote_of is not None
    assert (found.quote_of.native, found.quote_of.quote_of, found.content) == (OWN["id"], None, "<p>Hello</p>")


def test_what_is_missing_is_told_before_reading() -> None:
    stranger = "https://three.example/u/1"
    tag = {"type": "Mention", "href": stranger, "name": "@x@three.example"}
    assert ap.wanted(act("Create", note(tag=tag)), KNOWN) == ap.Wanted((), (), (stranger,))
    assert ap.wanted(act("Create", note()), Known()) == ap.Wanted((), (BOB,), ())
    assert ap.wanted(act("Announce", OWN), Known(people=KNOWN.people)).documents == (OWN["id"],)
    assert ap.wanted(note(to=[CAROL], cc=[ALICE]), KNOWN).named == (CAROL,)
    assert ap.wanted("junk", KNOWN) == ap.Wanted()


# kept ---------------------------------------------------------------------------------------------------------------


def test_equal_statuses_are_kept_as_equal_bytes() -> None:
    found = status(note(location={"type": "Place", "latitude": 1, "longitude": 2}))
    again = replace(found, visibility=hub.Visibility.PUBLIC, place=hub.Place(lat=1, long=2.0))
    assert again == found
    assert written(again) == written(found)
    assert read(written(found)) == found
    assert entry(found).read(entry(found).raw) == found
    assert written(replace(found, favourited=True)) != written(found)
    assert b"null" not in written(found)


def test_what_the_reader_did_is_marked_on_both_parts_of_a_boost() -> None:
    boost = ap.marked(status(act("Announce", note())), favourited=True, reblogged=False)
    assert boost.favourited
    assert boost.original.favourited
    assert status(note(), liked={note()["id"]}).favourited
