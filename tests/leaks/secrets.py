"""Restricted posts, messages and photos of every kind, made through the gateway as clients make them.

An author, a friend who may read most of it, a third person who is a contact and may read some of it, and a stranger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Protocol

import msgspec

from adapters.backend import Backend
from mappings import hub
from tests.fake_notices import picture
from tests.leaks.matrix import Secret, word

WIDTH = 64
TRIES, BETWEEN = 100, 0.1


class Sender(Protocol):
    """Sends a form, or asks where there is none; gives (status, decoded body)."""

    def __call__(
        self, path: str, user: str, form: Mapping[str, Any], files: Mapping[str, Any] | None = None
    ) -> Awaitable[tuple[int, Any]]: ...


@dataclass
class Village:
    """The people by login name; `third` and `stranger` may be missing (""). `followers` are those of the author.
    `pause`: seconds between two groups, where a server makes one list of two of the same second (snac). `boosts`: those
    of restricted posts are restricted too."""

    send: Sender
    backend: Callable[[str], Backend]
    author: str
    friend: str
    third: str = ""
    stranger: str = ""
    followers: frozenset[str] = frozenset()
    cids: dict[str, str] = field(default_factory=dict)
    gids: dict[str, str] = field(default_factory=dict)
    pictures: int = 0
    pause: float = 0.0
    boosts: bool = True

    @property
    def outsiders(self) -> str:
        """Names of people who must not read it, as somebody writes them into a text."""
        return " ".join(f"@{name}" for name in (self.third, self.stranger) if name)

    def picture(self, name: str) -> dict[str, Any]:
        """A file part. No two are equal, else they would be one request."""
        self.pictures += 1
        return {"media": (name, picture(WIDTH, 32 + self.pictures), "image/png")}

    async def done(self, path: str, form: Mapping[str, Any], user: str = "", **files: Any) -> Any:
        """The decoded answer to something that must succeed."""
        status, told = await self.send(path, user or self.author, form, files or None)
        assert status == 200, (path, form, told)
        return told

    async def photos(self) -> set[str]:
        """Ids of all the author's photos."""
        return {row["id"] for row in await self.done("friendica/photos/list", {})}

    async def groups(self, **members: tuple[str, ...]) -> None:
        """Make groups of the author."""
        for name, people in members.items():
            await asyncio.sleep(self.pause)
            who = {"user": [{"cid": int(self.cids[one])} for one in people]}
            made = await self.done("friendica/group_create", {"name": name, "json": msgspec.json.encode(who).decode()})
            self.gids[name] = str(made["gid"])

    def everybody(self, *people: str) -> frozenset[str]:
        """Readers: the author and these."""
        return frozenset({self.author, *people} - {""})


async def _native(village: Village, user: str, *words: str) -> list[str]:
    """What the backend calls the newest status of `user` with one of the words."""
    backend = village.backend(user)
    entries = list(await backend.own_newest())
    if backend.capabilities.conversations:
        entries += [one.last for one in (await backend.conversations(None)).items if one.last]
    for entry in entries:
        status = entry.status
        if any(one in f"{status.content} {status.title}" for one in words):
            return [status.native]
    raise AssertionError(f"nothing with {words}")


async def _read(village: Village, user: str, *, message: int | None, post: int | None) -> None:
    """A client has seen what it answers; servers file posts in the background."""
    for _ in range(TRIES):
        if message and message in [one["id"] for one in await village.done("direct_messages/all", {}, user)]:
            return
        if post and (await village.send(f"statuses/show/{post}", user, {}))[0] == 200:
            return
        await asyncio.sleep(BETWEEN)
    raise AssertionError(f"{user} never got {message or post}")


async def _post(village: Village, name: str, readers: frozenset[str], *, user: str = "", **form: Any) -> Secret:
    secret, files = Secret(name, readers, [word()]), form.pop("files", {})
    form = {key: value.replace("%s", secret.words[0]) for key, value in form.items() if isinstance(value, str)} | {
        key: value for key, value in form.items() if not isinstance(value, str)
    }
    path = "direct_messages/new" if "text" in form else "statuses/update"
    if known := form.pop("known", None):
        await _read(village, user, message=None, post=known)
    elif "replyto" in form or "in_reply_to_status_id" in form:
        await _read(village, user, message=form.get("replyto"), post=form.get("in_reply_to_status_id"))
    made = await village.done(path, form, user, **files)
    secret.ids.append(made["id"])
    secret.keys += [made["friendica_parent_uri"]] if "friendica_parent_uri" in made else []
    secret.natives += await _native(village, user or village.author, *secret.words)
    return secret


# posts that name their readers


def lists(village: Village) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Every combination of the four lists, with who may read the post then: nobody, where it must be refused."""
    friend, third, cids, gids = village.friend, village.third, village.cids, village.gids
    groups = {"": (), "kin": (friend,), "both": (friend, third)}
    contacts = [(), (friend,), (third,), (friend, third)]
    for group, some, without, denied in product(groups, contacts, ["", "others"], [(), (third,)]):
        form: dict[str, Any] = {
            "group_allow[]": gids.get(group), "contact_allow[]": [cids[one] for one in some],
            "group_deny[]": gids.get(without), "contact_deny[]": [cids[one] for one in denied],
        }  # fmt: skip
        allowed = {*groups[group], *some} - {*([third] if without else []), *denied}
        form = {name: value for name, value in form.items() if value}
        if form:
            yield form, frozenset(allowed)


async def limited(village: Village, every: int) -> list[Secret]:
    """One post for every combination that is taken. Those that leave nobody must be refused."""
    made = []
    for number, (form, allowed) in list(enumerate(lists(village)))[::every]:
        given = word()
        if not allowed:
            status, told = await village.send("statuses/update", village.author, {"status": given, **form})
            assert status == 400, (form, told)
            continue
        name = f"limited {number} {sorted(form)}"
        made.append(await _post(village, name, village.everybody(*allowed), status="%s", **form))
    return made


async def addressed(village: Village) -> list[Secret]:
    """Limited to the friend, with names of others everywhere; what the friend makes of it; to all followers."""
    to = {"contact_allow[]": village.cids[village.friend]}
    readers, names, before = village.everybody(village.friend), village.outsiders, await village.photos()
    texts = await _post(village, "names in text and title", readers, status=f"%s {names}", title=f"%s {names}", **to)
    html = "".join(f'<a href="http://x.test/{name[1:]}">{name}</a>' for name in names.split())
    rich = await _post(village, "names in html", readers, htmlstatus=f"<p>%s {html} {names}</p>", **to)
    upload = await village.done("media/upload", {"description": f"{names}"}, **village.picture(f"{names}.png"))
    filed = await _post(village, "a file", readers, status="%s", media_ids=str(upload["media_id"]), **to)
    filed.photos += sorted(await village.photos() - before)
    direct = await _post(village, "media at once", readers, status="%s", files=village.picture("at.png"), **to)
    direct.photos += sorted(await village.photos() - before - {*filed.photos})
    answer = await _post(
        village, "an answer to a limited post", readers, user=village.friend, status=f"%s {names}",
        in_reply_to_status_id=texts.ids[0],
    )  # fmt: skip
    await village.done("favorites/create", {"id": texts.ids[0]}, village.friend)
    for user, secret in ((village.friend, texts), (village.author, texts), (village.author, rich)):
        status, told = await village.send("statuses/retweet", user, {"id": secret.ids[0]})
        assert status == 403, told
    return [texts, rich, filed, direct, answer]


async def followers_only(village: Village) -> list[Secret]:
    """For the followers; boosted by its author, with a file."""
    readers, before = village.everybody(*village.followers), await village.photos()
    made = await _post(village, "to followers", readers, status="%s", title="%s", **{"group_allow[]": "~"})
    filed = await _post(
        village, "a file to followers", readers, status="%s", files=village.picture("f.png"), **{"group_allow[]": "~"}
    )
    filed.photos += sorted(await village.photos() - before)
    if not village.boosts:
        return [made, filed]
    status, told = await village.send("statuses/retweet", village.author, {"id": made.ids[0]})
    assert status in {200, 400, 403}, told
    if status == 200:
        made.ids.append(told["id"])
    return [made, filed]


# messages


async def messages(village: Village) -> list[Secret]:
    """To one, to oneself, answers by either call, and an exchange of three."""
    friend, readers, names = village.friend, village.everybody(village.friend), village.outsiders
    first = await _post(village, "a message", readers, screen_name=friend, text=f"%s {names}", title=f"%s {names}")
    back = await _post(village, "an answer", readers, user=friend, text="%s", replyto=first.ids[0])
    post = await _post(
        village, "an answer as a post", readers, user=friend, status=f"%s {names}", in_reply_to_status_id=first.ids[0]
    )
    alone = await _post(
        village, "to oneself", village.everybody(), screen_name=village.author, text=f"%s {names}", title="%s"
    )
    made = [first, back, post, alone]
    if village.third:
        circle = village.everybody(friend, village.third)
        several: dict[str, Any] = {"contact_allow[]": [village.cids[friend], village.cids[village.third]]}
        three = await _post(village, "to two", circle, status=f"%s @{village.stranger or 'nobody'}", **several)
        joined = await _post(
            village, "an answer to two", circle, user=friend, status="%s", in_reply_to_status_id=three.ids[0]
        )
        apart = await _post(
            village, "an answer to one of two", readers, user=friend, text=f"%s {names}",
            replyto=three.ids[0], known=three.ids[0], screen_name=village.author,
        )  # fmt: skip
        made += [three, joined, apart]
    return made


# photos


async def photos(village: Village) -> list[Secret]:
    """Public and private ones, with names of others in every field; one made private later."""
    names, friend = village.outsiders, village.cids[village.friend]
    made = []
    for title, rights in (("public", ""), ("private", f"<{friend}>"), ("made private", "")):
        secret = Secret(f"a {title} photo", village.everybody(), [word(), word(), word()])
        album, file, desc = (f"{one} {names}" for one in secret.words)
        form = {"album": album, "desc": desc, "allow_cid": rights}
        told = await village.done("friendica/photo/create", form, **village.picture(f"{file}.png"))
        secret.photos.append(told["id"])
        if title == "made private":
            change = {"photo_id": told["id"], "album": album, "allow_cid": f"<{friend}>"}
            await village.done("friendica/photo/update", change)
        secret.natives += await _carrier(village, secret.words[0])
        made.append(secret)
    return made


async def _carrier(village: Village, album: str) -> list[str]:
    """The status that carries it; what is private is held by the backend all the same."""
    found: list[str] = []
    cursor: str | None = None
    while not found:
        page: hub.Page[hub.Entry] = await village.backend(village.author).own_media(cursor)
        found = [entry.status.native for entry in page.items if album in entry.status.content]
        assert found or page.older, "no carrier"
        cursor = page.older
    return found


async def possessions(village: Village) -> list[Secret]:
    """A group and a file that waits for its post: nobody else's, by number or name."""
    group = Secret("a group", village.everybody(), [word()])
    await village.groups(**{group.words[0]: (village.friend,)})
    group.ids.append(int(village.gids[group.words[0]]))
    upload = await village.done("media/upload", {}, **village.picture("waiting.png"))
    return [group, Secret("a file that waits", frozenset(), ids=[upload["media_id"]])]


async def all_kinds(village: Village, *, every: int = 1) -> list[Secret]:
    """Everything; of the combinations of lists one in `every`."""
    made = [*await messages(village), *await addressed(village), *await followers_only(village)]
    if village.third:
        await village.groups(kin=(village.friend,), both=(village.friend, village.third), others=(village.third,))
        made += await limited(village, every)
    return [*made, *await photos(village), *await possessions(village)]
