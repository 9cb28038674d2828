"""Shapes of what Twitter's clients ask about account, server, trends and places (`gateway.rows.account`, `world`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests import shapes_social_groups as groups

KINDS = {
    "account/settings": "settings", "account/update_delivery_device": "user",
    "account/update_profile_banner": "empty", "account/remove_profile_banner": "empty",
    "users/profile_banner": "profile_banner", "application/rate_limit_status": "rate_limits",
    "saved_searches/list": "terms", "saved_searches/show": "saved_search", "saved_searches/create": "saved_search",
    "saved_searches/destroy": "saved_search", "help/configuration": "configuration", "help/languages": "languages",
    "help/tos": "terms_of_service", "help/privacy": "privacy_policy", "trends/place": "matching_trends",
    "trends": "matching_trends", "trends/available": "locations", "trends/closest": "locations",
    "trends/current": "trends_list", "trends/daily": "trends_list", "trends/weekly": "trends_list",
    "geo/search": "geo", **groups.KINDS,
}  # fmt: skip
OTHER_ROOTS = {"trends": "trends_now", **groups.OTHER_ROOTS}
BY_TWIN = {"users/profile_banner", "application/rate_limit_status", "trends/current", "trends/daily", "trends/weekly"}
"""Calls whose JSON keys cannot be names in XML, which has a list instead."""
DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

Check = Callable[[Any, str], None]


def _settings(document: Any, call: str) -> None:
    assert set(document) == {
        "screen_name", "protected", "language", "geo_enabled", "always_use_https", "discoverable_by_email",
        "use_cookie_personalization", "sleep_time", "time_zone", "trend_location",
    }, call  # fmt: skip
    assert set(document["sleep_time"]) == {"enabled", "start_time", "end_time"}


def _banner(document: Any, call: str) -> None:
    for size in document["sizes"].values():
        assert set(size) == {"w", "h", "url"}, call
        assert size["url"].startswith("https://")


def _limits(document: Any, call: str) -> None:
    assert document["rate_limit_context"]["access_token"]
    for family, paths in document["resources"].items():
        for path, state in paths.items():
            assert path.startswith((f"/{family}/", f"/{family}")), call
            assert set(state) == {"limit", "remaining", "reset"}


def _search(document: Any, call: str) -> None:
    assert set(document) == {"id", "id_str", "name", "query", "position", "created_at"}, call
    assert document["id_str"] == str(document["id"])
    assert document["position"] is None
    assert DATE.fullmatch(document["created_at"])


def _searches(document: Any, call: str) -> None:
    for found in document:
        _search(found, call)


def _configuration(document: Any, call: str) -> None:
    assert set(document) == {
        "characters_reserved_per_media", "dm_text_character_limit", "max_media_per_upload", "photo_size_limit",
        "photo_sizes", "short_url_length", "short_url_length_https", "non_username_paths",
    }, call  # fmt: skip
    assert set(document["photo_sizes"]) == {"thumb", "small", "medium", "large"}


def _languages(document: Any, call: str) -> None:
    for language in document:
        assert set(language) == {"code", "name", "status"}, call


def _trends(document: Any, call: str) -> None:
    if isinstance(document, dict):
        assert set(document) == {"as_of", "trends"}, call
        assert all(set(trend) == {"name", "query", "url"} for trend in document["trends"])
        return
    (place,) = document
    assert set(place) == {"trends", "as_of", "created_at", "locations"}
    assert MOMENT.fullmatch(place["as_of"])
    for trend in place["trends"]:
        assert set(trend) == {"name", "query", "url", "promoted_content", "tweet_volume", "events"}


def _places(document: Any, call: str) -> None:
    assert [place["woeid"] for place in document] == [1], call


def _by_time(document: Any, call: str) -> None:
    assert type(document["as_of"]) is int, call
    for trends in document["trends"].values():
        assert all(set(trend) == {"name", "query"} for trend in trends)


def _geo(document: Any, call: str) -> None:
    assert document["result"] == {"places": []}, call
    assert set(document["query"]) == {"url", "type", "params"}


def _text(name: str) -> Check:
    def check(document: Any, call: str) -> None:
        assert set(document) == {name}, call
        assert document[name].strip()

    return check


CHECKS: dict[str, Check] = {
    "settings": _settings,
    "profile_banner": _banner,
    "rate_limits": _limits,
    "terms": _searches,
    "saved_search": _search,
    "configuration": _configuration,
    "languages": _languages,
    "terms_of_service": _text("tos"),
    "privacy_policy": _text("privacy"),
    "matching_trends": _trends,
    "locations": _places,
    "trends_list": _by_time,
    "geo": _geo,
    **groups.CHECKS,
}


def twin(call: str, document: Any) -> Any:
    """What the XML of the same reply holds, where its keys differ."""
    if call == "users/profile_banner":
        return {"sizes": [{"name": name, **size} for name, size in document["sizes"].items()]}
    if call == "application/rate_limit_status":
        rows = document["resources"].items()
        return [{"family": family, "path": path, **state} for family, found in rows for path, state in found.items()]
    if call in BY_TWIN:
        rows = document["trends"].items()
        return {**document, "trends": [{"at": at, **trend} for at, trends in rows for trend in trends]}
    return groups.twin(call, document)
