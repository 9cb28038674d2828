"""Who is asking: the login, the linked account and its backend, the dialect."""

from __future__ import annotations

import msgspec

from adapters.backend import Backend
from gateway.dialects import Dialect
from gateway.stores.store import AccountRecord, LoginRecord


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in request. `screen_name` is the login in the form used on this request (DESIGN section 6)."""

    account: AccountRecord
    login: LoginRecord
    backend: Backend
    screen_name: str
    dialect: Dialect

    @property
    def scope(self) -> str:
        """The id map's scope: the instance's base URL."""
        return self.account.backend
