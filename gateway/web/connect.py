"""`/connect`: the form, the way back, and the page that shows the app password once.

GET, POST /connect                which server?
GET       /connect/return/<tag>   from the instance's own page; <tag> stands for the instance
GET       /connect/return/<tag>/client   who the gateway is, for servers that read that
GET       /connect/done           what to type into clients
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from adapters.activitypub.signing_in import client_document
from adapters.errors import BackendError
from gateway.logins import LoginProblem
from gateway.web import clients
from gateway.web.addresses import FIELD, wanted
from gateway.web.admission import Admission
from gateway.web.apps import NAME
from gateway.web.devices import preset_of, typing
from gateway.web.endpoints import signed_in, visited
from gateway.web.forms import Fields, form
from gateway.web.limits import turns_of
from gateway.web.linking import STATE_SECONDS, Arrived, Begun, Linking
from gateway.web.notices import Notice, notice_of
from gateway.web.pages import page
from gateway.web.sessions import WebSession
from gateway.web.visits import Visit, own_path, redirect, visit_of

MAX_SERVER = 300
STARTS, START_SECONDS = 15, 600.0
"""Linkings that one address may begin in so many seconds."""
COOKIE = "oldbird-link-"
COOKIE_CHARS = 12
TAG = re.compile(r"[0-9a-f]{16}").fullmatch
PASSWORD, NEXT, CLIENT = "password", "next", "client"
"""What is left for the page after the return."""


@visited
async def connect(request: Request) -> Response:
    """Ask for the server, or go there."""
    visit = visit_of(request)
    if request.method != "POST":
        return _asked(request, next=own_path(request.query_params.get("next", "")))
    fields = await form(request)
    next = own_path(fields["next"])
    try:
        return await _begin(visit, fields, next)
    except (Notice, BackendError) as error:
        notice = notice_of(error)
        return _asked(request, next=next, server=fields["server"], client=fields["dialect"], notice=notice)


def _asked(
    request: Request, *, next: str, server: str = "", client: str = "", notice: Notice | None = None
) -> Response:
    visit = visit_of(request)
    admission = Admission(visit.gateway.settings)
    faults = {FIELD: visit.texts(notice.key, **notice.values)} if notice else {}
    return page(
        request, "connect.html",
        status=notice.status if notice else 200, headers=notice.headers if notice else {}, form_to=_targets(visit),
        next=next, server=server[:MAX_SERVER], faults=faults, admission=admission,
        clients=clients.choices(visit.texts), client=client,
    )  # fmt: skip


def _targets(visit: Visit) -> list[str]:
    """Where the form may end: any server over https, and those the operator lists."""
    return ["https:", *(f"http://{pair}" for pair in visit.gateway.settings.allow_hosts)]


async def _begin(visit: Visit, fields: Fields, next: str) -> Response:
    meant, client = wanted(fields[FIELD][:MAX_SERVER]), preset_of(fields)
    if wait := turns_of(visit.request.app.state, "linkings", STARTS, START_SECONDS).take(visit.exchange.address):
        raise Notice("connect.too_often", 429, field=FIELD, headers={"Retry-After": str(wait)})
    return _away(visit, await Linking(visit.gateway, visit.base_url).begin(meant, next, client))


def _away(visit: Visit, begun: Begun) -> Response:
    """Off to the instance's page."""
    visit.set_cookie(cookie_of(begun.state), begun.secret, STATE_SECONDS)
    return RedirectResponse(begun.url, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def cookie_of(state: str) -> str:
    """The cookie that belongs to a state; each has its own, so that two tabs do not disturb each other."""
    return COOKIE + "".join(char for char in state if char.isalnum())[:COOKIE_CHARS]


@visited
async def returned(request: Request) -> Response:
    """Back from the instance, with a code or an error."""
    visit, query = visit_of(request), request.query_params
    state = query.get("state", "")
    cookie = cookie_of(state)
    secret = visit.cookie(cookie)
    linking = Linking(visit.gateway, visit.base_url)
    pending = await linking.take(request.path_params["tag"], state, secret)
    visit.set_cookie(cookie, "", 0)
    if query.get("error") or not query.get("code"):
        raise Notice("connect.denied" if query.get("error") == "access_denied" else "connect.failed", 403)
    try:
        came = await linking.arrive(pending, query["code"], secret)
    except LoginProblem as error:
        raise Notice("connect.no_name") from error
    return _away(visit, came) if isinstance(came, Begun) else await _welcome(visit, came)


async def _welcome(visit: Visit, came: Arrived) -> Response:
    """Sign the browser in; a new password waits for the next page, which shows it once."""
    await visit.sign_in(came.linked.account, came.token)
    if not came.linked.password and came.next:
        return redirect(visit.request, came.next)
    await visit.leave(PASSWORD, came.linked.password)
    await visit.leave(NEXT, came.next)
    await visit.leave(CLIENT, came.client)
    return redirect(visit.request, "/connect/done")


@visited
async def described(request: Request) -> Response:
    """The document that a client id may be the address of."""
    tag, base_url = request.path_params["tag"], visit_of(request).base_url
    if not TAG(tag):
        return PlainTextResponse("Not Found", 404)
    document = client_document(f"{base_url}/connect/return/{tag}", name=NAME, website=base_url)
    return JSONResponse(document, headers={"Cache-Control": "max-age=3600"})


@signed_in
async def done(request: Request, session: WebSession) -> Response:
    """The app password, once, and what to type."""
    visit = visit_of(request)
    password, next, chosen = [await visit.pick_up(name) for name in (PASSWORD, NEXT, CLIENT)]
    return page(request, "done.html", password=password, next=next, **typing(visit, session.account.login, chosen))
