"""People as Twitter's libraries can read them: python-twitter cannot take an object with a key `self`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway_harness import Ground

pytestmark = pytest.mark.anyio
OWN = {"uid", "self"}


def bare(user: dict[str, Any]) -> dict[str, Any]:
    """Without what only Friendica's programs know."""
    return {name: value for name, value in user.items() if name not in OWN}


@pytest.mark.parametrize("mount", ["1", "1.1"])
async def test_who_the_reader_is_among_people_is_marked_on_friendicas_mounts_only(ground: Ground, mount: str) -> None:
    original = ground.world.post("dave", "first")
    ground.world.boost("bob", original)
    ours = (await ground.get("statuses/home_timeline")).json
    theirs = (await ground.request("GET", f"/{mount}/statuses/home_timeline.json")).json
    assert [post["id"] for post in theirs] == [post["id"] for post in ours]
    for post, other in zip(ours, theirs, strict=True):
        for name in ("user", "friendica_author", "friendica_owner"):
            assert other[name] == bare(post[name])
        assert set(post["friendica_author"]) >= OWN
    assert theirs[0]["retweeted_status"]["user"] == bare(ours[0]["retweeted_status"]["user"])
    (found,) = (await ground.request("GET", f"/{mount}/users/search.json?q=bob")).json
    assert found == bare((await ground.get("users/search", q="bob")).json[0])
    again = (await ground.get("statuses/home_timeline")).json
    assert again == ours, "what is kept for one dialect is not shown in another"
