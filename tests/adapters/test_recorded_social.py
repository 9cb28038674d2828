"""Further replies of a real Mastodon 4.7.3: messages, notifications, lists, edits and the profile."""

from __future__ import annotations

import pytest

from adapters.backend import Backend, Draft, File, ProfileChange, Window
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer
from tests.adapters.test_recorded import recorded, replay

pytestmark = pytest.mark.anyio
PNG = File(data=b"x", name="x.png", mime="image/png")


@pytest.fixture
async def server(far: FarServer, open_backend: Open) -> Backend:
    """An account on the recorded server."""
    found = await open_backend("mastodon", "4.7.3")
    far.usual.clear()
    replay(far, "me")
    return found


async def test_conversations(far: FarServer, server: Backend) -> None:
    replay(far, "conversations")
    page = await server.conversations(None)
    rows = recorded("conversations")["body"]
    assert [row.unread for row in page.items] == [row["unread"] for row in rows]
    assert page.items[0].last
    last = page.items[0].last.status
    assert (last.visibility, last.native, page.older) == ("direct", rows[0]["last_status"]["id"], None)


async def test_notifications(far: FarServer, server: Backend) -> None:
    replay(far, "notifications")
    page = await server.notifications(None)
    assert [(note.native, note.type, note.account.acct) for note in page.items] == [("20", "mention", "admin")]
    assert page.items[0].created_at == "2026-10-14T19:05:25.457Z"
    assert page.items[0].status
    assert page.items[0].status.status.native == "117440821662233205"
    assert page.older == "20"


async def test_markers_are_read_whatever_else_they_hold(far: FarServer, server: Backend) -> None:
    far.on("GET", "/api/v1/markers", json=recorded("marked")["body"])
    assert await server.notification_marker() is None
    replay(far, "marked")
    await server.mark_notifications("20")
    assert far.asked[-1].json == {"notifications": {"last_read_id": "20"}}


async def test_accounts_by_id(far: FarServer, server: Backend) -> None:
    replay(far, "accounts")
    natives = ["117440810673731823", "117440810532227399", "1"]
    assert [one.acct for one in (await server.accounts(natives)).values()] == ["mastodonpy_test_2", "mastodonpy_test"]


async def test_lists(far: FarServer, server: Backend) -> None:
    for name in ("list-create", "list-update", "list-timeline"):
        replay(far, name)
    assert await server.create_group("ham burglars") == hub.Group(native="1", name="ham burglars")
    assert await server.rename_group("2", "fry kids") == hub.Group(native="2", name="fry kids")
    page = await server.group_timeline("5", Window())
    assert [entry.status.account.acct for entry in page.items] == ["admin"]


async def test_an_edit_with_a_new_description(far: FarServer, server: Backend) -> None:
    replay(far, "edited")
    told = recorded("edited")["body"]
    [file] = told["media_attachments"]
    told_of = ((file["id"], file["description"]),)
    draft = Draft(text="x", visibility=hub.Visibility.PUBLIC, media=(file["id"],), descriptions=told_of)
    status = (await server.edit("117440832771171802", draft)).status
    assert [media.description for media in status.media] == [file["description"]]
    assert (status.native, status.edited_at) == (told["id"], told["edited_at"])


async def test_a_description_while_the_file_is_worked_on(far: FarServer, server: Backend) -> None:
    replay(far, "described-206")
    await server.describe(recorded("described-206")["body"]["id"], "John Lennon doing a cool walk")
    assert far.paths() == ["PUT /api/v1/media/117440821441764678"]


async def test_the_changed_profile(far: FarServer, server: Backend) -> None:
    replay(far, "profile")
    person = await server.update_profile(ProfileChange(name="John Lennon", note="I walk funny", avatar=PNG))
    assert (person.account.name, person.account.note) == ("John Lennon", "<p>I walk funny</p>")
    assert "/avatars/" in person.account.avatar
    assert person.default_visibility is hub.Visibility.PUBLIC


async def test_unfollowing(far: FarServer, server: Backend) -> None:
    replay(far, "unfollow")
    assert await server.unfollow("117440810233042393") == hub.Relationship(native="117440810233042393")
