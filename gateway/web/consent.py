"""`/oauth/authorize`, under every mount: a program asks to be let in, the person says yes or no.

Who is not signed in types login name and app password here, or goes to the own server and comes back. The answer sends
the browser to the program's address, or shows a number to type in.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from adapters.errors import BackendError
from gateway.logins import LoginProblem
from gateway.oauth.consumers import OOB
from gateway.oauth.grants import Allowed, GrantProblem, Pending
from gateway.web.devices import logins_of
from gateway.web.endpoints import visited
from gateway.web.forms import Fields, form
from gateway.web.limits import turns_of
from gateway.web.notices import Notice
from gateway.web.pages import page
from gateway.web.sessions import WebSession
from gateway.web.visits import visit_of

TRIES, TRY_SECONDS = 10, 600.0
"""App passwords that one address may try on this page in so many seconds."""
MAX_TOKEN = 200


@visited
async def authorize(request: Request) -> Response:
    """Show what is asked for; take the answer."""
    if request.method != "POST":
        pending = await _pending(request, request.query_params.get("oauth_token", ""))
        return _asked(request, pending)
    fields = await form(request)
    pending, visit = await _pending(request, fields["oauth_token"]), visit_of(request)
    if fields["do"] == "sign_in":
        return await _signed_in(request, pending, fields)
    if visit.session is None:
        return _asked(request, pending, status=403)
    return await _answered(request, pending, fields, visit.session)


async def _pending(request: Request, token: str) -> Pending:
    """What the request token stands for. Raises Notice."""
    pending = await visit_of(request).gateway.grants.pending(token) if 0 < len(token) <= MAX_TOKEN else None
    if pending is None:
        raise Notice("consent.unknown", 400)
    return pending


def _asked(
    request: Request, pending: Pending, *, status: int = 200, faults: dict[str, str] | None = None, login: str = ""
) -> Response:
    visit = visit_of(request)
    back = f"{visit.path}?oauth_token={pending.token}"
    return page(
        request, "consent.html",
        status=status, form_to=_target(pending), pending=pending, action=visit.href(visit.path), back=back,
        place=urlsplit(pending.callback).netloc or pending.callback, is_pin=pending.callback == OOB,
        faults=faults or {}, login=login,
    )  # fmt: skip


def _target(pending: Pending) -> list[str]:
    """Where the answer's redirect may lead: the program's own place."""
    if pending.callback == OOB:
        return []
    parts = urlsplit(pending.callback)
    return [f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"]


async def _signed_in(request: Request, pending: Pending, fields: Fields) -> Response:
    """With an app password of one's own; then the question again, for somebody who is known now."""
    visit = visit_of(request)
    if wait := turns_of(request.app.state, "app passwords", TRIES, TRY_SECONDS).take(visit.exchange.address):
        raise Notice("consent.too_often", 429, headers={"Retry-After": str(wait)})
    try:
        account, token = await logins_of(visit).entered(fields["login"], fields["password"])
    except (LoginProblem, BackendError):
        faults = {"login": visit.texts("consent.wrong")}
        return _asked(request, pending, status=403, faults=faults, login=fields["login"])
    await visit.sign_in(account, token)
    return RedirectResponse(visit.href(f"{visit.path}?oauth_token={pending.token}"), 303, {"Cache-Control": "no-store"})


async def _answered(request: Request, pending: Pending, fields: Fields, session: WebSession) -> Response:
    grants = visit_of(request).gateway.grants
    if fields["do"] == "deny":
        place = await grants.deny(pending)
        return _sent(place) if place else page(request, "denied.html", pending=pending)
    if fields["do"] != "allow":
        raise Notice("problem.form")
    try:
        allowed = await grants.allow(
            pending, account=session.account, token=session.token, read_only=bool(fields["read_only"]),
            plain_http=bool(fields["plain_http"]),
        )  # fmt: skip
    except GrantProblem as problem:
        raise Notice("consent.answered", 409) from problem
    return _sent(allowed.redirect) if allowed.redirect else _pin(request, pending, allowed)


def _pin(request: Request, pending: Pending, allowed: Allowed) -> Response:
    return page(request, "pin.html", pending=pending, pin=allowed.verifier)


def _sent(place: str) -> Response:
    return RedirectResponse(place, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
