"""Whatever a server answers to whatever is asked, only errors of the adapter's own tree come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.backend import Backend, Draft, File, ProfileChange, Window
from adapters.errors import BackendError
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import CUT, FarServer, Reply, Scripted

pytestmark = pytest.mark.anyio
DRAFT = Draft(text="x", visibility=hub.Visibility.PUBLIC)

CALLS: dict[str, Callable[[Backend], Awaitable[Any]]] = {
    "me": lambda b: b.me(),
    "site": lambda b: b.site(),
    "home": lambda b: b.home(Window()),
    "public": lambda b: b.public(Window(), local=True),
    "user": lambda b: b.user("7", Window(), replies=False),
    "favourites": lambda b: b.favourites(None),
    "mentions": lambda b: b.mentions(None),
    "status": lambda b: b.status("5"),
    "statuses": lambda b: b.statuses(["5", "6"]),
    "thread": lambda b: b.thread("5"),
    "activities": lambda b: b.activities("5"),
    "account": lambda b: b.account("7"),
    "lookup": lambda b: b.lookup("bob@b.example"),
    "lookup_url": lambda b: b.lookup_url("https://b.example/@bob"),
    "search_accounts": lambda b: b.search_accounts("bob", 5),
    "followers": lambda b: b.followers(None),
    "following": lambda b: b.following(None),
    "relationships": lambda b: b.relationships(["7"]),
    "groups": lambda b: b.groups(),
    "group_members": lambda b: b.group_members("3"),
    "post": lambda b: b.post(DRAFT),
    "upload": lambda b: b.upload(File(data=b"x", name="x.png", mime="image/png")),
    "remove": lambda b: b.remove("5"),
    "favourite": lambda b: b.favourite("5"),
    "unfavourite": lambda b: b.unfavourite("5"),
    "reblog": lambda b: b.reblog("5"),
    "unreblog": lambda b: b.unreblog("5"),
    "own_newest": lambda b: b.own_newest(),
    "blocks": lambda b: b.blocks(None),
    "follow_requests": lambda b: b.follow_requests(None),
    "accounts": lambda b: b.accounts(["7", "8"]),
    "unfollow": lambda b: b.unfollow("7"),
    "mutes": lambda b: b.mutes(None),
    "requests_sent": lambda b: b.requests_sent(None),
    "suggestions": lambda b: b.suggestions(),
    "follow": lambda b: b.follow("7", reblogs=True),
    "block": lambda b: b.block("7"),
    "unblock": lambda b: b.unblock("7"),
    "mute": lambda b: b.mute("7"),
    "unmute": lambda b: b.unmute("7"),
    "report": lambda b: b.report("7"),
    "group_timeline": lambda b: b.group_timeline("3", Window()),
    "create_group": lambda b: b.create_group("Friends"),
    "rename_group": lambda b: b.rename_group("3", "Friends"),
    "remove_group": lambda b: b.remove_group("3"),
    "add_to_group": lambda b: b.add_to_group("3", ["7"]),
    "remove_from_group": lambda b: b.remove_from_group("3", ["7"]),
    "tagged": lambda b: b.tagged("cats", Window()),
    "search_statuses": lambda b: b.search_statuses("x", 5, 0),
    "own_media": lambda b: b.own_media(None),
    "conversations": lambda b: b.conversations(None),
    "notifications": lambda b: b.notifications(None),
    "notification_marker": lambda b: b.notification_marker(),
    "mark_notifications": lambda b: b.mark_notifications("9"),
    "reactions": lambda b: b.reactions("5"),
    "react": lambda b: b.react("5", "\U0001f44e"),
    "unreact": lambda b: b.unreact("5", "\U0001f44e"),
    "attend": lambda b: b.attend("5", "attendyes"),
    "edit": lambda b: b.edit("5", DRAFT),
    "describe": lambda b: b.describe("4", "A cat"),
    "update_profile": lambda b: b.update_profile(ProfileChange(name="Bob")),
    "fetch": lambda b: b.fetch(f"{b.base_url}/cat.png"),
    "reblogged_by": lambda b: b.reblogged_by("5", None),
    "reblogs": lambda b: b.reblogs("5"),
    "own_boosted": lambda b: b.own_boosted(Window()),
    "groups_of": lambda b: b.groups_of("7"),
    "trends": lambda b: b.trends(),
    "paper": lambda b: b.paper(hub.Paper.TERMS),
    "remove_header": lambda b: b.remove_header(),
}
BODIES = [b"", b"null", b"7", b'"x"', b"{", b"[", b"[]", b"{}", b"[{}]", b'[{"id":"1"}]', b'{"id":"1"}', b"\xff",
          b'{"id":1,"account":null}', b'{"accounts":{},"statuses":7}', b'{"ancestors":7,"descendants":[7,{"id":"1"}]}',
          b'{"id":"1","account":{"id":"7"},"reblog":7}', b"[[[[]]]]", b'[{"id":"1","account":{"id":2}}]',
          b'[{"id":"1","accounts":[7,null],"last_status":7}]', b'{"notifications":7}',
          b'{"id":"5","reactions":[{"name":"x","count":"2","accounts":null},7,{"count":1}]}']  # fmt: skip
ANSWERS: list[Scripted] = [
    *(Reply(body=body) for body in BODIES),
    *(Reply(status, b"<h1>Geheim</h1>", kind="text/html") for status in (200, 302, 400, 401, 403, 404, 410, 418, 422)),
    *(Reply(status, b"Geheim", kind="") for status in (429, 500, 502, 503, 504)),
    b"HTTP/1.1 999 \r\nContent-Length: x\r\n\r\n",
    CUT,
]


def test_every_method_is_called() -> None:
    plain = {"entry", "rate_state", "sighting", "parent_sighting"}
    assert set(CALLS) == {name for name in vars(Backend) if not name.startswith("_")} - plain - {"base_url"}


def read(found: Any) -> None:
    """Read everything that came, down to the undecoded entries."""
    match found:
        case hub.Entry():
            assert isinstance(found.status, hub.Status)
        case hub.Page():
            read(found.items)
        case hub.Thread():
            read((found.status, *found.ancestors, *found.descendants))
        case hub.Notification():
            read(found.status)
        case hub.Conversation():
            read(found.last)
        case dict():
            read(tuple(found.values()))
        case tuple():
            for item in found:
                try:
                    read(item)
                except BackendError:
                    continue


@pytest.mark.parametrize("software", ["mastodon", "gotosocial", "takahe", "snac", "pleroma"])
@pytest.mark.parametrize("name", CALLS)
async def test_only_backend_errors_come_out(far: FarServer, open_backend: Open, name: str, software: str) -> None:
    backend, words = await open_backend(software), list[str]()
    for reply in ANSWERS:
        far.usual.clear()
        far.otherwise = reply
        backend.instance.upstream.pauses.clear()  # type: ignore[attr-defined]
        try:
            read(await CALLS[name](backend))
        except BackendError as error:
            words.append(str(error))
    assert words or name == "notification_marker"  # no question is asked where there are no markers
    assert not [text for text in words if "Geheim" in text or "secret" in text or not text.endswith(".")]
