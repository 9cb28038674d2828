"""Clients that sign: a person in a real browser lets them in, then they take the same journey over TLS."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

from tests.browser.chromium import Browser
from tests.browser.gate import Gate
from tests.browser.programs import Place, waiting
from tests.clients.gear import CLIENTS, SCRIPTS, TRIP_SECONDS, clean_environment

PERSON = "alice"


def travelled(name: str, gate: Gate, chromium: Chrome, picture: Path, home: Path) -> dict[str, Any]:
    """Let a client take all its steps; step -> what the client made of the answer."""
    client = CLIENTS[name]
    assert client.python.exists(), f"{client.python} is missing: make test installs it"
    consumer, password = gate.consumer(client.title), gate.password(PERSON, name)
    browser = Browser(chromium, gate, home)
    with waiting() as place, tempfile.TemporaryFile("w+", errors="replace") as complaints:
        facts = {
            "base_url": gate.url, "user": PERSON, "password": password, "name": name, "number": client.number,
            "picture": str(picture), "consumer": [consumer.key, consumer.secret], "callback": place.url,
        }  # fmt: skip
        trust = {"REQUESTS_CA_BUNDLE": str(gate.certificate), "SSL_CERT_FILE": str(gate.certificate)}
        process = subprocess.Popen(
            [client.python, "-W", "error", "-X", "utf8", SCRIPTS / client.script], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=complaints, env={**clean_environment(), **trust, "HOME": str(home)},
        )  # fmt: skip
        with process:
            steps = _steps(process, facts, Person(browser, place, password))
            process.wait(TRIP_SECONDS)
        complaints.seek(0)
        assert process.returncode == 0, complaints.read()
    return steps


def _steps(process: subprocess.Popen[str], facts: dict[str, Any], person: Person) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    steps = {}
    answer = json.dumps(facts)
    while True:
        if answer:
            process.stdin.write(answer + "\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            return steps
        told = json.loads(line)
        answer = person.sees(told["value"]) if told["step"] == "page" else ""
        steps[told["step"]] = told["value"]


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
