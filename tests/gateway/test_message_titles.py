"""Titles of messages in the forms of Friendica and Twitter: python-twitter showed every text twice."""

from __future__ import annotations

import pytest

from tests.gateway_harness import Ground

TEXT = "Message without a title from Carol"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("title", "mount", "text"),
    [
        ("", "/api", f"Message wi...\n{TEXT}"),
        ("", "/1.1", TEXT),
        ("", "/1", TEXT),
        ("A question", "/api", f"A question\n{TEXT}"),
        ("A question", "/1.1", f"A question\n{TEXT}"),
    ],
)
async def test_a_title_that_was_written_heads_every_text_one_made_of_it_friendicas(
    ground: Ground, title: str, mount: str, text: str
) -> None:
    ground.world.post("carol", f"@alice {TEXT}", visibility="direct", title=title)
    for call in ("direct_messages.json", "direct_messages.json?include_entities=true"):
        (found,) = (await ground.request("GET", f"{mount}/{call}")).json
        assert found["text"] == text
    (plain,) = (await ground.request("GET", f"{mount}/direct_messages.json?getText=plain")).json
    assert plain["text"] == TEXT


@pytest.mark.anyio
async def test_what_was_sent_is_shown_as_it_was_written(ground: Ground) -> None:
    fields = {"screen_name": "bob", "text": "A message of more than ten characters"}
    sent = (await ground.request("POST", "/1.1/direct_messages/new.json", data=fields)).json
    assert sent["text"] == "A message of more than ten characters"
