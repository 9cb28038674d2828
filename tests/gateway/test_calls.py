"""The table is complete and consistent; every row is reached on every mount and under every extension."""

from __future__ import annotations

import pytest

from gateway.call_rows import CALLS, TABLE, planned
from gateway.calls import ANY, FORM, Call, Table, Type
from gateway.dialects import MOUNTS
from gateway.dispatch import load_handlers
from gateway.paths import ONE_FORM, format_of, resolve, split_mount

SPECIFIED = """
account/rate_limit_status * | account/verify_credentials * | conversation/show * | direct_messages * |
direct_messages/all * | direct_messages/conversation * | direct_messages/sent * | direct_messages/new POST,PUT |
direct_messages/destroy POST,DELETE | externalprofile/show * | favorites * | favorites/create POST,PUT |
favorites/destroy POST,DELETE | followers/ids * | friends/ids * | help/test * | media/upload GET,POST,PUT |
oauth/request_token * | oauth/access_token * | statuses/destroy POST,DELETE | statuses/followers * |
statuses/friends * | statuses/friends_timeline * | statuses/home_timeline * | statuses/mentions * |
statuses/public_timeline * | statuses/replies * | statuses/retweet POST,PUT | statuses/show * |
statuses/update POST,PUT | statuses/update_with_media POST,PUT | statuses/user_timeline * | statusnet/config * |
statusnet/conversation * | statusnet/version * | users/search * | users/show * | account/update_profile_image POST |
friendica/activity POST,PUT | friendica/group_show * | friendica/group_delete POST,DELETE |
friendica/group_create POST,PUT | friendica/group_update POST | friendica/notifications GET |
friendica/photo * | friendica/photos/list * | friendica/photoalbum/delete POST,DELETE |
friendica/photoalbum/update POST,PUT | friendica/photo/create POST | friendica/photo/update POST |
friendica/direct_messages_search * | friendica/profile/show GET | friendica/direct_messages_setseen * |
friendica/notifications/seen POST,PUT | friendica/photo/delete POST,DELETE
"""
"""Every call of the specification with its methods; where it gives GET only and servers took any, any."""

RELIED_ON = """
statuses/mentions_timeline favorites/list gnusocial/config gnusocial/version statuses/mediap friendica/notification
friendica/notification/seen direct_messages/conversations
"""

NOT_IMPLEMENTED = """
account/update_profile_background_image
"""

PATHS = [path for call in CALLS for path in call.paths]


@pytest.mark.parametrize("line", [line.split() for line in SPECIFIED.split("|")], ids=lambda line: line[0])
def test_specified_call_has_its_methods(line: list[str]) -> None:
    path, methods = line
    call = TABLE.find(path)
    assert call is not None
    assert call.spec
    allowed = set(ANY) if methods == "*" else set(methods.split(","))
    assert set(call.methods) == (allowed | {"HEAD"} if "GET" in allowed else allowed)


@pytest.mark.parametrize("path", RELIED_ON.split())
def test_alias_that_clients_rely_on_is_a_row(path: str) -> None:
    assert TABLE.find(path) is not None


@pytest.mark.parametrize("path", NOT_IMPLEMENTED.split())
def test_call_that_is_not_implemented_is_no_row(path: str) -> None:
    assert resolve(f"/api/{path}.json") is None


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("path", PATHS)
def test_every_path_on_every_mount(path: str, mount: str) -> None:
    for extension, format in {"": "json", ".json": "json", ".XML": "xml", ".rss": "rss", ".Atom": "atom"}.items():
        target = resolve(f"/{mount}/{path}{extension}")
        assert target is not None
        formats = target.call.formats
        meant = format if extension and formats not in ONE_FORM else formats[0]
        assert (target.call, target.mount, target.format, target.tail) == (TABLE.find(path), mount, meant, "")


@pytest.mark.parametrize("call", [call for call in CALLS if call.tail], ids=lambda call: call.path)
def test_tail_of_a_row(call: Call) -> None:
    for path in call.paths:
        target = resolve(f"/api/{path}/42.xml")
        assert target is not None
        meant = call.formats[0] if call.formats in ONE_FORM else "xml"
        assert (target.call, target.format, target.tail) == (call, meant, "42")


@pytest.mark.parametrize(
    ("path", "call", "format", "tail"),
    [
        ("/api//statuses///show//9.json/", "statuses/show", "json", "9"),
        ("//api/help/test.json", "help/test", "json", ""),
        ("/statusnet/conversation/77.json", "conversation/show", "json", "77"),
        ("/api/users/show/bob@host.example.json", "users/show", "json", "bob@host.example"),
        ("/api/users/show/bob@host.example", "users/show", "json", "bob@host.example"),
        ("/api/users/show/b.o.b.xml", "users/show", "xml", "b.o.b"),
        ("/api/statuses/retweet/.json", "statuses/retweet", "json", ""),
        ("/api/statuses/retweet/.xml", "statuses/retweet", "xml", ""),
        ("/api/statuses/show/9.as", "statuses/show", "json", "9"),
        ("/api/help/test.as", "help/test", "json", ""),
        ("/api/help/test.xml.json", "help/test", "json", ""),
        ("/api/help/test.json.xml", "help/test", "json", ""),
        ("/api/statuses/home_timeline.atom.xml", "statuses/home_timeline", "atom", ""),
        ("/api/statuses/home_timeline/bob.json", "statuses/home_timeline", "json", "bob"),
        ("/api/favorites/list.json", "favorites", "json", ""),
        ("/api/favorites/create/15.json", "favorites/create", "json", "15"),
        ("/api/favorites/bob.xml", "favorites", "xml", "bob"),
        ("/api/friendica/activity/unattendyes.xml", "friendica/activity", "xml", "unattendyes"),
    ],
)
def test_forms_of_a_path(path: str, call: str, format: str, tail: str) -> None:
    target = resolve(path)
    assert target is not None
    assert (target.call.path, target.format, target.tail) == (call, format, tail)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/api",
        "/api/",
        "/api/1.1",
        "/apihelp/test",
        "/api/help",
        "/api/help.xml/test",
        "/api/Help/test.json",
        "/api/help/test/extra",
        "/api/2/help/test.json",
        "/api/api/help/test.json",
        "/api/users/show/a/b",
        "/api/.json",
    ],
)
def test_no_call(path: str) -> None:
    assert resolve(path) is None


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("/api/x", "json"),
        ("/api/x.rss", "rss"),
        ("/api/help.xml/test", "xml"),
        ("/api/x.XML.json", "json"),
        ("/api/x.xmlish", "json"),
        ("/api/x.json.atom", "atom"),
    ],
)
def test_format_of_what_is_no_call(path: str, format: str) -> None:
    assert format_of(path) == format


def test_longest_mount_wins() -> None:
    assert split_mount("/api/1.1/help/test") == ("api/1.1", "help/test")
    assert split_mount("/api/1/help/test") == ("api/1", "help/test")
    assert split_mount("/1.1/help/test") == ("1.1", "help/test")
    assert split_mount("/api/12/help") == ("api", "12/help")
    assert split_mount("/help/test") == ("", "help/test")


def test_two_rows_for_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match="two rows for a/b"):
        Table([Call(path="a/b"), Call(path="c", aliases=("a/b",))])


def test_planned_rows_are_those_without_handler() -> None:
    assert planned() == tuple(call for call in CALLS if call.handler is None)
    assert len(TABLE) == len(CALLS)


def test_handlers_of_the_table_exist() -> None:
    assert set(load_handlers()) == {call.handler for call in CALLS if call.handler}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.path)
def test_row_is_consistent(call: Call) -> None:
    names = [name for param in call.params for name in (param.name, *param.aliases)]
    assert len(names) == len(set(names))
    assert not set(names) & set(call.ignored)
    assert call.doc
    assert call.write or "GET" in call.methods
    assert all(param.cap and param.default is not None for param in call.params if param.name == "count")
    assert all(param.default in {True, False, None} for param in call.params if param.type == Type.FLAG)
    assert call.root or call.formats == FORM or call.handler is None
    assert not (call.auth and call.anonymous)
