"""Who may link: the operator's choice, before anything is asked of anybody, and again when somebody came back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.settings import Settings
from gateway.throttle import place
from gateway.web.admission import Admission
from gateway.web.limits import Turns
from gateway.web.notices import Notice
from tests.adapters.far_server import FarServer
from tests.gateway.far_side import Clock
from tests.web.browser import site_on
from tests.web.far import TOKEN, answered, forms

pytestmark = pytest.mark.anyio

SERVERS = {"sign_up": "instances", "sign_up_instances": ("https://Social.example/", "lab.example:8443")}
PEOPLE = {"sign_up": "people", "sign_up_people": ("@Alice@social.example", "bob@lab.example:8443")}


def may_start(choice: dict[str, Any], host: str, handle: str = "") -> bool:
    """Somebody new may begin."""
    try:
        Admission(Settings(**choice)).check_start({host}, handle, ())
    except Notice:
        return False
    return True


def may_come(choice: dict[str, Any], host: str, username: str, *, known: bool = False) -> bool:
    """Somebody who came back may be linked."""
    try:
        Admission(Settings(**choice)).check_person(host, username, known=known)
    except Notice:
        return False
    return True


@pytest.mark.parametrize(
    ("choice", "host", "handle", "allowed"),
    [
        ({}, "any.example", "", True),
        ({"sign_up": "closed"}, "any.example", "", False),
        (SERVERS, "social.example", "", True),
        (SERVERS, "social.example:8443", "", False),
        (SERVERS, "lab.example:8443", "x@lab.example:8443", True),
        (SERVERS, "evil.social.example", "", False),
        (PEOPLE, "social.example", "", True),
        (PEOPLE, "social.example", "alice@social.example", True),
        (PEOPLE, "social.example", "carol@social.example", False),
        (PEOPLE, "other.example", "", False),
    ],
)
def test_who_may_begin(choice: dict[str, Any], host: str, handle: str, allowed: bool) -> None:
    assert may_start(choice, host, handle) is allowed


@pytest.mark.parametrize(
    ("choice", "host", "username", "allowed"),
    [
        ({}, "any.example", "x", True), ({"sign_up": "closed"}, "any.example", "x", False),
        (SERVERS, "social.example", "x", True), (SERVERS, "other.example", "x", False),
        (PEOPLE, "social.example", "ALICE", True), (PEOPLE, "social.example", "bob", False),
        (PEOPLE, "lab.example:8443", "bob", True), (PEOPLE, "lab.example", "bob", False),
    ],
)  # fmt: skip
def test_who_may_come(choice: dict[str, Any], host: str, username: str, allowed: bool) -> None:
    assert may_come(choice, host, username) is allowed
    assert may_come(choice, host, username, known=True)


async def test_closed_for_new_people_open_for_those_who_are_linked(tmp_path: Path, far: FarServer) -> None:
    async with site_on(tmp_path / "data", [far.pair], sign_up="closed") as site:
        shown = await site.browser().refused(far.pair)
        assert (shown.status, "takes no new people" in shown.alert) == (403, True)
        assert far.asked == []
    async with site_on(tmp_path / "data", [far.pair]) as site:
        browser = site.browser()
        await browser.back(answered(await browser.depart(far.pair)))
    async with site_on(tmp_path / "data", [far.pair], sign_up="closed") as site:
        browser = site.browser()
        assert (await browser.back(answered(await browser.depart(far.pair)))).title == "You are signed in"
        assert "takes no new people" in (await site.browser().open("/connect")).text
        far.on("GET", "/api/v1/accounts/verify_credentials", json={"id": "99", "username": "new", "acct": "new"})
        stranger = site.browser()
        assert (await stranger.back(answered(await stranger.depart(far.pair)))).status == 403
        assert forms(far, "/oauth/revoke")[-1]["token"] == TOKEN
        assert len(await site.gateway.store.accounts()) == 1


async def test_the_page_names_the_servers_that_may(tmp_path: Path) -> None:
    async with site_on(tmp_path / "data", **SERVERS) as site:
        browser = site.browser()
        assert "for people of: lab.example:8443, social.example." in (await browser.open("/connect")).text
        assert "only for people of" in (await browser.refused("other.example")).alert


def test_turns_come_back_with_time() -> None:
    clock = Clock()
    turns = Turns(2, 60.0, clock)
    assert [turns.take("192.0.2.1") for _ in range(3)] == [0, 0, 61]
    assert turns.take("192.0.2.2") == 0
    clock.now += 61
    assert turns.take("192.0.2.1") == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"), ("2001:db8::ffff:1", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("", ""), ("unix:", "unix:"),
    ],
)  # fmt: skip
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert place(address) == counted
