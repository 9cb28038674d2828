"""Clients that sign: a person in a real browser lets them in, then they take the same journey over TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

from tests.browser.chromium import Browser
from tests.browser.gate import Gate
from tests.browser.programs import Place, waiting
from tests.clients import gear
from tests.clients.gear import CLIENTS, Answering, Far

PERSON = "alice"


def travelled(name: str, gate: Gate, chromium: Chrome, far: Far, picture: Path, home: Path) -> dict[str, Any]:
    """Let a client take all its steps; step -> what the client made of the answer."""
    client = CLIENTS[name]
    consumer = gate.consumer(client.title, dialect=client.dialect)
    password = gate.password(PERSON, name, client.dialect)
    browser = Browser(chromium, gate, home)
    with waiting() as place:
        facts = {
            "base_url": gate.url, "password": password, "picture": str(picture),
            "consumer": [consumer.key, consumer.secret], "callback": place.url,
        }  # fmt: skip
        person = Person(browser, place, password)
        return gear.travelled(
            name, facts, Answering(lambda: sorted(far.followed(PERSON)), person.sees), home,
            REQUESTS_CA_BUNDLE=str(gate.certificate), SSL_CERT_FILE=str(gate.certificate),
        )  # fmt: skip


class Person:
    """Somebody in front of a browser: signs in on the page the first time, and allows what is asked."""

    def __init__(self, browser: Browser, place: Place, password: str) -> None:
        self.browser, self.place, self.password = browser, place, password
        browser.fresh()

    def sees(self, page: str) -> str:
        """The number that the page shows, or the query of where it leads."""
        self.browser.open(page)
        if self.browser.all("//*[@id='login']"):
            self.browser.fill(login=PERSON, password=self.password)
            self.browser.press("Sign in")
        self.browser.press("Allow")
        if self.browser.url.startswith(self.place.url):
            return self.browser.url.partition("?")[2]
        return self.browser.one("//*[@id='pin']").text
