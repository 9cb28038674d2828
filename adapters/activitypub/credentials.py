"""What proves an account to its server, in one text form that is sealed as tokens are (activitypub-c2s section 5).

    opaque-token                  a bearer token (RFC 6750)
    Basic dXNlcjpwYXNzd29yZA      a user name and an application password, as the header has them
    OAuth eyJ...                  a bearer token, and what belongs to it: JSON in base64url

A bearer token holds no space, so the forms cannot be taken for each other.
"""

from __future__ import annotations

import base64
import binascii
from typing import Self

import msgspec

from adapters.transport import usable

BASIC, RENEWABLE = "Basic ", "OAuth "
LONGEST = 8192


class Unusable(ValueError):
    """The text is no credential; `args[0]` says why, without any of it."""


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """Either `basic` (user:password in base64) or `token`. `expires` is seconds since 1970, 0: not known.

    `refresh`, `client` and `endpoint` (the address of the token endpoint) renew it; `secret` is the client's, "" for
    public ones; `key` is what renewed tokens are kept under (`renewal`). `actor` is whose it is, as far as
    the server said when it gave it.
    """

    token: str = ""
    basic: str = ""
    refresh: str = ""
    expires: int = 0
    client: str = ""
    secret: str = ""
    endpoint: str = ""
    key: str = ""
    actor: str = ""

    def __repr__(self) -> str:
        """Without secrets."""
        return "Credential()"

    @property
    def header(self) -> str:
        """The value of `Authorization`."""
        return f"{BASIC}{self.basic}" if self.basic else f"Bearer {self.token}"

    @property
    def renewable(self) -> bool:
        """It can be renewed without the person."""
        return bool(self.refresh and self.client and self.endpoint and self.key)

    def text(self) -> str:
        """The text form."""
        if self.basic:
            return f"{BASIC}{self.basic}"
        if not self.renewable and not self.actor:
            return self.token
        packed = msgspec.json.encode(
            {field: value for field in self.__struct_fields__ if (value := getattr(self, field))}
        )
        return RENEWABLE + base64.urlsafe_b64encode(packed).decode()

    @classmethod
    def of_password(cls, pair: str) -> Self:
        """From `user:password`. Raises Unusable."""
        user, colon, password = pair.partition(":")
        if not colon or not user.strip() or not password:
            raise Unusable("It must be one line: user name, colon, application password.")
        return cls(basic=base64.b64encode(pair.encode()).decode())

    @classmethod
    def read(cls, text: str) -> Self:
        """From the text form; `Bearer token` is understood, too. Raises Unusable."""
        text = text.strip()
        if text.startswith(RENEWABLE):
            return cls._renewable(text.removeprefix(RENEWABLE))
        found = cls(basic=text.removeprefix(BASIC).strip()) if text.startswith(BASIC) else cls(token=_bare(text))
        if not usable(found.basic or found.token, LONGEST):
            raise Unusable("This is no token.")
        return found

    @classmethod
    def _renewable(cls, packed: str) -> Self:
        try:
            found = msgspec.json.decode(base64.urlsafe_b64decode(packed), type=cls)
        except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
            raise Unusable("The stored login cannot be read.") from error
        if not usable(found.token, LONGEST):
            raise Unusable("The stored login holds no token.")
        return found


def _bare(text: str) -> str:
    """A token without the word that stands before it in the header."""
    return text[7:].strip() if text[:7].lower() == "bearer " else text
