"""A program asks to be let in: what the person sees, in a real browser, and where she is sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.chromium import Browser
from tests.browser.gate import Gate
from tests.browser.programs import Place, Program, waiting

PERSON = "alice"


@pytest.fixture
def program(gate: Gate) -> Program:
    """One that nobody has let in yet."""
    return Program(gate, "Bird feeder")


@pytest.fixture
def place() -> Iterator[Place]:
    """Where people come back to."""
    with waiting() as place:
        yield place


@pytest.fixture
def alice(browser: Browser) -> Browser:
    """Signed in."""
    browser.sign_in(PERSON)
    return browser


def test_signing_in_with_an_app_password_then_a_number(browser: Browser, gate: Gate, program: Program) -> None:
    password = gate.password(PERSON, "for the page")
    browser.open(program.asks())
    assert browser.title == "Bird feeder asks for your account"
    browser.fill(login=PERSON, password="wrong")
    browser.press("Sign in")
    assert "do not belong together" in browser.alert
    assert browser.field("User name").get_attribute("value") == PERSON
    assert browser.field("An app password of yours").get_attribute("value") == ""
    browser.fill(password=password)
    browser.press("Sign in")
    assert "You are signed in as alice." in browser.text
    browser.press("Allow")
    assert browser.title == "Your number"
    program.enters(browser.one("//*[@id='pin']").text)
    assert program.me().json()["screen_name"] == PERSON


def test_signing_in_at_the_server_leads_back_to_the_question(browser: Browser, gate: Gate, program: Program) -> None:
    gate.linked("erin")
    page = program.asks()
    browser.open(page)
    browser.press("sign in at your own server.")
    browser.fill(server=gate.far)
    browser.press("Continue to your server")
    browser.agree("erin")
    assert browser.path == page
    assert "You are signed in as erin." in browser.text


def test_a_yes_leads_to_the_program(alice: Browser, program: Program, place: Place) -> None:
    alice.open(program.asks(place.url))
    assert f"you are sent to {urlsplit(place.url).netloc}." in alice.text
    alice.press("Allow")
    assert alice.url.startswith(f"{place.url}?")
    (query,) = place.queries
    assert query["oauth_token"] == program.token
    program.enters(query["oauth_verifier"])
    assert program.me().json()["screen_name"] == PERSON


def test_a_no_leads_to_the_program_too_and_lets_nobody_in(alice: Browser, program: Program, place: Place) -> None:
    page = program.asks(place.url)
    alice.open(page)
    alice.press("Refuse")
    assert parse_qs(urlsplit(alice.url).query) == {"denied": [program.token]}
    assert program.send("POST", "/oauth/access_token", verifier="x").status_code == 401
    alice.open(page)
    assert "is not known, was answered already" in alice.alert


def test_a_no_without_a_place(alice: Browser, program: Program) -> None:
    alice.open(program.asks())
    alice.press("Refuse")
    assert (alice.title, "Bird feeder was not let in." in alice.text) == ("Refused", True)


def test_of_two_tabs_the_last_word_counts(alice: Browser, program: Program) -> None:
    alice.open(program.asks())
    first = alice.driver.current_window_handle
    page = alice.url
    alice.driver.switch_to.new_window("tab")
    try:
        alice.driver.get(page)
        alice.press("Allow")
        number = alice.one("//*[@id='pin']").text
    finally:
        alice.driver.close()
        alice.driver.switch_to.window(first)
    alice.press("Refuse")
    assert alice.title == "Refused"
    assert program.send("POST", "/oauth/access_token", verifier=number).status_code == 401


def test_it_may_only_read(alice: Browser, program: Program) -> None:
    alice.open(program.asks())
    alice.field("It may only read").click()
    alice.press("Allow")
    program.enters(alice.one("//*[@id='pin']").text)
    assert program.me().status_code == 200
    assert program.send("POST", "/api/statuses/update.json?status=no").status_code == 403
