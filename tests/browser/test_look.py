"""Every page, on a phone and at a desk, light and dark, in English and German: axe-core finds nothing, all of it fits.

OLDBIRD_TEST_SCREENSHOTS names a folder that pictures of all pages are put into.
"""

from __future__ import annotations

import base64
import itertools
import os
from pathlib import Path

import pytest

from tests.browser.chromium import DESK, PHONE, Browser
from tests.browser.pages import PAGES

FOLDER = os.environ.get("OLDBIRD_TEST_SCREENSHOTS", "")
LOOKS = {"en": ((PHONE, False), (DESK, True)), "de": ((PHONE, True),)}
"""What axe-core sees: both schemes of every page, and longer words where there is least room."""


def pictured(browser: Browser, name: str) -> None:
    """The whole page as a file."""
    shot = browser.tell("Page.captureScreenshot", captureBeyondViewport=True)
    Path(FOLDER, f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page(browser: Browser, name: str, language: str) -> None:
    browser.speak(language)
    PAGES[name](browser)
    assert browser.one("/html").get_attribute("lang") == language
    for size, dark in LOOKS[language]:
        browser.look(size, dark=dark)
        assert browser.overflow() <= 0
        assert browser.complaints() == []
    for size, dark in itertools.product((PHONE, DESK), (False, True)) if FOLDER else ():
        browser.look(size, dark=dark)
        pictured(browser, f"{name}-{language}-{size[0]}{'-dark' if dark else ''}")


def test_the_scheme_is_the_one_that_is_preferred(browser: Browser) -> None:
    browser.open("/")
    seen = []
    for dark in (False, True):
        browser.look(dark=dark)
        seen.append(browser.run("return getComputedStyle(document.body).backgroundColor"))
    assert seen == ["rgb(251, 250, 247)", "rgb(21, 25, 26)"]


def test_what_is_wrong_would_be_noticed(browser: Browser) -> None:
    browser.open("/connect")
    browser.run("document.querySelector('main p').style.color = '#aaa'")
    (complaint,) = browser.complaints()
    assert complaint.startswith("color-contrast")
    browser.run("document.querySelector('main').style.width = '3000px'")
    assert browser.overflow() > 1000
    browser.run("document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.example/x.png', alt: ''}))")
    browser.run("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    browser.run("setTimeout(() => { throw new Error('from a script') })")
    browser.driver.execute_async_script("setTimeout(arguments[0])")
    told = browser.console()
    wanted = ("img-src", "script-src", "from a script")
    assert [any(words in line for line in told) for words in wanted] == [True, True, True], told
