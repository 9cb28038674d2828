"""The two token calls: oauth/request_token and oauth/access_token; this one also with an app password (xAuth).

Refused, they answer `error=<text>` with the texts of the original, but as 400 and 401 (RFC 5849 section 3.2) and not
200: requests-oauthlib (tweepy, python-twitter) shows the body in either case, while Python Twitter Tools, Net::Twitter
and AndStatus take a 200 for success and then die of the missing token with no word of the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from gateway.errors import ApiError
from gateway.oauth.consumers import Consumer, ConsumerProblem, Consumers, chosen
from gateway.oauth.grants import Grants, Rights
from gateway.oauth.parameters import Parameters, Sent, Unverified
from gateway.oauth.signatures import Secrets, Signatures
from gateway.plain_http import NOT_THIS_LOGIN
from gateway.stores.store import AccountRecord, LoginRecord, Store
from gateway.web.limits import Turns

Pairs = tuple[tuple[str, str], ...]
XAUTH_MODE = "client_auth"
REQUESTS, REQUEST_SECONDS = 300, 600.0
"""Request tokens that one address gets in so many seconds: the keys of some consumers are known to everybody."""


class Opened(NamedTuple):
    """A login that a name and an app password opened, with the backend token behind it."""

    login: LoginRecord
    account: AccountRecord
    token: str

    def __repr__(self) -> str:
        """Without the token."""
        return f"Opened({self.login.id!r})"


class Passwords(Protocol):
    """Who checks app passwords (`gateway.auth`)."""

    async def opened(self, name: str, password: str, *, address: str, host: str) -> Opened:
        """Raises ApiError 401, 403, 429, StoreDown."""


class Provider:
    """Gives out request tokens and access tokens. Every method raises Unverified, ApiError, StoreDown."""

    def __init__(
        self,
        store: Store,
        consumers: Consumers,
        grants: Grants,
        signatures: Signatures,
        passwords: Passwords,
        *,
        today: Callable[[], int],
        xauth: bool = True,
    ) -> None:
        self._store = store
        self._consumers = consumers
        self._grants = grants
        self._signatures = signatures
        self._passwords = passwords
        self._today = today
        self._xauth = xauth
        self._turns = Turns(REQUESTS, REQUEST_SECONDS)

    async def request_token(self, sent: Sent) -> Pairs:
        """First step: a program wants access to somebody's account."""
        parameters = await self._signatures.read(sent)
        consumer = await self._consumers.find(parameters.protocol["oauth_consumer_key"])
        consumer = await self._verified(sent, parameters, consumer)
        try:
            callback = chosen(parameters.protocol.get("oauth_callback", "").strip(), consumer)
        except ConsumerProblem as problem:
            raise Unverified(str(problem)) from problem
        if wait := self._turns.take(sent.address):
            raise ApiError(429, "Too many request tokens, try again later", headers={"Retry-After": str(wait)})
        token, secret = await self._grants.begin(
            consumer, callback, read_only=parameters.other("x_auth_access_type") == "read", plain_http=sent.plain_http
        )
        return (("oauth_token", token), ("oauth_token_secret", secret), ("oauth_callback_confirmed", "true"))

    async def access_token(self, sent: Sent) -> Pairs:
        """Last step: the program shows the verifier it got from the person, or name and password themselves."""
        parameters = await self._signatures.read(sent)
        if parameters.other("x_auth_mode"):
            return await self._by_password(sent, parameters)
        return await self._by_verifier(sent, parameters)

    async def _by_verifier(self, sent: Sent, parameters: Parameters) -> Pairs:
        token, verifier = parameters.protocol.get("oauth_token", ""), parameters.protocol.get("oauth_verifier", "")
        request = await self._grants.request(token) if token else None
        consumer = await self._consumers.find(parameters.protocol["oauth_consumer_key"])
        if request is not None and consumer is not None and request.consumer != consumer.key:
            request = None  # somebody else's
        unknown = None if request else Unverified("Invalid request token", guess=True)
        consumer = await self._verified(sent, parameters, consumer, request.secret if request else "-", unknown)
        if not verifier:
            raise Unverified("Missing verifier parameter. The parameter is required", 400)
        if sent.plain_http and request and request.account and not request.rights.plain_http:
            raise ApiError(403, NOT_THIS_LOGIN)
        spent = await self._grants.spend(token, verifier)
        account = await self._store.account(spent[0].account) if spent else None
        # Linked anew since the yes, another backend token is in force: the person is asked once more.
        if spent is None or account is None or account.created > spent[0].answered:
            raise Unverified("Invalid request token", guess=True)
        return await self._issued(consumer, account, spent[1], spent[0].rights)

    async def _by_password(self, sent: Sent, parameters: Parameters) -> Pairs:
        consumer = await self._consumers.find(parameters.protocol["oauth_consumer_key"])
        consumer = await self._verified(sent, parameters, consumer)
        if not self._xauth or parameters.other("x_auth_mode") != XAUTH_MODE:
            raise Unverified("This x_auth_mode is not supported", 400)
        name, password = parameters.other("x_auth_username").strip(), parameters.other("x_auth_password").strip()
        if not name or not password:
            raise Unverified("Missing x_auth_username or x_auth_password", 400)
        try:
            login, account, token = await self._passwords.opened(name, password, address=sent.address, host=sent.host)
        except ApiError as error:
            if error.status == 401:
                raise Unverified("Invalid user name or password") from error
            raise
        if sent.plain_http and not login.plain_http:
            raise ApiError(403, NOT_THIS_LOGIN)
        rights = Rights(read_only=login.read_only, plain_http=login.plain_http)
        return await self._issued(consumer, account, token, rights)

    async def _verified(
        self,
        sent: Sent,
        parameters: Parameters,
        consumer: Consumer | None,
        token_secret: str = "",
        unknown: Unverified | None = None,
    ) -> Consumer:
        """The consumer that signed the request."""
        if consumer is None:
            unknown = Unverified("Invalid consumer", guess=True)
        secrets = Secrets(token=token_secret) if consumer is None else Secrets(consumer.secret, token_secret)
        await self._signatures.verify(sent, parameters, secrets, unknown)
        assert consumer is not None
        return consumer

    async def _issued(self, consumer: Consumer, account: AccountRecord, token: str, rights: Rights) -> Pairs:
        """Exactly these four, the token first: one client counts them."""
        assigned = await self._store.assign(account.backend, (), (account.native,), self._today())
        issued = await self._grants.issue(consumer, account, token, rights)
        return (
            ("oauth_token", issued.token),
            ("oauth_token_secret", issued.secret),
            ("user_id", str(assigned.accounts[account.native])),
            ("screen_name", account.login),
        )
