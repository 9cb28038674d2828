"""Trends, published pages, lists somebody is on, the head and the table of a profile, on each software."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from adapters.backend import ProfileChange
from adapters.errors import Missing, Unsupported
from mappings import hub
from tests.adapters.conftest import Open
from tests.adapters.far_server import FarServer
from tests.adapters.samples import person

pytestmark = pytest.mark.anyio
TAGS, HEADER = "/api/v1/trends/tags", "/api/v1/profile/header"
ME, PROFILE = "/api/v1/accounts/verify_credentials", "/api/v1/accounts/update_credentials"
LISTS, LISTS_OF = "/api/v1/lists", "/api/v1/accounts/7/lists"


def form(far: FarServer) -> list[tuple[str, str]]:
    return parse_qsl(far.asked[-1].body.decode(), keep_blank_values=True)


async def test_trends_are_read_whatever_their_numbers_look_like(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    far.on("GET", TAGS, json=[
        {"name": "one", "url": "https://far.example/tags/one",
         "history": [{"day": "1700000000", "uses": "7", "accounts": "2"}, {"day": 1699913600, "uses": 3}]},
        {"name": "two", "url": None, "history": None},
        {"name": "odd", "history": [{"day": "soon", "uses": ""}]},
        {"no": "name"},
    ])  # fmt: skip
    assert await backend.trends() == (
        hub.Trend(name="one", url="https://far.example/tags/one", days=((1700000000, 7), (1699913600, 3))),
        hub.Trend(name="two"),
        hub.Trend(name="odd", days=((0, 0),)),
    )
    assert far.asked[-1].query == [("limit", "20")]


@pytest.mark.parametrize("software", ["gotosocial", "pleroma", "snac", "takahe"])
async def test_servers_without_trends_are_not_asked(far: FarServer, open_backend: Open, software: str) -> None:
    backend = await open_backend(software)
    asked = len(far.asked)
    with pytest.raises(Unsupported):
        await backend.trends()
    assert len(far.asked) == asked


async def test_pages_that_are_not_there_or_empty_are_missing(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon")
    with pytest.raises(Missing):
        await backend.paper(hub.Paper.TERMS)
    far.on("GET", "/api/v1/instance/privacy_policy", json={"content": " ", "updated_at": None})
    with pytest.raises(Missing):
        await backend.paper(hub.Paper.PRIVACY)
    far.on("GET", "/api/v1/instance/privacy_policy", json={"content": "<p>Hi</p>"})
    assert await backend.paper(hub.Paper.PRIVACY) == "<p>Hi</p>"


async def test_the_head_of_a_profile_is_cleared_in_each_way(far: FarServer, open_backend: Open) -> None:
    far.on("DELETE", HEADER, json=person("7", "bob"))
    assert (await (await open_backend("mastodon")).remove_header()).account.native == "7"
    assert (far.asked[-1].method, far.asked[-1].path) == ("DELETE", HEADER)
    far.on("PATCH", PROFILE, json=person("7", "bob"))
    await (await open_backend("pleroma")).remove_header()
    assert (far.asked[-1].method, form(far)) == ("PATCH", [("header", "")])
    with pytest.raises(Unsupported):
        await (await open_backend("snac")).remove_header()


async def test_lists_of_somebody_are_asked_for_or_looked_through(far: FarServer, open_backend: Open) -> None:
    rows = [{"id": "1", "title": "One"}, {"id": "2", "title": "Two"}]
    backend = await open_backend("mastodon")
    far.on("GET", LISTS_OF, json=rows[:1])
    assert await backend.groups_of("7") == (hub.Group(native="1", name="One"),)
    del far.usual["GET", LISTS_OF]
    far.on("GET", LISTS, json=rows)
    far.on("GET", f"{LISTS}/1/accounts", json=[person("8", "eve")])
    far.on("GET", f"{LISTS}/2/accounts", json=[person("8", "eve"), person("7", "bob")])
    assert await backend.groups_of("7") == (hub.Group(native="2", name="Two"),)


def owner(*fields: dict[str, str]) -> dict[str, Any]:
    return {**person("7", "bob"), "source": {"fields": list(fields), "language": "de"}}


async def test_a_place_leaves_the_rest_of_the_table(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("gotosocial")
    far.on("GET", ME, json=owner({"name": "Site", "value": "a.test"}, {"name": "Wohnort:", "value": "Ulm"}))
    far.on("PATCH", PROFILE, json=owner())
    person_now = await backend.update_profile(ProfileChange(location="Kiel", name="Bob"))
    assert person_now.language == "de"
    assert dict(form(far)) == {
        "display_name": "Bob", "fields_attributes[0][name]": "Site", "fields_attributes[0][value]": "a.test",
        "fields_attributes[1][name]": "Wohnort:", "fields_attributes[1][value]": "Kiel",
    }  # fmt: skip
    far.on("GET", ME, json=owner({"name": "Location", "value": "Ulm"}))
    await backend.update_profile(ProfileChange(location=""))
    assert form(far) == [("fields_attributes[0][name]", ""), ("fields_attributes[0][value]", "")]
    with pytest.raises(Unsupported):
        await (await open_backend("snac")).update_profile(ProfileChange(location="Kiel"))
