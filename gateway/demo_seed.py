"""The made-up people and posts of the demo, as data, and the one function that posts them.

People and texts are those behind the golden replies (`tests/golden/`), as far as a Mastodon server can hold them:
no coordinates, no dislikes, no answers to events. Photos stand in statuses of their own, as the gateway stores them.
`GOLDEN` names the same post by the numbers it had there.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import httpx2 as httpx
import msgspec

from mappings.carriers import Carrier, written

PEOPLE: dict[str, str] = {
    "alice": "Alice Example",
    "bob": "Bob Builder",
    "carol": "Carol Danvers",
    "dave": "Dave Dormant",
    "erin": "Erin Extra",
}
FRIENDS = ("alice", "bob", "carol")
LISTS: dict[str, tuple[str, ...]] = {"Friends": ("bob", "carol"), "Builders": ("bob",)}

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 30), (30, 30, 200)


class Post(msgspec.Struct, frozen=True):
    """One status: `name` is what others in this table call it by, `picture` a colour."""

    name: str
    author: str
    text: str
    title: str = ""
    visibility: str = "public"
    answers: str = ""
    picture: tuple[int, int, int] | None = None


def _stream(number: int) -> Post:
    author = "bob" if number % 2 else "carol"
    return Post(f"stream_{number:02}", author, f"Stream post number {number:02} about #topic{number % 3}")


def _photo(name: str, album: str, desc: str, colour: tuple[int, int, int]) -> Post:
    text = written(Carrier(album=album, filename=f"{name}.png", desc=desc))
    return Post(name, "alice", text, visibility="direct", picture=colour)


FIRST = 'Alice\'s first public post. Umlauts äöü, emoji 🦜, <angle> & ampersand "quotes" **bbcode bold**'
POSTS: tuple[Post, ...] = (
    Post("first", "alice", FIRST),
    Post("hello", "bob", "Hello @alice this is the #first post https://example.org/page?a=1&b=2"),
    Post("titled", "bob", "Second post with a title", title="A proper title"),
    Post("html", "bob", "HTML **bold** and a link https://example.org/\n\n* one\n\n* two"),
    Post("tower", "bob", "From the tower"),
    Post("news", "carol", "Carol is here, reading #friendica news"),
    Post("red", "alice", "Picture via media_ids", picture=RED),
    Post("blue", "alice", "Picture in one request", picture=BLUE),
    Post("builders", "alice", "Only for the Builders group", visibility="private"),
    Post("only_carol", "alice", "Only for Carol", visibility="private"),
    Post("nice", "bob", "Nice first post, @alice!", answers="first"),
    Post("agree", "carol", "@alice I agree with Bob", answers="first"),
    Post("thanks", "alice", "@bob Thank you both", answers="nice"),
    Post("question", "alice", "@bob Hi Bob, are you there?", "A question", "direct"),
    Post("reply", "bob", "@alice Yes Alice, I am here.", "A question", "direct", "question"),
    Post("message", "carol", "@alice Message without a title from Carol", "", "direct"),
    _photo("photo0", "Holiday", "Photo number 0", GREEN),
    _photo("photo1", "Holiday", "Photo number 1", RED),
    _photo("photo2", "Work", "Photo number 2", BLUE),
    *map(_stream, range(30)),
    Post("ping", "bob", "Ping @alice one more mention"),
)

ACTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "agree": (("bob", "favourite", "first"), ("carol", "favourite", "first")),
    "thanks": (
        ("alice", "favourite", "titled"),
        ("alice", "favourite", "news"),
        ("alice", "reblog", "news"),
        ("bob", "reblog", "blue"),
    ),
}
"""What is done right after a post: who, what, with which post. A boost's own id is named `<who>_boost`."""

GOLDEN: dict[int, str] = {
    9: "first", 13: "hello", 15: "titled", 3: "titled", 17: "html", 19: "tower", 23: "news", 25: "red", 26: "red",
    27: "blue", 28: "blue", 29: "builders", 30: "only_carol", 39: "nice", 43: "agree", 45: "thanks",
    **{140 + 2 * number: f"stream_{number:02}" for number in range(30)},
    202: "ping", 200: "ping",
}  # fmt: skip
"""Numbers of statuses in the golden replies (several where readers had copies) to names in `POSTS`."""
GOLDEN_MESSAGES: dict[int, str] = {1: "question", 4: "reply", 6: "message"}
GOLDEN_PEOPLE: dict[int, str] = {8: "bob", 10: "alice", 13: "carol", 18: "erin"}


def picture(colour: tuple[int, int, int], width: int = 96, height: int = 64) -> bytes:
    """A PNG file of one colour (PNG specification: signature, IHDR, IDAT, IEND)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def mock_config(tokens: Mapping[str, str], folder: str) -> str:
    """The TOML `mastodon_mock` starts from: people with their tokens, friendships, where files go."""
    lines = ['title = "Oldbird demo"', f"media_storage_path = {_quoted(folder)}"]
    for name, display in PEOPLE.items():
        lines += ["[[seed.accounts]]", f"username = {_quoted(name)}", f"display_name = {_quoted(display)}"]
        lines += [f"access_token = {_quoted(tokens[name])}"]
    for follower in FRIENDS:
        for followed in FRIENDS:
            if follower != followed:
                lines += ["[[seed.follows]]", f"follower = {_quoted(follower)}", f"following = {_quoted(followed)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


class Seeding:
    """Posts one after the other, so that the server's ids ascend in the order of the table."""

    def __init__(self, client: httpx.AsyncClient, tokens: Mapping[str, str]) -> None:
        self._client = client
        self._tokens = tokens
        self.natives: dict[str, str] = {}

    async def ask(self, who: str, method: str, path: str, **body: Any) -> Any:
        """The decoded answer. Raises httpx.HTTPError when the server refuses."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        answer = await self._client.request(method, f"/api/v1/{path}", headers=headers, **body)
        answer.raise_for_status()
        return answer.json()

    async def post(self, post: Post) -> None:
        """Puts the native id of the new status under the post's name."""
        form: dict[str, Any] = {"status": post.text, "visibility": post.visibility}
        if post.title:
            form["spoiler_text"] = post.title
        if post.answers:
            form["in_reply_to_id"] = self.natives[post.answers]
        if post.picture:
            file = (f"{post.name}.png", picture(post.picture), "image/png")
            form["media_ids[]"] = [(await self.ask(post.author, "POST", "media", files={"file": file}))["id"]]
        self.natives[post.name] = (await self.ask(post.author, "POST", "statuses", data=form))["id"]

    async def act(self, who: str, action: str, name: str) -> None:
        """A favourite or a boost."""
        done = await self.ask(who, "POST", f"statuses/{self.natives[name]}/{action}")
        if action == "reblog":
            self.natives[f"{who}_boost"] = done["id"]

    async def befriend(self) -> None:
        """Erin asks to follow alice and waits; alice sorts her friends into lists."""
        people = {who: (await self.ask(who, "GET", "accounts/verify_credentials"))["id"] for who in PEOPLE}
        await self.ask("alice", "PATCH", "accounts/update_credentials", data={"locked": "true"})
        await self.ask("erin", "POST", f"accounts/{people['alice']}/follow")
        await self.ask("alice", "PATCH", "accounts/update_credentials", data={"locked": "false"})
        for title, members in LISTS.items():
            made = await self.ask("alice", "POST", "lists", data={"title": title})
            ids = [people[member] for member in members]
            await self.ask("alice", "POST", f"lists/{made['id']}/accounts", data={"account_ids[]": ids})


async def seed(base_url: str, tokens: Mapping[str, str]) -> dict[str, str]:
    """Posts everything to the server at `base_url` and returns name -> native status id, boosts included.

    `tokens` are the access tokens of `PEOPLE`. Raises httpx.HTTPError.
    """
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as client:
        seeding = Seeding(client, tokens)
        await seeding.befriend()
        for post in POSTS:
            await seeding.post(post)
            for action in ACTIONS.get(post.name, ()):
                await seeding.act(*action)
    return seeding.natives
