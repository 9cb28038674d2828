"""An old device, played by curl: a real gateway process without TLS before a real server with WebP and AVIF files."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.gateway import drawn
from tests.gateway.drawn import seen
from tests.gateway.test_serve import OLDBIRD, environment
from tests.mock_server import TOKENS, MockServer
from tests.secrets_used import header_of, register

PASSWORD = re.compile(r"(?:[a-z2-7]{4}-){6}[a-z2-7]{4}")


class Device(NamedTuple):
    """What it knows: the two addresses of the gateway and its password."""

    main: str
    plain: str
    password: str

    def curl(self, url: str, *options: str) -> bytes:
        """What curl prints."""
        return subprocess.run(["curl", "-s", "--noproxy", "*", *options, url], capture_output=True, check=True).stdout

    def call(self, base: str, path: str) -> str:
        """A reply to a signed-in call."""
        return self.curl(f"{base}/api/{path}", "-u", f"alice:{self.password}").decode()

    def status(self, url: str, *options: str) -> int:
        """What became of a request."""
        return int(self.curl(url, "-o", "/dev/null", "-w", "%{http_code}", *options))


def publish(mock: MockServer) -> None:
    """Alice's avatar is the server's drawing; her post has an AVIF and a WebP with a description."""
    alice, ids = {"Authorization": f"Bearer {TOKENS['alice']}"}, []
    for kind in ("avif", "webp"):
        file = {"file": (f"b.{kind}", drawn.drawn(1280, 960, kind.upper()), f"image/{kind}")}
        media = mock.client.post("/api/v2/media", headers=alice, files=file, data={"description": f"A {kind}"}).json()
        ids.append(media["id"])
    post = {"status": "look", "media_ids": ids}
    mock.client.post("/api/v1/statuses", headers=alice, json=post).raise_for_status()


@pytest.fixture
def device(tmp_path: Path, mock: MockServer) -> Iterator[Device]:
    publish(mock)
    settings = environment(tmp_path, plain_http="127.0.0.1:0", allow_hosts=mock.pair, base_url="https://gate.example")
    token = tmp_path / "token"
    token.write_text(TOKENS["alice"])
    link = ["link", "alice", "--server", mock.url, "--token-file", str(token), "--plain-http", "--pictures"]
    made = subprocess.run([*OLDBIRD, *link], env=settings, capture_output=True, text=True, check=True)
    (password,) = PASSWORD.findall(made.stdout)
    register(password, header_of("alice", password))
    with subprocess.Popen([*OLDBIRD, "serve"], env=settings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in iter(process.stderr.readline, "") if "Listening at" in line)
        main, plain = json.loads(line)["message"].removeprefix("Listening at ").split(" and, without TLS, ")
        yield Device(main, plain, password)
        process.terminate()
        process.stderr.read()


def test_it_loads_everything_without_tls(device: Device) -> None:
    check_pictures(device)
    check_other_letters(device)
    check_both_listeners(device)


def check_pictures(device: Device) -> None:
    (post, *_) = json.loads(device.call(device.plain, "statuses/user_timeline.json?include_entities=true"))
    avatar, (media, other) = post["user"]["profile_image_url"], [one["media_url"] for one in post["entities"]["media"]]
    for url in (avatar, media, other):
        assert url.startswith(f"{device.plain}/pictures/")
        assert len(url) < 200
    sizes = {avatar: 48, avatar.replace("_normal", "_bigger"): 73, avatar.replace("_normal", ""): 400,
             media: 1200, f"{media}:thumb": 150, f"{media}:large": 1280, f"{other}?name=small": 680}  # fmt: skip
    for url, width in sizes.items():
        image = seen(device.curl(url))
        assert (image.format, image.width) == ("PNG" if url.startswith(avatar[:-11]) else "JPEG", width)
    head = device.curl(media, "-I").decode().lower()
    tag = re.search(r"etag: (\S+)", head)
    assert tag is not None
    assert "content-type: image/jpeg" in head
    assert device.status(media, "-H", f"If-None-Match: {tag[1]}") == 304
    xml = device.call(device.plain, "statuses/user_timeline.xml")
    assert f"<profile_image_url>{avatar}</profile_image_url>" in xml
    assert f"{media} [A avif]" in xml


def check_other_letters(device: Device) -> None:
    (post, *_) = json.loads(device.call(device.plain, "statuses/user_timeline.json"))
    url = post["user"]["profile_image_url"]
    at = url.index("/pictures/") + len("/pictures/") + 3
    assert device.status(url) == 200
    assert device.status(url[:at] + ("A" if url[at] != "A" else "B") + url[at + 1 :]) == 404
    assert device.status(url.replace("_normal", "_9999x9999")) == 404
    assert device.status(f"{device.plain}/connect") == 403, "no page came along"


def check_both_listeners(device: Device) -> None:
    (post, *_) = json.loads(device.call(device.main, "statuses/user_timeline.json"))
    public = post["user"]["profile_image_url"]
    assert public.startswith("https://gate.example/pictures/")
    (plain, *_) = json.loads(device.call(device.plain, "statuses/user_timeline.json"))
    path = public.removeprefix("https://gate.example")
    assert plain["user"]["profile_image_url"] == device.plain + path, "one token for both"
    assert device.status(device.main + path) == 200
