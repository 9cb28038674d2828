"""What every backend promises of trends, published pages, the picture at the head of a profile, and who is on lists."""

from __future__ import annotations

import pytest

from adapters.backend import ProfileChange
from adapters.errors import Missing, Unsupported
from mappings import hub
from mappings.html import plain
from mappings.users import tells_where
from tests.contract.conftest import Pair, until
from tests.contract.contacts import befriend
from tests.contract.test_backend import PICTURE, unique

pytestmark = pytest.mark.anyio


async def test_hashtags_that_are_used(pair: Pair) -> None:
    backend = pair.one.backend
    if not backend.capabilities.trends:
        with pytest.raises(Unsupported):
            await backend.trends()
        return
    tag = f"tag{unique()[:10]}".replace(" ", "").lower()
    await pair.one.post(f"once #{tag}")
    found = await backend.trends()
    assert all(trend.name and not trend.name.startswith("#") for trend in found)
    if backend.capabilities.software == "mastodon_mock":
        [mine] = [trend for trend in found if trend.name == tag]
        assert mine.days[0][1] == 1
        assert mine.days[0][0] > 1_600_000_000


async def test_pages_for_people_to_read(pair: Pair) -> None:
    backend = pair.one.backend
    missing = set(hub.Paper)
    if backend.capabilities.software == "mastodon_mock":
        missing.remove(hub.Paper.PRIVACY)
        assert await backend.paper(hub.Paper.PRIVACY) == "<p>We keep nothing</p>"
    for kind in missing:
        with pytest.raises(Missing):
            await backend.paper(kind)


async def test_the_site_tells_its_limits(pair: Pair) -> None:
    site = await pair.one.backend.site()
    assert site.max_chars == pair.one.backend.capabilities.max_chars
    assert site.url_chars > 0
    assert site.image_bytes >= 0


async def test_the_head_of_a_profile_loses_its_picture(pair: Pair) -> None:
    backend = pair.one.backend
    if not backend.capabilities.removes_header:
        with pytest.raises(Unsupported):
            await backend.remove_header()
        return
    if backend.capabilities.uploads and not pair.one.quirk("no profile pictures"):
        assert (await backend.update_profile(ProfileChange(header=PICTURE))).account.header
    removed = (await backend.remove_header()).account
    assert removed.native == pair.one.me.account.native
    if not pair.one.quirk("no profile pictures"):  # it draws one for whoever has none
        assert hub.shown_header(removed) == hub.shown_header((await backend.me()).account) == ""


async def test_which_lists_somebody_is_on(pair: Pair) -> None:
    backend, two = pair.one.backend, pair.two.me.account.native
    if not backend.capabilities.lists:
        with pytest.raises(Unsupported):
            await backend.groups_of(two)
        return
    await befriend(pair.one, pair.two)
    made, other = await backend.create_group(unique()), await backend.create_group(unique())
    try:
        await backend.add_to_group(made.native, [two])
        on = await until(lambda: backend.groups_of(two), lambda found: made in found)
        assert made in on
        assert other not in on
    finally:
        for group in (made, other):
            await backend.remove_group(group.native)


async def test_a_place_is_a_row_of_the_profile(pair: Pair) -> None:
    backend = pair.one.backend
    if not backend.capabilities.profile_fields:
        with pytest.raises(Unsupported):
            await backend.update_profile(ProfileChange(location="Oslo"))
        return
    others = [row for row in pair.one.me.account.fields if not tells_where(row)]
    for place in ("Oslo", "Bergen & Voss", ""):
        changed = (await backend.update_profile(ProfileChange(location=place))).account
        said = [plain(row.value) for row in changed.fields if tells_where(row)]
        assert said == ([place] if place else [])
        assert [row.name for row in changed.fields if row.name and not tells_where(row)] == [row.name for row in others]
