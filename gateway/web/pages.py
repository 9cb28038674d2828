"""Templates, and the headers every page has.

A template sees `t(key, ...)`, `lang`, `languages`, `switch(language)`, `href(path)`, `asset(name)`, `csrf()`, `person`
(the account of who is signed in, or None) and what the endpoint gives; a name that is not there is an error, and
everything is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gateway.web.assets import asset_path
from gateway.web.texts import LANGUAGES
from gateway.web.visits import Visit, visit_of

FOLDER = Path(__file__).parent / "templates"

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept, Accept-Language, Cookie",
}


@cache
def environment() -> Environment:
    """The templates of the process."""
    loader = FileSystemLoader(FOLDER)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    form_to: Sequence[str] = (),
    images: Sequence[str] = (),
    **values: Any,
) -> Response:
    """A template as a response. `form_to` are sources (CSP) that a form of the page may end at after a redirect,
    `images` those of pictures, beside the gateway itself."""
    visit = visit_of(request)
    text = environment().get_template(template).render(**_names(visit), **values)
    own = {
        "Content-Language": visit.language,
        "Content-Security-Policy": content_policy(form_to=form_to, images=images),
    }
    return HTMLResponse(text, status, {**HEADERS, **own, **(headers or {})})


def content_policy(*, form_to: Sequence[str] = (), images: Sequence[str] = ()) -> str:
    """Nothing inline, nothing framed, nothing from elsewhere.

    Browsers apply `form-action` also to where a form's answer redirects, so pages whose form leads elsewhere say where.
    """
    rules = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": " ".join(["'self'", *images]),
        "form-action": " ".join(["'self'", *form_to]),
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _names(visit: Visit) -> dict[str, Any]:
    """What every template sees."""
    return {
        "t": visit.texts,
        "lang": visit.language,
        "languages": LANGUAGES,
        "switch": lambda language: switch_of(visit, language),
        "href": visit.href,
        "asset": lambda name: visit.href(asset_path(name)),
        "csrf": lambda: visit.csrf,
        "person": visit.session.account if visit.session else None,
    }


def switch_of(visit: Visit, language: str) -> str:
    """The address of the same page in another language."""
    query = [(name, value) for name, value in visit.request.query_params.multi_items() if name != "lang"]
    return visit.href(visit.path) + "?" + urlencode([*query, ("lang", language)])
