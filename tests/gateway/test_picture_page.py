"""/pictures/<token>/<name>: what is shown, how it may be kept, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import BackendError, BadAnswer, Missing, Slow, Unavailable
from gateway import photo_files
from gateway.handlers import photos
from gateway.picture_page import KEPT, NOT_FOUND
from mappings.old_pictures import SIZES, Kind
from tests.gateway import drawn, photo_ground
from tests.gateway.drawn import seen
from tests.gateway_harness import BASE, Answer, Ground, gateway_on

pytestmark = pytest.mark.anyio
URL = "https://fedi.test/files/picture.webp"


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with gateway_on(tmp_path) as made:
        yield made


def put(ground: Ground, data: bytes = b"", url: str = URL) -> str:
    """A file at a server, and the path of its picture here."""
    ground.world.files[url] = (data or drawn.drawn(format="WEBP"), "image/webp")
    return path_of(ground, url)


def path_of(ground: Ground, url: str = URL, kind: Kind = Kind.MEDIA, size: str = "") -> str:
    return ground.gateway.picture_addresses.at(BASE).address(url, kind, size).removeprefix(BASE)


async def look(ground: Ground, path: str, method: str = "GET", **given: Any) -> Answer:
    return await ground.request(method, path, user=None, **given)


async def test_anybody_with_the_address_sees_it(ground: Ground) -> None:
    answer = await look(ground, put(ground))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    assert seen(answer.body).size == (800, 600)
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["cache-control"] == KEPT
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert ground.wire.names == ["fetch"]
    assert ground.store.trips == []


async def test_sizes_of_one_file_are_one_fetch(ground: Ground) -> None:
    path = put(ground)
    wanted = {"thumb": (150, 150), "small": (680, 510), "medium": (800, 600), "large": (800, 600), "orig": (800, 600)}
    for size, shown in wanted.items():
        for form in (f"{path}:{size}", f"{path}?name={size}", f"{path}?format=jpg&name={size}",
                     path.replace("/m.", f"/m_{size}.")):  # fmt: skip
            answer = await look(ground, form)
            assert (answer.status, seen(answer.body).size) == (200, shown)
    assert ground.wire.names == ["fetch"]


async def test_banners_take_their_size_as_a_further_segment(ground: Ground) -> None:
    put(ground, drawn.drawn(1800, 900))
    path = path_of(ground, kind=Kind.BANNER)
    for size in filter(None, SIZES[Kind.BANNER]):
        answer = await look(ground, f"{path}/{size}")
        fit = SIZES[Kind.BANNER][size]
        assert seen(answer.body).size == (fit.width, fit.height)


async def test_many_at_once_cost_one_fetch(ground: Ground) -> None:
    path = put(ground)
    gate = ground.wire.hold("fetch")
    work = [asyncio.create_task(look(ground, f"{path}:{size}")) for size in ("small", "small", "thumb", "orig") * 4]
    await gate.reached.wait()
    gate.go.set()
    assert {answer.status for answer in await asyncio.gather(*work)} == {200}
    assert ground.wire.names == ["fetch"]


async def test_only_so_many_are_fetched_at_a_time(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_files, "MOST_WAITING", 6)
    gates = [ground.wire.hold("fetch") for _ in range(photo_files.AT_ONCE)]
    paths = [put(ground, url=f"{URL}?{number}") for number in range(20)]
    work = [asyncio.create_task(look(ground, path)) for path in paths]
    for gate in gates:
        await gate.reached.wait()
    assert ground.wire.count("fetch") == photo_files.AT_ONCE
    for gate in gates:
        gate.go.set()
    statuses = sorted(answer.status for answer in await asyncio.gather(*work))
    assert set(statuses) == {200, 503}


async def test_a_known_picture_is_304(ground: Ground) -> None:
    path = put(ground)
    first = await look(ground, path)
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        again = await look(ground, path, headers={"If-None-Match": known})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (await look(ground, path, headers={"If-None-Match": '"other"'})).status == 200
    assert (await look(ground, f"{path}:thumb")).headers["etag"] != first.headers["etag"]


async def test_head_is_get_without_the_picture(ground: Ground) -> None:
    path = put(ground)
    full, head = await look(ground, path), await look(ground, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("content-length", "content-type", "etag", "cache-control"):
        assert head.headers[name] == full.headers[name]


async def test_only_reading_is_allowed(ground: Ground) -> None:
    assert (await look(ground, put(ground), "POST")).status == 405


def refused(answer: Answer) -> bool:
    told = (answer.status, answer.body, answer.headers["cache-control"])
    return told == (404, f"{NOT_FOUND}\n".encode(), "no-store")


async def test_altered_addresses_fetch_nothing(ground: Ground) -> None:
    path = put(ground)
    _, _, token, name = path.split("/")
    other = ("B" if token[0] != "B" else "C") + token[1:]
    for altered in (f"/pictures/{other}/{name}", f"/pictures/{token}x/{name}", f"/pictures/{token}/a_normal.jpg",
                    f"/pictures/{token}/m_huge.jpg", f"{path}:huge", f"{path}?name=9999", f"{path}/web",
                    f"/pictures/https:fedi.test/{name}", "/pictures/x/m.jpg"):  # fmt: skip
        assert refused(await look(ground, altered)), altered
    for nowhere in ("/pictures", "/pictures/", f"/pictures/https:%2F%2Ffedi.test/{name}"):
        assert (await look(ground, nowhere)).status == 404
    assert ground.wire.names == []


async def test_the_address_of_another_gateway_is_nothing(ground: Ground, tmp_path: Path) -> None:
    put(ground)
    async with gateway_on(tmp_path / "other") as other:
        assert refused(await look(ground, path_of(other)))
    assert ground.wire.names == []


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", drawn.png_bomb(), drawn.drawn()[:300]]
)
async def test_what_is_no_picture_is_not_shown(ground: Ground, data: bytes) -> None:
    assert refused(await look(ground, put(ground, data)))


async def test_an_avatar_that_is_a_drawing_or_gone_is_that_of_nobody(ground: Ground) -> None:
    path = put(ground, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    shown = []
    for url in (URL, "https://fedi.test/files/gone.png"):
        for size, side in (("normal", 48), ("400x400", 400), ("", 400)):
            answer = await look(ground, path_of(ground, url, Kind.AVATAR, size))
            assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
            assert seen(answer.body).size == (side, side)
            shown.append(answer.body)
    assert len(set(shown)) == 2
    assert refused(await look(ground, path)), "of media nothing is made up"


@pytest.mark.parametrize(
    ("error", "status"),
    [(Missing("Gone."), 404), (BadAnswer("What?"), 502), (Unavailable("Down."), 503), (Slow("Late."), 504)],
)
async def test_what_the_server_does_not_give_is_told_plainly(ground: Ground, error: BackendError, status: int) -> None:
    path = put(ground)
    ground.wire.fail(error, "fetch")
    answer = await look(ground, path)
    assert answer.status == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain")
    assert "fedi.test" not in answer.body.decode()


async def test_addresses_outlive_the_process(ground: Ground, tmp_path: Path) -> None:
    path = put(ground)
    async with gateway_on(tmp_path, people=()) as again:
        assert put(again) == path
        assert (await look(again, path)).status == 200


async def test_memory_is_given_back(ground: Ground) -> None:
    path = put(ground)
    await look(ground, path)
    ground.gateway.clear()
    await look(ground, path)
    assert ground.wire.names == ["fetch", "fetch"]


async def test_what_a_login_has_read_is_not_shown_without(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of actors are asked for photos with their owner's login: the answer is not for everybody."""
    monkeypatch.setattr(photos, "ACTIVITYPUB", "fake")
    id = (await photo_ground.create(ground))["id"]
    (url,) = [media.url for media in ground.world.uploads.values()]
    for _ in range(2):
        assert (await ground.get("friendica/photo", photo_id=id, scale=0)).json["data"]
    assert ground.wire.count("fetch") == 1
    ground.wire.fail(Missing("Not without a login."), "fetch", times=2)
    for size in ("", "thumb"):
        assert (await look(ground, path_of(ground, url, size=size))).status == 404


async def test_no_line_of_the_log_tells_what_was_looked_at(ground: Ground, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever has the address of a picture sees it."""
    path = put(ground)
    token = path.split("/")[2]
    with caplog.at_level("INFO", "oldbird.access"):
        for asked in (path, f"{path}/large", path.replace("/m.", "/b."), f"/pictures/{token}"):
            await look(ground, asked)
    told = [record.getMessage() for record in caplog.records if record.name == "oldbird.access"]
    assert '"path":"/pictures/[hidden]/m.jpg"' in told[0]
    assert len(told) == 4
    assert not any(token[:20] in line for line in told)
