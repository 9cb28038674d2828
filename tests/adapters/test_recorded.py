"""Replies of a real Mastodon 4.7.3 (`recorded/`), played by the far server and read by the adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Backend, Draft, File, RateState, Window
from adapters.errors import Refused, Rejected
from mappings import dates, hub
from tests.adapters.conftest import Open, Wait
from tests.adapters.far_server import FarServer

pytestmark = pytest.mark.anyio
FOLDER = Path(__file__).parent / "recorded"
DRAFT = Draft(text="Toot!", visibility=hub.Visibility.PUBLIC)


def recorded(name: str) -> dict[str, Any]:
    """A recording."""
    found: dict[str, Any] = msgspec.json.decode((FOLDER / f"{name}.json").read_bytes())
    return found


def replay(far: FarServer, name: str) -> None:
    """Answer as recorded."""
    found = recorded(name)
    method, path = found["request"].partition("?")[0].split(" ")
    far.on(method, path.rstrip("/"), status=found["status"], json=found["body"], headers=found["headers"])


@pytest.fixture
async def backend(far: FarServer, open_backend: Open) -> Backend:
    """An account on the recorded server."""
    found = await open_backend("mastodon", "4.7.3")
    far.usual.clear()
    return found


async def test_detection(far: FarServer, open_backend: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def recordings(far: FarServer, *_: object) -> None:
        for name in ("nodeinfo-index", "nodeinfo", "instance"):
            replay(far, name)

    monkeypatch.setattr("tests.adapters.conftest.play", recordings)
    backend = await open_backend()
    told = backend.capabilities
    assert (told.software, told.version, told.order, told.statuses_by_id) == (
        "mastodon", "4.7.3", hub.Order.TIMED, True,
    )  # fmt: skip
    assert (told.max_chars, told.max_media) == (500, 4)
    site = await backend.site()
    assert site.title == "Mastodon"
    assert site.language == "en"


async def test_the_home_timeline(far: FarServer, backend: Backend) -> None:
    replay(far, "home")
    page = await backend.home(Window(limit=4))
    statuses = [entry.status for entry in page.items]
    assert [status.native for status in statuses] == [item["id"] for item in recorded("home")["body"]]
    assert [status.visibility for status in statuses] == ["public", "public", "direct", "public"]
    assert page.older == "117440838331817220"
    first = statuses[0]
    assert (first.account.acct, first.source) == ("mastodonpy_test", "Mastodon.py test suite")
    assert (first.uri, first.created_at) == (
        "http://localhost:3000/ap/users/117440810532227399/statuses/117440841385040618",
        recorded("home")["body"][0]["created_at"],
    )
    assert backend.rate_state() == RateState(limit=300, remaining=299, reset=1_792_005_300)
    for entry, status in zip(page.items, statuses, strict=True):
        sighting = backend.sighting(status)
        assert sighting.order is hub.Order.TIMED
        assert abs(sighting.ms - dates.milliseconds(status.created_at)) < 5000
        assert entry.status == status


async def test_a_boost(far: FarServer, backend: Backend) -> None:
    replay(far, "boost")
    status = (await backend.reblog("117440831307448422")).status
    assert (status.native, status.original.native) == ("117440831312204861", "117440831307448422")
    assert status.original.content == "<p>Toot!</p>"


@pytest.mark.parametrize(("name", "has"), [("quote", True), ("quote-revoked", False)])
async def test_quotes(backend: Backend, name: str, *, has: bool) -> None:
    status = backend.entry(msgspec.json.encode(recorded(name)["body"])).status
    assert bool(status.quote_of) is has


async def test_a_poll_and_a_video(backend: Backend) -> None:
    poll, media = (backend.entry(msgspec.json.encode(recorded(name)["body"])).status for name in ("poll", "media"))
    assert poll.poll
    assert [option.title for option in poll.poll.options] == ["four twenty", "sixty-nine"]
    [video] = media.media
    assert (video.type, video.mime) == ("video", "video/mp4")
    assert (video.width, video.height) == tuple(
        recorded("media")["body"]["media_attachments"][0]["meta"]["original"][side] for side in ("width", "height")
    )
    assert video.width > 0


async def test_an_upload_that_takes_time(far: FarServer, backend: Backend, wait: Wait) -> None:
    replay(far, "upload-202")
    replay(far, "upload-200")
    upload = await backend.upload(File(data=b"x", name="image.jpg", mime="image/jpeg"))
    assert upload.native == recorded("upload-202")["body"]["id"]
    assert upload.url.startswith("http://localhost:3000/")
    assert wait.seconds == [0.2]


async def test_mentions(far: FarServer, backend: Backend) -> None:
    replay(far, "mentions")
    page = await backend.mentions(None)
    assert [(note.native, note.account.acct) for note in page.items] == [("21", "admin")]
    assert page.items[0].status
    assert [named.acct for named in page.items[0].status.status.mentions] == ["mastodonpy_test"]


async def test_people(far: FarServer, backend: Backend) -> None:
    for name in ("me", "search", "relationships", "members"):
        replay(far, name)
    me = await backend.me()
    assert (me.account.native, me.default_visibility) == ("117440810532227399", hub.Visibility.PUBLIC)
    found = await backend.lookup_url("http://localhost:3000/ap/users/117440810532227399")
    assert (found.native, [row.name for row in found.fields]) == (me.account.native, ["bread", "lasagna"])
    assert [row.native for row in await backend.relationships(["117440810532227399"])] == ["117440810532227399"]
    assert [person.username for person in await backend.group_members("3")] == ["admin"]


async def test_errors(far: FarServer, backend: Backend, open_backend: Open) -> None:
    replay(far, "empty-422")
    with pytest.raises(Rejected):
        await backend.post(DRAFT)
    anonymous = await open_backend("mastodon", "4.7.3", token=None)
    replay(far, "anonymous-401")
    with pytest.raises(Refused):
        await anonymous.home(Window())
