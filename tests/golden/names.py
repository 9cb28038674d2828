"""Friendica's numbers in captured requests, translated to what the gateway handed out for the same seeded thing.

Golden number -> seeded name is `GOLDEN`, `GOLDEN_PEOPLE` and `CONTACTS`; name -> gateway number is read from timelines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gateway.demo_seed import GOLDEN, GOLDEN_PEOPLE, POSTS
from tests.golden.rows import Row
from tests.golden.things import UPLOADED, Things

CONTACTS = {2: "alice", 9: "bob", 14: "carol"}
OWN_CONTACTS = {14: "carol"}
"""Alice's contact numbers, and the one that was sent as a user's; with the gateway a cid is the user's id."""
FRESH, DELETED = 260, 258
"""Things that earlier captured writes had made: an own post, one deleted again."""

STATUS = ("id", "in_reply_to_status_id", "since_id", "max_id", "conversation_id")
CONTACT = ("contact_allow", "contact_allow[]", "contact_deny", "contact_deny[]")
IN_TEXT = {
    "json": re.compile(r'(?<="cid": )\d+'), "allow_cid": re.compile(r"(?<=<)\d+(?=>)"),
    "alt_text": re.compile(r'(?<="media_id": ")\d+'),
}  # fmt: skip
"""Numbers inside other texts: members of a group, rights, a file."""
THINGS = (
    (r"direct_messages.*|friendica/direct_messages.*", r"id|replyto|since_id|max_id", Things.message),
    (r"direct_messages/.*", r"uri|friendica_parenturi", Things.parent),
    (r"friendica/group.*|lists/.*|statuses/update", r"gid|list_id|group_allow(\[\])?", Things.group),
    (r"friendica/notification.*", r"id", Things.note),
    (r"friendica/photo.*", r"photo_id", Things.photo),
)
"""Call, parameter (regular expressions), and what has the number."""

Call = Callable[..., Any]
Pairs = list[tuple[str, str]]


class Names:
    """Gateway numbers by seeded name. `call(method, path, user, form)` gives the decoded JSON reply."""

    def __init__(self, call: Call, hosts: dict[str, str]) -> None:
        self._call = call
        self._hosts = hosts
        self._things = Things(call)
        self.statuses: dict[str, int] = {}
        self.people: dict[str, int] = {}
        self.pages: dict[str, str] = {}
        for author in ("alice", "bob", "carol"):
            self._read(author)
        self._add_person(call("GET", "/api/account/verify_credentials.json", "erin"))

    def _read(self, author: str) -> None:
        listed = self._call("GET", "/api/statuses/user_timeline.json?count=200", author)
        texts = {letters(status["text"]): status["id"] for status in listed if "retweeted_status" not in status}
        for post in POSTS:
            found = [id for text, id in texts.items() if letters(post.text) in text]
            if post.author == author and found:
                self.statuses[post.name] = found[0]
        self._add_person(listed[0]["user"])

    def _add_person(self, user: dict[str, Any]) -> None:
        self.people[user["screen_name"]] = user["id"]
        self.pages[user["screen_name"]] = user["url"]

    def status(self, text: str) -> str:
        """A captured status number; what no table knows (unknown, nonsense) stays as it is."""
        number = int(text) if text.isdecimal() else -1
        if number in GOLDEN:
            return str(self.statuses[GOLDEN[number]])
        if number in {FRESH, DELETED}:
            return str(self._posted(delete=number == DELETED))
        return text

    def _posted(self, *, delete: bool) -> int:
        form = [("status", f"made to be {'gone' if delete else 'deleted'}")]
        id: int = self._call("POST", "/api/statuses/update.json", "alice", form)["id"]
        if delete:
            self._call("POST", f"/api/statuses/destroy/{id}.json", "alice")
        return id

    def value(self, call: str, name: str, text: str) -> str:
        """One parameter of a call."""
        for calls, names, translate in THINGS:
            if re.fullmatch(calls, call) and re.fullmatch(names, name):
                return translate(self._things, text)
        if name in STATUS:
            return self.status(text)
        if name == "user_id" or name in CONTACT:
            return ",".join(self._person(name, number) for number in text.split(","))
        if name == "media_ids" and text == str(UPLOADED):
            return self._things.media()
        if name in IN_TEXT:
            return self.inside(name, text)
        if name == "profileurl":
            return self._page(text.rpartition("/")[2])
        return text.replace("@friendica.test", f"@{self._hosts['backend']}")

    def _page(self, name: str) -> str:
        """Somebody's profile page; of nobody's one that is not there."""
        like = self.pages["bob"]
        return self.pages.get(name) or (like.replace("bob", name) if "bob" in like else like + name)

    def _person(self, name: str, text: str) -> str:
        known = CONTACTS if name in CONTACT else GOLDEN_PEOPLE | OWN_CONTACTS
        who = known.get(int(text) if text.isdecimal() else -1)
        return str(self.people[who]) if who else text

    def inside(self, name: str, text: str) -> str:
        """A text with the numbers in it translated."""
        return IN_TEXT[name].sub(lambda found: self._inner(name, found[0]), text)

    def _inner(self, name: str, text: str) -> str:
        if name == "alt_text":
            return self._things.media()
        return self._person("contact_allow", text)

    def pairs(self, row: Row, given: Iterable[tuple[str, str]]) -> Pairs:
        """Query or form."""
        return [(name, self.value(row.call, name, text)) for name, text in given]

    def body(self, row: Row) -> bytes:
        """A body of its own kind."""
        text = row.extra.body
        for name in IN_TEXT:
            text = self.inside(name, text)
        return text.encode()

    def path(self, row: Row) -> str:
        """Path and query of a captured request."""
        path, _, query = row.path.partition("?")
        path = re.sub(r"/(\d+)(?=\.[a-z]+$|$)", lambda found: f"/{self.status(found[1])}", path)
        asked = urlencode(self.pairs(row, parse_qsl(query, keep_blank_values=True)))
        return f"{path}?{asked}" if query else path

    def user(self, name: str) -> str:
        """A captured login name."""
        return name.replace("friendica.test", self._hosts["gateway"])


def letters(text: str) -> str:
    """What is left of a text whatever happened to names, line ends and marks."""
    return re.sub(r"@[\w@.:-]+|[\W_]+", "", text).casefold()
