"""Every implemented call with one good request for it: what the matrices vary. From the endpoint table alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from gateway.call_rows import TABLE
from gateway.calls import Call
from gateway.demo_seed import RED, picture
from tests.faults import account_calls, status_calls
from tests.gateway_harness import Answer, Ground

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)
PHOTO = picture(RED)
"""A picture that can be decoded, which the photo calls ask for."""
NEVER_THERE = {"geo/id"}
"""Calls that answer 404 and nothing else."""
CALLS = tuple(call for call in TABLE if call.handler and call.path not in NEVER_THERE)
FORMATS = ("json", "xml")
CASES = tuple((call, format) for call in CALLS for format in FORMATS if format in call.formats)
WITHOUT_ANYTHING = {
    "help/test", "statusnet/version", "statusnet/config", "lists/list", "friendica/events",
    *account_calls.WITHOUT_ANYTHING,
}  # fmt: skip
"""Calls that need neither the far side nor the store."""

WITHOUT_BACKEND = WITHOUT_ANYTHING | status_calls.WITHOUT_BACKEND | account_calls.WITHOUT_BACKEND | {
    "friendica/direct_messages_setseen", "friendica/photo", "notification/view",
}  # fmt: skip
"""Calls that answer whatever the far side does, from what the gateway itself keeps."""

GOOD: Mapping[str, Mapping[str, Any]] = {
    "users/search": {"q": "bob"},
    "search": {"q": "status"},
    "search/tweets": {"q": "#status"},
    "users/lookup": {"screen_name": "dave"},
    "friendships/destroy": {"screen_name": "bob"},
    "friendships/exists": {"user_a": "alice", "user_b": "dave"},
    "friendships/show": {"target_screen_name": "dave"},
    "friendships/lookup": {"screen_name": "dave"},
    "externalprofile/show": {"profileurl": "https://fedi.test/@bob"},
    "statuses/update": {"status": "a post"},
    "direct_messages/new": {"screen_name": "bob", "text": "a message"},
    "direct_messages/conversation": {"uri": "nowhere"},
    "friendica/direct_messages_search": {"searchstring": "message"},
    "friendica/group_create": {"name": "Kin"},
    "lists/create": {"name": "Kin"},
    "friendica/photo/create": {"album": "Holidays"},
    "account/update_profile": {"name": "Alice"},
    **account_calls.GOOD,
    **status_calls.GOOD,
    "friendica/remoteauth": {"url": "https://fedi.test/@bob", "c_url": "https://fedi.test/@bob"},
}
WITH_STATUS = {"statuses/show", "statuses/destroy", "statuses/retweet", "conversation/show", "favorites/create",
               "favorites/destroy", "friendica/activity", "display/status", *status_calls.WITH_STATUS}  # fmt: skip
WITH_FILE = {
    "media/upload": ("media", PICTURE), "friendica/photo/create": ("media", PHOTO),
    "account/update_profile_image": ("image", PHOTO), "account/update_profile_banner": ("banner", PHOTO),
}  # fmt: skip
PATHS = {
    "friendica/activity": "friendica/activity/like",
    "{user}/rss": "alice/rss",
    "{user}/replies/rss": "alice/replies/rss",
}
"""Where a part of the path says what is done, or to whom."""


class Request(NamedTuple):
    """What to send."""

    method: str
    params: dict[str, Any]
    files: dict[str, Any] | None = None


def name(value: Any) -> str:
    """For test ids."""
    return value.path if isinstance(value, Call) else str(value)


async def good(ground: Ground, call: Call) -> Request:
    """A request that succeeds when nothing is wrong."""
    params = dict(GOOD.get(call.path, {}))
    if call.path in WITH_STATUS:
        author = "alice" if call.path == "statuses/destroy" else "bob"
        (params["id"],) = await ground.know(ground.world.post(author, "a status to act on"))
    if call.path in THINGS:
        params |= await THINGS[call.path](ground)
    files = {part: ("a.png", data, "image/png") for part, data in [WITH_FILE.get(call.path, ("", b""))] if part}
    return Request("GET" if "GET" in call.methods and not files else "POST", params, files or None)


async def send(ground: Ground, call: Call, request: Request, format: str, **changed: Any) -> Answer:
    """The request with `changed` parameters, nothing checked."""
    params, path = request.params | changed, PATHS.get(call.path, call.path)
    if request.method == "GET":
        return await ground.request("GET", path, format=format, params=params)
    return await ground.request("POST", path, format=format, data=params, files=request.files)


async def forget(ground: Ground) -> None:
    """Drop what the gateway keeps in memory, so that the next call asks the far side."""
    ground.gateway.clear()
    account = await ground.gateway.store.account_by_login("alice")
    assert account is not None
    ground.gateway.contacts.forget(account.id)


# things of alice that calls act on


async def _done(ground: Ground, path: str, **form: Any) -> Any:
    files = form.pop("files", None)
    answer = await ground.request("POST", path, data=form, files=files)
    assert answer.status == 200, (path, answer.body)
    return answer.json


async def _sent(ground: Ground) -> dict[str, Any]:
    text = f"message {ground.world.seq}"
    return {"id": (await _done(ground, "direct_messages/new", screen_name="bob", text=text))["id"]}


async def _note(ground: Ground) -> dict[str, Any]:
    ground.world.post("bob", "@alice look here")
    listed = (await ground.request("GET", "friendica/notifications")).json
    return {"id": listed[0]["id"]}


async def _group(ground: Ground) -> dict[str, Any]:
    made = await _done(ground, "friendica/group_create", name=f"Group {len(ground.world.lists)}")
    return {"gid": made["gid"], "name": made["name"]}


async def _list(ground: Ground) -> dict[str, Any]:
    made = await _group(ground)
    return {"list_id": made["gid"], "name": "Renamed"}


async def _photo(ground: Ground) -> dict[str, Any]:
    files = {"media": ("a.png", PHOTO, "image/png")}
    await _done(ground, "friendica/photo/create", album="Work", desc=f"photo {ground.world.seq}", files=files)
    listed = (await ground.request("GET", "friendica/photos/list")).json
    return {"photo_id": next(photo["id"] for photo in listed if photo["album"] == "Work")}


async def _changed_photo(ground: Ground) -> dict[str, Any]:
    return {**await _photo(ground), "album": "Work", "desc": "described anew"}


async def _album(ground: Ground) -> dict[str, Any]:
    await _photo(ground)
    return {"album": "Work", "album_new": "Leisure"}


async def _media(ground: Ground) -> dict[str, Any]:
    stored = await _done(ground, "media/upload", files={"media": ("a.png", PHOTO, "image/png")})
    return {"media_id": stored["media_id"], "alt_text": msgspec.json.encode({"text": "a picture"}).decode()}


async def _somebody(ground: Ground) -> dict[str, Any]:
    """New every time: what was done to one cannot be done again."""
    return {"screen_name": ground.world.person(f"person{len(ground.world.people)}").acct}


async def _friend(ground: Ground) -> dict[str, Any]:
    one = await _somebody(ground)
    ground.world.follow("alice", one["screen_name"])
    return {**one, "device": "true"}


async def _heard(ground: Ground) -> dict[str, Any]:
    one = await _friend(ground)
    ground.world.listen("alice", one["screen_name"])
    return one


async def _blocked(ground: Ground) -> dict[str, Any]:
    one = await _somebody(ground)
    ground.world.block("alice", one["screen_name"])
    return one


async def _muted(ground: Ground) -> dict[str, Any]:
    one = await _somebody(ground)
    ground.world.mutes.append(("p:alice", f"p:{one['screen_name']}"))
    return one


THINGS: Mapping[str, Callable[[Ground], Awaitable[dict[str, Any]]]] = {
    "direct_messages/destroy": _sent,
    "friendica/direct_messages_setseen": status_calls.message,
    "friendica/notifications/seen": _note,
    "notification/view": _note,
    "friendica/group_update": _group,
    "friendica/group_delete": _group,
    "lists/update": _list,
    "lists/destroy": _list,
    "lists/statuses": _list,
    **status_calls.THINGS,
    **account_calls.THINGS,
    "friendica/photo": _photo,
    "friendica/photo/update": _changed_photo,
    "friendica/photo/delete": _photo,
    "friendica/photoalbum": _album,
    "friendica/photoalbum/update": _album,
    "friendica/photoalbum/delete": _album,
    "media/metadata/create": _media,
    "friendships/create": _somebody,
    "friendships/update": _friend,
    "notifications/follow": _friend,
    "notifications/leave": _heard,
    "blocks/create": _somebody,
    "blocks/destroy": _blocked,
    "blocks/exists": _blocked,
    "mutes/users/create": _somebody,
    "mutes/users/destroy": _muted,
    "users/report_spam": _somebody,
}
