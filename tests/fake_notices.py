"""What happens to people in a `World`, and what they keep there beside posts: lists, blocks, reactions, files.

Ids of notices are small growing numbers, as Mastodon gives them. Old friendships (`befriend`) are told to nobody.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from struct import pack

START = 1_700_000_000_000
STEP = 60_000
FIRST_NOTICE = 101


@dataclass(frozen=True)
class Notice:
    """Something that happened to `to`. `type` is Mastodon's word; `post` is what it was about, if anything."""

    native: str
    to: str
    type: str
    who: str
    ms: int
    post: str | None = None


@dataclass
class Notices:
    """The part of a `World` that is no post. Natives of people are `p:<acct>`."""

    follows: list[tuple[str, str]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)
    mutes: list[tuple[str, str]] = field(default_factory=list)
    no_reblogs: list[tuple[str, str]] = field(default_factory=list)
    reports: list[tuple[str, str, str]] = field(default_factory=list)
    proposals: list[tuple[str, str]] = field(default_factory=list)
    listeners: list[tuple[str, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    markers: dict[str, str] = field(default_factory=dict)
    reactions: list[tuple[str, str, str]] = field(default_factory=list)
    lists: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    list_owners: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    conversations_read: set[tuple[str, str]] = field(default_factory=set)
    now: int = START
    made: int = 0

    def notice(self, to: str, type: str, who: str, post: str | None = None, ms: int | None = None) -> None:
        """Tell `to` (natives) about it, unless they did it themselves. Each comes later than the one before."""
        if to == who:
            return
        self.made += 1
        last = self.notices[-1].ms + 1000 if self.notices else 0
        when = max(self.now, last) if ms is None else ms
        self.notices.append(Notice(str(FIRST_NOTICE + self.made - 1), to, type, who, when, post))

    def forget(self, wanted: Callable[[Notice], bool]) -> None:
        """Take notices back."""
        self.notices = [notice for notice in self.notices if not wanted(notice)]

    def follow(self, who: str, *whom: str) -> None:
        """`who` follows all of `whom` (accts), in this order; they are told."""
        for target in whom:
            self.follows.append((f"p:{who}", f"p:{target}"))
            self.notice(f"p:{target}", "follow", f"p:{who}")

    def befriend(self, *accts: str) -> None:
        """All of them follow each other, and have done for long."""
        for who in accts:
            self.follows += [(f"p:{who}", f"p:{other}") for other in accts if other != who]

    def request(self, who: str, whom: str) -> None:
        """`who` asks whether they may follow `whom` (accts)."""
        self.requests.append((f"p:{who}", f"p:{whom}"))
        self.notice(f"p:{whom}", "follow_request", f"p:{who}")

    def block(self, who: str, *whom: str) -> None:
        """`who` blocks all of `whom` (accts); neither follows the other any longer."""
        for target in whom:
            pair = (f"p:{who}", f"p:{target}")
            self.blocks.append(pair)
            self.follows = [found for found in self.follows if set(found) != set(pair)]

    def listen(self, who: str, *whom: str) -> None:
        """`who` is told of everything that `whom` (accts) post."""
        self.listeners += [(f"p:{who}", f"p:{target}") for target in whom]

    def new_list(self, who: str, name: str, *members: str) -> str:
        """A list of `who` with these members (accts). Returns its native id."""
        self.made += 1
        native = f"l{self.made}"
        self.lists[native] = (name, [f"p:{member}" for member in members])
        self.list_owners[native] = f"p:{who}"
        return native

    def react(self, who: str, native: str, emoji: str) -> None:
        """`who` (an acct) puts an emoji under a post, once."""
        row = (f"p:{who}", native, emoji)
        if row not in self.reactions:
            self.reactions.append(row)

    def unreact(self, who: str, native: str, emoji: str) -> None:
        """Take it back."""
        self.reactions = [row for row in self.reactions if row != (f"p:{who}", native, emoji)]


@lru_cache
def picture(width: int = 640, height: int = 480) -> bytes:
    """A real PNG, grey with its upper left quarter red, so that turning and cutting can be seen."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    red, grey = b"\xc8\x1e\x1e", b"\x80\x80\x80"
    half = width // 2
    upper, lower = b"\0" + red * half + grey * (width - half), b"\0" + grey * width
    rows = upper * (height // 2) + lower * (height - height // 2)
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
