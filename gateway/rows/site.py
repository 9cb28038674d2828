"""Calls about the server, and OAuth."""

from __future__ import annotations

from gateway.calls import JSON_XML, Call, Param
from gateway.rows.shared import LINE_CHARS, URL_CHARS

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
        params=(Param(name="oauth_callback", cap=URL_CHARS, doc="Where to send the browser, or `oob`."),),
        ignored=("x_auth_access_type",),
        formats=JSON_XML,
        doc="First step of OAuth 1.0a.",
    ),
    Call(
        path="oauth/access_token",
        auth=False,
        params=(Param(name="oauth_verifier", cap=LINE_CHARS, doc="The number the person was shown."),),
        ignored=("x_auth_password", "x_auth_username", "x_auth_mode"),
        formats=JSON_XML,
        doc="Last step of OAuth 1.0a.",
    ),
)
