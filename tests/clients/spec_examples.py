"""The examples at the end of the specification, run as they stand there: only host, user and password are put in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.browser.gate import Gate
from tests.clients import heard_calls
from tests.clients.gear import ALL, ROOT, SCRIPTS, TRIP_SECONDS, clean_environment

PERSON = "alice"

CURL = (
    "/usr/bin/curl -u USER:PASS https://YOUR.FRIENDICA.TLD/api/statuses/update.xml"
    ' -d source="some source id" -d status="the status you want to post"'
)
PYTHON = """
def tweet(server, message, group_allow=None):
    url = server + '/api/statuses/update'
    urllib2.urlopen(url, urllib.urlencode({'status': message,'group_allow[]':group_allow}, doseq=True))
"""
"""Python 2; the password is that of the handler that the program around it has installed."""


def curl(gate: Gate) -> tuple[bytes, set[str]]:
    """The reply, and the calls that were answered."""
    password = gate.password(PERSON, "spec-curl", ALL["spec-curl"].dialect)
    host = gate.url.removeprefix("https://")
    line = CURL.replace("USER:PASS", f"{PERSON}:{password}").replace("YOUR.FRIENDICA.TLD", host)
    environment = {**clean_environment(), "CURL_CA_BUNDLE": str(gate.certificate), "HOME": "/nonexistent"}
    with heard_calls.here(gate.url, gate.trust) as calls:
        done = subprocess.run(
            ["sh", "-c", line], capture_output=True, timeout=TRIP_SECONDS, check=True, env=environment
        )
    return done.stdout, calls


def python(gate: Gate, message: str, groups: list[int] | None, home: Path) -> set[str]:
    """The calls that were answered; raises when the example did."""
    facts = {
        "base_url": gate.url, "user": PERSON, "password": gate.password(PERSON, "rss", ALL["spec-python"].dialect),
        "example": PYTHON, "message": message, "groups": groups,
    }  # fmt: skip
    interpreter = ROOT / ".venvs" / ALL["spec-python"].venv / "bin" / "python"
    assert interpreter.exists(), f"{interpreter} is missing: make test installs it"
    environment = {**clean_environment(), "SSL_CERT_FILE": str(gate.certificate), "HOME": str(home)}
    with heard_calls.here(gate.url, gate.trust) as calls:
        done = subprocess.run(
            [interpreter, "-W", "error::SyntaxWarning", SCRIPTS / "spec_python.py"], input=json.dumps(facts), text=True,
            capture_output=True, timeout=TRIP_SECONDS, check=False, env=environment,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return calls
