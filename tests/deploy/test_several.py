"""Two gateways on one Redis behind nginx, while one of them is killed and started again: no id changes, no request is
answered wrongly, no post is made twice."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.deploy.gateways import Running, environment, fill, link, until
from tests.mock_server import TOKENS, MockServer
from tests.nginx_server import Front, nginx

POSTS, PAGE = 24, 8
HOME = "/api/statuses/home_timeline.json"
UNSURE = {502, 504}
"""What a write is told whose gateway was killed under it."""


class Walker:
    """A client that pages through the home timeline both ways, over and over. `seen`: text -> its ids."""

    def __init__(self, front: Front, password: str) -> None:
        self.client = httpx.Client(
            base_url=front.url, auth=("alice", password), verify=front.trust, trust_env=False, timeout=30
        )
        self.seen: dict[str, set[int]] = {}
        self.wrong: list[str] = []
        self.rounds = self.requests = 0

    def page(self, **query: int) -> list[dict[str, Any]]:
        """One page; anything but a right answer is noted."""
        answer = self.client.get(HOME, params={"count": PAGE, **query})
        self.requests += 1
        if answer.status_code != 200:
            self.wrong.append(f"{query}: {answer.status_code} {answer.text[:100]}")
            return []
        found: list[dict[str, Any]] = answer.json()
        ids = [post["id"] for post in found]
        if ids != sorted(ids, reverse=True):
            self.wrong.append(f"{query}: out of order")
        for post in found:
            self.seen.setdefault(post["text"], set()).add(post["id"])
        return found

    def walk(self) -> None:
        """Down to the oldest by max_id, then up again by since_id."""
        page, down = self.page(), []
        while page:
            down += page
            page = self.page(max_id=page[-1]["id"] - 1)
        texts = [post["text"] for post in down]
        if len(set(texts)) != len(texts):
            self.wrong.append("a post came twice on the way down")
        mark = down[2 * PAGE]["id"] if len(down) > 2 * PAGE else 0
        newer = {post["id"] for post in self.page(since_id=mark, count=200)} if mark else set()
        if mark and (min(newer) <= mark or not {post["id"] for post in down[: 2 * PAGE]} <= newer):
            self.wrong.append("not what is newer came by since_id")
        self.rounds += 1


class Poster:
    """A client that posts numbered texts. `made`: those it was told of, `unsure`: those it could not be told of."""

    def __init__(self, front: Front, password: str) -> None:
        self.client = httpx.Client(
            base_url=front.url, auth=("alice", password), verify=front.trust, trust_env=False, timeout=30
        )
        self.made: dict[str, int] = {}
        self.unsure: list[str] = []
        self.wrong: list[str] = []

    def post(self) -> None:
        """The next one."""
        text = f"said number {len(self.made) + len(self.unsure)}"
        answer = self.client.post("/api/statuses/update.json", data={"status": text})
        if answer.status_code == 200:
            self.made[text] = answer.json()["id"]
        elif answer.status_code in UNSURE:
            self.unsure.append(text)
        else:
            self.wrong.append(f"{text}: {answer.status_code} {answer.text[:100]}")


class Busy(threading.Thread):
    """Does one thing again and again until told."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work, self.enough, self.error = work, threading.Event(), ""

    def run(self) -> None:
        """In its thread."""
        while not self.enough.is_set():
            try:
                self._work()
            except httpx.TransportError as error:
                self.error = repr(error)
                return


def texts_of(mock: MockServer) -> Counter[str]:
    """What alice has posted, and how often."""
    headers, found = {"Authorization": f"Bearer {TOKENS['alice']}"}, Counter[str]()
    me = mock.client.get("/api/v1/accounts/verify_credentials", headers=headers).json()["id"]
    query: dict[str, Any] = {"limit": 40}
    while page := mock.client.get(f"/api/v1/accounts/{me}/statuses", params=query, headers=headers).json():
        found.update(post["content"].removeprefix("<p>").removesuffix("</p>") for post in page)
        query["max_id"] = page[-1]["id"]
    return found


def listing(running: Running, password: str) -> Any:
    """The home timeline of one of them."""
    query = {"count": 200}
    answer = httpx.get(running.url + HOME, params=query, auth=("alice", password), trust_env=False, timeout=30)
    assert answer.status_code == 200
    return [(post["id"], post["text"]) for post in answer.json()]


@pytest.fixture
def settings(tmp_path: Path, mock: MockServer, redis_url: str) -> dict[str, str]:
    """Of both: they share Redis and the folder of the key."""
    return environment(
        tmp_path / "data", store=redis_url, allow_hosts=mock.pair, trusted_proxies="127.0.0.1", request_seconds="10"
    )


def test_a_gateway_is_killed_and_comes_back(tmp_path: Path, settings: dict[str, str], mock: MockServer) -> None:
    password = link(settings, mock)
    assert len(list(fill(mock, POSTS))) == POSTS
    gateways = [Running(settings), Running(settings)]
    first, second = (found.url.removeprefix("http://") for found in gateways)
    places = {
        "listen 443 ssl": "listen 127.0.0.1:{port} ssl",
        "/etc/ssl/gate.example": "{folder}/gate",
        "127.0.0.1:8091": first,
        "127.0.0.1:8092": second,
    }
    try:
        with nginx(tmp_path, "", sample="nginx-several.conf", places=places) as front:
            walker, poster = Walker(front, password), Poster(front, password)
            with walker.client, poster.client:
                walker.walk()
                threads = [Busy(walker.walk), Busy(poster.post)]
                for thread in threads:
                    thread.start()
                try:
                    go_on(walker, poster)
                    gateways[0].signal(signal.SIGKILL)
                    assert gateways[0].end() == -signal.SIGKILL
                    go_on(walker, poster)
                    gateways[0] = Running({**settings, "OLDBIRD_PORT": first.rpartition(":")[2]})
                    until(
                        lambda: gateways[0].number('oldbird_requests_total{call="statuses/home_timeline",status="2xx"}')
                    )
                    go_on(walker, poster)
                finally:
                    for thread in threads:
                        thread.enough.set()
                        thread.join(30)
        assert [thread.error for thread in threads] == ["", ""]
        assert walker.wrong + poster.wrong == []
        assert {text: ids for text, ids in walker.seen.items() if len(ids) > 1} == {}
        posted = texts_of(mock)
        assert {text: number for text, number in posted.items() if number > 1} == {}
        assert set(poster.made) <= set(posted)
        assert len(poster.unsure) <= 1
        assert all(walker.seen.get(text, {id}) == {id} for text, id in poster.made.items())
        assert listing(gateways[0], password) == listing(gateways[1], password)
    finally:
        stopped = [found.stop() for found in gateways]
    assert stopped == [0, 0]


def go_on(walker: Walker, poster: Poster) -> None:
    """Until both clients have come some way further."""
    rounds, made = walker.rounds + 1, len(poster.made) + 3
    until(lambda: (walker.rounds >= rounds and len(poster.made) >= made) or walker.wrong or poster.wrong)


def test_workers_share_an_address_and_are_replaced(tmp_path: Path, mock: MockServer) -> None:
    """`workers` on one SQLite file: each answers, each counts for itself, one that dies is started anew."""
    settings = environment(tmp_path / "data", allow_hosts=mock.pair, workers="3")
    password = link(settings, mock)
    running = Running(settings, workers=3)
    try:
        auth, processes = ("alice", password), set[str]()

        def ask() -> int:
            reply = httpx.get(running.url + HOME, auth=auth, trust_env=False, timeout=30)
            assert reply.status_code == 200
            processes.add(reply.headers["x-request-id"].partition("-")[0])
            return len(processes)

        until(lambda: ask() == 3)
        asked = [
            running.number('oldbird_requests_total{call="statuses/home_timeline",status="2xx"}', at) for at in range(3)
        ]
        assert min(asked) >= 1
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
        assert len(children) == 3
        os.kill(int(children[1]), signal.SIGKILL)
        assert "is started anew" in running.wait_for("Worker ")
        running.wait_for("Listening at")
        until(lambda: ask() == 4)
    finally:
        status = running.stop()
    assert status == 0
    assert "Traceback" not in "".join(running.said)
