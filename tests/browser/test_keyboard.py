"""With the keyboard alone: every place can be reached, in order, and is seen when it is."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import Browser
from tests.browser.gate import Gate
from tests.browser.pages import PAGES

RING = """
const style = getComputedStyle(document.activeElement), box = document.activeElement.getBoundingClientRect();
return [style.outlineStyle, parseFloat(style.outlineWidth), box.width > 0 && box.height > 0 && box.bottom > 0
        && box.top < innerHeight && box.right > 0 && box.left < innerWidth];
"""
REACHABLE = """
return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(one => one.type !== "hidden" && !one.hidden && one.checkVisibility())
"""
ACTIVE = "return document.activeElement"


def press(browser: Browser, *keys: str) -> None:
    """One after the other."""
    ActionChains(browser.driver, duration=0).send_keys(*keys).perform()


@pytest.mark.parametrize("name", ["front", "connect", "settings", "programs", "done", "consent", "consent_unknown"])
def test_tab_visits_everything_in_order_and_each_is_seen(browser: Browser, name: str) -> None:
    PAGES[name](browser)
    wanted = browser.run(REACHABLE)
    assert len(wanted) > 3
    for element in wanted:
        press(browser, Keys.TAB)
        assert browser.run(ACTIVE) == element, element.get_attribute("outerHTML")
        style, width, seen = browser.run(RING)
        assert (style, width >= 2, seen) == ("solid", True, True), element.get_attribute("outerHTML")


def test_the_first_tab_offers_to_skip(browser: Browser) -> None:
    browser.open("/connect")
    press(browser, Keys.TAB)
    skip = browser.run(ACTIVE)
    assert skip.text == "Skip to the content"
    press(browser, Keys.ENTER)
    assert browser.run(ACTIVE) == browser.one("//main")
    press(browser, Keys.TAB)
    assert browser.run(ACTIVE) == browser.field("Your server or your handle")


def test_an_account_is_linked_and_a_device_added_without_a_mouse(browser: Browser, gate: Gate) -> None:
    gate.unlinked("carol")
    browser.open("/connect")
    press(browser, *[Keys.TAB] * 4)
    assert browser.run(ACTIVE) == browser.field("Your server or your handle")
    browser.leave(lambda: press(browser, f"@carol@{gate.far.removeprefix('http://')}", Keys.ENTER))
    browser.agree("carol")
    copy, link = browser.button("Copy"), browser.button("Programs and app passwords")
    while browser.run(ACTIVE) != copy:
        press(browser, Keys.TAB)
    press(browser, Keys.TAB)
    assert browser.run(ACTIVE) == link
    browser.leave(lambda: press(browser, Keys.ENTER))
    while browser.run(ACTIVE) != browser.field("Name of the program or device"):
        press(browser, Keys.TAB)
    press(browser, "By keyboard", Keys.TAB, Keys.TAB, Keys.SPACE)
    assert browser.field("It may only read").is_selected()
    browser.leave(lambda: press(browser, Keys.TAB, Keys.ENTER))
    assert browser.title == "A new app password"
