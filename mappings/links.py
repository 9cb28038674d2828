"""Links inside a text: what stands in the text for them and how they are shown (wire-statuses-users section 6.2)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple
from urllib.parse import unquote

Kind = Literal["url", "mention", "hashtag", "media"]

_ABSOLUTE = re.compile(r"(?i:(?!javascript:|data:|vbscript:|blob:|file:|about:)[a-z][a-z0-9+.-]*:[^\s]+)").fullmatch
_HANDLE = re.compile(r"@[\w.-]+(?:@[\w.:-]+)?").fullmatch
_LOOKS_LIKE_URL = re.compile(r"(?i:(?:[a-z][a-z0-9+.-]*://|www\.)\S+)").fullmatch
_HEAD = re.compile(r"(?i:(?:https?://)?(?:www\.)?)")

LONGEST_DISPLAY = 26


class Link(NamedTuple):
    """A link of a text. `shown` is what the HTML shows for it, `url` where it leads; `place` numbers the media."""

    kind: Kind
    shown: str
    url: str
    place: int = 0

    @property
    def bare(self) -> str:
        """What stands in the text when the client gets entities: the URL, `@nick` or `#tag` alone."""
        return self.url if self.kind in {"url", "media"} else self.shown

    @property
    def written(self) -> str:
        """What stands in the text otherwise: `DESCRIPTION URL`, pictures as `URL [DESCRIPTION]`."""
        if self.kind == "url":
            return f"{self.shown} {self.url}" if self.described else self.url
        if self.kind == "media":
            return f"{self.url} [{self.shown}]" if self.shown else self.url
        return self.shown

    @property
    def described(self) -> bool:
        """`shown` says more than the URL does: it is neither the URL nor a part of it."""
        shown, url = self.shown.rstrip("….").strip(), self.url
        return not (shown in url or shown.rstrip("/") in unquote(url))

    @property
    def display(self) -> str:
        """`display_url`: the description unless it is a URL itself, else host and path, cut to 25 characters."""
        if self.kind == "url" and self.described and not _LOOKS_LIKE_URL(self.shown):
            return self.shown
        place = _HEAD.sub("", self.url, count=1)
        return place if len(place) <= LONGEST_DISPLAY else place[: LONGEST_DISPLAY - 1] + "…"


def piece(shown: str, url: str, hint: str) -> str | Link:
    """The piece of text for an anchor. `hint` are its attributes; a link that leads nowhere is plain text.

    Servers mark mentions and hashtags by class or rel; snac marks nothing, there the form of the text tells.
    """
    first = shown[:1]
    if first == "@" and ("mention" in hint or _HANDLE(shown)):
        return Link("mention", shown, url)
    if "hashtag" in hint or (first == "#" and "tag" in hint):
        return Link("hashtag", shown, url)
    if "mention" in hint and "://" not in shown:
        return Link("mention", shown, url)
    return Link("url", shown, url) if _ABSOLUTE(url) else shown
