"""`include_entities`, and what stands in `text` without it (DESIGN section 8, wire reference sections 3.3 and 6.2)."""

from __future__ import annotations

from typing import Any

import pytest

from mappings import hub
from tests.gateway_harness import Ground

HTML = (
    '<p>🦜 <span class="h-card"><a href="https://fedi.test/@bob">@<span>bob</span></a></span> says '
    '<a href="https://example.org/a?b=1&amp;c=2"><span class="invisible">https://</span><span>example.org/a?b=1&amp;c=2'
    '</span></a> about <a href="https://fedi.test/tags/radio" rel="tag">#<span>radio</span></a> &lt;ok&gt;</p>'
)


async def shown(ground: Ground, **params: Any) -> dict[str, Any]:
    native = ground.world.post("carol", "x", html=HTML, to=("bob",), tags=(hub.Tag(name="radio"),))
    (id,) = await ground.know(native)
    status: dict[str, Any] = (await ground.get("statuses/show", id=id, **params)).json
    return status


def cut(text: str, item: dict[str, Any]) -> str:
    start, end = item["indices"]
    return text[start:end]


@pytest.mark.anyio
async def test_without_entities_links_stand_in_the_text_and_the_key_is_absent(ground: Ground) -> None:
    status = await shown(ground)
    assert "entities" not in status
    assert "https://example.org/a?b=1&c=2" in status["text"]
    assert status["text"].endswith("<ok>")


@pytest.mark.anyio
async def test_indices_count_code_points_and_match_the_text(ground: Ground) -> None:
    status = await shown(ground, include_entities="true")
    text, entities = status["text"], status["entities"]
    assert cut(text, entities["urls"][0]) == entities["urls"][0]["url"]
    assert entities["urls"][0]["expanded_url"] == "https://example.org/a?b=1&c=2"
    assert cut(text, entities["hashtags"][0]) == "#radio"
    assert entities["hashtags"][0]["text"] == "radio"
    mention = entities["user_mentions"][0]
    assert cut(text, mention) == "@bob"
    assert mention["screen_name"] == "bob"
    bob = (await ground.get("users/show", screen_name="bob")).json
    assert mention["id"] == bob["id"]


@pytest.mark.anyio
async def test_pictures_are_media_entities_and_attachments(ground: Ground) -> None:
    media = ground.world.attach(description="a valve radio")
    (id,) = await ground.know(ground.world.post("carol", "look", media=[media]))
    plain = (await ground.get("statuses/show", id=id)).json
    assert plain["attachments"][0]["mimetype"] == "image/png"
    assert plain["attachments"][0]["url"] in plain["text"]
    rich = (await ground.get("statuses/show", id=id, include_entities="true")).json
    item = rich["entities"]["media"][0]
    assert item["ext_alt_text"] == "a valve radio"
    assert item["type"] == "photo"
    assert cut(rich["text"], item) == item["url"]


@pytest.mark.anyio
async def test_a_content_warning_is_the_title_and_the_first_line(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("carol", "the body", title="Careful"))
    status = (await ground.get("statuses/show", id=id)).json
    assert (status["friendica_title"], status["text"]) == ("Careful", "Careful\n\nthe body")
    assert "Careful" in status["statusnet_html"]
    assert "Careful" not in status["friendica_html"]
