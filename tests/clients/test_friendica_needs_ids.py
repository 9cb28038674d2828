"""What all clients need of ids, types and replies (wire-friendica.md section 16.11), and what only the preset of a
device gives to single ones (`SINGLE`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx2 as httpx
import pytest

from gateway.call_rows import TABLE
from gateway.calls import Call
from tests.clients.gear import Demo
from tests.clients.needs import message, person, photo, read, read_as_usual, signed_in
from tests.clients.test_trap_uploads import noisy_png

HALF = ("direct_messages", "friendica/", "lists/")
LEADS_ON = {"notification/view", "display/status", "friendica/remoteauth"}
"""Pages for browsers: these redirect by what they are."""
OURS = [call for call in TABLE if call.path.startswith(HALF) or call.path in LEADS_ON | {"ping"}]
PATHS = [(call, path) for call in OURS for path in call.paths]


def method(call: Call) -> str:
    """One the call takes."""
    return "GET" if "GET" in call.methods else next(name for name in call.methods if name != "DELETE")


def each(call: Call, path: str) -> str:
    """The path as a client writes it."""
    return f"/api/{path}/like" if call.path == "friendica/activity" else f"/api/{path}"


@pytest.mark.parametrize(("call", "path"), PATHS, ids=lambda one: one if isinstance(one, str) else "")
def test_whoever_is_not_logged_in_gets_the_basic_challenge(carol: httpx.Client, call: Call, path: str) -> None:
    answer = carol.request(method(call), each(call, path), auth=None)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Friendica"'


@pytest.mark.parametrize(("call", "path"), PATHS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_missing_extension_is_json_unknown_parameters_are_ignored_and_nothing_is_redirected(
    carol: httpx.Client, call: Call, path: str
) -> None:
    url = each(call, path)
    answers = [carol.request(method(call), url + more) for more in (".json", "/?nobody=knows&this=1")]
    kinds = {answer.headers["Content-Type"].partition(";")[0] for answer in answers if answer.content}
    assert len({answer.status_code for answer in answers}) == 1
    assert answers[0].status_code in (200, 400, 404)
    assert kinds <= {"application/json"} if path != "ping" else kinds == {"application/json", "text/xml"}


def test_ids_of_messages_grow_with_time(carol: httpx.Client, web: httpx.Client) -> None:
    sent = [message(*one)["id"] for one in ((carol, "first", "bob"), (web, "second", "carol"), (carol, "third", "bob"))]
    assert sent == sorted(sent)


def test_ids_of_notifications_grow_with_time(alice: httpx.Client) -> None:
    notes = sorted(read(alice.get("/api/friendica/notifications")), key=lambda note: note["id"])
    assert [note["timestamp"] for note in notes] == sorted(note["timestamp"] for note in notes)


@pytest.mark.parametrize("key", ["id", "cid", "pid"])
def test_people_have_positive_31_bit_integers(carol: httpx.Client, key: str) -> None:
    for name in ("alice", "bob", "carol"):
        assert 0 < person(carol, name)[key] < 2**31


def test_groups_have_positive_31_bit_integers(alice: httpx.Client) -> None:
    gids = [group["gid"] for group in read(alice.get("/api/friendica/group_show"))]
    assert gids
    assert all(0 < gid < 2**31 for gid in gids)


def test_0_is_no_contact(carol: httpx.Client) -> None:
    assert [person(carol, name)["cid"] for name in ("dave", "erin")] == [0, 0]


def test_photo_ids_are_32_lower_case_letters_and_digits(alice: httpx.Client) -> None:
    rows = read(alice.get("/api/friendica/photos/list"))
    assert len(rows) >= 5
    assert all(re.fullmatch(r"[a-z0-9]{32}", row["id"]) for row in rows)


@pytest.mark.parametrize("login", ["carol", "Carol", "carol@127.0.0.1"])
def test_my_own_name_is_the_one_i_log_in_with(demo: Demo, login: str) -> None:
    with signed_in(demo, "carol", auth=(login, demo.users["carol"])) as web:
        assert read(web.get("/api/account/verify_credentials"))["screen_name"] == login
        assert read(web.get("/api/friendica/profile/show"))["friendica_owner"]["screen_name"] == login


# what only a preset gives

Test = Callable[[Any], bool]


class Single(NamedTuple):
    """A need that contradicts what other clients need: `needs` holds for a device with one of the `presets` (none: for
    releases before 3.5, not planned), `today` is what everybody gets."""

    presets: tuple[str, ...]
    need: str
    path: str
    values: Callable[[Any], list[Any]]
    needs: Test
    today: Test


def every(*keys: str, as_: Callable[[Any], Any] = lambda value: value) -> Callable[[Any], list[Any]]:
    """The values of these keys in a list of objects."""
    return lambda found: [as_(one[key]) for one in found for key in keys if one[key] is not None]


def of(*keys: str) -> Callable[[Any], list[Any]]:
    """The values of these keys in one object."""
    return lambda found: [found[key] for key in keys]


def is_type(kind: type) -> Test:
    """Exactly this one."""
    return lambda value: type(value) is kind


def within(bits: int) -> Test:
    """A positive integer of so many bits."""
    return lambda value: 0 < value < 2**bits


def beyond(bits: int) -> Test:
    """An integer of more than that, but exact in a double."""
    return lambda value: 2**bits <= value < 2**53


TEXT, NUMBER, BOOLEAN, OBJECT = is_type(str), is_type(int), is_type(bool), is_type(dict)
MESSAGES, NOTES, HOME = "direct_messages/all", "friendica/notifications", "statuses/home_timeline?count=5"
OLD_MOBILE, MOBILE, DICA = ("friendica-mobile-1",), ("friendica-mobile-1", "friendica-mobile"), ("dica",)
SINGLE = (
    Single(OLD_MOBILE, "message ids are text", MESSAGES, every("id"), TEXT, NUMBER),
    Single(OLD_MOBILE, "seen marks are text", MESSAGES, every("friendica_seen"), TEXT, NUMBER),
    Single(MOBILE, "message ids have 16 bits", MESSAGES, every("id", as_=int), within(15), beyond(31)),
    Single(MOBILE, "status ids have 32 bits", HOME, every("id"), within(31), beyond(31)),
    Single(
        MOBILE, "conversation ids have 32 bits", HOME, every("statusnet_conversation_id"), within(31), beyond(31),
    ),
    Single(
        OLD_MOBILE, "sizes of photos are text", "friendica/photo?photo_id={photo}", of("height", "width", "profile"),
        TEXT, NUMBER,
    ),
    Single(
        MOBILE, "wrong users are objects", "friendica/group_create?name={name}&json={json}",
        lambda found: found["wrong users"], OBJECT, NUMBER,
    ),
    Single(DICA, "status ids have 32 bits", HOME, every("id"), within(31), beyond(31)),
    Single(DICA, "media ids have 32 bits", "media/upload", of("media_id"), within(31), beyond(31)),
    Single(DICA, "note ids and parents have 32 bits", NOTES, every("id", "parent"), within(31), beyond(31)),
    Single(("raccoon",), "seen marks of messages are booleans", MESSAGES, every("friendica_seen"), BOOLEAN, NUMBER),
    Single(("raccoon",), "seen marks of notes are booleans", NOTES, every("seen"), BOOLEAN, NUMBER),
    Single(
        ("raccoon",), "a deleted message is confirmed without asking", "direct_messages/destroy?id={message}",
        lambda found: [found], lambda found: found == {"result": "ok", "message": "message deleted"},
        lambda found: found is None,
    ),
    Single(
        ("larpnet",), "albums stand in an object", "friendica/photoalbums", lambda found: [found],
        lambda found: isinstance(found, dict) and set(found) == {"albums"}, is_type(list),
    ),
    Single(
        ("larpnet",), "photos of an album stand in an object", "friendica/photoalbum?album=Single",
        lambda found: [found], lambda found: isinstance(found, dict) and set(found) == {"photo"}, is_type(list),
    ),
    Single(
        (), "friendica-for-android: conversations are raw rows", "direct_messages/conversations?count=20",
        lambda found: [found], lambda found: "mailcreated" in str(found), lambda found: found == [],
    ),
    Single(
        (), "photo importer: the list of photos is one of bare ids", "friendica/photos/list", list, TEXT, OBJECT,
    ),
    Single(
        (), "photo importer: a photo has resource-id and scale", "friendica/photo?photo_id={photo}&scale=0",
        lambda found: [found], lambda found: "resource-id" in found, lambda found: "id" in found,
    ),
)  # fmt: skip
GIVEN = [(preset, row) for row in SINGLE for preset in row.presets]


@pytest.fixture(scope="module")
def letters(carol: httpx.Client, web: httpx.Client) -> None:
    """A message in each direction."""
    message(web, "to carol", "carol")
    message(carol, "to bob", "bob")


def asked(device: httpx.Client, carol: httpx.Client, row: Single) -> httpx.Response:
    """The answer that a device of carol's gets."""
    letter = message(carol, f"{row.need} {id(device)}", "bob")["id"] if "{message}" in row.path else ""
    facts = {
        "photo": photo(carol, "Single")["id"] if "photo" in row.path else "", "message": letter,
        "json": '{"user":[{"cid":15}]}', "name": f"Single {id(device)}",
    }  # fmt: skip
    writes = any(word in row.path for word in ("create", "destroy", "upload"))
    files = {"media": ("l.png", noisy_png(8))} if "upload" in row.path else None
    return device.request("POST" if writes else "GET", f"/api/{row.path.format(**facts)}", files=files)


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize("row", SINGLE, ids=lambda row: row.need)
def test_who_is_nobody_in_particular_gets_what_everybody_gets(carol: httpx.Client, row: Single) -> None:
    values = row.values(read(asked(carol, carol, row)))
    assert values
    assert all(map(row.today, values))
    assert not any(map(row.needs, values))


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(("preset", "row"), GIVEN, ids=lambda one: one if isinstance(one, str) else one.need)
def test_a_device_gets_what_its_client_needs(
    made_for: Callable[[str, str], httpx.Client], carol: httpx.Client, preset: str, row: Single
) -> None:
    values = row.values(read_as_usual(asked(made_for("carol", preset), carol, row)))
    assert values
    assert all(map(row.needs, values))
    assert not any(map(row.today, values))
