"""`POST /settings/recording`: the person ends a recording that the operator began (`gateway.recorder`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from gateway.web.endpoints import signed_in
from gateway.web.forms import form
from gateway.web.sessions import WebSession
from gateway.web.visits import redirect, visit_of

if TYPE_CHECKING:
    from gateway.services import Gateway


@signed_in
async def recording(request: Request, session: WebSession) -> Response:
    """Ended: here at once, in other processes within two seconds. What is over already is no fault."""
    await form(request)
    recorder = visit_of(request).gateway.recorder
    await recorder.standing.end(session.account.id)
    await recorder.look()
    return redirect(request, "/settings")


async def running(gateway: Gateway, account: str) -> dict[str, object] | None:
    """What `recording.html` shows; None where nothing is recorded. Raises StoreDown."""
    order = (await gateway.recorder.standing.standing()).get(account)
    if order is None:
        return None
    return {"until": datetime.fromtimestamp(order.until, UTC).strftime("%H:%M UTC"), "texts": order.texts}
