"""The captured OAuth 1.0a requests, signed anew: consumer, tokens and times of the capture are gone."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import parse_qsl

import httpx2 as httpx

from tests.golden.rows import Row
from tests.oauth_client import QUERY, OAuthClient
from tests.web.reading import Page

USER = "(oauth)"
PERSON = "alice"
TOKEN_CALLS = frozenset({"oauth/request_token", "oauth/access_token"})
FORMS: dict[str, dict[str, str]] = {"post_header": {"status": "posted with OAuth 1.0a"}}
FIXED: dict[str, dict[str, str]] = {
    "unknown_request_token": {"token": "nope", "verifier": "none"}, "unknown_token": {"token": "0" * 32},
    "old_timestamp": {"timestamp": str(int(time.time()) - 3600)}, "bad_signature": {"signature": "AAAA"},
}  # fmt: skip
"""Protocol parameters of a case that differ from the usual."""


class SignedReplay:
    """A program at the demo: asked for access once, with the page that a person answers."""

    def __init__(self, client: httpx.Client, demo: dict[str, Any]) -> None:
        self._client, self._base, self._demo = client, demo["base_url"], demo
        self._spent: dict[str, str] = {}
        self._token: tuple[str, str] = ("", "")

    def send(self, row: Row, path: str) -> httpx.Response:
        """The answer to one row."""
        program = self._program()
        program.place = QUERY if row.case == "query" else program.place
        program.method = {"hmac_sha256": "HMAC-SHA256", "plaintext": "PLAINTEXT"}.get(row.case, program.method)
        fixed = FIXED.get(row.case, {})
        if row.call not in TOKEN_CALLS:
            program.token, program.token_secret = self._access()
        elif row.call == "oauth/access_token" and not fixed:
            fixed = self._allowed(program) if row.case == "ok" else self._spent
        return self._sent(program, row.method, path, FORMS.get(row.case), fixed)

    def _program(self) -> OAuthClient:
        consumer = self._demo["consumer"]
        http: Any = httpx.Client(base_url=self._base)
        return OAuthClient(http, consumer["key"], consumer["secret"])

    def _sent(
        self, program: OAuthClient, verb: str, path: str, form: dict[str, str] | None, fixed: dict[str, str]
    ) -> httpx.Response:
        given = dict(fixed)
        program.token_secret = given.pop("token_secret", program.token_secret)
        where, headers, body = program.signed(verb, path, form, **given)
        return self._client.request(verb, where, headers=headers, content=body)

    def _access(self) -> tuple[str, str]:
        """A token to sign calls with."""
        if not self._token[0]:
            program = self._program()
            answer = self._sent(program, "GET", "/api/oauth/access_token", None, self._allowed(program))
            self._token = program_token(answer)
        return self._token

    def _allowed(self, program: OAuthClient) -> dict[str, str]:
        """A request token that the person has said yes to, and the number the page has shown."""
        answer = self._sent(program, "GET", "/api/oauth/request_token", None, {"callback": "oob"})
        token, secret = program_token(answer)
        person = {"login": PERSON, "password": self._demo["users"][PERSON]}
        with httpx.Client(base_url=self._base, trust_env=False, follow_redirects=True) as browser:
            shown = Page(browser.get(f"/api/oauth/authorize?oauth_token={token}"))
            for given in (person, {"do": "allow"}):
                action, fields = shown.form("/authorize")
                answered = browser.post(action, data={**fields, **given}, headers={"Origin": self._base})
                shown = Page(answered)
        found = re.search(r"\b\d{8}\b", shown.response.text)
        assert found is not None
        self._spent = {"token": token, "token_secret": secret, "verifier": found[0]}
        return self._spent


def program_token(answer: httpx.Response) -> tuple[str, str]:
    """Token and secret of a token call."""
    assert answer.status_code == 200, answer.text
    told = dict(parse_qsl(answer.text, strict_parsing=True))
    return told["oauth_token"], told["oauth_token_secret"]
