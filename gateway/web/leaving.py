"""Taking one's data out, and leaving.

POST      /settings/export     the file of `gateway.exports`
GET, POST /settings/leave      unlink and delete everything; the login name is typed to confirm
"""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.errors import BackendError
from gateway.exports import CONTENT_TYPE, export
from gateway.logins import ACTIVITYPUB
from gateway.unlinking import unlink
from gateway.web.apps import Apps
from gateway.web.endpoints import signed_in, visited
from gateway.web.forms import form
from gateway.web.linking import ways_in
from gateway.web.pages import HEADERS, page
from gateway.web.sessions import WebSession
from gateway.web.visits import Visit, redirect, visit_of


@signed_in
async def exported(request: Request, session: WebSession) -> Response:
    """Everything kept for the account, as a file."""
    await form(request)
    name = "".join(char if char.isalnum() else "-" for char in session.account.login)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="oldbird-{name}.ndjson"'}
    gateway = visit_of(request).gateway
    pieces = export(gateway.store, gateway.vault, session.account, own=True)
    return StreamingResponse(pieces, media_type=CONTENT_TYPE, headers=headers)


@signed_in
async def leave(request: Request, session: WebSession) -> Response:
    """Ask once more, then delete."""
    visit, faults = visit_of(request), dict[str, str]()
    if request.method == "POST":
        fields = await form(request)
        if fields["login"].lower() == session.account.login.lower():
            return await _gone(visit, session)
        faults["login"] = visit.texts("leave.not_the_name")
    return page(request, "leave.html", status=400 if faults else 200, account=session.account, faults=faults)


async def _gone(visit: Visit, session: WebSession) -> Response:
    """The backend is told first, while the token is at hand; what it answers does not keep anybody here."""
    gateway = visit.gateway
    with suppress(BackendError):
        account = session.account
        actor = account.native if account.software == ACTIVITYPUB else ""
        signing_in = await ways_in(gateway.connections, account.backend, account.software, actor)
        app = await Apps(gateway.store, gateway.vault, visit.base_url).of(session.account.backend, signing_in)
        await signing_in.revoke(app, session.token)
    await unlink(gateway.store, gateway.vault, session.account)
    await visit.sign_out()
    return redirect(visit.request, "/left")


@visited
async def left(request: Request) -> Response:
    """What was done."""
    return page(request, "left.html")
