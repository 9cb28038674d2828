"""The watch over secrets catches what it is for, and fails the run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.clients.gear import ROOT
from tests.secrets_used import Watch, header_of, is_telling

SECRET = "Xq7-planted-2b"
START = """
import asyncio, logging, sys
from gateway import access_log, auth
from gateway.answers import Answer
from gateway.vault import Vault
from tests import secrets_used

vault = Vault(b"k" * 32)

async def send(_):
    pass
"""
TEST = """
def test_{number}():
    SECRET = "{secret}"
    vault.seal(SECRET.encode(), vault.public("another-Secret-9"))
    {plant}
"""
PLANTS = {
    "a log line": 'logging.getLogger("oldbird").warning("It was %s", SECRET)',
    "an extra": 'logging.getLogger("oldbird").warning("It was", extra={"what": f"<{SECRET}>"})',
    "a library's log line": 'logging.getLogger("httpx2").warning(f"GET /{SECRET}")',
    "a traceback": """
    try:
        raise ValueError("no " + SECRET)
    except ValueError:
        logging.getLogger("oldbird").exception("It failed")""",
    "the access log": """
    access_log.write(access_log.Line(request="1", method="GET", status=200, ms=1.0, bytes=0, agent=SECRET))""",
    "an error reply": """
    asyncio.run(Answer(400, b'{"error": "' + SECRET.encode() + b'"}').send(send, "1", head=False))""",
    "standard error": "print('oops', SECRET, file=sys.stderr)",
    "another process": "secrets_used.heard('a process', 'x' + SECRET)",
    "a header": """
    header = secrets_used.header_of("alice", SECRET)
    auth.read_basic(header)
    logging.getLogger("oldbird").warning("Got %s", header)""",
}
HARMLESS = {
    "a redacted line": 'logging.getLogger("oldbird").warning("token=%s", SECRET)',
    "a good reply": "asyncio.run(Answer(200, SECRET.encode()).send(send, '1', head=False))",
    "the name of a call": """
    vault.public("oauth/request_token")
    line = access_log.Line(request="1", method="GET", status=200, ms=1, bytes=0, call="oauth/request_token")
    access_log.write(line)""",
    "another word": 'logging.getLogger("oldbird").warning("It was Xq7-planted-2c")',
}


def secret(number: int) -> str:
    """The secret of one test."""
    return f"{SECRET}{number}"


def run(folder: Path, plants: Iterable[str], *options: str) -> subprocess.CompletedProcess[str]:
    """A run of its own with a test a plant; each passes."""
    tests = [TEST.format(number=n, secret=secret(n), plant=plant.strip()) for n, plant in enumerate(plants)]
    (folder / "test_it.py").write_text(START + "".join(tests))
    command = [sys.executable, "-m", "pytest", "-p", "tests.secrets_used", "-p", "no:cacheprovider", "-q", str(folder)]
    return subprocess.run(
        [*command, f"--rootdir={folder}", "-c", "/dev/null", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_planted_secrets_fail_the_run_and_are_not_repeated(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path, PLANTS.values(), *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{len(PLANTS)} passed" in done.stdout
    summary = done.stdout.partition("secrets in output")[2]
    assert [where for n, where in enumerate(PLANTS) if f"test_{n} " not in summary] == []
    assert [where for n, where in enumerate(PLANTS) if secret(n) in summary] == []


def test_a_run_without_leaks_passes(tmp_path: Path) -> None:
    done = run(tmp_path, HARMLESS.values())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "secrets in output" not in done.stdout


@pytest.mark.parametrize(
    ("text", "telling"),
    [("short-1", False), ("password", False), ("12345678901", False), ("aaaaaaaa1", False), ("tok-bob-1b2d", True),
     ("token-of-alice", True), ("gehe\u00edm-12345", False), ("guess it 12", False),
     ("/settings/oauth", False), ("abcd-efgh-2345", True)],
)  # fmt: skip
def test_what_is_odd_enough_to_be_looked_for(text: str, telling: bool) -> None:
    assert is_telling(text) == telling


def test_it_is_found_inside_other_text_and_at_its_ends() -> None:
    watch = Watch()
    watch.register(SECRET, b"tok-bob-1b2d", "wrong")
    for text in (SECRET, f"x{SECRET}x", f"{SECRET[:8]}{SECRET}", "is tok-bob-1b2d"):
        watch.heard("log", text)
    watch.heard("log", f"{SECRET[:-1]}\nwrong")
    assert [heard.text for heard, _ in watch.leaks()] == [
        SECRET, f"x{SECRET}x", f"{SECRET[:8]}{SECRET}", "is tok-bob-1b2d"
    ]  # fmt: skip
    assert header_of("a", "b") == "YTpi"
