"""What the recorded clients do: short visits, as those programs make them. Each is told where to go and as whom."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.clients.gear import ROOT, clean_environment

CHOQOK = ["curl", "-q", "--silent", "--show-error", "--max-time", "30", "-o", "/dev/null", "-A", "Choqok/1.7.0"]
TWITTER_TOOLS = """
import sys
from twitter import Twitter, UserPassAuth
host, name, password = sys.stdin.read().split()
api = Twitter(auth=UserPassAuth(name, password), domain=host, api_version="api", secure=False, format="json")
me = api.account.verify_credentials()
home = api.statuses.home_timeline(count=2)
api.statuses.home_timeline(count=2, max_id=home[-1]["id"] - 1)
made = api.statuses.update(status="Hello from a library", in_reply_to_status_id=home[0]["id"])
api.statuses.show(id=made["id"])
api.favorites.create(id=home[0]["id"])
api.users.show(screen_name=home[0]["user"]["screen_name"])
api.direct_messages(count=1)
api.statuses.destroy(id=made["id"])
"""


def choqok(base_url: str, name: str, password: str, picture: Path) -> None:
    """The requests of Choqok with an account of the kind Friendica, sent by curl."""
    auth, api = ["-u", f"{name}:{password}"], f"{base_url}/api/"
    for call, *form in (
        ["account/verify_credentials.json"],
        ["statuses/home_timeline.json?count=2"],
        ["statuses/replies.json?count=2"],
        ["direct_messages.json?count=1"],
        ["direct_messages/sent.json?count=1"],
        ["favorites.json"],
        ["statuses/public_timeline.xml?count=1"],
        ["statuses/update.json", "--data-urlencode", "status=Hello from Choqok <&>", "-d", "source=Choqok"],
        ["statuses/update_with_media.json", "-F", "status=A picture", "-F", f"media[]=@{picture}"],
        ["direct_messages/new.json", "-d", "screen_name=bob", "-d", "text=A message"],
        ["search.atom?q=mention"],
        ["statuses/show/1.json"],
        ["statuses/unheard_of.json"],
    ):
        subprocess.run([*CHOQOK, *auth, *form, api + call], check=True)


def twitter_tools(base_url: str, name: str, password: str, picture: Path) -> None:
    """Python Twitter Tools, by name and password."""
    python = ROOT / ".venvs" / "client-twitter" / "bin" / "python"
    facts = f"{base_url.removeprefix('http://')}\n{name}\n{password}"
    subprocess.run([python, "-c", TWITTER_TOOLS], input=facts, text=True, check=True, env=clean_environment())


CLIENTS: dict[str, Callable[[str, str, str, Path], None]] = {
    "choqok-requests": choqok,
    "python-twitter-tools": twitter_tools,
}
