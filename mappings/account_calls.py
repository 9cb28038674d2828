"""What Twitter's clients ask about an account: settings, limits, the picture at the head of the profile, searches.

Shapes: Twitter's API 1.1. Names of XML elements hold no slashes and begin with no digits, so where JSON has such keys
the XML has a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mappings.trends import WORLD

BANNERS = {
    "ipad": (626, 313), "ipad_retina": (1252, 626), "web": (520, 260), "web_retina": (1040, 520),
    "mobile": (320, 160), "mobile_retina": (640, 320), "300x100": (300, 100), "600x200": (600, 200),
    "1500x500": (1500, 500),
}  # fmt: skip
"""Name of each size of a banner -> width and height in pixels."""
CONTEXT = "access_token"


def settings_tree(*, screen_name: str, language: str, protected: bool, places: bool, trends: bool) -> dict[str, Any]:
    """account/settings. `places`: posts may say where they were written."""
    return {
        "screen_name": screen_name,
        "protected": protected,
        "language": language,
        "geo_enabled": places,
        "always_use_https": True,
        "discoverable_by_email": False,
        "use_cookie_personalization": False,
        "sleep_time": {"enabled": False, "start_time": None, "end_time": None},
        "time_zone": {"name": "UTC", "tzinfo_name": "Etc/UTC", "utc_offset": 0},
        "trend_location": [WORLD] if trends else [],
    }


def banner_tree(url: str, in_size: Callable[[str], str] | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """users/profile_banner as (JSON, XML): one picture, named for every size that a client may look for. `in_size`: its
    address in a size, where it comes in several."""
    sizes = {
        name: {"w": width, "h": height, "url": in_size(name) if in_size else url}
        for name, (width, height) in BANNERS.items()
    }
    return {"sizes": sizes}, {"sizes": [{"name": name, **size} for name, size in sizes.items()]}


def limits_tree(
    paths: Iterable[str], families: frozenset[str], *, who: str, limit: int, remaining: int, reset: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """application/rate_limit_status as (JSON, XML). Every call costs from the one limit there is. `families`: the ones
    wanted, none for all; `who` names the login; `reset` is seconds since 1970."""
    state = {"limit": limit, "remaining": remaining, "reset": reset}
    resources: dict[str, dict[str, Mapping[str, int]]] = {}
    for path in paths:
        family = path.partition("/")[0]
        if not families or family in families:
            resources.setdefault(family, {})[f"/{path}"] = state
    rows = [{"family": family, "path": path, **state} for family, found in resources.items() for path in found]
    return {"rate_limit_context": {CONTEXT: who}, "resources": resources}, rows


def saved_search_tree(id: int, query: str, created: str) -> dict[str, Any]:
    """saved_searches/*. `created` is a wire date."""
    return {
        "id": id,
        "id_str": str(id),
        "name": query,
        "query": query,
        "position": None,
        "created_at": created,
    }
