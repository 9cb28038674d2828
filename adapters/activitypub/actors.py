"""Everything of client-to-server accounts that `adapters.connect` gives out, loaded when the first one comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.activitypub.client import Ways
from adapters.activitypub.joining import actor_of, owner_of
from adapters.activitypub.links import Links
from adapters.activitypub.oauth import readable
from adapters.activitypub.policy import Policy
from adapters.activitypub.renewal import Renewals
from adapters.activitypub.signing_in import ActorSigningIn, signing_in_at
from adapters.transport import Transport
from mappings import hub


class Actors:
    """One per process."""

    def __init__(
        self,
        transport: Transport,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float],
        policy: Policy,
    ) -> None:
        self.transport = transport
        self.ways = Ways(transport, clock)
        self.renewals = Renewals(clock=clock, sleep=sleep)
        self.links = Links(self.ways, self.renewals, clock, policy)

    async def named(self, text: str, token: str) -> str:
        """The id of the actor that a handle or an address names. Raises BackendError."""
        return await actor_of(self.ways, text, readable(token) if token else None)

    async def owner(self, actor: str, token: str) -> hub.Account:
        """Whose a credential is. Raises Refused for somebody else's, BackendError."""
        return await owner_of(self.ways, actor, token)

    async def signing_in(self, base_url: str, actor: str) -> ActorSigningIn:
        """The ways in at a server. Raises Unsupported where there are none, BackendError."""
        return await signing_in_at(self.transport, base_url.rstrip("/"), actor)

    async def close(self) -> None:
        """A token that is being renewed is kept first."""
        await self.renewals.close()
