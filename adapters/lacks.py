"""What is refused whatever the backend: what it lacks, in one sentence for adapter, gateway and documents (DESIGN 4),
and lists of people who are not followed.

A capability that is not here is never refused for: something else is done instead (`gateway.calls.Need`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adapters.backend import Capabilities
from adapters.errors import Refused, Unsupported
from mappings import hub

LACKS = {
    "uploads": "Media upload is not supported by the ActivityPub backend.",  # the only kind that may lack it
    "lists": "{} has no lists of contacts.",
    "renames_lists": "{} cannot rename a list of contacts.",
    "list_addressing": "{} cannot address these lists of contacts.",
    "favourites_list": "{} does not say what its people like.",
    "blocks_list": "{} does not say whom its people block.",
    "mutes": "{} mutes nobody: block them.",
    "mutes_list": "{} does not say whom its people mute.",
    "requests_sent": "{} does not say whom its people asked to follow.",
    "follow_options": "{} keeps no choices about the people who are followed.",
    "suggestions": "{} proposes nobody to follow.",
    "reports": "{} takes no reports.",
    "searches_statuses": "{} cannot search posts.",
    "federated": "{} has no timeline of other servers' posts.",
    "conversations": "{} has no conversations.",
    "markers": "{} does not keep which notifications were seen.",
    "editing": "{} cannot change a post.",
    "reactions": "{} has no dislikes.",  # the one reaction that calls ask for
    "trends": "{} does not say which tags are much used.",
    "profile_fields": "{} has no table in its profiles that clients may change.",
    "removes_header": "{} cannot take the picture at the head of a profile away.",
    "events": "{} has no answers to events.",
}
"""Name of a field of `Capabilities` -> the sentence, with `{}` for the name of the server."""


def refusal(capabilities: Capabilities, lacking: str) -> Unsupported:
    """The error that names the backend and what it lacks."""
    return Unsupported(LACKS[lacking].format(capabilities.label or capabilities.software))


def require(capabilities: Capabilities, wanted: str) -> None:
    """Raises Unsupported."""
    if not getattr(capabilities, wanted):
        raise refusal(capabilities, wanted)


def check_followed(relationships: Iterable[hub.Relationship], accounts: Sequence[str]) -> None:
    """Raises Refused unless all accounts are followed: `relationships` are the reader's to them."""
    followed = {row.native for row in relationships if row.following or row.requested}
    if not followed.issuperset(accounts):
        raise Refused("Only people who are followed can be on a list.")
