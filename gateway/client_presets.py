"""The clients that are known, a row each: what to type into them, and how they want their replies.

Sources: reference/clients.md sections 1, 6, 7 and 11, reference/wire-friendica.md section 16. Adding a client is one
row here and its line in `tests/clients/test_presets.py`; `docs/clients.md`, `oldbird clients` and the pages are made
from the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

IDS = ("id_bits", "message_bits", "message_ids")
"""Fields of a dialect that only a device's own preset sets, never the name a program gives itself."""

CURL = "curl -u {login} '{api}/statuses/home_timeline.json?count=5'"
PYTHON = """from getpass import getpass
import requests

reply = requests.get("{api}/statuses/home_timeline.json", auth=("{login}", getpass()))
for status in reply.json():
    print(status["user"]["screen_name"], status["text"])"""


class Preset(NamedTuple):
    """`typed`: (label, value) of what to type beside name and password; a label is a key `type.<label>` of the
    catalogues, values and `example` have the holes `{base_url}`, `{host}`, `{api}`, `{login}`. `oauth`: it signs in by
    OAuth 1.0a with a consumer of its own, not with an app password. `base`: the dialect to start from, "" that of the
    mount the client calls; `changes`: what it wants otherwise. `remarks` are keys `client.<remark>`."""

    name: str
    title: str
    versions: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    mount: str = "/api"
    oauth: bool = False
    base: str = ""
    changes: Mapping[str, Any] = {}
    remarks: tuple[str, ...] = ()
    example: str = ""


SERVER = (("server", "{base_url}"),)
API = (("address", "{api}"),)
TWITTER_API = (("address", "{base_url}/1.1"),)


def _twitter(name: str, title: str, versions: str, typed: tuple[tuple[str, str], ...], *remarks: str) -> Preset:
    """A library for Twitter's own API: it reads Twitter's forms whatever path it is sent to."""
    return Preset(name, title, versions, typed, mount="/1.1", oauth=True, base="twitter", remarks=remarks)


ROWS = (
    # Friendica
    Preset("choqok", "Choqok", "1.7.0", (("kind", "Friendica, GNU social"), ("host", "{host}"), ("path", "/api")),
           changes={"whole_conversation": True}, remarks=("search_asks",)),
    Preset("dica", "DiCa", "2019-2020", SERVER, changes={"id_bits": 31}, remarks=("small_ids",)),
    Preset("friendica-mobile-1", "Friendica Mobile, first generation", "2017", SERVER,
           changes={"id_bits": 31, "message_bits": 16, "message_ids": "text", "seen": "text", "photo_numbers": "text",
                    "wrong_users": "objects"},
           remarks=("small_ids", "small_messages")),
    Preset("friendica-mobile", "Friendica Mobile", "2018-2019", SERVER,
           changes={"id_bits": 31, "message_bits": 16, "wrong_users": "objects"},
           remarks=("small_ids", "small_messages")),
    Preset("friendica-android", "Friendica for Android (luelista)", "2012-2014", SERVER, remarks=("no_conversations",)),
    Preset("raccoon", "Raccoon for Friendica", "2024-2026", SERVER,
           changes={"seen": "boolean", "deleted_message": "result"}, remarks=("basic",)),
    Preset("larpnet", "Larpnet", "2025", SERVER, changes={"albums_in_object": True}),
    Preset("friendiqa", "Friendiqa", "", SERVER),
    Preset("mastalab", "Mastalab, Fedilab", "2019", (("kind", "Friendica"), ("host", "{host}"))),
    Preset("python-friendica", "python-friendica", "0.3", SERVER, remarks=("posts_by_get",)),
    Preset("rsstofriendika", "RSStoFriendika", "", API),
    # GNU social, StatusNet
    Preset("andstatus", "AndStatus", "62.03", (("kind", "GNU social"), *SERVER), changes={"cursors": False},
           remarks=("oauth_off",)),
    Preset("twidere", "Twidere", "2021", (("kind", "StatusNet"), *API, ("auth", "Basic"))),
    Preset("bitlbee", "BitlBee", "3.6", (("kind", "identica"), ("setting", "base_url {api}"), ("setting", "oauth off")),
           changes={"cursors": True, "screen_names": "address"}),
    Preset("twittering-mode", "twittering-mode (Emacs)", "3.1.0",
           (("setting", "(setq twittering-service-method 'statusnet twittering-auth-method 'basic)"),
            ("setting", '(setq twittering-api-host "{host}" twittering-api-prefix "api/")')),
           changes={"error_root": "hash"}),
    Preset("identica-mode", "identica-mode (Emacs)", "1.3.1", (("setting", '(setq statusnet-server "{host}")'),),
           remarks=("plain_http",)),
    Preset("bti", "bti", "034", (("setting", "host={api}/statuses"),)),
    Preset("oysttyer", "oysttyer, TTYtter", "2.10.0", (("setting", "-apibase={base_url}/1.1"), ("auth", "basic")),
           mount="/1.1"),
    Preset("gnusocial", "gnusocial (Python)", "4.0.0", SERVER),
    Preset("statusnet", "statusnet (Python), IdentiCurse", "0.1.1", API),
    Preset("python-twitter-tools", "Python Twitter Tools", "1.19.6", (("host", "{host}"), ("path", "api"))),
    Preset("net-twitter", "Net::Twitter, Twitter::API (Perl)", "4.01043, 0.12008, 1.0006",
           (("setting", "apiurl {api}"),)),
    Preset("npm-gnusocial", "gnusocial, ntwitter (npm)", "0.0.8, 0.5.0", API, oauth=True),
    # Twitter 1.1
    Preset("andstatus-twitter", "AndStatus (Twitter)", "62.03", (("kind", "Twitter"), *SERVER), mount="/1.1",
           oauth=True),
    _twitter("tweepy", "tweepy", "3.10.0, 4.17.0", (("host", "{host}"),), "https_only"),
    _twitter("python-twitter", "python-twitter", "3.5", (("setting", "base_url={base_url}/1.1"),)),
    _twitter("twython", "twython", "3.9.1", TWITTER_API, "https_only"),
    _twitter("python-twitter-api", "TwitterAPI, birdy, peony-twitter", "2.8.2, 0.3.2, 2.1.2", TWITTER_API),
    _twitter("npm-twitter", "twit, twitter, twitter-lite (npm)", "2.2.11, 1.7.1, 1.1.0", TWITTER_API),
    _twitter("ruby-twitter", "twitter (Ruby)", "7.0.0, 0.4.94", TWITTER_API, "https_only"),
    _twitter("twidge", "Twidge", "2016", (("setting", "serverbase {base_url}"),)),
    _twitter("wired", "twitteroauth (PHP), tircd, rtweet, twitter-conduit, rainbowstream", "", (), "host_wired"),
    # by hand, and everything else
    Preset("python", "Python", "", (), remarks=("python",), example=PYTHON),
    Preset("curl", "curl", "", (), remarks=("curl",), example=CURL),
    Preset("friendica", "Friendica and GNU social", "", API, base="friendica"),
    Preset("twitter", "Twitter", "", TWITTER_API, mount="/1.1", base="twitter"),
)  # fmt: skip

PRESETS: dict[str, Preset] = {row.name: row for row in ROWS}
"""By name, as a device has it."""


def typed(preset: Preset, base_url: str, login: str) -> list[tuple[str, str]]:
    """(label, value) of everything to type but the secrets."""
    holes = holes_of(base_url, login)
    rows = [(label, value.format(**holes)) for label, value in preset.typed]
    return rows if preset.oauth or preset.example else [*rows, ("name", login)]


def example(preset: Preset, base_url: str, login: str) -> str:
    """Its example with the holes filled, "" where there is none."""
    return preset.example.replace("{api}", f"{base_url}/api").replace("{login}", login)


def holes_of(base_url: str, login: str) -> dict[str, str]:
    """What stands in the braces of `typed`."""
    return {"base_url": base_url, "api": f"{base_url}/api", "host": base_url.partition("://")[2], "login": login}
