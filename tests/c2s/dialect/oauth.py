"""OAuth 2: metadata (RFC 8414), dynamic registration (RFC 7591), code flow with PKCE S256, refresh."""

from __future__ import annotations

import hashlib
import html
import secrets
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.c2s.dialect.tokens import BadToken, claims, issue, packed
from tests.c2s.dialect.wire import reply
from tests.c2s.dialect.world import PUBLIC, Json, Refusal, World

JSON = "application/json; charset=utf-8"
COOKIE = "session"
SECONDS = 86400
ASKED = ("client_id", "redirect_uri", "scope", "code_challenge", "code_challenge_method", "response_type", "state")


def metadata(world: World, request: Request) -> Response:
    """/.well-known/oauth-authorization-server."""
    endpoint = f"{world.base_url}/endpoint/oauth"
    body = {
        "issuer": world.base_url,
        "authorization_endpoint": f"{endpoint}/authorize",
        "token_endpoint": f"{endpoint}/token",
        "registration_endpoint": f"{endpoint}/registration",
        "scopes_supported": ["read", "write"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "activitypub_universal_client_id": True,
        "client_id_metadata_document_supported": True,
    }
    return reply(request, body, kind=JSON)


async def registration(world: World, request: Request) -> Response:
    """A client becomes an object, its id is that object's."""
    try:
        body = msgspec.convert(msgspec.json.decode(await request.body()), dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError):
        error = {"error": "invalid_client_metadata", "error_description": "Invalid Content-Type"}
        return reply(request, error, 400, JSON)
    uris = body.get("redirect_uris")
    if not isinstance(uris, list) or not uris or not all(isinstance(uri, str) for uri in uris):
        error = {"error": "invalid_redirect_uri", "error_description": "redirect_uris required"}
        return reply(request, error, 400, JSON)
    client: Json = {"type": "Object", "redirectURI": uris, "to": [PUBLIC], "attributedTo": f"{world.base_url}/"}
    client |= {"name": body["client_name"]} if "client_name" in body else {}
    world.save(client, client["attributedTo"])
    named = {"client_name": body["client_name"]} if "client_name" in body else {}
    return reply(request, {"client_id": client["id"], "redirect_uris": uris} | named, 201, JSON)


async def login(world: World, request: Request) -> Response:
    """GET: a form. POST {username, password, next}: a session, then on to `next`."""
    if request.method == "GET":
        return _form("/login", {"next": request.query_params.get("next", "/")}, ("username", "password"))
    form = await request.form()
    person = world.people.get(str(form.get("username")))
    if person is None or not secrets.compare_digest(person.password, str(form.get("password"))):
        return RedirectResponse("/login?error=1", 302)
    session = secrets.token_urlsafe()
    world.sessions[session] = person.actor
    answer = RedirectResponse(str(form.get("next") or "/"), 302)
    answer.set_cookie(COOKIE, session, httponly=True)
    return answer


async def authorize(world: World, request: Request) -> Response:
    """GET: the question, once signed in. POST (the question's form): back to the client with a code."""
    session = request.cookies.get(COOKIE, "")
    actor = world.sessions.get(session)
    if actor is None:
        return RedirectResponse("/login?" + urlencode({"next": str(request.url)}), 302)
    given = request.query_params if request.method == "GET" else await request.form()
    asked = {name: str(given[name]) for name in ASKED if name in given}
    _check(world, asked)
    if request.method == "GET":
        return _form("/endpoint/oauth/authorize", asked | {"csrf_token": session})
    if given.get("csrf_token") != session:
        raise Refusal(400, "Invalid CSRF token")
    kept = {"challenge": asked["code_challenge"], "client": asked["client_id"], "redir": asked["redirect_uri"]}
    code = issue(world, "authz", actor, asked["scope"], **kept)
    back = {"code": code} | ({"state": asked["state"]} if "state" in asked else {})
    return RedirectResponse(asked["redirect_uri"] + "?" + urlencode(back), 302)


def _check(world: World, asked: dict[str, str]) -> None:
    for name in ("client_id", "redirect_uri", "scope", "code_challenge"):
        if not asked.get(name):
            raise Refusal(400, f"Missing {name}")
    if asked.get("code_challenge_method", "S256") != "S256":
        raise Refusal(400, "Unsupported code challenge method")
    client = world.documents.get(asked["client_id"])
    if client is None:
        raise Refusal(400, "Invalid client_id")
    if asked["redirect_uri"] not in client.get("redirectURI", ()):
        raise Refusal(400, "Invalid redirect_uri")
    if not set(asked["scope"].split()) <= {"read", "write"}:
        raise Refusal(400, "Invalid scope")


def _form(action: str, hidden: dict[str, str], shown: tuple[str, ...] = ()) -> HTMLResponse:
    fields = [f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in hidden.items()]
    fields += [f'<input name="{name}">' for name in shown]
    return HTMLResponse(f'<form method="post" action="{action}">{"".join(fields)}<button>Go</button></form>')


async def token(world: World, request: Request) -> Response:
    """Codes and refresh tokens become access tokens; a new refresh token comes with each."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Refusal(400, "Invalid Content-Type")
    form = {name: str(value) for name, value in (await request.form()).items()}
    grant = form.get("grant_type")
    if grant not in ("authorization_code", "refresh_token"):
        raise Refusal(400, "Invalid grant_type")
    said = _by_code(world, form) if grant == "authorization_code" else _by_refresh(world, form)
    subject, scope, client = said["subject"], said["scope"], said.get("client")
    body = {
        "access_token": issue(world, "access", subject, scope, client=client),
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": SECONDS,
        "refresh_token": issue(world, "refresh", subject, scope, client=client),
    }
    return reply(request, body, kind=JSON)


def _said(world: World, text: str, kind: str) -> Json:
    try:
        said = claims(world, text)
    except BadToken as bad:
        raise Refusal(500, str(bad)) from bad
    if said["type"] != kind:
        raise Refusal(400, "Invalid code")
    return said


def _by_code(world: World, form: dict[str, str]) -> Json:
    for name in ("code", "redirect_uri", "client_id", "code_verifier"):
        if not form.get(name):
            raise Refusal(400, f"Missing {name}")
    said = _said(world, form["code"], "authz")
    if said["client"] != form["client_id"]:
        raise Refusal(400, "Invalid client")
    if said["redir"] != form["redirect_uri"]:
        raise Refusal(400, "Invalid redirect_uri")
    if said["challenge"] != packed(hashlib.sha256(form["code_verifier"].encode()).digest()):
        raise Refusal(400, "Invalid code_verifier")
    return said


def _by_refresh(world: World, form: dict[str, str]) -> Json:
    if not form.get("refresh_token"):
        raise Refusal(400, "Missing refresh_token")
    return _said(world, form["refresh_token"], "refresh")
