"""`/settings/oauth`: the consumers a person made, and the programs that were let in.

GET, POST /settings/oauth                     what there is; POST makes a consumer
POST      /settings/oauth/consumers/<key>     removes it with all its tokens
POST      /settings/oauth/tokens/<id>         revokes one token
"""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from gateway.logins import LoginProblem
from gateway.oauth.consumers import MOST, NAME_CHARS, ConsumerProblem
from gateway.web import clients
from gateway.web.devices import logins_of, preset_of, told
from gateway.web.endpoints import signed_in
from gateway.web.forms import Fields, form
from gateway.web.pages import page
from gateway.web.sessions import WebSession
from gateway.web.visits import redirect, visit_of

HERE = "/settings/oauth"
FAULTS = {
    "": "programs.too_many", "name": "programs.bad_name", "callback": "programs.bad_callback",
    "icon": "programs.bad_icon",
}  # fmt: skip
"""What was wrong with a new consumer, by field."""


@signed_in
async def programs(request: Request, session: WebSession) -> Response:
    """What there is; a new consumer."""
    if request.method != "POST":
        return await _shown(request, session)
    fields = await form(request)
    try:
        await visit_of(request).gateway.consumers.add(
            session.account.id, fields["name"], fields["callback"], fields["icon"],
            read_only=bool(fields["read_only"]), dialect=preset_of(fields),
        )  # fmt: skip
    except ConsumerProblem as problem:
        return await _shown(request, session, fields, problem)
    return redirect(request, HERE)


async def _shown(
    request: Request, session: WebSession, fields: Fields | None = None, problem: ConsumerProblem | None = None
) -> Response:
    visit = visit_of(request)
    faults = {problem.field: visit.texts(FAULTS[problem.field], most=MOST, chars=NAME_CHARS)} if problem else {}
    consumers = visit.gateway.consumers
    logins = await logins_of(visit).list(session.account.login)
    return page(
        request, "programs.html",
        status=400 if problem else 200, faults=faults, given=fields or Fields(),
        consumers=await consumers.list(session.account.id), base_url=visit.base_url,
        clients=clients.choices(visit.texts, oauth=True), title=lambda name: clients.title(visit.texts, name),
        tokens=[told(login) for login in logins if login.kind == "oauth"],
    )  # fmt: skip


@signed_in
async def consumer(request: Request, session: WebSession) -> Response:
    """Remove a consumer of one's own."""
    await form(request)
    await visit_of(request).gateway.consumers.remove(session.account.id, request.path_params["key"])
    return redirect(request, HERE)


@signed_in
async def token(request: Request, session: WebSession) -> Response:
    """Revoke what a program was granted."""
    await form(request)
    with suppress(LoginProblem):  # revoked before
        await logins_of(visit_of(request)).revoke(session.account.login, request.path_params["id"])
    return redirect(request, HERE)
