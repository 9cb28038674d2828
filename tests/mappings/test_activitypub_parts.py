"""Files, polls and hashtags of ActivityPub objects."""

from __future__ import annotations

from typing import Any

import pytest

from mappings import activitypub as ap
from mappings import hub
from tests.mappings.activitypub_samples import KNOWN, note

PNG, MP4, PAGE = "https://two.example/a.png", "https://two.example/a.mp4", "https://two.example/page"


def status(**fields: Any) -> hub.Status:
    """A note of bob's as alice reads it."""
    return ap.status_of(note(**fields), KNOWN)


def media(**fields: Any) -> tuple[hub.Media, ...]:
    """Its files."""
    return status(**fields).media


@pytest.mark.parametrize(
    "attachment",
    [
        {"type": "Document", "mediaType": "image/png", "url": PNG, "name": "A bird", "width": 4, "height": 3,
        "blurhash": "x"},
        {"type": "Image", "url": {"type": "Link", "href": PNG, "mediaType": "image/png", "width": 4, "height": 3},
        "name": "A bird"},
        {"type": "as:Image", "url": [{"type": "Link", "href": PNG, "width": 4.0, "height": 3}],
        "nameMap": {"en": "A bird"}},
        {"type": "Link", "href": PNG, "mediaType": "image/png", "name": "A bird", "width": 4, "height": 3},
        {"type": "Image", "url": PNG, "summary": "A bird", "width": 4, "height": 3},
        {"type": "Document", "url": PNG, "name": " A\n bird ", "width": 4, "height": 3, "size": "x"},
    ],
)  # fmt: skip
def test_a_picture_in_all_its_forms(attachment: Any) -> None:
    wanted = hub.Media(
        native=PNG, type="image", url=PNG, preview_url=PNG, description="A bird", width=4, height=3, mime="image/png"
    )
    assert media(attachment=attachment) == (wanted,)
    assert media(attachment=[attachment, attachment, None, "x", {"type": "Image"}]) == (wanted,)


@pytest.mark.parametrize(
    ("attachment", "kind", "mime"),
    [
        ({"type": "Video", "url": MP4}, "video", "video/mp4"),
        ({"type": "Document", "url": MP4, "mediaType": "video/webm; codecs=x"}, "video", "video/webm"),
        ({"type": "Audio", "url": "https://two.example/sound"}, "audio", ""),
        ({"type": "Document", "url": "https://two.example/thing"}, "unknown", ""),
        ({"type": "Document", "url": "https://two.example/a.pdf"}, "unknown", "application/pdf"),
        ({"type": "Image", "url": PNG, "mediaType": "undefined"}, "image", "image/png"),
    ],
)
def test_kinds_of_files(attachment: Any, kind: str, mime: str) -> None:
    (found,) = media(attachment=attachment)
    assert (found.type, found.mime) == (kind, mime)


@pytest.mark.parametrize(
    "attachment",
    [
        {"type": "Document", "url": "javascript:alert(1)"}, {"type": "Image"}, {"type": "Link", "href": PAGE},
        {"type": "Document", "url": {"href": PAGE, "mediaType": "text/html"}}, {"type": "PropertyValue",
        "value": PNG},
        {"type": "Image", "url": "data:image/png;base64,x"}, {"type": "Note", "url": PNG}, {}, None, 5, PNG,
    ],
)  # fmt: skip
def test_what_is_no_file_is_left_out(attachment: Any) -> None:
    assert media(attachment=attachment) == ()


def test_a_stored_file_keeps_its_id_and_preview() -> None:
    (found,) = media(
        attachment={"type": "Video", "id": "https://two.example/v/1", "url": MP4, "icon": {"url": PNG}, "size": 9}
    )
    assert (found.native, found.preview_url, found.size) == ("https://two.example/v/1", PNG, 9)


def test_an_image_is_a_status_with_itself_as_its_file() -> None:
    found = status(type="Image", content=None, name="A bird", mediaType="image/png", url={"type": "Link", "href": PNG})
    assert (found.title, found.content, found.url) == ("", "", "https://two.example/notes/1")
    assert [(item.native, item.url, item.description) for item in found.media] == [(found.native, PNG, "A bird")]


def test_a_video_as_peertube_sends_it() -> None:
    found = status(
        type="Video", name="Film", mediaType="text/markdown", content="a *b* <c>",
        attributedTo=[{"type": "Group", "id": "https://two.example/video-channels/x"}, {"type": "Person",
        "id": note()["attributedTo"]}],
        url=[
            {"type": "Link", "mediaType": "text/html", "href": PAGE},
            {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://two.example/m.m3u8",
             "tag": [{"type": "Link", "mediaType": "video/mp4", "href": MP4, "width": 640, "height": 360,
             "size": 99}]},
        ],
        icon=[{"type": "Image", "url": PNG}],
    )  # fmt: skip
    assert (found.title, found.url, found.content) == ("Film", PAGE, "<p>a *b* &lt;c&gt;</p>")
    assert found.account.acct == "bob@two.example"
    (item,) = found.media
    assert (item.url, item.preview_url, item.width, item.size, item.description) == (MP4, PNG, 640, 99, "")


def test_the_picture_of_an_article_is_a_file() -> None:
    found = status(
        type="Article", name="x", image={"type": "Image", "url": PNG}, attachment={"type": "Image", "url": PNG}
    )
    assert [item.url for item in found.media] == [PNG]


# polls ----------------------------------------------------------------------------------------------------------------


def options(*votes: int | None) -> list[dict[str, Any]]:
    """Answers."""
    return [
        {"type": "Note", "name": f"Answer {number}"} | ({} if count is None else {"replies": {"totalItems": count}})
        for number, count in enumerate(votes)
    ]


@pytest.mark.parametrize(
    ("fields", "expired"),
    [
        ({}, False), ({"endTime": "2026-11-23T00:00:00Z"}, False), ({"endTime": "2026-11-21T00:00:00Z"}, True),
        ({"closed": "2026-11-21T00:00:00Z"}, True), ({"closed": True}, True), ({"endTime": "junk"}, False),
    ],
)  # fmt: skip
def test_polls_and_their_end(fields: dict[str, Any], expired: bool) -> None:
    poll = status(type="Question", oneOf=options(2, 0), **fields).poll
    assert poll is not None
    assert poll.options == (
        hub.PollOption(title="Answer 0", votes_count=2),
        hub.PollOption(title="Answer 1", votes_count=0),
    )
    assert (poll.expired, poll.multiple, poll.votes_count) == (expired, False, 2)


def test_several_answers_and_hidden_counts() -> None:
    poll = status(type="Question", anyOf=options(None, 3)).poll
    assert poll is not None
    assert poll.multiple
    assert [option.votes_count for option in poll.options] == [None, 3]


@pytest.mark.parametrize("fields", [{"oneOf": []}, {"oneOf": "x"}, {"oneOf": [{"name": ""}, 3]}, {}])
def test_a_question_without_answers_has_no_poll(fields: dict[str, Any]) -> None:
    assert status(type="Question", **fields).poll is None
    assert status(type="Note", oneOf=options(1)).poll is None


def test_hashtags() -> None:
    tags = [
        {"type": "Hashtag", "name": "#Birds", "href": "https://two.example/tags/birds"}, {"type": "Hashtag",
        "name": "birds"},
        {"type": "Hashtag", "name": "plain", "href": "javascript:x"}, {"type": "Hashtag", "name": "#"},
        {"type": "Emoji", "name": ":x:"},
        {"type": "Hashtag"}, "x", None,
    ]  # fmt: skip
    assert status(tag=tags).tags == (hub.Tag(name="Birds"), hub.Tag(name="plain"))
