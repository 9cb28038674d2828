"""What is filled in for a reader holds as long as contacts and threads do, and is nobody else's."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from gateway.contacts import ContactSet
from gateway.dialects import FRIENDICA
from gateway.fillings import MOST_HOLES, Reader, Readers
from gateway.ids import Ids
from gateway.session import Session
from gateway.stores.store import AccountRecord, LoginRecord
from mappings import hub
from mappings.fragments import Hole

BOB = hub.Account(native="2", username="bob", acct="bob")
CONTACT, THREAD = Hole("contact", "2", 22, True), Hole("thread", "s1", 101)


class FakeIds:
    """Threads as they are known at the moment."""

    def __init__(self) -> None:
        self.joined = 0
        self.roots: dict[str, int] = {}
        self.asked = 0

    def root(self, scope: str, key: str) -> int | None:
        assert scope == "https://b.example"
        self.asked += 1
        return self.roots.get(key)


NO_THREADS = cast("Ids", FakeIds())


def session(id: str = "a1") -> Session:
    account = AccountRecord(
        id=id, login="alice", backend="https://b.example", software="x", native="9", username="alice", created=0
    )
    login = LoginRecord(hash="h", id="l", account=id, name="n")
    return Session(account=account, login=login, backend=cast("Any", None), screen_name="alice", dialect=FRIENDICA)


def reader(contacts: ContactSet, **changes: Any) -> Reader:
    return Reader(session(), contacts, 99, "json")._replace(**changes)


def filled(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(b"{" + data.removeprefix(b",") + b"}")
    return found


def test_they_are_kept_while_nothing_changes() -> None:
    ids = FakeIds()
    readers, contacts = Readers(), ContactSet(following={"2": BOB})
    first = readers.fillings(reader(contacts), cast("Ids", ids))
    assert filled(first[CONTACT])["following"] is True
    assert first[THREAD] == b"101"
    again = readers.fillings(reader(contacts), cast("Ids", ids))
    assert again is first
    assert again[THREAD] == b"101"
    assert ids.asked == 1


def test_other_contacts_are_other_fillings_also_in_the_same_moment() -> None:
    readers = Readers()
    before = readers.fillings(reader(ContactSet(following={"2": BOB}, loaded=5.0)), NO_THREADS)
    assert filled(before[CONTACT])["cid"] == 22
    after = readers.fillings(reader(ContactSet(loaded=5.0)), NO_THREADS)
    assert filled(after[CONTACT])["cid"] == 0
    assert after.number != before.number


def test_a_thread_learnt_later_shows() -> None:
    ids = FakeIds()
    readers, contacts = Readers(), ContactSet()
    before = readers.fillings(reader(contacts), cast("Ids", ids))
    assert before[THREAD] == b"101"
    person = before[CONTACT]
    ids.roots["s1"], ids.joined = 7, 1
    after = readers.fillings(reader(contacts), cast("Ids", ids))
    assert after[THREAD] == b"7"
    assert after[CONTACT] is person
    assert after.number != before.number


def test_readers_and_formats_share_nothing() -> None:
    readers, contacts = Readers(), ContactSet()
    asked = [
        reader(contacts),
        reader(contacts, session=session("a2")),
        reader(contacts, format="xml"),
        reader(contacts, own=98),
    ]
    found = [readers.fillings(one, NO_THREADS) for one in asked]
    assert len({fillings.number for fillings in found}) == 4
    assert found[2][CONTACT].startswith(b"<")


def test_exact_relationships_stay_in_their_reply() -> None:
    readers, contacts = Readers(), ContactSet()
    single = readers.single(reader(contacts), NO_THREADS)
    single.exact["2"] = hub.Relationship(native="2", following=True, blocking=True)
    assert filled(single[CONTACT])["statusnet_blocking"] is True
    assert filled(readers.fillings(reader(contacts), NO_THREADS)[CONTACT])["statusnet_blocking"] is False


def test_they_do_not_grow_for_ever() -> None:
    readers, contacts = Readers(), ContactSet()
    first = readers.fillings(reader(contacts), NO_THREADS)
    for number in range(MOST_HOLES + 1):
        first[Hole("contact", str(number), number)]
    second = readers.fillings(reader(contacts), NO_THREADS)
    assert second is not first
    assert len(second.people) == 0


def test_the_reader_is_shown_as_the_login_is_written_once_known() -> None:
    readers, me = Readers(), hub.Account(native="9", username="alice", acct="alice")
    own, renamed = Hole("own", "", 0), Hole("own", "alice@b.example", 0)
    assert readers.fillings(reader(ContactSet()), NO_THREADS).get(own) is None
    assert readers.fillings(reader(ContactSet()), NO_THREADS)[own] == b""
    known = readers.fillings(reader(ContactSet(me=me)), NO_THREADS)
    for hole, name in ((own, "alice"), (renamed, "alice@b.example")):
        user = msgspec.json.decode(known[hole])
        assert (user["id"], user["screen_name"], user["self"], user["cid"]) == (99, name, 1, 99)
    assert readers.fillings(reader(ContactSet(me=me), format="xml"), NO_THREADS)[own].startswith(b"<user><id>99</id>")
