"""`POST /settings/refresh`: the person's yes to being read in the background, or their no (`gateway.refresh`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from gateway import refresh
from gateway.logins import ACTIVITYPUB
from gateway.stores.store import AccountRecord
from gateway.web.endpoints import signed_in
from gateway.web.forms import form
from gateway.web.sessions import WebSession
from gateway.web.visits import redirect, visit_of

if TYPE_CHECKING:
    from gateway.services import Gateway


@signed_in
async def refreshing(request: Request, session: WebSession) -> Response:
    """Kept, where the operator offers it."""
    fields, gateway = await form(request), visit_of(request).gateway
    if offered(gateway, session.account):
        await refresh.say(gateway.store, session.account.id, yes=bool(fields["wanted"]))
    return redirect(request, "/settings")


def offered(gateway: Gateway, account: AccountRecord) -> bool:
    """There is something to say yes to."""
    return gateway.refresh.on and account.software == ACTIVITYPUB


async def choice(gateway: Gateway, account: AccountRecord) -> dict[str, object] | None:
    """What `refresh.html` shows; None where there is no choice. Raises StoreDown."""
    if not offered(gateway, account):
        return None
    return {"minutes": gateway.settings.refresh_minutes, "wanted": await gateway.refresh.wanted(account.id)}
