"""The naive gateway: the same translation as a first honest program would have it.

json in and out, an lxml tree per text and for XML, strptime and strftime per date, the stock client, no cache of any
kind. Ids are numbers already, so it keeps no store, which flatters it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from lxml import etree, html
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bench.references import HOME, basic, challenge, stock_client

BREAKS = {"p", "br", "li", "div"}
ACTIVITIES = ("like", "dislike", "attendyes", "attendno", "attendmaybe", "announce")
FALSE = (
    "geo_enabled",
    "contributors_enabled",
    "is_translator",
    "is_translation_enabled",
    "follow_request_sent",
    "statusnet_blocking",
    "notifications",
)
NAMESPACES = {
    "statusnet": "http://status.net/schema/api/1/",
    "friendica": "http://friendi.ca/schema/api/1/",
    "georss": "http://www.georss.org/georss",
}


def plain(content: str) -> str:
    """Text of an HTML fragment."""
    if not content:
        return ""
    words: list[str] = []
    for element in html.fragment_fromstring(content, create_parent="div").iter():
        if element.tag in BREAKS and words:
            words.append("\n")
        words.append(element.text or "")
        words.append(element.tail or "")
    return "".join(words).strip()


def date(value: str) -> str:
    """A date as Twitter wrote it."""
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f%z").strftime("%a %b %d %H:%M:%S +0000 %Y")


def number(native: str) -> int:
    """An integer below 2^53 for a snowflake."""
    return int(native) >> 11


def user(account: dict[str, Any]) -> dict[str, Any]:
    """The user object (reference/wire-statuses-users.md section 3.1)."""
    id = number(account["id"])
    return {
        "id": id,
        "id_str": str(id),
        "name": account["display_name"] or account["username"],
        "screen_name": account["username"],
        "location": "ActivityPub",
        "description": plain(account["note"]),
        "profile_image_url": account["avatar"],
        "profile_image_url_https": account["avatar"],
        "profile_image_url_profile_size": account["avatar"],
        "profile_image_url_large": account["avatar"],
        "url": account["url"],
        "protected": account["locked"],
        "followers_count": account["followers_count"],
        "friends_count": account["following_count"],
        "listed_count": 0,
        "created_at": date(account["created_at"]),
        "favourites_count": 0,
        "utc_offset": 0,
        "time_zone": "UTC",
        "verified": False,
        "statuses_count": account["statuses_count"],
        "lang": "",
        "following": False,
        "statusnet_profile_url": account["url"],
        "uid": 0,
        "cid": 0,
        "pid": id,
        "self": 0,
        "network": "apub",
        **dict.fromkeys(FALSE, False),
    }


def status(native: dict[str, Any]) -> dict[str, Any]:
    """The status object (section 3.2)."""
    shown = native["reblog"] or native
    text = plain(shown["content"])
    id, parent, person = number(native["id"]), native["in_reply_to_id"], native["in_reply_to_account_id"]
    files = shown["media_attachments"]
    made = {
        "text": f"RT @{shown['account']['username']}: {text}" if native["reblog"] else text,
        "truncated": False,
        "created_at": date(native["created_at"]),
        "in_reply_to_status_id": number(parent) if parent else None,
        "in_reply_to_status_id_str": str(number(parent)) if parent else None,
        "source": (native["application"] or {"name": "ActivityPub"})["name"],
        "id": id,
        "id_str": str(id),
        "in_reply_to_user_id": number(person) if person else None,
        "in_reply_to_user_id_str": str(number(person)) if person else None,
        "in_reply_to_screen_name": None,
        "geo": None,
        "favorited": native["favourited"],
        "user": user(native["account"]),
        "friendica_author": user(shown["account"]),
        "friendica_owner": user(native["account"]),
        "friendica_private": native["visibility"] in {"private", "direct"},
        "statusnet_html": shown["content"],
        "statusnet_conversation_id": number(parent) if parent else id,
        "external_url": native["url"],
        "friendica_activities": {name: [] for name in ACTIVITIES},
        "friendica_title": shown["spoiler_text"],
        "friendica_html": shown["content"],
        "friendica_comments": native["replies_count"],
    }
    if files:
        made["attachments"] = [{"url": file["url"], "mimetype": "image/jpeg", "size": 0} for file in files]
    if native["reblog"]:
        made["retweeted_status"] = status(native["reblog"])
    return made


def tree(name: str, value: Any) -> etree._Element:
    """An element for a value, as section 4 of the reference lays it out."""
    prefix, _, rest = name.partition("_")
    tag = f"{{{NAMESPACES[prefix]}}}{rest}" if prefix in NAMESPACES else name
    element = etree.Element(tag, nsmap=NAMESPACES if name == "statuses" else None)
    if isinstance(value, dict):
        element.extend([tree(key, part) for key, part in value.items()])
    elif isinstance(value, list):
        element.extend([tree("status", part) for part in value] if name == "statuses" else [])
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
    return element


def gateway() -> Starlette:
    """home_timeline as JSON and XML."""

    async def read(request: Request) -> list[dict[str, Any]]:
        answer = await request.app.state.client.get(HOME)
        return [status(native) for native in answer.json()]

    async def as_json(request: Request) -> Response:
        if not basic(request):
            return challenge()
        body = json.dumps(await read(request), ensure_ascii=False)
        return Response(body, media_type="application/json")

    async def as_xml(request: Request) -> Response:
        if not basic(request):
            return challenge()
        root = tree("statuses", await read(request))
        return Response(etree.tostring(root, encoding="UTF-8", xml_declaration=True), media_type="text/xml")

    routes = [
        Route("/api/statuses/home_timeline.json", as_json),
        Route("/api/statuses/home_timeline.xml", as_xml),
    ]
    return Starlette(routes=routes, lifespan=stock_client)
