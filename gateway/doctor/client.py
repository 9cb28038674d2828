"""What a client sees who signs in over the base URL, with an app password that was handed to the doctor for it."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.doctor.asking import Asked, Trouble, at
from gateway.doctor.findings import Finding, fail, ok, warn
from gateway.doctor.front import Reached

CREDENTIALS, HOME = "/api/account/verify_credentials.json", "/api/statuses/home_timeline.json?count=5"
DATE = "%a %b %d %H:%M:%S +0000 %Y"
SLOW = 5.0
"""Seconds; clients of the time wait for 10 to 30."""
NOT_SENT = "The password was not sent: {why}."
ADVICE = {
    401: "Is it an app password of that login, without a slip? oldbird password list shows which there are.",
    403: "Link the account again at /connect.",
    429: "Too many wrong logins came from this address: wait for a minute.",
}


async def signed_in(reached: Reached, name: str, password: str) -> list[Finding]:
    """As a client would. The password goes to nobody who has not proved to be this gateway. Raises Trouble."""
    if not reached.ours or not reached.trusted:
        why = "it is not this gateway that answers" if not reached.ours else "the certificate is not valid"
        return [fail("client", NOT_SENT.format(why=why), "Put the address right first.")]
    header = {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
    async with at(reached.url) as address:
        try:
            me = await address.ask("GET", CREDENTIALS, headers=header)
            if me.status != 200:
                return [_refused(name, me)]
            home = await address.ask("GET", HOME, headers=header)
        except Trouble as error:
            return [fail("client", f"No answer came: {error}.", "Look at the log of the gateway.")]
    return _seen(me, home)


def _refused(name: str, answer: Asked) -> Finding:
    said = _text(_decoded(answer), "error")
    advice = ADVICE.get(answer.status, "Look at the log of the gateway.")
    return fail("client", f"{name} is not let in: {answer.status} {said}".strip(), advice)


def _seen(me: Asked, home: Asked) -> list[Finding]:
    who = _text(_decoded(me), "screen_name")
    posts = _decoded(home)
    if home.status != 200 or not isinstance(posts, list):
        said = _text(posts, "error")
        text = f"{who} signs in, but the home timeline is not there: {home.status} {said}".strip()
        return [fail("client", text, "See what is said of their server above.")]
    seconds = home.ended - home.began
    text = f"{who} signs in and sees {_posts(posts)}; the timeline took {seconds:.1f} s."
    if seconds > SLOW:
        return [warn("client", text, "Old clients do not wait that long: see how fast the server answers.")]
    return [ok("client", text)]


def _posts(posts: list[Any]) -> str:
    if not posts:
        return "an empty home timeline"
    try:
        age = time.time() - datetime.strptime(_text(posts[0], "created_at"), DATE).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return f"{len(posts)} posts"
    return f"{len(posts)} posts, the newest {max(age, 0) / 60:,.0f} minutes old"


def _decoded(answer: Asked) -> Any:
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _text(document: Any, name: str) -> str:
    """A text of an answer, bounded."""
    found = document.get(name) if isinstance(document, dict) else None
    return str(found)[:200] if found is not None else ""
