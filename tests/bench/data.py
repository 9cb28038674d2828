"""What the stub serves: a generated Mastodon home timeline, always the same for the same number.

20 statuses are 95 KB (4 boosts, 11 attachments, cards, mentions, custom emoji, non-Latin text), 40 are 167 KB. Ids are
snowflakes, newest first. What the stub rewrites are seven digits: TEXT and FAVOURITES in statuses, NOTE and FOLLOWERS
in people.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

NEWEST = datetime(2025, 11, 22, 10, 0, 0, 123000, tzinfo=UTC)
HOST = "social.example"
TEXT, NOTE = "7000001", "8000001"
FAVOURITES, FOLLOWERS = 1_000_000, 2_000_000
AUTHORS = 24
BOOSTS = frozenset({2, 7, 11, 16})
MEDIA = {1: 2, 3: 1, 5: 1, 8: 4, 13: 1, 17: 2}
CARDS = frozenset({0, 4, 10, 14, 19})
REPLIES = frozenset({6, 9, 15})
EMOJI = frozenset({2, 6, 12, 18})

SENTENCES = (
    "The night train was three hours late and nobody minded.",
    "Who still has a working cassette deck at home?",
    "Найдено старое радио, и оно работает с первого раза.",
    "Release notes are a love letter to the person on call.",
    "今日は海まで歩いて、写真をたくさん撮りました。",
    "Rain & wind all day, yet the garden <em>needs</em> it 🌧️.",
    "قرأت اليوم كتابا قديما عن الخرائط.",
    "Somebody painted the whole bridge green overnight.",
    "Der Kaffee war kalt, das Gespräch dafür um so wärmer.",
    "Three bugs fixed, two found, one of them older than me.",
)


def snowflake(moment: datetime, low: int = 0) -> str:
    """Mastodon's own id for a moment: milliseconds since 1970 above 16 bits."""
    return str((int(moment.timestamp() * 1000) << 16) | low)


def iso(moment: datetime) -> str:
    """A date as Mastodon writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def account(number: int) -> dict[str, Any]:
    """Person `number`; 0 is the owner of the token and lives on the backend itself."""
    name = f"person{number:02d}"
    host = "" if number % 3 == 0 else f"far{number % 5}.example"
    home = f"https://{host or HOST}"
    born = NEWEST - timedelta(days=900 + 37 * number)
    return {
        "id": snowflake(born, number),
        "username": name,
        "acct": f"{name}@{host}" if host else name,
        "display_name": f"Person № {number} :blobcat:",
        "locked": number % 7 == 0,
        "bot": False,
        "discoverable": True,
        "indexable": False,
        "group": False,
        "created_at": born.strftime("%Y-%m-%dT00:00:00.000Z"),
        "note": f'<p>Likes radios, maps &amp; rain. Строит антенны. <a href="{home}/about" rel="nofollow noopener" '
        f'target="_blank"><span class="invisible">https://</span><span class="">{host or HOST}/about</span></a></p>'
        f"<p>Answers slowly, seen {NOTE} times. {SENTENCES[number % len(SENTENCES)]}</p>",
        "url": f"{home}/@{name}",
        "uri": f"{home}/users/{name}",
        "avatar": f"https://files.{HOST}/accounts/avatars/{number:03d}/original/5e0cd2b1a7f3.png",
        "avatar_static": f"https://files.{HOST}/accounts/avatars/{number:03d}/original/5e0cd2b1a7f3.png",
        "header": f"https://files.{HOST}/accounts/headers/{number:03d}/original/9c1ab04d77e2.jpg",
        "header_static": f"https://files.{HOST}/accounts/headers/{number:03d}/original/9c1ab04d77e2.jpg",
        "followers_count": FOLLOWERS + number,
        "following_count": 100 + number,
        "statuses_count": 4_000 + number,
        "last_status_at": "2026-11-22",
        "hide_collections": False,
        "emojis": [emoji("blobcat")],
        "roles": [],
        "noindex": False,
        "memorial": False,
        "suspended": False,
        "limited": False,
        "fields": [field(name, f"{home}/{name.lower()}") for name in ("Home", "Pictures")],
    }


def field(name: str, url: str) -> dict[str, Any]:
    """A row of a profile's table, verified."""
    shown = f'<span class="invisible">https://</span><span class="">{url[8:]}</span>'
    link = f'<a href="{url}" target="_blank" rel="nofollow noopener me" translate="no">{shown}</a>'
    return {"name": name, "value": link, "verified_at": "2026-01-05T11:20:33.401+00:00"}


def emoji(code: str) -> dict[str, Any]:
    """A custom emoji of the backend."""
    base = f"https://files.{HOST}/custom_emojis/images/{code}"
    return {"shortcode": code, "url": f"{base}.png", "static_url": f"{base}_static.png", "visible_in_picker": True}


def attachment(number: int) -> dict[str, Any]:
    """An uploaded picture."""
    base = f"https://files.{HOST}/media_attachments/files/{number:06d}"
    size = {"width": 1600, "height": 1200, "size": "1600x1200", "aspect": 1.3333333333333333}
    return {
        "id": snowflake(NEWEST - timedelta(hours=number), 9),
        "type": "image",
        "url": f"{base}/original/a1b2c3.jpg",
        "preview_url": f"{base}/small/a1b2c3.jpg",
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {"original": size, "small": {**size, "width": 554, "height": 416, "size": "554x416"}},
        "description": "A long bridge in the rain, painted green",
        "blurhash": "UBL_:rOpGG-;~qRjWBay9FIUxuof",
    }


def card(number: int) -> dict[str, Any]:
    """A link preview."""
    return {
        "url": f"https://news.example/articles/{number}",
        "title": "Bridge painted green overnight",
        "type": "link",
        "description": "Nobody saw who did it, and nobody wants it changed back.",
        "language": "en",
        "html": "",
        "author_name": "",
        "author_url": "",
        "authors": [],
        "provider_name": "News",
        "provider_url": "",
        "width": 1200,
        "height": 630,
        "image": f"https://files.{HOST}/cache/preview_cards/{number}.jpg",
        "image_description": "",
        "embed_url": "",
        "blurhash": "UBL_:rOpGG-;~qRjWBay9FIUxuof",
        "published_at": None,
    }


def content(number: int, length: int) -> str:
    """HTML of about `length` bytes with a mention, a hashtag and a link, as Mastodon writes them."""
    dice = random.Random(number)
    person = account(1 + number % (AUTHORS - 1))
    head = (
        f'<p><span class="h-card" translate="no"><a href="{person["url"]}" class="u-url mention">@<span>'
        f"{person['username']}</span></a></span> {dice.choice(SENTENCES)}</p>"
    )
    tail = (
        f'<p><a href="https://news.example/articles/{TEXT}" target="_blank" rel="nofollow noopener"><span '
        f'class="invisible">https://</span><span class="ellipsis">news.example/articles/{TEXT}</span><span '
        f'class="invisible"></span></a> <a href="https://{HOST}/tags/radio" class="mention hashtag" rel="tag">#<span>'
        "radio</span></a></p>"
    )
    middle = ""
    while len((head + middle + tail).encode()) + 7 < length:
        middle += dice.choice(SENTENCES) + dice.choice((" ", " ", "<br />"))
    return f"{head}<p>{middle} ({TEXT})</p>{tail}"


def status(number: int, *, boost: bool = False) -> dict[str, Any]:
    """Status `number` from the top of the timeline; `boost` wraps the one numbered 100 more."""
    moment = NEWEST - timedelta(minutes=11 * number)
    author = account(number % AUTHORS)
    id = snowflake(moment, number)
    person = account(1 + number % (AUTHORS - 1))
    answers = snowflake(moment - timedelta(minutes=11), number + 1) if number in REPLIES else None
    url = f"{author['url']}/{id}"
    return {
        "id": id,
        "created_at": iso(moment),
        "in_reply_to_id": answers,
        "in_reply_to_account_id": account((number + 1) % AUTHORS)["id"] if answers else None,
        "sensitive": False,
        "spoiler_text": "Weather" if number == 5 else "",
        "visibility": ("public", "unlisted")[number % 2],
        "language": "en",
        "uri": f"{author['uri']}/statuses/{id}",
        "url": url,
        "replies_count": number % 4,
        "reblogs_count": number % 9,
        "favourites_count": FAVOURITES + number,
        "quotes_count": 0,
        "edited_at": None,
        "favourited": number % 5 == 0,
        "reblogged": False,
        "muted": False,
        "bookmarked": False,
        "filtered": [],
        "content": "" if boost else content(number, 700),
        "reblog": status(number + 100) if boost else None,
        "account": author,
        "application": {"name": "Web", "website": None} if number % 3 == 0 else None,
        "media_attachments": [attachment(10 * number + i) for i in range(MEDIA.get(number, 0))],
        "mentions": [] if boost else [{k: person[k] for k in ("id", "username", "url", "acct")}],
        "tags": [] if boost else [{"name": "radio", "url": f"https://{HOST}/tags/radio"}],
        "emojis": [emoji("blobcat"), emoji("radio")] if number in EMOJI else [],
        "poll": None,
        "card": card(number) if number in CARDS else None,
        "quote": None,
        "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
    }


def dump(value: Any) -> bytes:
    """Bytes as a Mastodon server writes them: no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def statuses(count: int = 20) -> list[bytes]:
    """A page of the home timeline, status by status."""
    return [dump(status(i, boost=i in BOOSTS)) for i in range(count)]


def timeline(count: int = 20) -> bytes:
    """The same as one body."""
    return b"[%b]" % b",".join(statuses(count))


def posted(text: str, visibility: str, number: int) -> bytes:
    """The answer to posting `text`; `number` counts the posts, so that every one has its own id."""
    moment = NEWEST + timedelta(seconds=number)
    id = snowflake(moment)
    owner = account(0)
    changed = {
        "id": id,
        "created_at": iso(moment),
        "content": f"<p>{text}</p>",
        "visibility": visibility,
        "mentions": [],
        "tags": [],
        "emojis": [],
        "card": None,
        "account": owner,
        "url": f"{owner['url']}/{id}",
        "uri": f"{owner['uri']}/statuses/{id}",
        "favourites_count": 0,
        "favourited": False,
        "replies_count": 0,
    }
    return dump(status(0) | changed)
