"""`oldbird demo`: what it prints, what it seeds, and that nothing is left of it."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import httpx2 as httpx
import pytest

from gateway import demo
from gateway.demo_seed import ACTIONS, GOLDEN, GOLDEN_MESSAGES, GOLDEN_PEOPLE, PEOPLE, POSTS, picture, seed
from gateway.problems import Problem
from mappings.carriers import HEAD
from tests.clients.gear import clean_environment, running_demo


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_ends_without_a_trace(number: signal.Signals) -> None:
    with running_demo() as (found, process):
        assert set(found.users) == set(PEOPLE)
        login = ("erin", found.users["erin"])
        answer = httpx.get(f"{found.base_url}/api/account/verify_credentials.json", auth=login, trust_env=False)
        assert answer.json()["name"] == "Erin Extra"
        assert set(found.consumer) == {"key", "secret"}
        assert httpx.get(f"{found.backend_url}/api/v1/instance", trust_env=False).status_code == 200
        folder = found.data_dir.parent
        assert found.data_dir.is_dir()
        process.send_signal(number)
        assert process.wait(20) == 0
        assert not folder.exists()
    for url in found.base_url, found.backend_url:
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, trust_env=False)


def test_an_interrupt_while_starting_ends_everything(tmp_path: Path) -> None:
    """A fake interpreter stands for the far server: it says its process id and never answers."""
    python, said, folder = tmp_path / "python", tmp_path / "said", tmp_path / "temporary"
    python.write_text(f"#!/bin/sh\necho $$ > {said}\nexec sleep 600\n")
    python.chmod(0o700)
    os.mkfifo(said)
    folder.mkdir()
    environ = {**clean_environment(), demo.MOCK_VARIABLE: str(python), "TMPDIR": str(folder)}
    handle = os.open(said, os.O_RDONLY | os.O_NONBLOCK)
    command = [Path(sys.executable).with_name("oldbird"), "demo", "--port", "0"]
    with os.fdopen(handle) as pipe, subprocess.Popen(command, env=environ) as process:
        assert select.select([pipe], [], [], 60)[0]
        far = int(pipe.readline())
        assert len(list(folder.iterdir())) == 1
        process.terminate()
        assert process.wait(20) == 0
    assert list(folder.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(far, 0)


def _failed(*arguments: str, **environ: str) -> str:
    command = [Path(sys.executable).with_name("oldbird"), "demo", *arguments]
    done = subprocess.run(
        command, env={**clean_environment(), **environ}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_without_the_far_server_it_says_what_to_do(tmp_path: Path) -> None:
    assert "make demo" in _failed("--port", "0", OLDBIRD_MOCK_PYTHON=str(tmp_path / "nowhere"))


def test_a_far_server_that_cannot_start_is_named() -> None:
    assert "did not start" in _failed("--port", "0", OLDBIRD_MOCK_PYTHON="/bin/false")


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = _failed("--port", port)
    assert port in line
    assert "(oldbird demo --port)" in line
    assert line.count("\n") == 1


def test_people_read_logins_address_and_commands() -> None:
    users = {name: f"{name}-password" for name in PEOPLE}
    consumer = {"key": "ck", "secret": "cs"}
    ready = demo.Demo(base_url="http://127.0.0.1:1", backend_url="http://127.0.0.1:2", users=users, consumer=consumer)
    text = demo.described(ready)
    assert "consumer key ck  secret cs" in text
    assert "alice-password" not in repr(ready)
    assert "alice-password" in text
    assert "bob-password" in text
    assert "curl -u alice:alice-password 'http://127.0.0.1:1/api/" in text
    assert "http://127.0.0.1:1/connect" in text


@pytest.mark.anyio
async def test_the_seed_fills_a_server(tmp_path: Path) -> None:
    tokens = {name: f"token-of-{name}" for name in PEOPLE}
    async with demo.running_mock(tmp_path / "mock", tokens) as url:
        natives = await seed(url, tokens)
        assert list(natives) == sorted(natives, key=lambda name: int(natives[name]))
        assert set(natives) == {post.name for post in POSTS} | {"alice_boost", "bob_boost"}
        async with httpx.AsyncClient(base_url=f"{url}/api/v1", trust_env=False) as web:
            web.headers["Authorization"] = f"Bearer {tokens['alice']}"
            asking = (await web.get("/follow_requests")).json()
            assert [account["username"] for account in asking] == ["erin"]
            first = (await web.get(f"/statuses/{natives['first']}")).json()
            assert (first["favourites_count"], first["account"]["display_name"]) == (2, "Alice Example")
            assert first["account"]["locked"] is False
            titled = (await web.get(f"/statuses/{natives['titled']}")).json()
            assert titled["spoiler_text"] == "A proper title"
            red = (await web.get(f"/statuses/{natives['red']}")).json()
            assert (await web.get(red["media_attachments"][0]["url"])).content[:4] == b"\x89PNG"
            question = (await web.get(f"/statuses/{natives['question']}")).json()
            assert question["visibility"] == "direct"


def test_the_tables_name_each_other() -> None:
    names = {post.name for post in POSTS}
    assert len(names) == len(POSTS)
    photos = {post.name for post in POSTS if post.text.startswith(HEAD)}
    assert {*GOLDEN.values(), *GOLDEN_MESSAGES.values()} == names - photos
    assert len(photos) == 3
    assert set(GOLDEN_PEOPLE.values()) < set(PEOPLE)
    assert {post.answers for post in POSTS} - {""} <= names
    assert {(after, *action[2:]) for after, actions in ACTIONS.items() for action in actions} <= {
        (after, name) for after in names for name in names
    }


def test_a_picture_is_a_png_of_one_colour() -> None:
    data = picture((1, 2, 3), 5, 4)
    start = data.index(b"IDAT") + 4
    length = int.from_bytes(data[start - 8 : start - 4])
    assert zlib.decompress(data[start : start + length]) == (b"\0" + bytes((1, 2, 3)) * 5) * 4


def test_a_problem_is_one_sentence_for_the_operator() -> None:
    assert issubclass(demo.DemoProblem, Problem)
