"""Linking an account with nothing but a browser."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import Browser
from tests.browser.gate import Gate

PASSWORD = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){6}")
ME = "/api/account/verify_credentials.json"


def linked(browser: Browser, name: str) -> str:
    """From the front page to the app password."""
    gate = browser.gate
    gate.unlinked(name)
    browser.open("/")
    browser.press("Link your account")
    browser.fill(server=f"@{name}@{gate.far.removeprefix('http://')}")
    browser.press("Continue to your server")
    browser.agree(name)
    assert (browser.path, browser.title) == ("/connect/done", "Your account is linked")
    password = browser.one("//*[@id='app-password']").text
    assert PASSWORD.fullmatch(password)
    return password


def test_a_handle_a_yes_and_a_password_shown_once(browser: Browser, gate: Gate) -> None:
    password = linked(browser, "carol")
    with gate.client("carol", password) as client:
        assert client.get(ME).json()["screen_name"] == "carol"
    browser.tell("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.button("Copy").click()
    read = "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))"
    assert browser.driver.execute_async_script(read) == password
    assert browser.one("//*[@class='copied']/*[@role='status']").text == "Copied."
    browser.driver.refresh()
    assert (browser.title, browser.all("//*[@id='app-password']")) == ("You are signed in", [])
    assert password not in browser.driver.page_source


def test_without_scripts_everything_works_and_no_button_is_shown_in_vain(browser: Browser, gate: Gate) -> None:
    browser.tell("Emulation.setScriptExecutionDisabled", value=True)
    browser.driver.refresh()
    password = linked(browser, "carol")
    assert [button.text for button in browser.all("//main//button") if button.is_displayed()] == []
    browser.press("Programs and app passwords")
    browser.fill(name="Without scripts")
    browser.press("Make an app password")
    assert browser.one("//*[@id='app-password']").text != password
    browser.press("Settings")
    assert [card.text for card in browser.all("//h3[text()='first' or text()='Without scripts']")] != []


def test_somebody_else_came_back(browser: Browser, gate: Gate) -> None:
    browser.open("/connect")
    browser.fill(server=f"@carol@{gate.far.removeprefix('http://')}")
    browser.press("Continue to your server")
    browser.agree("bob")
    assert browser.title == "That did not work"
    assert "You asked for carol" in browser.alert
    browser.press("Start again")
    assert browser.path == "/connect"


def test_a_no_at_the_server(browser: Browser, gate: Gate) -> None:
    browser.open("/connect")
    browser.fill(server=gate.far)
    browser.press("Continue to your server")
    state = browser.one("//input[@name='state']").get_attribute("value")
    back = browser.one("//input[@name='redirect_uri']").get_attribute("value")
    browser.open(f"{back}?error=access_denied&state={state}")
    assert browser.alert == "You did not allow it, so nothing was linked."


@pytest.mark.parametrize(
    ("typed", "said"), [("???", "Type the name of a server"), ("10.0.0.1", "private network"), ("localhost", "private")]
)
def test_what_is_no_server_is_said_beside_the_field(browser: Browser, typed: str, said: str) -> None:
    browser.open("/connect")
    browser.fill(server=typed)
    browser.press("Continue to your server")
    field = browser.field("Your server or your handle")
    assert field.get_attribute("value") == typed
    assert field.get_attribute("aria-invalid") == "true"
    assert said in browser.one("//*[@id='server-fault']").text
    browser.one("//*[@role='alert']//a").click()
    assert browser.driver.switch_to.active_element == field
