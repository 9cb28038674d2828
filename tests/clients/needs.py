"""What the tests of needs have in common: a login that waits for the challenge, forms, replies of declared shape."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Generator, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2 as httpx

from gateway.logins import Device, Logins
from gateway.services import open_gateway
from gateway.settings import Settings
from gateway.vault import open_vault
from tests import shapes
from tests.clients.gear import Demo
from tests.clients.test_trap_uploads import noisy_png
from tests.secrets_used import header_of, register

BOUNDARY = "----------638993916651"
"""Friendica_mobile's: ten dashes and digits."""
API_DATE = "%a %b %d %H:%M:%S %z %Y"


class AfterChallenge(httpx.Auth):
    """Sends the password only when asked for it by a Basic challenge, as .NET and urllib do."""

    requires_request_body = True

    def __init__(self, name: str, password: str) -> None:
        self.value = f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """First without, then with."""
        answer = yield request
        if answer.status_code == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
            request.headers["Authorization"] = self.value
            yield request


def signed_in(demo: Demo, name: str, **given: Any) -> httpx.Client:
    """A client that sends the password at once."""
    options = {"auth": (name, demo.users[name.lower()]), "trust_env": False, "timeout": 30, "follow_redirects": False}
    return httpx.Client(base_url=demo.base_url, **{**options, **given})


async def device(demo: Demo, name: str, preset: str) -> str:
    """The app password of a further device, as `oldbird password add --client` makes it beside the running demo."""
    async with open_gateway(Settings(data_dir=demo.data_dir)) as gateway:
        vault = await open_vault(demo.data_dir, gateway.store)
        logins = Logins(gateway.store, vault, gateway.connections)
        linked = await logins.add(name, Device(name=preset, dialect=preset), password=demo.users[name])
    register(linked.password, header_of(name, linked.password))
    return linked.password


def read(answer: httpx.Response) -> Any:
    """A successful JSON reply of the shape its call declares."""
    assert answer.status_code == 200, answer.text
    url = urlsplit(str(answer.url))
    body = answer.content.replace(f"{url.scheme}://{url.netloc}/".encode(), b"https://gateway.test/")
    shapes.validate(shapes.call_of(url.path), "json", body)
    return answer.json() if answer.content else None


def read_as_usual(answer: httpx.Response) -> Any:
    """A successful JSON reply that has the declared shape once a client's own forms are taken out of it."""
    assert answer.status_code == 200, answer.text
    found, url = answer.json(), urlsplit(str(answer.url))
    call = shapes.call_of(url.path)
    if call != "direct_messages/destroy":  # of which usually nothing is told
        body = json.dumps(usual(call, found)).replace(f"{url.scheme}://{url.netloc}/", "https://gateway.test/")
        shapes.validate(call, "json", body.encode())
    return found


def usual(call: str, found: Any) -> Any:
    """What everybody would be told."""
    if call in {"friendica/photoalbums", "friendica/photoalbum"} and isinstance(found, dict):
        (found,) = found.values()
    return [_usual(row) for row in found] if isinstance(found, list) else _usual(found)


def _usual(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {"friendica_seen", "seen", "height", "width", "profile", *(("id",) if "friendica_seen" in row else ())}
    told = {key: int(value) if key in numbers else value for key, value in row.items()}
    if "wrong users" in told:
        told["wrong users"] = [one["cid"] if isinstance(one, dict) else one for one in told["wrong users"]]
    return told


def refused(answer: httpx.Response, status: int, text: str) -> None:
    """An error of the declared shape that says `text`."""
    assert answer.status_code == status, answer.text
    shapes.validate_error(status, "json", answer.content, dict(answer.headers))
    assert answer.json()["error"] == text


class Form(NamedTuple):
    """A multipart body as Friendica_mobile writes it."""

    content: bytes
    headers: dict[str, str]

    @property
    def sent(self) -> dict[str, Any]:
        """As arguments of a request."""
        return {"content": self.content, "headers": self.headers}


def form(fields: Mapping[str, str], file: str = "", data: bytes = b"") -> Form:
    """Text `fields`, and `data` as the file part called `file`."""
    parts = [(f'name="{name}"', "", value.encode()) for name, value in fields.items()]
    if file:
        parts.append((f'name="{file}"; filename="green.png"', "Content-Type: image/png\r\n", data))
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {said}\r\n{more}\r\n".encode() + value + b"\r\n"
        for said, more, value in parts
    )
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return Form(body + f"--{BOUNDARY}--\r\n".encode(), kind)


def person(web: httpx.Client, name: str) -> dict[str, Any]:
    """A user by name."""
    found: dict[str, Any] = read(web.get("/api/users/show.json", params={"screen_name": name}))
    return found


def members(*cids: int, name: str = "") -> dict[str, str]:
    """The form field that names the members of a group."""
    return {"json": json.dumps({"name": name, "gid": 0, "user": [{"cid": cid} for cid in cids]})}


@cache
def _stream(web: httpx.Client) -> dict[str, int]:
    page = web.get("/api/statuses/home_timeline.json?count=200").json()
    return {one["text"][:21]: one["id"] for one in page}


def stream_id(web: httpx.Client, number: int) -> int:
    """Id of a seeded post that no other test acts on."""
    return _stream(web)[f"Stream post number {number:02}"]


def stream_post(web: httpx.Client, number: int) -> dict[str, Any]:
    """The post itself as it is in the timeline now."""
    query = {"count": "1", "max_id": str(stream_id(web, number))}
    (found,) = read(web.get("/api/statuses/home_timeline.json", params=query))
    return dict(found)


def message(web: httpx.Client, text: str, to: str, **fields: str) -> dict[str, Any]:
    """A sent message, its text plain."""
    data = {"text": text, "screen_name": to, **fields}
    sent: dict[str, Any] = read(web.post("/api/direct_messages/new.json?getText=plain", data=data))
    return sent


def photo(web: httpx.Client, album: str, **fields: str) -> dict[str, Any]:
    """A new photo of 8 x 8 pixels."""
    sent = form({"album": album, **fields}, "media", noisy_png(8)).sent
    made: dict[str, Any] = read(web.post("/api/friendica/photo/create.json", **sent))
    return made


def is_api_date(text: str) -> bool:
    """The exact pattern of API dates, English names and two digits for the day."""
    return re.fullmatch(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}", text) is not None
