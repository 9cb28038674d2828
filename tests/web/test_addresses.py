"""From what people type to the server they mean."""

from __future__ import annotations

import pytest

from gateway.web.addresses import Wanted, base_urls, wanted
from gateway.web.notices import Notice
from gateway.web.visits import own_path


@pytest.mark.parametrize(
    ("typed", "host", "user"),
    [
        ("social.example", "social.example", ""),
        (" Social.Example. ", "social.example", ""),
        ("social.example:8443", "social.example:8443", ""),
        ("https://social.example", "social.example", ""),
        ("https://social.example/", "social.example", ""),
        ("https://social.example/@alice", "social.example", "alice"),
        ("social.example/@alice/", "social.example", "alice"),
        ("https://social.example/@bob@other.example", "other.example", "bob"),
        ("https://social.example/about?x=1#y", "social.example", ""),
        ("@alice@social.example", "social.example", "alice"),
        ("alice@social.example", "social.example", "alice"),
        ("acct:alice@social.example", "social.example", "alice"),
        ("\u2066@alice@social.example\u2069", "social.example", "alice"),
        ("@Zo\u00eb@m\u00fcnchen.example", "xn--mnchen-3ya.example", "Zo\u00eb"),
        ("203.0.113.7", "203.0.113.7", ""),
        ("[2001:DB8::1]:8443", "[2001:db8::1]:8443", ""),
    ],
)
def test_what_is_meant(typed: str, host: str, user: str) -> None:
    found = wanted(typed)
    assert (found.host, found.user) == (host, user)


@pytest.mark.parametrize(
    ("meant", "allowed", "urls"),
    [
        (Wanted("social.example"), [], ["https://social.example"]),
        (Wanted("social.example:443"), [], ["https://social.example"]),
        (Wanted("social.example:8443"), [], ["https://social.example:8443"]),
        (Wanted("social.example", scheme="http"), [], ["https://social.example"]),
        (Wanted("8.8.8.8"), [], ["https://8.8.8.8"]),
        (Wanted("127.0.0.1:3000"), ["127.0.0.1:3000"], ["http://127.0.0.1:3000", "https://127.0.0.1:3000"]),
        (Wanted("127.0.0.1:3000", scheme="https"), ["127.0.0.1:3000"], ["https://127.0.0.1:3000"]),
        (Wanted("lab"), ["lab:80"], ["https://lab", "http://lab"]),
        (Wanted("lab", scheme="http"), ["lab:80"], ["http://lab", "https://lab"]),
        (Wanted("[::1]:3000"), ["[::1]:3000"], ["http://[::1]:3000", "https://[::1]:3000"]),
    ],
)
def test_where_to_look(meant: Wanted, allowed: list[str], urls: list[str]) -> None:
    assert base_urls(meant, allowed) == urls


@pytest.mark.parametrize(
    "meant",
    [
        *map(Wanted, ["127.0.0.1", "lab:3000", "10.1.2.3:3000", "[fd00::1]", "printer.local", "a.localhost"]),
        Wanted("localhost"), Wanted("lab", scheme="https"), Wanted("lab", user="alice"),
    ],
)  # fmt: skip
def test_private_places(meant: Wanted) -> None:
    with pytest.raises(Notice, match="private"):
        base_urls(meant, ["127.0.0.1:1"])


@pytest.mark.parametrize("allowed", [["127.0.0.1:1"], ["lab:3000"], []])
def test_a_word_is_no_private_place(allowed: list[str]) -> None:
    with pytest.raises(Notice, match="no_server"):
        base_urls(wanted("lab"), allowed)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/settings", True), ("/settings/oauth?x=1", True), ("/oauth/authorize?oauth_token=a%20b", True),
        ("/api/oauth/authenticate?oauth_token=a", True), ("/settingsx", False), ("//evil.example", False),
        ("/settings\n", False), ("https://evil.example/settings", False), ("", False), ("/settings/\u00e4", False),
        ("/settings?" + "x" * 2000, False), ("/\\settings", False),
    ],
)  # fmt: skip
def test_pages_to_go_on_to(path: str, own: bool) -> None:
    assert own_path(path) == (path if own else "")
