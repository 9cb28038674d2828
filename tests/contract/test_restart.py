"""What outlives the process and what outlives the store, end to end: `oldbird` as a process, HTTP on both sides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx

from tests.fake_notices import picture
from tests.mock_server import TOKENS, MockServer

OLDBIRD = [sys.executable, "-c", "from gateway.cli import main; raise SystemExit(main())"]
SECONDS = 60
PHOTOS = (
    ("Holiday 2020", "cat @bob.png", "our cat, #asleep @bob"),
    ("Holiday 2020", "dog.png", ""),
    ("Müll & 'so'", "x.png", "x"),
)


class Machine:
    """One data directory, and the commands run on it."""

    def __init__(self, folder: Path, mock: MockServer) -> None:
        self.data, self.mock = folder / "data", mock
        own = {name: value for name, value in os.environ.items() if not name.startswith("OLDBIRD_")}
        given = {"DATA_DIR": str(self.data), "PORT": "0", "ALLOW_HOSTS": mock.pair}
        self._environment = {**own, **{f"OLDBIRD_{name}": value for name, value in given.items()}}

    def link(self, name: str) -> str:
        """Link an account; its app password."""
        done = subprocess.run(
            [*OLDBIRD, "link", name, "--server", self.mock.url, "--token-file", "-"], env=self._environment,
            input=TOKENS[name], capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return password_in(done.stdout)

    @contextmanager
    def running(self, user: str, password: str) -> Iterator[Client]:
        """A client of a gateway that runs as long."""
        command = [*OLDBIRD, "serve"]
        with subprocess.Popen(command, env=self._environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            try:
                said = next((line for line in process.stderr if "Listening at" in line), None)
                assert said is not None, "oldbird serve ended at once"
                url = json.loads(said)["message"].removeprefix("Listening at ")
                with httpx.Client(base_url=url, auth=(user, password), trust_env=False, timeout=SECONDS) as client:
                    yield Client(client)
            finally:
                process.terminate()
                process.communicate(timeout=SECONDS)

    def lose_store(self) -> None:
        """The disk is gone; the server key was kept elsewhere."""
        for file in self.data.glob("oldbird.sqlite*"):
            file.unlink()


def password_in(text: str) -> str:
    """The app password among what `oldbird link` prints."""
    return next(line.split()[-1] for line in text.splitlines() if "assword" in line)


class Client:
    """Somebody's requests."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get(self, path: str, **query: Any) -> Any:
        """The decoded answer."""
        return self._done(self._http.get(f"/api/{path}.json", params=query or None))

    def post(self, path: str, files: Any = None, **form: Any) -> Any:
        """The same of a form."""
        return self._done(self._http.post(f"/api/{path}.json", data=form, files=files))

    def status(self, address: str) -> int:
        """What a picture's address answers to somebody without a login."""
        parts = urlsplit(address)
        return self._http.get(f"{parts.path}?{parts.query}", auth=None).status_code

    @staticmethod
    def _done(answer: httpx.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()

    def photos(self) -> dict[str, tuple[str, str, str]]:
        """Album, file name and description by id."""
        return {row["id"]: (row["album"], row["filename"], row["desc"]) for row in self.get("friendica/photos/list")}

    def rights(self) -> dict[str, str]:
        """Who may see each photo."""
        return {id: self.get("friendica/photo", photo_id=id)["allow_cid"] for id in self.photos()}

    def addresses(self) -> dict[str, str]:
        """Where each photo is looked at, signature included, without the host."""
        parts = {row["id"]: urlsplit(row["thumb"]) for row in self.get("friendica/photos/list")}
        return {id: f"{one.path}?{one.query}" for id, one in parts.items()}

    def albums(self) -> list[tuple[str, int]]:
        """Names and sizes."""
        return [(one["name"], one["count"]) for one in self.get("friendica/photoalbums")]

    def messages(self) -> list[tuple[int, str, int]]:
        """Id, conversation and seen mark."""
        told = self.get("direct_messages/all")
        return [(one["id"], one["friendica_parent_uri"], one["friendica_seen"]) for one in told]

    def notes(self) -> dict[int, int]:
        """Seen marks by id."""
        return {one["id"]: int(one["seen"]) for one in self.get("friendica/notifications")}

    def groups(self) -> list[tuple[int, str, list[int]]]:
        """Number, name, members."""
        told = self.get("friendica/group_show")
        return [(one["gid"], one["name"], [user["id"] for user in one["user"]]) for one in told]

    def posts(self) -> list[int]:
        """The newest ids."""
        return [one["id"] for one in self.get("statuses/home_timeline")]

    def kept(self) -> dict[str, Any]:
        """Everything that must be the same afterwards."""
        looks = (self.photos, self.rights, self.addresses, self.albums, self.messages, self.notes, self.groups)
        return {look.__name__: look() for look in (*looks, self.posts)}


def filled(client: Client, mock: MockServer) -> None:
    """Photos, a group, messages both ways, marks."""
    bob = client.get("users/show", screen_name="bob")["id"]
    client.post("friendica/group_create", name="Kin", json=json.dumps({"user": [{"cid": bob}]}))
    for number, (album, name, desc) in enumerate(PHOTOS):
        file = {"media": (name, picture(32, 20 + number), "image/png")}
        client.post("friendica/photo/create", files=file, album=album, desc=desc, allow_cid=f"<{bob}>")
    client.post("direct_messages/new", screen_name="bob", text="sent", title="A title")
    headers = {"Authorization": f"Bearer {TOKENS['bob']}"}
    for text, visibility in (("one", "direct"), ("two", "direct"), ("three", "public"), ("four", "public")):
        form = {"status": f"@alice {text}", "visibility": visibility}
        mock.client.post("/api/v1/statuses", headers=headers, data=form).raise_for_status()
    unread = [one["id"] for one in client.get("direct_messages")]
    assert client.get("friendica/direct_messages_setseen", id=unread[0])["result"] == "ok"
    client.post("friendica/notifications/seen", id=next(iter(client.notes())))


def test_a_restart_changes_nothing(tmp_path: Path, mock: MockServer) -> None:
    machine = Machine(tmp_path, mock)
    password = machine.link("alice")
    with machine.running("alice", password) as client:
        filled(client, mock)
        before = client.kept()
    assert [seen for *_, seen in before["messages"]].count(0) == 1
    assert 1 in before["notes"].values()
    assert 0 in before["notes"].values()
    with machine.running("alice", password) as client:
        assert client.kept() == before
        assert {client.status(address) for address in before["addresses"].values()} == {200}
        assert {client.status(address.partition("?")[0]) for address in before["addresses"].values()} == {404}


def test_a_lost_store_costs_no_photo(tmp_path: Path, mock: MockServer) -> None:
    machine = Machine(tmp_path, mock)
    with machine.running("alice", machine.link("alice")) as client:
        filled(client, mock)
        before = client.kept()
    machine.lose_store()
    with machine.running("alice", machine.link("alice")) as client:
        after = client.kept()
        assert after["photos"] == before["photos"]
        assert after["albums"] == before["albums"]
        bob = client.get("users/show", screen_name="bob")["id"]
        assert set(after["rights"].values()) == {f"<{bob}>"}
        assert [name for _, name, _ in after["groups"]] == ["Kin"]
        assert {client.status(address) for address in after["addresses"].values()} == {200}
