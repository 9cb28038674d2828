"""help/*, trends/*, geo/*."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from adapters.backend import Capabilities
from mappings import hub
from mappings.help_calls import configuration_tree, languages_tree
from tests.gateway_harness import Ground, gateway_on, village

pytestmark = pytest.mark.anyio
DAY = 86_400
TODAY = 1_700_006_400 // DAY * DAY


async def test_the_limits_of_the_server(ground: Ground) -> None:
    found = (await ground.get("help/configuration", twin=False)).json
    assert ground.wire.names == ["site"]
    assert (found["short_url_length"], found["characters_reserved_per_media"]) == (23, 0)
    assert (found["max_media_per_upload"], found["photo_size_limit"]) == (4, 24 * 1024 * 1024)
    assert "oauth" in found["non_username_paths"]
    await ground.get("help/configuration")
    assert (await ground.get("help/configuration", user=None)).json["photo_sizes"]["thumb"]["resize"] == "crop"


def test_the_smaller_limit_counts() -> None:
    site = hub.Site(image_bytes=1000, url_chars=25, max_media=16)
    tree = configuration_tree(site, most_bytes=5000, paths=())
    assert (tree["photo_size_limit"], tree["short_url_length_https"], tree["max_media_per_upload"]) == (1000, 25, 16)
    assert configuration_tree(site, most_bytes=500, paths=())["photo_size_limit"] == 500


async def test_languages_are_those_the_server_names(ground: Ground) -> None:
    assert (await ground.get("help/languages")).json == [{"code": "en", "name": "English", "status": "production"}]
    spoken = languages_tree(hub.Site(languages=("de", "pt-BR", "xx", "de"), language="de"))
    assert [row["name"] for row in spoken] == ["German", "Portuguese", "xx"]


async def test_what_a_server_publishes_is_shown_as_text(ground: Ground) -> None:
    for path, sentence in (("help/tos", "terms of service"), ("help/privacy", "privacy policy")):
        answer = await ground.get(path)
        assert (answer.status, answer.error) == (404, f"The server publishes no {sentence}.")
    ground.world.papers = {hub.Paper.TERMS: "<p>Be kind</p><p>&amp; fair</p>", hub.Paper.PRIVACY: "<b>Nothing</b>"}
    assert (await ground.get("help/tos")).json == {"tos": "Be kind\n\n& fair"}
    assert (await ground.get("legal/privacy")).json == {"privacy": "Nothing"}


def trending(tmp_path: Path) -> AbstractAsyncContextManager[Ground]:
    world = village()
    days = ((TODAY, 5), (TODAY - DAY, 1)), ((TODAY, 2), (TODAY - DAY, 3)), ()
    world.trends = [hub.Trend(name=name, url=f"https://fedi.test/tags/{name}", days=found)
                    for name, found in zip(("birds", "straße", "new"), days, strict=True)]  # fmt: skip
    return gateway_on(tmp_path, world=world)


async def test_trends_of_the_world(tmp_path: Path) -> None:
    async with trending(tmp_path) as ground:
        (place,) = (await ground.get("trends/place", id=1)).json
        assert [trend["name"] for trend in place["trends"]] == ["#birds", "#straße", "#new"]
        assert [trend["tweet_volume"] for trend in place["trends"]] == [5, 2, None]
        assert (place["trends"][0]["query"], place["locations"][0]["woeid"]) == ("%23birds", 1)
        assert (await ground.get("trends/1")).json[0]["trends"] == place["trends"]
        assert (await ground.get("trends/place", id=1, exclude="hashtags")).json[0]["trends"] == []
        oldest = (await ground.get("trends")).json
        assert oldest["trends"][0]["url"] == "https://fedi.test/tags/birds"
        for path in ("trends/available", "trends/closest"):
            assert [place["name"] for place in (await ground.get(path, lat=52, long=13)).json] == ["Worldwide"]
        ground.wire.clear()
        await ground.get("trends/place", id=1, twin=False)
        assert ground.wire.names == ["trends"]


async def test_trends_by_time(tmp_path: Path) -> None:
    async with trending(tmp_path) as ground:
        for path in ("trends/current", "trends/daily"):
            ((_, now),) = (await ground.get(path)).json["trends"].items()
            assert [trend["name"] for trend in now] == ["#birds", "#straße", "#new"]
        week = (await ground.get("trends/weekly")).json["trends"]
        assert [[trend["name"] for trend in day] for day in week.values()] == [
            ["#birds", "#straße"], ["#straße", "#birds"],
        ]  # fmt: skip


async def test_other_places_have_no_trends(tmp_path: Path) -> None:
    async with trending(tmp_path) as ground:
        assert (await ground.get("trends/place", id=23424829)).status == 404
        assert (await ground.get("trends/x")).status == 404
        assert (await ground.get("trends/place")).error == "id: the number of a place."


async def test_a_server_that_does_not_know_trends_says_so(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=Capabilities(software="fake", label="Fake")) as ground:
        for path in ("trends", "trends/place", "trends/available", "trends/closest", "trends/weekly"):
            answer = await ground.get(path, id=1)
            assert (answer.status, answer.error) == (501, "Fake does not say which tags are much used.")


async def test_no_place_is_found(ground: Ground) -> None:
    for path in ("geo/search", "geo/reverse_geocode", "geo/similar_places"):
        found = (await ground.get(path, lat="52.5", long="13.4", accuracy="0")).json
        assert found["query"]["type"] == path.removeprefix("geo/")
        assert found["query"]["params"] == {"lat": "52.5", "long": "13.4", "accuracy": "0"}
        assert (await ground.get(path)).status == 400
    for path in ("geo/id/df51dec6f4ee2b2c", "geo/id"):
        assert (await ground.get(path)).status == 404
    assert not ground.wire.sent
