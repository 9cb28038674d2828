"""Is a request signed as it should be? Authlib makes and compares the signatures; the rest is decided here.

What is decided here, and why (reference/field.md part 4, performance.md section 6):

* both ends of the time window are checked, because a request dated far ahead could be repeated once its nonce is gone;
* a nonce is claimed only after the signature was found right, so that strangers cannot use up nonces of others, and by
  one atomic step of the store, so that of two processes one gets it;
* everything is checked with stand-ins where consumer or token are unknown, and fails at the end; but nobody unknown
  has large forms worked on, which takes seconds and hundreds of megabytes;
* PLAINTEXT is refused where others could read along; plain http as such is not: that is the listener's business.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from binascii import b2a_base64
from collections.abc import Callable, Iterator
from itertools import product
from typing import TypeVar

import msgspec
from authlib.oauth1.rfc5849.base_server import BaseServer
from authlib.oauth1.rfc5849.errors import InvalidSignatureError
from authlib.oauth1.rfc5849.signature import (
    generate_signature_base_string,
    plaintext_signature,
    verify_hmac_sha1,
    verify_plaintext,
)
from authlib.oauth1.rfc5849.wrapper import OAuth1Request

from gateway.background import to_its_end
from gateway.logs import without
from gateway.oauth.parameters import Pair, Parameters, Sent, Unverified, read
from gateway.stores.store import Store
from gateway.vault import Vault

SHA1, SHA256, PLAINTEXT = "HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"
STAND_IN = "no secret of anybody"
TIMESTAMP_CODE = 135
"""Twitter's number for a clock that is wrong."""
MAX_DIGITS = 12
LARGE_BYTES = 256 * 1024
"""A larger form is read and signed in a thread, one at a time: decoding, sorting and escaping it takes a while."""

T = TypeVar("T")


class Secrets(msgspec.Struct, frozen=True):
    """What a signature is made with. An unknown consumer has one too, which nobody knows."""

    consumer: str = STAND_IN
    token: str = ""

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "consumer", "token")

    def get_client_secret(self) -> str:
        """As Authlib asks a client for it."""
        return self.consumer

    def get_oauth_token_secret(self) -> str:
        """As Authlib asks a credential for it."""
        return self.token


class Signed(OAuth1Request):
    """A request for Authlib to judge. `gateway.oauth.parameters` has read it, so Authlib's constructor has no part."""

    def __init__(self, sent: Sent, parameters: Parameters, secrets: Secrets) -> None:
        self.method = sent.method
        self.headers: dict[str, str] = {}  # a Host among them would replace the one in the address
        self.uri = sent.urls[0]
        self.oauth_params = parameters.protocol
        self.params = parameters.signed
        self.client = self.credential = secrets


def verify_hmac_sha256(request: Signed) -> bool:
    """HMAC-SHA1 with another hash: the key and the base string are the same."""
    key = plaintext_signature(request.client_secret, request.token_secret).encode()
    digest = hmac.digest(key, generate_signature_base_string(request).encode(), "sha256")
    return hmac.compare_digest(b2a_base64(digest, newline=False), request.signature.encode())


VERIFIERS: dict[str, Callable[..., bool]] = {
    SHA1: verify_hmac_sha1, SHA256: verify_hmac_sha256, PLAINTEXT: verify_plaintext,
}  # fmt: skip


class Judge(BaseServer):
    """Authlib's judgement of one signature."""

    def __init__(self) -> None:
        self.SUPPORTED_SIGNATURE_METHODS = [*VERIFIERS]
        self.SIGNATURE_METHODS = {**VERIFIERS}

    def is_right(self, request: Signed, urls: tuple[str, ...]) -> bool:
        """The signature is that of the request at one of `urls`."""
        tries = product(_readings(request.params), urls)
        for params, url in tries:
            request.params, request.uri = params, url
            try:
                self.validate_oauth_signature(request)
            except (InvalidSignatureError, ValueError):  # ValueError: no address that anybody could have signed
                continue
            return True
        return False


def _readings(signed: list[Pair]) -> Iterator[list[Pair]]:
    """Authlib decodes protocol parameters once more: an address with % in it must be written for that. Its own client
    half does not, and signs the address with one layer of % taken off.
    """
    yield [(name, value.replace("%", "%25") if name.startswith("oauth_") else value) for name, value in signed]
    if any("%" in value for name, value in signed if name.startswith("oauth_")):
        yield signed


class Signatures:
    """Checks requests. `window`: seconds that a client's clock may differ."""

    def __init__(self, store: Store, vault: Vault, *, window: int, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._vault = vault
        self._window = window
        self._clock = clock
        self._judge = Judge()
        self._turn = asyncio.Semaphore(1)

    async def read(self, sent: Sent) -> Parameters:
        """The parameters of a request that may be signed well. Raises Unverified for what no secret could mend."""
        parameters = await self._done(sent, lambda: read(sent))
        told = parameters.protocol
        version, method = told.get("oauth_version", "1.0"), told.get("oauth_signature_method")
        if version != "1.0":
            raise Unverified(f"OAuth version '{version[:20]}' not supported", 400)
        if not told.get("oauth_consumer_key"):
            raise Unverified("Invalid consumer key", 400)
        if not method:
            raise Unverified("No signature method parameter. This parameter is required", 400)
        if method not in VERIFIERS:
            known = ", ".join(VERIFIERS)
            raise Unverified(f"Signature method '{method[:20]}' not supported try one of the following: {known}", 400)
        if method == PLAINTEXT and not sent.secure:
            raise Unverified("PLAINTEXT signatures are taken over TLS only", 400)
        return parameters

    def _check_time(self, told: dict[str, str]) -> None:
        """The timestamp is inside the window, and there is a nonce to go with it."""
        stamp, now = told.get("oauth_timestamp", "").strip(), int(self._clock())
        if not stamp:
            raise Unverified("Missing timestamp parameter. The parameter is required", 400)
        if not stamp.isascii() or not stamp.isdigit() or len(stamp) > MAX_DIGITS:
            raise Unverified("The timestamp parameter must be seconds since 1970", 400)
        if abs(now - int(stamp)) > self._window:
            raise Unverified(f"Expired timestamp, yours {stamp}, ours {now}", code=TIMESTAMP_CODE)
        if not told.get("oauth_nonce"):
            raise Unverified("Missing nonce parameter. The parameter is required", 400)

    async def verify(
        self, sent: Sent, parameters: Parameters, secrets: Secrets, unknown: Unverified | None = None
    ) -> None:
        """The signature is right and the nonce new; it is used up then. `unknown` is raised after everything was done
        as if consumer and token were known. Raises Unverified, StoreDown.
        """
        if unknown is not None and is_large(sent):
            raise unknown
        right = await self._is_right(sent, parameters, secrets)
        if unknown is not None:
            raise unknown
        self._check_time(parameters.protocol)
        if not right:
            raise Unverified("Invalid signature", guess=True)
        told = parameters.protocol
        names = ("oauth_consumer_key", "oauth_token", "oauth_timestamp", "oauth_nonce")
        once = msgspec.json.encode([told.get(name, "") for name in names]).decode()
        if not await self._store.claim(self._vault.hash(f"oauth nonce {once}"), 2 * self._window + 1):
            raise Unverified("Nonce already used")

    async def _is_right(self, sent: Sent, parameters: Parameters, secrets: Secrets) -> bool:
        signature = parameters.protocol.get("oauth_signature", "")
        if not signature or not signature.isascii():  # which cannot be compared
            parameters = Parameters({**parameters.protocol, "oauth_signature": "?"}, parameters.signed)
        request = Signed(sent, parameters, secrets)
        return await self._done(sent, lambda: self._judge.is_right(request, sent.urls))

    async def _done(self, sent: Sent, work: Callable[[], T]) -> T:
        """The result of work on a request."""
        if not is_large(sent):
            return work()
        async with self._turn:
            return await to_its_end(asyncio.to_thread(work))


def is_large(sent: Sent) -> bool:
    """Work on its form takes a while."""
    return len(sent.form) > LARGE_BYTES
