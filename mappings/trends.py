"""trends/* in Twitter's shapes. The one place that has trends is the world (woeid 1): servers know no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_plus

from mappings import hub
from mappings.dates import from_milliseconds

WOEID = 1
WORLD: dict[str, Any] = {
    "name": "Worldwide",
    "woeid": WOEID,
    "country": "",
    "countryCode": None,
    "parentid": 0,
    "placeType": {"code": 19, "name": "Supername"},
    "url": "http://where.yahooapis.com/v1/place/1",
}


def iso(seconds: int) -> str:
    """`2012-08-24T23:25:43Z`."""
    return from_milliseconds(seconds * 1000)[:19] + "Z"


def place_tree(trends: Sequence[hub.Trend], now: int) -> list[dict[str, Any]]:
    """trends/place: `now` is seconds since 1970."""
    at = iso(now)
    return [
        {
            "trends": [_trend(trend) for trend in trends],
            "as_of": at,
            "created_at": at,
            "locations": [{"name": WORLD["name"], "woeid": WOEID}],
        }
    ]


def _trend(trend: hub.Trend) -> dict[str, Any]:
    return {
        **_named(trend),
        "url": trend.url,
        "promoted_content": None,
        "tweet_volume": trend.days[0][1] if trend.days else None,
        "events": None,
    }


def _named(trend: hub.Trend) -> dict[str, Any]:
    name = f"#{trend.name}"
    return {"name": name, "query": quote_plus(name)}


def current_tree(trends: Sequence[hub.Trend], now: int) -> dict[str, Any]:
    """`trends`, the oldest form."""
    return {"as_of": iso(now), "trends": [{**_named(trend), "url": trend.url} for trend in trends]}


def hours_tree(trends: Sequence[hub.Trend], now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """trends/current and trends/daily as (JSON, XML): servers tell what is used now, so there is one moment."""
    return _by_time({iso(now)[:16].replace("T", " "): [_named(trend) for trend in trends]}, now)


def weeks_tree(trends: Sequence[hub.Trend], now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """trends/weekly as (JSON, XML): the tags that were used on each day the server tells of, most used first."""
    days = sorted({day for trend in trends for day, uses in trend.days if uses}, reverse=True)
    return _by_time({iso(day)[:10]: _of_day(trends, day) for day in days}, now)


def _of_day(trends: Sequence[hub.Trend], day: int) -> list[dict[str, Any]]:
    used = [(uses, trend) for trend in trends for one, uses in trend.days if one == day and uses]
    return [_named(trend) for _, trend in sorted(used, key=lambda row: -row[0])]


def _by_time(found: dict[str, list[dict[str, Any]]], now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    rows = [{"at": at, **trend} for at, trends in found.items() for trend in trends]
    return {"as_of": now, "trends": found}, {"as_of": now, "trends": rows}
