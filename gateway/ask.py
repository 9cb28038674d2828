"""A request as a handler sees it: typed parameters, the session, the gateway's services."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.calls import Call
from gateway.errors import ApiError

if TYPE_CHECKING:
    from gateway.oauth.parameters import Sent
    from gateway.services import Gateway
    from gateway.session import Session
    from mappings import hub
    from mappings.old_pictures import OldPictures

EVERYWHERE = (0, 2**53)
"""Ids have no bounds."""

UNKNOWN = -1
"""What `Ask.id` gives for a value that can be no id: it matches nothing."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One file as the client sent it (type sniffed from the bytes, never believed)."""

    data: bytes
    name: str = ""


class Ask:
    """Parsed once by `gateway.params`, from query and body (body first).

    `url` is the whole address the client used, `base_url` its scheme and host (or the configured ones). `sent` is
    what a signature covers, for the calls that check it themselves. `as_sent` are the parameters with ids as the client
    wrote them, in `params` they are ours; `within` the ids, as the client reads them, between which statuses may lie.
    """

    __slots__ = (
        "_session",
        "as_sent",
        "base_url",
        "call",
        "format",
        "gateway",
        "method",
        "params",
        "request_path",
        "sent",
        "url",
        "within",
    )

    def __init__(
        self,
        *,
        call: Call,
        params: Mapping[str, Any],
        format: str,
        gateway: Gateway,
        session: Session | None,
        method: str = "GET",
        request_path: str = "",
        url: str = "",
        base_url: str = "",
        sent: Sent | None = None,
    ) -> None:
        self.call = call
        self.params = self.as_sent = params
        self.within = EVERYWHERE
        self.format = format
        self.gateway = gateway
        self.method = method
        self.request_path = request_path
        self.url = url
        self.base_url = base_url
        self.sent = sent
        self._session = session

    def other(self, **params: Any) -> Ask:
        """The same request with other parameters beside its own."""
        return self.as_call(self.call, {**self.params, **params})

    def as_call(self, call: Call, params: Mapping[str, Any]) -> Ask:
        """The same request, as if it were another call with these parameters."""
        asked = copy(self)
        asked.call, asked.params = call, params
        return asked

    @property
    def session(self) -> Session:
        """Raises ApiError 401 when nobody is signed in."""
        if self._session is None:
            raise ApiError(401, "This API requires login")
        return self._session

    @property
    def anonymous(self) -> bool:
        """Nobody is signed in."""
        return self._session is None

    @property
    def pictures(self) -> OldPictures | None:
        """How pictures are shown to a device that cannot load them where they are; None for all others."""
        session = self._session
        if session is None or not session.login.pictures:
            return None
        return self.gateway.picture_addresses.at(self.base_url)

    def shown(self, status: hub.Status) -> hub.Status:
        """A status for a reply that is not left to `gateway.render`: with pictures as the device can load them."""
        pictures = self.pictures
        return pictures.status(status) if pictures else status

    def has(self, name: str) -> bool:
        """The parameter was sent and not empty."""
        return self.params.get(name) is not None

    def text(self, name: str) -> str:
        """TEXT, "" when absent."""
        return self.params.get(name) or ""

    def number(self, name: str) -> int:
        """COUNT with its default."""
        value: int = self.params[name]
        return value

    def id(self, name: str) -> int | None:
        """ID: None when absent, UNKNOWN when it can be none."""
        value: int | None = self.params.get(name)
        return value

    def sent_id(self, name: str) -> int | None:
        """ID as the client wrote it, to be told back."""
        value: int | None = self.as_sent.get(name)
        return value

    def flag(self, name: str) -> bool:
        """FLAG with its default."""
        return bool(self.params.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """LIST, empty when absent."""
        return tuple(self.params.get(name) or ())

    def decimal(self, name: str) -> float | None:
        """NUMBER, None when absent."""
        value: float | None = self.params.get(name)
        return value

    def files(self, name: str) -> tuple[Upload, ...]:
        """FILES, empty when absent."""
        return tuple(self.params.get(name) or ())
