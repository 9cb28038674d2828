"""Every page there is: how a browser gets there, so that each can be looked at in both languages and colour schemes."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.chromium import Browser
from tests.browser.programs import Program

PERSON = "bob"


def front(browser: Browser) -> None:
    browser.open("/")


def front_signed_in(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open("/")


def connect(browser: Browser) -> None:
    browser.open("/connect")


def connect_again(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open("/connect?next=/settings")


def connect_fault(browser: Browser) -> None:
    connect(browser)
    browser.fill(server="???")
    browser.submit("/connect")


def problem(browser: Browser) -> None:
    browser.open("/oauth/authorize?oauth_token=unknown")


def done(browser: Browser) -> None:
    browser.gate.unlinked("carol")
    connect(browser)
    browser.fill(server=f"@carol@{browser.gate.far.removeprefix('http://')}")
    browser.submit("/connect")
    browser.agree("carol")


def done_again(browser: Browser) -> None:
    done(browser)
    browser.driver.refresh()


def settings(browser: Browser) -> None:
    browser.gate.linked(PERSON)
    browser.gate.password(PERSON, "Old telephone")
    browser.sign_in(PERSON)
    browser.open("/settings")


def settings_fault(browser: Browser) -> None:
    settings(browser)
    browser.fill(name=" ")
    browser.submit("/settings")


def settings_broken(browser: Browser) -> None:
    browser.gate.broken(PERSON)
    browser.sign_in(PERSON)
    browser.open("/settings")


def password(browser: Browser) -> None:
    settings(browser)
    browser.fill(name="AndStatus")
    browser.submit("/settings")


def programs(browser: Browser) -> None:
    browser.gate.linked(PERSON)
    browser.sign_in(PERSON)
    browser.open("/settings/oauth")
    browser.fill(name="My own program", callback="https://program.example/back")
    browser.submit("/settings/oauth")
    program = Program(browser.gate, "Bird feeder")
    browser.open(program.asks())
    browser.answer("allow")
    program.enters(browser.one("//*[@id='pin']").text)
    browser.open("/settings/oauth")


def programs_fault(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open("/settings/oauth")
    browser.fill(name="My own program", callback="javascript:alert(1)")
    browser.submit("/settings/oauth")


def leave(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open("/settings/leave")


def leave_fault(browser: Browser) -> None:
    leave(browser)
    browser.fill(login="somebody")
    browser.submit("/settings/leave")


def left(browser: Browser) -> None:
    browser.open("/left")


def consent(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open(Program(browser.gate, "Bird feeder").asks("https://program.example/back"))


def consent_unknown(browser: Browser) -> None:
    browser.open(Program(browser.gate, "Bird feeder").asks())


def consent_fault(browser: Browser) -> None:
    consent_unknown(browser)
    browser.fill(login="bob", password="wrong")
    browser.submit("/oauth/authorize")


def pin(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open(Program(browser.gate, "Bird feeder").asks())
    browser.answer("allow")


def denied(browser: Browser) -> None:
    browser.sign_in(PERSON)
    browser.open(Program(browser.gate, "Bird feeder").asks())
    browser.answer("deny")


PAGES: dict[str, Callable[[Browser], None]] = {
    page.__name__: page
    for page in (
        front, front_signed_in, connect, connect_again, connect_fault, problem, done, done_again, settings,
        settings_fault, settings_broken, password, programs, programs_fault, leave, leave_fault, left, consent,
        consent_unknown, consent_fault, pin, denied,
    )
}  # fmt: skip
