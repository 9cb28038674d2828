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

CONTACTS = {2: "alice", 9: "bob", 14: "carol"}
"""Alice's contact numbers; with the gateway a cid is the user's id."""
FRESH, DELETED, UPLOADED = 260, 258, 33
"""Things that earlier captured writes had made: an own post, one deleted again, a file."""
NOWHERE = 99999999
"""The number that nothing has, there and here."""

STATUS = ("id", "in_reply_to_status_id", "since_id", "max_id", "conversation_id")
CONTACT = ("contact_allow", "contact_allow[]", "contact_deny", "contact_deny[]")

Call = Callable[..., Any]
Pairs = list[tuple[str, str]]


class Names:
    """Gateway numbers by seeded name. `call(method, path, user, form)` gives the decoded JSON reply."""

    def __init__(self, call: Call, hosts: dict[str, str]) -> None:
        self._call = call
        self._hosts = hosts
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

    def _media(self) -> str:
        return str(self._call("POST", "/api/media/upload.json", "alice", upload="media")["media_id"])

    def value(self, name: str, text: str) -> str:
        """One parameter."""
        number = int(text) if text.isdecimal() else -1
        if name in STATUS:
            return self.status(text)
        if name == "user_id" and number in GOLDEN_PEOPLE:
            return str(self.people[GOLDEN_PEOPLE[number]])
        if name in CONTACT and number in CONTACTS:
            return str(self.people[CONTACTS[number]])
        if name == "media_ids" and number == UPLOADED:
            return self._media()
        if name == "profileurl":
            return self.pages.get(text.rpartition("/")[2], self.pages["bob"].replace("bob", text.rpartition("/")[2]))
        return text.replace("@friendica.test", f"@{self._hosts['backend']}")

    def pairs(self, given: Iterable[tuple[str, str]]) -> Pairs:
        """Query or form."""
        return [(name, self.value(name, text)) for name, text in given]

    def path(self, row: Row) -> str:
        """Path and query of a captured request."""
        path, _, query = row.path.partition("?")
        path = re.sub(r"/(\d+)(?=\.[a-z]+$|$)", lambda found: f"/{self.status(found[1])}", path)
        asked = urlencode(self.pairs(parse_qsl(query, keep_blank_values=True)))
        return f"{path}?{asked}" if query else path

    def user(self, name: str) -> str:
        """A captured login name."""
        return name.replace("friendica.test", self._hosts["gateway"])


def letters(text: str) -> str:
    """What is left of a text whatever happened to names, line ends and marks."""
    return re.sub(r"@[\w@.:-]+|[\W_]+", "", text).casefold()
