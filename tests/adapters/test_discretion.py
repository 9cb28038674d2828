"""What a reader may have of a server that shows everything to whoever has an id."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.errors import Missing
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer
from tests.adapters.samples import IDS, person, post

pytestmark = pytest.mark.anyio
ACCOUNTS = "/api/v1/accounts"
ME, STATUS, CONTEXT = f"{ACCOUNTS}/verify_credentials", "/api/v1/statuses/{}", "/api/v1/statuses/{}/context"
MINE = "https://far.test/me"
NAMED: dict[str, dict[str, Any]] = {
    "mine": {"account": person("1", "me")},
    "names me": {"mentions": [{"id": "1", "username": "me", "acct": "me", "url": MINE}]},
    "names me in the text only": {"content": f'<a href="{MINE}" class="u-url mention">@me</a> hello'},
}
FOREIGN: dict[str, dict[str, Any]] = {
    "names nobody": {},
    "names somebody else": {"mentions": [{"id": "9", "username": "eve", "acct": "eve", "url": "https://far.test/eve"}]},
    "links to my page": {"content": f'<a href="{MINE}">a page</a>'},
}


def serve(far: FarServer, native: str, **fields: Any) -> None:
    """One status, and who asks."""
    far.on("GET", STATUS.format(native), json=post(native, **fields))
    far.on("GET", CONTEXT.format(native), json={"ancestors": [], "descendants": []})
    far.on("GET", ME, json=person("1", "me", url=MINE))


@pytest.mark.parametrize("software", ["snac", "mastodon_mock"])
@pytest.mark.parametrize("visibility", ["direct", "private"])
async def test_what_is_for_me_is_shown(far: FarServer, open_backend: Open, software: str, visibility: str) -> None:
    backend, native = await open_backend(software), IDS[software][0]
    for fields in NAMED.values():
        serve(far, native, visibility=visibility, **fields)
        assert (await backend.status(native)).status.native
        assert (await backend.thread(native)).status.status.native
    assert len([path for path in far.paths() if path == f"GET {ME}"]) == 1


@pytest.mark.parametrize("software", ["snac", "mastodon_mock"])
@pytest.mark.parametrize("fields", FOREIGN.values(), ids=FOREIGN)
async def test_what_is_not_for_me_is_missing(
    far: FarServer, open_backend: Open, software: str, fields: dict[str, Any]
) -> None:
    for token in ("secret", None):
        backend, native = await open_backend(software, token=token), IDS[software][0]
        serve(far, native, visibility="direct", **fields)
        for call in (backend.status, backend.thread):
            with pytest.raises(Missing):
                await call(native)


@pytest.mark.parametrize("following", [True, False])
async def test_what_is_for_followers_is_shown_to_them(far: FarServer, open_backend: Open, *, following: bool) -> None:
    backend, native = await open_backend("snac"), IDS["snac"][0]
    serve(far, native, visibility="private")
    far.on("GET", f"{ACCOUNTS}/relationships", json=[{"id": "7", "following": following}])
    if following:
        assert (await backend.status(native)).status.visibility == "private"
        return
    with pytest.raises(Missing):
        await backend.status(native)


async def test_what_is_not_for_me_is_left_out_of_a_thread(far: FarServer, open_backend: Open) -> None:
    backend, (top, answer, hidden) = await open_backend("snac"), IDS["snac"]
    serve(far, top)
    below = [post(answer), post(hidden, visibility="direct")]
    far.on("GET", CONTEXT.format(top), json={"ancestors": below[1:], "descendants": below})
    thread = await backend.thread(top)
    assert [entry.status.native for entry in thread.descendants] == [answer]
    assert thread.ancestors == ()


@pytest.mark.parametrize("software", ["snac", "mastodon_mock"])
async def test_what_is_not_for_me_is_not_among_several(far: FarServer, open_backend: Open, software: str) -> None:
    backend, (native, open_to_all, _) = await open_backend(software), IDS[software]
    serve(far, native, visibility="direct")
    serve(far, open_to_all)
    far.on("GET", "/api/v1/statuses", json=[post(native, visibility="direct"), post(open_to_all)])
    assert list(await backend.statuses([native, open_to_all])) == [open_to_all]


@pytest.mark.parametrize("software", ["snac", "mastodon_mock"])
async def test_who_boosted_what_is_not_for_me_is_not_told(far: FarServer, open_backend: Open, software: str) -> None:
    backend, native = await open_backend(software), IDS[software][0]
    far.on("GET", f"{STATUS.format(native)}/reblogged_by", json=[person("9")])
    serve(far, native, visibility="direct")
    for ask in (lambda: backend.reblogged_by(native, None), lambda: backend.reblogs(native)):
        with pytest.raises(Missing):
            await ask()
    serve(far, native)
    assert [one.native for one in (await backend.reblogged_by(native, None)).items] == ["9"]


async def test_a_server_that_sees_to_it_is_asked_nothing_more(far: FarServer, open_backend: Open) -> None:
    backend, native = await open_backend("mastodon"), IDS["mastodon"][0]
    serve(far, native, visibility="direct")
    await backend.status(native)
    await backend.thread(native)
    assert f"GET {ME}" not in far.paths()
    backend, native = await open_backend("snac"), IDS["snac"][0]
    serve(far, native)
    await backend.status(native)
    assert f"GET {ME}" not in far.paths()
