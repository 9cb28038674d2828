"""Any JSON, drawn so that much of it nearly is an ActivityPub document."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

HOSTS = ("https://a.example", "https://b.example:8443", "http://localhost:99")
URLS = tuple(f"{host}{path}" for host in HOSTS for path in ("/u/al", "/u/al/followers", "/n/1", "/n/2.png", "/c/1"))
TYPES = (
    "Note", "as:Note", "Article", "Page", "Question", "Image", "Video", "Audio", "Document", "Event", "ChatMessage",
    "Create", "Update", "Announce", "Like", "Dislike", "Undo", "Delete", "Accept", "Reject", "TentativeAccept",
    "Follow", "Join", "Invite", "Tombstone", "Person", "Service", "Group", "Collection", "OrderedCollectionPage",
    "Mention",
    "Hashtag", "Link", "PropertyValue", "Place", "Emoji", "Nobody", "",
)  # fmt: skip
KEYS = (
    "id", "@id", "type", "actor", "object", "attributedTo", "to", "cc", "audience", "tag", "attachment", "url", "href",
    "icon", "image", "name", "nameMap", "content", "contentMap", "summary", "summaryMap", "source", "mediaType",
    "published", "updated", "startTime", "endTime", "closed", "oneOf", "anyOf", "replies", "likes", "shares",
    "totalItems", "items", "orderedItems", "first", "next", "location", "address", "latitude", "longitude", "generator",
    "inReplyTo", "quoteUrl", "rel", "preferredUsername", "webfinger", "inbox", "outbox", "followers", "width", "height",
    "size", "sensitive", "manuallyApprovesFollowers", "as:content", "@value", "@language", "context", "conversation",
)  # fmt: skip
WORDS = (
    "as:Public",
    "Public",
    "2026-11-22T01:02:03Z",
    "2026-13-40",
    "<p>x</p><script>",
    "text/html",
    "text/plain",
    "de",
)

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.sampled_from(URLS),
    st.sampled_from(WORDS),
    st.just(10**400), st.just("\ud800"), st.just("x" * 5000),
)  # fmt: skip


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    typed = st.fixed_dictionaries({"id": st.sampled_from(URLS), "type": st.sampled_from(TYPES)})
    fields = st.dictionaries(st.sampled_from(KEYS), inner, max_size=9)
    return st.one_of(
        st.lists(inner, max_size=4),
        fields,
        st.builds(lambda one, other: {**other, **one}, typed, fields),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
    )


anything = st.recursive(scalars, _objects, max_leaves=14)
"""Any JSON as a decoder may give it, lone surrogates, infinities and huge numbers included."""

objects = st.builds(
    lambda fields, kind, url: {**fields, "type": kind, "id": url},
    st.dictionaries(st.sampled_from(KEYS), anything, max_size=10),
    st.sampled_from(TYPES),
    st.sampled_from(URLS),
)
"""Typed documents with odd fields."""

authored = st.builds(
    lambda fields, kind: {
        **fields, "type": kind, "id": "https://a.example/n/1", "attributedTo": "https://a.example/u/al",
        "actor": "https://a.example/u/al",
    },
    st.dictionaries(st.sampled_from(KEYS), anything, max_size=10),
    st.sampled_from(TYPES[:14]),
)  # fmt: skip
"""Documents whose author can be told, so that most of them are statuses."""
