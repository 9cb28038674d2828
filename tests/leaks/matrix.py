"""Everything that can be read, asked for by everybody who must not read it: made from the endpoint table.

A reading row is asked plainly in each of its formats and on each of its aliases, and once more for every parameter that
can name something, with everything an outsider could put there: ids, words, photos, conversations. A secret is seen
when a reply holds one of its marks that the request did not hold, or differs from the reply to a request for something
that never was.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote
from uuid import uuid4

from gateway.call_rows import TABLE
from gateway.calls import Call, Param, Type

NOBODY = ""
"""The anonymous reader."""

PEOPLE = frozenset({"user_id", "screen_name", "user", "profileurl", "c_url", "url"})
"""Parameters that name a person: the author of the secrets."""
FORMS = {"scale": "0", "getText": "html", "cursor": "-1", "stringify_ids": "true"}
"""Parameters that change the form of a reply and name nothing."""
WINDOW = frozenset({"since_id", "max_id"})
"""Positions: the reply is compared with that for the place right above."""
POINTERS = frozenset({"photo_id", "album", "friendica_parenturi"})
"""Parameters of writing calls that name something that is there; the other texts are written down."""
COMPANIONS: Mapping[str, Mapping[str, str]] = {"friendica/remoteauth": {"url": "https://elsewhere.test/"}}
"""What a call needs beside the parameter that names something."""

SAMPLE = 3
"""Secrets that somebody without a login asks for where a login is needed."""

WORD = re.compile(rb"leak[0-9a-f]{10}")
TOKEN = re.compile(rb"[0-9A-Za-z]{6,}")
NOTE = re.compile(rb'"id":\d+,"h(?:ash|ref)"|<note id="\d+"|notification/view/\d+|(?<=<note)[^>]{1,60} id="\d+"')
NOW = re.compile(r'"as_of":"?[-:TZ\d]+"?(?:,"created_at":"[-:TZ\d]+")?|"reset":\d+|"[-\d]{10} [:\d]{5}":')
"""The moment in trends and limits."""
SHORT = 5
READING, WRITING = "GET", "POST"


def word() -> str:
    """A word that stands nowhere else."""
    return f"leak{uuid4().hex[:10]}"


NO_WORD, NO_PHOTO, NO_ID, NO_KEY = (
    "void0123456789",
    "0123456789abcdef" * 2,
    1_400_000_000_000_777,
    "https://x.test/void01",
)
"""What never was."""


def end(address: str) -> str:
    """The last part of an address, or of a native id that is one."""
    return re.split(r"[^0-9A-Za-z]", address)[-1]


class Reply(NamedTuple):
    """What a reader got, as far as it can tell them something."""

    status: int
    location: str
    body: bytes


class Reader(Protocol):
    """Sends one request. `path` is below `/api` with its extension, or starts with a slash."""

    def __call__(self, method: str, path: str, user: str, params: Mapping[str, Any]) -> Awaitable[Reply]: ...


@dataclass
class Secret:
    """Something restricted. `readers` may see it, nobody else. `words` stand in it, `ids` are what the gateway calls
    it, `natives` what the backend does, `photos` are its pictures, `keys` the conversations it is in."""

    name: str
    readers: frozenset[str]
    words: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    natives: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def marks(self) -> frozenset[str]:
        """All that tells of it. An address counts by its last part, and small numbers stand everywhere."""
        ends = [end(one) for one in (*self.natives, *self.keys)]
        return frozenset(one for one in (*self.words, *map(str, self.ids), *self.photos, *ends) if len(one) > SHORT)


class Leak(NamedTuple):
    """Somebody saw something."""

    secret: str
    user: str
    request: str
    how: str


@dataclass
class Probe:
    """One request; `needle` is what it names, `nothing` what to name instead."""

    method: str
    path: str
    params: dict[str, Any]
    needle: str = ""
    nothing: str = ""

    @property
    def twin(self) -> Probe:
        """The same for what never was."""
        path = self.path.replace(self.needle, self.nothing)
        params = {name: self.nothing if value == self.needle else value for name, value in self.params.items()}
        return Probe(self.method, path, params)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.params}"


class Target(NamedTuple):
    """Whose secrets they are, as a reader names that person: login name, number, profile address."""

    name: str
    number: str
    url: str


def reading(table: Iterable[Call] = TABLE) -> list[Call]:
    """Every row that answers a GET."""
    return [call for call in table if call.handler and READING in call.methods]


def writing(table: Iterable[Call] = TABLE) -> list[Call]:
    """Every other row that can name something."""
    return [call for call in table if call.handler and READING not in call.methods and any(map(_points, call.params))]


def _points(param: Param) -> bool:
    """Names a thing that is there, and is not something to write down."""
    return _names(param) and (param.type is not Type.TEXT or param.name in POINTERS)


def _names(param: Param) -> bool:
    return param.type in {Type.ID, Type.TEXT, Type.LIST} and param.name not in {*FORMS, *PEOPLE}


def plain(call: Call, target: Target) -> Iterator[Probe]:
    """Without a name, and with the author's; with everything switched on too."""
    full = {param.name: "true" for param in call.params if param.type is Type.FLAG}
    full |= {param.name: str(param.cap) for param in call.params if param.type is Type.COUNT and param.cap}
    for format in call.formats:
        yield Probe(READING, f"{call.path}.{format}", {})
    for alias in call.aliases:
        yield Probe(READING, f"{alias}.json", {})
    yield Probe(READING, f"{call.path}.json", full)
    people = {"user_id": target.number, "screen_name": target.name, "user": target.name}
    for param in call.params:
        if param.name in PEOPLE:
            value = people.get(param.name, target.url)
            yield Probe(READING, f"{call.path}.json", {**full, **COMPANIONS.get(call.path, {}), param.name: value})
    if call.tail == "user":
        yield Probe(READING, f"{call.path}/{target.name}.json", full)


def named(call: Call, secrets: Sequence[Secret], taken: Container[int] = ()) -> Iterator[Probe]:
    """With everything that names a secret in every parameter that can name something. `taken` are ids of others: no
    position is tried right below one of them."""
    forms = {param.name: FORMS[param.name] for param in call.params if param.name in FORMS}
    flags = {param.name: "true" for param in call.params if param.type is Type.FLAG}
    method, naming = (READING, _names) if READING in call.methods else (call.methods[0], _points)
    for param in filter(naming, call.params):
        some = secrets
        if param.name in WINDOW:
            some = [one for one in secrets if not any(id + 1 in taken for id in one.ids)][:2]
        for needle, nothing in _needles(param, some):
            for more in ({}, flags | forms) if flags or forms else ({},):
                params = {**COMPANIONS.get(call.path, {}), **more, param.name: needle}
                yield Probe(method, f"{call.path}.json", params, needle, nothing)
    for param in (param for param in filter(naming, call.params) if param.name == call.tail):
        for needle, nothing in _needles(param, secrets):
            yield Probe(method, f"{call.path}/{needle}.json", {}, needle, nothing)


def _needles(param: Param, secrets: Iterable[Secret]) -> Iterator[tuple[str, str]]:
    for secret in secrets:
        for id in secret.ids:
            if param.type is Type.ID or param.name in {"id", "user_id"}:
                yield str(id), str(id + 1 if param.name in WINDOW else NO_ID)
        if param.type is not Type.ID:
            named = {NO_WORD: secret.words, NO_PHOTO: secret.photos, NO_KEY: secret.keys}
            yield from ((one, nothing) for nothing, some in named.items() for one in some)


def marks_in(reply: Reply) -> set[str]:
    """Whatever could be a mark. Notes have numbers of their own, which may be those of a post of the same second."""
    told = NOTE.sub(b"", reply.body) + b" " + reply.location.encode()
    return {one.decode() for one in (*WORD.findall(told), *TOKEN.findall(told))}


class Sweep:
    """Asks, and keeps who saw what. `leaks` is what must be empty, `seen` what its readers saw. `few`: of the secrets
    that somebody must not see, so many are named in one parameter, others in the next; 0: all in each."""

    def __init__(self, ask: Reader, secrets: Sequence[Secret], *, few: int = 0) -> None:
        self.ask, self.secrets, self._few = ask, secrets, few
        self.leaks: list[Leak] = []
        self.seen: set[tuple[str, str]] = set()
        self.asked = self._turn = 0
        self._twins: dict[tuple[str, str], Reply] = {}
        self._taken = {id for secret in secrets for id in secret.ids}
        self._owners = {mark: secret for secret in secrets for mark in secret.marks}

    async def everything(self, users: Mapping[str, Target], *, table: Iterable[Call] = TABLE) -> None:
        """Every reading row, for each of `users`."""
        for call in reading(table):
            for user, target in users.items():
                for probe in plain(call, target):
                    await self.probe(user, probe)
                for probe in named(call, self._some(call, user), self._taken):
                    await self.probe(user, probe)

    def hidden_from(self, user: str) -> list[Secret]:
        """What the user must not see."""
        return [secret for secret in self.secrets if user not in secret.readers]

    def _some(self, call: Call, user: str) -> list[Secret]:
        hidden = self.hidden_from(user)
        if call.auth and user == NOBODY:
            return hidden[:SAMPLE]
        self._turn += self._few
        return [hidden[(self._turn + at) % len(hidden)] for at in range(self._few)] if self._few else hidden

    async def probe(self, user: str, probe: Probe, *, alike: Callable[[Reply], object] | None = None) -> Reply:
        """One request, and its twin where something is named."""
        reply = await self._send(user, probe)
        for mark in marks_in(reply) & self._owners.keys():
            if mark not in probe.needle:
                self._note(self._owners[mark], user, probe, f"{mark} in {reply.status}")
        if probe.needle:
            twin, what = await self._nothing(user, probe), alike or (lambda it: it)
            if what(_blank(reply, probe)) != what(_blank(twin, probe)):
                for secret in self.secrets:
                    if probe.needle in (*map(str, secret.ids), *secret.words, *secret.photos, *secret.keys):
                        self._note(secret, user, probe, f"{reply.status} and not as {twin.status} for nothing")
        return reply

    async def _nothing(self, user: str, probe: Probe) -> Reply:
        """The reply to the same for what never was; asked once."""
        key = (user, str(probe.twin))
        if key not in self._twins:
            self._twins[key] = await self._send(user, probe.twin)
        return self._twins[key]

    async def _send(self, user: str, probe: Probe) -> Reply:
        self.asked += 1
        reply = await self.ask(probe.method, probe.path, user, probe.params)
        assert reply.status not in {429, 500}, f"{probe}: {reply.status} {reply.body[:300]!r}"
        return reply

    def _note(self, secret: Secret, user: str, probe: Probe, how: str) -> None:
        if user in secret.readers:
            self.seen.add((secret.name, user))
        else:
            self.leaks.append(Leak(secret.name, user, str(probe), how))


def _blank(reply: Reply, probe: Probe) -> Reply:
    """Without what was asked for and what its twin asks for, in whatever form they are told back, and without the time
    of the reply: a twin is asked once, perhaps a second earlier."""
    whats = [escape(what) for what in (probe.needle, probe.nothing)] + [probe.needle, probe.nothing]
    forms = "|".join(re.escape(form) for what in whats for form in (what, quote(what, safe=""), quote(what)))
    pattern = re.compile(rf"(?<![0-9A-Za-z])(?:{forms})(?![0-9A-Za-z])")
    told = NOW.sub("", reply.body.decode("utf-8", "surrogateescape"))
    body = pattern.sub("*", told).encode("utf-8", "surrogateescape")
    return Reply(reply.status, pattern.sub("*", reply.location), body)
