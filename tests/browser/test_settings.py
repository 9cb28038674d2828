"""The settings in a real browser: devices, programs, linking again, taking one's data out, leaving."""

from __future__ import annotations

import json
import time

import pytest
from selenium.webdriver.support.select import Select

from tests.browser.chromium import PATIENCE, Browser
from tests.browser.gate import Gate
from tests.browser.programs import Program

ME = "/api/account/verify_credentials.json"
PERSON = "bob"


@pytest.fixture
def bob(browser: Browser, gate: Gate) -> Browser:
    """Somebody freshly linked, in the settings."""
    gate.linked(PERSON)
    browser.sign_in(PERSON)
    browser.open("/settings")
    return browser


def code(gate: Gate, password: str, name: str = PERSON) -> int:
    """What an app password gets."""
    with gate.client(name, password) as client:
        return client.get(ME).status_code


def cards(browser: Browser) -> list[str]:
    """The headings of the cards."""
    return [card.text for card in browser.all("//ul[@class='cards']//h3")]


def test_a_device_is_added_and_revoked(bob: Browser, gate: Gate) -> None:
    bob.field("Name of the program or device").send_keys("Old telephone")
    bob.field("It may only read").click()
    bob.press("Make an app password")
    assert (bob.path, bob.title) == ("/settings/password", "A new app password")
    password = bob.one("//*[@id='app-password']").text
    bob.driver.refresh()
    assert password not in bob.driver.page_source
    assert code(gate, password) == 200
    with gate.client(PERSON, password) as client:
        assert client.post("/api/statuses/update.json", data={"status": "no"}).status_code == 403
    bob.press("Settings")
    assert sorted(cards(bob)) == ["Old telephone", "first"]
    bob.press("Revoke Old telephone")
    assert (bob.path, cards(bob)) == ("/settings", ["first"])
    assert code(gate, password) == 401


def test_a_device_is_made_for_a_client_and_for_another_one_later(bob: Browser, gate: Gate) -> None:
    bob.field("Name of the program or device").send_keys("Old telephone")
    Select(bob.one("//*[@id='dialect']")).select_by_visible_text("DiCa")
    bob.press("Make an app password")
    opened = bob.one("//details[@open]")
    assert opened.text.splitlines()[0] == "DiCa"
    assert gate.url in opened.text
    bob.press("Settings")
    card = "//li[h3='Old telephone']"
    bob.one(f"{card}//summary").click()
    Select(bob.one(f"{card}//select")).select_by_visible_text("Raccoon for Friendica")
    assert bob.complaints() == []
    bob.press("Change the program of Old telephone")
    assert "Raccoon for Friendica" in [fact.text for fact in bob.all(f"{card}//dl/dd")]


def test_going_back_to_a_form_that_was_sent_adds_nothing(bob: Browser) -> None:
    bob.fill(name="Old telephone")
    bob.press("Make an app password")
    bob.leave(bob.driver.back)
    assert bob.path == "/settings"
    bob.driver.refresh()
    assert sorted(cards(bob)) == ["Old telephone", "first"]


def test_a_consumer_is_made_used_and_removed(bob: Browser, gate: Gate) -> None:
    bob.press("Programs that sign in with OAuth")
    bob.fill(name="My bot")
    bob.press("Make it")
    assert cards(bob) == ["My bot"]
    key, secret = (
        bob.one(f"//li[h3='My bot']//dt[.='{name}']/following-sibling::dd[1]").text for name in ("Key", "Secret")
    )
    program = Program(gate, "unused")
    program.consumer = type(program.consumer)(key=key, secret=secret, name="My bot")
    bob.open(program.asks())
    bob.press("Allow")
    program.enters(bob.one("//*[@id='pin']").text)
    assert program.me().json()["screen_name"] == PERSON
    bob.open("/settings/oauth")
    assert cards(bob) == ["My bot", "My bot"]
    bob.press("Revoke My bot")
    assert cards(bob) == ["My bot"]
    assert program.me().status_code == 401
    bob.press("Remove My bot")
    assert cards(bob) == []


def test_a_broken_link_is_told_to_the_client_shown_here_and_mended(browser: Browser, gate: Gate) -> None:
    password = gate.broken(PERSON)
    with gate.client(PERSON, password) as client:
        told = client.get(ME)
        assert told.status_code == 403
        assert gate.url in told.json()["error"]
    browser.sign_in(PERSON)
    browser.open("/settings")
    assert "Nothing is lost." in browser.alert
    browser.press("Link this account again")
    browser.fill(server=gate.far)
    browser.press("Continue to your server")
    browser.agree(PERSON)
    assert (browser.path, browser.all("//*[@role='alert']")) == ("/settings", [])
    assert code(gate, password) == 200, "the old app password goes on working"


def test_the_file_with_ones_data(bob: Browser) -> None:
    bob.button("Download it").click()
    end = time.monotonic() + PATIENCE
    while not (found := list(bob.downloads.glob("*.ndjson"))):
        assert time.monotonic() < end, "nothing was downloaded"
        time.sleep(0.02)  # nothing tells when a file is there
    assert [path.name for path in found] == [f"oldbird-{PERSON}.ndjson"]
    assert all(isinstance(json.loads(line), dict | list) for line in found[0].read_text().splitlines())
    assert bob.path == "/settings"


def test_leaving(browser: Browser, gate: Gate) -> None:
    password = gate.linked("dave").password
    browser.sign_in("dave")
    browser.open("/settings")
    browser.press("Unlink the account and delete everything")
    browser.fill(login="davy")
    browser.press("Delete everything")
    assert "That is not your login name." in browser.alert
    browser.fill(login="dave")
    browser.press("Delete everything")
    assert (browser.path, browser.title) == ("/left", "Deleted")
    assert gate.account("dave") is None
    assert code(gate, password, "dave") == 401
    browser.open("/settings")
    assert browser.path.startswith("/connect?next=")


def test_signing_out(bob: Browser) -> None:
    cookie = bob.cookies()["__Host-oldbird"]
    bob.leave(bob.one("//header//button").click)
    assert bob.cookies().get("__Host-oldbird") != cookie
    bob.open("/settings")
    assert bob.path.startswith("/connect?next=")


def test_what_is_wrong_is_said_in_the_persons_language_and_beside_the_field(bob: Browser) -> None:
    bob.speak("de")
    bob.open("/settings/oauth")
    bob.fill(name="Futterhaus", callback="javascript:alert(1)")
    bob.submit("/settings/oauth")
    assert "Gib eine ganze Adresse ein" in bob.one("//*[@id='callback-fault']").text
    bob.one("//*[@role='alert']//a").click()
    active = bob.driver.switch_to.active_element
    assert (active.get_attribute("id"), active.get_attribute("aria-invalid")) == ("callback", "true")
    assert bob.field("Name des Programms").get_attribute("value") == "Futterhaus"
