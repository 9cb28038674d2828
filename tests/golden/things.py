"""What alice has on the gateway beside statuses: messages, groups, notifications, photos, files, by captured number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.demo_seed import GOLDEN_MESSAGES, POSTS

GROUPS = {1: "Friends", 6: "Builders", 7: "Golden", 8: "GoldenX", 14: "List1"}
"""Seeded ones, then those that the captured writes make."""
SENT = range(7, 30)
"""Messages that earlier captured writes had sent."""
MENTION, FOLLOW_REQUEST = 11, 4
"""Notifications: the last mention, and one that is about no status."""
HOLIDAY, CREATED = "17930394296b024a72b4228801315222", "19203069286b024cb4331dd568965540"
ALBUMS = {HOLIDAY: "Holiday", CREATED: "Golden Album"}
"""Captured photo ids to the album that holds the same photo here."""
UPLOADED = 33
TEXTS = {post.name: post.text for post in POSTS}

Call = Callable[..., Any]


class Things:
    """Read anew whenever they are asked for; what no table knows stays as it is."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._sent: dict[str, Any] = {}

    def message(self, text: str) -> str:
        """A seeded message, or one that is sent now in the place of one that a captured write had sent."""
        number = int(text) if text.isdecimal() else -1
        if number in GOLDEN_MESSAGES:
            return str(self._seeded(GOLDEN_MESSAGES[number])["id"])
        if number not in SENT:
            return text
        form = [("screen_name", "bob"), ("text", f"Number {number}")]
        self._sent = self._call("POST", "/api/direct_messages/new.json", "alice", form)
        return str(self._sent["id"])

    def parent(self, text: str) -> str:
        """The conversation of the message sent last, else of the seeded one."""
        if "@" not in text:
            return text
        return str((self._sent or self._seeded("reply"))["friendica_parent_uri"])

    def _seeded(self, name: str) -> Any:
        said = TEXTS[name].partition(" ")[2]
        listed = self._call("GET", "/api/direct_messages/all.json?count=100", "alice")
        return next(message for message in listed if said in message["text"])

    def group(self, text: str) -> str:
        """A group by its name."""
        name = GROUPS.get(int(text) if text.isdecimal() else -1)
        listed = self._call("GET", "/api/friendica/group_show.json", "alice") if name else []
        return next((str(group["gid"]) for group in listed if group["name"] == name), text)

    def note(self, text: str) -> str:
        """A notification by what it tells."""
        if text not in {str(MENTION), str(FOLLOW_REQUEST)}:
            return text
        listed = self._call("GET", "/api/friendica/notifications.json", "alice")
        of_item = text == str(MENTION)
        return str(next(note["id"] for note in listed if (note["otype"] == "item") == of_item))

    def photo(self, text: str) -> str:
        """A photo by its album; the one that a captured write had moved or deleted is made again."""
        album = ALBUMS.get(text)
        if not album:
            return text
        return self._photo_in(album) or self._new_photo(album)

    def _photo_in(self, album: str) -> str:
        listed = self._call("GET", "/api/friendica/photos/list.json", "alice")
        return next((str(photo["id"]) for photo in listed if photo["album"] == album), "")

    def _new_photo(self, album: str) -> str:
        self._call("POST", "/api/friendica/photo/create.json", "alice", [("album", album)], upload="media")
        return self._photo_in(album)

    def media(self) -> str:
        """A stored file that is attached to nothing."""
        return str(self._call("POST", "/api/media/upload.json", "alice", upload="media")["media_id"])
