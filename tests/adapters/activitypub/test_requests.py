"""How many requests each way to read takes, on both servers, when nothing is new and when something is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from adapters.backend import Window
from adapters.transport import Transport
from tests.adapters.activitypub.sides import Two, two
from tests.c2s.bovine import eventually
from tests.c2s.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio
Work = Callable[[Any], Awaitable[Any]]


@pytest.fixture(params=["herd", "embedded"])
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Two]:
    """Alice and bob on either server; alice has seen three posts of bob's, of which one is a message."""
    people = request.getfixturevalue(request.param)
    server = request.getfixturevalue("bovine_server" if request.param == "herd" else "embedded_server")
    transport = Transport("oldbird/test", allow_hosts=[server.pair])
    made = await two(server, people, transport)
    for visibility in ("public", "public", "direct"):  # one after the other: bovine loses some of several at once
        await made.alice.sees((await made.bob.post(f"@{people.alice.name} hello", visibility)).native)
    yield made
    await transport.close()


STILL: dict[str, tuple[Work, int]] = {
    "home": (lambda alice: alice.home(Window()), 1),
    "home since": (lambda alice: alice.home(Window(after_ms=1)), 1),
    "public": (lambda alice: alice.public(Window(), local=True), 1),
    "tagged": (lambda alice: alice.tagged("x", Window()), 1),
    "mentions": (lambda alice: alice.mentions(None), 1),
    "notifications": (lambda alice: alice.notifications(None), 1),
    "notification_marker": (lambda alice: alice.notification_marker(), 0),
    "conversations": (lambda alice: alice.conversations(None), 1),
    "search": (lambda alice: alice.search_statuses("hello", 5, 0), 1),
    "own": (lambda alice: alice.user(alice.me_id, Window(), replies=True), 1),
    "own_newest": (lambda alice: alice.own_newest(), 1),
    "own_media": (lambda alice: alice.own_media(None), 1),
    "site": (lambda alice: alice.site(), 0),
}
"""name -> (call, requests) when nothing is new."""


@pytest.mark.parametrize("name", STILL)
async def test_a_list_without_news_is_one_request(both: Two, name: str) -> None:
    work, expected = STILL[name]
    await work(both.alice.backend)
    _, asked = await both.counted(lambda: work(both.alice.backend))
    assert [method for method, _ in asked] == ["GET"] * expected


async def test_what_is_in_the_mirror_is_not_asked_for(both: Two) -> None:
    natives = [status.native for status in await both.alice.home()]
    alice = both.alice.backend
    (_, found), asked = await both.counted(lambda: both_of(alice, natives))
    assert (list(found), asked) == (natives, [])


async def both_of(alice: Any, natives: list[str]) -> tuple[Any, Any]:
    """One status, and several."""
    return await alice.status(natives[0]), await alice.statuses(natives)


async def test_what_is_new_is_read_once(both: Two) -> None:
    await both.bob.post(f"@{both.herd.alice.name} news")
    both.server.requests()
    await eventually(both.alice.home, lambda found: len(found) == 4)
    news = [path for _, path in both.server.requests()]
    inbox = both.alice.backend.link.facts.inbox.removeprefix(both.alice.backend.base_url)
    others = [path for path in news if path != inbox]
    assert len(others) == (2 if both.bare else 1)  # activity and object; a page with both in it
    _, asked = await both.counted(both.alice.home)
    assert len(asked) == 1


async def test_a_poll_of_an_unchanged_inbox_is_answered_without_a_body(
    embedded_server: EmbeddedServer, both: Two
) -> None:
    if both.bare:
        return
    await both.alice.home()
    embedded_server.site.asked.clear()
    await both.alice.home()
    assert [status for _, _, status in embedded_server.site.asked] == [304]


async def test_the_first_look_reads_one_page_of_each_collection(both: Two) -> None:
    link = both.alice.backend.link
    both.alice.shelf.__init__()
    fresh = type(both.alice.backend)(type(link)(link.facts, link.client, both.alice.shelf))
    _, asked = await both.counted(lambda: fresh.home(Window()))
    # inbox and outbox; of bare ids each activity and object; bob, and whom alice follows
    assert len(asked) <= (2 + 2 * 3 + 2 if both.bare else 4 + 2)


async def test_profiles_take_a_request_and_their_numbers_three(both: Two) -> None:
    alice = both.alice.backend
    _, asked = await both.counted(alice.me)
    assert len(asked) == 4
    _, asked = await both.counted(alice.me)
    assert len(asked) == 1
    _, asked = await both.counted(lambda: alice.accounts([both.herd.bob.actor]))
    assert asked == []
