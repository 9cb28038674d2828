"""Calls signed with OAuth 1.0a and a token the gateway knows; each has a nonce of its own, as clients send them."""

from __future__ import annotations

from authlib.oauth1.rfc5849.client_auth import ClientAuth

from gateway.oauth.grants import Rights
from gateway.oauth.parameters import Sent
from gateway.services import Gateway
from tests.bench.linked import TOKEN
from tests.bench.plan import HOME

TIMES = 20
"""Calls of one run; they are signed before it."""
URL = f"https://gateway.example{HOME}.json"
QUERY = "count=20&since_id=1"


class SignedCalls:
    """`refill` signs the calls of a run, `next` hands out one of them."""

    def __init__(self, signer: ClientAuth) -> None:
        self._signer = signer
        self._ready: list[Sent] = []

    @classmethod
    async def of(cls, gateway: Gateway) -> SignedCalls:
        """With a consumer and a token of the account behind "seen"."""
        consumer = await gateway.consumers.add("", "Bench")
        account = next(account for account in await gateway.store.accounts() if account.login == "seen")
        issued = await gateway.grants.issue(consumer, account, TOKEN, Rights())
        return cls(ClientAuth(consumer.key, consumer.secret, token=issued.token, token_secret=issued.secret))

    def refill(self) -> None:
        """Sign as many as one run takes."""
        self._ready = [self._signed() for _ in range(TIMES)]

    def next(self) -> Sent:
        """One that was not used yet."""
        return self._ready.pop()

    def _signed(self) -> Sent:
        _, headers, _ = self._signer.sign("GET", f"{URL}?{QUERY}", {}, "")
        return Sent(method="GET", urls=(URL,), header=headers["Authorization"], query=QUERY.encode(), secure=True)
