"""Site documents and feeds."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mappings import feeds, hub, site, trees
from mappings.trees import Cursors
from tests.mappings.samples import NUMBERS, account, status, variant

ATOM = "{http://www.w3.org/2005/Atom}"


SITE = hub.Site(title="Gate", email="a@b", max_chars=5000, logo="https://there.example/l.png")


def test_config_has_every_key_and_type() -> None:
    found: dict[str, object] = site.config_tree(SITE, base_url="https://gw.example")["site"]
    friendica = found.pop("friendica")
    assert isinstance(friendica, dict)
    assert {key: type(value) for key, value in friendica.items()} == {
        "FRIENDICA_PLATFORM": str, "FRIENDICA_VERSION": str, "DFRN_PROTOCOL_VERSION": str, "DB_UPDATE_VERSION": int,
    }  # fmt: skip
    assert found == {
        "name": "Gate", "server": "gw.example", "theme": "default", "path": "", "logo": "https://there.example/l.png",
        "fancy": True, "language": "en", "email": "a@b", "broughtby": "", "broughtbyurl": "", "timezone": "UTC",
        "closed": "false", "inviteonly": False, "private": "false", "textlimit": "5000", "sslserver": "gw.example",
        "ssl": "true", "shorturllength": "30",
    }  # fmt: skip


def test_a_closed_site_without_tls() -> None:
    found = site.config_tree(hub.Site(closed=True), base_url="http://gw.example")["site"]
    assert (found["closed"], found["ssl"], found["sslserver"]) == ("true", "false", "")


def test_limits_in_both_forms() -> None:
    numbers = {"limit": 150, "remaining": 149, "reset": 1609785600}
    assert site.rate_limit_json(**numbers) == {
        "reset_time_in_seconds": 1609785600, "remaining_hits": "149", "hourly_limit": "150",
        "reset_time": "Mon Jan 04 18:40:00 +0000 2021",
    }  # fmt: skip
    root = etree.fromstring(trees.xml_bytes("hash", site.rate_limit_xml(**numbers)))
    assert [(node.tag, node.get("type"), node.text) for node in root] == [
        ("remaining-hits", "integer", "149"),
        ("hourly-limit", "integer", "150"),
        ("reset-time", "datetime", "2021-01-04T18:40:00Z"),
        ("reset_time_in_seconds", "integer", "1609785600"),
    ]


def test_ids() -> None:
    assert site.ids_tree([1, 2], stringify=False, cursors=None) == [1, 2]
    assert site.ids_tree([1, 2], stringify=True, cursors=None) == ["1", "2"]
    envelope = site.ids_tree([1], stringify=False, cursors=Cursors(2, 0, 5))
    assert (envelope["ids"], envelope["next_cursor_str"], envelope["total_count"]) == ([1], "2", 5)


def test_errors_serve_every_reader() -> None:
    tree = site.error_tree("gone", "api/x.json", "404 Not Found", 34)
    assert tree["status"] == {"error": "gone", "request": "api/x.json", "code": "404 Not Found"}
    assert {key: tree[key] for key in ("error", "request", "code")} == tree["status"]
    assert tree["errors"] == [{"code": 34, "message": "gone"}]


def test_an_upload() -> None:
    tree = site.media_tree(id=9, size=3, width=2, height=1, mime="image/png", preview="https://p.example/")
    assert (tree["media_id"], tree["media_id_string"]) == (9, "9")
    assert tree["image"] == {"w": 2, "h": 1, "image_type": "image/png", "friendica_preview_url": "https://p.example/"}


BOOST = status("101", reblog_of=status("90", account=account("3", "ann"), content="<p>words</p>"), content="")
Render = Callable[..., bytes]


def feed(render: Render, *posts: hub.Status) -> etree._Element:
    data = render(
        posts, variant("xml"), NUMBERS, title="Home", self_url="https://gw.example/api/x.rss?a=1&b=2", owner="me"
    )
    assert data.startswith(b"<?xml ")
    assert data.count(b"<?xml") == 1
    assert data.endswith(b">\n")
    return etree.fromstring(data)


def test_rss() -> None:
    channel = feed(feeds.rss, status(place=hub.Place(lat=1.5, long=2.5)), BOOST)[0]
    assert channel.findtext("title") == "Home (me)"
    first, second = channel.iter("item")
    assert first.findtext("title") == "bob: Found a valve radio"
    assert first.findtext("description") == "<p>Found a valve radio</p>"
    assert first.findtext("link") == "https://there.example/@bob/100"
    assert first.findtext("pubDate") == "Tue, 05 Jan 2021 18:20:00 +0000"
    assert first.findtext("{http://www.georss.org/georss}point") == "1.5 2.5"
    assert second.findtext("title") == "bob: RT @ann: words"
    assert first.findtext("guid") != second.findtext("guid")


def test_atom() -> None:
    root = feed(feeds.atom, status(edited_at="2022-01-01T00:00:00Z", in_reply_to="99"), BOOST)
    assert root.findtext(f"{ATOM}updated") == "2021-01-05T18:20:00Z"
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Found a valve radio"
    assert entry.findtext(f"{ATOM}published") == "2021-01-05T18:20:00Z"
    assert entry.findtext(f"{ATOM}updated") == "2022-01-01T00:00:00Z"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "bob (Bob Builder)"
    info = entry.find("{http://status.net/schema/api/1/}notice_info")
    assert info is not None
    assert (info.get("local_id"), info.get("source")) == ("100", "Tusky")
    ids = [node.text for node in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids) == 3


@pytest.mark.parametrize("render", [feeds.rss, feeds.atom])
def test_a_feed_of_nothing(render: Render) -> None:
    assert len(feed(render)) > 0


@pytest.mark.parametrize("render", [feeds.rss, feeds.atom])
@given(text=st.text(st.characters(exclude_categories=()), max_size=12))
def test_any_text_is_well_formed(render: Render, text: str) -> None:
    post = status(content=text, title=text, source=text, url=text, account=account(username=text or "x"))
    assert feed(render, post) is not None


def test_error_documents_can_be_read() -> None:
    root = etree.fromstring(trees.xml_bytes("status", site.error_xml("a < b", "api/x.xml?id=9", "400 Bad Request")))
    assert [etree.QName(node).localname for node in root] == ["error", "request", "code"]
    assert msgspec.json.decode(trees.json_bytes(site.error_tree("é", "r", "400 Bad Request", 1)))["error"] == "é"
