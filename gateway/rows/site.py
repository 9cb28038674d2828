"""Calls about the server, and OAuth."""

from __future__ import annotations

from gateway.calls import FORM, JSON_XML, Call, Param
from gateway.rows.shared import LINE_CHARS, NAME_CHARS, URL_CHARS

ROWS = (
    Call(path="help/test", auth=False, root="ok", formats=JSON_XML, handler="site.test", doc="Answers ok."),
    Call(
        path="statusnet/config",
        aliases=("gnusocial/config",),
        auth=False,
        root="config",
        formats=JSON_XML,
        handler="site.config",
        doc="What clients need to know about the server, such as the length of a post.",
    ),
    Call(
        path="statusnet/version",
        aliases=("gnusocial/version",),
        auth=False,
        ignored=("user_id", "screen_name", "cursor"),
        root="version",
        formats=JSON_XML,
        handler="site.version",
        doc="The version of the API.",
    ),
    Call(
        path="oauth/request_token",
        auth=False,
        params=(
            Param(name="oauth_callback", cap=URL_CHARS, doc="Where to send the browser, or `oob`."),
            Param(name="x_auth_access_type", cap=NAME_CHARS, doc="`read`: the token shall only read."),
        ),
        formats=FORM,
        handler="oauth.request_token",
        doc="First step of OAuth 1.0a: a request token.",
    ),
    Call(
        path="oauth/access_token",
        auth=False,
        params=(
            Param(name="oauth_verifier", cap=LINE_CHARS, doc="What the callback got, or the PIN."),
            Param(name="x_auth_mode", cap=NAME_CHARS, doc="`client_auth`: with name and app password."),
            Param(name="x_auth_username", cap=NAME_CHARS, doc="Login name."),
            Param(name="x_auth_password", cap=LINE_CHARS, doc="App password."),
        ),
        formats=FORM,
        handler="oauth.access_token",
        doc="Last step of OAuth 1.0a: an access token.",
    ),
)
