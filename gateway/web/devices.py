"""`/settings`: the account, its devices with their app passwords, what can be taken away or out.

GET, POST /settings                   what there is; POST makes an app password
GET       /settings/password          the new app password, once
POST      /settings/devices/<id>      revoke it, say which program it is, or whether it may come without TLS
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.client_presets import PRESETS
from gateway.listeners import plain_url_told
from gateway.logins import MAX_NAME, Device, LoginProblem, Logins, WidthFixed, device_name
from gateway.stores.store import LoginRecord
from gateway.web import clients
from gateway.web.endpoints import signed_in
from gateway.web.forms import Fields, form
from gateway.web.notices import Notice
from gateway.web.pages import page
from gateway.web.recording import running
from gateway.web.refreshing import choice
from gateway.web.sessions import WebSession
from gateway.web.visits import Visit, redirect, visit_of

PASSWORD, CLIENT, PLAIN = "new password", "its client", "may it come without TLS"
"""What waits for the next page."""
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
    await visit.leave(CLIENT, device.dialect)
    await visit.leave(PLAIN, "yes" if device.plain_http else "")
    return redirect(request, "/settings/password")


def _device(fields: Fields) -> Device:
    """What the form asks for. Raises Notice."""
    name = device_name(fields["name"])
    if not name:
        raise Notice("settings.no_name", field="name", most=MAX_NAME)
    return Device(
        name=name, read_only=bool(fields["read_only"]), plain_http=bool(fields["plain_http"]),
        pictures=bool(fields["pictures"]), dialect=preset_of(fields),
    )  # fmt: skip


def preset_of(fields: Fields) -> str:
    """The client that was chosen, "" for none. Raises Notice."""
    if fields["dialect"] not in {"", *PRESETS}:
        raise Notice("problem.form")
    return fields["dialect"]


async def _shown(
    request: Request, session: WebSession, fields: Fields | None = None, notice: Notice | None = None
) -> Response:
    visit = visit_of(request)
    logins = [login for login in await logins_of(visit).list(session.account.login) if login.kind == "password"]
    faults = {notice.field: visit.texts(notice.key, **notice.values)} if notice else {}
    return page(
        request, "settings.html",
        status=notice.status if notice else 200, account=session.account, faults=faults, given=fields or Fields(),
        devices=[{**told(login), "client": clients.title(visit.texts, login.dialect)} for login in logins],
        clients=clients.choices(visit.texts), base_url=visit.base_url,
        plain_url=plain_url(visit),
        refresh=await choice(visit.gateway, session.account),
        recording=await running(visit.gateway, session.account.id),
    )  # fmt: skip


def told(login: LoginRecord) -> dict[str, Any]:
    """A login as a page shows it; times to the hour, because that is how exactly they are written down."""
    return {
        "id": login.id, "name": login.name, "dialect": login.dialect, "read_only": login.read_only,
        "plain_http": login.plain_http, "pictures": login.pictures, "created": _moment(login.created)[:10],
        "used": _moment(login.last_used // HOUR * HOUR) if login.last_used else "",
    }  # fmt: skip


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


@signed_in
async def password(request: Request, session: WebSession) -> Response:
    """The app password just made, and what to type; asked for again it is gone."""
    visit = visit_of(request)
    made, chosen, plain = [await visit.pick_up(name) for name in (PASSWORD, CLIENT, PLAIN)]
    told = typing(visit, session.account.login, chosen, plain_too=bool(plain))
    return page(request, "password.html", password=made, **told)


def typing(visit: Visit, login: str, chosen: str, *, plain_too: bool = False) -> dict[str, Any]:
    """What the part `typing.html` of a page needs; `chosen` is the client it is made for, with `plain_too` it may also
    come without TLS."""
    plain = plain_url(visit)
    return {
        "login": login, "base_url": visit.base_url, "api": f"{visit.base_url}/api", "chosen": chosen,
        "plain_url": plain if plain_too else "",
        "clients": clients.shown(visit.texts, visit.base_url, login, plain),
    }  # fmt: skip


def plain_url(visit: Visit) -> str:
    """Where the gateway is reached without TLS, "" where it is not."""
    return plain_url_told(visit.gateway.settings, visit.texts(clients.MACHINE))


@signed_in
async def device(request: Request, session: WebSession) -> Response:
    """One device: revoked, made for another program, let in without TLS or not. What is gone already is no fault."""
    fields, visit = await form(request), visit_of(request)
    name, id = session.account.login, request.path_params["id"]
    try:
        if fields["do"] == "revoke":
            await logins_of(visit).revoke(name, id)
        elif fields["do"] == "plain_http":
            await logins_of(visit).let_plain_http(name, id, allowed=bool(fields["allowed"]))
        elif fields["do"] == "pictures":
            await logins_of(visit).let_pictures(name, id, wanted=bool(fields["wanted"]))
        elif fields["do"] == "dialect":
            await logins_of(visit).choose(name, id, preset_of(fields))
        else:
            raise Notice("problem.form")
    except WidthFixed:
        return await _shown(request, session, notice=Notice("settings.width_fixed", 409, field=f"dialect-{id}"))
    except LoginProblem:
        pass
    return redirect(request, "/settings")


def logins_of(visit: Visit) -> Logins:
    """The logins of the gateway."""
    gateway = visit.gateway
    return Logins(gateway.store, gateway.vault, gateway.connections)
