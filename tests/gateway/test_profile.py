"""friendica/profile/show, friendica/events, friendica/remoteauth (wire-friendica.md sections 10-12)."""

from __future__ import annotations

import pytest

from mappings import hub
from tests.gateway_harness import Ground

SHOW = "friendica/profile/show"


def rows(*pairs: tuple[str, str]) -> tuple[hub.ProfileField, ...]:
    return tuple(hub.ProfileField(name=name, value=value) for name, value in pairs)


@pytest.mark.anyio
async def test_the_profile_and_its_owner(ground: Ground) -> None:
    fields = rows(("City", "Rome"), ("Likes", "<p>tea</p>"), ("Matrix", "<a href='https://m.test'>@a</a>"), ("&", "<"))
    ground.world.person("alice", note="<p>About <b>me</b></p>", fields=fields)
    found = (await ground.get(SHOW)).json
    profile = found["profiles"][0]
    assert found["friendica_owner"]["screen_name"] == "alice"
    assert (profile["city"], profile["likes"], profile["description"]) == ("Rome", "<p>tea</p>", "About me")
    assert [row["label"] for row in profile["custom_fields"]] == ["Matrix", "&"]
    assert profile["profile_photo"] == "https://fedi.test/a/alice.png"


@pytest.mark.anyio
async def test_xml_names_the_profile_and_loses_nothing(ground: Ground) -> None:
    ground.world.person("alice", fields=rows(("A", "1"), ("B", "2")))
    body = (await ground.get(SHOW, format="xml")).body.decode()
    assert "<profiles><profile><profile_id>1</profile_id>" in body
    assert "<custom_fields><custom_field><label>A</label><value>1</value></custom_field><custom_field>" in body
    assert "<friendica:owner><id>" in body
    assert "<is_default>true</is_default>" in body


@pytest.mark.anyio
async def test_it_costs_one_call(ground: Ground) -> None:
    await ground.get("statuses/home_timeline")
    ground.wire.clear()
    await ground.get(SHOW, twin=False)
    assert ground.wire.names == ["me"]


@pytest.mark.anyio
async def test_profile_id_is_checked(ground: Ground) -> None:
    for id in ("1", "", "0"):
        assert len((await ground.get(SHOW, profile_id=id)).json["profiles"]) == 1
    for id in ("2", "99999999", "abc", "1.0"):
        answer = await ground.get(SHOW, profile_id=id)
        assert (answer.status, answer.error) == (400, "profile_id not available"), id
    assert (await ground.post(SHOW)).status == 405
    assert (await ground.get(SHOW, user=None)).status == 401


@pytest.mark.anyio
async def test_there_are_no_events(ground: Ground) -> None:
    assert (await ground.get("friendica/events", since_id=5, count=7)).json == []
    assert ground.wire.names == []


async def sent_to(ground: Ground, **params: str) -> tuple[int, str]:
    answer = await ground.request("GET", "friendica/remoteauth", params=params)
    return answer.status, answer.headers.get("location", answer.error if answer.body else "")


@pytest.mark.anyio
async def test_remoteauth_leads_to_the_contacts_own_site(ground: Ground) -> None:
    page = "https://far.test/@dora"
    for url in (f"{page}?a=1&b=%20", "https://far.test/", "HTTPS://FAR.test/x", "https://far.test:443/y#z"):
        assert await sent_to(ground, c_url=page, url=url) == (302, url)
    for missing in ({}, {"c_url": page}, {"url": page}):
        assert await sent_to(ground, **missing) == (400, "Wrong parameters.")
    for nobody in ("https://far.test/@erik", "https://fedi.test/@dave", "x", "javascript:alert(1)"):
        assert await sent_to(ground, c_url=nobody, url=page) == (400, "Unknown contact")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/", "https://far.test.evil.test/", "https://far.test@evil.test/", "//evil.test/", "/x",
        "https://evil.test\\@far.test/", "https://far.test\\.evil.test/", "javascript://far.test/%0aalert(1)",
        "https://far.test:8443/", "https://far.test:x/", "http://far.test/", "https://evil.test/?https://far.test/",
        "https://far.test /", "https://fаr.test/", "https://far.test/\r\nSet-Cookie: a=b", "https://[far.test/", "ftp://far.test/",
    ],
)  # fmt: skip
async def test_remoteauth_is_no_open_door(ground: Ground, url: str) -> None:
    assert await sent_to(ground, c_url="https://far.test/@dora", url=url) == (400, "Wrong parameters.")
