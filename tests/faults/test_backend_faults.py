"""Whatever the far side does, the client gets a documented error in its format, and nothing is posted twice."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from adapters import errors
from tests import shapes
from tests.faults.calls import CALLS, CASES, FORMATS, PICTURE, WITHOUT_BACKEND, forget, good, send
from tests.gateway_harness import TOKEN, Answer, Ground

SECRET = "sekrit-of-the-backend"
"""Stands where an adapter's cause would carry a URL or a token: behind the error, never in a reply."""


def broken(kind: type[errors.BackendError], *args: Any) -> errors.BackendError:
    error = kind("The server has a problem.", *args)
    error.__cause__ = OSError(SECRET)
    return error


ERRORS: dict[str, tuple[errors.BackendError, set[int]]] = {
    "bad answer": (broken(errors.BadAnswer), {502, 504}),
    "unavailable": (broken(errors.Unavailable, 30), {503}),
    "slow": (broken(errors.Slow), {504}),
    "unknown outcome": (broken(errors.OutcomeUnknown), {504}),
    "rate limited": (broken(errors.RateLimited, 30), {429}),
    "token gone": (broken(errors.TokenGone), {403}),
    "refused": (broken(errors.Refused), {403}),
    "missing": (broken(errors.Missing), {400, 403, 404}),
    "rejected": (broken(errors.Rejected), {400, 404}),
    "unsupported": (broken(errors.Unsupported), {501}),
}
SPECIAL: dict[tuple[str, str], int] = {
    ("missing", "friendica/photo/delete"): 200,  # gone, as was asked for
    ("missing", "friendships/lookup"): 200,  # unknown people are left out
    ("missing", "friendica/notifications/seen"): 200,  # seen, and there is no status to show
    ("rejected", "friendica/photo/create"): 500,  # documented: image upload failed
    ("rejected", "friendica/photo/update"): 500,  # documented: update photo entry in database failed
}
"""Kind of error and call to what is said to it."""
RAWS = (b"", b"<html><body>502 Bad Gateway</body></html>", b'{"native":', b"null", b"[]", b"\xff\xfe", b'{"native":5}')


def check(ground: Ground, answer: Answer) -> None:
    """An answer that may be shown to anybody."""
    shown = answer.body.decode() + str(answer.headers)
    for secret in (SECRET, TOKEN, "Traceback", *ground.passwords.values()):
        assert secret not in shown
    if answer.status not in {200, 302}:
        shapes.validate_error(answer.status, answer.format, answer.body, answer.headers)


@pytest.mark.anyio
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ERRORS)
async def test_every_call_turns_every_error_into_its_reply(ground: Ground, kind: str, format: str) -> None:
    error, statuses = ERRORS[kind]
    requests = {call: await good(ground, call) for call in CALLS}
    for call, request in requests.items():
        if format not in call.formats:
            continue
        await forget(ground)
        ground.wire.faults.clear()
        ground.wire.fail(error, times=60)
        answer = await send(ground, call, request, format)
        expected = {SPECIAL[kind, call.path]} if (kind, call.path) in SPECIAL else statuses
        if call.path in WITHOUT_BACKEND:  # but whose account's link is broken has nothing
            expected = {200, 302, 403} if call.auth and kind == "token gone" else {200, 302}
        assert answer.status in expected, (call.path, answer.status, answer.body)
        check(ground, answer)
        if answer.status in {429, 503}:
            assert answer.headers["retry-after"] == "30"


@pytest.mark.anyio
@pytest.mark.parametrize("raw", RAWS, ids=lambda raw: raw[:12].decode("latin-1") or "nothing")
async def test_unreadable_statuses_are_dropped_or_a_502(ground: Ground, raw: bytes) -> None:
    ground.world.post("bob", "hello @alice")
    for call, format in CASES:
        ground.wire.faults.clear()
        request = await good(ground, call)
        ground.wire.garble(raw, times=60)
        answer = await send(ground, call, request, format)
        assert answer.status in {200, 302, 400, 404, 502, 504}, (call.path, answer.status, answer.body)
        check(ground, answer)


@pytest.mark.anyio
async def test_one_unreadable_status_does_not_spoil_its_page(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("first", "second"):
        ground.world.post("bob", text)
    backend = ground.connections.of("alice")
    home = backend.home

    async def spoiled(window: Any) -> Any:
        page = await home(window)
        if not page.items:
            return page
        bad = type(page.items[0])(raw=b"{", read=page.items[0].read)
        return type(page)(items=(page.items[0], bad, *page.items[1:]), older=page.older)

    monkeypatch.setattr(backend, "home", spoiled)
    assert (await ground.get("statuses/home_timeline")).texts == ["second", "first"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "after"), [*((kind, False) for kind in ERRORS if kind != "token gone"), ("unknown outcome", True)]
)
async def test_nothing_is_posted_twice(ground: Ground, kind: str, after: bool) -> None:
    """A client that repeats itself after an error that says nothing about the outcome finds its post, once."""
    uncertain = kind == "unknown outcome"
    ground.world.now, ground.world.step = int(time.time() * 1000) - 1000, 1
    ground.wire.fail(ERRORS[kind][0], "post", after=after)
    answers = [await ground.post("statuses/update", status="once") for _ in range(3)]
    assert len(ground.world.posts) <= 1
    assert ground.wire.count("post") == (1 if uncertain else 2)
    expected = 200 if after else 504 if uncertain else None
    assert {answer.status for answer in answers} == {expected or answers[0].status, expected or 200}


@pytest.mark.anyio
async def test_an_unreadable_answer_to_a_post_is_looked_for(ground: Ground) -> None:
    ground.world.now, ground.world.step = int(time.time() * 1000) - 1000, 1
    ground.wire.garble(b"<html>", "post")
    answers = [await ground.post("statuses/update", status="once") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert (len(ground.world.posts), ground.wire.count("post")) == (1, 1)


@pytest.mark.anyio
async def test_a_failed_upload_posts_nothing(ground: Ground) -> None:
    ground.wire.fail(errors.OutcomeUnknown("no answer"), "upload")
    files = [("media", ("a.png", PICTURE)), ("media", ("b.png", PICTURE + b"x"))]
    reply = await ground.post("statuses/update_with_media", status="with pictures", files=files)
    assert (reply.status, ground.wire.count("post")) == (504, 0)
    assert (await ground.post("statuses/update_with_media", status="with pictures", files=files)).status == 200
    assert ground.wire.count("post") == 1


@pytest.mark.anyio
async def test_nothing_secret_is_logged(ground: Ground, caplog: pytest.LogCaptureFixture) -> None:
    """Everything a failing day writes: no app password, no token, no words of the far side."""
    caplog.set_level(logging.DEBUG)
    requests = {call: await good(ground, call) for call in CALLS}
    for error, _ in ERRORS.values():
        for call, request in requests.items():
            ground.wire.faults.clear()
            ground.wire.fail(error, times=60)
            await send(ground, call, request, "json")
    await ground.request("GET", "statuses/home_timeline", user="alice", password=f"x{ground.passwords['alice']}x")
    written = "\n".join(f"{record.getMessage()} {record.exc_text or ''} {vars(record)}" for record in caplog.records)
    assert written
    for secret in (TOKEN, *ground.passwords.values()):
        assert secret not in written
