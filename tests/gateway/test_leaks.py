"""Nobody sees what they must not: every kind of restricted post, asked for through every reading call by everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.backend import Capabilities
from gateway import posting
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.handlers import statuses
from gateway.photo_addresses import PhotoAddresses
from gateway.photos import Photos
from gateway.session import Session
from gateway.stores.store import StatusRecord
from mappings.hub import Order, Visibility
from mappings.photos import Photo
from tests.fake_world import World
from tests.gateway_harness import PEOPLE, Ground, gateway_on, village
from tests.leaks import far, matrix
from tests.leaks.matrix import NOBODY, Probe, Reply, Secret, Sweep, Target, named, word, writing
from tests.leaks.pictures import pictures, signed
from tests.leaks.secrets import Village, addressed, all_kinds, messages, photos

pytestmark = pytest.mark.anyio
AUTHOR, FRIEND, THIRD, STRANGER = PEOPLE
ANONYMOUS = "https://fedi.test"


def reader(ground: Ground) -> matrix.Reader:
    """Asks without checking shapes."""

    async def ask(method: str, path: str, user: str, params: Mapping[str, Any]) -> Reply:
        url = path if path.startswith("/") else f"/api/{path}"
        auth = (user, ground.passwords[user]) if user else None
        query, form = (params or None, None) if method == "GET" else (None, params)
        got = await ground.client.request(method, url, auth=auth, params=query, data=form)
        return Reply(got.status_code, got.headers.get("location", ""), got.content)

    return ask


async def settled(ground: Ground) -> Village:
    """The people of the harness: a friend, a contact who follows too, and a stranger."""

    async def send(path: str, user: str, form: Mapping[str, Any], files: Any = None) -> tuple[int, Any]:
        answer = await ground.request("POST" if form or files else "GET", path, user=user, data=form, files=files)
        return answer.status, answer.json

    cids = {}
    for name in PEOPLE[1:]:
        shown = await ground.get("users/show", screen_name=name, twin=False)
        cids[name] = str(shown.json["id"])
    return Village(send, ground.connections.of, AUTHOR, FRIEND, THIRD, STRANGER, frozenset({FRIEND, THIRD}), cids)


async def targets(ground: Ground, *users: str) -> dict[str, Target]:
    """The author as each of them names her."""
    found = {}
    for user in users or (*PEOPLE, NOBODY):
        shown = await ground.request("GET", "users/show", user=user or STRANGER, params={"screen_name": AUTHOR})
        found[user] = Target(AUTHOR, str(shown.json["id"]), shown.json["url"])
    return found


async def swept(ground: Ground, secrets: list[Secret], *users: str) -> Sweep:
    """Everything asked for, by all or by these."""
    sweep = Sweep(reader(ground), secrets)
    await sweep.everything(await targets(ground, *users))
    return sweep


async def test_nobody_sees_it_in_any_reply(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, anonymous=ANONYMOUS) as ground:
        secrets = await all_kinds(await settled(ground))
        sweep = await swept(ground, secrets)
        assert sweep.leaks == []
        assert {(one.name, user) for one in secrets for user in one.readers} - sweep.seen == set()


async def test_nobody_sees_it_at_the_backend(ground: Ground) -> None:
    secrets = await all_kinds(await settled(ground))
    for user in (*PEOPLE, "dora@far.test", NOBODY):
        assert await far.seen(ground.connections.of(user), user, secrets, f"p:{AUTHOR}") == []


async def test_nobody_reaches_it_by_acting_on_it(ground: Ground) -> None:
    secrets = await all_kinds(await settled(ground))
    sweep, before = Sweep(reader(ground), secrets), _posts(ground, secrets)
    for call in writing():
        for user in (THIRD, STRANGER):
            for probe in named(call, sweep.hidden_from(user)[::4]):
                await sweep.probe(user, _complete(probe), alike=lambda reply: reply.status)
    assert sweep.leaks == []
    assert _posts(ground, secrets) == before
    assert not [who for who, native in ground.world.favourites if native in _natives(secrets) and who != f"p:{FRIEND}"]
    mine = {f"p:{AUTHOR}", f"p:{FRIEND}"}
    on_them = [post for post in ground.world.posts.values() if {post.reply_to, post.boosted} & _natives(secrets)]
    assert {post.author for post in on_them} <= mine


def _posts(ground: Ground, secrets: list[Secret]) -> str:
    return repr({native: ground.world.posts[native] for native in sorted(_natives(secrets))})


def _natives(secrets: list[Secret]) -> set[str]:
    return {native for secret in secrets for native in secret.natives}


def _complete(probe: Probe) -> Probe:
    """With what the call cannot do without."""
    beside = {
        "statuses/update.json": {"status": "mine"},
        "direct_messages/new.json": {"text": "mine", "screen_name": FRIEND},
    }
    return changed(probe, params=beside.get(probe.path, {}) | probe.params)


async def test_no_picture_without_its_signature(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        made = await settled(ground)
        secrets = [*await addressed(made), *await photos(made)]
        assert await pictures(reader(ground), made, secrets, (THIRD, STRANGER, NOBODY)) == []
        old = (await signed(made))[secrets[-1].photos[0]]
        assert (await reader(ground)("GET", old, NOBODY, {})).status == 200
        change = {"photo_id": secrets[-1].photos[0], "album": (await _album(made, secrets[-1].photos[0]))}
        await made.done("friendica/photo/update", {**change, "allow_cid": f"<{made.cids[THIRD]}>"})
        assert (await reader(ground)("GET", old, NOBODY, {})).status == 404


async def _album(made: Village, photo: str) -> str:
    rows = await made.done("friendica/photos/list", {})
    return str(next(row["album"] for row in rows if row["id"] == photo))


class Greedy(World):
    """A server that takes names out of everything it is sent, not only out of the text."""

    def post(self, who: str, text: str = "", **fields: Any) -> str:
        """Also those in title and HTML."""
        told = [fields.get("title", ""), fields.get("html", "")]
        named = [self.people[native].acct for one in told for native in self.named(one)]
        return super().post(who, text, **fields, to=(*fields.pop("to", ()), *named))


async def test_names_anywhere_reach_nobody(tmp_path: Path) -> None:
    world = Greedy()
    world.__dict__.update(village().__dict__)
    async with gateway_on(tmp_path, world=world) as ground:
        made = await settled(ground)
        secrets = [*await messages(made), *await addressed(made), *await photos(made)]
        for secret in secrets:
            reached = {person.removeprefix("p:") for native in secret.natives for person in world.posts[native].to}
            assert reached <= secret.readers, secret.name


async def test_a_post_for_a_list_of_the_server(tmp_path: Path) -> None:
    able = Capabilities(software="fake", list_addressing=True, statuses_by_id=True, order=Order.TIMED)
    async with gateway_on(tmp_path, capabilities=able) as ground:
        made = await settled(ground)
        await made.groups(kin=(FRIEND,))
        secret = Secret("to a list", frozenset({AUTHOR, FRIEND}), [word()])
        form = {"status": f"{secret.words[0]} {made.outsiders}", "group_allow[]": made.gids["kin"]}
        secret.ids.append((await made.done("statuses/update", form))["id"])
        assert (await swept(ground, [secret], THIRD, STRANGER, NOBODY)).leaks == []


# the tests can fail


def _show_everything(ground: Ground, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(World, "readable", lambda *_: True)


def _store_wider(ground: Ground, patch: pytest.MonkeyPatch) -> None:
    for post in ground.world.posts.values():
        post.visibility = Visibility.PUBLIC


def _open_pictures(ground: Ground, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PhotoAddresses, "opens", lambda *_: True)


def _tell_what_is_there(ground: Ground, patch: pytest.MonkeyPatch) -> None:
    async def record(ask: Ask, *_: object) -> StatusRecord:
        found = await ask.gateway.ids.status(ask.session.scope, ask.id("id") or 0)
        if found is None:
            raise ApiError(404, "There never was one.")
        return found

    patch.setattr(statuses, "record_of", record)


def _share_photos(ground: Ground, patch: pytest.MonkeyPatch) -> None:
    of = Photos.of

    async def everybodys(self: Photos, session: Session) -> tuple[Photo, ...]:
        account = await ground.gateway.store.account_by_login(AUTHOR)
        assert account is not None
        return await of(self, replace(session, account=account, backend=ground.connections.of(AUTHOR)))

    patch.setattr(Photos, "of", everybodys)


AFTERWARDS = (_show_everything, _store_wider, _open_pictures, _tell_what_is_there, _share_photos)


@pytest.mark.parametrize("spoil", AFTERWARDS)
async def test_a_hole_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Ground, pytest.MonkeyPatch], None]
) -> None:
    async with gateway_on(tmp_path) as ground:
        made = await settled(ground)
        secrets = [*await messages(made), *await photos(made)]
        spoil(ground, monkeypatch)
        sweep = await swept(ground, secrets, STRANGER)
        assert sweep.leaks or await pictures(reader(ground), made, secrets, [NOBODY])


async def test_names_that_stay_names_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "compose", lambda text, *_: f"@{AUTHOR} @{FRIEND} {text}")
    async with gateway_on(tmp_path) as ground:
        made = await settled(ground)
        to = {"contact_allow[]": made.cids[FRIEND]}
        told = await made.send("statuses/update", AUTHOR, {"status": f"@{THIRD}", **to})
        assert told[0] == 502  # the server told more people: taken back
        monkeypatch.setattr(posting, "verify", _nothing_wrong)
        secrets = await addressed(made)
        assert await far.seen(ground.connections.of(THIRD), THIRD, secrets, f"p:{AUTHOR}")
        assert (await swept(ground, secrets, THIRD)).leaks


async def _nothing_wrong(*_: object) -> None:
    return None
