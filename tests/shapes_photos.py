"""Shapes of photos and albums (wire-friendica.md section 8)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

KINDS = {
    "friendica/photo": "photo", "friendica/photo/create": "photo_create", "friendica/photo/update": "photo_update",
    "friendica/photo/delete": "photo_delete", "friendica/photos/list": "photos", "friendica/photoalbum": "photos",
    "friendica/photoalbums": "albums", "friendica/photoalbum/update": "photoalbum_update",
    "friendica/photoalbum/delete": "photoalbum_delete",
}  # fmt: skip
ITEMS = {"photos": "photo", "albums": "album"}
BARE = {"photos"}

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
ID = re.compile(r"[0-9a-f]{32}")
LINK = re.compile(r"https://gateway\.test/photo/([0-9a-f]{32})-([0-6])\.(?:jpg|png|gif|webp|avif)(\?sig=[\w-]+)?")
ACL = re.compile(r"(?:<[1-9]\d*>)*")
RIGHTS = ("allow_cid", "deny_cid", "allow_gid", "deny_gid")
ROW = ("id", "album", "filename", "type", "created", "edited", "desc", "thumb")
DETAIL = (
    "created", "edited", "title", "desc", "album", "filename", "type", "height", "width", "profile", *RIGHTS, "id",
    "link", "friendica_activities", "friendica_comments", "rights_mismatch",
)  # fmt: skip

Check = Callable[[Any, str], None]


def checks(activities: Callable[[Any], bool], status: Check) -> dict[str, Check]:
    """By kind."""

    def photo(document: Any, call: str) -> None:
        if "result" in document:
            _result(document, call)
            return
        _detail(document)
        assert activities(document["friendica_activities"])
        for comment in document["friendica_comments"]:
            status(comment, call)

    return {
        "photo": photo, "photo_create": photo, "photo_update": photo, "photo_delete": _result,
        "photoalbum_update": _result, "photoalbum_delete": _result, "photos": _rows, "albums": _albums,
    }  # fmt: skip


def _rows(document: Any, call: str) -> None:
    assert isinstance(document, list), call
    for row in document:
        assert tuple(row) == ROW
        assert all(isinstance(value, str) for value in row.values())
        _link(row["thumb"], row["id"])
        _common(row)


def _common(photo: Any) -> None:
    assert ID.fullmatch(photo["id"])
    assert photo["type"].startswith("image/")
    assert DATE.fullmatch(photo["created"])
    assert DATE.fullmatch(photo["edited"])
    assert photo["album"]


def _link(link: str, id: str) -> int:
    found = LINK.fullmatch(link)
    assert found, link
    assert found[1] == id
    return int(found[2])


def _detail(document: Any) -> None:
    data = document.get("data")
    names = tuple(name for name in document if name not in {"data", "datasize"})
    assert names == DETAIL, names
    if data is not None:
        assert next(iter(document)) == "data"
        assert len(base64.b64decode(data, validate=True)) == document["datasize"]
    _common(document)
    assert all(type(document[name]) is int for name in ("height", "width", "profile"))
    assert all(ACL.fullmatch(document[name]) for name in RIGHTS)
    assert document["rights_mismatch"] is False
    scales = [_link(link, document["id"]) for link in document["link"]]
    assert scales == sorted(set(scales))
    assert len(scales) == 1 if data is not None else len(scales) > 1


def _result(document: Any, call: str) -> None:
    assert set(document) == {"result", "message"}, call
    assert document["result"] in {"updated", "cancelled", "deleted"}
    assert "`" in document["message"]


def _albums(document: Any, call: str) -> None:
    for album in document:
        assert tuple(album) == ("name", "created", "count"), call
        assert DATE.fullmatch(album["created"])
        assert album["count"] > 0


def without_links(call: str, document: Any, root: etree._Element) -> Any:
    """What is left to compare in the usual way once attributes have been: None for lists of photos."""
    if KINDS.get(call) == "photos":
        assert dict(root.items()) == {"type": "array"}
        assert len(root) == len(document)
        for row, element in zip(document, root, strict=True):
            assert dict(element.items()) == {name: row[name] for name in ROW if name != "thumb"}
            assert element.text == row["thumb"]
        return None
    if isinstance(document, dict) and "link" in document:
        links = next(child for child in root if etree.QName(child).localname == "links")
        assert dict(links.items()) == {"type": "array"}
        assert [element.get("href") for element in links] == document["link"]
        assert [element.get("scale") for element in links] == [LINK.fullmatch(it)[2] for it in document["link"]]  # type: ignore[index]
        assert {element.get("type") for element in links} == {document["type"]}
        root.remove(links)
        return {name: value for name, value in document.items() if name != "link"}
    return document
