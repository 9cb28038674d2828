"""Warnings, polls, quoted posts and descriptions of pictures can be read in `text`, whatever else is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import hub
from tests.mappings.samples import account, as_json, as_xml, picture, status

WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="<>&\"'"), min_size=1, max_size=6)
POLL = hub.Poll(options=(hub.PollOption(title="Tea", votes_count=2), hub.PollOption(title="Mate")), votes_count=2)


def loaded(**changes: Any) -> hub.Status:
    """A post with everything."""
    told: dict[str, Any] = {"title": "Food", "poll": POLL, "media": (picture(),), "quote_of": quoted()}
    return status(**(told | changes))


def quoted(**changes: Any) -> hub.Status:
    told: dict[str, Any] = {"url": "https://far.example/90", "title": "Spiders", "content": "<p>Eight legs</p>"}
    return status("90", account=account("9", "ann", acct="ann@far.example"), **(told | changes))


TOLD = """Food

Found a valve radio

* Tea: 2
* Mate
Vote: https://there.example/@bob/100

♲ @ann@far.example: Spiders

Eight legs
https://far.example/90

https://files.example/7.png [A radio]"""


@pytest.mark.parametrize("entities", [False, True])
def test_all_of_it_is_in_the_text_of_both_formats(entities: bool) -> None:
    post = loaded()
    assert as_json(post, entities=entities)["text"] == TOLD
    assert as_xml(post, entities=entities).findtext("{*}text") == TOLD


def test_and_in_the_html() -> None:
    found = as_json(loaded())["statusnet_html"]
    for told in ("<h4>Food</h4>", "<li>Tea: 2</li>", ">Vote</a>", "♲ @ann@far.example:", "<p>Spiders</p>",
                 "<p>Eight legs</p>", ">A radio</a>"):  # fmt: skip
        assert told in found


def test_a_warning_that_the_quoted_body_holds_is_not_said_twice() -> None:
    inside = quoted(content="<p>Spiders with eight legs</p>")
    assert as_json(status(quote_of=inside))["text"].count("Spiders") == 1


def test_all_of_a_boosted_post_too() -> None:
    boost = status("200", account=account("3", "carol"), reblog_of=loaded(), content="")
    assert as_json(boost)["text"] == f"RT @bob: {TOLD}"


def test_markup_in_what_people_wrote_stays_text() -> None:
    post = loaded(quote_of=quoted(title="<b>&"), media=(picture(description="<i>a\nb</i>"),))
    found = as_json(post)
    assert "♲ @ann@far.example: <b>&\n" in found["text"]
    assert found["text"].endswith("[<i>a\nb</i>]")
    assert "<b>" not in found["statusnet_html"]
    assert "<i>" not in found["statusnet_html"]


@given(WORDS, WORDS, WORDS, WORDS, st.booleans())
def test_indices_fit_whatever_stands_between(title: str, choice: str, warning: str, alt: str, escape: bool) -> None:
    post = loaded(
        title=title, poll=hub.Poll(options=(hub.PollOption(title=choice, votes_count=1),)),
        quote_of=quoted(title=warning), media=(picture(description=alt), picture("8", description=alt)),
    )  # fmt: skip
    found = as_json(post, entities=True, escape=escape)
    text, entities = found["text"], found["entities"]
    assert [item["expanded_url"] for item in entities["urls"]] == [post.url, "https://far.example/90"]
    assert len(entities["media"]) == 2
    for item in (*entities["urls"], *entities["media"]):
        start, end = item["indices"]
        assert text[start:end] == item["url"]
    assert text.count(f"[{alt}]") >= 2
