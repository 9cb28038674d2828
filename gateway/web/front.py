"""The front page, and signing out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.dispatch import EXCHANGE
from gateway.web.endpoints import visited
from gateway.web.forms import form
from gateway.web.pages import page
from gateway.web.visits import redirect, visit_of

PLAIN = """Oldbird: a gateway for clients of the Friendica, GNU social and old Twitter API.

Type this into your client as the address of the server:

    {base_url}
    {base_url}/api        if it asks for the address of the API

Your user name is the name your account was linked under, your password an app password.
Link an account with a browser at {base_url}/connect (or, on the server, with "oldbird link").
"""


async def front_page(request: Request) -> Response:
    """What this is and what to type: a page for browsers, plain text for everything else."""
    if "text/html" in request.headers.get("accept", "").lower():
        return await _front(request)
    gateway, exchange = request.app.state.gateway, request.scope[EXCHANGE]
    text = PLAIN.format(base_url=exchange.base_url(gateway.settings.base_url))
    return PlainTextResponse(text, headers={"Vary": "Accept"})


@visited
async def _front(request: Request) -> Response:
    return page(request, "front.html", base_url=visit_of(request).base_url)


@visited
async def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    await form(request)
    await visit_of(request).sign_out()
    return redirect(request, "/")
