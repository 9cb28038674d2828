"""What the rows say they need is what their handlers need: every call on a backend that lacks one capability."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import Unsupported
from adapters.lacks import LACKS, refusal
from gateway import needs
from gateway.call_rows import TABLE
from gateway.calls import FORM, Call, Need
from gateway.needs import State
from mappings import hub
from tests.faults.calls import CALLS, PHOTO, Request, forget, good, send
from tests.gateway_harness import Answer, Ground, gateway_on

SWITCHES = tuple(field.name for field in msgspec.structs.fields(Capabilities) if field.type is bool)
FULL = Capabilities(software="fake", label="Fake", **dict.fromkeys(SWITCHES, True))
PICTURE = {"media": ("a.png", PHOTO, "image/png")}

USES: dict[tuple[str, str], dict[str, Any]] = {
    ("statuses/update", "uploads"): {"files": PICTURE},
    ("statuses/update", "lists"): {"group_allow": "{gid}"},
    ("friendica/photo/create", "lists"): {"allow_gid": "<{gid}>"},
    ("friendica/photo/update", "lists"): {"allow_gid": "<{gid}>"},
    ("friendica/photo/update", "uploads"): {"files": PICTURE},
    ("friendica/activity", "reactions"): {"path": "friendica/activity/dislike"},
    ("friendica/activity", "events"): {"path": "friendica/activity/attendmaybe"},
    ("search", "searches_statuses"): {"q": "status"},
    ("search/tweets", "searches_statuses"): {"q": "status"},
    ("{user}/replies/rss", "searches_statuses"): {"path": "bob/replies/rss"},
    ("statuses/oembed", "searches_statuses"): {"id": "", "url": "{far}"},
}
"""What makes a request the use that a row's need speaks of."""
PLAIN = {"search": {"q": "#status"}, "search/tweets": {"q": "#status"}}
"""Where the usual request is that use, another one."""


TOLD = {"trends/available", "trends/closest"}
"""They say where there are trends, and ask nobody."""


def without(capability: str) -> Capabilities:
    """Everything but this."""
    return msgspec.structs.replace(FULL, **{capability: False})


def rows_with(need: str, table: tuple[Call, ...] = CALLS) -> set[str]:
    """The calls that need this capability as a whole."""
    return {call.path for call in table if any(one.whole and one.capability == need for one in call.needs)}


@pytest.fixture
async def able(tmp_path: Path) -> AsyncIterator[Ground]:
    """A backend that can do everything; bob and alice follow each other, a group has bob in it."""
    async with gateway_on(tmp_path, capabilities=FULL) as ground:
        made = await ground.post("friendica/group_create", name="Crew", json='{"user": []}')
        bob = (await ground.get("users/show", screen_name="bob")).json
        await ground.post(
            "friendica/group_update", gid=made.json["gid"], name="Crew", json=f'{{"user": [{{"cid": {bob["cid"]}}}]}}'
        )
        yield ground


async def asked(ground: Ground, call: Call, request: Request, capabilities: Capabilities, *, path: str = "") -> Answer:
    """The reply of a backend with these capabilities. `path`: where a part of it says what is done."""
    backend = ground.connections.of("alice")
    await forget(ground)
    backend.capabilities = capabilities
    try:
        if path:
            way = "params" if request.method == "GET" else "data"
            answer = await ground.request(request.method, path, **{way: request.params})
        else:
            answer = await send(ground, call, request, "json")
    finally:
        backend.capabilities = FULL
    if answer.status not in {200, 302}:
        ground._check(call.path, answer)
    return answer


def far_post(ground: Ground) -> str:
    """The address of a post at another server, which the fake finds by its text."""
    address = "https://far.test/@dora/1"
    native = ground.world.post("dora@far.test", address)
    status = msgspec.structs.replace(ground.world.status("p:alice", native), url=address)
    entry = hub.Entry(raw=native.encode(), read=lambda _: status)

    async def found(query: str, limit: int, offset: int) -> tuple[hub.Entry, ...]:
        backend._need("searches_statuses")
        return (entry,)

    backend = ground.connections.of("alice")
    backend.search_statuses = found
    return address


async def refused(ground: Ground, capabilities: Capabilities) -> dict[str, str]:
    """Call -> error, of all the calls that answer 501."""
    found = {}
    for call in (call for call in CALLS if call.formats != FORM):
        request = await good(ground, call)
        request = request._replace(params=request.params | PLAIN.get(call.path, {}))
        answer = await asked(ground, call, request, capabilities)
        if answer.status == 501:
            found[call.path] = answer.error
    return found


@pytest.mark.anyio
async def test_a_backend_that_can_do_everything_refuses_nothing(able: Ground) -> None:
    assert await refused(able, FULL) == {}


@pytest.mark.anyio
@pytest.mark.parametrize("capability", SWITCHES)
async def test_exactly_the_rows_with_a_need_are_refused_without_it(able: Ground, capability: str) -> None:
    lacking = without(capability)
    expected = {path: str(refusal(lacking, capability)) for path in rows_with(capability)}
    assert await refused(able, lacking) == expected


@pytest.mark.anyio
@pytest.mark.parametrize("capability", sorted({need.capability for call in CALLS for need in call.needs if need.whole}))
async def test_the_far_side_would_refuse_them_too(
    able: Ground, capability: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row names a need that it has not: without the check before it each handler meets the same refusal."""
    monkeypatch.setattr(needs, "refuse", lambda call, capabilities: None)
    lacking = without(capability)
    expected = {path: str(refusal(lacking, capability)) for path in rows_with(capability)}
    assert await refused(able, lacking) == {path: text for path, text in expected.items() if path not in TOLD}


@pytest.mark.anyio
@pytest.mark.parametrize("call", [call for call in CALLS if any(need.use for need in call.needs)], ids=lambda c: c.path)
async def test_a_use_that_needs_something_is_refused_without_it(able: Ground, call: Call) -> None:
    for need in (need for need in call.needs if need.use):
        use = dict(USES[call.path, need.capability])
        path, request = use.pop("path", ""), await good(able, call)
        request = request._replace(files=use.pop("files", request.files))
        gid = (await able.get("friendica/group_show")).json[0]["gid"]
        request.params.update({name: value.format(gid=gid, far=far_post(able)) for name, value in use.items()})
        answer = await asked(able, call, request, without(need.capability), path=path)
        assert (answer.status, answer.error) == (501, str(refusal(FULL, need.capability))), need
        answer = await asked(able, call, request, FULL, path=path)
        assert answer.status == 200, (need, answer.body)


@pytest.mark.anyio
async def test_nothing_was_done_for_a_refused_call(able: Ground) -> None:
    request = await good(able, next(call for call in CALLS if call.path == "lists/create"))
    able.wire.clear()
    answer = await asked(able, next(call for call in CALLS if call.path == "lists/create"), request, without("lists"))
    assert (answer.status, able.wire.names) == (501, [])


def test_every_refusal_has_its_sentence() -> None:
    for need in (need for call in TABLE for need in call.needs):
        assert hasattr(FULL, need.capability)
        assert not need.given or hasattr(FULL, need.given)
        assert need.instead or need.capability in LACKS
        assert not (need.use and need.instead)


def test_every_capability_with_a_sentence_is_a_capability() -> None:
    assert set(LACKS) <= set(SWITCHES)


CALL = Call(
    path="a/b",
    needs=(
        Need(capability="lists"), Need(capability="uploads", use="pictures"),
        Need(capability="list_addressing", instead="they are named", given="uploads"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "expected", "count"),
    [
        ((), State.WORKS, 0),
        (("markers",), State.WORKS, 0),
        (("uploads",), State.PARTLY, 1),
        (("list_addressing",), State.PARTLY, 1),
        (("uploads", "list_addressing"), State.PARTLY, 1),
        (("lists", "uploads"), State.REFUSED, 1),
    ],
)
def test_state_of_a_call(missing: tuple[str, ...], expected: State, count: int) -> None:
    capabilities = msgspec.structs.replace(FULL, **dict.fromkeys(missing, False))
    assert (needs.state(CALL, capabilities), len(needs.lacking(CALL, capabilities))) == (expected, count)


def test_the_sentence_names_the_label_or_else_the_software() -> None:
    labelled = Capabilities(software="takahe", label="Takahē", lists=False)
    for capabilities, name in ((labelled, "Takahē"), (msgspec.structs.replace(labelled, label=""), "takahe")):
        with pytest.raises(Unsupported, match=f"^{name} has no lists of contacts.$"):
            needs.refuse(CALL, capabilities)


def test_needs_in_words() -> None:
    assert needs.words(CALL) == "lists, partly uploads, partly list_addressing"
    assert needs.words(Call(path="c")) == ""
