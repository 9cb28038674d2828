"""`/settings`: the account, its devices with their app passwords, what can be taken away or out.

    GET, POST /settings                   what there is; POST makes an app password
    GET       /settings/password          the new app password, once
    POST      /settings/devices/<id>      revoke it, or say whether it may come without TLS
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.dialects import DIALECTS
from gateway.logins import Device, LoginProblem, Logins
from gateway.stores.store import LoginRecord
from gateway.web.clients import CLIENTS
from gateway.web.endpoints import signed_in
from gateway.web.forms import Fields, form
from gateway.web.notices import Notice
from gateway.web.pages import page
from gateway.web.refreshing import choice
from gateway.web.sessions import WebSession
from gateway.web.visits import Visit, redirect, visit_of

MAX_NAME = 60
PASSWORD = "new password"  # noqa: S105  where it waits for the next page
HOUR = 3600


@signed_in
async def settings(request: Request, session: WebSession) -> Response:
    """What there is; a new app password for a device."""
    if request.method != "POST":
        return await _shown(request, session)
    fields = await form(request)
    try:
        device = _device(fields)
    except Notice as notice:
        return await _shown(request, session, fields, notice)
    visit = visit_of(request)
    linked = await logins_of(visit).add(session.account.login, device, token=session.token)
    await visit.leave(PASSWORD, linked.password)
    return redirect(request, "/settings/password")


def _device(fields: Fields) -> Device:
    """What the form asks for. Raises Notice."""
    name = " ".join(fields["name"].split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Notice("settings.no_name", field="name", most=MAX_NAME)
    if fields["dialect"] not in {"", *DIALECTS}:
        raise Notice("problem.form")
    return Device(
        name=name, read_only=bool(fields["read_only"]), plain_http=bool(fields["plain_http"]), dialect=fields["dialect"]
    )


async def _shown(
    request: Request, session: WebSession, fields: Fields | None = None, notice: Notice | None = None
) -> Response:
    visit = visit_of(request)
    logins = [login for login in await logins_of(visit).list(session.account.login) if login.kind == "password"]
    faults = {notice.field: visit.texts(notice.key, **notice.values)} if notice else {}
    return page(
        request, "settings.html",
        status=notice.status if notice else 200, account=session.account, faults=faults, given=fields or Fields(),
        devices=[told(login) for login in logins], dialects=tuple(DIALECTS), base_url=visit.base_url,
        has_plain_http=bool(visit.gateway.settings.plain_http),
        refresh=await choice(visit.gateway, session.account),
    )  # fmt: skip


def told(login: LoginRecord) -> dict[str, Any]:
    """A login as a page shows it; times to the hour, because that is how exactly they are written down."""
    return {
        "id": login.id, "name": login.name, "dialect": login.dialect, "read_only": login.read_only,
        "plain_http": login.plain_http, "created": _moment(login.created)[:10],
        "used": _moment(login.last_used // HOUR * HOUR) if login.last_used else "",
    }  # fmt: skip


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


@signed_in
async def password(request: Request, session: WebSession) -> Response:
    """The app password just made, and what to type; asked for again it is gone."""
    visit = visit_of(request)
    made = await visit.pick_up(PASSWORD)
    return page(
        request, "password.html",
        login=session.account.login, password=made, clients=CLIENTS, base_url=visit.base_url,
        api=f"{visit.base_url}/api",
    )  # fmt: skip


@signed_in
async def device(request: Request, session: WebSession) -> Response:
    """One device: revoked, or let in without TLS or not. What is gone already is no fault."""
    fields, visit = await form(request), visit_of(request)
    name, id = session.account.login, request.path_params["id"]
    try:
        if fields["do"] == "revoke":
            await logins_of(visit).revoke(name, id)
        elif fields["do"] == "plain_http":
            await logins_of(visit).let_plain_http(name, id, allowed=bool(fields["allowed"]))
        else:
            raise Notice("problem.form")
    except LoginProblem:
        pass
    return redirect(request, "/settings")


def logins_of(visit: Visit) -> Logins:
    """The logins of the gateway."""
    gateway = visit.gateway
    return Logins(gateway.store, gateway.vault, gateway.connections)
