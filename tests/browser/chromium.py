"""A real headless Chromium (Debian's chromium and chromium-driver) that reaches nothing but this machine.

The fixtures are in `tests.browser.fixtures`.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.gate import COOKIE, Gate

BINARY, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
PATIENCE = 20.0
PHONE, DESK = (320, 640), (1280, 900)
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--no-proxy-server", "--hide-scrollbars", "--lang=en-US",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,PasswordManagerOnboarding",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)  # fmt: skip
ADDRESSES = itertools.count(1)
OVERFLOW = "return document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


@cache
def axe() -> str:
    """The source of axe-core."""
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None, "axe-core is missing: make test installs it"
    assert found.origin is not None
    return Path(found.origin).with_name("axe.min.js").read_text("utf-8")


def fingerprint(certificate: Path) -> str:
    """What Chromium calls a certificate that it is to take: Base64 of the SHA-256 of its public key."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    return base64.b64encode(
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()


class Browser:
    """What a person does with it. Texts of labels and buttons are matched whole."""

    def __init__(self, driver: webdriver.Chrome, gate: Gate, downloads: Path) -> None:
        self.driver, self.gate, self.downloads = driver, gate, downloads
        self.address = f"198.51.100.{next(ADDRESSES) % 250 + 1}"

    def tell(self, command: str, **given: Any) -> Any:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, given)

    def fresh(self) -> None:
        """Without a past, from an address of its own, as wide as a desk, in English and light."""
        self.driver.get("about:blank")
        self.tell("Network.clearBrowserCookies")
        self.tell("Emulation.setScriptExecutionDisabled", value=False)
        self.tell("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))
        self.speak("en")
        self.look(DESK)
        self.driver.get_log("browser")

    def speak(self, language: str) -> None:
        """The language that the browser asks for."""
        self.tell("Network.enable")
        headers = {"Accept-Language": language, "X-Forwarded-For": self.address}
        self.tell("Network.setExtraHTTPHeaders", headers=headers)

    def look(self, size: tuple[int, int] = DESK, *, dark: bool = False) -> None:
        """Size of the window in CSS pixels, and what the person prefers."""
        shape = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.tell("Emulation.setDeviceMetricsOverride", **shape)
        preferred = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.tell("Emulation.setEmulatedMedia", features=[preferred, still])

    def sign_in(self, name: str) -> None:
        """As somebody who has linked an account before."""
        self.tell(
            "Network.setCookie", name=COOKIE, value=self.gate.session(name), url=self.gate.url, path="/", secure=True,
            httpOnly=True, sameSite="Lax",
        )  # fmt: skip

    def open(self, path: str) -> None:
        """A page of the gateway, or of elsewhere."""
        self.driver.get(path if "://" in path else self.gate.url + path)

    @property
    def url(self) -> str:
        """Where it is."""
        return self.driver.current_url

    @property
    def path(self) -> str:
        """The same without the gateway's address."""
        return self.url.removeprefix(self.gate.url)

    @property
    def title(self) -> str:
        """The heading."""
        return self.one("//h1").text

    @property
    def text(self) -> str:
        """What can be read in the main part."""
        return self.one("//main").text

    @property
    def alert(self) -> str:
        """What went wrong."""
        return self.one("//*[@role='alert']").text

    def all(self, xpath: str) -> list[WebElement]:
        """Every such element."""
        return self.driver.find_elements(By.XPATH, xpath)

    def one(self, xpath: str) -> WebElement:
        """The first one; the page's words are in the error when there is none."""
        try:
            return self.driver.find_element(By.XPATH, xpath)
        except NoSuchElementException:
            raise AssertionError(f"no {xpath} at {self.url}: {self.one('//body').text}") from None

    def field(self, label: str) -> WebElement:
        """What a label belongs to."""
        found = self.one(f"//label[normalize-space()={_quoted(label)}]")
        named = found.get_attribute("for")
        return self.one(f"//*[@id='{named}']") if named else found.find_element(By.TAG_NAME, "input")

    def fill(self, **texts: str) -> None:
        """Type into fields by their id."""
        for id, text in texts.items():
            field = self.one(f"//*[@id='{id}']")
            field.clear()
            field.send_keys(text)

    def button(self, text: str) -> WebElement:
        """A button or link of the main part."""
        return self.one(f"//main//*[self::button or self::a][normalize-space()={_quoted(text)}]")

    def press(self, text: str) -> None:
        """A button or link of the main part, and wait for the next page."""
        self.leave(self.button(text).click)

    def submit(self, ending: str) -> None:
        """The first button of the form whose target ends so, in whatever language."""
        end = _quoted(ending)
        target = f"substring(@action, string-length(@action) - {len(ending) - 1}) = {end}"
        self.leave(self.one(f"//main//form[{target}]//button").click)

    def answer(self, what: str) -> None:
        """On the page that asks for consent: allow or deny."""
        self.leave(self.one(f"//main//button[@value={_quoted(what)}]").click)

    def leave(self, action: Any) -> None:
        """Do what leads to another page, and wait for that."""
        here = self.one("/html")
        action()
        # Looked at in the very moment it goes, the old page is an error of no kind; the next look tells.
        wait = WebDriverWait(self.driver, PATIENCE, 0.02, ignored_exceptions=[WebDriverException])
        wait.until(expected_conditions.staleness_of(here))
        wait.until(lambda driver: driver.execute_script("return document.readyState") == "complete")

    def agree(self, name: str) -> None:
        """At the page of the server: it is me."""
        assert self.url.startswith(self.gate.far)
        self.leave(self.one(f"//button[@value='{name}']").click)

    def run(self, script: str, *given: Any) -> Any:
        """The value of a script."""
        return self.driver.execute_script(script, *given)

    def overflow(self) -> int:
        """So many pixels the page is wider than the window."""
        return int(self.run(OVERFLOW))

    def complaints(self) -> list[str]:
        """What axe-core finds on the page: rule, what it is about, and what would be right."""
        if not self.run("return 'axe' in window"):
            self.run(axe())
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
            ".then(result => done(result.violations), error => done([{id: String(error), nodes: []}]))"
        )
        return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found for node in one["nodes"]] + [
            one["id"] for one in found if not one["nodes"]
        ]

    def console(self) -> list[str]:
        """What the pages of the gateway made the browser complain about, policies that were broken among it.

        That a page was refused with an error status is not the page's fault, nor are the pages of others its own.
        """
        told = self.driver.get_log("browser")
        pages = [one for one in told if one["source"] != "network" or f"{self.gate.url}/static" in one["message"]]
        return [one["message"] for one in pages if not one["message"].startswith("http://127.0.0.1")]

    def cookies(self) -> Mapping[str, str]:
        """Name -> value."""
        return {one["name"]: one["value"] for one in self.driver.get_cookies()}


def _quoted(text: str) -> str:
    """A string of XPath."""
    assert '"' not in text
    return json.dumps(text, ensure_ascii=False)


@contextmanager
def running(gate: Gate, home: Path) -> Iterator[webdriver.Chrome]:
    """Started, with its profile in `home`, and ended."""
    for path in (BINARY, DRIVER):
        assert path.exists(), f"{path} is missing: make test installs it"
    options = webdriver.ChromeOptions()
    options.binary_location = str(BINARY)
    trusted = f"--ignore-certificate-errors-spki-list={fingerprint(gate.certificate)}"
    for option in (*OPTIONS, trusted, f"--user-data-dir={home}/profile"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, Service(str(DRIVER)))
    driver.set_script_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()
