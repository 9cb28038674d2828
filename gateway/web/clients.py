"""What to type into each known client (reference/clients.md), as data: the words are in the catalogues."""

from __future__ import annotations

from typing import NamedTuple


class Client(NamedTuple):
    """`key` ends the keys `client.<key>` of the steps. `code` is to be copied; `{api}`, `{base_url}`, `{login}` are
    filled in."""

    name: str
    key: str
    code: str = ""


CURL = "curl -u {login} '{api}/statuses/home_timeline.json?count=5'"
PYTHON = """from getpass import getpass
import requests

reply = requests.get("{api}/statuses/home_timeline.json", auth=("{login}", getpass()))
for status in reply.json():
    print(status["user"]["screen_name"], status["text"])"""

CLIENTS = (
    Client("AndStatus", "andstatus"),
    Client("Twidere", "twidere"),
    Client("Choqok", "choqok"),
    Client("Friendica Mobile", "friendica_mobile"),
    Client("DiCa", "dica"),
    Client("Mastalab, Fedilab", "mastalab"),
    Client("Python", "python", PYTHON),
    Client("curl", "curl", CURL),
)
