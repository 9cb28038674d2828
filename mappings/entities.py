"""`entities`: where the links, names, tags and pictures of a text stand (wire-statuses-users section 3.3).

Indices count code points of `text` exactly as it is sent, escaped or not: `text[start:end]` is the thing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mappings import hub, old_pictures
from mappings.characters import FORBIDDEN, clean
from mappings.links import Link

SIZES = (("thumb", 150, 0), ("small", 340, 150), ("medium", 600, 0), ("large", 1024, 600))
"""Name, longest side, and the size a picture must exceed for this one to be listed."""

MEDIA_TYPES = {"image": "photo", "video": "video", "gifv": "animated_gif"}


class Mark(NamedTuple):
    """A link and where it stands. `text` is `text[start:end]`."""

    start: int
    end: int
    text: str
    link: Link


def escaped(text: str) -> str:
    """As Twitter sent text: `&amp; &lt; &gt;`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def layout(pieces: Iterable[str | Link], *, escape: bool) -> tuple[str, list[Mark]]:
    """The text of `pieces` with bare links, and where they stand in it."""
    out: list[str] = []
    marks: list[Mark] = []
    at = 0
    for piece in pieces:
        shown = piece if isinstance(piece, str) else piece.bare
        if FORBIDDEN.search(shown) or "\r" in shown:
            shown = clean(shown)
        if escape:
            shown = escaped(shown)
        if isinstance(piece, Link) and shown:
            marks.append(_mark(piece, shown, at, out[-1][-1:] if out else ""))
        if shown:
            out.append(shown)
            at += len(shown)
    return "".join(out), marks


def _mark(link: Link, shown: str, at: int, before: str) -> Mark:
    """Friendica leaves `@` and `#` outside its anchors: they belong to the mark."""
    sign = {"mention": "@", "hashtag": "#"}.get(link.kind)
    if sign is not None and before == sign and not shown.startswith(sign):
        return Mark(at - 1, at + len(shown), sign + shown, link)
    return Mark(at, at + len(shown), shown, link)


def entities(
    marks: Sequence[Mark],
    *,
    mentions: tuple[hub.Mention, ...],
    media: tuple[hub.Media, ...],
    accounts: Mapping[str, int],
    number: int,
    named: Callable[[hub.Mention], str] | None = None,
) -> dict[str, Any]:
    """The `entities` object. `number` is the status's integer; `media` is absent when there is none. `named`: how
    people are called, `mention_name` unless said otherwise."""
    found: dict[str, list[Any]] = {"hashtags": [], "symbols": [], "urls": [], "user_mentions": []}
    shown = []
    for mark in marks:
        kind = mark.link.kind
        if kind == "hashtag":
            found["hashtags"].append({"text": mark.text.removeprefix("#"), "indices": [mark.start, mark.end]})
        elif kind == "mention":
            found["user_mentions"].append(_mention(mark, mentions, accounts, named or mention_name))
        elif kind == "media" and media[mark.link.place].type in MEDIA_TYPES:
            shown.append(_media(mark, media[mark.link.place], number))
        else:
            found["urls"].append(_url(mark))
    return {**found, "media": shown} if shown else found


def _url(mark: Mark) -> dict[str, Any]:
    return {
        "url": mark.text,
        "expanded_url": clean(mark.link.url),
        "display_url": clean(mark.link.display),
        "indices": [mark.start, mark.end],
    }


def _mention(
    mark: Mark, mentions: tuple[hub.Mention, ...], accounts: Mapping[str, int], named: Callable[[hub.Mention], str]
) -> dict[str, Any]:
    """`id` 0 where the backend does not say who it is."""
    person = find_mention(mark.link, mentions)
    name = named(person) if person else mark.text.lstrip("@").partition("@")[0]
    number = accounts.get(person.native, 0) if person else 0
    return {
        "id": number,
        "id_str": str(number),
        "name": clean(name),
        "screen_name": clean(name),
        "indices": [mark.start, mark.end],
    }


def mention_name(mention: hub.Mention) -> str:
    """The user name alone: snac writes the whole address into it."""
    return (mention.username or mention.acct).lstrip("@").partition("@")[0]


def address_name(mention: hub.Mention) -> str:
    """The name with the host, of people of other servers."""
    return mention.acct.lstrip("@") or mention_name(mention)


def find_mention(link: Link, mentions: tuple[hub.Mention, ...]) -> hub.Mention | None:
    """Whom an anchor names: by address of the profile, else by the name it shows."""
    for mention in mentions:
        if mention.url and mention.url == link.url:
            return mention
    name = link.shown.lstrip("@").casefold()
    for mention in mentions:
        if name in {mention.acct.casefold(), mention_name(mention).casefold()}:
            return mention
    return None


def _media(mark: Mark, media: hub.Media, number: int) -> dict[str, Any]:
    leads, still = clean(mark.link.url), media.preview_url if media.type != "image" else ""
    address = clean(still) or leads
    is_plain = media.own or not address.startswith("https://")
    plain = address if is_plain else "http://" + address.removeprefix("https://")
    native = number + mark.link.place
    return {
        "id": native,
        "id_str": str(native),
        "indices": [mark.start, mark.end],
        "media_url": plain,
        "media_url_https": address,
        "url": mark.text,
        "display_url": clean(mark.link.display),
        "expanded_url": leads,
        "ext_alt_text": clean(media.description),
        "type": MEDIA_TYPES[media.type],
        "sizes": own_sizes(media.width, media.height) if media.own else sizes(media.width, media.height),
    }


def sizes(width: int, height: int) -> dict[str, dict[str, Any]]:
    """The sizes a picture can be shown in, never enlarged; of an unknown size the square ones."""
    longest = max(width, height)
    listed = [(name, side) for name, side, above in SIZES if longest > above or above == 0]
    return {name: _fit(width, height, side) for name, side in listed}


def own_sizes(width: int, height: int) -> dict[str, dict[str, Any]]:
    """Those that the gateway makes of it: the same, but the smallest is cut to a square."""
    fits = {name: old_pictures.SIZES[old_pictures.Kind.MEDIA][name] for name, _, _ in SIZES}
    return {
        name: {"w": fit.width, "h": fit.height, "resize": "crop"} if fit.cut else _fit(width, height, fit.width)
        for name, fit in fits.items()
    }


def _fit(width: int, height: int, side: int) -> dict[str, Any]:
    longest = max(width, height)
    if longest <= 0:
        return {"w": side, "h": side, "resize": "fit"}
    scale = min(side / longest, 1)
    return {"w": max(round(width * scale), 1), "h": max(round(height * scale), 1), "resize": "fit"}
