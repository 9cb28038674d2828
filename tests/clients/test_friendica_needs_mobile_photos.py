"""Friendica_mobile's photos (wire-friendica.md sections 16.1 and 8): a check for each of its needs."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from gateway.imaging import SIDES
from gateway.pictures import SIGNATURES
from tests.clients.gear import Demo
from tests.clients.needs import AfterChallenge, form, person, photo, read, refused, signed_in
from tests.clients.test_trap_uploads import noisy_png

PNG = SIGNATURES[0][1]


@pytest.fixture(scope="module")
def mobile(demo: Demo) -> Iterator[httpx.Client]:
    """The client, signed in as carol after a challenge."""
    with signed_in(demo, "carol", auth=AfterChallenge("carol", demo.users["carol"])) as web:
        yield web


@pytest.fixture(scope="module")
def shown(mobile: httpx.Client) -> dict[str, Any]:
    """A photo of 700 x 700 pixels, as photo.json shows it."""
    body = form({"album": "Shown"}, "media", noisy_png(700)).sent
    made = read(mobile.post("/api/friendica/photo/create.json", **body))
    found: dict[str, Any] = read(mobile.get("/api/friendica/photo.json", params={"photo_id": made["id"]}))
    return found


def test_rows_of_the_list_are_strings_or_null_in_the_keys_it_reads(mobile: httpx.Client) -> None:
    made = photo(mobile, "Listed", desc="a description")
    rows = {row["id"]: row for row in read(mobile.get("/api/friendica/photos/list.json"))}
    row = rows[made["id"]]
    assert (row["album"], row["filename"], row["type"], row["desc"]) == (
        "Listed", "green.png", "image/png", "a description",
    )  # fmt: skip
    for key in ("created", "edited"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row[key])
    assert mobile.get(row["thumb"]).content.startswith(PNG)


def test_links_are_an_array_of_addresses_that_end_in_id_and_scale(shown: dict[str, Any]) -> None:
    ends = [urlsplit(link).path.rpartition("/")[2] for link in shown["link"]]
    assert ends == [f"{shown['id']}-{scale}.png" for scale in range(4)]


def test_links_lead_to_the_sizes_they_name(mobile: httpx.Client, shown: dict[str, Any]) -> None:
    for scale, link in enumerate(shown["link"]):
        answer = mobile.get(link, auth=None)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
        side = int.from_bytes(answer.content[16:20], "big")
        assert side == (SIDES[scale] or 700)


@pytest.mark.parametrize("scale", range(4))
def test_data_comes_with_a_scale_as_base64(mobile: httpx.Client, shown: dict[str, Any], scale: int) -> None:
    found = read(mobile.get("/api/friendica/photo.json", params={"photo_id": shown["id"], "scale": scale}))
    data = base64.b64decode(found["data"], validate=True)
    assert data.startswith(PNG)
    assert found["datasize"] == len(data)
    assert found["width"] == found["height"] == int.from_bytes(data[16:20], "big") == (SIDES[scale] or 700)
    assert found["link"] == [shown["link"][scale]]


def test_no_data_without_a_scale(shown: dict[str, Any]) -> None:
    assert not {"data", "datasize"} & set(shown)


@pytest.mark.parametrize("query", ["photo_id=" + "0" * 32, "photo_id=none", "photo_id={id}&scale=6"])
def test_404_is_not_found(mobile: httpx.Client, shown: dict[str, Any], query: str) -> None:
    refused(mobile.get(f"/api/friendica/photo.json?{query.format(id=shown['id'])}"), 404, "Not Found")


def test_public_is_four_empty_strings(shown: dict[str, Any]) -> None:
    assert [shown[key] for key in ("allow_cid", "deny_cid", "allow_gid", "deny_gid")] == [""] * 4


def test_rights_mismatch_is_a_boolean_and_activities_hold_arrays(shown: dict[str, Any]) -> None:
    assert shown["rights_mismatch"] is False
    assert {type(people) for people in shown["friendica_activities"].values()} == {list}
    assert shown["friendica_comments"] == []


def test_the_date_of_a_change_has_its_exact_pattern(shown: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", shown["edited"])


def test_rights_go_both_ways_and_close_the_picture(mobile: httpx.Client) -> None:
    made, cid = photo(mobile, "Rights"), person(mobile, "bob")["cid"]
    fields = {"photo_id": made["id"], "album": "Rights", "allow_cid": f"<{cid}>", "allow_gid": "", "deny_gid": ""}
    assert read(mobile.post("/api/friendica/photo/update.json", **form(fields).sent))["result"] == "updated"
    found = read(mobile.get("/api/friendica/photo.json", params={"photo_id": made["id"]}))
    assert [found[key] for key in ("allow_cid", "deny_cid", "allow_gid", "deny_gid")] == [f"<{cid}>", "", "", ""]
    assert mobile.get(made["link"][0], auth=None).status_code == 404
    assert mobile.get(found["link"][0], auth=None).status_code == 200


ERRORS: tuple[tuple[str, str, dict[str, str], bool, int, str], ...] = (
    ("POST", "photo/create.json", {}, False, 400, "no albumname specified"),
    ("POST", "photo/create.json", {"album": "A"}, False, 400, "no media data submitted"),
    ("POST", "photo/create.json", {"album": "A", "allow_cid": "<7>"}, True, 400, "acl data invalid"),
    ("POST", "photo/create.json", {"album": "A", "media": "no picture"}, False, 500, "unable to process image data"),
    ("POST", "photo/update.json", {"photo_id": "0" * 32, "album": "A"}, False, 400, "photo not available"),
    ("POST", "photo/update.json", {"photo_id": "{id}", "album": "Other"}, False, 400, "photo not available"),
    ("DELETE", "photo/delete.json", {}, False, 400, "no photo_id specified"),
    ("DELETE", "photo/delete.json?photo_id=0123", {}, False, 400, "photo not available"),
    ("DELETE", "photoalbum/delete.json", {}, False, 400, "no albumname specified"),
    ("DELETE", "photoalbum/delete.json?album=none", {}, False, 400, "album not available"),
    ("POST", "photoalbum/update.json", {}, False, 400, "no albumname specified"),
    ("POST", "photoalbum/update.json?album=none", {}, False, 400, "no new albumname specified"),
    ("POST", "photoalbum/update.json?album=none&album_new=x", {}, False, 400, "album not available"),
)


@pytest.mark.parametrize(("method", "path", "fields", "file", "status", "text"), ERRORS)
def test_errors_are_found_in_the_raw_body(
    mobile: httpx.Client, shown: dict[str, Any], method: str, path: str, fields: dict[str, str], file: bool,
    status: int, text: str,
) -> None:  # fmt: skip
    given = {key: value.format(id=shown["id"]) for key, value in fields.items()}
    body = form(given, "media" if file else "", noisy_png(8)).sent if method == "POST" and given else {}
    answer = mobile.request(method, f"/api/friendica/{path}", **body)
    refused(answer, status, text)
    assert text.encode() in answer.content


def test_what_is_too_large_says_so_in_its_words(mobile: httpx.Client) -> None:
    body = form({"album": "Large"}, "media", PNG + b"\0" * 2**24).sent
    answer = mobile.post("/api/friendica/photo/create.json", **body)
    refused(answer, 500, "image size exceeds Friendica config setting (uploaded size: 16 MB)")


def test_a_changed_photo_says_so_in_its_words(mobile: httpx.Client) -> None:
    made = photo(mobile, "Words")
    for more, text in (
        ({}, "Nothing to update for image id `{id}`."),
        ({"desc": "new"}, "Image id `{id}` has been updated."),
        ({"album_new": "Words 2"}, "Image id `{id}` has been updated."),
    ):
        answer = mobile.post(
            "/api/friendica/photo/update.json", **form({"photo_id": made["id"], "album": "Words", **more}).sent
        )
        read(answer)
        assert text.format(id=made["id"]).encode() in answer.content


def test_a_new_file_gives_the_photo_itself(mobile: httpx.Client) -> None:
    made = photo(mobile, "File")
    body = form({"photo_id": made["id"], "album": "File"}, "media", noisy_png(16)).sent
    found = read(mobile.post("/api/friendica/photo/update.json", **body))
    assert (found["id"], found["width"], found["album"]) == (made["id"], 16, "File")


def test_an_album_is_renamed_by_the_query_of_a_post_and_deleted_by_that_of_a_delete(mobile: httpx.Client) -> None:
    made = photo(mobile, "Before")
    answer = mobile.post("/api/friendica/photoalbum/update.json?album=Before&album_new=After")
    assert read(answer)["result"] == "updated"
    assert b"album `Before` with all containing photos has been renamed to `After`." in answer.content
    answer = mobile.delete("/api/friendica/photoalbum/delete.json?album=After&timestamp=22.11.2026%2008:00")
    assert read(answer)["result"] == "deleted"
    assert b"album `After` with all containing photos has been deleted." in answer.content
    assert mobile.get("/api/friendica/photo.json", params={"photo_id": made["id"]}).status_code == 404


def test_a_photo_is_deleted_by_the_query_of_a_delete(mobile: httpx.Client) -> None:
    made = photo(mobile, "Doomed")
    answer = mobile.delete(f"/api/friendica/photo/delete.json?photo_id={made['id']}")
    assert read(answer)["result"] == "deleted"
    assert f"photo with id `{made['id']}` has been deleted from server.".encode() in answer.content


def test_a_profile_picture_is_the_part_called_image(demo: Demo) -> None:
    with signed_in(demo, "dave", auth=AfterChallenge("dave", demo.users["dave"])) as web:
        answer = web.post("/api/account/update_profile_image.json", **form({}, "image", noisy_png(64)).sent)
        assert read(answer)["screen_name"] == "dave"


def test_pictures_as_base64_text_are_taken_too(mobile: httpx.Client) -> None:
    data = noisy_png(24)
    fields = {"album": "Base64", "media": base64.b64encode(data).decode()}
    made = read(mobile.post("/api/friendica/photo/create", data=fields))
    found = read(mobile.get("/api/friendica/photo", params={"photo_id": made["id"], "scale": "0"}))
    assert base64.b64decode(found["data"]) == data
